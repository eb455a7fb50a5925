"""The checks of the chapter on RMSProp: right answers pass; near misses, trivial rules do not."""

import numpy as np
import pytest
from helpers import with_step

from primer import SGD, AdaGrad, Adam, CenteredRMSProp, RMSProp, power
from primer.exercise.rmsprop import (
    check_corrected,
    check_first_two,
    check_graves,
    check_half_life,
    check_small_ones,
)

BETA = 0.5 ** (1 / 100)
HALF_LIFE = (BETA, 1 / (1 - BETA), (1 + BETA) / (1 - BETA))


class Raises:
    def __init__(self, **fields):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "answer",
    [
        HALF_LIFE,
        (0.99309, 144.8, 288.5),
        (0.9931, 145, 289),
        (np.float32(BETA), np.array(144.77), np.float64(288.54)),
    ],
)
def test_a_half_life_of_a_hundred_steps_is_accepted(answer):
    assert check_half_life(*answer).right


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((0.99, 100, 199), "β¹⁰⁰"),
        ((0.993, 144.8, 288.5), "four digits"),
        ((0.995, 200, 399), "β¹⁰⁰"),
        ((np.log(0.5) / 100, 144.8, 288.5), "β¹⁰⁰"),
        ((BETA, 100, 288.5), "memory"),
        ((BETA, 144.8, 144.8), "variance"),
        ((BETA, 144.8, 100), "variance"),
        ((BETA, 288.5, 144.8), "memory"),
        ((np.nan, 144.8, 288.5), "beta"),
        (("much", 144.8, 288.5), "beta"),
        ((BETA, [1, 2], 288.5), "memory"),
        ((BETA, 144.8, {}), "smooths_like"),
        ((Adam, 144.8, 288.5), "Not yet"),
    ],
)
def test_another_half_life_is_told(answer, told):
    found = check_half_life(*answer)
    assert not found.right
    assert told in found


@pytest.mark.parametrize(
    ("beta", "second"),
    [(0.75, 1.5119), (3 / 4, 4 / np.sqrt(7)), (np.float32(0.75), 1.51), (np.array(0.75), 1.512)],
)
def test_the_first_two_steps_are_accepted(beta, second):
    assert check_first_two(beta, second).right


@pytest.mark.parametrize(
    ("beta", "second", "told"),
    [
        (0.75, 2, "second"),
        (0.75, 1, "second"),
        (0.75, 1.4, "second"),
        (0.75, np.sqrt(2), "second"),
        (0.5, 1.155, "1.41 η"),
        (0.25, 1.5119, "1.15 η"),
        (0.9, 2.294, "3.16 η"),
        (1, 1.5119, "[0, 1)"),
        (-0.75, 1.5119, "[0, 1)"),
        (np.nan, 1.5119, "beta"),
        (0.75, np.inf, "second"),
        (0.75, "x", "second"),
        ([0.75], 1.5119, "beta"),
        ("much", 1.5119, "beta"),
    ],
)
def test_other_first_steps_are_told(beta, second, told):
    found = check_first_two(beta, second)
    assert not found.right
    assert told in found


@pytest.mark.parametrize("count", [808, 808.0, np.int64(808), np.array(808)])
def test_the_number_of_small_gradients_is_accepted(count):
    assert check_small_ones(count).right


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (807, "too few"),
        (807.1, "whole"),
        (809, "earlier"),
        (1500, "earlier"),
        (348, "too few"),
        (0, "10,000"),
        (-808, "10,000"),
        (10**9, "10,000"),
        (np.nan, "number"),
        (np.inf, "number"),
        ("many", "number"),
        ([808], "number"),
        (RMSProp, "number"),
        (10**400, "number"),
    ],
)
def test_another_number_of_small_gradients_is_told(count, told):
    found = check_small_ones(count)
    assert not found.right
    assert told in found


def made(name, step, base=RMSProp):
    return with_step(name, step, base)


def corrected_by(update, kept=lambda v, v_hat: v, seen=1):
    """A step from an update that sees the rule, the gradient, v, and the corrected v."""

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        v = self.beta * state["v"] + (1 - self.beta) * g**2
        v_hat = v / (1 - power(self.beta, t + seen))
        return theta - update(self, g, v, v_hat), {"v": kept(v, v_hat)}

    return step


def honest(self, g, v, v_hat):
    return self.lr * g / (np.sqrt(v_hat) + self.eps)


def lengthened(self, J, theta, state, t):
    """The same rule, written with a corrected rate."""
    g = J.grad(theta)
    v = self.beta * state["v"] + (1 - self.beta) * g**2
    root = np.sqrt(1 - power(self.beta, t + 1))
    return theta - self.lr * root * g / (np.sqrt(v) + self.eps * root), {"v": v}


Corrected = made("CorrectedOfTest", corrected_by(honest))


RIGHT_CORRECTED = [
    Corrected,
    Corrected(),
    Corrected(lr=3.0),
    made("Deeper", corrected_by(honest), Corrected),
    made("Lengthened", lengthened),
    lambda lr, beta, eps: Adam(lr=lr, beta1=0.0, beta2=beta, eps=eps),
    lambda **fields: Corrected(**fields),
]


