"""A panel as SVG: matplotlib draws the still part once, the moving lines are laid over it."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..plotting.palette import DASHES, NEUTRAL, STYLE, Look
from ..plotting.svg import svg
from .axes import Axis
from .model import Record
from .notes import Note, written
from .sheet import OVER, TITLE, Sheet, sheet
from .views import Line, Panel

#: Sizes of letters: of titles, of the names of axes, of numbers.
SIZES = {"13": "--px-large", "11": "--px-middle", "10.5": "--px-small"}
SIZE = re.compile(rf"font-size:({'|'.join(map(re.escape, SIZES))})px")
#: Fill and edge of the marker of a map in colors: one of them is seen on every color.
SEEN = "#fff", "#14181f"
#: Points of a line at most; the longer ones show every k-th.
POINTS = 1000
#: Characters of a title at most.
LONG = 44


@dataclasses.dataclass(frozen=True)
class Drawn:
    """The SVG of a panel and what the page needs to move its lines."""

    svg: str
    data: dict[str, Any]


def background(panel: Panel, prefix: str, paper: Sheet) -> str:
    """Axes, labels and still artists of a panel."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=paper.inches)
        figure.set_layout_engine("none")
        ax = figure.add_axes(paper.axes)
        _set_axis(ax, "x", panel.x)
        _set_axis(ax, "y", panel.y)
        if panel.draw:
            panel.draw(ax)
        _, top, _, bottom = paper.box
        ax.xaxis.labelpad = 2
        ax.yaxis.label.set(rotation=0, ha="left", va="baseline")
        ax.yaxis.set_label_coords(0, 1 + OVER / (bottom - top))
        ax.set(xlim=(panel.x.low, panel.x.high), ylim=(panel.y.low, panel.y.high))
        ax.set_title(_brief(panel.title), y=1, pad=top - TITLE, parse_math=False)
        if panel.kind == "map":
            ax.spines[:].set_visible(False)
            ax.tick_params(length=0)
            steps = (1, 2, 2.5, 5, 10)
            ax.yaxis.set_major_locator(MaxNLocator(6, steps=steps, prune="lower"))  # x has that one
        return _scalable(svg(figure, panel.alt, prefix))


def _scalable(text: str) -> str:
    """Sizes of letters as variables: a style sheet enlarges them where a panel is narrow."""
    return SIZE.sub(lambda m: f"font-size:var({SIZES[m[1]]},{m[1]}px)", text)


def _brief(title: str) -> str:
    """A title or label in one line that fits the width of a panel."""
    line = " ".join(title.split())
    return line if len(line) <= LONG else line[: LONG - 1] + "…"


def _set_axis(ax: Any, which: str, axis: Axis) -> None:
    if axis.log:
        getattr(ax, f"set_{which}scale")("log")
    else:
        ax.locator_params(axis=which, nbins=6)
    getattr(ax, f"set_{which}label")(_brief(axis.label), parse_math=False)


def draw(
    panel: Panel,
    prefix: str,
    records: Sequence[Record],
    looks: Sequence[Look],
    drag: bool = False,
    panels: int = 2,
    notes: Sequence[Note] = (),
) -> Drawn:
    """A panel with its lines at the default settings, `records` (one run per rule, no batch)."""
    paper = sheet(panels, bar=panel.kind == "heat")
    left, top, right, bottom = paper.box
    clip = f"{prefix}-clip"
    spare = 0 if panel.kind == "map" else 5  # so that a dot on the edge is seen whole
    frame = (
        f'x="{left - spare:g}" y="{top - spare:g}"'
        f' width="{right - left + 2 * spare:g}" height="{bottom - top + 2 * spare:g}"'
    )
    lines = [
        _line(panel, line, records[line.rule], looks[line.rule], (paper, f"{prefix}-{line.rule}"))
        for line in panel.lines
    ]
    over = (
        f'<clipPath id="{clip}"><rect {frame}/></clipPath>{_key(panel, paper)}'
        f'<g class="px-moving"><g clip-path="url(#{clip})">{"".join(lines)}</g>'
        f"{_start(panel, records[0], drag, paper)}</g>"
        f"{written(notes, panel.x, panel.y, paper)}</svg>"
    )
    text = background(panel, prefix, paper).removesuffix("</svg>") + over
    size = paper.width, paper.height
    where = {"size": size, "box": paper.box, "x": _limits(panel.x), "y": _limits(panel.y)}
    return Drawn(text, where | _spec(panel))


def _start(panel: Panel, record: Record, drag: bool, paper: Sheet) -> str:
    """The starting point as a ring, which gives way to the handle where it can be dragged."""
    if panel.kind not in ("map", "graph"):
        return ""
    left, top, right, bottom = paper.box
    height = record.theta[0, 1] if panel.kind == "map" else record.loss[0]
    x = short(_inside(panel.x.place(record.theta[0, 0], left, right), left, right))
    y = short(_inside(panel.y.place(height, bottom, top), top, bottom))
    name = "px-start-drag" if drag else "px-start"
    ink = f"var(--px-ink,{NEUTRAL['ink']})"
    place = f'class="{name}" cx="{x}" cy="{y}" r="5"'
    return f'<circle {place} fill="none" style="stroke:{ink}" stroke-width="2"/>'


