"""Lets a page link to a figure of a chapter and set it.

``[η = 0.1](../notebooks/06_adam.ipynb#cell-id=problem-play&lr=0.1)`` leads to the figure that the
cell with the id ``problem-play`` shows, with η at 0.1: what a figure's own *Copy link* would give.
On the built page it is ``#x=px-5d0c42f1&lr=0.1``, in which the figure is named by its id there.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

FIGURE = re.compile(r'<div class="px(?: px-some)?" id="([^"]+)"')
LINK = re.compile(r"cell-id=([\w-]+)&(.+)")
logger = logging.getLogger(__name__)


def collect(app, doctree):
    """Note the figures of a page, by their cells, and its links to figures of other pages."""
    kept = app.env.metadata[app.env.docname]
    kept["figures"] = {}
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            text = "".join(raw.astext() for raw in cell.findall(nodes.raw))
            keys = [key.removeprefix("cell-") for key in cell["ids"] if key.startswith("cell-")]
            if found := FIGURE.search(text):
                kept["figures"].update(dict.fromkeys(keys, found[1]))
    kept["figure_links"] = [
        (link["reftarget"], link["reftargetid"])
        for link in doctree.findall(addnodes.pending_xref)
        if LINK.fullmatch(link.get("reftargetid") or "")
    ]
    for target in {target for target, _ in kept["figure_links"]}:
        app.env.note_dependency(app.env.doc2path(target))


def name_places(app, env):
    """Tell MyST what each of these links is on the built page."""
    for page in list(env.metadata):
        for target, place in env.metadata[page].get("figure_links", ()):
            key, settings = LINK.fullmatch(place).groups()
            figure = env.metadata[target].get("figures", {}).get(key)
            if not figure:
                logger.warning("no figure in cell %s of %s, linked from %s", key, target, page)
                continue
            slugs = env.metadata[target].setdefault("myst_slugs", {})
            slugs[place] = (0, f"x={figure}&{settings}", key)


def setup(app):
    app.connect("doctree-read", collect, priority=600)  # after cells.py has named the cells
    app.connect("env-updated", name_places)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
