"""Sophia."""

from typing import ClassVar

import numpy as np

from .. import check
from ..exact import when
from ..hyper import Hyper
from ..objective import Signs
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="liu2024",
    year=2023,
    parents=("Newton", "AdamW"),
    chapter=12,
    no_torch="torch.optim has no Sophia",
    no_optax="optax.contrib.sophia corrects the mean for its start at zero, and uses a new"
    " curvature one step late",
)
class Sophia(Optimizer):
    """A mean of gradients over a mean of curvatures, each entry clipped at 1 (Liu et al. 2024).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0: the longest step in each coordinate without decay.
    beta1, beta2 : hyperparameter
        Decay of the means of gradients and of curvatures, in [0, 1).
    gamma : hyperparameter
        What the curvature is multiplied by, > 0: the smaller, the more is clipped.
    eps : hyperparameter
        Least denominator, > 0: where the curvature is not positive, the step is clipped.
    weight_decay : hyperparameter
        Decoupled decay lambda, >= 0, multiplied by lr.
    every : int
        Steps between two looks at the curvature, >= 1.
    seed : int
        Of the random signs, >= 0, which are a pure function of (seed, t).

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    State: the means m and h, like theta. The diagonal of the Hessian H is estimated by u * (H u)
    with random signs u (Hutchinson's estimator, the paper's Sophia-H), one product `J.hvp`
    in every `every`-th step; the page makes it in all. No mean is corrected for its start at zero.
    Source: liu2024, Algorithm 3.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> rule = Sophia(lr=0.5, gamma=10.0, weight_decay=0.0)
    >>> run(rule, quadratic([1.0, 100.0]), [4.0, 4.0], steps=1).theta[1].round(6).tolist()
    [3.5, 3.5]
    """

    lr: Hyper = 1e-4
    beta1: Hyper = 0.96
    beta2: Hyper = 0.99
    gamma: Hyper = 0.01
    eps: Hyper = 1e-12
    weight_decay: Hyper = 0.2
    every: int = 10
    seed: int = 0

    domains: ClassVar[dict[str, str]] = {"gamma": "positive", "eps": "positive"}

    def __post_init__(self):
        super().__post_init__()
        check.count("every", self.every)
        check.count("seed", self.seed, 0)

    def init(self, theta):
        return {"m": 0 * theta, "h": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g

        def renewed():
            u = Signs(self.seed, theta.shape[-1])[t].astype(theta.dtype)
            h_hat = u * J.hvp(theta, u)
            return self.beta2 * state["h"] + (1 - self.beta2) * h_hat

        h = when(t % self.every == 0, renewed, state["h"])
        ratio = m / np.maximum(self.gamma * h, self.eps)
        clipped = np.minimum(np.maximum(ratio, -1), 1)
        theta = theta - self.lr * (clipped + self.weight_decay * theta)
        return theta, {"m": m, "h": h}
