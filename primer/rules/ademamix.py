"""AdEMAMix."""

from typing import ClassVar

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="pagliardini2025",
    year=2024,
    parents=("AdamW",),
    chapter=12,
    no_torch="torch.optim has no AdEMAMix",
    optax="contrib.ademamix(lr, b1=beta1, b2=beta2, b3=beta3, alpha=alpha, eps=eps,"
    " weight_decay=weight_decay)",
)
class AdEMAMix(Optimizer):
    """AdamW with a slow mean of gradients beside the fast one (Pagliardini et al. 2025).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0.
    beta1, beta2 : hyperparameter
        Decay of the fast mean and of the second moment, in [0, 1).
    beta3 : hyperparameter
        Decay of the slow mean, in [0, 1).
    alpha : hyperparameter
        What the slow mean counts beside the fast one, >= 0. With 0 the rule is `AdamW`.
    eps : hyperparameter
        Keeps the division finite, >= 0; outside the root, on the corrected moment.
    weight_decay : hyperparameter
        Decoupled decay lambda, >= 0, multiplied by lr.

    Raises
    ------
    ValueError
        If lr, alpha, eps or weight_decay is negative or not finite, or a beta lies outside [0, 1).

    Notes
    -----
    State: m1, m2 and v, like theta. The slow mean is not corrected for its start at zero, so that
    it fills slowly. In a long run the paper also raises alpha from 0, here ``alpha=Linear(0, 5,
    steps)``, and beta3 from beta1. Source: pagliardini2025, Algorithm 1.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> J, start = quadratic([1.0, 100.0]), [4.0, 4.0]
    >>> run(AdEMAMix(lr=0.5), J, start, steps=1).theta[1].round(4).tolist()
    [3.4998, 3.4998]
    """

    lr: Hyper = 1e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    beta3: Hyper = 0.9999
    alpha: Hyper = 5.0
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0

    domains: ClassVar[dict[str, str]] = {"alpha": "rate"}

    def init(self, theta):
        return {"m1": 0 * theta, "m2": 0 * theta, "v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m1 = self.beta1 * state["m1"] + (1 - self.beta1) * g
        m2 = self.beta3 * state["m2"] + (1 - self.beta3) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m1_hat = m1 / (1 - power(self.beta1, t + 1))
        v_hat = v / (1 - power(self.beta2, t + 1))
        u = (m1_hat + self.alpha * m2) / (np.sqrt(v_hat) + self.eps)
        theta = theta - self.lr * (u + self.weight_decay * theta)
        return theta, {"m1": m1, "m2": m2, "v": v}
