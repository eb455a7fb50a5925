"""Views of an explorer: which panels there are, which lines they hold, which part they show."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import check
from ..objective import Objective
from ..plotting.figures import contours, frame, seen
from ..plotting.palette import NEUTRAL
from ..plotting.svg import subscript
from .axes import LARGE, SMALL, Axis, limits, scale
from .model import Record
from .wanted import Series


@dataclasses.dataclass(frozen=True)
class Line:
    """One moving line: a rule's channel y against channel x, or against the step if x is None.

    A channel is a pair such as ("x", 0), ("loss", 0), ("w", 3) or ("step", 1).
    """

    rule: int
    y: tuple[str, int]
    x: tuple[str, int] | None = None
    part: int = 0


@dataclasses.dataclass(frozen=True)
class Panel:
    """One SVG: axes, a still background and moving lines."""

    kind: str
    title: str
    alt: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    parts: tuple[str, ...] = ()  # names of the line styles where a rule has several lines
    draw: Callable[[Any], None] | None = None


class Layout:
    """Makes the panels of one scene from sample runs, whose numbers say what the axes must hold.

    Parameters
    ----------
    where : str
        What the landscape is called.
    J : Objective
    names : list of str
        Of the rules.
    samples : list of Record
        One per rule, with one batch axis over settings of the sliders; row 0 is the default.
    steps : int
    window : tuple, optional
    """

    def __init__(
        self,
        where: str,
        J: Objective,
        names: list[str],
        samples: list[Record],
        steps: int,
        window: Any = None,
    ) -> None:
        self.where = where
        self.J, self.names, self.samples, self.steps = J, names, samples, steps
        self.window, self.dim = window, samples[0].theta.shape[-1]
        self.time = Axis("step t", 0, max(steps, 1))

    def panel(self, view: str | Series) -> Panel:
        if isinstance(view, Series):
            return self.curve(view)
        if view == "path":
            return self.contours() if self.dim == 2 else self.graph()
        return {"loss": self.loss, "theta": self.theta, "step": self.step}[view]()

    def contours(self) -> Panel:
        window = frame(self.J, self.window)
        lines = tuple(Line(k, ("x", 1), ("x", 0)) for k in range(len(self.names)))
        names = self.J.axes or ("θ₁", "θ₂")
        axes = Axis(names[0], *window[:2]), Axis(names[1], *window[2:])
        alt = f"Contour map of {self.where} with the path of {self.who} from the starting point."

        def draw(ax: Any) -> None:
            contours(ax, self.J, window)
            ax.set(xlabel=names[0], ylabel=names[1])

        return Panel("map", f"Path on {self.where}", alt, *axes, lines, draw=draw)

    def graph(self) -> Panel:
        given = self.J.window if self.window is None else self.window
        low, high = self._reach() if given is None else check.window(given, 1)[:2]
        grid = np.linspace(low, high, 301)
        heights = seen(self.J, grid[:, None])
        known = heights.compressed() if heights.count() else np.zeros(1)
        spread, most = np.ptp(known), np.abs(known).max()
        margin = 0.08 * (spread if spread > max(1e-12 * most, SMALL) else max(1.0, 1e-3 * most))
        lines = tuple(Line(k, ("loss", 0), ("x", 0)) for k in range(len(self.names)))
        y = Axis("J(θ)", float(known.min() - margin), float(known.max() + margin))
        alt = f"Graph of {self.where} with the positions that {self.who} visits."

        def draw(ax: Any) -> None:
            ax.plot(grid, heights, color=NEUTRAL["soft"], lw=1.2)

        return Panel(
            "graph", f"Path on {self.where}", alt, Axis("θ", low, high), y, lines, draw=draw
        )

    def _reach(self) -> tuple[float, float]:
        visited = np.concatenate([s.theta[:, 0].ravel() for s in self.samples])
        visited = visited[np.abs(visited) < LARGE]
        visited = visited[np.abs(visited) <= scale(visited, self.samples[0].theta[0, 0])]
        low, high = np.quantile(visited, (0.02, 0.98))
        margin = 0.25 * max(high - low, abs(self.samples[0].theta[0, 0, 0]), 0.5)
        return float(low - margin), float(high + margin)

    def loss(self) -> Panel:
        values = [s.loss for s in self.samples]
        positive = min(v[np.isfinite(v)].min(initial=np.inf) for v in values) >= 0
        y = limits("J(θ)", values, bool(positive))
        alt = f"Loss of {self.who} against the step{', logarithmic axis' if y.log else ''}."
        lines = tuple(Line(k, ("loss", 0)) for k in range(len(self.names)))
        return Panel("time", "Loss", alt, self.time, y, lines)

    def theta(self) -> Panel:
        values = [s.theta[..., i] for s in self.samples for i in range(self.shown)]
        y = limits("θ", values, False)
        alt = f"Coordinates of θ against the step for {self.who}."
        return Panel("time", "Parameters", alt, self.time, y, self._each("x"), self._parts("θ"))

    def step(self) -> Panel:
        values = [np.abs(np.diff(s.theta[..., : self.shown], axis=0)) for s in self.samples]
        y = limits("|Δθ|", values, None)
        alt = f"Size of each step, coordinate by coordinate, for {self.who}."
        title = "Size of the step |θₜ₊₁ − θₜ|"
        return Panel("time", title, alt, self.time, y, self._each("step"), self._parts("Δθ"))

    @property
    def shown(self) -> int:
        """Coordinates drawn: all of two, the first three of many."""
        return min(self.dim, 3)

    @property
    def who(self) -> str:
        return ", ".join(self.names)

    def _each(self, channel: str) -> tuple[Line, ...]:
        rules = range(len(self.names))
        return tuple(Line(k, (channel, i), part=i) for k in rules for i in range(self.shown))

    def _parts(self, letter: str) -> tuple[str, ...]:
        if self.dim == 1:
            return ()
        return tuple(f"{letter}{subscript(i + 1)}" for i in range(self.shown))

    def curve(self, view: Series) -> Panel:
        bound = 3 if self.dim > 1 else 1
        lines, values, most = [], [], 0
        for k, sample in enumerate(self.samples):
            found = [n for n in sample.watched if n == view.key or n.startswith(f"{view.key}[")]
            places = list(sample.watched)
            for part, name in enumerate(found[:bound]):
                lines.append(Line(k, ("w", places.index(name)), part=part))
                values.append(sample.watched[name])
            most = max(most, min(len(found), bound))
        y = limits("", values, view.log)
        alt = f"{view.label} against the step for {self.who}."
        components = [_short(view.label) + subscript(i + 1) for i in range(most)]
        letters = view.letters or components
        parts = tuple(letters[:most]) if most > 1 else ()
        return Panel("time", _title(view.label), alt, self.time, y, tuple(lines), parts)


def _short(label: str) -> str:
    """A symbol as it is; a longer label gives way to the coordinates' own letter."""
    return label if len(label) <= 3 else "θ"


def _title(label: str) -> str:
    """A label as a title; a symbol such as m̂ or η keeps its case."""
    return label[:1].upper() + label[1:] if label[:3].isascii() and label[:3].isalpha() else label
