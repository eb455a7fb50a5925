"""Noise of mini-batches: single gradients, its scale, sharpness, steps to a target, fresh draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import check
from .driver import Run
from .objective import Batches, DataObjective, Objective


def example_gradients(J: DataObjective, theta: Any) -> np.ndarray:
    """The gradient of every single example at one theta; their mean is J's gradient.

    Shapes: theta (d,) gives (N, d).

    Parameters
    ----------
    J : DataObjective
        A mean over N examples, such as a model of `primer.models`.
    theta : array_like of float (d,)

    Returns
    -------
    ndarray (N, d)

    Raises
    ------
    ValueError
        If J has no examples or theta is not one point.

    Examples
    --------
    >>> from primer import models
    >>> J = models.linear([[0.0], [2.0]], [1.0, 1.0])
    >>> G = example_gradients(J, [0.0, 0.0])
    >>> G.tolist(), G.mean(0).tolist() == J.grad(np.zeros(2)).tolist()
    ([[0.0, -1.0], [-2.0, -1.0]], True)
    """
    if not isinstance(J, DataObjective):
        raise check.refuse("J", J, "a mean over examples, such as models.softmax(X, y)")
    point = check.points("theta", theta, J.dim)
    if point.ndim != 1:
        raise check.refuse("theta", point.shape, "one point, of shape (d,)")
    return np.asarray(J.data_grad(point[None], J.X[:, None], J.y[:, None]))


def noise_scale(J: DataObjective, theta: Any) -> float:
    """The batch size at which a mini-batch gradient has as much noise as signal.

    Equation: tr(Sigma) / |g|**2, with g the full gradient and Sigma the covariance of the
    gradient of one example.

    Parameters
    ----------
    J : DataObjective
    theta : array_like of float (d,)

    Returns
    -------
    float
        inf where the full gradient is zero.

    Raises
    ------
    ValueError
        If J has no examples or theta is not one point.

    Notes
    -----
    The "simple noise scale" of mccandlish2018, computed from all N examples instead of estimated.

    Examples
    --------
    >>> from primer import models
    >>> J = models.linear([[0.0], [2.0]], [1.0, 1.0])
    >>> noise_scale(J, [0.0, 0.0])
    0.5
    """
    G = example_gradients(J, theta)
    signal = float(np.square(G.mean(0)).sum())
    noise = float(np.square(G - G.mean(0)).sum(-1).mean())
    return noise / signal if signal > 0 else np.inf


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
        v = v / np.linalg.norm(v, axis=-1, keepdims=True)
        curved = (J.grad(theta + h * v) - J.grad(theta - h * v)) / (2 * h)
        found, v = (v * curved).sum(-1), curved
    return found


def first_below(result: Run, target: float) -> np.ndarray:
    """How many steps each run needs until its loss is first at or below a target.

    Between two kept steps the logarithm of the loss is taken to be a straight line.

    Parameters
    ----------
    result : Run
        Losses positive or not finite.
    target : float
        > 0.

    Returns
    -------
    ndarray (*batch,)
        inf for a run that never gets there.

    Raises
    ------
    ValueError
        If the target is not a positive number.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> halved = run(SGD(lr=0.5), quadratic([1.0]), [[1.0], [64.0]], steps=4)  # J falls fourfold
    >>> first_below(halved, 1 / 32).tolist()
    [2.0, inf]
    """
    check.number("target", target, "positive")
    loss = np.where(np.isfinite(result.loss), result.loss, np.finfo(float).max)
    below = loss <= target
    after = below.argmax(0)
    before = np.maximum(after - 1, 0)
    high, low = (np.take_along_axis(loss, k[None], 0)[0] for k in (before, after))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(after > 0, np.log(high / target) / np.log(high / low), 0.0)
    steps = result.steps[before] + part * (result.steps[after] - result.steps[before])
    return np.where(below.any(0), steps, np.inf)


class Draws(Batches):
    """Mini-batches drawn afresh at every step, a pure function of (seed, t).

    `Batches` shuffles all examples and deals them out; here no step knows what an earlier one used.

    Parameters
    ----------
    J : DataObjective
    size : int
        Examples per batch, 1 … N.
    seed : int or array of int
        An array of shape (s,) gives each of the last s runs of the batch its own draws.
    replace : bool
        Whether an example may occur twice in one batch.
    watch : Objective, optional
        The loss that `run` records, as in `Batches`.

    Raises
    ------
    ValueError
        As `Batches`, and if replace is not a bool.

    Examples
    --------
    >>> from primer import models
    >>> J = models.linear([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> sorted(Draws(J, 3, seed=1, replace=False).indices(0).tolist())
    [0, 1, 2]
    >>> Draws(J, 2, seed=[4, 5]).indices(7).shape
    (2, 2)
    """

    def __init__(
        self,
        J: DataObjective,
        size: int,
        seed: Any = 0,
        replace: bool = True,
        watch: Objective | None = None,
    ) -> None:
        super().__init__(J, size, seed, watch)
        if not isinstance(replace, bool):
            raise check.refuse("replace", replace, "True or False")
        self.replace = replace

    def indices(self, t: int) -> np.ndarray:
        """Which examples step t uses: shape (size,), or (s, size) for s seeds."""
        seeds = np.atleast_1d(self.seed)
        picks = [np.random.default_rng([int(s), t]) for s in seeds]
        drawn = np.stack([rng.choice(self.n, self.size, self.replace) for rng in picks])
        return drawn if np.ndim(self.seed) else drawn[0]

    def at(self, t: Any) -> Objective:
        return self.J.take(self.indices(t))

    def with_seed(self, seed: Any) -> Draws:
        return Draws(self.J, self.size, seed, self.replace, self.watched)
