"""Curvature without a Hessian."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import check
from .objective import Objective


def largest_curvature(
    J: Objective, theta: Any, steps: int = 40, seed: int = 0, h: float = 1e-4
) -> Any:
    """The eigenvalue of the Hessian with the largest absolute value, from gradients alone.

    Equation: u <- H u / |H u|, with H u = (grad J(theta + h u) - grad J(theta - h u)) / 2h; the
    result is u.(H u) for the last u.

    Shapes: theta (*batch, d) -> (*batch,).

    Parameters
    ----------
    J : Objective
    theta : array_like of float (*batch, d)
    steps : int
        Power iterations, two gradients each. The error falls like (second / first eigenvalue) to
        the power of 2 * steps.
    seed : int
        For the direction to start from.
    h : float
        Length of the differences, > 0.

    Returns
    -------
    ndarray or float

    Raises
    ------
    ValueError
        If theta does not fit J, steps is not a positive integer or h is not positive.

    Notes
    -----
    Source: pearlmutter1994 for products with the Hessian at the price of a gradient; there they are
    exact, here differences.

    Examples
    --------
    >>> from primer.landscapes import rosenbrock
    >>> J = rosenbrock()
    >>> round(float(largest_curvature(J, J.minimum)), 2)
    1001.6
    """
    check.number("h", h, "positive")
    count = check.count("steps", steps)
    point = check.points("theta", np.asarray(theta, dtype=float), J.dim)
    u = np.random.default_rng(check.count("seed", seed, 0)).standard_normal(point.shape)
    curvature: Any = 0.0
    for _ in range(count):
        u = u / np.maximum(np.linalg.norm(u, axis=-1, keepdims=True), 1e-300)
        Hu = (J.grad(point + h * u) - J.grad(point - h * u)) / (2 * h)
        curvature, u = (u * Hu).sum(-1), Hu
    return curvature
