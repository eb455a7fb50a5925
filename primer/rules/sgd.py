"""Stochastic gradient descent."""

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="robbins1951",
    year=1951,
    chapter=2,
    torch="SGD(params, lr=lr)",
    optax="sgd(lr)",
)
class SGD(Optimizer):
    """Gradient descent; stochastic when J.grad is that of a mini-batch (Robbins & Monro 1951).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0. On a quadratic with largest curvature L it is stable below 2 / L.

    Raises
    ------
    ValueError
        If lr is negative, not finite, or not a number.

    Notes
    -----
    Same as torch.optim.SGD and optax.sgd without momentum. Source: robbins1951.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(SGD(lr=0.5), quadratic([1.0]), [8.0], steps=3).theta[:, 0].tolist()
    [8.0, 4.0, 2.0, 1.0]
    """

    lr: Hyper = 1e-2

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        return theta - self.lr * g, {}
