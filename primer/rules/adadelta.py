"""Adadelta."""

import numpy as np

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="zeiler2012",
    year=2012,
    parents=("AdaGrad",),
    chapter=5,
    torch="Adadelta(params, lr=lr, rho=beta, eps=eps)",
    optax="adadelta(lr, rho=beta, eps=eps)",
)
class Adadelta(Optimizer):
    """RMSProp whose rate is the running size of its own steps (Zeiler 2012).

    Parameters
    ----------
    lr : hyperparameter
        A factor on the step, >= 0; 1 in the paper, whose point is to need no rate.
    beta : hyperparameter
        Decay of both means, in [0, 1).
    eps : hyperparameter
        Starts the steps and keeps the division finite, >= 0; inside both roots.

    Raises
    ------
    ValueError
        If lr or eps is negative or not finite, or beta lies outside [0, 1).

    Notes
    -----
    State: v and u, like theta. With eps = 0 nothing ever moves: u starts at 0. Source: zeiler2012.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(Adadelta(eps=0.01), quadratic([1.0]), [1.0], steps=1).theta[1].round(4).tolist()
    [0.6985]
    """

    lr: Hyper = 1.0
    beta: Hyper = 0.9
    eps: Hyper = 1e-6

    def init(self, theta):
        return {"v": 0 * theta, "u": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        v = self.beta * state["v"] + (1 - self.beta) * g**2
        delta = np.sqrt(state["u"] + self.eps) / np.sqrt(v + self.eps) * g
        u = self.beta * state["u"] + (1 - self.beta) * delta**2
        return theta - self.lr * delta, {"v": v, "u": u}
