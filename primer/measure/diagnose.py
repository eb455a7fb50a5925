"""Which pattern a loss curve shows, why one thinks so, and what to try first."""

from __future__ import annotations

import dataclasses
import textwrap
from typing import Any

import numpy as np

from .. import check
from .cures import CURES
from .curve import LAST, Facts, follows

#: Fewer losses show no trend: the last part would have fewer than four.
SHORTEST = 10
#: An end above the start by the size of the start itself: no longer a bad step or two.
EXPLODED = 1.0
#: A fall by less than a tenth of the start is not what anyone trains for.
FALLEN = 0.1
#: The last part is flat if even its steepest likely trend changes the loss by less than a tenth.
FLAT = 0.1
#: Mini-batches scatter the loss by half its size or so; a scatter by a factor e is of the steps.
WILD = 1.0
#: So many swings up: fewer may be one bump.
SWINGS = 3


@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """The pattern of a loss curve, with reasons and cures; what `diagnose` returns.

    Attributes
    ----------
    pattern : str
        "exploding", "not decreasing", "oscillating", "plateau", "falling" or "cannot tell".
    reasons : tuple of str
        What was measured, and what the curve leaves open.
    cures : tuple of str
        What to try, the first first, and what to see if it was right.
    keys : tuple of str
        The cures' keys in the chart of chapter 10.
    """

    pattern: str
    reasons: tuple[str, ...]
    cures: tuple[str, ...]
    keys: tuple[str, ...]

    def __str__(self) -> str:
        why = [_indented("  because ", reason) for reason in self.reasons]
        cures = [_indented(f"  {i}. ", cure) for i, cure in enumerate(self.cures, 1)]
        return "\n".join([self.pattern, *why, *cures])


def _indented(head: str, text: str) -> str:
    """Lines that fit a page of the book."""
    return textwrap.fill(text, 79, initial_indent=head, subsequent_indent=" " * len(head))


def diagnose(
    losses: Any,
    *,
    rates: Any = None,
    norms: Any = None,
    chance: float | None = None,
    sampled: bool = False,
) -> Diagnosis:
    """Name the pattern of a loss curve, say why, and what to try first.

    Parameters
    ----------
    losses : array_like of float (n,)
        In their order, of steps or of epochs; NaN and infinity are allowed, they are a finding.
    rates, norms : array_like of float (n,), optional
        The learning rate and the gradient's norm where each loss was recorded. A rate that ended
        explains a plateau; tiny norms tell a flat place, spikes of the norm tell what to clip.
    chance : float, optional
        The loss of guessing, such as log K for K equally frequent classes.
    sampled : bool
        Whether each loss is of another mini-batch. Then swings like independent noise are taken for
        the noise of the batches and not for an oscillation.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError
        If losses are not a list of numbers, or rates, norms, chance or sampled do not fit.

    Notes
    -----
    A loss times a constant gets the same diagnosis; what counts as a small change is measured
    against the loss itself, so a loss plus a large constant looks flatter than it is. From the
    losses alone a rate that is too low, a dead net, wrong labels and a bug look alike, as do a
    training that is finished and one that is stuck: then the first cure is an experiment that
    tells them apart.

    Examples
    --------
    >>> found = diagnose([1.5 * 0.9**t for t in range(20)] + [0.2] * 40)
    >>> found.pattern, found.keys[0]
    ('plateau', 'decay')
    >>> diagnose([2.3, 2.9, 7.5, float("nan")]).reasons
    ('loss number 3 (counted from 0) is the first that is not finite',)
    """
    curve = _series("losses", losses)
    facts = Facts(curve, _along("rates", rates, curve), _along("norms", norms, curve), sampled)
    if chance is not None:
        check.number("chance", chance)
    if not isinstance(sampled, (bool, np.bool_)):
        raise check.refuse("sampled", sampled, "True or False")
    if not np.isfinite(curve).all():
        bad = int(np.argmin(np.isfinite(curve)))
        why = f"loss number {bad} (counted from 0) is the first that is not finite"
        return _named("exploding", [why], _burst(facts, known=bad > 0))
    if len(curve) < SHORTEST:
        why = f"{len(curve)} losses are too few for a trend: {SHORTEST} is the least"
        return _named("cannot tell", [why], ["record"])
    return _judged(facts, chance)


