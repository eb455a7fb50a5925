"""Muon."""

from typing import Any

import numpy as np

from ..hyper import Hyper
from ..registry import rule
from .adamw import AdamW
from .matrices import MatrixRule, alike, length, transposed
from .written import written

#: Odd polynomial a x + b x^3 + c x^5 whose iteration drives singular values toward 1 (jordan2024).
A, B, C = 3.4445, -4.7750, 2.0315
#: How often it is applied.
ROUNDS = 5


@rule(
    cite="jordan2024",
    year=2024,
    parents=("Momentum", "Shampoo"),
    chapter=12,
    no_torch="torch's Muon orthogonalizes in bfloat16, so it agrees to two digits only",
    optax="contrib.muon(lr, beta=beta, eps=eps, weight_decay=weight_decay, nesterov=False,"
    " adam_b1=beta1, adam_b2=beta2, adam_weight_decay=weight_decay)",
)
class Muon(MatrixRule):
    """Momentum whose matrices are orthogonalized before the step (Jordan et al. 2024).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0: about the length of every singular value of a step.
    beta : hyperparameter
        Memory of the momentum, in [0, 1).
    weight_decay : hyperparameter
        Decoupled decay lambda, >= 0, multiplied by lr.
    beta1, beta2, eps : hyperparameter
        Those of `AdamW`, which steps what is no matrix, at the same lr and decay.

    Raises
    ------
    ValueError
        If a value is outside its range, or the objective has no shapes.

    Notes
    -----
    Needs `J.shapes`. State: M for each matrix, the state of `AdamW` for every other block. A matrix
    has shape (inputs, outputs), as in optax and our models; torch's and the original's are
    transposed. Without the original's Nesterov variant, in float64 instead of bfloat16, and without
    eps in the norm. Source: jordan2024.

    Examples
    --------
    >>> from primer import Objective, run
    >>> J = Objective(lambda theta: theta @ np.arange(1.0, 5), shapes=[(2, 2)])
    >>> step = run(Muon(lr=1.0), J, np.zeros(4), steps=1).theta[1].reshape(2, 2)
    >>> np.linalg.svd(step)[1].round(1).tolist()  # those of the gradient are 5.5 and 0.4
    [1.1, 0.7]
    """

    lr: Hyper = 0.02
    beta: Hyper = 0.95
    weight_decay: Hyper = 0.0
    beta1: Hyper = 0.9
    beta2: Hyper = 0.999
    eps: Hyper = 1e-8

    def init_matrix(self, W):
        return {"M": 0 * W}

    def step_matrix(self, G, W, state, t):
        M = self.beta * state["M"] + G
        O = orthogonalized(M)
        rows, cols = W.shape[-2:]
        scale = np.sqrt(np.maximum(1, cols / rows)).item()
        return W - self.lr * (scale * O + self.weight_decay * W), {"M": M}

    def others(self):
        return alike(AdamW, self)


@written(rf"\operatorname{{NS}}_{ROUNDS}(#1)")
def orthogonalized(M: Any) -> Any:
    """Nearly U V^T of M = U S V^T: all singular values brought into [0.68, 1.13], directions kept.

    Those below a hundredth of the Frobenius norm end lower. Shape (*batch, rows, cols); a matrix
    of zeros stays what it is.

    Examples
    --------
    >>> orthogonalized(np.diag([3.0, 4.0])).round(2).tolist()
    [[0.72, 0.0], [0.0, 1.12]]
    """
    if M.shape[-2] > M.shape[-1]:
        return transposed(orthogonalized(transposed(M)))
    size = length(M)
    X = M / np.where(size > 0, size, 1)
    for _ in range(ROUNDS):
        S = X @ transposed(X)
        X = A * X + (B * S + C * S @ S) @ X
    return X
