"""The exercises of the chapter on choosing an optimizer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import Verdict, verdict
from .judging import all_given, number

#: Exercise 1: decades that are usable, decades that are searched, and the confidence asked for.
USABLE, SEARCHED, SURE = 0.6, 6.0, 0.95
#: Exercise 2: how many trials there are.
TRIALS = 3
#: Exercise 3: mean and standard deviation of the paired differences.
DIFFERENCE, SPREAD = 0.008, 0.02
#: Exercise 4: what a usable rate may lose.
WITHIN = 0.1
#: Exercise 5: what is wrong with each report.
FAULTS = {"a": "budget", "b": "seeds", "c": "edge", "d": "moment", "e": "tie"}

#: Loss at thirteen rates from 1e-5 to 10, half a power of ten apart: digits, 200 steps.
_LOSSES = {
    "SGD": (2.30, 2.30, 2.30, 2.29, 2.29, 2.26, 2.12, 1.73, 0.98, 0.38, 0.18, 1.92, 2.30),
    "Nesterov": (2.30, 2.29, 2.28, 2.26, 2.12, 1.74, 1.00, 0.39, 0.17, 0.12, 0.48, 2.30, 2.30),
    "Adam": (2.30, 2.29, 2.27, 2.14, 1.73, 0.91, 0.30, 0.14, 0.13, 0.26, 1.17, 2.30, 2.30),
    "Lion": (2.29, 2.28, 2.25, 2.05, 1.49, 0.56, 0.17, 0.31, 0.68, 1.50, 2.30, 2.30, 2.30),
}


def trial_losses() -> dict[str, np.ndarray]:
    """The table of exercise 2: a loss for each of thirteen rates, for four rules.

    Examples
    --------
    >>> {name: losses.shape for name, losses in trial_losses().items()}
    {'SGD': (13,), 'Nesterov': (13,), 'Adam': (13,), 'Lion': (13,)}
    """
    return {name: np.array(losses) for name, losses in _LOSSES.items()}


def check_trials(answer: Any) -> Verdict:
    """Exercise 1: how many draws hit the band almost surely."""
    right = math.ceil(math.log(1 - SURE) / math.log(1 - USABLE / SEARCHED))
    hint = "All n draws miss with the probability (1 − q)ⁿ. Draws are whole: round up."
    return verdict(answer, lambda n: number(n, "trials") == right, hint)


def check_best_of_three(answer: Any) -> Verdict:
    """Exercise 2: the rule with the least expected loss, and that loss."""
    return verdict(_none_missing(answer), _best_of_three)


def check_runs(answer: Any) -> Verdict:
    """Exercise 3: how many pairs of runs show a difference."""
    least = 7.85 * (SPREAD / DIFFERENCE) ** 2
    # the exact t-test asks for two pairs more than the normal formula
    fits = {math.ceil(least), math.ceil(least) + 1, math.ceil(least) + 2}
    hint = "Put mean and spread of the differences into the formula for n, and round up."
    return verdict(answer, lambda n: number(n, "runs") in fits, hint)


def check_width(answer: Any) -> Verdict:
    """Exercise 4: the width of the band of usable rates, on fresh curves."""
    return verdict(answer, _measures_the_band)


def check_faults(answer: Any) -> Verdict:
    """Exercise 5: the fault of each of five reports."""
    return verdict(answer, _finds_the_faults)


def expected_best(losses: Any, trials: int) -> float:
    """Expected least loss of some draws with replacement.

    Examples
    --------
    >>> expected_best([1.0, 3.0], 1), expected_best([1.0, 3.0], 2)
    (2.0, 1.5)
    """
    rising = np.sort(np.asarray(losses, dtype=float))
    left = np.arange(len(rising), -1, -1) / len(rising)
    return float((left[:-1] ** trials - left[1:] ** trials) @ rising)


def _none_missing(answer: Any) -> Any:
    """None while a part of a pair is missing."""
    pair = isinstance(answer, (tuple, list)) and len(answer) == 2
    return all_given(*answer) if pair else answer


def _best_of_three(answer: Any) -> bool:
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise ValueError(f"answer must be a pair, a name and a loss, got {answer!r}")
    name, loss = answer
    expected = {rule: expected_best(each, TRIALS) for rule, each in _LOSSES.items()}
    if not isinstance(name, str) or name not in expected:
        raise ValueError(f"the name must be one of {', '.join(expected)}, got {name!r}")
    if name != min(expected, key=lambda rule: expected[rule]):
        raise ValueError(f"another rule has a lower expected loss after {TRIALS} trials")
    given = number(loss, "the loss")
    told = "weigh the sorted losses with pᵢ, for thirteen rates and three trials"
    if abs(given - expected[name]) > 0.005 * expected[name]:
        raise ValueError(f"the rule is right, the loss is not: {told}")
    return True


def _measures_the_band(width: Any) -> bool:
    if not callable(width):
        raise ValueError(f"a function of rates and losses is asked for, got {type(width).__name__}")
    for rates, losses, fault in _curves():
        found = number(width(rates.copy(), losses.copy()), "the width")
        low, high = _band(losses)
        if abs(found - np.log10(rates[high] / rates[low])) > 1e-6:
            raise ValueError(fault)
    return True


def _band(losses: np.ndarray) -> tuple[int, int]:
    """First and last index of the usable rates around the best one."""
    good = losses <= (1 + WITHIN) * losses.min()
    low = high = int(losses.argmin())
    while low > 0 and good[low - 1]:
        low -= 1
    while high + 1 < len(good) and good[high + 1]:
        high += 1
    return low, high


def _curves() -> list[tuple[np.ndarray, np.ndarray, str]]:
    """Rates, losses, and what to say where the width is wrong."""
    tenths = 10.0 ** np.arange(-5, 2)
    simple = np.array([2.0, 1.5, 1.05, 1.0, 1.08, 1.4, 2.0])
    blown_up = np.array([2.0, 1.5, 1.05, 1.0, 1.08, np.inf, np.inf])
    two_dips = np.array([1.05, 1.3, 1.02, 1.0, 1.3, 1.06, 2.0])
    at_edge = np.array([2.0, 1.8, 1.6, 1.4, 1.2, 1.04, 1.0])
    alone = np.array([2.0, 1.8, 0.5, 1.4, 1.2, 1.3, 1.5])
    quarter = 10.0 ** (np.arange(-8, 5) / 4)
    fine = 1 + 0.05 * (np.arange(13) - 5.2) ** 2
    return [
        (tenths, simple, "width is log₁₀(highest / lowest) of the rates within 10% of the best"),
        (tenths, 0.01 * simple, "within 10% means 1.1 times the least loss, whatever that is"),
        (quarter, fine, "the rates may be closer together than a power of ten"),
        (tenths, blown_up, "a run that diverged has the loss inf and is not usable"),
        (tenths, two_dips, "count only rates around the best one, without a gap between them"),
        (tenths, at_edge, "the best rate may be the last one tried"),
        (tenths, alone, "a single usable rate makes a band of width 0"),
    ]


def _finds_the_faults(answer: Any) -> bool:
    if not isinstance(answer, Mapping) or set(answer) != set(FAULTS):
        raise ValueError(f"answer must be a dict with the keys {', '.join(FAULTS)}, got {answer!r}")
    words = {key: str(word).strip().lower() for key, word in answer.items()}
    unknown = sorted(set(words.values()) - set(FAULTS.values()))
    if unknown:
        raise ValueError(f"each fault is one of {', '.join(FAULTS.values())}, got {unknown[0]!r}")
    wrong = [key for key in FAULTS if words[key] != FAULTS[key]]
    if wrong:
        raise ValueError(f"{len(wrong)} of {len(FAULTS)} are not right yet; each fault occurs once")
    return True
