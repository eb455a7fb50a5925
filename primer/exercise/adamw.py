"""Checks of chapter 7: one step, a decay translated, resting places, turning, a spared bias."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..exact import power
from ..landscapes import quadratic
from ..objective import Objective
from ..optimizer import Optimizer
from ..rules.adam import Adam
from ..rules.adamw import AdamW
from ..running import run
from . import Verdict, verdict
from .judging import all_given

__all__ = [
    "Unscaled",
    "check_half", "check_one_step", "check_same_turn", "check_spared", "check_translate",
]  # fmt: skip


class Unscaled(AdamW):
    """AdamW whose decay does not follow its rate: what the chapter asks for on the page."""

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat = m / (1 - power(self.beta1, t + 1))
        v_hat = v / (1 - power(self.beta2, t + 1))
        theta = (1 - self.weight_decay) * theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
        return theta, {"m": m, "v": v}


def check_one_step(answer: Any) -> Verdict:
    """Judge where four parameters are after a step."""
    g = np.array([1.0, 6.0, 7.0, 2.0])
    plane = Objective(lambda theta: (g * theta).sum(-1), lambda theta: g + 0 * theta, dim=4)
    right = run(AdamW(lr=0.5, weight_decay=0.1), plane, [1.0, 2.0, 3.0, 4.0], 1).theta[1]
    return verdict(answer, right, "The decay sees θ, the step only the sign of g.")


def check_translate(before: Any, doubled: Any) -> Verdict:
    """Judge two values of `weight_decay`, before and after the rate is doubled."""
    right = [5e-5 / rate for rate in (5e-4, 1e-3)]
    return verdict(all_given(before, doubled), right, "The factor per step is 1 - ηλ.")


def check_half(lam_w: Any, lam_1: Any, lam_100: Any) -> Verdict:
    """Judge the λ that brings θ to rest at one half, for AdamW and twice for AdamL2."""
    theta, r = 0.5, 2.0
    decoupled = (1 - theta) / np.sqrt((1 - theta) ** 2 + r**2) / theta
    penalties = [s * (1 - theta) / theta for s in (1.0, 100.0)]
    hint = "Put θ = 0.5 into the two formulas for the resting place."
    return verdict(all_given(lam_w, lam_1, lam_100), [decoupled, *penalties], hint)


def check_same_turn(lam_w: Any, lam_apart: Any, lam_l2: Any) -> Verdict:
    """Judge the λ that keeps the angle per step at three times the rate, for three rules."""
    lam, factor = 0.1, 3.0
    right = [lam / factor, lam, lam / factor**2]
    hint = "Which power of η stands beside λ in each formula for the angle?"
    return verdict(all_given(lam_w, lam_apart, lam_l2), right, hint)


def check_spared(answer: Any) -> Verdict:
    """Judge a rule by its paths on quadratics of several sizes, alone and in a batch."""
    return verdict(answer, _spares_the_last, "Compare with Adam in the last coordinate.")


def _spares_the_last(answer: Any) -> bool:
    make = type(answer) if isinstance(answer, Optimizer) else answer
    return all(_spares(make, *case) for case in ((2, 0.1, 0.5), (4, 0.03, 2.0), (5, 0.01, 0.1)))


def _spares(make: Any, d: int, lr: float, decay: float) -> bool:
    start = np.stack([np.linspace(1.0, 2.0, d), np.linspace(-3.0, 1.5, d)])
    settings = {"lr": lr, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3}

    def path(method: Any) -> Any:
        return run(method, quadratic(np.geomspace(1, 20, d)), start, 30).theta

    adam = path(Adam(**settings))
    adamw = path(AdamW(**settings, weight_decay=decay))
    mine = path(make(**settings, weight_decay=decay))
    if np.allclose(mine, adamw):
        raise ValueError("the last coordinate decays like the others; write it without its decay")
    if np.allclose(mine, adam):
        raise ValueError("no coordinate decays; only the last is to be spared")
    if not np.allclose(mine[..., :-1], adamw[..., :-1]):
        raise ValueError("all coordinates but the last must move as AdamW moves them")
    return np.allclose(mine[..., -1], adam[..., -1])
