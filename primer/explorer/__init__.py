"""`explore`: a figure with sliders that runs the rule itself, in JupyterLab and in a static page."""

from __future__ import annotations

import collections
import dataclasses
import os
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import check
from ..driver import Run, run
from ..objective import Objective
from ..optimizer import Optimizer
from ..script import Program, program
from . import figure, page
from .model import Control, Curve, Draggable, Record, controls, looks, named, record, substituted
from .views import Layout, expanded, watched

__all__ = ["Control", "Curve", "Draggable", "Explorer", "explore"]

_made: collections.Counter[str] = collections.Counter()


@dataclasses.dataclass(frozen=True)
class Scene:
    """One landscape of an explorer."""

    name: str
    J: Objective
    start: tuple[float, ...]
    programs: tuple[Program, ...]


def explore(
    *rules: Optimizer,
    on: Objective | Sequence[Objective] | Mapping[str, Objective],
    start: Draggable | Sequence[float] | None = None,
    steps: int = 200,
    views: Sequence[str | Curve] = ("path", "loss"),
    names: Sequence[str] | None = None,
    title: str = "",
    caption: str = "",
    window: Sequence[float] | None = None,
) -> Explorer:
    """A live figure: what the rules do on an objective, with a control for every `Slider` in them.

    Parameters
    ----------
    *rules : Optimizer
        One line each, in the rule's own colour. A Slider that several rules share is one control.
    on : Objective, or a list or dict of them
        Several are offered in a menu.
    start : Draggable or sequence of float, optional
        By default a draggable one at the objective's own start. A plain sequence stays fixed.
    steps : int
    views : sequence
        Panels: "path" (on contours, or on the graph of a one-dimensional objective), "loss",
        "theta", "step" (its size per coordinate), "state" (such as m̂ and v̂), "correction" (the
        bias-correction factors), "rate" (the learning rate, for schedules), or a `Curve`.
    names : sequence of str, optional
        Names in the legend instead of the classes'.
    title, caption : str
    window : sequence of float, optional
        (x_low, x_high, y_low, y_high), or (low, high) in one dimension; by default the objective's.

    Returns
    -------
    Explorer
        Shown by JupyterLab and in the book; `.values` and `.runs()` give its settings and NumPy's
        own results.

    Raises
    ------
    ValueError
        If an argument is not what is described here.
    TraceError
        If a rule or objective cannot run in a page; the message says what to write instead.

    Examples
    --------
    >>> from primer import SGD, Slider
    >>> from primer.landscapes import quadratic
    >>> live = explore(SGD(lr=Slider(0.01, 1, 0.1, log=True)), on=quadratic([1.0, 4.0]), steps=20)
    >>> live.values, live.runs()["SGD"].theta.shape
    ({'lr': 0.1}, (21, 2))
    """
    return Explorer(named(rules, names), _scenes(on), start, steps, views, title, caption, window)


def _scenes(on: Any) -> dict[str, Objective]:
    if isinstance(on, Objective):
        on = [on]
    if not isinstance(on, Mapping):
        on = {getattr(J, "name", "") or f"landscape {k + 1}": J for k, J in enumerate(on)}
    if not on or not all(isinstance(J, Objective) for J in on.values()):
        raise check.refuse("on", on, "an Objective, or a non-empty list or dict of them")
    return dict(on)


