"""Adafactor."""

from typing import Any, ClassVar

import numpy as np

from ..hyper import Hyper
from ..registry import rule
from .matrices import MatrixRule, OneRow

#: How fast the memory of the second moments grows: beta2 = 1 - t^-0.8.
GROWTH = 0.8


@rule(
    cite="shazeer2018",
    year=2018,
    parents=("Adam",),
    chapter=12,
    torch="Adafactor(params, lr=lr, eps=(eps1, eps2), d=clip)",
    optax="adafactor(lr, min_dim_size_to_factor=1, clipping_threshold=clip, eps=eps1)",
)
class Adafactor(MatrixRule):
    """A second moment of one number per row and one per column, instead of one per weight (2018).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0, relative to the size of the weights of each block.
    clip : hyperparameter
        Largest root mean square of a block's normalized step, > 0.
    eps1 : hyperparameter
        Added to every squared gradient, >= 0.
    eps2 : hyperparameter
        Least size of the weights that lr is relative to, > 0, so that weights can leave zero.

    Raises
    ------
    ValueError
        If a value is outside its range, or the objective has no shapes.

    Notes
    -----
    Needs `J.shapes`. State: R (rows, 1) and C (1, cols), means over each row and each column. Any
    other block is taken for a matrix of one row, whose second moment is not factored. The paper's
    rate is the schedule min(0.01, 1 / sqrt(t)); torch caps lr by 1 / sqrt(t), and uses eps1 in
    another way. optax fixes eps2 at 1e-3, and factors no matrix with fewer than 128 rows or columns
    unless told so. Source: shazeer2018, Algorithms 4 to 6.

    Examples
    --------
    >>> from primer import Objective, run
    >>> J = Objective(lambda theta: theta @ np.arange(1.0, 5), shapes=[(2, 2)])
    >>> step = run(Adafactor(lr=1.0), J, np.ones(4), steps=1).theta[1] - 1
    >>> step.round(2).tolist()  # nearly Adam's -1 for every weight
    [-0.77, -1.1, -1.04, -0.98]
    """

    lr: Hyper = 1e-2
    clip: Hyper = 1.0
    eps1: Hyper = 1e-30
    eps2: Hyper = 1e-3

    domains: ClassVar[dict[str, str]] = {
        "clip": "positive",
        "eps1": "rate",
        "eps2": "positive",
    }

    def init_matrix(self, W):
        return {"R": 0 * W[..., :1], "C": 0 * W[..., :1, :]}

    def step_matrix(self, G, W, state, t):
        beta = 1 - (t + 1) ** -GROWTH
        S = G**2 + self.eps1
        R = beta * state["R"] + (1 - beta) * np.mean(S, axis=-1, keepdims=True)
        C = beta * state["C"] + (1 - beta) * np.mean(S, axis=-2, keepdims=True)
        # in float32 the product of two means as small as eps1 would be 0
        V = R.astype(float) * C / np.mean(R, axis=-2, keepdims=True)
        U = G / np.sqrt(V).astype(G.dtype)
        clipped = U / np.maximum(1, rms(U) / self.clip)
        rate = self.lr * np.maximum(self.eps2, rms(W))
        return W - rate * clipped, {"R": R, "C": C}

    def others(self) -> Any:
        return OneRow(self)


def rms(M: Any) -> Any:
    """Root mean square of the numbers of a matrix, (*batch, rows, cols) -> (*batch, 1, 1).

    Examples
    --------
    >>> rms(np.array([[1.0, 7.0], [5.0, 5.0]])).tolist()
    [[5.0]]
    """
    return np.sqrt(np.mean(M**2, axis=(-2, -1), keepdims=True))
