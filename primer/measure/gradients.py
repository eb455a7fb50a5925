"""The gradients of single examples, the noise of mini-batches, and steps to a target."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..objective import DataObjective
from ..running import Run


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
