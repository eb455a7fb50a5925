"""Lion."""

import numpy as np

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="chen2023",
    year=2023,
    parents=("AdamW",),
    chapter=12,
    no_torch="torch.optim has no Lion",
    optax="lion(lr, b1=beta1, b2=beta2, weight_decay=weight_decay)",
)
class Lion(Optimizer):
    """The sign of a momentum, found by program search (Chen et al. 2023).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0: the exact length of a step in each coordinate without decay.
    beta1, beta2 : hyperparameter
        Decay of the average that is used and of the one that is kept, in [0, 1).
    weight_decay : hyperparameter
        Decoupled decay lambda, >= 0, multiplied by lr.

    Raises
    ------
    ValueError
        If lr or weight_decay is negative or not finite, or a beta lies outside [0, 1).

    Notes
    -----
    State: m, like theta. The sign of zero is zero. Source: chen2023, Algorithm 2.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(Lion(lr=0.5), quadratic([1.0, 100.0]), [4.0, -4.0], steps=1).theta[1].tolist()
    [3.5, -3.5]
    """

    lr: Hyper = 1e-4
    beta1: Hyper = 0.9
    beta2: Hyper = 0.99
    weight_decay: Hyper = 0.0

    def init(self, theta):
        return {"m": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        c = self.beta1 * state["m"] + (1 - self.beta1) * g
        m = self.beta2 * state["m"] + (1 - self.beta2) * g
        return theta - self.lr * (np.sign(c) + self.weight_decay * theta), {"m": m}
