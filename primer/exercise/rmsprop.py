"""Checks for the exercises of the chapter on RMSProp."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..measure import feed
from ..optimizer import Optimizer
from ..rules.rmsprop import RMSProp
from . import Verdict, verdict
from .judging import Formula, all_given, gradients, number, numbers, takes_steps_of

__all__ = [
    "check_corrected", "check_first_two", "check_graves", "check_half_life", "check_small_ones",
]  # fmt: skip

#: Settings on which a reader's rule is judged, none of them the exercise's own.
SETTINGS = (
    {"lr": 1.0, "beta": 0.9, "eps": 0.01},
    {"lr": 0.03, "beta": 0.6, "eps": 0.3},
)


def check_half_life(beta: Any, memory: Any, smooths_like: Any) -> Verdict:
    """Judge a β, its memory, and how many numbers its average smooths like."""
    decay = 0.5 ** (1 / 100)

    def right(given: tuple[Any, ...]) -> bool:
        hint = "Solve β¹⁰⁰ = ½, and give four digits."
        numbers(number(given[0], "beta"), "beta", decay, hint, 5e-5)
        numbers(given[1], "memory", 1 / (1 - decay), "Put β into 1 / (1 - β).")
        hint = "The variance of the average decides here, not the age of what is in it."
        return numbers(given[2], "smooths_like", (1 + decay) / (1 - decay), hint)

    return verdict(all_given(beta, memory, smooths_like), right)


def check_first_two(beta: Any, second: Any) -> Verdict:
    """Judge the β whose first step is two η long, and its second step."""

    def right(given: tuple[Any, ...]) -> bool:
        decay = number(given[0], "beta")
        if not 0 <= decay < 1:
            raise ValueError(f"beta must lie in [0, 1), got {decay:g}.")
        first, next_one = -feed(RMSProp(lr=1.0, beta=decay, eps=0.0), [1.0, 1.0])
        if abs(first - 2) > 0.01:
            raise ValueError(f"With this β the first step is {first:.2f} η long.")
        return numbers(given[1], "second", next_one, "After n gradients v = (1 - βⁿ) g².")

    return verdict(all_given(beta, second), right)


def check_corrected(make: Any) -> Verdict:
    """Judge a rule whose mean square is divided by the sum of its weights."""
    return verdict(make, lambda rule: _same_as(rule, _corrected, _fault_of_corrected))


def check_small_ones(count: Any) -> Verdict:
    """Judge how many small gradients make the step long again, by counting them."""

    def right(given: Any) -> bool:
        count = number(given, "small_ones")
        if count != round(count):
            raise ValueError("Gradients are counted: give a whole number.")
        steps = np.abs(feed(RMSProp(lr=1.0, beta=0.99), [100.0] * 5000 + [1.0] * 2000))[5000:]
        if count < 1 or count > len(steps):
            raise ValueError("v must fall from 10,000 to 4.")
        length = steps[int(count) - 1]
        if length < 0.5:
            raise ValueError(f"After that many the step is {length:.4f} η long: too few.")
        return count == 1 + (steps >= 0.5).argmax()

    return verdict(count, right, "An earlier step is half an η long already.")


def check_graves(make: Any) -> Verdict:
    """Judge a centered rule with ε inside the root."""
    return verdict(make, lambda rule: _same_as(rule, _graves, _fault_of_graves))


def _made(make: Any, **settings: float) -> Optimizer:
    if isinstance(make, Optimizer):
        return make.having(**settings)
    made = make(**settings) if callable(make) else make
    if not isinstance(made, Optimizer):
        raise ValueError(f"the answer must be a class of Optimizer, got {make!r}")
    return made


def _steps(make: Any, settings: dict[str, float], d: int = 2) -> np.ndarray:
    return feed(_made(make, **settings), gradients(d))


def _same_as(make: Any, formula: Formula, fault: Callable[[Any], str]) -> bool:
    together = "In a batch, the runs disturb each other. Work coordinate by coordinate."
    made = functools.partial(_made, make)
    return takes_steps_of(formula, SETTINGS, made, lambda: fault(make), together)


def _averages(g: np.ndarray, beta: float) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """m, v and the sum of their weights after each gradient."""
    m, v = np.zeros_like(g[0]), np.zeros_like(g[0])
    for n, now in enumerate(g, 1):
        m, v = beta * m + (1 - beta) * now, beta * v + (1 - beta) * now**2
        yield m, v, 1 - beta**n


def _plain(g: np.ndarray, lr: float, beta: float, eps: float) -> np.ndarray:
    found = zip(g, _averages(g, beta), strict=True)
    return np.array([-lr * now / (np.sqrt(v) + eps) for now, (_, v, _) in found])


def _corrected(g: np.ndarray, lr: float, beta: float, eps: float) -> np.ndarray:
    found = zip(g, _averages(g, beta), strict=True)
    return np.array([-lr * now / (np.sqrt(v / weight) + eps) for now, (_, v, weight) in found])


def _graves(g: np.ndarray, lr: float, beta: float, eps: float) -> np.ndarray:
    found = zip(g, _averages(g, beta), strict=True)
    return np.array([-lr * now / np.sqrt(v - m**2 + eps) for now, (m, v, _) in found])


def _fault_in_settings(make: Any) -> str:
    """What is wrong with the way a rule uses its rate or its memory; empty if nothing is."""
    settings = SETTINGS[0]
    steps = _steps(make, settings)
    if not np.isfinite(steps).all():
        return "Some of its steps are not finite numbers."
    if not np.allclose(_steps(make, settings | {"lr": 0.1}), 0.1 * steps, rtol=1e-6):
        return "Your rule ignores lr, or does not only multiply by it."
    if np.allclose(_steps(make, settings | {"beta": 0.5}), steps, rtol=1e-6):
        return "Your rule ignores beta. Where is the running average?"
    if np.allclose(steps, _plain(gradients(2), **settings), rtol=1e-6):
        return "These are the steps of RMSProp as it stands."
    return ""


def _fault_of_corrected(make: Any) -> str:
    if fault := _fault_in_settings(make):
        return fault
    without = {"lr": 1.0, "beta": 0.9, "eps": 0.0}
    if np.allclose(_steps(make, without), _corrected(gradients(2), **without), rtol=1e-6):
        return (
            "With ε = 0 it is right. Add ε to the corrected root, outside of it, as RMSProp does."
        )
    length = np.abs(feed(_made(make, **without), [1.0, 1.0]))
    if abs(length[0] - 1) > 0.001:
        return (
            f"The first step is {length[0]:.2f} η long, not η. How many gradients has step t seen?"
        )
    if abs(length[1] - 1) > 0.001:
        return f"The second step is {length[1]:.2f} η long, not η. Keep the bare v in the state."
    return "The step for a constant gradient is right; others are not. Which v is in the state?"


def _fault_of_graves(make: Any) -> str:
    if fault := _fault_in_settings(make):
        return fault
    without = {"lr": 1.0, "beta": 0.9, "eps": 0.0}
    if np.allclose(_steps(make, without), _graves(gradients(2), **without), rtol=1e-6):
        return "With ε = 0 it is right. Where does ε stand?"
    limit = np.abs(feed(_made(make, **SETTINGS[0]), np.ones(300)))[-1]
    if limit < 5:
        return "For a constant gradient its steps must grow to g η/√ε. Is m² taken away from v?"
    return (
        "Its steps differ. Is m squared? Do m and v have the same β? Does g, not m, make the step?"
    )
