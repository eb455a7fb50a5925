"""The checks of chapter 7: what is right passes, in every form; what is nearly right does not."""

import numpy as np
import pytest
from helpers import readers_rule

from primer import SGD, Adam, AdamL2, AdamW, Optimizer
from primer.exercise.adamw import (
    check_half,
    check_one_step,
    check_same_turn,
    check_spared,
    check_translate,
)


# Not entered in the registry by @rule: the tests of every rule would run on these.
class Spared(AdamW):
    def step(self, J, theta, state, t):
        last = np.arange(theta.shape[-1]) == theta.shape[-1] - 1
        new, state = Adam(self.lr, self.beta1, self.beta2, self.eps).step(J, theta, state, t)
        return new - self.lr * np.where(last, 0.0, self.weight_decay) * theta, state


@readers_rule
class Written(Optimizer):
    """The same from the ground up, with its fields in another order."""

    weight_decay: float = 0.01
    eps: float = 1e-8
    beta2: float = 0.999
    beta1: float = 0.9
    lr: float = 1e-3

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat, v_hat = m / (1 - self.beta1 ** (t + 1)), v / (1 - self.beta2 ** (t + 1))
        decay = np.append(np.ones(theta.shape[-1] - 1), 0) * self.weight_decay
        theta = theta - self.lr * (m_hat / (np.sqrt(v_hat) + self.eps) + decay * theta)
        return theta, {"m": m, "v": v}


class First(AdamW):
    def step(self, J, theta, state, t):
        new, state = Adam(self.lr, self.beta1, self.beta2, self.eps).step(J, theta, state, t)
        first = np.arange(theta.shape[-1]) == 0
        return new - self.lr * np.where(first, 0.0, self.weight_decay) * theta, state


class Fourth(AdamW):
    """Right for four coordinates only."""

    def step(self, J, theta, state, t):
        new, state = Adam(self.lr, self.beta1, self.beta2, self.eps).step(J, theta, state, t)
        fourth = np.arange(theta.shape[-1]) == 3
        return new - self.lr * np.where(fourth, 0.0, self.weight_decay) * theta, state


class PerStep(AdamW):
    """A decay that is not multiplied by the rate."""

    def step(self, J, theta, state, t):
        last = np.arange(theta.shape[-1]) == theta.shape[-1] - 1
        new, state = Adam(self.lr, self.beta1, self.beta2, self.eps).step(J, theta, state, t)
        return new - np.where(last, 0.0, self.weight_decay) * theta, state


class Penalized(AdamW):
    """A penalty on all but the last coordinate."""

    def step(self, J, theta, state, t):
        last = np.arange(theta.shape[-1]) == theta.shape[-1] - 1
        lam = np.where(last, 0.0, self.weight_decay)
        return AdamL2(self.lr, self.beta1, self.beta2, self.eps, lam).step(J, theta, state, t)


class Deaf(AdamW):
    """Ignores the rate it is told."""

    def step(self, J, theta, state, t):
        last = np.arange(theta.shape[-1]) == theta.shape[-1] - 1
        new, state = Adam(1e-3, self.beta1, self.beta2, self.eps).step(J, theta, state, t)
        return new - 1e-3 * np.where(last, 0.0, self.weight_decay) * theta, state


class Raises(AdamW):
    def step(self, J, theta, state, t):
        raise RuntimeError("not written yet")


def after(*, lr=0.5, decay=0.1, g=(1, 6, 7, 2)):
    theta = np.array([1.0, 2.0, 3.0, 4.0])
    return (1 - lr * decay) * theta - lr * np.sign(g)


RIGHT = [
    (check_one_step, ([0.45, 1.4, 2.35, 3.3],)),
    (check_one_step, ((0.45, 1.4, 2.35, 3.3),)),
    (check_one_step, (after(),)),
    (check_translate, (0.1, 0.05)),
    (check_translate, (np.float64(0.1), np.array(0.05))),
    (check_half, (0.485, 1, 100)),
    (check_half, (4.25**-0.5, 1.0, np.int64(100))),
    (check_same_turn, (0.1 / 3, 0.1, 0.1 / 9)),
    (check_same_turn, (0.0333, np.float32(0.1), 0.0111)),
    (check_spared, (Spared,)),
    (check_spared, (Spared(),)),
    (check_spared, (Written,)),
    (check_spared, (lambda **settings: Spared(**settings),)),
]
WRONG = [
    (check_one_step, ([0.5, 1.5, 2.5, 3.5],)),
    (check_one_step, ((after(decay=0) * 0.95),)),
    (check_one_step, (after(decay=0.01),)),
    (check_one_step, (after()[:3],)),
    (check_one_step, (after()[None],)),
    (check_translate, (0.1, 0.1)),
    (check_translate, (0.1, 0.2)),
    (check_translate, (5e-5, 5e-5)),
    (check_translate, (0.05, 0.1)),
    (check_half, (1, 1, 100)),
    (check_half, (0.485, 1, 1)),
    (check_half, (0.47, 1, 100)),
    (check_same_turn, (0.1, 0.1, 0.1)),
    (check_same_turn, (0.1 / 3, 0.1, 0.1 / 3)),
    (check_same_turn, (0.3, 0.1, 0.9)),
    (check_same_turn, (0.1 / 3, 0.1 / 3, 0.1 / 9)),
    *((check_spared, (make,)) for make in (First, Fourth, PerStep, Penalized, Deaf, Raises)),
]
TRIVIAL = [
    (AdamW, "the last coordinate decays like the others"),
    (Adam, "weight_decay"),
    (SGD, ""),
    (AdamL2, "all coordinates but the last"),
    (lambda weight_decay, **rest: Adam(**rest), "no coordinate decays"),
]
ASKED = [
    (check_one_step, 1), (check_translate, 2), (check_half, 3), (check_same_turn, 3),
    (check_spared, 1),
]  # fmt: skip
STRANGE = [
    "a word", "", np.nan, np.inf, [], [[1, 2], [3]], {}, object(), 1j, 10**400, print, type,
    np.zeros((2, 2)), lambda: None, lambda *a, **k: 1 / 0, b"x", True,
]  # fmt: skip


@pytest.mark.parametrize(("check", "answers"), RIGHT)
def test_a_right_answer_passes_in_every_form(check, answers):
    told = check(*answers)
    assert told.right, told


@pytest.mark.parametrize(("check", "answers"), WRONG)
def test_a_wrong_answer_is_told_why(check, answers):
    told = check(*answers)
    assert not told.right
    assert len(told) > len("Not yet. ")


@pytest.mark.parametrize(("make", "hint"), TRIVIAL)
def test_a_rule_that_does_not_spare_fails_with_a_hint(make, hint):
    told = check_spared(make)
    assert not told.right
    assert hint in told


@pytest.mark.parametrize(("check", "count"), ASKED)
def test_nothing_given_is_said_so(check, count):
    assert check(*[None] * count) == "Not answered yet."


@pytest.mark.parametrize("strange", STRANGE, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize(("check", "count"), ASKED)
def test_whatever_is_given_a_verdict_comes_back(check, count, strange):
    assert not check(*[strange] * count).right
