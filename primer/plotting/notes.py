"""Words inside a figure: a note with an arrow, and names at the ends of lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from .. import check
from .palette import NEUTRAL, STYLE

#: Letters of a note's line, on a desktop and on a phone.
LETTERS, FEW = 30, 21
ARROW = {"arrowstyle": "->", "lw": 1.0, "shrinkB": 4}


class Note(Annotation):
    """A text inside axes that is wrapped anew when the figure gets narrower."""

    words = ""

    def wrap(self, letters: int) -> None:
        lines = [textwrap.fill(part, letters) for part in self.words.split("\n")]
        self.set_text("\n".join(lines))


class End(Annotation):
    """The name of a line, at its end."""

    line: Any = None


def note(
    ax: Any, text: str, at: Sequence[float] | None, place: Sequence[float],
    color: str = NEUTRAL["soft"], bend: float = 0.2,
) -> Any:  # fmt: skip
    """Words inside axes, with an arrow to what they speak of.

    Parameters
    ----------
    ax : Axes
    text : str
        Wrapped after some 30 letters, after 21 on a phone; a line break stays.
    at : (float, float) or None
        Where the arrow points, in units of the axes; None for no arrow.
    place : (float, float)
        Where the words stand, (0, 0) the lower left and (1, 1) the upper right corner of the axes.
    color : str
    bend : float
        Of the arrow, 0 for a straight one; negative to the other side.

    Returns
    -------
    Annotation

    Raises
    ------
    ValueError
        If the text is empty, or `at` or `place` is no pair of finite numbers.

    Examples
    --------
    >>> from primer.plotting import note, subplots
    >>> figure, ax = subplots()
    >>> _ = ax.plot([0, 1, 2], [4, 1, 0.9])
    >>> note(ax, "Here the noise takes over.", at=(1, 1), place=(0.6, 0.7)).get_text()
    'Here the noise takes over.'
    """
    if not (isinstance(text, str) and text.strip()):
        raise check.refuse("text", text, "the words of the note")
    point, (x, y) = None if at is None else check.pair("at", at), check.pair("place", place)
    side = ("left", "center", "right")[int(x > 1 / 3) + int(x > 2 / 3)]
    level = ("bottom", "center", "top")[int(y > 1 / 3) + int(y > 2 / 3)]
    arrow = ARROW | {"color": color, "connectionstyle": f"arc3,rad={bend}"}
    with mpl.rc_context(STYLE):
        made = Note(
            text, point or (x, y), (x, y), xycoords="data" if point else "axes fraction",
            textcoords="axes fraction", color=color, ha=side, va=level, multialignment="left",
            linespacing=1.25, arrowprops=arrow if point else None, annotation_clip=False, zorder=6,
        )  # fmt: skip
    made.words = text
    made.wrap(LETTERS)
    ax.add_artist(made)
    made.set_clip_on(False)
    return made


def ends(ax: Any, names: Iterable[str] = ()) -> list[Any]:
    """Every line's name at its right end in its color, in place of a legend.

    Names that would touch are moved apart when the figure is drawn.

    Parameters
    ----------
    ax : Axes
    names : iterable of str
        The labels of the lines to name; all if empty.

    Returns
    -------
    list of Annotation

    Raises
    ------
    ValueError
        If no line has such a label.

    Examples
    --------
    >>> from primer.plotting import ends, subplots
    >>> figure, ax = subplots()
    >>> for name in ("Adam", "SGD"):
    ...     _ = ax.plot([0, 1], [1, 0], label=name)
    >>> [name.get_text() for name in ends(ax)]
    ['Adam', 'SGD']
    """
    lines = {line.get_label(): line for line in ax.lines if line.get_label()[:1] != "_"}
    for name in (names := list(names) or list(lines)):
        if name not in lines:
            raise check.refuse("names", name, f"one of the labels {list(lines)}")
    return [_end(ax, name, lines[name]) for name in names]


def _end(ax: Any, name: str, line: Any) -> Any:
    x, y = np.ma.masked_invalid(np.asarray(line.get_xydata(), dtype=float)).T
    last = np.flatnonzero(~np.ma.getmaskarray(x) & ~np.ma.getmaskarray(y))[-1]
    with mpl.rc_context(STYLE):
        made = End(
            name, (x[last], y[last]), (7, 0), textcoords="offset points", va="center",
            color=line.get_color(), annotation_clip=False,
        )  # fmt: skip
    made.line = line
    ax.add_artist(made)
    made.set_clip_on(False)
    return made


def spread(figure: Figure) -> None:
    """Move names at the ends of lines apart, up and down, so that none touch."""
    groups = {ax: ax.findobj(End, include_self=False) for ax in figure.axes}
    if not any(groups.values()):
        return
    figure.draw_without_rendering()
    for ax, group in groups.items():
        points = 72 / figure.dpi
        tops = np.array([ax.transData.transform(made.xy)[1] for made in group]) * points
        floor = ax.get_window_extent().y0 * points + 5
        for made, height in zip(group, apart(tops, 14.0, floor), strict=True):
            made.set_position((7, height))


def apart(heights: np.ndarray, gap: float, floor: float = -np.inf) -> np.ndarray:
    """How far each is moved so that all are `gap` apart and none below `floor`, in order.

    Examples
    --------
    >>> apart(np.array([0.0, 2.0, 50.0]), 10.0).tolist()
    [-4.0, 4.0, 0.0]
    """
    order = np.argsort(heights, kind="stable")
    blocks: list[list[float]] = []
    for height in heights[order]:
        blocks.append([height])
        while len(blocks) > 1 and _low(blocks[-1], gap) < _high(blocks[-2], gap) + gap:
            last = blocks.pop()
            blocks[-1] += last
    moved = [_low(block, gap) + gap * k for block in blocks for k in range(len(block))]
    least = floor + gap * np.arange(len(moved))
    found = np.empty(len(heights))
    found[order] = np.maximum(moved, least) - heights[order]
    return found


def _low(block: list[float], gap: float) -> float:
    return float(np.mean(block)) - gap * (len(block) - 1) / 2


def _high(block: list[float], gap: float) -> float:
    return float(np.mean(block)) + gap * (len(block) - 1) / 2
