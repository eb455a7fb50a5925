"""One look for every figure of the book: colours, line styles, contours, bands, alternative text.

Colours are variables of the page's style sheet (`static/explorer.css`), with the light theme's
values as fallback, so that a figure follows the reader's light or dark theme.
"""

from __future__ import annotations

import dataclasses
import functools
import html
import io
import os
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatter, NullFormatter

from . import check
from .driver import Run
from .objective import Objective

#: Ten hues after matplotlib's petroff10, darkened to a contrast of 3:1 on white.
PALETTE = {
    "blue": "#2a78c2",
    "orange": "#d97b00",
    "red": "#bd1f01",
    "purple": "#832db6",
    "teal": "#0c8a8d",
    "brown": "#a0614f",
    "olive": "#857a2e",
    "pink": "#cf4a8c",
    "slate": "#5b6475",
    "green": "#3d8b3d",
}
#: Text, quiet text, grid lines and the tint of contours.
NEUTRAL = {"ink": "#1f2430", "soft": "#5a6272", "faint": "#dde1e8", "tint": "#3f6aa8"}
DASHES: tuple[tuple[float, ...], ...] = ((), (7, 2.5), (2, 2), (8, 2.5, 2, 2.5))
#: Colour and dash pattern of the optimizers of chapters 2-7; others draw theirs from their name.
KNOWN = {
    "SGD": ("slate", 0),
    "Momentum": ("blue", 0),
    "Nesterov": ("teal", 1),
    "AdaGrad": ("olive", 3),
    "RMSProp": ("orange", 0),
    "Adadelta": ("brown", 1),
    "Adam": ("red", 0),
    "AdamL2": ("pink", 1),
    "AdamW": ("purple", 0),
    "AMSGrad": ("green", 1),
    "Adamax": ("brown", 2),
    "NAdam": ("teal", 3),
    "RAdam": ("blue", 2),
    "Lion": ("green", 0),
    "Newton": ("teal", 0),
    "ConjugateGradient": ("pink", 0),
}
STYLE = {
    "axes.edgecolor": NEUTRAL["soft"],
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": NEUTRAL["soft"],
    "axes.labelsize": 11,
    "axes.linewidth": 0.7,
    "axes.prop_cycle": mpl.cycler(color=list(PALETTE.values())),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": NEUTRAL["ink"],
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.titlesize": 13,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "font.size": 11,
    "grid.color": NEUTRAL["faint"],
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "svg.hashsalt": "primer",
    "text.color": NEUTRAL["ink"],
    "xtick.color": NEUTRAL["soft"],
    "xtick.labelsize": 10.5,
    "xtick.major.width": 0.7,
    "ytick.color": NEUTRAL["soft"],
    "ytick.labelsize": 10.5,
    "ytick.major.width": 0.7,
}
NAME_OF = {value: name for name, value in (PALETTE | NEUTRAL).items()}


@dataclasses.dataclass(frozen=True)
class Look:
    """Colour and dash pattern of one optimizer, the same in the whole book.

    ``ax.plot(t, loss, **look("Adam").line)`` draws with it.
    """

    hue: str
    dash: tuple[float, ...]

    @property
    def color(self) -> str:
        return PALETTE[self.hue]

    @property
    def line(self) -> dict[str, Any]:
        """Keyword arguments for ``ax.plot``."""
        return {"color": self.color, "linestyle": (0, self.dash) if self.dash else "-"}


def look(name: str) -> Look:
    """The colour and line style of an optimizer (or anything else with a name).

    Parameters
    ----------
    name : str
        Its name in the registry. A name that is not in the table gets a look computed from it.

    Returns
    -------
    Look

    Examples
    --------
    >>> look("Adam")
    Look(hue='red', dash=())
    >>> look("MyOwn") == look("MyOwn")
    True
    """
    if name in KNOWN:
        hue, dash = KNOWN[name]
    else:
        number = zlib.crc32(name.encode())
        hue, dash = list(PALETTE)[number % len(PALETTE)], number // 16 % len(DASHES)
    return Look(hue, DASHES[dash])


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
    wide = {1: 6.2, 2: 9.6}.get(columns, 11.0)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size or (wide, 0.6 * wide * rows / max(columns, 1) + 0.4))
        return figure, figure.subplots(rows, columns, **keywords)


