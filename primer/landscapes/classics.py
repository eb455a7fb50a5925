"""The classic test functions of two variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..objective import Objective
from ..registry import landscape
from ._parts import diagonal, pair, symmetric, vector


@landscape(cite="rosenbrock1960", year=1960, chapter=1)
def rosenbrock(b: float = 100) -> Objective:
    """Rosenbrock's banana: a curved, flat valley between steep walls.

    Equation: J = (1 - x)**2 + b * (y - x**2)**2.

    Shapes: theta (*batch, 2).

    Parameters
    ----------
    b : float
        Steepness of the walls, a finite number > 0. At 100 the condition number at the minimum is
        2508, and gradient descent is stable there for rates below 0.001997.

    Returns
    -------
    Objective
        With the minimum (1, 1) and the customary start (-1.2, 1).

    Raises
    ------
    ValueError
        If b is not a finite number > 0.

    Notes
    -----
    Source: rosenbrock1960.

    Examples
    --------
    >>> J = rosenbrock()
    >>> round(float(J(J.start)), 6), float(J(J.minimum))
    (24.2, 0.0)
    """
    check.number("b", b, "positive")
    b = float(b)

    def value(theta: Any) -> Any:
        x, y = pair(theta)
        return np.square(1 - x) + b * np.square(y - np.square(x))

    def grad(theta: Any) -> Any:
        x, y = pair(theta)
        off = y - np.square(x)
        return vector(-2 * (1 - x) - 4 * b * x * off, 2 * b * off)

    def hess(theta: Any) -> Any:
        x, y = pair(theta)
        xx = 2 - 4 * b * (y - 3 * np.square(x))
        return symmetric(xx, -4 * b * x, 2 * b + 0 * x)

    info: dict[str, Any] = {"minimum": (1.0, 1.0), "start": (-1.2, 1.0), "name": "Rosenbrock"}
    return Objective(value, grad, hess, 2, window=(-2.0, 2.0, -1.0, 3.0), **info)


@landscape(cite="beale1958", year=1958, chapter=1)
def beale() -> Objective:
    """Beale's function: a plain with steep corners and one minimum at the end of a flat valley.

    Equation: J = (1.5 - x + x * y)**2 + (2.25 - x + x * y**2)**2 + (2.625 - x + x * y**3)**2.

    Shapes: theta (*batch, 2).

    Returns
    -------
    Objective
        With the minimum (3, 0.5).

    Notes
    -----
    Source: beale1958.

    Examples
    --------
    >>> J = beale()
    >>> float(J(J.minimum)), float(J(np.array([0.0, 0.0])))
    (0.0, 14.203125)
    """

    def residuals(x: Any, y: Any) -> tuple[Any, Any, Any]:
        y2, y3 = np.square(y), np.square(y) * y
        return 1.5 - x + x * y, 2.25 - x + x * y2, 2.625 - x + x * y3

    def value(theta: Any) -> Any:
        p, q, r = residuals(*pair(theta))
        return np.square(p) + np.square(q) + np.square(r)

    def grad(theta: Any) -> Any:
        x, y = pair(theta)
        p, q, r = residuals(x, y)
        y2, y3 = np.square(y), np.square(y) * y
        along_x = p * (y - 1) + q * (y2 - 1) + r * (y3 - 1)
        return vector(2 * along_x, 2 * x * (p + 2 * y * q + 3 * y2 * r))

    def hess(theta: Any) -> Any:
        x, y = pair(theta)
        p, q, r = residuals(x, y)
        y2, y3, x2 = np.square(y), np.square(y) * y, np.square(x)
        xx = np.square(y - 1) + np.square(y2 - 1) + np.square(y3 - 1)
        slopes = (y - 1) + 2 * y * (y2 - 1) + 3 * y2 * (y3 - 1)
        xy = x * slopes + p + 2 * y * q + 3 * y2 * r
        yy = x2 * (1 + 4 * y2 + 9 * np.square(y2)) + 2 * x * q + 6 * x * y * r
        return symmetric(2 * xx, 2 * xy, 2 * yy)

    info: dict[str, Any] = {"minimum": (3.0, 0.5), "start": (1.0, 1.5), "name": "Beale"}
    return Objective(value, grad, hess, 2, window=(-0.5, 4.5, -2.0, 2.0), **info)


@landscape(cite="himmelblau1972", year=1972, chapter=1)
def himmelblau() -> Objective:
    """Himmelblau's function: four valleys of equal depth; the start decides which is found.

    Equation: J = (x**2 + y - 11)**2 + (x + y**2 - 7)**2.

    Shapes: theta (*batch, 2).

    Returns
    -------
    Objective
        `minimum` has shape (4, 2): all four are 0 deep.

    Notes
    -----
    Source: himmelblau1972.

    Examples
    --------
    >>> J = himmelblau()
    >>> J(J.minimum).round(12).tolist()
    [0.0, 0.0, 0.0, 0.0]
    """

    def residuals(x: Any, y: Any) -> tuple[Any, Any]:
        return np.square(x) + y - 11, x + np.square(y) - 7

    def value(theta: Any) -> Any:
        p, q = residuals(*pair(theta))
        return np.square(p) + np.square(q)

    def grad(theta: Any) -> Any:
        x, y = pair(theta)
        p, q = residuals(x, y)
        return vector(4 * x * p + 2 * q, 2 * p + 4 * y * q)

    def hess(theta: Any) -> Any:
        x, y = pair(theta)
        p, q = residuals(x, y)
        return symmetric(8 * np.square(x) + 4 * p + 2, 4 * x + 4 * y, 8 * np.square(y) + 4 * q + 2)

    minima = [
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ]
    info: dict[str, Any] = {"minimum": minima, "start": (0.0, -1.0), "name": "Himmelblau"}
    return Objective(value, grad, hess, 2, window=(-5.5, 5.5, -5.5, 5.5), **info)


@landscape(cite="rastrigin1974", year=1974, chapter=1)
def rastrigin(dim: int = 2) -> Objective:
    """Rastrigin's egg carton: a bowl covered with equal dents, a local minimum near every integer.

    Equation: J = 10 * dim + sum(v**2 - 10 * cos(2 * pi * v) for v in theta).

    Shapes: theta (*batch, d).

    Parameters
    ----------
    dim : int
        The d, at least 1.

    Returns
    -------
    Objective
        `minimum` is the global one, 0; the dents are not listed.

    Raises
    ------
    ValueError
        If dim is not an integer >= 1.

    Notes
    -----
    Source: rastrigin1974.

    Examples
    --------
    >>> rastrigin()(np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.0]])).round(6).tolist()
    [0.0, 1.0, 20.25]
    """
    d, turn = check.count("dim", dim), 2 * np.pi
    plane: dict[str, Any] = {"window": (-5.12, 5.12, -5.12, 5.12)} if d == 2 else {}
    return Objective(
        lambda theta: 10 * d + (np.square(theta) - 10 * np.cos(turn * theta)).sum(-1),
        lambda theta: 2 * theta + 10 * turn * np.sin(turn * theta),
        lambda theta: diagonal(2 + 10 * turn * turn * np.cos(turn * theta)),
        dim=d,
        minimum=np.zeros(d),
        name="Rastrigin",
        start=(-4.4, 3.4) if d == 2 else np.full(d, 3.4),
        **plane,
    )