@pytest.mark.parametrize("make", RIGHT_CORRECTED)
def test_a_corrected_average_is_accepted(make):
    assert check_corrected(make).right


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (RMSProp, "RMSProp as it stands"),
        (RMSProp(), "RMSProp as it stands"),
        (made("Off", corrected_by(honest, seen=2)), "1.38 η"),
        (made("Stored", corrected_by(honest, lambda v, v_hat: v_hat)), "bare v"),
        (
            made(
                "NoRoot", corrected_by(lambda self, g, v, v_hat: self.lr * g / (v_hat + self.eps))
            ),
            "state",
        ),
        (
            made("NoRate", corrected_by(lambda self, g, v, v_hat: g / (np.sqrt(v_hat) + self.eps))),
            "ignores lr",
        ),
        (
            made(
                "Inside",
                corrected_by(lambda self, g, v, v_hat: self.lr * g / np.sqrt(v_hat + self.eps)),
            ),
            "ε",
        ),
        (
            made("NoEps", corrected_by(lambda self, g, v, v_hat: self.lr * g / np.sqrt(v_hat))),
            "ε",
        ),
        (made("Sign", lambda self, J, theta, state, t: _sign(self, J, theta, state)), "beta"),
        (lambda lr, beta, eps: RMSProp(lr=lr, beta=0.9, eps=eps), "beta"),
        (lambda lr, beta, eps: Corrected(lr=lr, beta=beta**2, eps=eps), "state"),
        (lambda lr, beta, eps: Adam(lr=lr, beta2=beta, eps=eps), "state"),
        (lambda lr, beta, eps: SGD(lr=lr), "beta"),
        (lambda lr, beta, eps: AdaGrad(lr=lr, eps=eps), "beta"),
        (lambda lr, beta, eps: CenteredRMSProp(lr=lr, beta=beta, eps=eps), "η"),
        (made("NotFinite", lambda self, J, theta, state, t: (theta * np.nan, state)), "finite"),
        (SGD, "TypeError"),
        (Adam, "TypeError"),
        (Raises, "RuntimeError"),
        (dict, "Optimizer"),
        (3, "class of Optimizer"),
        (np.nan, "class of Optimizer"),
        ("Honest", "class of Optimizer"),
        ([Corrected], "class of Optimizer"),
    ],
)
def test_a_rule_without_the_right_correction_is_told(make, told):
    found = check_corrected(make)
    assert not found.right
    assert told in found


def _sign(self, J, theta, state):
    return theta - self.lr * np.sign(J.grad(theta)), state


def centered_by(update, slow=0.0):
    def step(self, J, theta, state, t):
        g = J.grad(theta)
        beta = self.beta + slow * (1 - self.beta)
        m = beta * state["m"] + (1 - beta) * g
        v = self.beta * state["v"] + (1 - self.beta) * g**2
        return theta - update(self, g, m, v), {"m": m, "v": v}

    return step


def inside(self, g, m, v):
    return self.lr * g / np.sqrt(v - m**2 + self.eps)


def outside(self, g, m, v):
    return self.lr * g / (np.sqrt(np.maximum(v - m**2, 0)) + self.eps)


def guarded(self, g, m, v):
    return self.lr * g / np.sqrt(np.maximum(v - m**2, 0) + self.eps)


def uncentered(self, g, m, v):
    return self.lr * g / np.sqrt(v + self.eps)


def averaged(self, g, m, v):
    return self.lr * m / np.sqrt(v - m**2 + self.eps)


def without_rate(self, g, m, v):
    return g / np.sqrt(v - m**2 + self.eps)


def bare_m(self, g, m, v):
    return self.lr * g / np.sqrt(np.abs(v - m) + self.eps)


def centered(name, update, slow=0.0):
    return made(name, centered_by(update, slow), CenteredRMSProp)


Graves = centered("GravesOfTest", inside)


@pytest.mark.parametrize(
    "make", [Graves, Graves(), centered("Guarded", guarded), lambda **fields: Graves(**fields)]
)
def test_the_form_of_graves_is_accepted(make):
    assert check_graves(make).right


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (CenteredRMSProp, "Where does ε stand"),
        (centered("Outside", outside), "Where does ε stand"),
        (centered("Uncentered", uncentered), "m²"),
        (centered("BareM", bare_m), "squared"),
        (centered("Averaged", averaged), "not m"),
        (centered("Slow", inside, slow=0.5), "same β"),
        (centered("NoRateAtAll", without_rate), "ignores lr"),
        (RMSProp, "RMSProp as it stands"),
        (lambda lr, beta, eps: Graves(lr=lr, eps=eps), "ignores beta"),
        (lambda lr, beta, eps: SGD(lr=lr), "beta"),
        (SGD, "TypeError"),
        (Raises, "RuntimeError"),
        (dict, "Optimizer"),
        (np.nan, "class of Optimizer"),
        ("Graves", "class of Optimizer"),
    ],
)
def test_another_form_is_told(make, told):
    found = check_graves(make)
    assert not found.right
    assert told in found


@pytest.mark.parametrize(
    "found",
    [
        check_half_life(None, None, None),
        check_half_life(BETA, None, 3),
        check_first_two(None, 1.5119),
        check_corrected(None),
        check_small_ones(None),
        check_graves(None),
    ],
)
def test_nothing_given_is_neither_right_nor_wrong(found):
    assert found == "Not answered yet."
