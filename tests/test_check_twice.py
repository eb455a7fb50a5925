"""Two sites are compared file by file, and a difference that may stay is named."""

import pytest
from helpers import loaded
from test_notebooks import ROOT

twice = loaded(ROOT / ".ci" / "check_twice.py")


@pytest.fixture
def sites(tmp_path):
    made = [tmp_path / name for name in ("one", "two")]
    for site in made:
        site.joinpath("book").mkdir(parents=True)
        site.joinpath("book", "a.html").write_text("<p>A</p>\n<p>2026-01-01</p>\n", "utf-8")
        site.joinpath("a.png").write_bytes(b"\x89\xff")
    return made


def test_equal_sites_have_no_differences(sites, capsys):
    assert twice.differences(*sites) == []
    assert twice.main(*map(str, sites)) == 0
    assert capsys.readouterr().out == "Two builds are equal: 2 files.\n"


def test_a_line_a_byte_and_a_file_are_found(sites, capsys):
    sites[1].joinpath("book", "a.html").write_text("<p>B</p>\n<p>2026-01-01</p>\n", "utf-8")
    sites[1].joinpath("a.png").write_bytes(b"\x89\xfe")
    sites[1].joinpath("b.js").write_text("", "utf-8")
    assert twice.differences(*sites) == [
        "b.js: only in one of them",
        "a.png: bytes differ",
        "book/a.html: -<p>A</p>",
        "book/a.html: +<p>B</p>",
    ]
    assert twice.main(*map(str, sites)) == 1


def test_only_the_lines_that_are_excused_may_differ(sites, monkeypatch):
    monkeypatch.setattr(twice, "EXCUSED", [(r"a\.html$", r"^<p>\d{4}-\d\d-\d\d</p>$", "the date")])
    sites[1].joinpath("book", "a.html").write_text("<p>A</p>\n<p>2026-01-02</p>\n", "utf-8")
    assert twice.differences(*sites) == []
    sites[1].joinpath("book", "a.html").write_text("<p>C</p>\n<p>2026-01-02</p>\n", "utf-8")
    assert twice.differences(*sites) == ["book/a.html: -<p>A</p>", "book/a.html: +<p>C</p>"]


def test_an_empty_site_is_no_success(tmp_path):
    assert twice.main(str(tmp_path), str(tmp_path)) == 1
