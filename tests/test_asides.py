"""A note in the margin, written for JupyterLab, is on the page what the theme's directive makes."""

import io
import re

import pytest
from helpers import loaded
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace
from test_notebooks import ROOT

asides = loaded(ROOT / "book" / "_ext" / "asides.py")
CONF = """
import sys
sys.path.insert(0, {folder!r})
extensions = ["myst_parser", "asides", "theme_margin"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
"""
MARGIN = """
from sphinx_book_theme.directives import Margin

def setup(app):
    app.add_directive("margin", Margin)
"""


@pytest.fixture
def built(tmp_path):
    """A function: Markdown to the HTML of its page, and the warnings."""

    def build(text):
        source = tmp_path / "source"
        source.mkdir()
        (source / "theme_margin.py").write_text(MARGIN, "utf-8")
        conf = CONF.format(folder=str(ROOT / "book" / "_ext"))
        (source / "conf.py").write_text(conf + f"sys.path.insert(0, {str(source)!r})", "utf-8")
        (source / "index.md").write_text(f"# Title\n\n{text}\n\nEnd.\n", "utf-8")
        warnings = io.StringIO()
        folders = (source, source, tmp_path / "html", tmp_path / "trees")
        with docutils_namespace():
            Sphinx(*map(str, folders), "html", status=None, warning=warnings).build()
        page = (tmp_path / "html" / "index.html").read_text("utf-8")
        body = page[page.index('<div class="body"') : page.index("End.</p>")]
        return re.sub(r"\s+", " ", body), warnings.getvalue()

    return build


INSIDE = "A *ball* of mass $m$, [far](https://example.org) away.\n\nIt rolls."


def test_it_is_what_the_directive_makes(built):
    body, warnings = built(
        f'Before.\n\n<aside class="margin">\n\n{INSIDE}\n\n</aside>\n\n:::{{margin}}\n{INSIDE}\n:::'
    )
    ours, theirs = re.findall(r"<aside.*?</aside>", body)
    assert ours == theirs.replace('<p class="sidebar-title"></p> ', "")
    assert ours.startswith('<aside class="margin sidebar">')
    assert "<em>ball</em>" in ours
    assert not warnings


FORMS = [
    '<aside class="margin">\n\nA **note**.\n\n</aside>',
    '<aside class="margin">\n\nA **note**.\n</aside>',
    '<aside class="margin">A <strong>note</strong>.</aside>',
    '<aside class="margin">\nA <strong>note</strong>.\n</aside>',
    '<aside  class="margin" >\n\nA **note**.\n\n</aside>',
]


def test_it_may_be_written_with_and_without_blank_lines(built):
    body, warnings = built("\n\n".join(FORMS))
    found = re.findall(r'<aside class="margin sidebar">(.*?)</aside>', body)
    assert [text.strip() for text in found] == ["<p>A <strong>note</strong>.</p>"] * len(FORMS)
    assert not warnings


def test_what_stands_around_it_stays(built):
    body, _ = built('One.\n\n<aside class="margin">\n\nNote.\n\n</aside>\n\nTwo.\n\nThree.')
    assert re.search(r"One.*<aside.*Note.*</aside>.*Two.*Three", body)


def test_other_asides_stay_as_they_are(built):
    body, _ = built("<aside>\n\nText.\n\n</aside>")
    assert "sidebar" not in body


def test_one_that_never_ends_is_told_of(built):
    _, warnings = built('<aside class="margin">\n\nText.')
    assert "without </aside>" in warnings
