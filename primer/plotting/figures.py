"""One look for every figure of the book: colors, line styles, contours, bands, alternative text.

Colors are variables of the page's style sheet (`static/explorer.css`), with the light theme's
values as fallback, so that a figure follows the reader's light or dark theme.
"""

from __future__ import annotations

import dataclasses
import functools
import html
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from contourpy import contour_generator
from matplotlib.figure import Figure

from .. import check
from ..objective import Objective
from ..running import Run
from .narrow import narrow, wordless
from .palette import NEUTRAL, STYLE, look
from .svg import svg

#: Pixels of the widest figure that stands in the column of the text.
TEXT = 700


def subplots(rows: int = 1, columns: int = 1, size: Any = None, **keywords: Any) -> Any:
    """A figure and its axes in the book's style, as ``plt.subplots`` gives them, without pyplot.

    Parameters
    ----------
    rows, columns : int
    size : tuple of float, optional
        Width and height in inches; by default as wide as the page, for up to three columns.
    **keywords
        For ``Figure.subplots``, such as ``sharey=True``.

    Returns
    -------
    (Figure, Axes or ndarray of Axes)

    Examples
    --------
    >>> figure, axes = subplots(1, 2)
    >>> len(axes)
    2
    """
    wide = {1: 8.8}.get(columns, 12.8)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size or (wide, 0.6 * wide * rows / max(columns, 1) + 0.4))
        return figure, figure.subplots(rows, columns, **keywords)


def levels(z: np.ndarray, count: int = 12) -> np.ndarray:
    """Heights for contour lines: equal ratios above the lowest value, so that valleys show.

    Examples
    --------
    >>> levels(np.linspace(0, 100, 101), 3).round(1).tolist()
    [3.0, 17.1, 97.0]
    """
    known = z[np.isfinite(z)]
    if not known.size:
        return np.array([])
    floor = known.min()
    low, high = np.quantile(known - floor, (0.03, 0.97))
    return floor + np.geomspace(max(low, high * 1e-5, 1e-12), max(high, 1e-9), count)


def contours(ax: Any, J: Objective, window: Any = None, count: int = 12, grid: int = 141) -> None:
    """Filled contours of a two-dimensional objective in subtle tints, and its known minima.

    Parameters
    ----------
    ax : Axes
    J : Objective
        With ``dim`` 2.
    window : tuple of float, optional
        (x_low, x_high, y_low, y_high); by default the objective's own.
    count : int
        Number of contour lines.
    grid : int
        Points per axis at which J is computed.

    Raises
    ------
    ValueError
        If J is not two-dimensional or no window is known.

    Examples
    --------
    >>> from primer.landscapes import beale
    >>> figure, ax = subplots()
    >>> contours(ax, beale(), grid=31)
    >>> ax.get_xlim() == beale().window[:2]
    True
    """
    if J.dim not in (2, None):
        raise check.refuse("J", J.dim, "two-dimensional to be drawn as contours")
    x_low, x_high, y_low, y_high = frame(J, window)
    x, y = np.linspace(x_low, x_high, grid), np.linspace(y_low, y_high, grid)
    z = seen(J, np.stack(np.meshgrid(x, y), axis=-1))
    tint = mpl.colors.to_rgba(NEUTRAL["tint"])
    known = z.compressed()
    pieces = contour_generator(z=z).lines(float(np.median(known))) if known.size else []
    count = count if len(pieces) < 12 else min(count, 6)  # many wells need few lines
    for level in levels(known, count)[::-1]:
        below = known.min() - max(1.0, np.ptp(known), np.abs(known).max())
        drawn = ax.contourf(x, y, z, levels=[below, level], colors=[(*tint[:3], 0.045)])
        drawn.set(edgecolor=(*tint[:3], 0.38), linewidth=0.6, antialiased=True)
    if J.minimum is not None:
        ax.plot(*np.atleast_2d(J.minimum).T, "+", color=NEUTRAL["ink"], ms=9, mew=1.1, zorder=3)
    ax.set(xlim=(x_low, x_high), ylim=(y_low, y_high), xlabel="θ₁", ylabel="θ₂")
    ax.grid(visible=False)


def seen(J: Objective, theta: Any) -> np.ma.MaskedArray:
    """J at theta, shape (*batch,), masked where it is not defined or far too large to be drawn."""
    with np.errstate(all="ignore"):
        values = np.ma.masked_invalid(J(theta))
    return np.ma.masked_where(np.abs(values) > 1e290, values)


def frame(J: Objective, window: Any = None) -> tuple[float, float, float, float]:
    """The window to draw a two-dimensional objective in.

    Parameters
    ----------
    J : Objective
    window : tuple of float, optional
        (x_low, x_high, y_low, y_high); by default the objective's own.

    Returns
    -------
    tuple of float

    Raises
    ------
    ValueError
        If there is none, or a low is not below its high.

    Examples
    --------
    >>> from primer.landscapes import phase_plane
    >>> frame(phase_plane())
    (-3.6, 3.6, -2.9, 2.9)
    """
    window = J.window if window is None else window
    x_low, x_high, y_low, y_high = check.window(window, 2)
    return x_low, x_high, y_low, y_high


