"""Chapter 2's checks accept every right form, refuse near misses, and never crash."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from primer import Constant, Cosine, InverseSqrt, Schedule
from primer.exercise.sgd import (
    check_floor,
    check_knee,
    check_schedule,
    check_tenth,
    check_weights,
)


@dataclasses.dataclass(frozen=True, eq=False)
class Harmonic(Schedule):
    """initial / (t + 1)."""

    initial: float

    def value(self, t):
        return self.initial / (t + 1.0)


def raises(*_):
    raise RuntimeError("a reader's mistake")


def favorites(p):
    p /= p.sum()  # writes into what it was given
    return 1 / (1024 * p)


RIGHT = [
    (check_tenth, [3200]),
    (check_tenth, [3200.0]),
    (check_tenth, [np.int64(3200)]),
    (check_tenth, [np.array(3200)]),
    (check_weights, [lambda p: 1 / (len(p) * p)]),
    (check_weights, [lambda p: [1 / 1024 / each for each in p]]),
    (check_weights, [lambda p: np.mean(p) / p]),
    (check_weights, [favorites]),
    (check_knee, [17.33, 19.69, 24]),
    (check_knee, [17.3, 19.7, 24.0]),
    (check_knee, [17, 20, np.int64(24)]),
    (check_knee, [np.float64(225.3 / 13), 256 / 13, 24]),
    (check_floor, [0.04 / 1.02]),
    (check_floor, [0.0392]),
    (check_floor, [0.039]),
    (check_floor, [np.float32(0.0392)]),
    (check_schedule, [Harmonic(1.0)]),
    (check_schedule, [Harmonic(2.0)]),
    (check_schedule, [lambda t: 1 / (t + 1)]),
    (check_schedule, [Constant(0.1).then(Harmonic(1.0), after=100)]),
]

WRONG = [
    (check_tenth, [320]),
    (check_tenth, [3201]),
    (check_tenth, [3.2]),
    (check_weights, [lambda p: 1 / p]),
    (check_weights, [lambda p: len(p) * p]),
    (check_weights, [lambda p: 1 / np.sqrt(len(p) * p)]),
    (check_weights, [lambda p: 1 / p / np.sum(1 / p) * len(p)]),
    (check_weights, [lambda p: 1.01 / (len(p) * p)]),
    (check_knee, [20, 16, 24]),
    (check_knee, [17.33, 19.69, 24.3]),
    (check_knee, [17.33, 19.69, 25]),
    (check_knee, [17.33, 19.69, 20]),
    (check_knee, [19.69, 17.33, 24]),
    (check_knee, [17.6, 19.69, 24]),
    (check_floor, [0.04]),
    (check_floor, [0.02]),
    (check_floor, [0.01]),
    (check_floor, [-0.0392]),
    (check_floor, [2.5]),
    (check_schedule, [0.01]),
    (check_schedule, [Harmonic(0.3)]),
    (check_schedule, [InverseSqrt(0.5, 1)]),
    (check_schedule, [lambda t: 0.9 / (t + 1) ** 2]),
    (check_schedule, [Cosine(0.5, 2000)]),
    (check_schedule, [lambda t: -0.1]),
]

#: What the exercise starts from.
TRIVIAL = [
    (check_tenth, [32]),
    (check_weights, [lambda p: np.ones(len(p))]),
    (check_weights, [lambda p: p]),
    (check_knee, [20, 60, 128]),
    (check_floor, [0.0]),
    (check_schedule, [Constant(0.9)]),
    (check_schedule, [0.0]),
]

STRANGE = [
    "a string", "", [], [1, 2], {}, np.nan, np.inf, 1j, True, object(), raises, lambda t: "x",
    lambda t: None, lambda: 1, type, np.zeros((2, 3)), Fraction(1, 3), SystemError, lambda p: p[:3],
]  # fmt: skip
CHECKS = {check_tenth: 1, check_weights: 1, check_knee: 3, check_floor: 1, check_schedule: 1}


@pytest.mark.parametrize(("check", "answers"), RIGHT)
def test_right_answers_in_every_form_are_accepted(check, answers):
    told = check(*answers)
    assert told, told


@pytest.mark.parametrize(("check", "answers"), WRONG + TRIVIAL)
def test_wrong_answers_are_refused_with_a_hint(check, answers):
    told = check(*answers)
    assert not told
    assert len(told) > len("Not yet. ") + 10, told


@pytest.mark.parametrize("strange", STRANGE, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("check", CHECKS)
def test_whatever_is_given_a_verdict_comes_back(check, strange):
    told = check(*[strange] * CHECKS[check])
    assert not told
    assert told.startswith("Not yet")


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_answered_yet_is_said_so(check):
    assert check(*[None] * CHECKS[check]) == "Not answered yet."


def test_one_missing_number_is_not_answered_yet():
    assert check_knee(17.33, None, np.array([24, 25])) == "Not answered yet."


def test_the_hint_of_a_schedule_tells_a_short_way_from_much_noise():
    assert "way" in check_schedule(lambda t: 0.9 / (t + 1) ** 2)
    assert "noise" in check_schedule(0.1)
