"""Curves of a grid as 16-bit numbers, packed into text that explorer-grid.js unpacks."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from .axes import Axis

#: 16-bit numbers: this one stands for "diverged", the ones below span the curve's range.
GONE = 65535


def packed(curves: Sequence[np.ndarray]) -> tuple[list[dict[str, Any]], str]:
    """Curves of shape (points, *grid) as 16-bit differences in two byte planes, deflated, base64.

    Returns for every curve its length, number of numbers, range and scale, and the text.

    Examples
    --------
    >>> ranges, text = packed([np.array([[1.0, 2.0], [3.0, np.inf]])])
    >>> ranges[0]["low"], ranges[0]["high"], ranges[0]["count"]
    (1.0, 3.0, 4)
    """
    ranges, numbers = [], []
    for curve in curves:
        rows = np.moveaxis(curve, 0, -1).ravel()
        info = _range(rows)
        numbers.append(_quantised(rows, info))
        ranges.append({"points": len(curve), "count": rows.size, **info})
    deltas = np.diff(np.concatenate(numbers), prepend=np.uint16(0))
    planes = np.concatenate([deltas & 255, deltas >> 8]).astype(np.uint8)
    return ranges, base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode()


def _range(values: np.ndarray) -> dict[str, Any]:
    """The range that 16 bits must resolve; what lies far outside counts as its edge."""
    fine = values[np.isfinite(values)]
    if not fine.size:
        return {"low": 0.0, "high": 1.0, "log": 0}
    low, high = float(fine.min()), float(fine.max())
    log = low > 0 and high > 50 * low
    if log:
        high = min(high, 1e6 * float(np.median(fine)))
    return {"low": low, "high": high if high > low else low + 1, "log": int(log)}


def _quantised(values: np.ndarray, info: dict[str, Any]) -> np.ndarray:
    place = Axis("", info["low"], info["high"], bool(info["log"])).place(values, 0, GONE - 1)
    whole = np.where(np.isfinite(values), np.clip(np.rint(place), 0, GONE - 1), GONE)
    return whole.astype(np.uint16)
