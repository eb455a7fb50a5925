"""Chapter 3's checks accept every right form, refuse near misses, and never crash."""

import numpy as np
import pytest
from helpers import readers_rule

from primer import SGD, Adam, Momentum, Nesterov, Optimizer
from primer.exercise.momentum import (
    check_pair,
    check_safe,
    check_terminal,
    check_translate,
    check_two_points,
)


@readers_rule
class TwoPoints(Optimizer):
    """The heavy ball from two positions."""

    lr: float = 0.01
    beta: float = 0.9

    def init(self, theta):
        return {"before": theta}

    def step(self, J, theta, state, t):
        return self.onward(J.grad(theta), theta, state["before"]), {"before": theta}

    def onward(self, g, theta, before):
        return theta - self.lr * g + self.beta * (theta - before)


@readers_rule
class OtherOrder(TwoPoints):
    """The same, with a field of its own and the memory first."""

    beta: float = 0.5
    lr: float = 0.3
    unused: float = 1.0


@readers_rule
class NoMemory(TwoPoints):
    """Ignores beta."""

    def onward(self, g, theta, before):
        return theta - self.lr * g


@readers_rule
class FixedRate(TwoPoints):
    """Ignores lr."""

    def onward(self, g, theta, before):
        return theta - 0.01 * g + self.beta * (theta - before)


@readers_rule
class FixedMemory(TwoPoints):
    """Ignores the beta it is given."""

    def onward(self, g, theta, before):
        return theta - self.lr * g + 0.9 * (theta - before)


@readers_rule
class Backward(TwoPoints):
    """A wrong sign."""

    def onward(self, g, theta, before):
        return theta - self.lr * g - self.beta * (theta - before)


@readers_rule
class FromZero(TwoPoints):
    """Begins as if the ball came from the origin."""

    def init(self, theta):
        return {"before": 0 * theta}


@readers_rule
class OfOneRun(TwoPoints):
    """Forgets that there may be several runs, or more than two coordinates."""

    def onward(self, g, theta, before):
        x, y = theta
        return np.array([x, y]) - self.lr * g + self.beta * (theta - before)


@readers_rule
class Raises(TwoPoints):
    """A reader's mistake."""

    def onward(self, g, theta, before):
        raise RuntimeError("a reader's mistake")


ROOT = np.sqrt(400)
BEST = [4 / (1 + ROOT) ** 2, ((ROOT - 1) / (ROOT + 1)) ** 2]

RIGHT = [
    *[(check_terminal, n) for n in (90, 90.0, np.int64(90), np.float32(90), np.array(90))],
    *[(check_translate, form([0.02, 1.0])) for form in (list, tuple, np.array)],
    (check_translate, [0.02, 1]),
    (check_two_points, TwoPoints),
    (check_two_points, OtherOrder),
    (check_two_points, lambda lr, beta: TwoPoints(lr, beta)),
    *[(check_pair, form(BEST)) for form in (list, tuple, np.array)],
    (check_pair, [0.00907, 0.8186]),
    *[(check_safe, form([0.1, 0.5])) for form in (list, tuple, np.array)],
    (check_safe, np.float32([0.1, 0.5])),
    (check_safe, [0.09, 0.5]),
]

WRONG = [
    *[(check_terminal, n) for n in (89, 91, 89.8, 90.2, 229, 60, 0.99, -90)],
    *[(check_translate, pair) for pair in ([0.02, 0.1], [0.002, 1.0], [1.0, 0.02], [0.005, 1.0])],
    *[(check_translate, pair) for pair in ([0.02, 10.0], [0.0203, 1.0], [0.1, 0.1])],
    *[(check_two_points, make) for make in (FixedRate, FixedMemory, Backward, FromZero, OfOneRun)],
    (check_two_points, Nesterov),
    *[(check_pair, pair) for pair in ([0.005, 0.9], [0.00907, 0.9], [0.00907, 0.81])],
    *[(check_pair, pair) for pair in ([0.0092, 0.8186], BEST[::-1], [2 / 401, 0])],
    *[(check_safe, pair) for pair in ([0.1, 0.6], [0.08, 0.3], [0.12, 0.5], [0.5, 0.1])],
]

TRIVIAL = [
    (check_terminal, 0),
    (check_terminal, 20),  # 1 / (1 − β)
    (check_translate, [0.1, 0.1]),
    (check_two_points, SGD),
    (check_two_points, NoMemory),
    (check_two_points, Momentum),
    (check_two_points, Adam),
    (check_pair, [0.0, 0.0]),
    (check_safe, [1 / 9, 4 / 9]),
]

CHECKS = [check_terminal, check_translate, check_two_points, check_pair, check_safe]
ODD = [
    "ninety", np.nan, [np.nan, np.nan], [], [1.0], [1.0, 2.0, 3.0], {}, {"lr": 0.1}, object(), 1j,
    np.inf, [0.1, np.inf], [-0.1, 0.5], [0.1, 1.0], TwoPoints(), Raises, int, print, [[0.1, 0.5]],
    [None, None], True,
]  # fmt: skip


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_a_right_answer_is_right_in_every_form(check, answer):
    assert check(answer) == "Right."


@pytest.mark.parametrize(("check", "answer"), WRONG + TRIVIAL)
def test_a_wrong_answer_gets_a_hint(check, answer):
    told = check(answer)
    assert not told.right
    assert len(told) > len("Not yet. ")


@pytest.mark.parametrize("check", CHECKS)
def test_whatever_is_given_a_verdict_comes_back(check):
    assert check(None) == "Not answered yet."
    for answer in ODD:
        assert not check(answer).right, answer


def test_a_rule_that_is_right_but_keeps_a_velocity_is_told_so():
    assert "previous position" in check_two_points(Momentum)


def test_a_pair_that_cycles_is_told_a_start():
    assert "started at" in check_safe([1 / 9, 4 / 9])
