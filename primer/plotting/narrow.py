"""A figure laid out again for a phone: its axes in one column, its words wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.transforms import ScaledTranslation

from .notes import FEW, End, Note
from .palette import STYLE

#: Inches of a phone's column; of what labels take of them beside and below the axes; of a line.
WIDTH, LEFT, BELOW, LINE = 5.0, 0.75, 0.75, 0.22
#: Inches for names at the ends of lines; longer ones become a legend.
ENDS = 0.9
#: Height of a row in units of the width: of one axes, of one among several, and the most.
ALONE, AMONG, MOST = 0.68, 0.5, 0.78


def narrow(figure: Figure) -> Figure:
    """Lay a finished figure out again, 360 pixels wide; the figure itself is changed.

    Axes side by side come to stand in one column, each with its own labels. Legends stand below
    their axes, in as many columns as fit, and so do names at the ends of lines that are too long.
    Titles and labels that would be cut are wrapped.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    Figure

    Examples
    --------
    >>> from primer.plotting import subplots
    >>> figure, axes = subplots(1, 2, size=(8.8, 4.4), sharey=True)
    >>> [ax.get_subplotspec().get_geometry()[:2] for ax in narrow(figure).axes]
    [(2, 1), (2, 1)]
    >>> figure.get_size_inches().round(6).tolist()
    [5.0, 7.8]
    """
    axes = [ax for ax in figure.axes if ax.get_subplotspec()]
    heights = [_height(ax) for ax in axes]
    if axes and _grid(axes[0])[1] > 1:
        _stack(axes, heights)
    for told in figure.findobj(Note):
        told.wrap(FEW)
    for ax in figure.axes:
        _ends_below(ax)
    figure.set_size_inches(WIDTH, sum(heights) or WIDTH * ALONE)
    figure.draw_without_rendering()
    with mpl.rc_context(STYLE):
        extra = sum(_wrapped(figure, ax) + _legend_below(ax) for ax in figure.axes)
    figure.set_size_inches(WIDTH, (sum(heights) or WIDTH * ALONE) + extra * LINE)
    return figure


def _grid(ax: Any) -> tuple[int, int]:
    rows, columns, *_ = ax.get_subplotspec().get_topmost_subplotspec().get_geometry()
    return rows, columns


def _height(ax: Any) -> float:
    """Inches for one axes in the column."""
    if ax.get_aspect() != "auto":
        return float(min(ax.get_data_ratio() * ax.get_aspect(), 1.4)) * (WIDTH - LEFT) + BELOW
    rows, columns = _grid(ax)
    wide, tall = ax.figure.get_size_inches()
    least = ALONE if rows * columns == 1 else AMONG
    return WIDTH * float(np.clip(tall * columns / (wide * rows), least, MOST))


def _stack(axes: list[Any], heights: list[float]) -> None:
    """One column, every axes with the labels that it shared with its neighbors."""
    grid = GridSpec(len(axes), 1, figure=axes[0].figure, height_ratios=heights)
    for row, ax in enumerate(axes):
        ax.set_subplotspec(grid[row, 0])
        for axis, tick in ((ax.xaxis, "labelbottom"), (ax.yaxis, "labelleft")):
            mates = list(_mates(axes, ax, axis.axis_name))
            words = [mate.get_label_text() for mate in mates]
            axis.set_label_text(axis.get_label_text() or next(filter(None, words), ""))
            if len(mates) > 1:
                ax.tick_params(**{tick: True})


def _mates(axes: list[Any], ax: Any, name: str) -> Iterator[Any]:
    """The axis of this name of every axes that shares it."""
    shared = getattr(ax, f"get_shared_{name}_axes")()
    return (getattr(mate, f"{name}axis") for mate in axes if shared.joined(ax, mate))


def wordless(figure: Figure) -> bool:
    """True if no words and ticks are drawn, so that a small picture shows the same."""
    return not any(ax.axison or ax.texts or ax.get_legend() for ax in figure.axes)


def _wrapped(figure: Figure, ax: Any) -> int:
    """Lines added above and below axes, so that title and labels fit."""
    box = ax.get_window_extent()
    wrap(ax.yaxis.label, 1.1 * box.height)
    titles = (ax.title, ax._left_title)
    added = [wrap(title, figure.bbox.x1 - box.x0) for title in titles]
    return sum(added) + wrap(ax.xaxis.label, figure.bbox.width)


def wrap(text: Any, room: float) -> int:
    """Break a text of matplotlib into lines at most `room` pixels long; how many were added."""

    def length(words: str) -> float:
        text.set_text(words)
        box = text.get_window_extent()
        return float(max(box.width, box.height))

    whole = text.get_text()
    if not whole or length(whole) <= room:
        return 0
    lines = [""]
    for word in whole.split():
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if not lines[-1] or length(longer) <= room else [lines[-1], word]
    text.set_text("\n".join(lines))
    return len(lines) - 1 - whole.count("\n")


def _ends_below(ax: Any) -> None:
    """A legend in place of names at the ends of lines that are too long; none takes width."""
    names = ax.findobj(End, include_self=False)
    if names and max(name.get_window_extent().width for name in names) > ENDS * ax.figure.dpi:
        ax.legend([name.line for name in names], [name.get_text() for name in names])
        for name in names:
            name.remove()
    if legend := ax.get_legend():
        legend.set_in_layout(False)


def _legend_below(ax: Any) -> float:
    """Move the legend of axes below them; the lines that it takes there."""
    old = ax.get_legend()
    if old is None:
        return 0
    words = [text.get_text() for text in old.get_texts()]
    title = old.get_title().get_text()
    known = dict(zip(*ax.get_legend_handles_labels()[::-1], strict=True))
    handles = [known.get(*pair) for pair in zip(words, old.legend_handles, strict=True)]
    box = ax.get_window_extent()
    down = box.y0 - (ax.xaxis.get_tightbbox() or box).y0 + 8
    anchor = ax.transAxes + ScaledTranslation(0, -down / 72, ax.figure.dpi_scale_trans)
    for columns in range(min(4, len(words)), 0, -1):
        new = ax.legend(
            handles, words, title=title, ncols=columns, loc="upper left",
            bbox_to_anchor=(0, 0), bbox_transform=anchor, borderaxespad=0,
        )  # fmt: skip
        if columns == 1 or new.get_window_extent().width <= box.width:
            break
    return -(-len(words) // columns) + bool(title) + 0.5
