"""What there is to try becomes part of the figure that it is tried with, and nothing else does."""

from pathlib import Path

import pytest
from docutils import nodes
from helpers import loaded

try_this = loaded(Path(__file__).parents[1] / "book" / "_ext" / "try_this.py")

FIGURE = f'<figure class="px" id="px-1"><div class="px-body">panels{try_this.TRY}</div></figure>'


def cell(text="", **attributes):
    raw = nodes.raw("", text, format="html", classes=["output", "text_html"])
    return nodes.container("", nodes.container("", raw), nb_element="cell_code", **attributes)


def paragraph(text):
    return nodes.paragraph("", "", nodes.Text(text))


def listed(*addresses):
    items = [
        nodes.list_item("", nodes.paragraph("", "", nodes.reference("", "set it", refuri=a)))
        for a in addresses
    ]
    return nodes.bullet_list("", *items)


def moved(*children):
    """The section after the move, and what stands in each figure."""
    section = nodes.section("", *children)
    for figure in [c for c in section if try_this.is_cell(c)]:
        raw = try_this.figure_of(figure)
        if raw is not None and (found := try_this.to_try(figure)):
            try_this.put(raw, found)
    inside = [c for c in section.findall(nodes.container) if "px-try" in c["classes"]]
    return section, inside


def test_paragraph_and_list_move_to_the_mark_in_the_figure():
    section, (inside,) = moved(
        cell(FIGURE), paragraph("Try this:"), listed("#lr=0.1"), paragraph("On.")
    )
    assert [type(n) for n in section] == [nodes.container, nodes.paragraph]
    assert [type(n) for n in inside] == [nodes.paragraph, nodes.bullet_list]
    assert "px-try-head" in inside[0]["classes"]
    before, _, after = inside.parent
    assert before.astext() + after.astext() == FIGURE.replace(try_this.TRY, "")
    assert before.astext().endswith("panels")
    assert inside.parent["classes"] == ["output", "text_html"]


WRITTEN = nodes.raw("", '<a href="#lr=0.02&beta=0.8">', format="html")
PLACED = nodes.reference("", "set it", refid="lr=0.1")
MOVED = {
    "a link in HTML": ([nodes.bullet_list("", nodes.list_item("", WRITTEN))], 1),
    "a link to a place": ([nodes.bullet_list("", nodes.list_item("", PLACED))], 1),
    "a list without its words": ([listed("#lr=0.1")], 1),
    "another opening": ([paragraph("The tasks are numbered."), listed("#task=1")], 2),
    "words alone": ([paragraph("Try this: drag the start.")], 1),
    "behind a cell": ([cell("<pre>3</pre>"), paragraph("Try this:"), listed("#lr=1")], 2),
}
KEPT = {
    "prose": [paragraph("So it goes."), listed("other.html")],
    "a list of links elsewhere": [listed("other.html#part", "https://example.org/?a=b")],
    "prose between": [paragraph("First."), paragraph("Try this:"), listed("#lr=0.1")],
    "a list behind a cell": [cell("<pre>3</pre>"), listed("#lr=0.1")],
    "a heading between": [nodes.section("", paragraph("Try this:"), listed("#lr=0.1"))],
}


@pytest.mark.parametrize("name", MOVED)
def test_what_moves(name):
    after, count = MOVED[name]
    _, (inside,) = moved(cell(FIGURE), *[node.deepcopy() for node in after])
    assert len(inside) == count


@pytest.mark.parametrize("name", KEPT)
def test_what_stays(name):
    section, inside = moved(cell(FIGURE), *[node.deepcopy() for node in KEPT[name]])
    assert not inside
    assert len(section) == 1 + len(KEPT[name])


def test_each_figure_takes_its_own():
    parts = [cell(FIGURE), cell(FIGURE), paragraph("Try this:"), listed("#lr=0.1")]
    section, inside = moved(*parts)
    assert len(inside) == 1
    assert inside[0] in list(section[1].findall(nodes.container))


def test_a_long_paragraph_is_no_heading():
    _, (inside,) = moved(cell(FIGURE), paragraph("Try this: " + "and on " * 9), listed("#lr=0.1"))
    assert "px-try-head" not in inside[0]["classes"]
