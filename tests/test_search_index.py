"""What the search knows of a page: its sections, their places, and what a reader reads there."""

import json
from types import SimpleNamespace

import pytest
from helpers import loaded
from test_notebooks import ROOT

EXTENSIONS = ROOT / "book" / "_ext"
sections = loaded(EXTENSIONS / "page_sections.py")
search = loaded(EXTENSIONS / "search_index.py")

PAGE = r"""<nav>Sidebar</nav><article class="bd-article"><section id="top">
<h1><span class="section-number">6. </span>Adam<a class="headerlink" href="#top">#</a></h1>
<p>Rate <span class="math" data-plain="η">\(\eta\)</span>.</p>
<section id="idea"><h2>The idea</h2><div class="math">\[\beta_2 \le 1\]</div>
<div class="cell"><div class="cell_input"><pre><span>run</span>(<span>Adam</span>)</pre></div>
<div class="cell_output"><div class="output stream"><pre>0.125</pre></div></div></div>
<div class="cell"><details class="admonition hide"><summary>Show</summary>
<pre>secret</pre></details>
<div class="cell_output"><figure class="px">
<div class="px-panels"><svg><text>axis</text></svg></div>
<script type="application/json" class="px-data">{"steps": 3}</script>
<figcaption>Drag the dot.</figcaption></figure></div></div>
</section><section id="last"><h2>Last</h2><p>End.</p></section></section></article>
<footer>Foot</footer>"""


@pytest.fixture(scope="module")
def parts():
    return {part.place: part for part in sections.parts(PAGE)}


def test_every_section_is_a_part_with_its_number_its_level_and_its_own_words(parts):
    assert list(parts) == ["top", "idea", "last"]
    assert [(p.title, p.level) for p in parts.values()] == [
        ("6. Adam", 1),
        ("The idea", 2),
        ("Last", 2),
    ]
    assert parts["last"].text == "End."


def test_formulas_are_plain_text(parts):
    assert parts["top"].text == "Rate η."
    assert "β₂ ≤ 1" in parts["idea"].text


def test_of_cells_the_visible_code_and_the_captions_are_kept(parts):
    assert parts["idea"].code == "run Adam"
    assert "Drag the dot." in parts["idea"].text
    everything = " ".join(f"{p.title} {p.text} {p.code}" for p in parts.values())
    for unread in ("Sidebar", "Foot", "0.125", "secret", "axis", "steps", "#"):
        assert unread not in everything


def test_entries_of_glossary_reference_and_bibliography_have_places_of_their_own():
    page = """<article><section id="g"><h1>Glossary</h1>
    <dl class="glossary"><dt id="term-x">decay</dt>
    <dd><p>A share. Also called a shrinkage, or ridge.</p>
    <p>Read: <a href="../notebooks/a.html#b">A</a>.
    See also: <a href="#y">y</a>.</p></dd></dl>
    <dl class="py function"><dt class="sig" id="primer.run">
    <span class="sig-prename">primer.</span><span
    class="descname">run</span>(rule)</dt><dd><p>Runs it.</p></dd></dl>
    <div class="citation" id="id3"><span class="label">[1]</span><p>Ada B. Writer. On rates.
    In <em>Press</em>.     2019.</p></div></section></article>"""
    _, term, name, source = sections.parts(page)
    assert (term.place, term.title, term.kind) == ("term-x", "decay", "term")
    assert (term.leads, term.terms) == ("../notebooks/a.html#b", ["shrinkage", "ridge"])
    assert (name.place, name.title, name.kind) == ("primer.run", "run", "name")
    assert name.text.endswith("Runs it.")
    assert (source.place, source.title, source.kind) == ("id3", "Ada B. Writer. On rates", "source")


def test_a_page_without_an_article_has_no_parts():
    assert sections.parts("<html><body><p>Moved.</p></body></html>") == []


PAGES = {
    "notebooks/a": '<article><section id="a"><h1>1. A</h1>'
    '<section id="b"><h2>B</h2></section></section></article>',
    "book/glossary": '<article><section id="g"><h1>Glossary</h1><dl class="glossary">'
    '<dt id="t">decay</dt>'
    '<dd><p>Read: <a href="../notebooks/a.html#b">A</a></p></dd></dl></section></article>',
    "book/catalogue": '<article><section id="c"><h1>Catalogue</h1></section></article>',
    "book/rules/Adam": '<article><section id="adam"><h1>Adam</h1><p>Rule.</p>'
    '<section id="s"><h2>Settings</h2><p>lr</p></section></section></article>',
    "moved": "<html></html>",
}


def test_the_section_that_explains_a_term_has_the_term():
    told = search.index(PAGES, {})
    (section,) = [part for part in told["parts"] if part[2] == "B"]
    assert section[7] == ["decay"]


def test_the_page_of_a_rule_is_one_part_and_stands_below_the_catalogue():
    told = search.index(PAGES, {"book/rules/Adam": "book/catalogue"})
    (page,) = [page for page in told["pages"] if page[1] == "Adam"]
    assert page == ["book/rules/Adam.html", "Adam", "Catalogue", "rule"]
    (rule,) = [part for part in told["parts"] if told["pages"][part[0]] == page]
    assert (rule[1], rule[5]) == ("", "Rule. Settings: lr")


def test_captions_come_from_the_contents_and_from_the_page_above():
    tree = SimpleNamespace(items=["book/catalogue"], caption="To look things up")
    site = SimpleNamespace(root=SimpleNamespace(docname="book/index", subtrees=[tree]))
    found = search.captions(site, {"book/catalogue": ["book/rules/Adam"]})
    assert found == {
        "book/index": "",
        "book/catalogue": "To look things up",
        "book/rules/Adam": "book/catalogue",
    }


def test_the_index_is_a_script_that_hands_over_data():
    text = search.script(search.index(PAGES, {}))
    head, tail = "PrimerSearch.index(", ");\n"
    assert text.startswith(head)
    assert json.loads(text[len(head) : -len(tail)])["pages"][0][0] == "notebooks/a.html"
