"""Chapter 3's exercises, judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..landscapes import cycle, quadratic, ravine, rosenbrock
from ..rules.momentum import Momentum
from ..running import run
from . import Verdict, verdict

#: The memory of exercise 1.
MEMORY = 0.95
#: What the training of exercise 2 uses, and the memory that it is to have.
RATE, BEFORE, AFTER = 0.1, 0.9, 0.98
#: Curvatures of the ravine in exercise 4 and of the trap in exercise 5, and the slowest answer.
LONG, LONG_LIMIT = (1.0, 400.0), 0.906
TRAP, TRAP_LIMIT = (1.0, 25.0), 0.75


def check_terminal(answer: Any) -> Verdict:
    """Judge the number of steps of exercise 1."""
    right = int(np.ceil(np.log(0.01) / np.log(MEMORY)))
    return verdict(answer, right, "What is missing after n steps is the part βⁿ.", tolerance=0)


def check_translate(answer: Any) -> Verdict:
    """Judge the two rates of exercise 2."""
    effective = RATE / (1 - BEFORE)
    hint = "Both come from the effective rate η / (1 − β) of the original training."
    return verdict(answer, [effective * (1 - AFTER), effective], hint)


def check_two_points(make: Any) -> Verdict:
    """Judge the rule of exercise 3 by its runs on several landscapes, and by its state."""

    def right(make: Any) -> bool:
        if not callable(make):
            raise ValueError("give the class itself, without calling it.")
        return all(_same_run(make, *setting) for setting in _settings())

    return verdict(make, right, "The runs differ from Momentum's. What is θ₋₁?")


def check_pair(answer: Any) -> Verdict:
    """Judge the pair of exercise 4 by the eigenvalues at both ends."""
    hint = "The formulas for the best pair need the smallest and the largest curvature."
    return verdict(answer, lambda pair: _fast(pair, LONG, LONG_LIMIT), hint)


def check_safe(answer: Any) -> Verdict:
    """Judge the pair of exercise 5 by the eigenvalues, and by a run from every start."""

    def right(pair: Any) -> bool:
        eta, beta = _pair(pair)
        fast = _fast(pair, TRAP, TRAP_LIMIT)
        starts = np.linspace(-4, 4, 801)[:, None]
        end = run(Momentum(lr=eta, beta=beta), cycle(), starts, 400, keep=400).theta[-1, :, 0]
        moving = starts[~(np.abs(end) < 1e-6), 0]
        if moving.size:
            raise ValueError(f"started at {moving[0]:.2f}, the ball does not come to rest.")
        return fast

    return verdict(answer, right)


def _settings() -> Any:
    """Landscape, start, rate, memory: more dimensions than two, and several runs at once."""
    yield ravine(100), [-8.0, 0.96], 0.01, 0.9
    yield quadratic([0.5, 1.0, 2.0, 3.0]), np.ones((3, 4)) * [[1.0], [2.0], [-3.0]], 0.3, 0.5
    yield rosenbrock(), [-1.5, 1.5], 2e-4, 0.8
    yield quadratic([1.0]), [2.0], 0.7, 0.0


def _same_run(make: Any, J: Any, start: Any, lr: float, beta: float) -> bool:
    given = run(make(lr=lr, beta=beta), J, start, 50)
    wanted = run(Momentum(lr=lr, beta=beta), J, start, 50)
    if not np.allclose(given.theta, wanted.theta, rtol=0, atol=1e-9):
        return False
    if not any(_equal(value, given.theta[-2]) for value in given.state.values()):
        raise ValueError("the runs are right, but the state does not hold the previous position.")
    return True


def _equal(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=0, atol=1e-9)


def _fast(answer: Any, curvatures: tuple[float, float], limit: float) -> bool:
    rho = max(_contraction(*_pair(answer), curvature) for curvature in curvatures)
    if rho >= limit:
        told = "the pair is unstable" if rho >= 1 else f"the contraction is {rho:.4f}, too slow"
        raise ValueError(f"{told}; for the best pair, both ends are critically damped.")
    return True


def _contraction(eta: float, beta: float, curvature: float) -> float:
    """The larger eigenvalue, as a distance from 0, of the ball's matrix in one direction."""
    x = eta * curvature
    return float(np.abs(np.linalg.eigvals([[beta, x], [-beta, 1 - x]])).max())


def _pair(answer: Any) -> tuple[float, float]:
    numbers = np.asarray(answer, dtype=float)
    if numbers.shape != (2,) or not np.isfinite(numbers).all():
        raise ValueError(f"two numbers are asked for, η and β, got {answer!r}")
    eta, beta = numbers.tolist()
    if not (eta > 0 and 0 <= beta < 1):
        raise ValueError(f"η must be positive and β in [0, 1), got η = {eta:g} and β = {beta:g}")
    return eta, beta
