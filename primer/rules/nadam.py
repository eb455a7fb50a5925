"""NAdam."""

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="dozat2016",
    year=2016,
    parents=("Adam", "Nesterov"),
    chapter=6,
    torch="NAdam(params, lr=lr, betas=(beta1, beta2), eps=eps, momentum_decay=momentum_decay)",
    no_optax="optax.nadam has no momentum schedule",
)
class NAdam(Optimizer):
    """Adam that looks ahead, as Nesterov does (Dozat 2016).

    Parameters
    ----------
    lr, beta1, beta2, eps : hyperparameter
        As for `Adam`.
    momentum_decay : hyperparameter
        Speed at which the momentum rises to beta1, >= 0.

    Raises
    ------
    ValueError
        As for `Adam`, or if momentum_decay is negative or not finite.

    Notes
    -----
    State: m and v, like theta, and the product P of the momenta, shape (*batch, 1). As torch's;
    Keras has momentum_decay = 1, optax no schedule. Source: dozat2016.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> rule = NAdam(lr=0.5, momentum_decay=1.0)
    >>> run(rule, quadratic([1.0]), [4.0], steps=1).theta[1].round(4).tolist()
    [3.4686]
    """

    lr: Hyper = 2e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    momentum_decay: Hyper = 4e-3

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta, "P": 1 + 0 * theta[..., :1]}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        mu = self.beta1 * (1 - 0.96 ** ((t + 1) * self.momentum_decay) / 2)
        mu_next = self.beta1 * (1 - 0.96 ** ((t + 2) * self.momentum_decay) / 2)
        P = state["P"] * mu
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_bar = (1 - mu) * g / (1 - P) + mu_next * m / (1 - P * mu_next)
        v_hat = v / (1 - power(self.beta2, t + 1))
        theta = theta - self.lr * m_bar / (np.sqrt(v_hat) + self.eps)
        return theta, {"m": m, "v": v, "P": P}
