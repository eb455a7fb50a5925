"""The learning-rate range test: one run whose rate grows until the loss blows up."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .. import check
from ..objective import Objective, Through
from ..optimizer import Optimizer
from ..running import run
from ..schedules import Exponential


@dataclasses.dataclass(frozen=True, eq=False)
class RangeTest:
    """What `range_test` returns.

    Attributes
    ----------
    rates : ndarray (steps,)
        The rates tried, in equal ratios.
    losses, smoothed : ndarray (steps, *batch)
        ``losses[k]`` is the loss after the step with ``rates[k]``.
    steepest : ndarray (*batch,)
        The middle rate of that tenth of the run over which the smoothed loss falls most, before
        `blowup`; NaN where it never falls. A first guess for a constant rate; a schedule may peak
        higher.
    blowup : ndarray (*batch,)
        The first rate whose smoothed loss is not finite or too large: above `limit` times the best
        so far; where that best lies below 0, above it by `limit` - 1 times its distance from 0 or
        from the start's loss, whichever is more. Infinity where there is none. Stay well below it.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    steepest: np.ndarray
    blowup: np.ndarray


class _Current(Through):
    """J as each step sees it: the loss recorded at step t is that of step t's mini-batch."""

    def over(self, J: Objective) -> Objective:
        return _Current(J)

    def at(self, t: Any) -> Objective:
        return self.J.at(t)

    def watch(self, theta: Any, t: Any) -> Any:
        return self.J.at(t)(theta)


def range_test(
    rule: Optimizer,
    J: Objective,
    theta0: Any,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 100,
    *,
    smooth: float = 0.8,
    limit: float = 4.0,
    seed: int | None = None,
) -> RangeTest:
    """Learning-rate range test (Smith 2017): `steps` steps with a rate that grows from low to high.

    Equation: lr_k = low * (high / low)^(k / (steps - 1)); the smoothed loss is the weighted mean of
    the losses up to k with weights smooth^(k - i).

    Parameters
    ----------
    rule : Optimizer
        Any rule with an lr, which is replaced; wrappers may hold it. Other fields may be swept.
    J : Objective
        With mini-batches (`J.batches`), the loss after a step is that of the next mini-batch.
    theta0 : array_like of float (*batch, d)
    low, high : float
        First and last rate, 0 < low < high.
    steps : int
        Rates tried, >= 3.
    smooth : float
        In [0, 1); 0 for a deterministic J, up to 0.95 for small mini-batches.
    limit : float
        What counts as blowing up, > 1; see `RangeTest.blowup`.
    seed : int, optional
        As for `run`.

    Returns
    -------
    RangeTest

    Raises
    ------
    ValueError
        If an argument is outside its range, or the rule has no lr.

    Notes
    -----
    Smith (smith2017) raises the rate on a line and reads off accuracy; growth in equal ratios and
    the loss are the later habit. Each rate gets one step, from where the rates before it led, so
    the result is a guess: a run of its own decides.

    Examples
    --------
    >>> from primer import SGD
    >>> from primer.landscapes import quadratic
    >>> found = range_test(SGD(), quadratic([1.0]), [1.0], 1e-3, 1e3, 61, smooth=0.0)
    >>> found.rates[[0, 30, 60]].round(6).tolist()
    [0.001, 1.0, 1000.0]
    >>> bool(2.0 < found.blowup < 10.0), bool(found.steepest < 2.0)
    (True, True)
    """
    if not isinstance(J, Objective):
        raise check.refuse("J", J, "an Objective; Objective(f) makes one from a function")
    for name, value in (("low", low), ("high", high)):
        check.number(name, value, "positive")
        if np.ndim(value):
            raise check.refuse(name, value, "one number")
    if not low < high:
        raise check.refuse("high", high, f"above low = {low}")
    check.number("smooth", smooth, "decay")
    check.number("limit", limit, "positive")
    if not limit > 1:
        raise check.refuse("limit", limit, "above 1")
    growth = Exponential(low, (high / low) ** (1 / (check.count("steps", steps, 3) - 1)))
    tried = run(_with_rate(rule, growth), _Current(J), theta0, steps, seed=seed)
    smoothed = _smoothed(tried.loss, smooth)
    rates = growth(np.arange(steps))
    return RangeTest(rates, tried.loss[1:], smoothed[1:], *_read(rates, smoothed, limit))


def _with_rate(rule: Any, lr: Any) -> Any:
    if hasattr(rule, "rule"):
        return rule.having(rule=_with_rate(rule.rule, lr))
    if not isinstance(rule, Optimizer) or not hasattr(rule, "lr"):
        raise check.refuse("rule", rule, "an Optimizer instance with an lr, such as Adam()")
    return rule.having(lr=lr)


def _smoothed(losses: np.ndarray, smooth: float) -> np.ndarray:
    total, weight, rows = np.zeros_like(losses[0]), 0.0, []
    with np.errstate(all="ignore"):
        for loss in losses:
            total, weight = smooth * total + loss, smooth * weight + 1
            rows.append(total / weight)
    return np.stack(rows)


def _read(rates: np.ndarray, smoothed: np.ndarray, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Steepest fall and blow-up; `smoothed` has the start in front."""
    width = max(1, len(rates) // 10)
    best = np.fmin.accumulate(smoothed)
    with np.errstate(all="ignore"):
        lost = ~np.isfinite(smoothed[1:]) | (smoothed[1:] > _ceiling(best[:-1], limit))
        fall = smoothed[:-width] - smoothed[width:]
    alive = ~np.logical_or.accumulate(lost)[width - 1 :]
    blowup = np.where(lost.any(0), rates[lost.argmax(0)], np.inf)
    fall = np.where(alive, fall, -np.inf)
    rounding = 1e-14 * np.abs(smoothed[0])
    steepest = np.where(fall.max(0) > rounding, rates[fall.argmax(0) + width // 2], np.nan)
    return steepest[()], blowup[()]


def _ceiling(best: np.ndarray, limit: float) -> np.ndarray:
    """What counts as blown up after the best losses so far, the start's in front."""
    depth = np.maximum(-best, best[0] - best)
    return np.where(best < 0, best + (limit - 1) * depth, limit * best)
