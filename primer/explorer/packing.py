"""Curves of a grid as 16-bit numbers, packed into text that static/grid.js unpacks."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from .axes import Axis

#: 16-bit numbers: this one stands for "diverged", the ones below span the curve's range.
GONE = 65535
#: Numbers beyond are packed as this one, so that no difference overflows.
MOST = 1e300


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
        numbers.append(_quantized(rows, info))
        ranges.append({"points": len(curve), "count": rows.size, **info})
    deltas = np.diff(np.concatenate(numbers), prepend=np.uint16(0))
    planes = np.concatenate([deltas & 255, deltas >> 8]).astype(np.uint8)
    return ranges, base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode()


def _range(values: np.ndarray) -> dict[str, Any]:
    """The range that 16 bits must resolve; what lies far outside counts as its edge."""
    fine = values[np.isfinite(values)].clip(-MOST, MOST)
    if not fine.size:
        return {"low": 0.0, "high": 1.0, "log": 0}
    low, high = float(fine.min()), float(fine.max())
    log = low > 0 and high > 50 * low
    if log:
        high = min(high, 1e6 * float(np.median(fine)))
        low = max(low, 1e-200 * high)
    return {"low": low, "high": high if high > low else low + max(1.0, abs(low)), "log": int(log)}


def _quantized(values: np.ndarray, info: dict[str, Any]) -> np.ndarray:
    place = Axis("", info["low"], info["high"], bool(info["log"])).place(values, 0, GONE - 1)
    whole = np.where(np.isfinite(values), np.clip(np.rint(place), 0, GONE - 1), GONE)
    return whole.astype(np.uint16)


def rounded_curves(
    curves: Sequence[np.ndarray], ranges: Sequence[dict[str, Any]]
) -> list[np.ndarray]:
    """Curves as they come out of the packed text, which keeps 16 bits of every number.

    Examples
    --------
    >>> curve = np.array([1.0, 1.00001, 3.0])
    >>> ranges, _ = packed([curve])
    >>> [round(x, 6) for x in rounded_curves([curve], ranges)[0].tolist()]
    [1.0, 1.0, 3.0]
    """
    return [_unpacked(_quantized(c, r), r) for c, r in zip(curves, ranges, strict=True)]


def _unpacked(whole: np.ndarray, info: dict[str, Any]) -> np.ndarray:
    low, high, part = info["low"], info["high"], whole / (GONE - 1)
    even = low + (high - low) * whole / (GONE - 1)
    return np.where(whole == GONE, np.nan, low * (high / low) ** part if info["log"] else even)
