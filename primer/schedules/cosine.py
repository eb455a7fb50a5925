"""Cosine decay, once and with restarts."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from .. import check
from ..hyper import Hyper
from ..registry import schedule
from .base import Schedule
from .decay import blend


def half_cosine(x: Any) -> Any:
    """From 1 at x = 0 to 0 at x = 1 along half a period of the cosine.

    Parameters
    ----------
    x : float or ndarray

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> half_cosine(np.array([0.0, 0.5, 1.0])).tolist()
    [1.0, 0.5, 0.0]
    """
    return (1 + np.cos(np.pi * x)) / 2


@schedule(
    cite="loshchilov2017",
    year=2016,
    chapter=8,
    torch="CosineAnnealingLR(optimizer, T_max=steps, eta_min=end)",
    optax="cosine_decay_schedule(peak, steps, alpha=end / peak)",
)
class Cosine(Schedule):
    """Half a period of the cosine, then constant.

    Equation: s(t) = end + (peak - end) * (1 + cos(pi * min(t / steps, 1))) / 2.

    Parameters
    ----------
    peak, end : hyperparameter
        Values at t = 0 and from t = steps on, >= 0.
    steps : int, or a sweep or slider of ints
        Steps from peak to end, >= 1.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    Same as torch's CosineAnnealingLR up to t = steps; there torch's rises again, this one stays at
    end. Source: loshchilov2017, without restarts.

    Examples
    --------
    >>> Cosine(1.0, 10)(np.array([0, 5, 10, 15])).round(12).tolist()
    [1.0, 0.5, 0.0, 0.0]
    """

    peak: Hyper
    steps: Any
    end: Hyper = 0.0

    counts: ClassVar[dict[str, int]] = {"steps": 1}

    def value(self, t: Any) -> Any:
        return blend(self.peak, self.end, half_cosine(np.minimum(t / self.steps, 1)))

    @property
    def length(self) -> Any:
        return self.steps


@schedule(
    cite="loshchilov2017",
    year=2016,
    chapter=8,
    torch="CosineAnnealingWarmRestarts(optimizer, T_0=steps, T_mult=factor, eta_min=end)",
    optax="sgdr_schedule([dict(init_value=peak, peak_value=peak, warmup_steps=0,"
    " decay_steps=steps * factor**k, end_value=end) for k in range(12)])",
)
class CosineRestarts(Schedule):
    """Cosine decays, one after another, each `factor` times as long as the one before (SGDR).

    Equation: s(t) = decay(t, steps),
    with decay(r, n) = end + (peak - end) * (1 + cos(pi * r / n)) / 2 if r < n
    else decay(r - n, n * factor).

    Parameters
    ----------
    peak, end : hyperparameter
        Value at each restart and the value each decay runs towards, >= 0.
    steps : int, or a sweep or slider of ints
        Length of the first decay, >= 1.
    factor : int
        Ratio of two lengths, >= 1.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    Same as torch's CosineAnnealingWarmRestarts with T_0 = steps and T_mult = factor. With
    factor > 1 the first decay that is a million times as long as `steps` is the last.
    Source: loshchilov2017. It has no end.

    Examples
    --------
    >>> CosineRestarts(1.0, 4, factor=2)(np.array([0, 2, 4, 8, 12])).round(12).tolist()
    [1.0, 0.5, 1.0, 0.5, 1.0]
    """

    peak: Hyper
    steps: Any
    factor: int = 1
    end: Hyper = 0.0

    counts: ClassVar[dict[str, int]] = {"steps": 1}

    def __post_init__(self) -> None:
        super().__post_init__()
        check.count("factor", self.factor)

    def value(self, t: Any) -> Any:
        since, length = _since_restart(t, self.steps, self.factor)
        return blend(self.peak, self.end, half_cosine(np.minimum(since / length, 1)))


def _since_restart(t: Any, steps: Any, factor: int) -> tuple[Any, Any]:
    """Steps since the last restart, and the length of the decay it began."""
    if factor == 1:
        return t % steps, steps
    since, length = t, steps
    for k in range(math.ceil(6 / math.log10(factor))):
        cycle = steps * factor**k
        over = since >= cycle
        since, length = since - cycle * over, length + (cycle * factor - length) * over
    return since, length
