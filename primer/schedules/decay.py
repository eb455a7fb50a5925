"""Schedules that start at their largest value and fall."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..exact import scaled_power
from ..hyper import Hyper
from ..registry import schedule
from .base import Schedule


def blend(start: Any, end: Any, weight: Any) -> Any:
    """From `start` (weight 1) to `end` (weight 0), exact at both."""
    return start * weight + end * (1 - weight)


@schedule(
    cite="robbins1951",
    year=1951,
    chapter=8,
    torch="ConstantLR(optimizer, factor=1.0)",
    optax="constant_schedule(rate)",
)
class Constant(Schedule):
    """The same value at every step.

    Equation: s(t) = rate.

    Parameters
    ----------
    rate : hyperparameter
        >= 0.

    Raises
    ------
    ValueError
        If rate is negative or not finite.

    Notes
    -----
    With a noisy gradient the loss settles at a floor in proportion to the rate: Robbins & Monro
    (robbins1951) need rates that fall. It has no end: ``Constant(0.1).then(s, after=100)``.

    Examples
    --------
    >>> Constant(0.1)(7), Constant(0.1)(np.array([0, 1])).tolist()
    (0.1, [0.1, 0.1])
    """

    rate: Hyper

    def value(self, t: Any) -> Any:
        return self.rate + 0.0 * t


@schedule(
    cite="krizhevsky2012",
    year=2012,
    chapter=8,
    torch="StepLR(optimizer, step_size=every, gamma=factor)",
    optax="exponential_decay(initial, transition_steps=every, decay_rate=factor, staircase=True)",
)
class StepDecay(Schedule):
    """Multiply by a factor every so many steps.

    Equation: s(t) = initial * factor ** floor(t / every).

    Parameters
    ----------
    initial : hyperparameter
        Value of the first `every` steps, >= 0.
    factor : hyperparameter
        > 0; 0.1 is common.
    every : int, or a sweep or slider of ints
        Steps between two drops, >= 1.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    Same as torch's StepLR. Krizhevsky et al. (krizhevsky2012) divided by 10 by hand when the
    validation error stopped falling; see `ReduceOnPlateau` for that. It has no end.

    Examples
    --------
    >>> StepDecay(1.0, 0.5, every=2)(np.arange(6)).tolist()
    [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    """

    initial: Hyper
    factor: Hyper
    every: Any

    domains: ClassVar[dict[str, str]] = {"factor": "positive"}
    counts: ClassVar[dict[str, int]] = {"every": 1}

    def value(self, t: Any) -> Any:
        return scaled_power(self.initial, self.factor, _integer(t // self.every))


@schedule(
    cite="senior2013",
    year=2013,
    chapter=8,
    torch="ExponentialLR(optimizer, gamma=factor)",
    optax="exponential_decay(initial, transition_steps=1, decay_rate=factor)",
)
class Exponential(Schedule):
    """Multiply by a factor at every step.

    Equation: s(t) = initial * factor**t.

    Parameters
    ----------
    initial : hyperparameter
        Value of step 0, >= 0.
    factor : hyperparameter
        > 0; below 1 it decays, above 1 it grows, as in a learning-rate range test.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    Same as torch's ExponentialLR. Source: senior2013. It has no end.

    Examples
    --------
    >>> Exponential(1.0, 0.5)(np.arange(4)).tolist()
    [1.0, 0.5, 0.25, 0.125]
    """

    initial: Hyper
    factor: Hyper

    domains: ClassVar[dict[str, str]] = {"factor": "positive"}

    def value(self, t: Any) -> Any:
        return scaled_power(self.initial, self.factor, _integer(t))


@schedule(
    cite="devlin2019",
    year=2018,
    chapter=8,
    torch="LinearLR(optimizer, start_factor=1.0, end_factor=end / start, total_iters=steps)",
    optax="linear_schedule(start, end, steps)",
)
class Linear(Schedule):
    """A straight line, then constant.

    Equation: s(t) = start * (1 - x) + end * x, with x = min(t / steps, 1).

    Parameters
    ----------
    start, end : hyperparameter
        Values at t = 0 and from t = steps on, >= 0; either may be the larger.
    steps : int, or a sweep or slider of ints
        Steps from start to end, >= 1.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    ``Linear(0, peak, n)`` starts at 0, as asked: step 0 moves nothing. The warm-ups of
    `WarmupCosine` and `WarmupLinear` start at peak / n. torch's LinearLR refuses to start at 0 or
    to rise above the optimizer's rate. As a decay to 0: devlin2019.

    Examples
    --------
    >>> Linear(0, 1.0, 4)(np.arange(6)).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]
    """

    start: Hyper
    end: Hyper
    steps: Any

    counts: ClassVar[dict[str, int]] = {"steps": 1}

    def value(self, t: Any) -> Any:
        return blend(self.start, self.end, 1 - np.minimum(t / self.steps, 1))

    @property
    def length(self) -> Any:
        return self.steps


def _integer(n: Any) -> Any:
    """A whole number as an integer, which `power` asks for; a traced one as it is."""
    return n if hasattr(n, "traced") else np.asarray(n).astype(int)[()]
