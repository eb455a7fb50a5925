"""The directive ``{exercises}``: all exercises of the chapters, by their level.

The titles are the notebooks'; level, minutes, form of the answer and what it needs stand in
``book/exercises.json``, one row for each exercise of a chapter, in their order.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from mdit_py_plugins.anchors.index import slugify
from sphinx.util.docutils import SphinxDirective

TITLE = re.compile(r"^### (Exercise \d+: (\S.*))$", re.M)
LEVELS = ("easy", "medium", "hard")
HEAD = ["| Chapter | Exercise | Minutes | Answer | Needs |", "|---|---|---|---|---|"]


def titles(notebook):
    """(the whole heading, its words) of every exercise of a chapter."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return TITLE.findall(text)


def rows(root):
    """Every exercise: level, chapter, heading, title, minutes, answer, needs."""
    known = json.loads((root / "book/exercises.json").read_text("utf-8"))
    for chapter, told in known.items():
        found = titles(root / "notebooks" / f"{chapter}.ipynb")
        for (heading, title), (level, *more) in zip(found, told, strict=True):
            yield level, chapter, heading, title, *more


def table(root, level):
    """The exercises of a level as lines of Markdown."""
    lines = list(HEAD)
    for its_level, chapter, heading, title, minutes, answer, needs in rows(root):
        if its_level == level:
            link = f"[{title}](../notebooks/{chapter}.ipynb#{slugify(heading)})"
            lines.append(f"| {int(chapter[:2])} | {link} | {minutes} | {answer} | {needs} |")
    return lines


class Exercises(SphinxDirective):
    """A table of the exercises of one level."""

    required_arguments = 1

    def run(self):
        root = Path(self.env.srcdir)
        for file in [root / "book/exercises.json", *root.glob("notebooks/[0-9]*.ipynb")]:
            self.env.note_dependency(str(file))
        made = nodes.container(classes=["exercises"])
        lines = table(root, self.arguments[0])
        self.state.nested_parse(StringList(lines, source="exercises"), self.content_offset, made)
        return made.children


def setup(app):
    app.add_directive("exercises", Exercises)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
