"""How far a rule stays behind a minimum that moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import check
from ..objective import Objective, Varying
from ..optimizer import Optimizer
from ..running import run


def lag(
    rule: Optimizer, J: Varying, steps: int, seeds: Sequence[int], sigma: Any = 1.0
) -> np.ndarray:
    """The distance from a moving minimum at every step, under noise in the gradient.

    Parameters
    ----------
    rule : Optimizer
        Settings of shape (*batch, 1, 1) make one run per setting and seed.
    J : Varying
        Must know the `minimum` of every step, as `primer.landscapes.moving_valley` does. The runs
        begin at its `start`, or at zero.
    steps : int
        Steps to take, at least 1.
    seeds : sequence of int
        A noise of its own for each, the same for all settings.
    sigma : float or array_like
        Standard deviation of each component of the noise, finite and >= 0; of shape (steps,) one
        for each step.

    Returns
    -------
    ndarray
        Distances of shape (steps + 1, *batch, seeds).

    Raises
    ------
    ValueError
        If steps or a seed is no count, sigma is negative or not finite or has another shape, or a
        step's minimum is not known.

    Examples
    --------
    >>> from primer import SGD
    >>> from primer.landscapes import moving_valley
    >>> rates = np.array([0.01, 0.1])[:, None, None]
    >>> far = lag(SGD(lr=rates), moving_valley(), steps=400, seeds=range(3))
    >>> far.shape, bool(far[-1, 0].mean() > far[-1, 1].mean())
    ((401, 2, 3), True)
    """
    noise = _noises(sigma, check.count("steps", steps), seeds, _moving(J).dim)

    def at(t: Any) -> Objective:
        now = J.at(t)
        return Objective(now, lambda theta: now.grad(theta) + noise[t])

    first = 0.0 if J.start is None else J.start
    start = np.broadcast_to(np.asarray(first, dtype=float), noise.shape[1:])
    floor = np.stack([_minimum(J, t) for t in range(steps + 1)])
    theta = run(rule, Varying(at, dim=J.dim), start, steps).theta
    return np.linalg.norm(theta - floor.reshape(steps + 1, *(1,) * (theta.ndim - 2), -1), axis=-1)


def _moving(J: Any) -> Varying:
    if not isinstance(J, Varying) or J.dim is None:
        raise check.refuse("J", J, "an objective that moves, with a known dim")
    return J


def _noises(sigma: Any, steps: int, seeds: Sequence[int], dim: Any) -> np.ndarray:
    """Shape (steps, seeds, dim)."""
    check.number("sigma", sigma, "rate")
    if np.shape(sigma) not in ((), (steps,)):
        raise ValueError(f"sigma must be a number, or {steps} of them, got shape {np.shape(sigma)}")
    if not len(seeds):
        raise check.refuse("seeds", seeds, "at least one integer")
    rngs = [np.random.default_rng(check.count("seed", seed, 0)) for seed in seeds]
    drawn = np.stack([rng.standard_normal((steps, dim)) for rng in rngs], axis=1)
    return np.broadcast_to(np.asarray(sigma, dtype=float), steps)[:, None, None] * drawn


def _minimum(J: Varying, t: int) -> np.ndarray:
    found = J.at(t).minimum
    if found is None:
        raise ValueError(f"J must know its minimum at every step, and does not at step {t}")
    return np.asarray(found, dtype=float)
