"""Explorers over a precomputed grid of settings, for what cannot run in a page."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np

from .. import check
from ..hyper import Slider, sweep
from ..plotting.palette import KNOWN, NEUTRAL, PALETTE, Look, look
from ..waiting import each
from . import figure, page
from .answers import computed, curves_of, refuse_heat, refuse_plot, refuse_shapes
from .axes import Axis, limits
from .base import Base, text
from .blame import at_the_call
from .model import Control, Record, described
from .notes import Note, listed, meant, refuse_nowhere
from .packing import packed, rounded_curves
from .sheet import OVER
from .views import Line, Panel

#: Larger numbers have the color of this one, so that no difference of colors overflows.
MOST = 1e100
#: Color of a setting without a number: a grey that both themes can show.
UNKNOWN = (0.5, 0.5, 0.55, 0.3)


@dataclasses.dataclass(frozen=True)
class Plot:
    """A panel of curves against the step.

    Parameters
    ----------
    title : str
    curves : sequence of str
        Which of the computed curves; all if empty.
    x : array_like, optional
        Where the points stand; by default 0, 1, 2 …
    xlabel, ylabel : str
    log : bool, optional
        Logarithmic axis; by default where the values are positive and span more than a factor 50.

    Examples
    --------
    >>> Plot("Loss", curves=("Adam",), ylabel="J").xlabel
    'step t'
    """

    title: str
    curves: Sequence[str] = ()
    x: Any = None
    xlabel: str = "step t"
    ylabel: str = ""
    log: bool | None = None

    def __post_init__(self) -> None:
        _tidy(self, "title", "xlabel", "ylabel")


@dataclasses.dataclass(frozen=True)
class Heat:
    """A map of one number over a grid of two sliders; a click in it sets both.

    Parameters
    ----------
    title : str
    value : str
        Which of the computed arrays, of the grid's shape.
    log : bool
        Colors by equal ratios.
    label : str
        What the colors mean.
    limits : tuple of float, optional
        Values of the first and last color, such as (0, 1) for a share; by default the worst
        quarter of the settings may share the last color.

    Examples
    --------
    >>> Heat("Loss after 400 steps", "last", log=True).value
    'last'
    """

    title: str
    value: str
    log: bool = False
    label: str = ""
    limits: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        _tidy(self, "title", "label")


def _tidy(panel: Any, *fields: str) -> None:
    for name in fields:
        object.__setattr__(panel, name, text(name, getattr(panel, name)))


@at_the_call
def explore_grid(
    sliders: Mapping[str, Slider],
    compute: Callable[..., Mapping[str, Any]],
    panels: Sequence[Plot | Heat] = (Plot("Loss", ylabel="loss"),),
    *,
    title: str = "",
    caption: str = "",
    notes: Sequence[Note] = (),
) -> GridExplorer:
    """A live figure over settings computed beforehand, such as those of trained networks.

    Parameters
    ----------
    sliders : dict of str to Slider
        Few steps each: all combinations are computed, as one batch.
    compute : callable
        Called once with ``**sweep(...)`` of the sliders' values, as one names the fields of a
        rule; returns a dict of curves of shape (points, *grid), as `Run.loss` has, and for a `Heat`
        of numbers of shape grid. Curves whose names differ only in an addition in parentheses,
        such as "SGD" and "SGD (by examples)", have the same color.
    panels : sequence of Plot and Heat
    title, caption : str
    notes : sequence of Note
        A few words in the panels, which are called by their titles here; the places of a `Heat` are
        positions of its sliders, counted from 0.

    Returns
    -------
    GridExplorer

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> def losses(lr):
    ...     return {"SGD": run(SGD(lr=lr), quadratic([1.0, 9.0]), [1.0, 1.0], 20).loss}
    >>> live = explore_grid({"lr": Slider(0.01, 0.2, 0.1, steps=19)}, losses)
    >>> live.values, live.curves()["SGD"].shape
    ({'lr': 0.1}, (21,))
    """
    named = isinstance(sliders, Mapping) and all(isinstance(key, str) for key in sliders)
    if not named or not sliders or not all(isinstance(s, Slider) for s in sliders.values()):
        raise check.refuse(
            "sliders", sliders, "a dict of Slider, such as {'lr': Slider(…, steps=20)}"
        )
    panels = [panels] if isinstance(panels, (Plot, Heat)) else panels
    if not isinstance(panels, (list, tuple)) or not panels or not all(map(_is_panel, panels)):
        raise check.refuse("panels", panels, "a list of at least one Plot or Heat")
    arrays = computed(compute, sweep(**{key: s.values for key, s in sliders.items()}))
    return GridExplorer(dict(sliders), arrays, panels, title, caption, listed(notes))


def _is_panel(panel: Any) -> bool:
    return isinstance(panel, (Plot, Heat))


class GridExplorer(Base):
    """What `explore_grid` returns; see there."""

    columns, first = ("Last value",), "Curve"

    def __init__(
        self,
        sliders: dict[str, Slider],
        arrays: dict[str, np.ndarray],
        panels: Sequence[Any],
        title: str,
        caption: str,
        notes: Sequence[Note] = (),
    ) -> None:
        self.title, self.caption = text("title", title), text("caption", caption)
        super().__init__((title, [*sliders], [*arrays], [p.title for p in panels]))
        self.scene_names = [""]
        self.controls = [Control(key, s, *described(key, s)) for key, s in sliders.items()]
        self.shape = tuple(len(s.values) for s in sliders.values())
        self.arrays, self.plots = arrays, list(panels)
        self.names = [n for n, a in arrays.items() if a.ndim == len(self.shape) + 1]
        refuse_shapes(arrays, self.shape)
        for panel in self.plots:
            fits = refuse_heat if isinstance(panel, Heat) else refuse_plot
            fits(panel, arrays, self.shape)
        self.at = [_at(plot, self._points(plot)) for plot in self.plots]
        self.looks = _looks(self.names)
        self.ranges, self.packed = packed([arrays[name] for name in self.names])
        ready = [self._panel(p) for p in each(panels, "panel")]
        records = [self._record(name) for name in self.names]
        refuse_nowhere(notes, [p.title for p in panels], [])
        self.drawn = [
            [
                figure.draw(
                    panel,
                    f"{self.id}-{k}",
                    records,
                    self.looks,
                    panels=len(ready),
                    notes=meant(notes, [panel.title], "", first=True),
                )
                for k, panel in enumerate(ready)
            ]
        ]
        self.data = self._data(self.ranges)

    def _points(self, plot: Any) -> int:
        """The most points that a curve of the panel has."""
        return max(len(self.arrays[name]) for name in curves_of(plot) or self.names)

    def curves(self) -> dict[str, np.ndarray]:
        """The curves at the present settings, as they were computed."""
        place: tuple[Any, ...] = (slice(None), *self.positions)
        return {name: self.arrays[name][place] for name in self.names}

    def results(self) -> list[tuple[str, ...]]:
        """The last values as the page reads them from the packed curves, to three digits."""
        return [
            (_last(known),) for known in rounded_curves(list(self.curves().values()), self.ranges)
        ]

    def _record(self, name: str) -> Record:
        curve = self.curves()[name]
        watched = {f"at{k}": np.resize(at, len(curve)) for k, at in enumerate(self.at)}
        settings = {f"h{k}": np.array([float(i)]) for k, i in enumerate(self.positions)}
        return Record(np.zeros((len(curve), 1)), curve, watched | settings)

    def _panel(self, plot: Any) -> Panel:
        return self._heat(plot) if isinstance(plot, Heat) else self._plot(plot)

    def _plot(self, plot: Plot) -> Panel:
        shown = [self.names.index(name) for name in curves_of(plot) or self.names]
        curves = [self.arrays[self.names[k]] for k in shown]
        flat = [c.reshape(len(c), -1) for c in curves]
        middle = int(np.ravel_multi_index(self.positions, self.shape))
        y = limits(plot.ylabel, [np.roll(c, -middle, axis=1) for c in flat], plot.log)
        place = next(k for k, other in enumerate(self.plots) if other is plot)
        at = self.at[place]
        lines = tuple(Line(k, ("loss", 0), ("w", place)) for k in shown)
        who = ", ".join(self.names[k] for k in shown)
        alt = f"{plot.title}: {who} against {plot.xlabel or 'the step'}."
        return Panel("time", plot.title, alt, _along(plot.xlabel, at), y, lines)

    def _heat(self, heat: Heat) -> Panel:
        names = [f"{c.letter} {c.name}".strip() for c in self.controls]
        x, y = (Axis(n, -0.5, k - 0.5) for n, k in zip(names, self.shape, strict=True))
        known = np.ma.masked_invalid(self.arrays[heat.value].T)
        known = np.ma.masked_less_equal(known, 0) if heat.log else known
        values: Any = known.clip(1 / MOST if heat.log else -MOST, MOST)
        alt = f"{heat.title}: a map over {names[0]} and {names[1]}."

        def draw(ax: Any) -> None:
            norm = _norm(values.compressed(), heat.log, heat.limits)
            colors = mpl.colormaps["viridis_r"].with_extremes(bad=UNKNOWN)
            extent = (-0.5, self.shape[0] - 0.5, -0.5, self.shape[1] - 0.5)
            options = {"origin": "lower", "aspect": "auto", "interpolation": "none"}
            mesh = ax.imshow(values, cmap=colors, norm=norm, extent=extent, **options)
            for axis, control in zip((ax.xaxis, ax.yaxis), self.controls, strict=True):
                _ticks(axis, control.slider.values)
            ax.grid(visible=False)
            _bar(ax, mesh, heat)

        lines = (Line(0, ("h", 1), ("h", 0)),)
        return Panel("heat", heat.title, alt, x, y, lines, draw=draw)

    def _data(self, ranges: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "steps": max(r["points"] for r in ranges) - 1,
            "drag": False,
            "controls": [
                {"key": c.key, "index": c.slider.index, "values": c.slider.values.tolist()}
                for c in self.controls
            ],
            "grid": {"curves": ranges, "at": [at.tolist() for at in self.at]},
            "scenes": [{"start": [], "programs": [], "panels": [p.data for p in self.drawn[0]]}],
        }


def _norm(values: np.ndarray, log: bool, limits: Any = None) -> Any:
    """Colors for the settings worth telling apart: the worst quarter may share the last color."""
    if not values.size:
        values = np.ones(1)
    typical = values.min(), max(np.quantile(values, 0.75), np.median(values) + 1e-12)
    low, high = limits or typical
    if not low < high:
        high = low + (abs(low) or 1.0)
    return mpl.colors.LogNorm(low, high) if log else mpl.colors.Normalize(low, high)


def _bar(ax: Any, mesh: Any, heat: Heat) -> None:
    """What the colors mean, between the title and the axes: the label, and a bar with its ticks."""
    height = 1 + (OVER + 17) / (ax.bbox.height * 72 / ax.figure.dpi)
    bar = ax.inset_axes((0.5, height, 0.5, 0.025))
    ax.figure.colorbar(mesh, cax=bar, orientation="horizontal")
    bar.xaxis.set_ticks_position("top")
    bar.tick_params(pad=1, length=2)
    bar.minorticks_off()
    shown = _bar_ticks(mesh.norm.vmin, mesh.norm.vmax, heat.log)
    bar.set_xticks(shown, [_brief(value) for value in shown])
    ax.annotate(
        heat.label, (0, height), xycoords="axes fraction", fontsize=11, parse_math=False,
        color=NEUTRAL["soft"], annotation_clip=False,
    )  # fmt: skip


def _bar_ticks(low: float, high: float, log: bool) -> list[float]:
    """At most five round values between the ends of a color bar.

    Examples
    --------
    >>> [round(v, 6) for v in _bar_ticks(0.001, 1.0, log=True)]
    [0.001, 0.01, 0.1, 1.0]
    >>> [round(v, 6) for v in _bar_ticks(15, 160, log=True)]
    [20.0, 50.0, 100.0]
    """
    found = _round_ratios(low, high) if log else []
    if len(found) < 3:
        found = [float(value) for value in mpl.ticker.MaxNLocator(3).tick_values(low, high)]
    edge = 1e-9 * (high - low)
    inside = [value for value in found if low - edge <= value <= high + edge]
    return inside[:: -(-len(inside) // 5)]


def _round_ratios(low: float, high: float) -> list[float]:
    """Powers of ten between two numbers; of a short range 1, 2 and 5 times them."""
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    steps = (1,) if high >= 50 * low else (1, 2, 5)
    found = [float(step * ten) for ten in decades for step in steps]
    return [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]


def _at(plot: Any, points: int) -> np.ndarray:
    x = getattr(plot, "x", None)
    if x is not None:
        check.number("x", x)
    at = np.arange(points, dtype=float) if x is None else np.asarray(x, dtype=float)
    if at.shape != (points,):
        raise check.refuse("x", at.shape, f"of shape ({points},), one per point of the curves")
    return at


def _along(label: str, at: np.ndarray) -> Axis:
    """The axis from the first point to the last; one point alone has room at its right."""
    return Axis(label, at[0], at[-1] if at[-1] != at[0] else at[0] + 1)


def _last(curve: np.ndarray) -> str:
    return page.rounded(float(f"{curve[-1]:.3g}")) if np.isfinite(curve).all() else "diverged"


def _ticks(axis: Any, values: np.ndarray) -> None:
    """At most five positions of a slider, equally far apart, as labels of an axis of cells."""
    shown = range(0, len(values), -(-len(values) // 5))
    axis.set_ticks(shown, [_brief(values[i]) for i in shown])


def _brief(value: float) -> str:
    """Room beside an axis is scarce: 1e−4 instead of 0.0001."""
    text = page.number(_two_digits(value))
    brief = f"{value:.1e}".replace(".0e", "e").replace("e-0", "e-").replace("-", "−")
    return brief if 0 < abs(value) < 1e-3 and len(brief) < len(text) else text


def _two_digits(value: float) -> float:
    """Room beside an axis is scarce; whole numbers such as batch sizes stay exact."""
    return value if value == round(value) else float(f"{value:.2g}")


def _looks(names: Sequence[str]) -> list[Look]:
    """A look per curve; "SGD" and "SGD (examples)" share theirs."""
    hues, found = iter(PALETTE), {}
    stems = [name.partition(" (")[0] for name in names]
    for stem in stems:
        if stem not in found:
            found[stem] = look(stem) if stem in KNOWN else Look(next(hues), ())
    return [found[stem] for stem in stems]
