"""Checks of the exercises of "Lost in the dark"."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, isqrt, log
from typing import Any

import numpy as np

from ..landscapes import beale, quadratic, rosenbrock, two_wells
from ..objective import Objective
from ..optimizer import Optimizer
from ..running import run
from . import Verdict, verdict

__all__ = ["check_best", "check_free", "check_limit", "check_memory", "check_product"]


def check_limit(answer: Any) -> Verdict:
    """The largest stable learning rate of 3x² + y²/2."""
    curvature = quadratic([6.0, 1.0]).hess(np.zeros(2))
    return verdict(answer, 2 / curvature.max(), "What is the second derivative of 3x²?")


def check_best(answer: Any) -> Verdict:
    """The best learning rate for curvatures of 2, 7 and 50, and its steps to a millionth."""
    low, high = 2.0, 50.0
    factor = (high - low) / (high + low)
    steps = ceil(log(1e-6) / log(factor))

    def right(given: Any) -> bool:
        rate, count = (float(x) for x in given)
        if not count.is_integer():
            raise ValueError("The number of steps is a whole number; after it, ρᵗ ≤ 1e-6.")
        return bool(verdict(rate, 2 / (low + high))) and count == steps

    hint = "The rate depends on the largest and the smallest curvature; then ρᵗ ≤ 1e-6."
    return verdict(answer, right, hint)


def check_memory(answer: Any) -> Verdict:
    """The largest d whose Hessian, at 4 bytes a number, fits into 80 GB."""
    largest = isqrt(80 * 10**9 // 4)

    def right(given: Any) -> bool:
        d = float(given)
        if not d.is_integer():
            raise ValueError("A number of parameters is a whole number.")
        if abs(d - largest) == 1:
            raise ValueError("Off by one: 4 d² bytes must not exceed 80e9, and d is the largest.")
        return d == largest

    return verdict(answer, right, "4 d² bytes must not exceed 80e9, and every parameter counts.")


def check_product(answer: Any) -> Verdict:
    """A function (J, theta, u) that gives H u from gradients alone."""

    def right(product: Any) -> bool:
        if not callable(product):
            raise ValueError("Give the function itself, product.")
        for J, theta, u in _places():
            wanted = J.hess(theta) @ u
            given = np.asarray(product(_without_hessian(J), theta.copy(), u.copy()), dtype=float)
            if given.shape != wanted.shape:
                raise ValueError(f"H u has the shape of u, {u.shape}, not {given.shape}.")
            if not np.linalg.norm(given - wanted) <= 1e-3 * np.linalg.norm(wanted):
                return False
        return True

    return _quietly(answer, right, "Compare with J.hess(theta) @ u on landscapes.beale().")


def check_free(answer: Any) -> Verdict:
    """A rule that divides the slope along each eigenvector by the size of its curvature."""

    def right(make: Any) -> bool:
        if isinstance(make, Optimizer):
            raise ValueError("Give the class itself, without brackets after its name.")
        for signs in ([1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0]):
            for lr in (1.0, 0.25):
                _moves_as_it_should(make(lr=lr), np.array(signs), lr)
        x = np.linspace(-1.7, 1.7, 20)
        starts = np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)
        last = run(make(), two_wells(), starts, 100, keep=100).theta[-1]
        return bool(np.allclose(abs(last), [1.0, 0.0], atol=1e-6))

    return _quietly(answer, right, "From some start the path does not end in a valley.")


def _moves_as_it_should(rule: Any, signs: np.ndarray, lr: float) -> None:
    """One step on a turned quadratic: along q_i, u_i becomes (1 - lr sign_i) u_i."""
    rng = np.random.default_rng(len(signs))
    Q = np.linalg.qr(rng.standard_normal((len(signs), len(signs))))[0]
    H = Q * (signs * [0.5, 2.0, 3.0, 20.0]) @ Q.T
    J = Objective(
        lambda theta: (theta * (theta @ H)).sum(-1) / 2,
        lambda theta: theta @ H,
        lambda theta: np.broadcast_to(H, (*theta.shape[:-1], *H.shape)).copy(),
        dim=len(signs),
    )
    start = rng.standard_normal((3, len(signs)))
    moved = run(rule, J, start, 1).theta[-1] @ Q
    if not np.allclose(moved, (1 - lr * signs) * (start @ Q), atol=1e-3):
        kind = "positive" if (signs > 0).all() else "negative"
        raise ValueError(
            f"On a quadratic with some {kind} curvatures, turned against the axes, the "
            f"step is not lr times the slope over |curvature| along each eigenvector (lr = {lr})."
        )


def _places() -> list[tuple[Objective, np.ndarray, np.ndarray]]:
    """Objectives of two and five dimensions, points on them, directions of several lengths."""
    rng = np.random.default_rng(0)
    return [
        (beale(), np.array([1.0, 1.5]), np.array([0.6, -0.8])),
        (rosenbrock(), np.array([-1.2, 1.0]), np.array([3.0, 1.0])),
        (quadratic([1.0, 2.0, 3.0, 4.0, -5.0]), rng.standard_normal(5), rng.standard_normal(5)),
    ]


def _without_hessian(J: Objective) -> Objective:
    def refuse(theta: Any) -> Any:
        raise ValueError("Without the Hessian: use J.grad only.")

    return Objective(J, J.grad, refuse, dim=J.dim)


def _quietly(answer: Any, right: Callable[[Any], bool], hint: str) -> Verdict:
    """A verdict without NumPy's warnings about a reader's divisions by zero."""
    with np.errstate(all="ignore"):
        return verdict(answer, right, hint)
