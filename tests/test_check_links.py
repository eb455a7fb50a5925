"""A link of the built site that leads nowhere fails the build."""

import pytest
from helpers import loaded
from test_notebooks import ROOT

check_links = loaded(ROOT / ".ci" / "check_links.py")
OTHER = '<h2 id="here">Here</h2><a name="old"></a>'


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("other.html", ""),
        ("other.html#here", ""),
        ("other.html#old", ""),
        ("#own", ""),
        ("#", ""),
        ("#lr=0.1&amp;beta=0.9", ""),
        ("other.html#lr=0.1", ""),
        ("https://example.org/nowhere#at-all", ""),
        ("mailto:nobody@example.org", ""),
        ("file.txt#L3", ""),
        ("gone.html", "no such file"),
        ("other.html#there", "no such place"),
        ("#there", "no such place"),
        ("##own", "no such place"),
    ],
)
def test_links(tmp_path, capsys, link, fault):
    (tmp_path / "other.html").write_text(OTHER)
    (tmp_path / "file.txt").write_text("text")
    (tmp_path / "page.html").write_text(f'<p id="own"><a href="{link}">a link</a></p>')
    assert check_links.main(tmp_path) == bool(fault)
    assert fault in capsys.readouterr().out


def test_a_folder_without_pages_fails(tmp_path):
    assert check_links.main(tmp_path) == 1
