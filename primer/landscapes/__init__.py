"""Landscapes: functions that return an `Objective` with value, gradient, Hessian and minima.

Every one is written in the plain NumPy operations that can be traced (`primer.derived`), keeps the
dtype of theta, and carries a window to draw, a start, a name and its known minima.

The paragraphs "Equation:" are Python in the arguments and one point theta = (x, y), or (x,), which
a test evaluates; J(t) is the value of ``J.at(t)``.
"""

from .bowls import absolute, quadratic, ravine, toy
from .classics import beale, himmelblau, rastrigin, rosenbrock
from .moving import moving_valley, reddi, reddi_stochastic
from .phase import phase_plane
from .saddles import cycle, monkey, saddle, two_wells

__all__ = [
    "absolute",
    "beale",
    "cycle",
    "himmelblau",
    "monkey",
    "moving_valley",
    "phase_plane",
    "quadratic",
    "rastrigin",
    "ravine",
    "reddi",
    "reddi_stochastic",
    "rosenbrock",
    "saddle",
    "toy",
    "two_wells",
]
