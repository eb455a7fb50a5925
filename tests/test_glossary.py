"""The glossary is in order, its links lead somewhere, and every chapter uses it."""

import re

import pytest
from helpers import loaded
from mdit_py_plugins.anchors.index import slugify
from test_notation import PAGE as NOTATION
from test_notebooks import ROOT, cells, chapters, source

PAGE = ROOT / "book" / "glossary.md"
TEXT = PAGE.read_text("utf-8")
#: An entry: its term, what it means, and where to go on.
ENTRY = re.compile(r"^(\S.*)\n: (.+)\n\n((?:  .+\n)+)", flags=re.M)
WAY = re.compile(r"\[([^][]*)\]\(\.\./notebooks/(\w+)\.ipynb#([^)]+)\)")
LINK = re.compile(r"\]\([^()\s]*glossary\.md#([^()\s]+)\)")


terms = loaded(ROOT / "book" / "_ext" / "terms.py")
ENTRIES = {terms.slug(term): (term, text, more) for term, text, more in ENTRY.findall(TEXT)}
entries = pytest.mark.parametrize("name", ENTRIES)


def headings(path):
    """{slug: heading} of the sections that a chapter has."""
    text = "\n".join(map(source, cells(path, "markdown")))
    return {slugify(h): h for h in re.findall(r"^#{2,3} (.*)$", text, flags=re.M)}


def words(path):
    """The text of a page or a chapter, the solutions of its exercises apart."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    return "\n".join(
        text for c in cells(path, "markdown") if "<details>" not in (text := source(c))
    )


def test_every_entry_has_the_form_of_an_entry():
    assert len(ENTRIES) == len(re.findall(r"^: ", TEXT, flags=re.M)) >= 60


def test_the_terms_are_sorted_and_each_stands_once_under_its_letter():
    found = [terms.slug(term) for term, _, _ in ENTRY.findall(TEXT)]
    assert found == sorted(set(found))
    for part in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        initials = {terms.slug(term)[0].upper() for term, _, _ in ENTRY.findall(part)}
        assert initials == {part[0]}


def test_the_letters_at_the_top_are_those_of_the_terms():
    top = re.search(r"\{\.px-letters\}\n(.*)", TEXT)[1]
    assert re.findall(r"\[(\w)\]\(#(\w)\)", top) == [
        (h, h.lower()) for h in re.findall(r"^## (\w)$", TEXT, flags=re.M)
    ]


@entries
def test_an_entry_links_to_a_section_that_exists_and_names_it(name):
    text, more = ENTRIES[name][1:]
    assert more.count("Read: [") == 1
    for said, chapter, section in WAY.findall(text + more):
        known = headings(ROOT / "notebooks" / f"{chapter}.ipynb")
        assert section in known
        if f"Read: [{said}]" in more:
            number = str(int(chapter[:2])) if chapter[0].isdigit() else "to chapter 8"
            where = f"Chapter {number}" if chapter[0].isdigit() else f"Appendix {number}"
            assert said == f"{where}, {known[section]}"


@entries
def test_see_also_leads_to_other_entries_by_their_names(name):
    found = re.findall(r"\[([^][]*)\]\(#([^)]+)\)", ENTRIES[name][2])
    assert found
    for said, key in found:
        assert key != name
        assert said == ENTRIES[key][0]


@entries
def test_a_symbol_is_one_of_the_page_of_symbols(name):
    if line := re.search(r"Symbol: (.*)\.$", ENTRIES[name][2], flags=re.M):
        known = re.findall(r"\$([^$]+)\$", NOTATION)
        for symbol in re.findall(r"\$([^$]+)\$", line[1]):
            assert any(symbol in formula for formula in known), symbol


@entries
def test_the_first_sentence_reads_by_itself_without_formulas_or_marks(name):
    """The page shows it beside the word."""
    first = terms.first_sentence(ENTRIES[name][1])
    assert first.endswith(".")
    assert not set(first) & set("$`[]*")


PLACES = [p for p in sorted((ROOT / "book").rglob("*.md")) if p != PAGE]
PLACES += sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", PLACES, ids=lambda p: p.stem)
def test_a_link_to_a_term_leads_to_an_entry(path):
    assert set(LINK.findall(words(path))) <= set(ENTRIES)


def test_every_term_is_linked_from_a_chapter_or_a_page():
    linked = {key for path in PLACES for key in LINK.findall(words(path))}
    assert not set(ENTRIES) - linked


@chapters
def test_a_chapter_links_some_terms_and_each_of_them_once(path):
    found = LINK.findall(words(path))
    assert len(found) == len(set(found))
    assert 5 <= len(found) <= 18


def test_a_term_is_known_by_small_letters_and_hyphens():
    assert terms.slug("Nesterov's rule") == terms.slug("Nesterov’s rule") == "nesterovs-rule"
    assert terms.slug("L2 penalty") == "l2-penalty"


def test_the_page_shows_the_first_sentence_beside_a_link_to_the_entry():
    class App:
        class env:
            metadata = {terms.PAGE: {"terms": {"term-state": 'What a rule "remembers".'}}}

    link = '<a class="reference internal" href="../book/glossary.html#{}">it</a>'
    context = {"body": link.format("term-state") + link.format("m")}
    terms.tell(App, "notebooks/06_adam", "page.html", context, None)
    shown, left = context["body"].split("</a>")[:2]
    assert 'data-term="What a rule &quot;remembers&quot;."' in shown
    assert 'href="../book/glossary.html#term-state"' in shown
    assert left + "</a>" == link.format("m")
