"""Moves what a chapter says to try under a live figure into the figure, where both are in sight.

After the cell of an explorer a chapter writes a paragraph such as *Try this:* and a list whose
links set the figure. On the built page they become part of it, so that its style sheet can keep the
picture in view while the list is read; a notebook in JupyterLab keeps them as they are written.
`primer.explorer.page.TRY` marks the place.
"""

import re

from docutils import nodes

from primer.explorer.page import TRY

OPENING = re.compile(r"Try this\b")
SETTING = re.compile(r'href="#[^"]*=')
LISTS = (nodes.bullet_list, nodes.enumerated_list)
#: Letters of a paragraph that is a heading of its list rather than a text.
HEADING = 40


def sets_a_figure(node):
    """Whether a link in it has the form ``#lr=0.1``, in Markdown or in HTML."""
    links = node.findall(nodes.reference)
    places = [link.get("refid") or link.get("refuri", "").partition("#")[2] for link in links]
    written = "".join(raw.astext() for raw in node.findall(nodes.raw))
    return any("=" in place for place in places) or bool(SETTING.search(written))


def is_cell(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def figure_of(node):
    """The raw HTML of the explorer that a cell shows, or None."""
    return next((raw for raw in node.findall(nodes.raw) if TRY in raw.astext()), None)


def to_try(cell):
    """The nodes after a cell that say what to try with its figure; none where nothing does.

    Cells between, such as one that prints what the list speaks of, are passed over for a paragraph
    that says *Try this*.
    """
    after = cell.parent[cell.parent.index(cell) + 1 :]
    between = 0
    while after[between:] and is_cell(after[between]) and not figure_of(after[between]):
        between += 1
    rest = after[between:]
    said = [node for node in rest[:1] if isinstance(node, nodes.paragraph)]
    listed = [node for node in rest[len(said) : len(said) + 1] if isinstance(node, LISTS)]
    if said and OPENING.match(said[0].astext()):
        return said + listed
    return said + listed if listed and not between and sets_a_figure(listed[0]) else []


def put(raw, found):
    """Replace the raw HTML of a figure by the same with these nodes inside."""
    before, _, after = raw.astext().partition(TRY)
    for node in found:
        node.parent.remove(node)
        if isinstance(node, nodes.paragraph) and len(node.astext()) <= HEADING:
            node["classes"].append("px-try-head")
    inside = nodes.container("", *found, classes=["px-try"])
    pieces = nodes.raw("", before, format="html"), inside, nodes.raw("", after, format="html")
    raw.replace_self(nodes.container("", *pieces, classes=list(raw["classes"])))


def move(app, doctree, docname):
    if app.builder.format != "html":
        return
    for cell in list(filter(is_cell, doctree.findall(nodes.container))):
        if (raw := figure_of(cell)) is not None and (found := to_try(cell)):
            put(raw, found)


def setup(app):
    app.connect("doctree-resolved", move, priority=700)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
