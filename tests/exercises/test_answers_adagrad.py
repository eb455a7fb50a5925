"""Chapter 4's checks accept every right form, refuse near misses, and never crash."""

from fractions import Fraction

import numpy as np
import pytest
from helpers import readers_rule

from primer import SGD, AdaGrad, Adam, Momentum, Optimizer, RMSProp
from primer.exercise import adagrad
from primer.exercise.adagrad import (
    check_distance,
    check_eps,
    check_first_step,
    check_forgetful,
    check_word,
)


@readers_rule
class Forgetful(AdaGrad):
    """AdaGrad with a sum that fades."""

    beta: float = 0.99

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        G = self.beta * state["G"] + g**2
        return theta - self.lr * g / (np.sqrt(G) + self.eps), {"G": G}


@readers_rule
class Fading(Optimizer):
    """The same from nothing, with the fields the other way round and ε inside."""

    beta: float = 0.99
    lr: float = 0.01

    def init(self, theta):
        return {"sum": np.zeros_like(theta)}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        new = self.beta * state["sum"] + g * g
        return theta - self.lr * g / np.sqrt(new + 1e-12), {"sum": new}


def made(lr, beta=0.99):
    return Forgetful(lr=lr, beta=beta)


@readers_rule
class Averaging(Forgetful):
    """A mean instead of a sum."""

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        G = self.beta * state["G"] + (1 - self.beta) * g**2
        return theta - self.lr * g / (np.sqrt(G) + self.eps), {"G": G}


@readers_rule
class Late(Forgetful):
    """Divides by the sum before this gradient."""

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        step = self.lr * g / (np.sqrt(state["G"]) + 1e-3)
        return theta - step, {"G": self.beta * state["G"] + g**2}


@readers_rule
class Common(Forgetful):
    """One sum for all coordinates."""

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        G = self.beta * state["G"] + (g**2).sum(-1, keepdims=True)
        return theta - self.lr * g / (np.sqrt(G) + self.eps), {"G": G}


@readers_rule
class Raising(Forgetful):
    """Raises."""

    def step(self, J, theta, state, t):
        raise RuntimeError("a reader's mistake")


def raises(*_, **__):
    raise RuntimeError("a reader's mistake")


STARTED = [0.8492, 0.5233, 0.5002]

RIGHT = [
    (check_first_step, [[0.5, 0.5, 0.5], STARTED]),
    (check_first_step, [(0.5, 0.5, 0.5), np.array(STARTED)]),
    (check_first_step, [np.full(3, 0.5), [0.849, 0.523, 0.500]]),
    (check_first_step, [[Fraction(1, 2)] * 3, STARTED]),
    (check_distance, [200]),
    (check_distance, [198.5]),
    (check_distance, [np.float32(198.54)]),
    (check_distance, [sum(1 / np.sqrt(n) for n in range(1, 10_001))]),
    (check_eps, [0.0021]),
    (check_eps, [0.11**2 - 0.1**2]),
    (check_eps, [np.array(0.0021)]),
    (check_eps, [Fraction(21, 10_000)]),
    (check_word, ["you"]),
    (check_word, [" You"]),
    (check_word, [np.str_("you")]),
    (check_forgetful, [Forgetful]),
    (check_forgetful, [Fading]),
    (check_forgetful, [made]),
    (check_forgetful, [lambda lr, beta=0.99: Fading(beta, lr)]),
]

WRONG = [
    (check_first_step, [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]),
    (check_first_step, [STARTED, [0.5, 0.5, 0.5]]),
    (check_first_step, [[0.95, 0.5, -4.0], STARTED]),
    (check_first_step, [[0.5, 0.5, 0.5], [0.1508, 0.4767, 0.4998]]),
    (check_first_step, [[0.5, 0.5], STARTED]),
    (check_first_step, [0.5, STARTED]),
    (check_first_step, [[0.5, 0.5, 0.5], [0.85, 0.53, 0.50]]),
    (check_distance, [10_000]),
    (check_distance, [100]),
    (check_distance, [196]),
    (check_distance, [201]),
    (check_distance, [-198.5]),
    (check_distance, [float("inf")]),
    (check_eps, [0.0001]),
    (check_eps, [0.1]),
    (check_eps, [0.01]),
    (check_eps, [0.002]),
    (check_eps, [-0.0021]),
    (check_eps, ["0.0021"]),
    (check_eps, [[0.0021, 0.0021]]),
    (check_word, ["the"]),
    (check_word, ["seraph"]),
    (check_word, ["thee"]),
    (check_word, ["sputnik"]),
    (check_word, [["you"]]),
    (check_word, [7]),
    (check_forgetful, [Averaging]),
    (check_forgetful, [Late]),
    (check_forgetful, [Common]),
    (check_forgetful, [Raising]),
    (check_forgetful, [raises]),
    (check_forgetful, [Forgetful(lr=0.1)]),
    (check_forgetful, [lambda lr, beta=0.9: Forgetful(lr=lr, beta=beta)]),
    (check_forgetful, [lambda lr, beta=0.99: 7]),
]

TRIVIAL = [
    (lambda lr, beta=0.99: AdaGrad(lr=lr), "never forgets"),
    (lambda lr, beta=0.99: SGD(lr=lr), "path"),
    (lambda lr, beta=0.99: Momentum(lr=lr, beta=beta), "path"),
    (lambda lr, beta=0.99: Adam(lr=lr), "path"),
    (lambda lr, beta=0.99: Forgetful(lr=0.3, beta=beta), "path"),
    (lambda lr, beta=0.99: Forgetful(lr=lr), "path"),
    (lambda lr, beta=0.99: RMSProp(lr=lr, beta=beta), "factor"),
    (Averaging, "factor"),
    (AdaGrad, "beta"),
    (Forgetful(), "class itself"),
]

ANYTHING = ["words", b"", float("nan"), [], {}, object(), np.zeros((2, 2)), raises, AdaGrad, 1j]
CHECKS = {
    check_first_step: 2, check_distance: 1, check_eps: 1, check_word: 1, check_forgetful: 1,
}  # fmt: skip


@pytest.mark.parametrize(("check", "answers"), RIGHT)
def test_a_right_answer_is_right_in_every_form(check, answers):
    assert check(*answers) == "Right."


@pytest.mark.parametrize(("check", "answers"), WRONG)
def test_a_wrong_answer_gets_a_reason(check, answers):
    told = check(*answers)
    assert not told
    assert told.startswith("Not yet")


@pytest.mark.parametrize(("answer", "reason"), TRIVIAL)
def test_the_rule_one_starts_from_is_told_what_it_lacks(answer, reason):
    told = check_forgetful(answer)
    assert not told
    assert reason in told


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("answer", ANYTHING, ids=lambda a: type(a).__name__)
def test_whatever_is_given_a_verdict_comes_back(check, answer):
    assert check(*[answer] * CHECKS[check]).startswith("Not yet")


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_given_is_not_answered(check):
    assert check(*[None] * CHECKS[check]) == "Not answered yet."


def test_half_an_answer_is_none():
    assert check_first_step([0.5, 0.5, 0.5], None) == "Not answered yet."


def test_one_word_alone_is_odd():
    words, frequency, _ = adagrad._rates()
    often = [word for word, count in zip(words, frequency, strict=True) if count >= 600]
    assert [word for word in often if check_word(word)] == ["you"]