def levels(z: np.ndarray, count: int = 12) -> np.ndarray:
    """Heights for contour lines: equal ratios above the lowest value, so that valleys show.

    Examples
    --------
    >>> levels(np.linspace(0, 100, 101), 3).round(1).tolist()
    [3.0, 17.0, 97.0]
    """
    floor = z.min()
    low, high = np.quantile(z - floor, (0.03, 0.97))
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
    """
    if J.dim not in (2, None):
        raise check.refuse("J", J.dim, "two-dimensional to be drawn as contours")
    window = frame(J, window)
    x, y = np.linspace(*window[:2], grid), np.linspace(*window[2:], grid)
    z = J(np.stack(np.meshgrid(x, y), axis=-1))
    tint = mpl.colors.to_rgba(NEUTRAL["tint"])
    for level in levels(z, count)[::-1]:
        drawn = ax.contourf(x, y, z, levels=[z.min() - 1, level], colors=[(*tint[:3], 0.045)])
        drawn.set(edgecolor=(*tint[:3], 0.38), linewidth=0.6, antialiased=True)
    if J.minimum is not None:
        ax.plot(*np.atleast_2d(J.minimum).T, "+", color=NEUTRAL["ink"], ms=9, mew=1.1, zorder=3)
    ax.set(xlim=window[:2], ylim=window[2:], xlabel="θ₁", ylabel="θ₂")
    ax.grid(visible=False)


def frame(J: Objective, window: Any = None) -> tuple[float, ...]:
    """The window to draw a two-dimensional objective in; refuses one that has none."""
    window = J.window if window is None else window
    if window is None or len(window) != 4:
        raise check.refuse("window", window, "(x_low, x_high, y_low, y_high)")
    return tuple(float(edge) for edge in window)


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
        Whose colour and dashes to use: an optimizer's name; by default the label.

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
    """A finished figure: SVG in the page's colours, alternative text and caption."""

    svg: str
    caption: str

    def _repr_html_(self) -> str:
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return f'{style_sheet()}<figure class="px-figure">{self.svg}{caption}</figure>'

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
    if not (isinstance(alt, str) and alt.strip()):
        raise check.refuse("alt", alt, "a text that says what the figure shows")
    return Picture(svg(figure, alt), caption)


def style_sheet() -> str:
    """The style sheet inline, for JupyterLab; nothing while the book is built, which links it."""
    return "" if os.environ.get("PRIMER_BOOK") else f"<style>{static('explorer.css')}</style>"


@functools.cache
def static(name: str) -> str:
    """The text of a file in `primer/static`."""
    return Path(__file__).with_name("static").joinpath(name).read_text(encoding="utf-8")


def superscript(number: int) -> str:
    """
    >>> superscript(-12)
    '⁻¹²'
    """
    return str(number).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def subscript(number: int) -> str:
    """
    >>> subscript(12)
    '₁₂'
    """
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _power(value: float, _: Any = None) -> str:
    exponent = np.log10(value) if value > 0 else np.nan
    if abs(exponent - round(exponent)) > 1e-9:
        return ""
    plain = 0 <= round(exponent) <= 2
    return f"{value:g}" if plain else f"10{superscript(round(exponent))}"


def plain_ticks(ax: Any) -> None:
    """Logarithmic ticks as ordinary text (10⁻³), which follows the page's font."""
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() == "log" and isinstance(axis.get_major_formatter(), LogFormatter):
            axis.set_major_formatter(FuncFormatter(_power))
            axis.set_minor_formatter(NullFormatter())


def svg(figure: Figure, alt: str, prefix: str = "") -> str:
    """A figure as compact, accessible, theme-aware SVG; `prefix` makes its ids unique."""
    for ax in figure.axes:
        plain_ticks(ax)
    out = io.StringIO()
    salt = prefix or f"f{zlib.crc32(alt.encode()):08x}"
    with mpl.rc_context(STYLE | {"svg.hashsalt": salt, "svg.image_inline": True}):
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None})
    return _compact(out.getvalue(), alt, salt)


