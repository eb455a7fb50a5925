"""RAdam."""

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="liu2020",
    year=2019,
    parents=("Adam",),
    chapter=6,
    torch="RAdam(params, lr=lr, betas=(beta1, beta2), eps=eps)",
    no_optax="optax.radam puts eps on the corrected moment and switches at rho >= 5",
)
class RAdam(Optimizer):
    """Adam that waits with adapting until its second moment can be trusted (Liu et al. 2020).

    Parameters
    ----------
    lr, beta1, beta2, eps : hyperparameter
        As for `Adam`. With beta2 <= 2/3 rho never exceeds 5 and the rule is momentum.

    Raises
    ------
    ValueError
        As for `Adam`.

    Notes
    -----
    State: m and v, like theta. As in torch, eps goes to the uncorrected root and the switch is at
    rho > 5; the paper says rho > 4. Source: liu2020, Algorithm 2.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(RAdam(lr=0.5), quadratic([1.0]), [4.0], steps=1).theta[1].round(6).tolist()
    [2.0]
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
        b = power(self.beta2, t + 1)
        rho_inf = 2 / (1 - self.beta2) - 1
        rho = rho_inf - 2 * (t + 1) * b / (1 - b)
        # where rho <= 5 the root is not used; 5 in its place keeps it real
        s = np.maximum(rho, 5)
        r = np.sqrt(
            (s - 4) * (s - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * s)
        )
        scale = np.where(
            rho > 5, r * np.sqrt(1 - b) / (np.sqrt(v) + self.eps), 1.0
        )
        return theta - self.lr * m_hat * scale, {"m": m, "v": v}
