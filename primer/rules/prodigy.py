"""Prodigy."""

import numpy as np

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="mishchenko2024",
    year=2023,
    parents=("AdamW",),
    chapter=12,
    no_torch="torch.optim has no Prodigy; the authors' package prodigyopt has",
    no_optax="optax.contrib.prodigy always corrects the moments for their start at zero",
)
class Prodigy(Optimizer):
    """AdamW that finds its rate: the distance d to the minimum (Mishchenko & Defazio 2024).

    Parameters
    ----------
    lr : hyperparameter
        What the estimate d is multiplied by, >= 0; left at 1, or a schedule that falls from it.
    beta1, beta2 : hyperparameter
        Decay of the moments, in [0, 1). The sums r and s decay with the root of beta2.
    eps : hyperparameter
        Keeps the division finite, >= 0; multiplied by d, as the moments are.
    weight_decay : hyperparameter
        Decoupled decay lambda, >= 0, multiplied by lr and d.
    d0 : hyperparameter
        The first d, > 0: any number far below the distance.

    Raises
    ------
    ValueError
        If lr, eps or weight_decay is negative or not finite, a beta lies outside [0, 1), or d0 is
        not positive.

    Notes
    -----
    State: m, v, s and the start, like theta; d and r, one number for each run. d never falls. As in
    the authors' package there is no bias correction, and eps is multiplied by the new d (in the
    paper by the old one). Source: mishchenko2024, the version for Adam.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> result = run(Prodigy(), quadratic([1.0, 100.0]), [4.0, 4.0], steps=200)
    >>> result.state["d"].round(1).tolist(), bool(result.loss[-1] < result.loss[0] / 100)
    ([2.4], True)
    """

    lr: Hyper = 1.0
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0
    d0: Hyper = 1e-6

    def init(self, theta):
        zero, none = 0 * theta, 0 * theta[..., :1]
        parts = {"m": zero, "v": zero, "s": zero, "start": np.copy(theta)}
        return {**parts, "r": none, "d": none + self.d0}

    def step(self, J, theta, state, t):
        g, d, start = J.grad(theta), state["d"], state["start"]
        beta3 = np.sqrt(self.beta2)
        m = self.beta1 * state["m"] + (1 - self.beta1) * d * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * (d * g) ** 2
        w = (1 - beta3) * self.lr * d**2
        r = beta3 * state["r"] + np.sum(
            w * g * (start - theta), axis=-1, keepdims=True
        )
        s = beta3 * state["s"] + w * g
        size = np.sum(np.abs(s), axis=-1, keepdims=True)
        d_new = np.maximum(d, r / np.where(size > 0, size, 1))
        u = m / (np.sqrt(v) + d_new * self.eps)
        theta = theta - self.lr * d * (u + self.weight_decay * theta)
        parts = {"m": m, "v": v, "s": s, "start": start}
        return theta, {**parts, "r": r, "d": d_new}
