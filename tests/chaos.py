"""Where a run is chaotic, so that its last bits decide: found by shaking it by rounding errors."""

import numpy as np

from primer import Objective

#: Directions of the errors: (period, runs, coordinates).
SIGNS = np.random.default_rng(0).choice([-np.inf, np.inf], (997, 2, 64))


class Shaken(Objective):
    """J for theta (3, *batch, d): exact in row 0, off by units in the last place in rows 1 and 2.

    There every step meets a theta and returns a gradient that are rounded to a neighbor, up or
    down, as a library with another cosine would. Runs that depart under this are chaotic.
    """

    def __init__(self, J, t=0):
        super().__init__(J, None, J.hess, J.dim, shapes=J.shapes)
        self.J, self.t, self.separable = J, t, False

    def grad(self, theta):
        return self._shake(self.J.grad(self._shake(theta)))

    def hess(self, theta):
        return self.J.hess(self._shake(theta))

    def at(self, t):
        return Shaken(self.J.at(t), t)

    def watch(self, theta, t):
        return self.J.watch(theta, t)

    def _shake(self, numbers):
        d = numbers.shape[-1]
        signs = SIGNS[self.t % len(SIGNS), :, :d].reshape(2, *[1] * (numbers.ndim - 2), d)
        return np.concatenate([numbers[:1], np.nextafter(numbers[1:], signs)])


def departures(three: np.ndarray) -> np.ndarray:
    """Largest departure of two shaken runs from the true one, per step: (steps, 3, d) -> (steps,).

    Relative to theta, or to 0.01 where theta is smaller.
    """
    gap = np.abs(three[:, 1:] - three[:, :1]).max((1, 2))
    return gap / (0.01 + np.abs(three[:, 0]).max(-1))
