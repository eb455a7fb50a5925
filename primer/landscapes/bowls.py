"""Convex bowls: quadratics, and a valley with a crease."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..objective import Objective
from ..registry import landscape
from ._parts import diagonal, like, pair, symmetric, vector


@landscape(cite="shewchuk1994", year=1994, chapter=1)
def quadratic(eigenvalues: Any = (1.0, 10.0), rotation: float = 0) -> Objective:
    """A quadratic with given eigenvalues, its axes turned by an angle if it has two.

    Equation: J = sum(l * v**2 for l, v in zip(eigenvalues, u)) / 2, with c = cos(rotation),
    s = sin(rotation), u = theta if rotation == 0 else (c * x + s * y, c * y - s * x).

    Shapes: theta (*batch, d) with d = len(eigenvalues).

    Parameters
    ----------
    eigenvalues : array_like of float (d,)
        Curvatures along the axes, any finite numbers. Gradient descent is stable for a rate below
        2 / max(eigenvalues).
    rotation : float
        Angle in radians, counter-clockwise; other than 0 only for d = 2.

    Returns
    -------
    Objective
        `minimum` is 0 if all eigenvalues are positive, else None.

    Raises
    ------
    ValueError
        If eigenvalues is not a non-empty one-dimensional array of finite numbers, or rotation is
        not a finite number or is used with d != 2.

    Notes
    -----
    Source: shewchuk1994.

    Examples
    --------
    >>> J = quadratic([1.0, 10.0])
    >>> float(J(np.array([2.0, 1.0]))), J.grad(np.array([2.0, 1.0])).tolist()
    (7.0, [2.0, 10.0])
    >>> quadratic([1.0, 10.0], rotation=np.pi / 2).hess(np.zeros(2)).round(12).tolist()
    [[10.0, -0.0], [-0.0, 1.0]]
    """
    check.number("eigenvalues", eigenvalues)
    check.number("rotation", rotation)
    a = np.asarray(eigenvalues, dtype=float)
    if a.ndim != 1 or not a.size:
        raise check.refuse("eigenvalues", eigenvalues, "a non-empty one-dimensional array")
    if rotation != 0 and a.size != 2:
        raise check.refuse("rotation", rotation, f"0 unless there are 2 eigenvalues, not {a.size}")
    info: dict[str, Any] = {"dim": a.size, "name": "Quadratic"}
    info["minimum"] = np.zeros(a.size) if (a > 0).all() else None
    info["start"] = (-4.0, 2.0) if a.size == 2 else np.ones(a.size)
    info["window"] = (-5.0, 5.0, -3.0, 3.0) if a.size == 2 else None
    return _turned(a, float(rotation), info) if rotation != 0 else _straight(a, info)


def _straight(a: np.ndarray, info: dict[str, Any]) -> Objective:
    return Objective(
        lambda theta: (like(a, theta) * np.square(theta)).sum(-1) / 2,
        lambda theta: like(a, theta) * theta,
        lambda theta: diagonal(like(a, theta) + 0 * theta),
        **info,
    )


def _turned(a: np.ndarray, angle: float, info: dict[str, Any]) -> Objective:
    first, second = a.tolist()
    c, s = float(np.cos(angle)), float(np.sin(angle))

    def axes(theta: Any) -> tuple[Any, Any]:
        x, y = pair(theta)
        return c * x + s * y, c * y - s * x

    def value(theta: Any) -> Any:
        u, v = axes(theta)
        return (first * np.square(u) + second * np.square(v)) / 2

    def grad(theta: Any) -> Any:
        u, v = axes(theta)
        return vector(first * u * c - second * v * s, first * u * s + second * v * c)

    def hess(theta: Any) -> Any:
        zero = 0 * theta[..., 0]
        xx = first * c * c + second * s * s
        yy = first * s * s + second * c * c
        return symmetric(xx + zero, (first - second) * c * s + zero, yy + zero)

    return Objective(value, grad, hess, **info)


@landscape(cite="polyak1964", year=1964, chapter=3)
def ravine(kappa: float = 100) -> Objective:
    """A straight ravine: a quadratic kappa times steeper across than along.

    Equation: J = (x**2 + kappa * y**2) / 2.

    Shapes: theta (*batch, 2).

    Parameters
    ----------
    kappa : float
        Condition number, a finite number >= 1. Gradient descent is stable below 2 / kappa.

    Returns
    -------
    Objective

    Raises
    ------
    ValueError
        If kappa is not a finite number >= 1.

    Notes
    -----
    Source: polyak1964.

    Examples
    --------
    >>> float(ravine(kappa=100)(np.array([1.0, 1.0])))
    50.5
    """
    check.number("kappa", kappa)
    if not kappa >= 1:
        raise check.refuse("kappa", kappa, "a finite number >= 1")
    info: dict[str, Any] = {"dim": 2, "minimum": np.zeros(2), "name": "Ravine"}
    height = 12 / float(np.sqrt(kappa))
    info["window"], info["start"] = (-10.0, 10.0, -height, height), (-8.0, 0.8 * height)
    return _straight(np.array([1.0, float(kappa)]), info)


@landscape(cite="zhang2023d2l", year=2023, chapter=3)
def toy() -> Objective:
    """The shared toy function of the book "Dive into Deep Learning": a mild ravine.

    Equation: J = 0.1 * x**2 + 2 * y**2.

    Shapes: theta (*batch, 2).

    Returns
    -------
    Objective
        `start` is (-5, -2), the one used there.

    Notes
    -----
    Source: zhang2023d2l.

    Examples
    --------
    >>> J = toy()
    >>> J.grad(J.start).tolist()
    [-1.0, -8.0]
    """

    def value(theta: Any) -> Any:
        x, y = pair(theta)
        return 0.1 * np.square(x) + 2 * np.square(y)

    def grad(theta: Any) -> Any:
        x, y = pair(theta)
        return vector(0.2 * x, 4 * y)

    def hess(theta: Any) -> Any:
        zero = 0 * theta[..., 0]
        return symmetric(0.2 + zero, zero, 4 + zero)

    info: dict[str, Any] = {"minimum": (0.0, 0.0), "start": (-5.0, -2.0), "name": "Toy"}
    return Objective(value, grad, hess, 2, window=(-5.5, 2.5, -3.0, 3.0), **info)


@landscape(cite="nesterov2018", year=2018, chapter=8)
def absolute(slopes: Any = (1.0, 10.0)) -> Objective:
    """A valley with a crease: the gradient does not shrink on the way to the minimum.

    Equation: J = sum(a * abs(v) for a, v in zip(slopes, theta)).

    Shapes: theta (*batch, d) with d = len(slopes).

    Parameters
    ----------
    slopes : array_like of float (d,)
        Finite and > 0. A constant rate lr hops over the minimum with steps lr * slopes.

    Returns
    -------
    Objective

    Raises
    ------
    ValueError
        If slopes is not a non-empty one-dimensional array of positive numbers.

    Notes
    -----
    A component of the gradient is 0 where theta's is. Source: nesterov2018.

    Examples
    --------
    >>> absolute([1.0, 10.0]).grad(np.array([-3.0, 0.01])).tolist()
    [-1.0, 10.0]
    """
    check.number("slopes", slopes, "positive")
    a = np.asarray(slopes, dtype=float)
    if a.ndim != 1 or not a.size:
        raise check.refuse("slopes", slopes, "a non-empty one-dimensional array")
    flat: dict[str, Any] = {"window": (-5.0, 5.0, -3.0, 3.0)} if a.size == 2 else {}
    return Objective(
        lambda theta: (like(a, theta) * np.abs(theta)).sum(-1),
        lambda theta: like(a, theta) * np.sign(theta),
        lambda theta: diagonal(0 * theta),
        dim=a.size,
        minimum=np.zeros(a.size),
        name="Absolute value",
        start=(-4.0, 2.0) if a.size == 2 else np.ones(a.size),
        **flat,
    )