def _inside(place: Any, low: float, high: float) -> float:
    """A place between low and high; high, the foot of the axes, for a loss that is undefined."""
    return high if np.isnan(place) else min(max(float(place), low), high)


def _spec(panel: Panel) -> dict[str, Any]:
    lines = [[line.rule, *line.y, *(line.x or ())] for line in panel.lines]
    return {"kind": panel.kind, "lines": lines}


def _limits(axis: Axis) -> list[float]:
    return [axis.low, axis.high, int(axis.log)]


def _line(panel: Panel, line: Line, record: Record, look: Look, place: tuple[Sheet, str]) -> str:
    paper, name = place
    dash = DASHES[line.part % len(DASHES)] if panel.parts else look.dash
    path, (x, y) = trajectory(panel, line, record, paper)
    style = f' stroke-dasharray="{" ".join(f"{d:g}" for d in dash)}"' if dash else ""
    style += ' stroke-width="1.4"' if line.part or panel.kind == "graph" else ' stroke-width="2"'
    color, dot = f"var(--px-{look.hue},{look.color})", 'r="4"'
    if panel.kind == "heat":
        color, dot = SEEN[0], f'r="5.5" style="stroke:{SEEN[1]};stroke-width:2"'
    lost = "" if finite_rows(record) == len(record.loss) else ' data-lost=""'
    dots = ""
    if panel.kind == "graph":  # in one dimension every visited place is a dot
        style += f' marker-mid="url(#{name})" marker-start="url(#{name})"'
        dots = (
            f'<marker id="{name}" viewBox="-3 -3 6 6" markerWidth="6" markerHeight="6"'
            f' markerUnits="userSpaceOnUse"><circle r="2.6" fill="{color}"/></marker>'
        )
    return (
        f'<g class="px-line" data-rule="{line.rule}" style="color:{color}"{lost}>'
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-linejoin="round"{style}/>{dots}'
        f'<g transform="translate({x} {y})"><circle {dot} fill="currentColor"/>'
        '<path d="M-5-5L5 5M-5 5L5-5" stroke="currentColor" stroke-width="2.4"/></g></g>'
    )


def trajectory(
    panel: Panel, line: Line, record: Record, paper: Sheet
) -> tuple[str, tuple[str, str]]:
    """The `d` of a line's path, as static/draw.js writes it, and the place of its last point."""
    left, top, right, bottom = paper.box
    count = finite_rows(record)
    ys = channel(record, line.y)[:count]
    xs = np.arange(len(ys)) if line.x is None else channel(record, line.x)[: len(ys)]
    x, y = panel.x.place(xs, left, right), panel.y.place(ys, bottom, top)
    return _path(x, y)


def finite_rows(record: Record) -> int:
    """How many rows are finite from the start on."""
    fine = np.isfinite(record.loss) & np.isfinite(record.theta).all(-1)
    return len(fine) if fine.all() else int(fine.argmin())


def channel(record: Record, name: tuple[str, int]) -> np.ndarray:
    kind, place = name
    if kind == "x":
        return record.theta[:, place]
    if kind == "loss":
        return record.loss
    if kind == "step":
        return np.abs(np.diff(record.theta[:, place]))
    if kind == "h":
        return record.watched[f"h{place}"]
    return list(record.watched.values())[place]


def _path(x: np.ndarray, y: np.ndarray) -> tuple[str, tuple[str, str]]:
    stride = max(1, int(np.ceil(len(x) / POINTS)))
    text, pen, end = [], "M", ("-99", "-99")
    for i in range(0, len(x), stride):
        if np.isnan(x[i]) or np.isnan(y[i]):
            pen = "M"
            continue
        end = short(x[i]), short(y[i])
        text.append(f"{pen}{end[0]} {end[1]}")
        pen = "L"
    return "".join(text) or "M-99-99", end


def short(value: float) -> str:
    """A coordinate to a tenth of a pixel, rounded as JavaScript's Math.round does."""
    tenths = np.floor(min(max(value, -9999.0), 9999.0) * 10 + 0.5)
    return f"{tenths / 10 + 0.0:.1f}".removesuffix(".0")


def _key(panel: Panel, paper: Sheet) -> str:
    """Which dash pattern stands for which part, at the right above the axes."""
    _, top, x, _ = paper.box
    y, out = top - OVER, []
    for part in reversed(range(len(panel.parts))):
        dash = " ".join(f"{d:g}" for d in DASHES[part % len(DASHES)])
        pattern = f' stroke-dasharray="{dash}"' if dash else ""
        name, before = html.escape(panel.parts[part]), 12 * len(panel.parts[part])
        out.append(
            f'<text x="{x:g}" y="{y:g}" text-anchor="end"'
            f' style="font-size:var(--px-middle,11px)">{name}</text>'
            f'<path d="M{x - before - 24:g} {y - 4:g}h20" stroke="currentColor"'
            f' stroke-width="1.5"{pattern}/>'
        )
        x -= before + 34
    inside = "".join(out)
    return inside and f'<g style="color:var(--px-soft,#5a6272)" fill="currentColor">{inside}</g>'
