"""The checks of the chapter on Adam: right answers pass, near misses and trivial rules do not."""

import numpy as np
import pytest
from helpers import with_step

from primer import SGD, Adam, Momentum, RMSProp, power
from primer.exercise.adam import (
    check_eps_hat,
    check_first_step,
    check_long_step,
    check_matched,
    check_one_rate,
)

WITH, WITHOUT = [0.5, 1.5, 2.5, 3.5], [-0.5811, 0.4189, 1.4189, 2.4189]
GROWING = [0.0] * 200 + [(0.95 / 0.9) ** k for k in range(60)]
EPS = 0.01 / np.sqrt(0.001)


def moments(self, J, theta, state, squares=lambda g: g**2):
    g = J.grad(theta)
    m = self.beta1 * state["m"] + (1 - self.beta1) * g
    return m, self.beta2 * state["v"] + (1 - self.beta2) * squares(g)


def one(g):
    return (g**2).sum(axis=-1, keepdims=True)


class Shared(Adam):
    """The base of rules with one v."""

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta[..., :1]}


def shared(name, update, squares=one):
    def step(self, J, theta, state, t):
        m, v = moments(self, J, theta, state, squares)
        a, b = 1 - power(self.beta1, t + 1), 1 - power(self.beta2, t + 1)
        return theta - update(self, m, v, a, b), {"m": m, "v": v}

    return with_step(name, step, Shared)


def eps_hat(self, J, theta, state, t):
    m, v = moments(self, J, theta, state)
    a, b = 1 - power(self.beta1, t + 1), 1 - power(self.beta2, t + 1)
    return theta - self.lr * np.sqrt(b) / a * m / (np.sqrt(v) + self.eps), {"m": m, "v": v}


def eps_without_root(self, J, theta, state, t):
    m, v = moments(self, J, theta, state)
    a, b = 1 - power(self.beta1, t + 1), 1 - power(self.beta2, t + 1)
    return theta - self.lr * m / a / (np.sqrt(v / b) + self.eps / b), {"m": m, "v": v}


def eps_without_lr(self, J, theta, state, t):
    m, v = moments(self, J, theta, state)
    a, b = 1 - power(self.beta1, t + 1), 1 - power(self.beta2, t + 1)
    return theta - np.sqrt(b) / a * m / (np.sqrt(v) + self.eps), {"m": m, "v": v}


EpsHat = with_step("EpsHatOfTest", eps_hat, Adam)
OneRate = shared(
    "OneRateOfTest", lambda self, m, v, a, b: self.lr * (m / a) / (np.sqrt(v / b) + self.eps)
)


class Raises:
    def __init__(self, **fields):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("corrected", "uncorrected"),
    [
        (WITH, WITHOUT),
        (tuple(WITH), np.array(WITHOUT)),
        (np.float32(WITH), [round(x, 2) for x in WITHOUT]),
    ],
)
def test_the_first_step_is_accepted_in_every_form(corrected, uncorrected):
    assert check_first_step(corrected, uncorrected).right


@pytest.mark.parametrize(
    ("corrected", "uncorrected", "told"),
    [
        (WITHOUT, WITH, "ratio"),
        (WITH, WITH, "m, v"),
        (WITHOUT, WITHOUT, "ratio"),
        ([1.5, 2.5, 3.5, 4.5], WITHOUT, "ratio"),
        (0.5, WITHOUT, "with_correction"),
        (WITH, WITHOUT[:3], "without"),
        (WITH, [np.nan] * 4, "m, v"),
        (WITH, "no", "without"),
        (WITH, {}, "without"),
    ],
)
def test_a_wrong_first_step_is_told(corrected, uncorrected, told):
    found = check_first_step(corrected, uncorrected)
    assert not found.right
    assert told in found


@pytest.mark.parametrize(
    "beta1", [1 - np.sqrt(0.001), 0.9684, 0.96838, np.float32(0.968377), np.array(0.9684)]
)
def test_the_matched_decay_is_accepted(beta1):
    assert check_matched(beta1).right


@pytest.mark.parametrize(
    "beta1", [0.9, 0.968, 0.969, 0.97, 0.0316, 1, 0, -1, np.nan, np.inf, "x", [0.9684], {}, Adam]
)
def test_a_decay_that_does_not_match_is_refused(beta1):
    assert not check_matched(beta1).right


def test_a_near_miss_is_told_its_step():
    assert "1.012 η" in check_matched(0.968)


@pytest.mark.parametrize("make", [EpsHat, EpsHat(), lambda **fields: EpsHat(**fields)])
@pytest.mark.parametrize("eps", [EPS, 0.316, np.float32(0.3162)])
def test_the_other_epsilon_is_accepted(make, eps):
    assert check_eps_hat(make, eps).right


