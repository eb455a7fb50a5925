"""Fills the cheat sheet from the package: rules, schedules, advice, and the patterns of bad curves.

Each directive takes names, one after another, and shows what the package knows of them:

- ``{sheet-rules}`` rules of the registry: equation, defaults, state, PyTorch's call.
- ``{sheet-schedules}`` schedules of the decision matrix, each with its curve.
- ``{sheet-advice}`` rows of the decision matrix.
- ``{sheet-curves}`` patterns that `primer.measure.diagnose` names, each with a run that shows it.
"""

import dataclasses
import html
import re

import numpy as np
from docutils import nodes
from docutils.statemachine import StringList
from rule_text import stem_of
from sphinx.util.docutils import SphinxDirective

from primer import SGD, Momentum, landscapes, latex, registry, run
from primer.derived.calls import torch_lines
from primer.derived.card import state_per_parameter
from primer.derived.latex import legend
from primer.measure.cures import CURES
from primer.measure.decisions import ROWS
from primer.measure.diagnose import diagnose
from primer.plotting import look

PAGE = "book/cheatsheet"
GRADIENT = r"g_t &= \nabla J(\theta_t)"
#: A rule that shares fewer lines with one before it is shown whole.
SHARED = 3
WIDTH, HEIGHT = 120, 44
#: A run that shows each pattern; tests/test_cheatsheet.py has `diagnose` name it.
RUNS = {
    "exploding": (SGD(lr=2.2), [1.0, 0.05], [0.3, 6.0], 22),
    "not decreasing": (SGD(lr=1e-4), [1.0, 0.05], [1.0, 1.0], 60),
    "oscillating": (Momentum(lr=0.05, beta=0.98), [1.0], [1.0], 150),
    "plateau": (SGD(lr=0.2), [1.0, 0.0005], [1.0, 30.0], 60),
}


@dataclasses.dataclass(frozen=True)
class Shown:
    """A rule on the sheet: the lines of its equation, and those that stand with another rule."""

    name: str
    lines: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    like: str = ""


def equation_lines(name):
    """The lines of a rule's equation, as `latex` prints them."""
    return latex(registry.rules[name].make).split("\n", 1)[1].rsplit("\n", 1)[0].split(" \\\\\n")


def shown(names):
    """What the sheet shows of these rules: no line of the gradient, and no long repetition."""
    before, result = {}, []
    for name in names:
        lines = [line for line in equation_lines(name) if line != GRADIENT]
        like = max(before, key=lambda other: len(set(lines) & set(before[other])), default="")
        same = [line for line in lines if line in before.get(like, ())]
        if len(same) >= SHARED:
            own = tuple(line for line in lines if line not in same)
            result.append(Shown(name, own, tuple(same), like))
        else:
            result.append(Shown(name, tuple(lines)))
        before[name] = lines
    return result


def number(value):
    r"""LaTeX of a default: 1e-08 as a power of ten."""
    mantissa, _, exponent = f"{value:g}".partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


def defaults(name):
    """(Symbol, value) of every setting that the rule's equation speaks of."""
    rule = registry.rules[name].make()
    symbols = legend(rule)
    return [(symbols[key], value) for key, value in rule.fields().items() if key in symbols]


def state(name):
    """How many numbers a rule keeps per parameter, and their names."""
    told = state_per_parameter(registry.rules[name].make())
    count, names = re.match(r"(\S+) numbers? per parameter[^(]*(?:\((.*)\))?", told).groups()
    return count, [part.split(":")[0] for part in (names or "").split(", ") if part]


def torch_call(name):
    """PyTorch's call on one line, or why there is none; and whether it is a call."""
    lines = torch_lines(registry.rules[name].make())
    if lines.startswith("#"):
        return registry.rules[name].no_torch, False
    call = re.sub(r"\s+", " ", lines.removeprefix("optimizer = torch.optim."))
    call = call.replace("( ", "(").replace(", )", ")").replace(" )", ")")
    return call.replace("model.parameters()", "params"), True


def chapter(entry):
    """The notebook that treats a rule or schedule, as the sheet's page calls it."""
    return f"../notebooks/{stem_of(entry.chapter)}.ipynb"


