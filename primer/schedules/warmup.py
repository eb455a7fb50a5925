"""Schedules that rise to their largest value before they fall.

A warm-up over n steps has the value peak * (t + 1) / n at step t: the first step is not lost on a
rate of 0, and the peak is reached at t = n - 1.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .. import check
from ..hyper import Hyper
from ..registry import schedule
from .base import Schedule
from .cosine import half_cosine
from .counts import extent
from .decay import blend


def _warm(peak: Any, warmup: Any, t: Any) -> Any:
    return peak * ((t + 1) / np.maximum(warmup, 1))


def _share(t: Any, start: Any, stop: Any) -> Any:
    """0 up to `start`, 1 from `stop` on, a straight line between."""
    return np.minimum(np.maximum(t - start, 0) / np.maximum(stop - start, 1), 1)


def _leave_room(schedule: Any, *parts: str) -> None:
    """Refuse a `steps` too short for the parts named."""
    needed = sum(extent(getattr(schedule, name))[1] for name in parts)
    if extent(schedule.steps)[0] < needed + (len(parts) == 1):
        sign = ">" if len(parts) == 1 else ">="
        raise check.refuse("steps", schedule.steps, f"{sign} {' + '.join(parts)} = {needed}")


@schedule(
    cite="goyal2017",
    year=2017,
    chapter=8,
    torch="SequentialLR(optimizer, [LinearLR(optimizer, 1 / warmup, 1.0, warmup - 1),"
    " CosineAnnealingLR(optimizer, steps - warmup, end)], milestones=[warmup])",
    optax="join_schedules([linear_schedule(peak / warmup, peak, warmup - 1),"
    " cosine_decay_schedule(peak, steps - warmup, alpha=end / peak)], [warmup])",
)
class WarmupCosine(Schedule):
    """Linear warm-up, then half a period of the cosine, then constant.

    Equation: s(t) = peak * (t + 1) / warmup if t < warmup
    else end + (peak - end) * (1 + cos(pi * x)) / 2,
    with x = min((t - warmup) / (steps - warmup), 1).

    Parameters
    ----------
    peak, end : hyperparameter
        Largest value and the value from t = steps on, >= 0.
    warmup : int, or a sweep or slider of ints
        Steps of the warm-up, >= 0.
    steps : int, or a sweep or slider of ints
        Steps in all, > warmup.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    optax's warmup_cosine_decay_schedule and Hugging Face's get_cosine_schedule_with_warmup start
    the warm-up at t / warmup, with a lost first step. Warm-up: goyal2017; cosine: loshchilov2017.

    Examples
    --------
    >>> WarmupCosine(1.0, 4, 10)(np.array([0, 3, 4, 7, 10, 20])).round(12).tolist()
    [0.25, 1.0, 1.0, 0.5, 0.0, 0.0]
    """

    peak: Hyper
    warmup: Any
    steps: Any
    end: Hyper = 0.0

    counts: ClassVar[dict[str, int]] = {"warmup": 0, "steps": 1}

    def __post_init__(self) -> None:
        super().__post_init__()
        _leave_room(self, "warmup")

    def value(self, t: Any) -> Any:
        x = _share(t, self.warmup, self.steps)
        falling = blend(self.peak, self.end, half_cosine(x))
        return np.where(t < self.warmup, _warm(self.peak, self.warmup, t), falling)

    @property
    def length(self) -> Any:
        return self.steps


@schedule(
    cite="devlin2019",
    year=2018,
    chapter=8,
    torch="SequentialLR(optimizer, [LinearLR(optimizer, 1 / warmup, 1.0, warmup - 1),"
    " LinearLR(optimizer, 1.0, end / peak, steps - warmup)], milestones=[warmup])",
    optax="join_schedules([linear_schedule(peak / warmup, peak, warmup - 1),"
    " linear_schedule(peak, end, steps - warmup)], [warmup])",
)
class WarmupLinear(Schedule):
    """Linear warm-up, then a straight line down, then constant.

    Equation: s(t) = peak * (t + 1) / warmup if t < warmup else peak * (1 - x) + end * x,
    with x = min((t - warmup) / (steps - warmup), 1).

    Parameters
    ----------
    peak, end : hyperparameter
        Largest value and the value from t = steps on, >= 0.
    warmup : int, or a sweep or slider of ints
        Steps of the warm-up, >= 0.
    steps : int, or a sweep or slider of ints
        Steps in all, > warmup.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    Hugging Face's get_linear_schedule_with_warmup starts at t / warmup, with a lost first step.
    Source: devlin2019 (10,000 of 1,000,000 steps of warm-up).

    Examples
    --------
    >>> WarmupLinear(1.0, 2, 6)(np.arange(8)).tolist()
    [0.5, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    peak: Hyper
    warmup: Any
    steps: Any
    end: Hyper = 0.0

    counts: ClassVar[dict[str, int]] = {"warmup": 0, "steps": 1}

    def __post_init__(self) -> None:
        super().__post_init__()
        _leave_room(self, "warmup")

    def value(self, t: Any) -> Any:
        falling = blend(self.peak, self.end, 1 - _share(t, self.warmup, self.steps))
        return np.where(t < self.warmup, _warm(self.peak, self.warmup, t), falling)

    @property
    def length(self) -> Any:
        return self.steps


@schedule(
    cite="hu2024",
    year=2024,
    chapter=8,
    torch="SequentialLR(optimizer, [LinearLR(optimizer, 1 / warmup, 1.0, warmup - 1),"
    " ConstantLR(optimizer, 1.0), LinearLR(optimizer, 1.0, end / peak, decay)],"
    " milestones=[warmup, steps - decay])",
    optax="join_schedules([linear_schedule(peak / warmup, peak, warmup - 1),"
    " constant_schedule(peak), linear_schedule(peak, end, decay)], [warmup, steps - decay])",
)
class WarmupStableDecay(Schedule):
    """Linear warm-up, a plateau at the peak, a straight line down over the last steps.

    Equation: s(t) = peak * (t + 1) / warmup if t < warmup else peak * (1 - x) + end * x,
    with x = min(max(t - (steps - decay), 0) / decay, 1).

    Parameters
    ----------
    peak, end : hyperparameter
        Largest value and the value from t = steps on, >= 0.
    warmup : int, or a sweep or slider of ints
        Steps of the warm-up, >= 0.
    decay : int, or a sweep or slider of ints
        Steps of the way down, >= 1.
    steps : int, or a sweep or slider of ints
        Steps in all, >= warmup + decay.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    The plateau can be prolonged without knowing the end beforehand, which a cosine does not allow.
    The paper (hu2024) leaves the shape of the decay open and uses an exponential one; a line is the
    common choice.

    Examples
    --------
    >>> WarmupStableDecay(1.0, warmup=2, decay=2, steps=6)(np.arange(8)).tolist()
    [0.5, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0]
    """

    peak: Hyper
    warmup: Any
    decay: Any
    steps: Any
    end: Hyper = 0.0

    counts: ClassVar[dict[str, int]] = {"warmup": 0, "decay": 1, "steps": 1}

    def __post_init__(self) -> None:
        super().__post_init__()
        _leave_room(self, "warmup", "decay")

    def value(self, t: Any) -> Any:
        falling = blend(self.peak, self.end, 1 - _share(t, self.steps - self.decay, self.steps))
        return np.where(t < self.warmup, _warm(self.peak, self.warmup, t), falling)

    @property
    def length(self) -> Any:
        return self.steps
