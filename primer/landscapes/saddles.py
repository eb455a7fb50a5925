"""Saddles, and a one-dimensional trap for heavy ball."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..objective import Objective
from ..registry import landscape
from ._parts import diagonal, pair, symmetric, vector


@landscape(cite="dauphin2014", year=2014, chapter=1)
def saddle() -> Objective:
    """The plain saddle: a valley one way, a ridge the other, flat in the middle, no bottom.

    Equation: J = (x**2 - y**2) / 2.

    Shapes: theta (*batch, 2).

    Returns
    -------
    Objective
        `minimum` is None: J has no lower bound. `two_wells` is a saddle that has one.

    Notes
    -----
    Source: dauphin2014.

    Examples
    --------
    >>> saddle().grad(np.array([3.0, 0.5])).tolist()
    [3.0, -0.5]
    """

    def value(theta: Any) -> Any:
        x, y = pair(theta)
        return (np.square(x) - np.square(y)) / 2

    def grad(theta: Any) -> Any:
        x, y = pair(theta)
        return vector(x, -y)

    def hess(theta: Any) -> Any:
        zero = 0 * theta[..., 0]
        return symmetric(1 + zero, zero, zero - 1)

    info: dict[str, Any] = {"start": (-2.0, 1e-3), "name": "Saddle"}
    return Objective(value, grad, hess, 2, window=(-2.5, 2.5, -2.5, 2.5), **info)


@landscape(cite="nesterov2018", year=2018, chapter=1)
def two_wells() -> Objective:
    """A saddle between two wells: gradient descent from x = 0 ends on the saddle.

    Equation: J = x**4 / 4 - x**2 / 2 + y**2 / 2.

    Shapes: theta (*batch, 2).

    Returns
    -------
    Objective
        With the minima (-1, 0) and (1, 0), each -1/4 deep, and a saddle at 0.

    Notes
    -----
    Source: nesterov2018.

    Examples
    --------
    >>> J = two_wells()
    >>> J(J.minimum).tolist(), J.hess(np.zeros(2)).tolist()
    ([-0.25, -0.25], [[-1.0, 0.0], [0.0, 1.0]])
    """

    def value(theta: Any) -> Any:
        x, y = pair(theta)
        x2 = np.square(x)
        return np.square(x2) / 4 - x2 / 2 + np.square(y) / 2

    def grad(theta: Any) -> Any:
        x, y = pair(theta)
        return vector(np.square(x) * x - x, y)

    def hess(theta: Any) -> Any:
        x, _ = pair(theta)
        return symmetric(3 * np.square(x) - 1, 0 * x, 1 + 0 * x)

    minima = [(-1.0, 0.0), (1.0, 0.0)]
    info: dict[str, Any] = {"minimum": minima, "start": (1e-3, 1.5), "name": "Two wells"}
    return Objective(value, grad, hess, 2, window=(-1.8, 1.8, -1.8, 1.8), **info)


@landscape(cite="dauphin2014", year=2014, chapter=1)
def monkey() -> Objective:
    """The monkey saddle: gradient and Hessian both vanish in the middle, so Newton is lost too.

    Equation: J = x**3 / 3 - x * y**2.

    Shapes: theta (*batch, 2).

    Returns
    -------
    Objective
        `minimum` is None: J falls without bound in three directions.

    Notes
    -----
    Source: dauphin2014.

    Examples
    --------
    >>> monkey().hess(np.zeros(2)).tolist()
    [[0.0, -0.0], [-0.0, -0.0]]
    """

    def value(theta: Any) -> Any:
        x, y = pair(theta)
        return np.square(x) * x / 3 - x * np.square(y)

    def grad(theta: Any) -> Any:
        x, y = pair(theta)
        return vector(np.square(x) - np.square(y), -2 * x * y)

    def hess(theta: Any) -> Any:
        x, y = pair(theta)
        return symmetric(2 * x, -2 * y, -2 * x)

    info: dict[str, Any] = {"start": (1.5, 0.1), "name": "Monkey saddle"}
    return Objective(value, grad, hess, 2, window=(-2.0, 2.0, -2.0, 2.0), **info)


@landscape(cite="lessard2016", year=2016, chapter=3)
def cycle() -> Objective:
    """Strongly convex and smooth, and yet heavy ball with lr = 1/9, beta = 4/9 can cycle forever.

    Equation: J = 12.5 * x**2 if x < 1 else x**2 / 2 + 24 * x - 12 if x < 2
    else 12.5 * x**2 - 24 * x + 36.

    Shapes: theta (*batch, 1).

    Returns
    -------
    Objective
        With curvature between m = 1 and L = 25 and the minimum 0. From its start 3.3 heavy ball
        ends in the cycle 0.6465, -1.8024, 2.1159; from 3.0 and 3.5 it converges. The window's last
        two numbers bound J.

    Notes
    -----
    Source: lessard2016, section 4.6.

    Examples
    --------
    >>> x = np.array([[-1.0], [1.5], [3.0]])
    >>> cycle().grad(x)[:, 0].tolist(), cycle()(x).tolist()
    ([-25.0, 25.5, 51.0], [12.5, 25.125, 76.5])
    """

    def value(theta: Any) -> Any:
        x = theta[..., 0]
        x2 = np.square(x)
        right = np.where(x < 2, x2 / 2 + 24 * x - 12, 12.5 * x2 - 24 * x + 36)
        return np.where(x < 1, 12.5 * x2, right)

    def grad(theta: Any) -> Any:
        right = np.where(theta < 2, theta + 24, 25 * theta - 24)
        return np.where(theta < 1, 25 * theta, right)

    def hess(theta: Any) -> Any:
        return diagonal(np.where((theta >= 1) & (theta < 2), 1 + 0 * theta, 25 + 0 * theta))

    info: dict[str, Any] = {"minimum": (0.0,), "start": (3.3,), "name": "Cycle"}
    return Objective(value, grad, hess, 1, window=(-3.0, 4.0, 0.0, 140.0), **info)
