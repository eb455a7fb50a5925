"""`explore`: a figure with sliders that runs the rule itself, in JupyterLab and in a page."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import check
from ..derived.javascript import Program, program
from ..derived.trace import Watch
from ..objective import Objective
from ..optimizer import Optimizer
from ..running import Run, run
from ..waiting import each
from . import editing, figure, page, table, tasks
from .base import Base, text
from .blame import at_the_call, blamed, refuse_shapes
from .model import Curve, Draggable, Record, controls, fresh, looks, named, record, substituted
from .notes import Note, listed, meant, refuse_nowhere
from .tasks import Task
from .views import Layout
from .wanted import expanded, spoken, watched


@dataclasses.dataclass(frozen=True)
class Scene:
    """One landscape of an explorer."""

    name: str
    J: Objective
    start: tuple[float, ...]
    programs: tuple[Program, ...]
    watches: tuple[tuple[Watch, ...], ...]  # by rule


@dataclasses.dataclass(frozen=True)
class Options:
    """How an explorer is asked to look; see `explore`."""

    start: Any
    steps: int
    views: Any
    window: Any
    race: bool
    title: Any
    caption: Any
    table: Sequence[str]
    shown: Sequence[str]
    notes: Sequence[Note]
    task: Task | None

    @property
    def listed(self) -> list[Any]:
        """The views; a single one stands for itself."""
        single = isinstance(self.views, (str, Curve)) or not isinstance(self.views, Iterable)
        return [self.views] if single else list(self.views)


@at_the_call
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
    race: bool = False,
    table: Sequence[str] = ("loss", "theta"),
    shown: Sequence[str] = (),
    notes: Sequence[Note] = (),
    task: Task | None = None,
) -> Explorer:
    """A live figure: what the rules do on an objective, with a control for every `Slider` in them.

    Parameters
    ----------
    *rules : Optimizer
        One line each, in the rule's own color. A Slider that several rules share is one control.
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
    race : bool
        Play the runs again, step by step, whenever the start is dropped.
    table : sequence of str
        Columns of the table: "loss", "theta", and with the view "rate" also "area" (the sum of the
        rates) and "peak" (the step of the largest one).
    shown : sequence of str
        Names of the rules that are drawn at first, all if empty; the others wait in the table. A
        link such as ``#show=Adam,SGD`` draws those.
    notes : sequence of Note
        A few words in the panels, with arrows to what they speak of.
    task : Task, optional
        What a reader of the book is to do with a rule, under the table.

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
    options = Options(
        start, steps, views, window, race, title, caption, table, shown, listed(notes), task
    )
    return Explorer(named(rules, names), _scenes(on), options)


def _scenes(on: Any) -> dict[str, Objective]:
    if isinstance(on, Objective):
        on = [on]
    if isinstance(on, (list, tuple)):
        pairs = [("", J) for J in on]
    else:
        pairs = [*on.items()] if isinstance(on, Mapping) else []
    if not pairs or not all(isinstance(J, Objective) for _, J in pairs):
        what = "an Objective, such as Objective(f, dim=2), or a non-empty list or dict of them"
        raise check.refuse("on", on, what)
    scenes: dict[str, Objective] = {}
    for k, (key, J) in enumerate(pairs):
        name = str(key).strip() or str(J.name).strip() or f"landscape {k + 1}"
        scenes[fresh(name, list(scenes))] = J
    return scenes


