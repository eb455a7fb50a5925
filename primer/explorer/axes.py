"""Axes whose limits no slider changes, and how they are found from sample runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np


@dataclasses.dataclass(frozen=True)
class Axis:
    """One axis: its label and limits, which no slider changes."""

    label: str
    low: float
    high: float
    log: bool = False

    def place(self, values: Any, start: float, end: float) -> np.ndarray:
        """Where values lie between the pixels start and end (the operations of static/draw.js)."""
        values = np.asarray(values, dtype=float)
        with np.errstate(all="ignore"):
            if self.log:
                part = np.log(values / self.low) / np.log(self.high / self.low)
            else:
                part = (values - self.low) / (self.high - self.low)
            return start + (end - start) * part


#: Larger numbers are not drawn, smaller differences are no range: pixels would overflow.
LARGE, SMALL = 1e290, 1e-270


def limits(label: str, samples: Sequence[np.ndarray], log: bool | None) -> Axis:
    """Limits that hold the default runs whole and most of what the sliders can do."""
    default = np.concatenate([s[:, 0].ravel() for s in samples])
    first = np.concatenate([s[0, 0].ravel() for s in samples])
    everything = np.concatenate([s.ravel() for s in samples])
    default, everything, first = (v[np.abs(v) < LARGE] for v in (default, everything, first))
    default = default[np.abs(default) <= scale(default, first)]
    if not default.size:
        default = everything = np.array([0.0, 1.0])
    if log is None:
        positive = default[default > 0]
        wide = bool(positive.size and positive.max() > 50 * positive.min())
        log = wide and bool((everything >= 0).all())
    log = log and bool((everything > 0).any())
    return _log(label, default, everything) if log else _linear(label, default, everything)


def scale(default: np.ndarray, first: np.ndarray) -> float:
    """How far from zero numbers matter: a run that explodes does not set the limits of an axis."""
    middle = np.median(np.abs(default)) if default.size else 0.0
    return float(1e3 * max(np.abs(first).max(initial=0), middle))


def _log(label: str, default: np.ndarray, everything: np.ndarray) -> Axis:
    default, everything = default[default > 0], everything[everything > 0]
    if not default.size:
        return Axis(label, 1e-3, 1.0, True)
    high = max(default.max(), min(np.quantile(everything, 0.98), 30 * default.max()))
    low = min(default.min(), max(np.quantile(everything, 0.05), 1e-4 * default.min()))
    high = max(high, SMALL)
    low = max(low, 1e-16 * high, 1e-300)
    if high < 10 * low:
        low, high = low / 3, high * 3
    return Axis(label, float(f"{low / 1.6:.2g}"), float(f"{high * 1.6:.2g}"), True)


def _linear(label: str, default: np.ndarray, everything: np.ndarray) -> Axis:
    spread = np.ptp(default) or abs(default[0]) or 1.0
    low = min(default.min(), max(np.quantile(everything, 0.02), default.min() - spread))
    high = max(default.max(), min(np.quantile(everything, 0.98), default.max() + spread))
    most = max(abs(low), abs(high), SMALL)
    margin = 0.06 * (high - low if high - low > 1e-12 * most else most if most > SMALL else 1.0)
    zero = low >= 0 and low < 0.3 * high
    return Axis(label, 0.0 if zero else float(low - margin), float(high + margin))
