"""AdaGrad."""

import numpy as np

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="duchi2011",
    year=2011,
    parents=("SGD",),
    chapter=4,
    torch="Adagrad(params, lr=lr, eps=eps)",
    no_optax="optax.adagrad puts eps inside the root",
)
class AdaGrad(Optimizer):
    """One rate per parameter, divided by the root of all squared gradients so far (Duchi 2011).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0: the length of every coordinate's first step.
    eps : hyperparameter
        Keeps the division finite, >= 0; outside the root, as in torch.

    Raises
    ------
    ValueError
        If lr or eps is negative or not finite.

    Notes
    -----
    State: G, like theta. This is the diagonal version of the paper. Keras and optax start G at 0.1
    and put eps inside the root. Source: duchi2011.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> J = quadratic([1.0, 100.0])
    >>> run(AdaGrad(lr=1.0), J, [8.0, 8.0], steps=1).theta[1].round(6).tolist()
    [7.0, 7.0]
    """

    lr: Hyper = 1e-2
    eps: Hyper = 1e-10

    def init(self, theta):
        return {"G": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        G = state["G"] + g**2
        return theta - self.lr * g / (np.sqrt(G) + self.eps), {"G": G}