def _compact(text: str, alt: str, prefix: str) -> str:
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
    text = re.sub(r"(?<= d=\")[^\"]*", _short_path, text)
    text = re.sub(r"(?<= style=\")[^\"]*", _short_style, text)
    text = re.sub(r" transform=\"rotate\(-?0 [^)]*\)\"", "", text)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    text = re.sub(r" id=\"([^\"]*)\"", lambda m: m[0] if m[1] in used else "", text)
    text = re.sub(r"(url\(#|href=\"#| id=\")(?=\w)", rf"\1{prefix}-", text)
    text = re.sub(r"\s*\n\s*", "", text).replace("xlink:href", "href")
    while text != (slim := re.sub(r"<g></g>|<g>((?:(?!<g[ >]).)*?)</g>", r"\1", text)):
        text = slim
    size = re.search(r"viewBox=\"0 0 ([\d.]+) ([\d.]+)\"", text)
    width = size[1] if size else "400"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="px-svg" role="img" {size[0] if size else ""}'
        f' style="max-width:{width}px" aria-labelledby="{prefix}-alt">'
        f'<title id="{prefix}-alt">{html.escape(alt)}</title>'
    )
    return re.sub(r"^<svg[^>]*>", lambda _: head, text)


def _short_path(match: re.Match[str]) -> str:
    """A path's `d` to a tenth of a pixel; long polygons are thinned and written relatively."""
    path = re.sub(r"\s+", " ", match[0]).strip()
    if path.count(" L ") > 8 and not re.search(r"[QCA]", path):
        return "".join(map(_short_polygon, re.findall(r"M [^M]*", path)))
    path = re.sub(r"-?\d+\.\d+(?:e-?\d+)?", lambda m: _tenth(round(float(m[0]) * 10)), path)
    return re.sub(r" (?=[A-Za-z])|(?<=[A-Za-z]) ", "", path)


def _short_polygon(path: str) -> str:
    numbers = np.array(re.findall(r"-?\d[\d.]*(?:e-?\d+)?", path), dtype=float).reshape(-1, 2)
    tenths = np.rint(thinned(numbers) * 10).astype(int)
    moves = np.diff(tenths, axis=0)
    start = f"M{_tenth(tenths[0, 0])} {_tenth(tenths[0, 1])}l"
    text = " ".join(f"{_tenth(x)} {_tenth(y)}" for x, y in moves if x or y)
    return start + text.replace(" -", "-") + ("z" if path.rstrip().endswith("z") else "")


def _tenth(tenths: int) -> str:
    return f"{tenths / 10:.1f}".removesuffix(".0")


def thinned(points: np.ndarray, tolerance: float = 0.12) -> np.ndarray:
    """The points of a line without those that lie within `tolerance` of it (Douglas-Peucker).

    Examples
    --------
    >>> thinned(np.array([[0.0, 0.0], [1.0, 0.01], [2.0, 0.0], [2.0, 2.0]])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]]
    """
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        a, b = spans.pop()
        if b - a < 2:
            continue
        along, off = points[b] - points[a], points[a + 1 : b] - points[a]
        length = np.hypot(*along)
        away = (
            np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]) / length
            if length
            else np.hypot(*off.T)
        )
        far = a + 1 + int(away.argmax())
        if away.max() > tolerance:
            keep[far] = True
            spans += [(a, far), (far, b)]
    return points[keep]


def _short_style(match: re.Match[str]) -> str:
    style = re.sub(r"font-family: [^;]*;?\s*|font: [^;]*;?\s*(?=text-anchor)", "", match[0])
    for name, value in (PALETTE | NEUTRAL).items():
        style = style.replace(value, f"var(--px-{name},{value})")
    return re.sub(r"([:;])\s+", r"\1", style).strip("; ")


def save(figure: Figure, path: Any, alt: str) -> None:
    """Write a figure to an SVG file in the light theme's colours, with its alternative text.

    Parameters
    ----------
    figure : Figure
    path : str or Path
    alt : str
        Required, as for `show`.
    """
    text = re.sub(r"var\(--px-\w+,(#\w+)\)", r"\1", show(figure, alt).svg)
    Path(path).write_text(text + "\n", encoding="utf-8")


def legend(ax: Any, names: Sequence[str] = (), **keywords: Any) -> Any:
    """A legend without a frame, in the order given by `names` if any."""
    handles, labels = ax.get_legend_handles_labels()
    order = [labels.index(name) for name in names] if names else range(len(labels))
    with mpl.rc_context(STYLE):
        return ax.legend([handles[i] for i in order], [labels[i] for i in order], **keywords)
