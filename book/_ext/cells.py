"""Lets a page link to a cell of a chapter: the one that prints the number which the text quotes.

``[6.57](../notebooks/06_adam.ipynb#cell-id=factors)`` leads to the cell whose id is ``factors``, in
the words of JupyterLab, which follows the same link. On the built page it is ``#cell-factors``: an
equals sign there would be taken for the settings of a figure.
"""

import json
from pathlib import Path

from docutils import nodes


def mark(app, doctree):
    """Give every code cell of a notebook an id on its page, and tell MyST of it."""
    name = app.env.docname
    path = Path(app.env.doc2path(name))
    if path.suffix != ".ipynb":
        return
    known = [cell.get("id") for cell in json.loads(path.read_text("utf-8"))["cells"]]
    slugs = app.env.metadata[name].setdefault("myst_slugs", {})
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code" and (key := known[cell["cell_index"]]):
            cell["ids"].append(f"cell-{key}")
            slugs[f"cell-id={key}"] = (0, f"cell-{key}", key)


def setup(app):
    app.connect("doctree-read", mark)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
