"""The book is cited alike by its first page, by CITATION.cff and by the package."""

import re
import tomllib

import yaml
from test_notebooks import ROOT

CITED = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
INDEX = (ROOT / "book" / "index.md").read_text("utf-8")
BIBTEX = dict(re.findall(r"^  (\w+) +=\s*\{+(.*?)\}+,$", INDEX, re.MULTILINE))


def test_the_file_has_what_its_format_requires():
    assert CITED["cff-version"] == "1.2.0"
    assert all(CITED[key] for key in ("message", "title", "authors", "abstract", "keywords"))
    assert all(person["name"] for person in CITED["authors"])


def test_title_authors_version_and_year_agree():
    names = [person["name"] for person in CITED["authors"]]
    assert [person["name"] for person in PROJECT["authors"]] == names == [BIBTEX["author"]]
    assert PROJECT["version"] == str(CITED["version"]) == BIBTEX["version"]
    assert CITED["title"] == BIBTEX["title"]
    assert str(CITED["date-released"].year) == BIBTEX["year"]
    sentence = f"{names[0]} ({BIBTEX['year']}). *{CITED['title']}*, version {CITED['version']}."
    assert sentence in INDEX


def test_every_page_leads_to_the_entry():
    footer = (ROOT / "book" / "_templates" / "extra-footer.html").read_text("utf-8")
    assert "#cite-it" in footer
    assert "\n## Cite it\n" in INDEX


def test_the_licenses_are_those_of_the_files():
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("BSD 3-Clause")
    assert "Attribution 4.0" in (ROOT / "LICENSE-text").read_text("utf-8")
    assert CITED["license"] == [PROJECT["license"], "CC-BY-4.0"]