def band(ax: Any, x: Any, runs: Any, label: str, name: str | None = None, **line: Any) -> Any:
    """Median over seeds as a line, the range from 10 % to 90 % as a band.

    Parameters
    ----------
    ax : Axes
    x : array_like (n,)
    runs : Run or array_like (n, seeds)
        A `Run` with one batch axis, or its losses.
    label : str
        For the legend.
    name : str, optional
        Whose color and dashes to use: an optimizer's name; by default the label.
    **line
        For ``ax.plot``, such as ``lw=1``.

    Returns
    -------
    Line2D

    Raises
    ------
    ValueError
        If `runs` is not of shape (n, seeds).

    Examples
    --------
    >>> figure, ax = subplots()
    >>> band(ax, [0, 1], [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]], "Adam").get_ydata().tolist()
    [2.0, 0.0]
    """
    values = np.asarray(runs.loss if isinstance(runs, Run) else runs, dtype=float)
    if values.ndim != 2 or len(values) != len(x):
        raise check.refuse("runs", values.shape, f"of shape (n, seeds) with n = {len(x)}")
    style = look(name or label).line | line
    low, middle, high = np.nanquantile(values, (0.1, 0.5, 0.9), axis=1)
    ax.fill_between(x, low, high, color=style["color"], alpha=0.16, linewidth=0)
    return ax.plot(x, middle, label=label, **style)[0]


@dataclasses.dataclass(frozen=True)
class Picture:
    """A finished figure, as notebooks and the book show it; what `show` returns.

    Attributes
    ----------
    svg : str
        In the page's colors, with its alternative text.
    caption : str
    narrow : str
        The same for a phone, drawn only while the book is built.
    """

    svg: str
    caption: str
    narrow: str = ""

    def _repr_html_(self) -> str:
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        kind = "px-figure px-wide" if self.width > TEXT else "px-figure"
        return f'{style_sheet()}<figure class="{kind}">{self.svg}{self.narrow}{caption}</figure>'

    @property
    def width(self) -> float:
        """Pixels for which it was drawn."""
        found = re.search(r"--w:([\d.]+)px", self.svg)
        return float(found[1]) if found else 0.0

    def __repr__(self) -> str:
        return f"Picture({self.caption!r})"


def show(figure: Figure, alt: str, caption: str = "") -> Picture:
    """A static figure for the book, right in the light and the dark theme; a cell's last line.

    Parameters
    ----------
    figure : Figure
    alt : str
        What a reader who cannot see it needs to know; required.
    caption : str
        What to see in it.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `alt` is empty.

    Examples
    --------
    >>> figure, ax = subplots()
    >>> _ = ax.plot([0, 1], [1, 0], **look("Adam").line)
    >>> show(figure, alt="A line falls from 1 to 0.", caption="Loss falls.")
    Picture('Loss falls.')
    """
    needs_alt(alt, "figure")
    wide = svg(figure, alt)
    phone = building() and not wordless(figure)
    return Picture(wide, caption, svg(narrow(figure), alt, twin=True) if phone else "")


def building() -> bool:
    """True while the book is built."""
    return bool(os.environ.get("PRIMER_BOOK"))


def style_sheet() -> str:
    """The style sheet inline, for JupyterLab; nothing while the book is built, which links it."""
    return "" if building() else f"<style>{static('explorer.css')}</style>"


@functools.cache
def static(name: str) -> str:
    """The text of a file in `primer/static`."""
    return Path(__file__).parents[1].joinpath("static").joinpath(name).read_text(encoding="utf-8")


def needs_alt(alt: Any, what: str) -> None:
    """Refuse a picture without a text for those who cannot see it."""
    if not (isinstance(alt, str) and alt.strip()):
        raise check.refuse("alt", alt, f"a text that says what the {what} shows")


def save(figure: Figure, path: Any, alt: str) -> None:
    """Write a figure to an SVG file in the light theme's colors, with its alternative text.

    Parameters
    ----------
    figure : Figure
    path : str or Path
    alt : str
        Required, as for `show`.

    Examples
    --------
    >>> import tempfile
    >>> figure, ax = subplots()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(figure, Path(folder, "empty.svg"), alt="Empty axes.")
    ...     Path(folder, "empty.svg").read_text(encoding="utf-8")[:4]
    '<svg'
    """
    text = re.sub(r"var\(--px-\w+,(#\w+)\)", r"\1", show(figure, alt).svg)
    Path(path).write_text(text + "\n", encoding="utf-8")


def legend(ax: Any, names: Sequence[str] = (), **keywords: Any) -> Any:
    """A legend without a frame, which both themes can show.

    Parameters
    ----------
    ax : Axes
    names : sequence of str
        The labels to show, in this order; all if empty.
    **keywords
        For ``ax.legend``, such as ``loc="upper right"``.

    Returns
    -------
    Legend

    Examples
    --------
    >>> figure, ax = subplots()
    >>> for name in ("Adam", "SGD"):
    ...     _ = ax.plot([0, 1], [1, 0], label=name)
    >>> [text.get_text() for text in legend(ax, ["SGD", "Adam"]).get_texts()]
    ['SGD', 'Adam']
    """
    handles, labels = ax.get_legend_handles_labels()
    order = [labels.index(name) for name in names] if names else range(len(labels))
    with mpl.rc_context(STYLE):
        return ax.legend([handles[i] for i in order], [labels[i] for i in order], **keywords)