def rule_card(one):
    """A rule of the sheet, as lines of Markdown."""
    entry = registry.rules[one.name]
    settings = " ".join(rf"${symbol} = {number(value)}$" for symbol, value in defaults(one.name))
    count, names = state(one.name)
    kept = f"keeps {count}: ${', '.join(names)}$" if names else "keeps nothing"
    call, known = torch_call(one.name)
    lines = [f"**[{one.name}]({chapter(entry)})** {entry.year} [{kept}]{{.sheet-kept}}", ""]
    if one.left_out:
        left = ", ".join(f"${line.split(' &= ')[0]}$" for line in one.left_out)
        lines += [f"{left} of {one.like}, then", ""]
    lines += ["$$", r"\begin{aligned}", " \\\\\n".join(one.lines), r"\end{aligned}", "$$", ""]
    lines += [f"[{settings}]{{.sheet-defaults}}", "", f"`{call}`" if known else f"*{call}*"]
    return "\n".join(lines).split("\n")


def sketch(values, label, hue, start=False):
    """A small curve as SVG, and a dashed line where it started."""
    x = np.linspace(1, WIDTH - 1, len(values))
    top, low = float(np.max(values)), min(0.0, float(np.min(values)))
    y = HEIGHT - 2 - (np.asarray(values) - low) / (top - low) * (HEIGHT - 5)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    dashes = f'<path class="start" d="M1 {y[0]:.1f}H{WIDTH}"/>' if start else ""
    return (
        f'<svg class="sheet-curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{html.escape(label)}" style="--hue: var(--px-{hue})">'
        f'<path class="axes" d="M1 1V{HEIGHT - 1}H{WIDTH}"/>{dashes}'
        f'<polyline points="{points}"/></svg>'
    )


def schedules(names):
    """Schedules by name, with the settings that the decision matrix recommends first."""
    known = {type(row.schedule).__name__: row.schedule for row in reversed(ROWS)}
    return {name: known[name] for name in names}


def schedule_curve(schedule):
    """A schedule over the run that it is written for, in parts of its largest rate."""
    t = np.unique(np.linspace(0, schedule.length or 10_000, 241).astype(int))
    values = schedule(t)
    return values / values.max()


def pattern_losses(name):
    """The losses of the run that shows a pattern."""
    rule, curvatures, theta, steps = RUNS[name]
    return run(rule, landscapes.quadratic(curvatures), theta, steps=steps).loss


def cures(name, most=3):
    """The first cures of a pattern, as `diagnose` orders them."""
    return [CURES[key] for key in diagnose(pattern_losses(name)).keys[:most]]


class Sheet(SphinxDirective):
    """A list whose items are Markdown, each with a drawing before it."""

    has_content = True
    kind = ""

    def names(self):
        return " ".join(self.content).split()

    def listed(self, items):
        """Nodes of the list; an item is its classes, HTML to begin with, and lines of Markdown."""
        result = [_raw(f'<ul class="sheet-list sheet-{self.kind}">')]
        for classes, before, lines in items:
            inner = nodes.Element()
            self.state.nested_parse(StringList(lines, self.env.docname), 0, inner)
            result += [_raw(f'<li class="{classes}">{before}<div>'), *inner, _raw("</div></li>")]
        return [*result, _raw("</ul>")]


def _raw(text):
    return nodes.raw("", text, format="html")


class Rules(Sheet):
    kind = "rules"

    def run(self):
        return self.listed(
            (f"hue-{look(one.name).hue}", "", rule_card(one)) for one in shown(self.names())
        )


class Schedules(Sheet):
    kind = "schedules"

    def run(self):
        items = []
        for name, schedule in schedules(self.names()).items():
            entry = registry.schedules[name]
            drawn = sketch(schedule_curve(schedule), entry.summary, look(name).hue)
            items.append(("", drawn, [f"**[{name}]({chapter(entry)})** {entry.summary}"]))
        return self.listed(items)


class Advice(Sheet):
    kind = "advice"

    def run(self):
        rows = {row.key: row for row in ROWS}
        return self.listed(
            ("", "", [f"**{rows[key].situation}.** {rows[key].advice}"]) for key in self.names()
        )


class Curves(Sheet):
    kind = "curves"

    def names(self):
        return [line.strip() for line in self.content if line.strip()]

    def run(self):
        items = []
        for name in self.names():
            label = f"A loss curve: {name}"
            drawn = sketch(pattern_losses(name), label, "red", start=True)
            told = [f"{cure.do}." for cure in cures(name)]
            items.append(("", drawn, [f"**{name.capitalize()}.** " + " ".join(told)]))
        return self.listed(items)


def add_assets(app, pagename, templatename, context, doctree):
    """Style and script of the sheet alone: the size of a printed page is its own."""
    if pagename == PAGE:
        app.add_css_file("cheatsheet.css")
        app.add_js_file("cheatsheet.js", loading_method="defer")


def setup(app):
    for directive in (Rules, Schedules, Advice, Curves):
        app.add_directive(f"sheet-{directive.kind}", directive)
    app.connect("html-page-context", add_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
