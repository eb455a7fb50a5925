"""A landscape seen from the side, as a relief model in bands of equal height."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
from contourpy import contour_generator
from matplotlib.path import Path

from .. import check
from ..objective import Objective
from .figures import frame, seen

#: From the deepest band to the highest; readable on white and on dark paper.
TINTS = ("#0d2140", "#1f5a99", "#6fa8d6", "#c9deef", "#eef3f6")


def relief(
    ax: Any, J: Objective, window: Any = None, height: Any = None, bands: int = 13, rows: int = 72
) -> Callable[[Any], np.ndarray]:
    """Draw a two-dimensional objective as a surface, from behind its far edge to its near one.

    Equation: with u in [0, 1] from the near edge to the far one and s = 1 / (1 + 0.35 * u), the
    point (x, y, z) is drawn at (s * x, s * (0.9 * depth * u + z)).

    Parameters
    ----------
    ax : Axes
        Ordinary, flat axes; they are switched off.
    J : Objective
        With ``dim`` 2.
    window : tuple of float, optional
        (x_low, x_high, y_low, y_high); by default the objective's own.
    height : callable, optional
        J -> height in units of the window, increasing, >= 0; by default J scaled to a quarter of
        the window's width.
    bands : int
        Tints of equal height; their borders are contour lines.
    rows : int
        Strips from back to front, each of which hides what lies behind it.

    Returns
    -------
    callable
        Points theta (n, 2) -> where they lie in the drawing (n, 2), for paths on the surface.

    Raises
    ------
    ValueError
        If no window is known, or `bands` or `rows` is not a positive integer.

    Examples
    --------
    >>> from primer.landscapes import two_wells
    >>> from primer.plotting import subplots
    >>> figure, ax = subplots()
    >>> place = relief(ax, two_wells(), rows=8)
    >>> place(np.array([[0.0, -1.8]])).shape
    (1, 2)
    """
    x_low, x_high, y_low, y_high = window = frame(J, window)
    x = np.linspace(x_low, x_high, 121)
    y = np.linspace(y_high, y_low, check.count("rows", rows) + 1)
    raw = seen(J, np.stack(np.meshgrid(x, y), axis=-1))
    if not raw.count():
        raise check.refuse("J", J, f"defined somewhere in the window {window}")
    least, most = float(raw.min()), float(raw.max())
    lift = height or (lambda v: (v - least) / (most - least or 1) * (x_high - x_low) / 4)
    z = np.ma.masked_invalid(lift(raw))
    foot, top = float(z.min()), float(z.max())
    foot, top = (foot, top) if foot < top else (foot - 1, foot + 1)
    edges = np.linspace(foot, top, check.count("bands", bands) + 1)
    edges[-1] += 1e-9 * np.ptp(edges)

    def place(theta: Any) -> np.ndarray:
        theta = np.asarray(theta, dtype=float)
        with np.errstate(all="ignore"):
            return _seen(theta, lift(J(theta)), window)

    pieces = [piece for k in range(rows) for piece in _strip(x, y[k : k + 2], z[k : k + 2], edges)]
    paths = [Path(place(path.vertices), path.codes) for _, path in pieces]
    _paint(ax, paths, [(band + 0.5) / bands for band, _ in pieces])
    return place


def _seen(theta: np.ndarray, z: np.ndarray, frame: Any) -> np.ndarray:
    """Where points of the surface are drawn; the far edge is smaller, as it would be seen."""
    depth = frame[3] - frame[2]
    far = (theta[..., 1] - frame[2]) / depth
    scale = 1 / (1 + 0.35 * far)
    middle = (frame[0] + frame[1]) / 2
    across = scale * (theta[..., 0] - middle)
    return np.stack([across, scale * (0.9 * depth * far + z)], axis=-1)


def _strip(x: Any, y: Any, z: Any, edges: np.ndarray) -> Any:
    """The bands of height in the strip between two rows, each as one path."""
    lines = contour_generator(x=x, y=y, z=z, fill_type="OuterOffset")
    for band, (low, high) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        found = zip(*lines.filled(low, high), strict=True)
        outlines = [Path(points[: ends[1]], closed=True) for points, ends in found]
        if outlines:
            yield band, Path.make_compound_path(*outlines)


def _paint(ax: Any, paths: Any, heights: Any) -> None:
    colors = mpl.colors.LinearSegmentedColormap.from_list("relief", TINTS)(heights)
    # The thin edge closes the hairlines between neighboring strips.
    faces = mpl.collections.PathCollection(
        paths, facecolors=colors, edgecolors=colors, linewidths=0.8, clip_on=False
    )
    ax.add_collection(faces)
    ax.autoscale_view()
    ax.margins(0)
    ax.set_axis_off()
