"""Adam, and Adam with an L2 penalty in its gradient."""

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="kingma2015",
    year=2014,
    parents=("RMSProp", "Momentum"),
    chapter=6,
    torch="Adam(params, lr=lr, betas=(beta1, beta2), eps=eps)",
    optax="adam(lr, b1=beta1, b2=beta2, eps=eps)",
)
class Adam(Optimizer):
    """Adaptive moments, corrected for their start at zero (Kingma & Ba 2015, Algorithm 1).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0: about the length of a step in each coordinate.
    beta1, beta2 : hyperparameter
        Decay of the first and second moment, in [0, 1).
    eps : hyperparameter
        Keeps the division finite, >= 0; outside the root, on the corrected moment.

    Raises
    ------
    ValueError
        If lr or eps is negative or not finite, or a beta lies outside [0, 1).

    Notes
    -----
    State: m and v, like theta. t counts from 0, hence t + 1. torch and optax agree; Keras applies
    eps to the uncorrected moment ("epsilon hat" of the paper). Source: kingma2015.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(Adam(lr=0.5), quadratic([1.0, 100.0]), [4.0, 4.0], steps=1).theta[1].round(6).tolist()
    [3.5, 3.5]
    """

    lr: Hyper = 1e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat = m / (1 - power(self.beta1, t + 1))
        v_hat = v / (1 - power(self.beta2, t + 1))
        theta = theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
        return theta, {"m": m, "v": v}


@rule(
    cite="loshchilov2019",
    year=2014,
    parents=("Adam",),
    chapter=7,
    torch="Adam(params, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay)",
    no_optax="optax has no such alias; it is a chain of add_decayed_weights and adam",
)
class AdamL2(Optimizer):
    """Adam on J plus an L2 penalty, which then passes through both moments.

    Parameters
    ----------
    lr, beta1, beta2, eps : hyperparameter
        As for `Adam`.
    weight_decay : hyperparameter
        Strength lambda of the penalty, >= 0.

    Raises
    ------
    ValueError
        As for `Adam`, or if weight_decay is negative or not finite.

    Notes
    -----
    State: m and v, like theta. The same as ``Adam`` on ``J + l2(weight_decay)`` and as torch's
    Adam(weight_decay=...). Not decoupled: see `AdamW`. Source: loshchilov2019, Algorithm 2.

    Examples
    --------
    >>> from primer import Adam, l2, run
    >>> from primer.landscapes import quadratic
    >>> J, start = quadratic([1.0, 9.0]), [1.0, 1.0]
    >>> a = run(AdamL2(lr=0.1, weight_decay=0.3), J, start, steps=9)
    >>> b = run(Adam(lr=0.1), J + l2(0.3), start, steps=9)
    >>> bool((a.theta == b.theta).all())
    True
    """

    lr: Hyper = 1e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    weight_decay: Hyper = 1e-2

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta) + self.weight_decay * theta
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat = m / (1 - power(self.beta1, t + 1))
        v_hat = v / (1 - power(self.beta2, t + 1))
        theta = theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
        return theta, {"m": m, "v": v}
