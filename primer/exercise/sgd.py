"""Chapter 2's exercises, judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import Verdict, verdict
from .judging import all_given

#: Examples in the chapter's data set.
N = 1024
#: What a step's overhead costs in exercise 3, in examples.
OVERHEAD = 30
#: The schedule of exercise 5: how far away it starts, its steps, the loss it must reach.
START, STEPS, GOAL = 30.0, 2000, 5e-4


def check_tenth(answer: Any) -> Verdict:
    """Judge the batch size of exercise 1."""
    hint = "The error falls like the root of B, not like B."
    return verdict(answer, 32 * 10**2, hint, tolerance=0)


def check_weights(answer: Any) -> Verdict:
    """Judge the weights of exercise 2 by an exact expectation, for random p and gradients."""
    rng = np.random.default_rng(1)

    def unbiased(weights: Any) -> bool:
        if not callable(weights):
            raise ValueError("weights must be a function of the array p, such as lambda p: ….")
        return all(_is_mean(weights, rng) for _ in range(3))

    hint = "The expectation of one weighted draw is the sum of p_i w_i g_i."
    return verdict(answer, unbiased, hint)


def _is_mean(weights: Any, rng: np.random.Generator) -> bool:
    p, gradients = rng.dirichlet(np.ones(N)), rng.standard_normal((N, 4))
    w = np.asarray(weights(p.copy()), dtype=float)
    if w.shape != p.shape:
        raise ValueError(f"there must be a weight for each of the {N} examples, got {w.shape}")
    return np.allclose((p * w) @ gradients, gradients.mean(0), rtol=1e-6)


def check_knee(fewest: Any, critical: Any, quickest: Any) -> Verdict:
    """Judge the three numbers of exercise 3."""
    return verdict(all_given(fewest, critical, quickest), _fits_both_runs)


def _fits_both_runs(answers: Any) -> bool:
    least, knee, size = (_number(answer) for answer in answers)
    # S(8) = 60 and S(128) = 20 are linear in S_min and S_min * B_crit
    right_least, product = np.linalg.solve([[1, 1 / 8], [1, 1 / 128]], [60, 20])
    right_knee = product / right_least
    if not (_rounded(least, right_least) and _rounded(knee, right_knee)):
        raise ValueError("divide the two equations S(8) = 60 and S(128) = 20.")
    if size != round(size):
        raise ValueError("a batch has a whole number of examples.")
    every = np.arange(1, N + 1)
    times = (1 + right_knee / every) * (OVERHEAD + every)
    if size != every[times.argmin()]:
        raise ValueError("the fastest size is a geometric mean of two numbers.")
    return True


def check_floor(answer: Any) -> Verdict:
    """Judge the rate of exercise 4 by the loss at which the noisy bowl settles."""

    def settles(lr: Any) -> bool:
        rate = _number(lr)
        if not 0 < rate < 2:
            raise ValueError("the rate must lie between 0 and 2, where the bowl is stable.")
        if rate == 0.04:
            raise ValueError("that is the approximation η/4; solve the exact formula.")
        return abs(rate / (2 * (2 - rate)) / 0.01 - 1) < 0.01

    return verdict(answer, settles, "Solve the formula of the noise floor for the rate.")


def check_schedule(answer: Any) -> Verdict:
    """Judge the schedule of exercise 5 by the expected loss, exactly, from step to step."""

    def arrives(lr: Any) -> bool:
        rates = [_number(lr(t) if callable(lr) else lr) for t in range(STEPS)]
        if min(rates) < 0:
            raise ValueError("a rate must not be negative.")
        way, noise = START**2, 0.0
        for rate in rates:
            way, noise = (1 - rate) ** 2 * way, (1 - rate) ** 2 * noise + rate**2
        if way / 2 >= GOAL:
            raise ValueError(f"at the end the way alone leaves a loss of {way / 2:.2g}.")
        if noise / 2 >= GOAL:
            raise ValueError(f"at the end the noise alone makes a loss of {noise / 2:.2g}.")
        return (way + noise) / 2 < GOAL

    return verdict(answer, arrives, "Large first, small later: see the two conditions.")


def _number(answer: Any) -> float:
    """A finite number, whatever form it has; refuses anything else."""
    array = np.asarray(answer)
    if array.size != 1 or array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise ValueError(f"a finite number is asked for, got {answer!r}")
    return float(array.reshape(()))


def _rounded(given: float, right: float) -> bool:
    """Whether a number is right to half a percent, or right when rounded to a whole one."""
    return abs(given - right) <= 0.005 * right or given == round(right)
