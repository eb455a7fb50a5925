"""The page of claims: each has a verdict, and what the verdict rests on."""

import re

import pybtex.database
import pytest
from helpers import loaded
from sphinx.application import Sphinx
from test_notebooks import ROOT, authors, numbers

FOLDER = ROOT / "book" / "_ext"
EXTENSION = loaded(FOLDER / "claims.py")
CLAIM = re.compile(r"^(`{3,})\{claim\} (.+)\n((?::\w+: .*\n)*)\n((?:.*\n)*?)\1$", re.M)
PAGES = sorted((ROOT / "book").glob("claims*.md"))
FOUND = [found for page in PAGES for found in CLAIM.finditer(page.read_text("utf-8"))]
CELL = re.compile(r"\[([^][]*)\]\([^()\s]*\.ipynb#cell-id=[\w-]+\)")
SOURCES = pybtex.database.parse_file(str(ROOT / "book" / "references.bib")).entries
CITED = re.compile(r"\[([^][]*)\]\(references\.md#([\w-]+)\)")
claims = pytest.mark.parametrize(
    ("said", "options", "text"),
    [(found[2], dict(re.findall(r":(\w+): (.*)", found[3])), found[4]) for found in FOUND],
    ids=[f"{k}-{found[2][:40]}" for k, found in enumerate(FOUND)],
)


def test_there_are_forty_claims_with_a_number_that_a_cell_prints():
    linked = [any(map(numbers, CELL.findall(found[4]))) for found in FOUND]
    assert sum(linked) >= 40


def test_every_claim_was_read():
    assert len(FOUND) == sum(page.read_text("utf-8").count("{claim} ") for page in PAGES)


@claims
def test_a_claim_has_a_verdict_a_chapter_a_teller_and_what_it_rests_on(said, options, text):
    assert options["verdict"] in EXTENSION.ICONS
    assert options["told"] in EXTENSION.TOLD
    assert list((ROOT / "notebooks").glob(f"{int(options['chapter']):02}_*.ipynb"))
    assert CELL.search(text) or CITED.search(text), "neither a cell nor a source"


def test_no_claim_and_no_anchor_stands_twice():
    anchors = [EXTENSION.slug(found[2]) for found in FOUND]
    assert all(anchors)
    assert sorted(set(anchors)) == sorted(anchors)


@claims
def test_a_claim_that_holds_if_says_under_which_condition(said, options, text):
    words = r"\b(if|when|where|while|unless|as long as|provided|only|holds for)\b"
    assert options["verdict"] != "holds if" or re.search(words, text)


@claims
def test_a_measured_number_is_a_link_to_its_cell(said, options, text):
    """Settings stand in formulas, and what a source found beside the source. Others are typed."""
    sentences = re.split(r"(?<=[.?!])\s", CITED.sub("SOURCE", text))
    own = " ".join(sentence for sentence in sentences if "SOURCE" not in sentence)
    bare = re.sub(r"\[[^][]*\]\([^()]*\)|\$[^$]*\$|`[^`]*`", " ", own)
    assert not re.findall(r"\d+\.\d+|\d%(?! interval)", bare)


@claims
def test_a_source_is_named_by_its_authors_and_its_year(said, options, text):
    for words, key in CITED.findall(text):
        who, year = authors(SOURCES[key]), SOURCES[key].fields["year"]
        assert words in (f"{who} ({year})", f"{who}, {year}")


@pytest.fixture
def built(tmp_path):
    """Builds a page from Markdown; returns its HTML and the warnings."""

    def build(text):
        source = tmp_path / "source"
        (source / "notebooks").mkdir(parents=True)
        (source / "notebooks" / "06_adam.md").write_text(
            "---\norphan: true\n---\n# Adam\n", "utf-8"
        )
        (source / "notebooks" / "06_adam.ipynb").write_text("{}", "utf-8")
        (source / "index.md").write_text(f"# Claims\n\n{text}", "utf-8")
        (source / "conf.py").write_text(
            f"import sys\nsys.path.insert(0, {str(FOLDER)!r})\n"
            "extensions = ['myst_parser', 'claims']\nmyst_enable_extensions = ['deflist']\n",
            "utf-8",
        )
        warnings = (tmp_path / "warnings").open("w+", encoding="utf-8")
        folders = source, source, tmp_path / "html", tmp_path / "tree"
        Sphinx(*folders, "html", status=None, warning=warnings).build()
        warnings.seek(0)
        return (tmp_path / "html" / "index.html").read_text("utf-8"), warnings.read()

    return build


LEGEND = "\n\n".join(
    f"{verdict}\n: Why." for verdict in ("holds", "holds if", "false", "contested")
)
ONE = """```{{claim}} {said}
:verdict: {verdict}
:told: usual
:chapter: 6

See [it](#adams-rule-is-tiny).
```
"""


def test_verdicts_are_counted_and_a_claim_can_be_linked_to(built):
    pages = ONE.format(said="Adam's rule is tiny.", verdict="false") + "\n" + ONE.format(
        said="Noise helps.", verdict="holds if"
    )  # fmt: skip
    html, warnings = built(f"```{{verdicts}}\n{LEGEND}\n```\n\n{pages}")
    assert not warnings
    counts = re.findall(r'px-count">(?:<span[^>]*>)?([^<]+)<', html)
    assert [count.strip() for count in counts] == ["2 claims", "0", "1", "1", "0"]
    first = re.search(r'<article class="([^"]*)" id="adams-rule-is-tiny">', html)[1].split()
    assert {"px-item", "px-is-verdict-false", "px-is-told-usual", "px-is-chapter-6"} <= set(first)
    assert html.count('href="#adams-rule-is-tiny"') == 3
    assert 'href="notebooks/06_adam.html"' in html


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (":verdict: false\n", "", "a claim without verdict"),
        (":verdict: false", ":verdict: maybe", "maybe"),
        (":chapter: 6", ":chapter: 77", "there is no chapter 77"),
        (":told: usual", ":told: somebody", "somebody"),
    ],
)
def test_a_claim_that_lacks_something_is_a_warning(built, old, new, told):
    text = ONE.format(said="Adam's rule is tiny.", verdict="false").replace(old, new)
    assert told in built(text)[1]
