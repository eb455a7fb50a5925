"""Adamax."""

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="kingma2015",
    year=2014,
    parents=("Adam",),
    chapter=6,
    torch="Adamax(params, lr=lr, betas=(beta1, beta2), eps=eps)",
    optax="adamax(lr, b1=beta1, b2=beta2, eps=eps)",
)
class Adamax(Optimizer):
    """Adam with the largest recent gradient in place of the root mean square (Kingma & Ba 2015).

    Parameters
    ----------
    lr, beta1, beta2, eps : hyperparameter
        As for `Adam`; the paper's lr is 0.002.

    Raises
    ------
    ValueError
        As for `Adam`.

    Notes
    -----
    State: m and u, like theta. u needs no correction. The paper's Algorithm 2 has no eps; torch and
    optax add it to |g|, as here. Source: kingma2015, section 7.1.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(Adamax(lr=0.5), quadratic([1.0]), [4.0], steps=1).theta[1].round(6).tolist()
    [3.5]
    """

    lr: Hyper = 2e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8

    def init(self, theta):
        return {"m": 0 * theta, "u": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * state["u"], np.abs(g) + self.eps)
        m_hat = m / (1 - power(self.beta1, t + 1))
        return theta - self.lr * m_hat / u, {"m": m, "u": u}
