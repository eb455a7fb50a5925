"""Curvature without a Hessian."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..objective import Objective

#: Above 0 in float32 too: keeps 0 / 0 away where there is no curvature at all.
TINY = 1e-37


def sharpness(J: Objective, theta: Any, steps: int = 60, seed: int = 0) -> Any:
    """The largest curvature at theta: the eigenvalue of the Hessian of largest size.

    Found by power iteration; H v is a central difference of gradients, so that no Hessian is kept.

    Shapes: theta (*batch, d) gives (*batch,).

    Parameters
    ----------
    J : Objective
    theta : array_like of float (*batch, d)
    steps : int
        Iterations, >= 1. The error falls with the ratio of the two largest eigenvalues.
    seed : int
        Of the first direction, >= 0.

    Returns
    -------
    float or ndarray (*batch,)

    Raises
    ------
    ValueError
        If theta is not an array of finite floats that J takes, or steps or seed are no counts.

    Notes
    -----
    Source: pearlmutter1994 for products with the Hessian at the price of a gradient; there they are
    exact, here differences.

    Examples
    --------
    >>> from primer.landscapes import quadratic
    >>> round(float(sharpness(quadratic([1.0, 5.0, 25.0]), [3.0, 2.0, 1.0])), 6)
    25.0
    """
    theta = check.points("theta", theta, J.dim)
    rng = np.random.default_rng(check.count("seed", seed, 0))
    v = rng.standard_normal(theta.shape).astype(theta.dtype)
    h = np.cbrt(np.finfo(theta.dtype).eps) * np.maximum(1, np.abs(theta).max(-1, keepdims=True))
    for _ in range(check.count("steps", steps)):
        v = v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), TINY)
        curved = (J.grad(theta + h * v) - J.grad(theta - h * v)) / (2 * h)
        found, v = (v * curved).sum(-1), curved
    return found
