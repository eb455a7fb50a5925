"""The tables of the catalogue page, made from the registry: rules, schedules, landscapes.

``{catalogue} rules`` is a table whose rows `sift.js` sifts and sorts; every name of a rule leads to
its page. `primer.catalogue()` is the plain table of the same entries for a notebook.
"""

import ast
import inspect

import matplotlib as mpl
import numpy as np
from docutils import nodes
from docutils.statemachine import StringList
from matplotlib.figure import Figure
from rule_live import example
from rule_text import cited, marked, stem_of
from sphinx.util.docutils import SphinxDirective

from primer import registry
from primer.derived.card import short, state_per_parameter
from primer.plotting.figures import contours
from primer.plotting.palette import NEUTRAL, STYLE
from primer.plotting.svg import svg

#: Steps of a schedule that is drawn, and what stands for its fields without a default.
STEPS = 90
DRAWN = {
    "rate": 1.0, "peak": 1.0, "initial": 1.0, "start": 1.0, "end": 0.1,
    "steps": 60, "warmup": 12, "decay": 20, "every": 6, "factor": 0.9,
}  # fmt: skip
#: Size of a small map, in inches.
THUMB = 1.5, 1.0


def called(call):
    """What a registered call calls: ``Adam`` of ``Adam(params, lr=lr)``."""
    return f"`{ast.unparse(ast.parse(call, mode='eval').body.func)}`" if call else "–"


def arguments(make):
    """The fields or arguments with their defaults."""
    none = inspect.Parameter.empty
    return ", ".join(
        f"`{p.name}`" if p.default is none else f"`{p.name}`\N{NO-BREAK SPACE}{short(p.default)}"
        for p in inspect.signature(make).parameters.values()
    )


def state(entry):
    """How many numbers a rule keeps per parameter, and their names."""
    told = state_per_parameter(example(entry))
    count, _, names = told.partition(" ")
    return f"{count} ({names.partition(' (')[2]}" if "(" in names else count


def chapter(entry):
    """The chapter's number, which leads to it."""
    stem = stem_of(entry.chapter)
    return f"{{doc}}`{entry.chapter} </notebooks/{stem}>`" if stem else str(entry.chapter or "")


def rules(entry):
    """The cells of a rule, by column."""
    return {
        "name": f"[{entry.name}](rules/{entry.name}.md)",
        "year": str(entry.year),
        "what": marked(entry.summary, entry.name, "rules/"),
        "state": marked(state(entry)).replace(" x ", " × "),
        "defaults": arguments(entry.make),
        "pytorch": called(entry.torch),
        "optax": called(entry.optax),
        "chapter": chapter(entry),
    }


def told(entry):
    """What it is, and its source if it has one."""
    return f"{marked(entry.summary)} {cited(entry.cite) if entry.cite else ''}".strip()


def schedules(entry):
    return {
        "name": entry.name,
        "shape": "",
        "year": str(entry.year),
        "what": told(entry),
        "arguments": arguments(entry.make),
        "pytorch": called(entry.torch),
        "optax": called(entry.optax),
    }


def landscapes(entry):
    return {
        "name": f"`{entry.name}`",
        "shape": "",
        "year": str(entry.year),
        "what": told(entry),
        "arguments": arguments(entry.make),
        "chapter": chapter(entry),
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
    "name": "Name", "year": "Year", "what": "What it is", "state": "State",
    "defaults": "Settings", "arguments": "Settings", "pytorch": "PyTorch", "optax": "optax",
    "chapter": "Chapter", "shape": "Shape",
}  # fmt: skip
#: Columns whose order means nothing.
UNSORTED = {"what", "defaults", "arguments", "shape"}


def curve(entry):
    """A schedule as a small curve."""
    none = inspect.Parameter.empty
    wanted = inspect.signature(entry.make).parameters.values()
    made = entry.make(**{p.name: DRAWN[p.name] for p in wanted if p.default is none})
    steps = range(STEPS + 1)
    points = " ".join(f"{2 + t * 76 / STEPS:.1f},{26 - 24 * float(made(t)):.1f}" for t in steps)
    return (
        f'<svg class="px-spark" viewBox="0 0 80 28" width="80" height="28" role="img"'
        f' aria-label="Curve of {entry.name}"><polyline points="{points}"/></svg>'
    )


def relief(entry):
    """A landscape as a small map, or as a graph if it has one dimension; a moving one at step 0."""
    whole = entry.make()
    J = whole.at(0)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=THUMB, layout="none")
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        if whole.dim == 1:
            low, high = whole.window[:2]
            x = np.linspace(low, high, 61)
            ax.plot(x, J(x[:, None]), color=NEUTRAL["tint"], lw=1.2)
            ax.margins(0, 0.1)
        else:
            contours(ax, J, whole.window, count=7, grid=61)
        ax.set_axis_off()
        told = svg(figure, f"Picture of {entry.name}", f"px-land-{entry.name}")
    return f'<div class="px-figure px-thumb">{told}</div>'


DRAWINGS = {"schedules": curve, "landscapes": relief}


class Catalogue(SphinxDirective):
    """``{catalogue} rules``, or schedules, or landscapes."""

    required_arguments = 1

    def run(self):
        kind = self.arguments[0]
        entries = sorted(getattr(registry, kind).values(), key=lambda e: (e.year, e.name))
        rows = [(entry, CELLS[kind](entry)) for entry in entries]
        self.env.note_dependency(registry.__file__)
        sift = ["px-sift", f"px-of-{kind}"] if kind == "rules" else []
        return [nodes.container("", self.table(kind, rows), classes=sift)]

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
                cell += nodes.raw("", DRAWINGS[kind](entry), format="html")
            else:
                self.state.nested_parse(StringList([text], "catalogue"), self.content_offset, cell)
            made += cell
        return made


def setup(app):
    app.add_directive("catalogue", Catalogue)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