class Explorer(Base):
    """What `explore` returns; see there.

    Attributes
    ----------
    scenes : list of Scene
        The landscapes, each with its start and the programs of the rules.
    defaults : list of list of Record
        By landscape and rule, the run at the default settings.
    task : Posed or None
        What a reader of the book is to do.
    """

    def __init__(
        self, rules: dict[str, Optimizer], landscapes: dict[str, Objective], options: Options
    ) -> None:
        self.title = text("title", options.title)
        self.caption = text("caption", options.caption)
        views = options.listed
        for J in landscapes.values():
            known = expanded(views, list(rules.values()), J)
        refuse_nowhere(options.notes, (n for v in known for n in spoken(v)), list(landscapes))
        labels = [view if isinstance(view, str) else view.label for view in views]
        super().__init__((options.title, [*rules], [*landscapes], labels))
        self.rules = rules
        self.names, self.scene_names = list(rules), list(landscapes)
        self.steps, self.race = check.count("steps", options.steps), bool(options.race)
        self.draggable = options.start is None or isinstance(options.start, Draggable)
        self.controls = controls(rules)
        self.looks = looks(rules)
        self.table = table.columns(options.table, labels)
        self.columns = tuple(table.HEADS[name].format(self.steps) for name in self.table)
        self.shown = table.shown(options.shown, self.names)
        self.scenes: list[Scene] = []
        self.drawn: list[list[figure.Drawn]] = []
        self.defaults: list[list[Record]] = []
        for name, J in landscapes.items():
            self._add(name, J, _start(options.start, J), options)
        self.programs = [p.source for scene in self.scenes for p in scene.programs]
        self.task = tasks.posed(options.task, self)
        self.data = self._data()

    def _add(self, name: str, J: Any, point: Any, options: Options) -> None:
        """Trace every rule on one landscape and draw its panels at the default settings."""
        refuse_shapes(J, point)
        views, window = options.listed, options.window
        rules = list(self.rules.values())
        chosen = expanded(views, rules, J)
        curves = [view for view in views if isinstance(view, Curve)]
        sliders = tuple(control.slider for control in self.controls)
        watches = tuple(watched(chosen, rule) for rule in rules)
        programs, samples = [], []
        for rule, watch in zip(each(rules, "rule"), watches, strict=True):
            with blamed(rule, curves):
                programs.append(program(rule, J, sliders, watch, self.steps))
                samples.append(self._sample(rule, J, point, watch))
        window = None if window is None else check.window(window, J.dim)
        layout = Layout(name, J, list(self.rules), samples, self.steps, window)
        defaults = [_first(s) for s in samples]
        prefix = f"{self.id}-{len(self.scenes)}"
        ready = (defaults, self.looks, self.draggable, len(chosen))
        with np.errstate(all="ignore"):
            self.drawn.append(
                [
                    figure.draw(
                        layout.panel(view),
                        f"{prefix}-{k}",
                        *ready,
                        meant(options.notes, spoken(view), name, not self.scenes),
                    )
                    for k, view in enumerate(each(chosen, "panel"))
                ]
            )
        self.scenes.append(Scene(name, J, point, tuple(programs), watches))
        self.defaults.append(defaults)

    def _sample(self, rule: Any, J: Any, point: Any, watch: Any) -> Record:
        """Runs at the default (row 0) and with each slider at five places, as one batch."""
        rows = [self.positions]
        for k, control in enumerate(self.controls):
            for part in range(5):
                rows.append(list(rows[0]))
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
            "race": self.race,
            "rules": list(self.rules),
            "table": self.table,
            "shown": self.shown,
            "controls": [
                {"key": c.key, "index": c.slider.index, "values": c.slider.values.tolist()}
                for c in self.controls
            ],
            "scenes": [
                {
                    "start": scene.start,
                    "panels": [panel.data for panel in panels],
                    "programs": [
                        {
                            "program": page.key(p.source),
                            "s": len(p.state),
                            "w": len(p.watched),
                            **table.rate_of(p),
                        }
                        for p in scene.programs
                    ],
                }
                for scene, panels in zip(self.scenes, self.drawn, strict=True)
            ],
        }

    @property
    def scene(self) -> Scene:
        """The landscape that is shown."""
        return self.scenes[self._lab.scene if self._lab is not None else 0]

    @property
    def start(self) -> tuple[float, ...]:
        """Where the runs start at present."""
        moved = self._lab.start if self._lab is not None else ()
        return tuple(moved) or self.scene.start

    @property
    def editable(self) -> bool:  # type: ignore[override]
        """Whether a reader of the book can change one of the rules in the page."""
        return any(self.texts.values())

    @functools.cached_property
    def texts(self) -> dict[str, str | None]:
        """The text of every rule, by name; None for those that a page cannot change."""
        return {name: editing.text_in(self, rule) for name, rule in self.rules.items()}

    def edits(self) -> str:
        return editing.source(self)

    def runs(self) -> dict[str, Run]:
        """NumPy's own run of every rule at the present settings, by name."""
        values = dict(zip((id(c.slider) for c in self.controls), self.values.values(), strict=True))
        return {
            name: run(substituted(rule, values), self.scene.J, np.array(self.start), self.steps)
            for name, rule in self.rules.items()
        }

    def results(self) -> list[tuple[str, ...]]:
        """The table of the default runs, without the names."""
        return [table.row(sample, self.table, self.steps) for sample in self.defaults[0]]


def _start(start: Any, J: Objective) -> tuple[float, ...]:
    if isinstance(start, Draggable):
        start = start.point
    if start is None or np.size(start) == 0:
        start = J.start
    if start is None:
        raise check.refuse("start", None, "given where the objective has none of its own")
    try:
        numbers = np.asarray(start, dtype=float)
    except (TypeError, ValueError):
        raise check.refuse("start", start, "a point such as (-1, 2.5)") from None
    point = check.points("start", numbers, J.dim)
    if point.ndim != 1:
        raise check.refuse("start", start, "one point")
    return tuple(point.tolist())


def _first(sample: Record) -> Record:
    return Record(
        sample.theta[:, 0], sample.loss[:, 0], {k: v[:, 0] for k, v in sample.watched.items()}
    )
