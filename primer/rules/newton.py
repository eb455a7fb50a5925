"""Newton's method."""

from typing import Any

import numpy as np

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="nocedal2006",
    year=1740,
    chapter=1,
    no_torch="torch.optim has no method that uses the Hessian",
    no_optax="optax has no Newton method (only a preconditioner for one layer, Sophia-like)",
)
class Newton(Optimizer):
    """Newton's method: the step to where the second-order model of J is flat (Simpson 1740).

    Parameters
    ----------
    lr : hyperparameter
        >= 0. With 1, a quadratic is solved in one step; below 1 the method is called damped.

    Raises
    ------
    ValueError
        If lr is negative, not finite, or not a number.

    Notes
    -----
    Pure: it goes to any point where the model is flat, so near a saddle or a maximum it goes there.
    A run whose Hessian is singular gets a theta of NaN and is marked as diverged; the others of the
    batch go on. Memory d^2, time d^3 per step. Source: nocedal2006, section 2.2.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(Newton(), quadratic([1.0, 100.0]), [8.0, -3.0], steps=1).theta[1].tolist()
    [0.0, 0.0]
    """

    lr: Hyper = 1.0

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        H = J.hess(theta)
        return theta - self.lr * solve(H, g), {}


def solve(H: Any, g: Any) -> Any:
    """H^{-1} g for every run of the batch; NaN for a run whose H is singular.

    Examples
    --------
    >>> solve(np.array([[[2.0]], [[0.0]]]), np.array([[4.0], [4.0]])).tolist()
    [[2.0], [nan]]
    """
    try:
        return np.linalg.solve(H, g[..., None])[..., 0]
    except np.linalg.LinAlgError:
        # NumPy refuses the whole batch for one singular matrix.
        if g.ndim == 1:
            return np.full_like(g, np.nan)
        return np.stack([solve(h, row) for h, row in zip(H, g, strict=True)])
