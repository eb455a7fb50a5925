"""The phase plane: positions and velocities of a ball on a spring."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..objective import Objective
from ..registry import landscape
from ._parts import pair, symmetric, vector


@landscape(cite="qian1999", year=1999, chapter=3)
def phase_plane() -> Objective:
    """The energy of a ball on a spring as a function of its position and its velocity.

    Equation: J = x**2 / 2 + u**2 / 2.

    Shapes: theta (*batch, 2), theta = (x, u).

    Returns
    -------
    Objective
        The first component of the negative gradient is the force of the spring. Without friction
        a ball stays on a contour; with friction it crosses them inwards. `axes` names the axes.

    Notes
    -----
    Potential plus kinetic energy, at mass 1 and stiffness 1. Source: qian1999, which reads momentum
    as this ball.

    Examples
    --------
    >>> J = phase_plane()
    >>> float(J(np.array([3.0, 4.0]))), J.grad(np.array([3.0, 4.0])).tolist(), J.axes
    (12.5, [3.0, 4.0], ('position x', 'velocity u'))
    """

    def value(theta: Any) -> Any:
        x, u = pair(theta)
        return (np.square(x) + np.square(u)) / 2

    def grad(theta: Any) -> Any:
        x, u = pair(theta)
        return vector(x, u)

    def hess(theta: Any) -> Any:
        zero = 0 * theta[..., 0]
        return symmetric(1 + zero, zero, 1 + zero)

    info: dict[str, Any] = {"minimum": (0.0, 0.0), "start": (-3.0, 0.0), "name": "Phase plane"}
    axes = ("position x", "velocity u")
    return Objective(value, grad, hess, 2, window=(-3.6, 3.6, -2.9, 2.9), axes=axes, **info)
