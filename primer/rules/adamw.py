"""AdamW."""

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="loshchilov2019",
    year=2017,
    parents=("Adam", "AdamL2"),
    chapter=7,
    torch="AdamW(params, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay)",
    optax="adamw(lr, b1=beta1, b2=beta2, eps=eps, weight_decay=weight_decay)",
)
class AdamW(Optimizer):
    """Adam with decoupled weight decay: every weight shrinks alike (Loshchilov & Hutter 2019).

    Parameters
    ----------
    lr, beta1, beta2, eps : hyperparameter
        As for `Adam`.
    weight_decay : hyperparameter
        Decay lambda, >= 0; with a zero gradient theta shrinks by 1 - lr * weight_decay per step.

    Raises
    ------
    ValueError
        As for `Adam`, or if weight_decay is negative or not finite.

    Notes
    -----
    State: m and v, like theta. As in torch, Keras and optax the decay is multiplied by lr; the
    paper multiplies it by the schedule only. Defaults: 0.01 in torch, 0.004 in Keras, 1e-4 in
    optax. Source: loshchilov2019.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> rule = AdamW(lr=0.5, weight_decay=0.1)
    >>> run(rule, quadratic([0.0]), [4.0], steps=2).theta[:, 0].round(6).tolist()
    [4.0, 3.8, 3.61]
    """

    lr: Hyper = 1e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    weight_decay: Hyper = 1e-2

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat = m / (1 - power(self.beta1, t + 1))
        v_hat = v / (1 - power(self.beta2, t + 1))
        return (
            (1 - self.lr * self.weight_decay) * theta
            - self.lr * m_hat / (np.sqrt(v_hat) + self.eps),
            {"m": m, "v": v},
        )