def _series(name: str, values: Any) -> np.ndarray:
    """A list of real numbers, one or more."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise check.refuse(name, values, "a list of numbers") from None
    if array.dtype.kind not in "iuf" or array.ndim != 1 or not array.size:
        raise check.refuse(name, values, "a list of at least one number, of shape (n,)")
    return array.astype(float)


def _along(name: str, values: Any, losses: np.ndarray) -> np.ndarray | None:
    """One number >= 0 for every loss, or None."""
    if values is None:
        return None
    array = _series(name, values)
    if len(array) != len(losses):
        raise ValueError(f"{name} must be as long as losses, {len(losses)}, got {len(array)}")
    if (array < 0).any():
        raise check.refuse(name, float(array.min()), "numbers >= 0")
    return array


def _judged(facts: Facts, chance: float | None) -> Diagnosis:
    """The pattern of a finite curve that is long enough."""
    slope, half, noise, rest = facts.trend()
    swings, fall = facts.swings(), facts.fall
    told = [
        f"the end is {abs(fall):.0%} {'below' if fall >= 0 else 'above'} the start",
        f"over the last {LAST:.0%} the loss changes by {_percent(slope)}"
        f" (between {_percent(slope - half)} and {_percent(slope + half)})",
        f"around that trend it scatters by {_percent(noise)[1:]}, with {swings} swings up",
    ]
    if facts.rise > EXPLODED:
        return _named("exploding", told, _burst(facts, known=True))
    white = abs(follows(rest)) < 2 / np.sqrt(len(rest)) and noise < WILD
    if swings >= SWINGS and not (facts.sampled and white):
        return _named("oscillating", told, ["steady", "batch", "clip"])
    if swings >= SWINGS:
        told.append("the swings look like the independent noise of mini-batches")
    guessed = chance is not None and facts.end * facts.unit > chance - 0.05 * abs(chance)
    if guessed:
        told.append(f"the end is no better than guessing, {chance:g}")
    if guessed or abs(fall) < FALLEN:
        return _named("not decreasing", told + _open(facts), _stuck(facts))
    return _last(facts, told, slope, half)


def _last(facts: Facts, told: list[str], slope: float, half: float) -> Diagnosis:
    """The pattern of a curve that has fallen (or risen) and does not swing: its last part."""
    if slope + half < 0 and slope < -FLAT:
        return _named("falling", told, ["tune"])
    if max(abs(slope - half), abs(slope + half)) < FLAT:
        left = "a finished training and a stuck one look alike: the first cure tells"
        return _named("plateau", [*told, *_rate(facts), left], _flat(facts))
    left = "that is neither flat nor clearly falling"
    return _named("cannot tell", [*told, left], ["record"])


def _named(pattern: str, reasons: list[str], keys: list[str]) -> Diagnosis:
    cures = tuple(str(CURES[key]) for key in keys)
    return Diagnosis(pattern, tuple(reasons), cures, tuple(keys))


def _burst(facts: Facts, known: bool) -> list[str]:
    """Cures of an explosion; one that is there from the first loss on is no matter of the rate."""
    if not known:
        return ["hunt", "start", "precise"]
    if facts.spikes:
        return ["clip", "lower", "hunt"]
    return ["lower", "clip", "hunt"]


def _stuck(facts: Facts) -> list[str]:
    """Cures of a loss that stays where it started."""
    if facts.tiny:
        return ["start", "probe", "overfit", "precise"]
    return ["probe", "overfit", "start", "precise"]


def _flat(facts: Facts) -> list[str]:
    """Cures of a loss that fell and stays: what the rate and the norms say decides the first."""
    if facts.ended:
        return ["longer", "tune"]
    if facts.tiny:
        return ["push", "network", "precise"]
    return ["decay", "push", "network", "precise"]


def _open(facts: Facts) -> list[str]:
    """What a loss that stays where it started leaves open."""
    if facts.tiny:
        return ["the gradient's norm is tiny: a flat place, or units that never change"]
    return ["a rate far too low, wrong labels and a bug look alike in the losses alone"]


def _rate(facts: Facts) -> list[str]:
    """What rates and norms say about a loss that is flat."""
    told = ["the rate had ended: a finished schedule"] if facts.ended else []
    if facts.tiny:
        told.append("the gradient's norm is tiny: a flat place or the minimum")
    elif facts.norms is not None and not facts.ended:
        told.append("the gradient's norm stays large: a noise floor, or saturated units")
    return told


def _percent(log: float) -> str:
    return f"{np.expm1(np.clip(log, -50, 20)):+.0%}"
