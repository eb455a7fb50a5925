"""What a contest of rules says: usable rates, steps to a target, and who is tied with the best."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy  # its parts load when they are first asked for

from .. import check


def usable_band(rates: Any, losses: Any, within: float = 0.1) -> tuple[float, float]:
    """The rates around the best one whose loss is nearly as good.

    Between two rates the loss is taken to be linear in the rate's logarithm.

    Parameters
    ----------
    rates : array_like of float (r,)
        Positive and rising, r >= 2.
    losses : array_like of float (r,) or (r, s)
        Loss at every rate, positive; of s seeds the median counts. A run that diverged has the
        loss inf, and the band ends at the last rate before it.
    within : float
        How much larger than the least a loss may be, as a share of it, >= 0.

    Returns
    -------
    low, high : float
        Ends of the band; an end at the first or last rate says only that it reaches so far. Both
        are nan where no rate has a finite loss.

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Examples
    --------
    >>> low, high = usable_band([0.01, 0.1, 1.0, 10.0], [2.0, 1.0, 1.2, np.inf])
    >>> round(low, 4), round(high, 4)
    (0.0794, 0.3162)
    """
    rate, loss = _curve("rates", rates, losses, least=2)
    loss = loss if loss.ndim == 1 else np.median(loss, axis=1)
    check.number("within", within, "rate")
    if not np.isfinite(loss.min()):
        return np.nan, np.nan
    limit = (1 + within) * loss.min()
    best = int(loss.argmin())
    ends = [_reach(np.log(rate), loss, best, way, limit) for way in (-1, 1)]
    return float(np.exp(ends[0])), float(np.exp(ends[1]))


def _reach(place: Any, loss: Any, best: int, way: int, limit: float) -> float:
    """How far from the best the loss stays under the limit, walking one way."""
    at = best
    while 0 <= at + way < len(loss) and loss[at + way] <= limit:
        at += way
    if not 0 <= at + way < len(loss) or not np.isfinite(loss[at + way]):
        return float(place[at])
    share = (limit - loss[at]) / (loss[at + way] - loss[at])
    return float(place[at] + share * (place[at + way] - place[at]))


@dataclasses.dataclass(frozen=True)
class StepsToTarget:
    """How many steps a rule needs to reach a target.

    Attributes
    ----------
    steps : float
        The smallest budget that suffices; inf if none does.
    p : float
        The one-sided p-value at that budget; at the last one if none suffices.
    n : int
        Number of runs behind it.

    Examples
    --------
    >>> found = steps_to_target([100, 200], [[0.5, 0.6], [0.45, 0.55]], target=0.4)
    >>> found.steps, found.n
    (inf, 2)
    """

    steps: float
    p: float
    n: int


def steps_to_target(budgets: Any, losses: Any, target: Any, level: float = 0.01) -> StepsToTarget:
    """The smallest budget whose final losses have, on average, reached the target.

    Each budget is a training of its own, with its own schedule down to its end. It suffices if a
    one-sided t-test rejects, at this level, that the mean loss is at or above the target.

    Parameters
    ----------
    budgets : array_like of int (b,)
        Numbers of steps, positive and rising.
    losses : array_like of float (b, n)
        Final losses of n >= 2 independent runs at every budget; inf where a run diverged, and
        such a budget does not suffice.
    target : float or array_like of float (n,)
        The loss to reach, for all runs or for each: what another rule reached with the same data,
        start and order of the mini-batches makes the test one of pairs.
    level : float
        Largest p-value that counts, in [0, 1).

    Returns
    -------
    StepsToTarget

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Notes
    -----
    The budgets are tested one after the other, without a correction for their number.

    Examples
    --------
    >>> found = steps_to_target([100, 200], [[0.5, 0.6, 0.5], [0.3, 0.31, 0.3]], target=0.4)
    >>> found.steps, round(found.p, 4), found.n
    (200.0, 0.0006, 3)
    """
    check.number("target", target)
    check.number("level", level, "decay")
    budget, loss = _curve("budgets", budgets, losses, least=1)
    if loss.ndim != 2 or loss.shape[1] < 2:
        raise check.refuse("losses", loss.shape, "of shape (b, n) with n >= 2 runs")
    if np.shape(target) not in ((), loss.shape[1:]):
        raise check.refuse("target", target, f"a number, or {loss.shape[1]} of them, one per run")
    p = np.array([_below(row - np.asarray(target)) for row in loss])
    enough = np.flatnonzero(p < level)
    at = int(enough[0]) if enough.size else len(p) - 1
    steps = float(budget[at]) if enough.size else np.inf
    return StepsToTarget(steps, float(p[at]), loss.shape[1])


def _below(above: np.ndarray) -> float:
    """p-value of the hypothesis that the mean is at least 0."""
    if not np.isfinite(above).all():
        return 1.0
    if np.ptp(above) == 0:
        return float(above[0] >= 0)
    return float(scipy.stats.ttest_1samp(above, 0.0, alternative="less").pvalue)


def tied(losses: Mapping[str, Any], level: float = 0.05) -> list[str]:
    """The rule with the least mean loss, and all that these runs cannot tell from it.

    A t-test of paired differences compares each of the others with the best; Holm's correction
    allows for their number.

    Parameters
    ----------
    losses : dict of str to array_like of float (n,)
        Final losses of n >= 2 runs of every rule; run i of all rules shares its seed: data, start
        and order of the mini-batches. A rule with a run that diverged (inf) is never tied.
    level : float
        How often, in [0, 1), a rule that is as good may be told from the best by chance.

    Returns
    -------
    list of str
        The best first, then the others in the order of their means.

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Notes
    -----
    The best is chosen on the same runs, which favors it a little; two rules tied with it need not
    be tied with each other. Source of the correction: holm1979.

    Examples
    --------
    >>> tied({"A": [1.0, 1.1, 0.9], "B": [1.0, 1.2, 0.9], "C": [3.0, 3.1, 2.9]})
    ['A', 'B']
    """
    check.number("level", level, "decay")
    samples = _samples(losses)
    order = sorted(samples, key=lambda name: samples[name].mean())
    p = {name: _differ(samples[order[0]], samples[name]) for name in order[1:]}
    told: set[str] = set()
    for name in sorted(p, key=lambda other: p[other]):
        if p[name] * (len(p) - len(told)) > level:
            break
        told.add(name)
    return [name for name in order if name not in told]


def _samples(losses: Any) -> dict[str, np.ndarray]:
    if not isinstance(losses, Mapping) or not losses:
        raise check.refuse("losses", losses, "a dict of final losses by name")
    samples = {name: np.asarray(sample, dtype=float) for name, sample in losses.items()}
    for name, sample in samples.items():
        if sample.ndim != 1 or sample.size < 2 or np.isnan(sample).any():
            allowed = "at least two numbers, none of them nan"
            raise check.refuse(f"losses[{name!r}]", losses[name], allowed)
    if len({sample.size for sample in samples.values()}) > 1:
        sizes = {name: sample.size for name, sample in samples.items()}
        raise check.refuse("losses", sizes, "runs in pairs: as many of every rule")
    return samples


def _differ(best: np.ndarray, other: np.ndarray) -> float:
    if not (np.isfinite(best).all() and np.isfinite(other).all()):
        return 0.0
    apart = other - best
    if np.ptp(apart) == 0:
        return float(apart[0] == 0)
    return float(scipy.stats.ttest_1samp(apart, 0.0).pvalue)


def _curve(name: str, places: Any, losses: Any, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Places that rise, and the loss or the losses at each."""
    check.number(name, places, "positive")
    place, loss = np.asarray(places, dtype=float), np.asarray(losses, dtype=float)
    if place.ndim != 1 or len(place) < least or (np.diff(place) <= 0).any():
        raise check.refuse(name, places, f"at least {least} numbers that rise")
    if loss.ndim not in (1, 2) or len(loss) != len(place) or 0 in loss.shape:
        raise check.refuse("losses", loss.shape, f"{len(place)} losses, one per entry of {name}")
    if np.isnan(loss).any():
        raise check.refuse("losses", losses, "numbers, inf where a run diverged")
    return place, loss
