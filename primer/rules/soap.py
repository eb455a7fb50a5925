"""SOAP."""

from typing import Any, ClassVar

import numpy as np

from .. import check
from ..exact import power
from ..hyper import Hyper
from ..registry import rule
from .adamw import AdamW
from .matrices import MatrixRule, alike, eigen, identity, transposed
from .written import written


@rule(
    cite="vyas2025",
    year=2024,
    parents=("Shampoo", "Adam"),
    chapter=12,
    no_torch="torch.optim has no SOAP",
    no_optax="optax has no SOAP",
    no_page="eigenvectors have no formula that the page could compute alike",
)
class SOAP(MatrixRule):
    """Adam in the coordinates in which Shampoo is diagonal, renewed every ten steps (Vyas 2025).

    Parameters
    ----------
    lr, beta1, beta2, eps, weight_decay : hyperparameter
        As for `AdamW`; beta2, the same for all weights of a matrix, is the memory of L and R, too.
    every : int
        Steps between two renewals of the coordinates, >= 1.

    Raises
    ------
    ValueError
        If a value is outside its range, or the objective has no shapes.

    Notes
    -----
    Needs `J.shapes`. State: for each matrix M and V, like it, L and Q_L (rows, rows), R and Q_R
    (cols, cols); for every other block that of `AdamW`, with the same hyperparameters. As in the
    authors' code: the first step moves no matrix, it only finds the coordinates, so that no step is
    taken in coordinates that know its gradient; the decay comes after the step; a renewal is one
    power iteration, orthogonalized in the order of the eigenvalues. There eps goes to the
    uncorrected root, and the coordinates are computed in float32. Where a matrix has more rows than
    columns, or the other way round, the first coordinates are not unique: another machine may
    choose others. Source: vyas2025, Algorithm 3.

    Examples
    --------
    >>> from primer import Objective, run
    >>> J = Objective(lambda theta: theta @ np.arange(1.0, 5), shapes=[(2, 2)])
    >>> step = run(SOAP(lr=1.0, weight_decay=0.0), J, np.zeros(4), steps=2).theta[2].reshape(2, 2)
    >>> np.linalg.svd(step)[1].round(3).tolist()  # those of the gradient are 5.5 and 0.4
    [1.0, 1.0]
    """

    lr: Hyper = 3e-3
    beta1: Hyper = 0.95
    beta2: Hyper = 0.95
    eps: Hyper = 1e-8
    weight_decay: Hyper = 1e-2
    every: int = 10

    whole: ClassVar[tuple[str, ...]] = ("beta2",)

    def __post_init__(self) -> None:
        super().__post_init__()
        check.count("every", self.every)

    def init_matrix(self, W):
        rows, cols = identity(W, W.shape[-2]), identity(W, W.shape[-1])
        return {
            "M": 0 * W,
            "V": 0 * W,
            "L": 0 * rows,
            "R": 0 * cols,
            "Q_L": rows,
            "Q_R": cols,
        }

    def step_matrix(self, G, W, state, t):
        Q_L, Q_R = state["Q_L"], state["Q_R"]
        K = transposed(Q_L) @ G @ Q_R
        M = self.beta1 * state["M"] + (1 - self.beta1) * G
        V = self.beta2 * state["V"] + (1 - self.beta2) * K**2
        n = np.maximum(t, 1)
        M_hat = M / (1 - power(self.beta1, n))
        V_hat = V / (1 - power(self.beta2, n))
        N = transposed(Q_L) @ M_hat @ Q_R / (np.sqrt(V_hat) + self.eps)
        moved = W - self.lr * (Q_L @ N @ transposed(Q_R))
        shrunk = (1 - self.lr * self.weight_decay) * moved
        L = self.beta2 * state["L"] + (1 - self.beta2) * (G @ transposed(G))
        R = self.beta2 * state["R"] + (1 - self.beta2) * (transposed(G) @ G)
        return np.where(t > 0, shrunk, W), {
            "M": np.where(t > 0, M, 0),
            "V": np.where(t > 0, V, 0),
            "L": L,
            "R": R,
            "Q_L": eigenbasis(L, Q_L, t, self.every),
            "Q_R": eigenbasis(R, Q_R, t, self.every),
        }

    def others(self):
        return alike(AdamW, self)


@written(
    r"\begin{cases} \operatorname{eig}(#1) & \text{if } #3 = 0 \\ "
    r"\operatorname{qr}(#1, #2) & \text{if } #3 \bmod #4 = 0 \\ #2 & \text{otherwise} \end{cases}"
)
def eigenbasis(S: Any, Q: Any, t: Any, every: int) -> Any:
    """Eigenvectors of symmetric matrices, as columns: found at t = 0, renewed from Q now and then.

    Shapes (*batch, n, n); NaN for a matrix that is not finite.

    Examples
    --------
    >>> S, Q = np.diag([1.0, 4.0]), np.array([[0.6, -0.8], [0.8, 0.6]])
    >>> eigenbasis(S, Q, 0, 10).tolist(), eigenbasis(S, Q, 7, 10) is Q
    ([[0.0, 1.0], [1.0, 0.0]], True)
    >>> abs(eigenbasis(S, Q, 10, 10)).round(2).tolist()
    [[0.18, 0.98], [0.98, 0.18]]
    """
    if t == 0:
        return np.ascontiguousarray(eigen(S)[1][..., ::-1])
    return _renewed(S, Q) if t % every == 0 else Q


def _renewed(S: Any, Q: Any) -> Any:
    """The columns of S Q, orthogonalized from the largest eigenvalue down, each in its place."""
    P = S @ Q
    order = np.argsort(-np.sum(Q * P, axis=-2, keepdims=True), axis=-1)
    sound, _ = np.linalg.qr(np.take_along_axis(P, order, -1))
    back = np.argsort(order, axis=-1)
    return np.ascontiguousarray(np.take_along_axis(sound, back, -1))
