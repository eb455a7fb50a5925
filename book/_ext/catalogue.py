"""The tables of the catalogue page, made from the registry: rules, schedules, landscapes.

``{catalogue} rules`` is a table whose rows `sift.js` sifts and sorts; every name of a rule leads to
its page. `primer.catalogue()` is the plain table of the same entries for a notebook.
"""

import ast
import inspect

import numpy as np
from docutils import nodes
from docutils.statemachine import StringList
from rule_live import example
from rule_text import cited, marked
from sphinx.util.docutils import SphinxDirective

from primer import registry
from primer.derived.card import short, state_per_parameter

#: Steps of a schedule that is drawn, and what stands for its fields without a default.
STEPS = 90
DRAWN = {
    "rate": 1.0, "peak": 1.0, "initial": 1.0, "start": 1.0, "end": 0.1,
    "steps": 60, "warmup": 12, "decay": 20, "every": 6, "factor": 0.9,
}  # fmt: skip


def called(call):
    """What a registered call calls: ``Adam`` of ``Adam(params, lr=lr)``."""
    return f"`{ast.unparse(ast.parse(call, mode='eval').body.func)}`" if call else "–"


def arguments(make):
    """The fields or arguments with their defaults."""
    none = inspect.Parameter.empty
    return ", ".join(
        f"`{p.name}`" if p.default is none else f"`{p.name}` {short(p.default)}"
        for p in inspect.signature(make).parameters.values()
    )


def state(entry):
    """How many numbers a rule keeps per parameter, and their names."""
    told = state_per_parameter(example(entry))
    count, _, names = told.partition(" ")
    return f"{count} ({names.partition(' (')[2]}" if "(" in names else count


def rules(entry):
    """The cells of a rule, by column."""
    return {
        "name": f"[{entry.name}](rules/{entry.name}.md)",
        "year": str(entry.year),
        "what": marked(entry.summary, entry.name, "rules/"),
        "state": marked(state(entry)),
        "defaults": arguments(entry.make),
        "pytorch": called(entry.torch),
        "optax": called(entry.optax),
        "chapter": str(entry.chapter or ""),
    }


def schedules(entry):
    return {
        "name": entry.name,
        "shape": "",
        "year": str(entry.year),
        "what": f"{marked(entry.summary)} {cited(entry.cite)}",
        "arguments": arguments(entry.make),
        "pytorch": called(entry.torch),
        "optax": called(entry.optax),
    }


def landscapes(entry):
    return {
        "name": f"`{entry.name}`",
        "year": str(entry.year),
        "what": f"{marked(entry.summary)} {cited(entry.cite)}",
        "arguments": arguments(entry.make),
        "chapter": str(entry.chapter or ""),
    }


def traits(entry):
    """What a rule can be sifted by, and the words for it."""
    return {
        "kind": entry.kind,
        "chapter": str(entry.chapter or "none"),
        "pytorch": "yes" if entry.torch else "no",
        "optax": "yes" if entry.optax else "no",
        "runs": "in-a-notebook" if entry.no_page else "in-the-page",
    }


CELLS = {"rules": rules, "schedules": schedules, "landscapes": landscapes}
HEADS = {
    "name": "Name", "year": "Year", "what": "What it is", "state": "State per parameter",
    "defaults": "Settings", "arguments": "Settings", "pytorch": "PyTorch", "optax": "optax",
    "chapter": "Chapter", "shape": "Shape",
}  # fmt: skip
#: Columns whose order means nothing.
UNSORTED = {"what", "defaults", "arguments", "shape"}


def drawing(entry):
    """The curve of a schedule as a small picture."""
    none = inspect.Parameter.empty
    wanted = inspect.signature(entry.make).parameters.values()
    made = entry.make(**{p.name: DRAWN[p.name] for p in wanted if p.default is none})
    t = np.arange(STEPS + 1)
    values = np.array([float(made(int(k))) for k in t])
    points = " ".join(
        f"{x:.1f},{y:.1f}" for x, y in zip(2 + t * 76 / STEPS, 26 - 24 * values, strict=True)
    )
    return (
        f'<svg class="px-spark" viewBox="0 0 80 28" width="80" height="28" role="img"'
        f' aria-label="Curve of {entry.name}"><polyline points="{points}"/></svg>'
    )


class Catalogue(SphinxDirective):
    """``{catalogue} rules``, or schedules, or landscapes."""

    required_arguments = 1

    def run(self):
        kind = self.arguments[0]
        entries = sorted(getattr(registry, kind).values(), key=lambda e: (e.year, e.name))
        rows = [(entry, CELLS[kind](entry)) for entry in entries]
        self.env.note_dependency(registry.__file__)
        return [nodes.container("", self.table(kind, rows), classes=["px-sift", f"px-of-{kind}"])]

    def table(self, kind, rows):
        columns = list(rows[0][1])
        group = nodes.tgroup(cols=len(columns))
        group += [nodes.colspec(colwidth=1, stub=int(name == "name")) for name in columns]
        head = nodes.row("", *map(self.head, columns))
        body = [self.row(kind, entry, cells) for entry, cells in rows]
        group += [nodes.thead("", head), nodes.tbody("", *body)]
        return nodes.table("", group, classes=["px-sort", "px-catalogue", f"px-{kind}"])

    def head(self, name):
        classes = [f"px-col-{name}", f"px-key-{name}"]
        classes += ["px-unsorted"] * (name in UNSORTED) + ["px-sorted"] * (name == "year")
        return nodes.entry("", nodes.paragraph("", HEADS[name]), classes=classes)

    def row(self, kind, entry, cells):
        traits_ = traits(entry) if kind == "rules" else {}
        classes = ["px-item", *(f"px-is-{key}-{value}" for key, value in traits_.items())]
        made = nodes.row("", classes=classes)
        for name, text in cells.items():
            cell = nodes.entry("", classes=[f"px-col-{name}"])
            if name == "shape":
                cell += nodes.raw("", drawing(entry), format="html")
            else:
                self.state.nested_parse(StringList([text], "catalogue"), self.content_offset, cell)
            made += cell
        return made


def setup(app):
    app.add_directive("catalogue", Catalogue)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