class Explorer:
    """What `explore` returns; see there."""

    def __init__(
        self,
        rules: dict[str, Optimizer],
        landscapes: dict[str, Objective],
        start: Any,
        steps: int,
        views: Sequence[Any],
        title: str,
        caption: str,
        window: Any,
    ) -> None:
        self.rules, self.title, self.caption = rules, title, caption
        self.steps = check.count("steps", steps)
        self.draggable = start is None or isinstance(start, Draggable)
        self.controls = controls(rules)
        self.looks = looks(rules)
        self._positions = [c.slider.index for c in self.controls]
        self._scene, self._moved, self._widget = 0, None, None
        self.id = _identity(rules, landscapes, views, title)
        self.scenes, self.drawn, self._defaults = [], [], []
        sliders = tuple(c.slider for c in self.controls)
        for name, J in landscapes.items():
            self._add(name, J, _start(start, J), sliders, views, window)
        self.data = self._data()

    def _add(self, name: str, J: Any, point: Any, sliders: Any, views: Any, window: Any) -> None:
        """Trace every rule on one landscape and draw its panels at the default settings."""
        rules = list(self.rules.values())
        chosen = expanded(views, rules, J.dim)
        watch = [watched(chosen, rule) for rule in rules]
        programs = tuple(
            program(rule, J, sliders, tuple(w), self.steps)
            for rule, w in zip(rules, watch, strict=True)
        )
        samples = [self._sample(rule, J, point, w) for rule, w in zip(rules, watch, strict=True)]
        layout = Layout(J, list(self.rules), samples, self.steps, window)
        defaults = [_first(s) for s in samples]
        prefix = f"{self.id}-{len(self.scenes)}"
        self.drawn.append(
            [
                figure.draw(layout.panel(view), defaults, self.looks, f"{prefix}-{k}")
                for k, view in enumerate(chosen)
            ]
        )
        self.scenes.append(Scene(name, J, point, programs))
        self._defaults.append(defaults)

    def _sample(self, rule: Any, J: Any, point: Any, watch: Any) -> Record:
        """Runs at the default (row 0) and with each slider at five places, as one batch."""
        rows = [list(self._positions)]
        for k, control in enumerate(self.controls):
            for part in range(5):
                rows.append(list(self._positions))
                rows[-1][k] = control.slider.steps * part // 4
        table = np.array(rows)
        values = {
            id(c.slider): c.slider.values[table[:, k]][:, None] for k, c in enumerate(self.controls)
        }
        starts = np.tile(np.asarray(point), (len(rows), 1))
        return record(substituted(rule, values), J, starts, self.steps, watch)

    def _data(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "steps": self.steps,
            "drag": self.draggable,
            "rules": list(self.rules),
            "controls": [
                {"key": c.key, "index": c.slider.index, "values": c.slider.values.tolist()}
                for c in self.controls
            ],
            "scenes": [
                {
                    "start": scene.start,
                    "panels": [panel.data for panel in panels],
                    "programs": [
                        {"code": p.source, "s": len(p.state), "w": len(p.watched)}
                        for p in scene.programs
                    ],
                }
                for scene, panels in zip(self.scenes, self.drawn, strict=True)
            ],
        }

    @property
    def positions(self) -> list[int]:
        """Where every slider stands, as an index into its `values`."""
        return self._widget.positions if self._widget is not None else list(self._positions)

    @property
    def values(self) -> dict[str, float]:
        """The present settings, by the keys that links use."""
        return {
            c.key: float(c.slider.values[i])
            for c, i in zip(self.controls, self.positions, strict=True)
        }

    @property
    def scene(self) -> Scene:
        """The landscape that is shown."""
        return self.scenes[self._widget.scene if self._widget is not None else self._scene]

    @property
    def start(self) -> tuple[float, ...]:
        """Where the runs start at present."""
        moved = self._widget.start if self._widget is not None else self._moved
        return tuple(moved) if moved else self.scene.start

    def runs(self) -> dict[str, Run]:
        """NumPy's own run of every rule at the present settings, by name."""
        values = dict(zip((id(c.slider) for c in self.controls), self.values.values(), strict=True))
        return {
            name: run(substituted(rule, values), self.scene.J, np.array(self.start), self.steps)
            for name, rule in self.rules.items()
        }

    def results(self) -> list[tuple[str, str]]:
        """Final loss and parameters of the default runs, as the table shows them."""
        out = []
        for sample in self._defaults[0]:
            count = figure.finite_rows(sample)
            if count <= self.steps:
                out.append((f"diverged at step {count}", "–"))
            else:
                theta = ", ".join(page.rounded(x) for x in sample.theta[-1][:4])
                more = ", …" if len(sample.theta[-1]) > 4 else ""
                out.append((page.rounded(sample.loss[-1]), theta + more))
        return out

    def html(self) -> str:
        """The explorer as HTML that is alive wherever scripts run."""
        return page.standalone(self)

    @property
    def widget(self) -> Any:
        """The ipywidgets box that JupyterLab shows; made when first asked for."""
        if self._widget is None:
            from .lab import Lab

            self._widget = Lab(self)
        return self._widget.box

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        still = {"text/plain": repr(self), "text/html": self.html()}
        if os.environ.get("PRIMER_BOOK"):
            return still
        return self.widget._repr_mimebundle_() | still

    def __repr__(self) -> str:
        settings = ", ".join(f"{key}={value:g}" for key, value in self.values.items())
        return f"Explorer({', '.join(self.rules)} on {self.scene.name}; {settings})"


def _start(start: Any, J: Objective) -> tuple[float, ...]:
    if isinstance(start, Draggable):
        start = start.point
    if start is None or len(start) == 0:
        start = J.start
    if start is None:
        raise check.refuse("start", None, "given where the objective has none of its own")
    point = check.points("start", np.asarray(start, dtype=float), J.dim)
    if point.ndim != 1:
        raise check.refuse("start", start, "one point")
    return tuple(point.tolist())


def _first(sample: Record) -> Record:
    return Record(
        sample.theta[:, 0], sample.loss[:, 0], {k: v[:, 0] for k, v in sample.watched.items()}
    )


def _identity(rules: Any, landscapes: Any, views: Any, title: str) -> str:
    """An id that stays the same from build to build, and that no second explorer has."""
    text = repr(
        (title, [*rules], [*landscapes], [v if isinstance(v, str) else v.label for v in views])
    )
    name = f"px-{zlib.crc32(text.encode()):08x}"
    _made[name] += 1
    return name if _made[name] == 1 else f"{name}-{_made[name]}"
