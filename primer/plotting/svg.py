"""Figures as compact SVG that follows the page's theme and font, with alternative text."""

from __future__ import annotations

import html
import io
import re
import zlib
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatter, NullFormatter

from .notes import spread
from .palette import NEUTRAL, PALETTE, STYLE


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
    exponent = np.log10(value) if 0 < value < np.inf else 0.5
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


def svg(figure: Figure, alt: str, prefix: str = "", twin: bool = False) -> str:
    """A figure as compact, accessible, theme-aware SVG; `prefix` makes its ids unique.

    A `twin` for narrow screens stands beside the SVG of the same text and borrows its title.
    """
    for ax in figure.axes:
        plain_ticks(ax)
        ax.title.set(x=0, ha="left")
    spread(figure)
    out = io.StringIO()
    salt = prefix or f"f{zlib.crc32(alt.encode()):08x}"
    with mpl.rc_context(STYLE | {"svg.hashsalt": salt, "svg.image_inline": True}):
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None})
    return _compact(out.getvalue(), alt, salt, twin)


def _compact(text: str, alt: str, prefix: str, twin: bool = False) -> str:
    text = text[text.index("<svg") :]
    text = re.sub(r"(?<=>)[^<>]+(?=<)", _literal, text)
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.S)
    text = re.sub(r"(?<= d=\")[^\"]*", _short_path, text)
    text = re.sub(r"(?<= style=\")[^\"]*", _short_style, text)
    text = re.sub(r" transform=\"rotate\(-?0 [^)]*\)\"", "", text)
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    text = re.sub(r" id=\"([^\"]*)\"", lambda m: m[0] if m[1] in used else "", text)
    text = re.sub(r"(url\(#|href=\"#| id=\")(?=\w)", rf"\1{prefix}-{'n' * twin}", text)
    text = re.sub(r"\s*\n\s*", "", text).replace("xlink:href", "href")
    while text != (slim := re.sub(r"<g></g>|<g>((?:(?!<g[ >]).)*?)</g>", r"\1", text)):
        text = slim
    size = re.search(r"viewBox=\"0 0 ([\d.]+) ([\d.]+)\"", text)
    width = size[1] if size else "400"
    kind = "px-svg px-narrow" if twin else "px-svg"
    title = "" if twin else f'<title id="{prefix}-alt">{html.escape(alt)}</title>'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="img"'
        f' {size[0] if size else ""} style="--w:{width}px" aria-labelledby="{prefix}-alt">{title}'
    )
    return re.sub(r"^<svg[^>]*>", lambda _: head, text)


def _literal(match: re.Match[str]) -> str:
    """Words of a figure, so written that none of them is taken for an attribute."""
    return match[0].replace('"', "&quot;").replace("#", "&#35;")


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
    if not moves.any():
        return ""
    start = f"M{_tenth(tenths[0, 0])} {_tenth(tenths[0, 1])}l"
    text = " ".join(f"{_tenth(x)} {_tenth(y)}" for x, y in moves if x or y)
    return start + text.replace(" -", "-") + ("z" if path.rstrip().endswith("z") else "")


def _tenth(tenths: int) -> str:
    return f"{tenths / 10:.1f}".removesuffix(".0")


def thinned(points: np.ndarray, tolerance: float = 0.15) -> np.ndarray:
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
