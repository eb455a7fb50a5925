"""Shampoo."""

from typing import Any, ClassVar

import numpy as np

from ..hyper import Hyper
from ..registry import rule
from .adagrad import AdaGrad
from .matrices import MatrixRule, alike, eigen, identity, transposed
from .written import written


@rule(
    cite="gupta2018",
    year=2018,
    parents=("AdaGrad",),
    chapter=12,
    no_torch="torch.optim has no Shampoo",
    no_optax="optax has no Shampoo",
    no_page="eigenvectors have no formula that the page could compute alike",
)
class Shampoo(MatrixRule):
    """AdaGrad for matrices: rows and columns are whitened by all gradients so far (Gupta 2018).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0: every singular value of a matrix's first step, if eps is small.
    eps : hyperparameter
        What L and R begin with on their diagonals, >= 0, the same for all weights of a matrix.

    Raises
    ------
    ValueError
        If lr or eps is negative or not finite, or the objective has no shapes.

    Notes
    -----
    Needs `J.shapes`. State: L (rows, rows) and R (cols, cols) for each matrix, G for every other
    block, which goes to `AdaGrad` with the same lr and eps: the paper's diagonal version. For a
    vector the paper, and pytorch_optimizer, would keep a full matrix with the exponent -1/2. As in
    the paper L and R are sums, without momentum; later ones forget, or start late. A direction in
    which L or R is zero up to rounding gets no step. The roots are computed at every step: time
    rows^3 + cols^3. Source: gupta2018, Algorithm 1.

    Examples
    --------
    >>> from primer import Objective, run
    >>> J = Objective(lambda theta: theta @ np.arange(1.0, 5), shapes=[(2, 2)])
    >>> step = run(Shampoo(lr=1.0), J, np.zeros(4), steps=1).theta[1].reshape(2, 2)
    >>> np.linalg.svd(step)[1].round(3).tolist()  # those of the gradient are 5.5 and 0.4
    [1.0, 1.0]
    """

    lr: Hyper = 1e-2
    eps: Hyper = 1e-6

    whole: ClassVar[tuple[str, ...]] = ("eps",)

    def init_matrix(self, W):
        rows, cols = W.shape[-2:]
        return {
            "L": self.eps * identity(W, rows),
            "R": self.eps * identity(W, cols),
        }

    def step_matrix(self, G, W, state, t):
        L = state["L"] + G @ transposed(G)
        R = state["R"] + transposed(G) @ G
        step = inverse_fourth_root(L) @ G @ inverse_fourth_root(R)
        return W - self.lr * step, {"L": L, "R": R}

    def others(self):
        return alike(AdaGrad, self)


@written("#1^{-1/4}")
def inverse_fourth_root(S: Any) -> Any:
    """S^{-1/4} of symmetric matrices without negative eigenvalues, (*batch, n, n) -> the same.

    Eigenvalues that are zero up to rounding stay zero; NaN for a matrix that is not finite.

    Examples
    --------
    >>> inverse_fourth_root(np.diag([16.0, 1e-4, 0.0])).round(6).tolist()
    [[0.5, 0.0, 0.0], [0.0, 10.0, 0.0], [0.0, 0.0, 0.0]]
    """
    values, Q = eigen(S)
    noise = np.finfo(values.dtype).eps * values[..., -1:]
    root = np.sqrt(np.sqrt(np.where(values <= noise, np.inf, values)))
    return (Q / root[..., None, :]) @ transposed(Q)