@pytest.mark.parametrize(
    ("make", "eps", "told"),
    [
        (EpsHat, 0.01, "root"),
        (EpsHat, 10, "root"),
        (EpsHat, 0.01 * np.sqrt(0.001), "root"),
        (EpsHat, np.nan, "my_eps"),
        (EpsHat, "x", "my_eps"),
        (Adam, EPS, "uncorrected"),
        (with_step("EpsSlip", eps_without_root, Adam), EPS, "uncorrected"),
        (with_step("EpsNoRate", eps_without_lr, Adam), EPS, "ignores lr"),
        (SGD, EPS, "TypeError"),
        (Raises, EPS, "RuntimeError"),
        (3, EPS, "TypeError"),
        ("EpsHat", EPS, "TypeError"),
        (dict, EPS, "Optimizer"),
    ],
)
def test_another_epsilon_is_told(make, eps, told):
    found = check_eps_hat(make, eps)
    assert not found.right
    assert told in found


@pytest.mark.parametrize(
    ("bound", "gradients"),
    [
        (1.165, GROWING),
        (np.float64(1.16496), np.array(GROWING)),
        (1.165, tuple(1e-6 * g for g in GROWING)),
        (1.165, [-g for g in GROWING]),
    ],
)
def test_a_longest_step_is_accepted(bound, gradients):
    assert check_long_step(bound, gradients).right


@pytest.mark.parametrize(
    ("bound", "gradients", "told"),
    [
        (1.165, [0.0] * 200 + [1.0], "38%"),
        (1.165, [1.0], "86%"),
        (1.0, GROWING, "bound"),
        (1.16, GROWING, "three decimals"),
        (7.27, GROWING, "bound"),
        (0.447, GROWING, "bound"),
        (1.165, [0.0] * 2000 + GROWING, "1000"),
        (1.165, [], "1000"),
        (1.165, 3, "1000"),
        (1.165, [np.nan], "Not yet"),
        (1.165, [0.0], "0%"),
        (1.165, ["x"], "Not yet"),
        (1.165, lambda: 1, "Not yet"),
        ([1.165], GROWING, "bound"),
    ],
)
def test_a_shorter_step_or_another_bound_is_told(bound, gradients, told):
    found = check_long_step(bound, gradients)
    assert not found.right
    assert told in found


@pytest.mark.parametrize("make", [OneRate, OneRate(), lambda **fields: OneRate(**fields)])
def test_one_rate_is_accepted(make):
    assert check_one_rate(make).right


def uncorrected(self, m, v, a, b):
    return self.lr * m / (np.sqrt(v) + self.eps)


def only_m(self, m, v, a, b):
    return self.lr * (m / a) / (np.sqrt(v) + self.eps)


def only_v(self, m, v, a, b):
    return self.lr * m / (np.sqrt(v / b) + self.eps)


def adam(self, m, v, a, b):
    return self.lr * (m / a) / (np.sqrt(v / b) + self.eps)


def no_lr(self, m, v, a, b):
    return 0.3 * (m / a) / (np.sqrt(v / b) + self.eps)


def whole_batch(g):
    return (g**2).sum() + 0 * g[..., :1]


def normalized(self, J, theta, state, t):
    g = J.grad(theta)
    return theta - self.lr * g / np.sqrt(one(g)), state


def normalized_momentum(self, J, theta, state, t):
    m, v = moments(self, J, theta, state, one)
    return theta - self.lr * m / (np.sqrt(one(m)) + self.eps), {"m": m, "v": v}


def descent(self, J, theta, state, t):
    return theta - 0.01 * J.grad(theta), state


def scaled_descent(self, J, theta, state, t):
    return theta - self.lr * J.grad(theta), state


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (Adam, "d numbers"),
        (shared("Bare", uncorrected), "3.16 η"),
        (shared("OnlyM", only_m), "31.62 η"),
        (shared("OnlyV", only_v), "0.10 η"),
        (shared("MeanSquare", adam, lambda g: (g**2).mean(-1, keepdims=True)), "1.41 η"),
        (shared("NoRate", no_lr), "lr"),
        (shared("WholeBatch", adam, whole_batch), "batch"),
        (with_step("Normalized", normalized, Shared), "one coordinate"),
        (with_step("NormalizedMomentum", normalized_momentum, Shared), "β₂"),
        (with_step("Descent", descent, Shared), "lr"),
        (with_step("ScaledDescent", scaled_descent, Shared), "1000 times"),
        (SGD, "TypeError"),
        (Momentum, "TypeError"),
        (RMSProp, "TypeError"),
        (Raises, "RuntimeError"),
        ("OneRate", "TypeError"),
        (np.nan, "TypeError"),
        (dict, "Optimizer"),
    ],
)
def test_a_rule_that_is_not_adam_with_one_rate_is_told(make, told):
    found = check_one_rate(make)
    assert not found.right
    assert told in found


@pytest.mark.parametrize(
    "found",
    [
        check_first_step(None, None),
        check_first_step(WITH, None),
        check_matched(None),
        check_eps_hat(EpsHat, None),
        check_long_step(None, GROWING),
        check_one_rate(None),
    ],
)
def test_nothing_given_is_neither_right_nor_wrong(found):
    assert found == "Not answered yet."
