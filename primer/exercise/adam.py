"""Checks for the exercises of the chapter on Adam."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..measure import feed
from ..optimizer import Optimizer
from ..rules.adam import Adam
from . import Verdict, verdict
from .judging import Formula, all_given, gradients, number, numbers, takes_steps_of

__all__ = [
    "check_eps_hat", "check_first_step", "check_long_step", "check_matched", "check_one_rate",
]  # fmt: skip

#: Settings on which a reader's rule is judged, none of them the exercise's own.
SETTINGS = (
    {"lr": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 0.01},
    {"lr": 0.03, "beta1": 0.5, "beta2": 0.9, "eps": 0.3},
)


def check_first_step(corrected: Any, uncorrected: Any) -> Verdict:
    """Judge where four parameters stand after one step of either rule."""
    answer = all_given(corrected, uncorrected)
    theta, g = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 6.0, 7.0, 2.0])
    with_it, without = theta - 0.5 * np.sign(g), theta - 0.5 * 0.1 / np.sqrt(0.001) * np.sign(g)

    def right(given: Any) -> bool:
        numbers(given[0], "with_correction", with_it, "What is the ratio of m̂ to the root of v̂?")
        hint = "Write down m, v, and their ratio for one gradient."
        return numbers(given[1], "without", without, hint)

    return verdict(answer, right)


def check_matched(beta1: Any) -> Verdict:
    """Judge the decay with which the first step without correction has the length η."""

    def right(given: Any) -> bool:
        decay = number(given, "beta1")
        length = (1 - decay) / np.sqrt(1 - 0.999)
        if not 0.995 < length < 1.005:
            raise ValueError(f"With this β₁ the first step is {length:.3f} η long (β₂ = 0.999).")
        return True

    return verdict(beta1, right)


def check_eps_hat(make: Any, eps: Any) -> Verdict:
    """Judge a rule with ε on the uncorrected moment, and the ε that starts Adam alike."""

    def right(given: Any) -> bool:
        rule, eps = given
        _same_as(rule, _eps_hat, _fault_of_eps_hat)
        hint = "Compare the two denominators after one gradient: a root stands between ε̂ and ε."
        return numbers(eps, "my_eps", 0.01 / np.sqrt(0.001), hint)

    return verdict(all_given(make, eps), right)


def check_long_step(bound: Any, gradients: Any) -> Verdict:
    """Judge the bound for β₂ = 0.95, and gradients that come within 5% of it."""
    true = 0.1 / np.sqrt(0.05) / np.sqrt(1 - 0.81 / 0.95)

    def right(given: Any) -> bool:
        hint = "Put β₂ = 0.95 into the chapter's bound, and give three decimals."
        numbers(given[0], "bound", true, hint, 1e-3)
        fed = np.asarray(given[1], dtype=float)
        if fed.ndim != 1 or not 1 <= fed.size <= 1000:
            raise ValueError(f"gradients must be a list of 1 to 1000 numbers, got {fed.shape}")
        reached = np.abs(feed(Adam(lr=1.0, beta2=0.95), fed)).max() / true
        if not reached >= 0.95:
            raise ValueError(f"Your longest step has {reached:.0%} of the bound.")
        return True

    return verdict(all_given(bound, gradients), right)


def check_one_rate(make: Any) -> Verdict:
    """Judge a rule with one second moment for all coordinates of a run."""

    return verdict(make, lambda rule: _same_as(rule, _one_rate, _fault_of_one_rate))


def _made(make: Any, **settings: float) -> Optimizer:
    made = make.having(**settings) if isinstance(make, Optimizer) else make(**settings)
    if not isinstance(made, Optimizer):
        raise ValueError(f"my rule must be a class of Optimizer, got {make!r}")
    return made


def _same_as(make: Any, formula: Formula, fault: Callable[[Any], str]) -> bool:
    together = "In a batch the runs disturb each other: sum over the last axis only."
    made = functools.partial(_made, make)
    return takes_steps_of(formula, SETTINGS, made, lambda: fault(make), together)


def _moments(g: np.ndarray, squares: np.ndarray, beta1: float, beta2: float) -> Any:
    m, v = np.zeros_like(g[0]), np.zeros_like(squares[0])
    for n in range(1, len(g) + 1):
        m = beta1 * m + (1 - beta1) * g[n - 1]
        v = beta2 * v + (1 - beta2) * squares[n - 1]
        yield m, v, 1 - beta1**n, 1 - beta2**n


def _eps_hat(g: np.ndarray, lr: float, beta1: float, beta2: float, eps: float) -> np.ndarray:
    found = _moments(g, g**2, beta1, beta2)
    return np.array([-lr * np.sqrt(b) / a * m / (np.sqrt(v) + eps) for m, v, a, b in found])


def _one_rate(g: np.ndarray, lr: float, beta1: float, beta2: float, eps: float) -> np.ndarray:
    found = _moments(g, np.square(g).sum(-1, keepdims=True), beta1, beta2)
    return np.array([-lr * (m / a) / (np.sqrt(v / b) + eps) for m, v, a, b in found])


def _fault_of_eps_hat(make: Any) -> str:
    plain = dict(SETTINGS[0], eps=0.0)
    g = gradients(3)
    adam = feed(Adam(**plain), g)
    if not np.allclose(feed(_made(make, **plain), g), adam):
        return "With ε = 0 your rule must take the same steps as Adam, and it does not."
    if not np.allclose(feed(_made(make, **dict(plain, lr=0.1)), g), 0.1 * adam):
        return "Your rule ignores lr."
    return "With ε = 0 your rule is Adam. Is ε̂ added to the root of the uncorrected v?"


def _fault_of_one_rate(make: Any) -> str:
    """What separates a wrong rule from the right one, most telling first."""
    settings = dict(SETTINGS[0], eps=0.0)
    g, turn = gradients(2), np.array([[0.6, 0.8], [-0.8, 0.6]])
    steps = feed(_made(make, **settings), g)
    if not np.allclose(feed(_made(make, **settings), g @ turn), steps @ turn, rtol=1e-6):
        return "The path does not turn along. Which array has d numbers?"
    if not np.allclose(feed(_made(make, **dict(settings, lr=0.1)), g), 0.1 * steps):
        return "Your rule ignores lr."
    if not np.allclose(feed(_made(make, **settings), 1000 * g), steps, rtol=1e-6):
        return "A loss 1000 times as large changes the steps. What does your rule divide by?"
    if not np.isclose(length := np.linalg.norm(steps[0]), 1.0):
        return f"The first step is {length:.2f} η long, not η. Both corrections? A sum of squares?"
    if not np.allclose(feed(_made(make, **dict(settings, beta1=0.5)), g), steps) and np.allclose(
        feed(_made(make, **dict(settings, beta2=0.5)), g), steps
    ):
        return "Your rule ignores β₂. Where is the running average of the squared length?"
    return "It turns along, but it does not take Adam's steps where there is one coordinate."
