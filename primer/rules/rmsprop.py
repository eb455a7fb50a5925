"""RMSProp and its centered variant."""

import numpy as np

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="hinton2012",
    year=2012,
    parents=("AdaGrad",),
    chapter=5,
    torch="RMSprop(params, lr=lr, alpha=beta, eps=eps)",
    optax="rmsprop(lr, decay=beta, eps=eps, eps_in_sqrt=False)",
)
class RMSProp(Optimizer):
    """AdaGrad that forgets: a running mean of squared gradients (Hinton's lecture 6, 2012).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0.
    beta : hyperparameter
        Decay of the mean, in [0, 1); its memory is about 1 / (1 - beta) steps.
    eps : hyperparameter
        Keeps the division finite, >= 0; outside the root, as in torch.

    Raises
    ------
    ValueError
        If lr or eps is negative or not finite, or beta lies outside [0, 1).

    Notes
    -----
    State: v, like theta, starting at 0 without correction: the first step is lr / sqrt(1 - beta).
    torch's default is beta = 0.99 (there alpha); Keras puts eps inside the root.
    Source: hinton2012.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(RMSProp(lr=0.5), quadratic([1.0]), [4.0], steps=1).theta[1].round(4).tolist()
    [2.4189]
    """

    lr: Hyper = 1e-3
    beta: Hyper = 0.9
    eps: Hyper = 1e-8

    def init(self, theta):
        return {"v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        v = self.beta * state["v"] + (1 - self.beta) * g**2
        return theta - self.lr * g / (np.sqrt(v) + self.eps), {"v": v}


@rule(
    cite="graves2013",
    year=2013,
    parents=("RMSProp",),
    chapter=5,
    torch="RMSprop(params, lr=lr, alpha=beta, eps=eps, centered=True)",
    optax="rmsprop(lr, decay=beta, eps=eps, eps_in_sqrt=False, centered=True)",
)
class CenteredRMSProp(Optimizer):
    """RMSProp that divides by the deviation of the gradient, not by its size (Graves 2013).

    Parameters
    ----------
    lr, beta, eps : hyperparameter
        As for `RMSProp`.

    Raises
    ------
    ValueError
        As for `RMSProp`.

    Notes
    -----
    State: m and v, like theta. Rounding can leave v - m**2 below zero; it is taken as zero there,
    which torch does not do. Graves adds momentum and puts eps inside the root. Source: graves2013.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> rule = CenteredRMSProp(lr=0.3)
    >>> run(rule, quadratic([1.0]), [4.0], steps=1).theta[1].round(4).tolist()
    [3.0]
    """

    lr: Hyper = 1e-3
    beta: Hyper = 0.9
    eps: Hyper = 1e-8

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta * state["m"] + (1 - self.beta) * g
        v = self.beta * state["v"] + (1 - self.beta) * g**2
        variance = np.maximum(v - m**2, 0)
        theta = theta - self.lr * g / (np.sqrt(variance) + self.eps)
        return theta, {"m": m, "v": v}
