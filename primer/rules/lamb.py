"""LAMB."""

from typing import Any

import numpy as np

from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule
from .matrices import blocks
from .written import written


@rule(
    cite="you2020",
    year=2019,
    parents=("AdamW",),
    chapter=12,
    no_torch="torch.optim has no LAMB",
    optax="lamb(lr, b1=beta1, b2=beta2, eps=eps, weight_decay=weight_decay)",
)
class LAMB(Optimizer):
    """AdamW whose step in each block is as long as its weights, times the rate (You et al. 2020).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0: what share of its length each block of theta moves per step.
    beta1, beta2, eps, weight_decay : hyperparameter
        As for `AdamW`.

    Raises
    ------
    ValueError
        If a value is outside its range, or the objective has no shapes.

    Notes
    -----
    Needs `J.shapes`, the blocks of which each has a trust ratio of its own, matrices and vectors
    alike; a block of zeros, or a step of zeros, has the ratio 1, as in optax. State: m and v, like
    theta. The paper's phi is the identity here; its authors' experiments, and timm, also clip the
    gradient. Source: you2020, Algorithm 2.

    Examples
    --------
    >>> from primer import Objective, run
    >>> J = Objective(lambda theta: theta @ [1.0, 1.0, 9.0], shapes=[(2,), (1,)])
    >>> rule = LAMB(lr=0.1, weight_decay=0.0)
    >>> run(rule, J, [3.0, 4.0, 2.0], steps=1).theta[1].round(4).tolist()
    [2.6464, 3.6464, 1.8]
    """

    lr: Hyper = 1e-3
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-6
    weight_decay: Hyper = 1e-2

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat = m / (1 - power(self.beta1, t + 1))
        v_hat = v / (1 - power(self.beta2, t + 1))
        r = m_hat / (np.sqrt(v_hat) + self.eps) + self.weight_decay * theta
        size, length = norms(self, J, theta), norms(self, J, r)
        still = (size == 0) | (length == 0)
        trust = np.where(still, 1, size / np.where(still, 1, length))
        return theta - self.lr * trust * r, {"m": m, "v": v}

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta}


@written(r"\lVert #3 \rVert_{\mathrm{block}}")
def norms(rule: Optimizer, J: Any, x: Any) -> Any:
    """For every coordinate the Euclidean norm of its block, (*batch, d) -> the same.

    Examples
    --------
    >>> from primer import Objective
    >>> J = Objective(lambda theta: theta.sum(-1), shapes=[(2,), (1,)])
    >>> norms(LAMB(), J, np.array([3.0, 4.0, 2.0])).tolist()
    [5.0, 5.0, 2.0]
    """
    places = [place for place, _ in blocks(rule, J, x)]
    return np.concatenate(
        [
            np.broadcast_to(
                np.sqrt(np.sum(x[..., p] ** 2, axis=-1, keepdims=True)),
                x[..., p].shape,
            )
            for p in places
        ],
        axis=-1,
    )
