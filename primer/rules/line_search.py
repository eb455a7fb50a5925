"""Line search: how far to go along a direction."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import check


def wolfe(
    J: Any, theta: Any, p: Any, g: Any, value: Any, before: Any, rule: Any
) -> tuple[Any, ...]:
    """Step length and direction for every run, by SciPy's search for the strong Wolfe conditions.

    Where that search fails, or what it found does not lower the loss as the first condition asks,
    the run starts afresh along -g with as many halvings as it takes for the loss to fall. If no
    length makes it fall, the length is 0: to rounding, this is a minimum.

    Parameters
    ----------
    J : Objective
    theta, p, g : ndarray (*batch, d)
        Place, direction and gradient.
    value, before : ndarray (*batch, 1)
        J here and J one step earlier, from which the first length to try is guessed.
    rule
        Has c1 and c2.

    Returns
    -------
    tuple
        Lengths (*batch, 1), directions (*batch, d), and 1 where a run started afresh, (*batch, 1).
    """
    batch = theta.shape[:-1]
    c1, c2 = (np.broadcast_to(c, (*batch, 1)) for c in (rule.c1, rule.c2))
    alpha, failed, p = np.zeros_like(value), np.zeros_like(value), p.copy()
    theta, g = np.ascontiguousarray(theta), np.ascontiguousarray(g)  # each run by itself
    for i in np.ndindex(batch):
        past = (float(value[i][0]), float(before[i][0]))
        alpha[i] = _strong(J, theta[i], p[i], g[i], past, float(c1[i][0]), float(c2[i][0]))
        if not _falls(J, theta[i], p[i], g[i], alpha[i], value[i], float(c1[i][0])):
            alpha[i] = _halved(J, theta[i], g[i], float(value[i][0]), float(c1[i][0]))
            p[i], failed[i] = -g[i], alpha[i] > 0
    return alpha, p, failed


def single(J: Any, theta: Any) -> float:
    """J of one run, as a number."""
    value = J(theta)
    one_number(value, theta)
    return float(value)


def one_number(value: Any, theta: Any) -> None:
    """Refuse a J that does not give each theta one number."""
    if np.shape(value) != theta.shape[:-1]:
        what = "an objective that gives each theta of shape (d,) one number"
        raise ValueError(f"J must be {what}, got {np.shape(value)} from a theta of {theta.shape}")


def _falls(J: Any, theta: Any, p: Any, g: Any, alpha: Any, value: Any, c1: float) -> bool:
    """Whether the loss after the step is as low as the first Wolfe condition asks.

    SciPy returns a length without a check when its search runs out of tries; and a length that was
    found in float64 may be another one in float32.
    """
    slope = float(g @ p)
    return bool(single(J, theta + alpha * p) <= value + c1 * alpha * slope)


def _strong(J: Any, theta: Any, p: Any, g: Any, past: Any, c1: float, c2: float) -> float:
    import scipy  # a start that needs no line search does without

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = scipy.optimize.line_search(
            lambda x: single(J, x.astype(theta.dtype)),
            lambda x: J.grad(x.astype(theta.dtype)),
            theta, p, g, *past, c1=c1, c2=c2, maxiter=30,
        )[0]  # fmt: skip
    return np.nan if found is None else found


def _halved(J: Any, theta: Any, g: Any, value: float, c1: float) -> float:
    slope = float(g @ g)
    if not np.isfinite(slope) or not np.isfinite(value):
        return np.nan
    alpha = 1 / max(1.0, slope**0.5)
    for _ in range(60):
        there = single(J, theta - theta.dtype.type(alpha) * g)
        if there < value and there <= value - c1 * alpha * slope:
            return alpha
        alpha /= 2
    return 0.0


def conditions(c1: Any, c2: Any) -> None:
    """Refuse numbers or sweeps outside c1 < c2 < 1/2."""
    plain = all(isinstance(c, (int, float, np.ndarray)) for c in (c1, c2))
    if plain and not np.all((c1 < c2) & (np.asarray(c2) < 0.5)):
        raise check.refuse("c2", c2, f"above c1 = {c1!r} and below 0.5")
