"""Chapters have buttons for Binder and Colab if, and only if, the repository has an address."""

from types import SimpleNamespace

import pytest
import yaml
from helpers import loaded
from sphinx_book_theme.header_buttons import launch as theme
from sphinx_book_theme.header_buttons import update_context_with_repository_info
from test_notebooks import ROOT

launch = loaded(ROOT / "book/_ext/launch.py")
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def links(address):
    """Where the buttons of chapter 6 lead, made by the theme from the book's own settings."""
    options = {
        "launch_buttons": CONFIG["launch_buttons"],
        "repository_url": address,
        "repository_branch": CONFIG["repository"]["branch"],
    }
    config = SimpleNamespace(html_theme_options=options, html_context={})
    launch.choose(None, config)
    page = "notebooks/06_adam"
    app = SimpleNamespace(
        config=Config(config),
        env=SimpleNamespace(
            doc2path=lambda name: f"{name}.ipynb", metadata={page: {"kernelspec": {}}}
        ),
    )
    update_context_with_repository_info(app)
    context = config.html_context | {
        "pagename": page,
        "sourcename": f"{page}.ipynb",
        "header_buttons": [],
    }
    theme.add_launch_buttons(app, page, "page.html", context, None)
    groups = context["header_buttons"]
    return {button["text"]: button["url"] for group in groups for button in group["buttons"]}


class Config(SimpleNamespace):
    """Sphinx's configuration, which is read by attribute and by key."""

    def __init__(self, config):
        super().__init__(**vars(config))

    def __getitem__(self, name):
        return getattr(self, name)


@pytest.mark.parametrize("address", ["", None])
def test_without_an_address_there_is_no_button(address):
    assert links(address) == {}


def test_with_an_address_on_github_there_are_both():
    end = "notebooks/06_adam.ipynb"
    assert links("https://github.com/someone/a-book") == {
        "Binder": f"https://mybinder.org/v2/gh/someone/a-book/main?urlpath=lab/tree/{end}",
        "Colab": f"https://colab.research.google.com/github/someone/a-book/blob/main/{end}",
    }


def test_colab_opens_no_other_host():
    assert list(links("https://gitlab.com/someone/a-book")) == ["Binder"]


def test_the_book_loads_the_extension_that_chooses():
    assert CONFIG["sphinx"]["local_extensions"]["launch"] == "book/_ext"
