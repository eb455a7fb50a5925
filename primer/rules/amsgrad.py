"""AMSGrad."""

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="reddi2018",
    year=2018,
    parents=("Adam",),
    chapter=6,
    torch="Adam(params, lr=lr, betas=(beta1, beta2), eps=eps, amsgrad=True)",
    no_optax="optax.amsgrad takes the maximum after the correction",
)
class AMSGrad(Optimizer):
    """Adam whose second moment never falls (Reddi, Kale & Kumar 2018).

    Parameters
    ----------
    lr, beta1, beta2, eps : hyperparameter
        As for `Adam`.

    Raises
    ------
    ValueError
        As for `Adam`.

    Notes
    -----
    State: m, v and v_max, like theta. The paper has no bias correction; torch takes the maximum
    before correcting, as here; optax after. Source: reddi2018.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> result = run(AMSGrad(lr=0.1), quadratic([1.0]), [1.0], steps=5)
    >>> bool(result.state["v_max"][0] >= result.state["v"][0])
    True
    """

    lr: Hyper = 1e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta, "v_max": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        v_max = np.maximum(state["v_max"], v)
        m_hat = m / (1 - power(self.beta1, t + 1))
        v_hat = v_max / (1 - power(self.beta2, t + 1))
        theta = theta - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
        return theta, {"m": m, "v": v, "v_max": v_max}
