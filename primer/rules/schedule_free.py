"""Schedule-Free AdamW."""

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="defazio2024",
    year=2024,
    parents=("AdamW",),
    chapter=12,
    no_torch="torch.optim has no Schedule-Free rule; the authors' package schedulefree has",
    optax="contrib.schedule_free_adamw(lr, b1=beta1, b2=beta2, eps=eps,"
    " weight_decay=weight_decay)",
    sees="(1 - beta1) * state['z'] + beta1 * theta",
)
class ScheduleFree(Optimizer):
    """AdamW without momentum, whose iterates z are averaged as they come (Defazio et al. 2024).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta of z, >= 0: a constant, or a warm-up to one.
    beta1 : hyperparameter
        Where the gradient is taken between z (0) and the average (1), in [0, 1).
    beta2 : hyperparameter
        Decay of the second moment, in [0, 1).
    eps : hyperparameter
        Keeps the division finite, >= 0; outside the root, on the corrected moment.
    weight_decay : hyperparameter
        Decoupled decay lambda, >= 0, multiplied by lr and by the place where the gradient is taken.

    Raises
    ------
    ValueError
        If lr, eps or weight_decay is negative or not finite, or a beta lies outside [0, 1).

    Notes
    -----
    theta is the average, the paper's x: what is evaluated and kept. The model that is trained
    stands at y; torch's and optax's versions iterate y and turn it into x when asked. State: z and
    v, like theta, and S, the sum of the weights so far. A step weighs lr^2. The original's
    warmup_steps=50 is ``lr=Linear(lr / 50, lr, 49)`` here; there, a rate that falls again would
    keep the weight of its maximum. Source: defazio2024, the AdamW version of Algorithm 1.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> rule = ScheduleFree(lr=0.5, beta1=0.0)
    >>> run(rule, quadratic([1.0]), [4.0], steps=2).theta[:, 0].round(2).tolist()
    [4.0, 3.5, 3.27]
    """

    lr: Hyper = 2.5e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0

    def init(self, theta):
        return {"z": np.copy(theta), "v": 0 * theta, "S": 0 * theta[..., :1]}

    def step(self, J, theta, state, t):
        y = (1 - self.beta1) * state["z"] + self.beta1 * theta
        g = J.grad(y)
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        v_hat = v / (1 - power(self.beta2, t + 1))
        u = g / (np.sqrt(v_hat) + self.eps)
        z = state["z"] - self.lr * (u + self.weight_decay * y)
        S = state["S"] + power(self.lr, 2)
        # while all rates were 0, any weight leaves the average where it is
        c = power(self.lr, 2) / np.where(S > 0, S, 1)
        return theta + c * (z - theta), {"z": z, "v": v, "S": S}
