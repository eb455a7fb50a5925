"""The exercises of the chapter on debugging."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..landscapes import quadratic
from ..measure import FORMATS
from ..objective import Objective, Varying
from ..optimizer import Optimizer
from ..rules.clip import Clip
from ..rules.momentum import Momentum
from ..rules.sgd import SGD
from ..running import run
from ..schedules import Exponential
from . import Verdict, verdict
from .judging import all_given, number, numbers

#: Exercise 1: what each of the four curves is.
PATTERNS = {
    "I": "exploding",
    "II": "plateau",
    "III": "oscillating",
    "IV": "not decreasing",
}
#: Exercise 2: the curvatures, and the memory of the heavy ball.
CURVATURES, MEMORY = (0.5, 4.0), 0.8
#: Exercise 3: two weights.
WEIGHTS = (0.375, 3.0)
#: Exercise 4: where the gradient breaks, and in how many steps the run is over.
BAD_STEP, BAD_COORDINATE, SIZE = 83, 7, 12


def check_patterns(answer: Any) -> Verdict:
    """Exercise 1: the names of four curves."""
    return verdict(answer, _names_fit)


def check_stable(sgd: Any, momentum: Any) -> Verdict:
    """Exercise 2: the largest rates at which a run does not explode."""
    right = 2 / max(CURVATURES), 2 * (1 + MEMORY) / max(CURVATURES)
    hints = "Which direction explodes first?", "For which ηa is a solution z equal to −1?"
    names = "the rate of SGD", "the rate of Momentum"
    return verdict(all_given(sgd, momentum), lambda given: _each(given, names, right, hints))


def check_lost(small: Any, large: Any) -> Verdict:
    """Exercise 3: the largest updates that rounding to nearest loses."""
    right = [gap(weight) / 2 for weight in WEIGHTS]
    hint = "How far away is the next number that has eight binary digits?"
    names = [f"at the weight {weight}" for weight in WEIGHTS]
    return verdict(all_given(small, large), lambda given: _each(given, names, right, [hint] * 2))


def check_fault(step: Any, coordinate: Any) -> Verdict:
    """Exercise 4: where the gradient of `broken` goes wrong."""
    return verdict(all_given(step, coordinate), lambda given: _found(*given))


def check_angle(answer: Any) -> Verdict:
    """Exercise 5: a function of a gradient and a threshold."""
    return verdict(answer, _turns)


@functools.cache
def unknown() -> dict[str, np.ndarray]:
    """The four losses of exercise 1, at each of 200 steps.

    Examples
    --------
    >>> {name: len(loss) for name, loss in unknown().items()}
    {'I': 201, 'II': 201, 'III': 201, 'IV': 201}
    """
    steep, start = quadratic([0.5, 10.0]), np.array([4.0, 1e-3])
    round_, far = quadratic([0.2, 1.0]), np.array([4.0, 2.0])
    runs = {
        "I": (SGD(lr=0.206), steep, start),
        "II": (SGD(lr=Exponential(0.2, 0.95)), round_, far),
        "III": (Momentum(lr=0.1, beta=0.97), round_, far),
        "IV": (SGD(lr=1e-4), round_, far),
    }
    return {name: run(*each, 200).loss for name, each in runs.items()}


def broken() -> tuple[Optimizer, Objective, np.ndarray]:
    """A rule, an objective, and a start, for `run`: the run of exercise 4.

    Examples
    --------
    >>> rule, J, theta = broken()
    >>> run(rule, J, theta, 200).diverged.item()
    True
    """
    bowl = quadratic(np.linspace(0.1, 1.0, SIZE))
    fault = np.where(np.arange(SIZE) == BAD_COORDINATE, np.nan, 0.0)
    faulty = Objective(bowl, lambda theta: bowl.grad(theta) + fault, dim=SIZE)
    J = Varying(lambda t: faulty if t == BAD_STEP else bowl, dim=SIZE)
    return Clip(SGD(lr=0.05), norm=1.0), J, np.ones(SIZE)


def gap(weight: float) -> float:
    """The distance from a weight to the next larger number of bfloat16.

    Examples
    --------
    >>> gap(1.0)
    0.0078125
    """
    return float(2.0 ** math.floor(math.log2(abs(weight))) * FORMATS["bfloat16"].epsilon)


def _each(given: Any, names: Any, right: Any, hints: Any) -> bool:
    return all(numbers(*part) for part in zip(given, names, right, hints, strict=True))


def _names_fit(given: Any) -> bool:
    if isinstance(given, Mapping):
        given = [given[key] for key in PATTERNS]
    named = [str(name).strip().lower().replace("_", " ") for name in list(given)]
    if len(named) != len(PATTERNS) or isinstance(given, str):
        raise ValueError("give four names, in the order of the curves")
    for name in named:
        if name not in PATTERNS.values():
            raise ValueError(f"{name!r} is none of {', '.join(sorted(PATTERNS.values()))}")
    wrong = [key for key, name in zip(PATTERNS, named, strict=True) if PATTERNS[key] != name]
    if wrong:
        raise ValueError(f"look again at {' and '.join(wrong)}, from the first step to the last")
    return True


def _found(step: Any, coordinate: Any) -> bool:
    at, which = number(step, "the step"), number(coordinate, "the coordinate")
    if at == BAD_STEP + 1:
        raise ValueError("θ is bad there, but which step made it? Step t leads from θ_t to θ_t+1")
    if at != BAD_STEP:
        raise ValueError("that is not the step: where is the first row of θ that is not finite?")
    if which != BAD_COORDINATE:
        raise ValueError("the step is right. Now look at the gradient, before it is clipped")
    return True


def _turns(angle: Any) -> bool:
    if not callable(angle):
        raise ValueError(f"a function of g and c is asked for, got {type(angle).__name__}")
    draw = np.random.default_rng(3)
    for d in (2, 3, 50):
        for c in (0.01, 0.5, 1.0, 100.0):
            g = draw.standard_normal(d)
            right, found = _angle(g, c), number(angle(g.copy(), c), "the angle")
            if abs(found - np.deg2rad(right)) < 1e-3 < right:
                raise ValueError("in degrees, please")
            if abs(found - right) > 0.01:
                told = f"at g = {g.round(2)}, c = {c}" if d < 4 else f"in {d} dimensions"
                raise ValueError(f"{told} it gives {found:.4g}. The cosine is a·b / (‖a‖ ‖b‖)")
    return True


def _angle(g: np.ndarray, c: float) -> float:
    """The angle between a gradient and itself with every value cut at c, in degrees."""
    cut = np.clip(g, -c, c)
    cosine = g @ cut / (np.linalg.norm(g) * np.linalg.norm(cut))
    return float(np.degrees(np.arccos(min(1.0, cosine))))
