"""The multilayer perceptron with layer normalization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import check
from .layers import Activation, cross_entropy_slope, normalized, normalized_slope, tanh
from .mlp import MLP


class NormalizedMLP(MLP):
    """A multilayer perceptron whose hidden layers are normalized before their activation.

    Equation: s_l = a_{l-1} W_l, n_l = (s_l - mean(s_l)) / sqrt(var(s_l) + eps),
    a_l = f(g_l * n_l + b_l) for the hidden layers, with mean and variance over the units of the
    layer, for every example alone; a_0, z and J as for `MLP`;
    theta = (W_1, g_1, b_1, W_2, g_2, b_2, …, W, b).

    As eps -> 0, J does not depend on the scale of a W_l: its gradient with respect to W_l is
    orthogonal to W_l and falls as 1 / norm(W_l).

    Shapes: theta (*batch, d). Weights and biases start as those of `MLP`, gains g_l as 1.

    Parameters
    ----------
    X : array_like of float (N, p)
    y : array_like of int (N,)
        Labels 0 … K - 1.
    hidden : sequence of int
        Widths of the hidden layers, each at least 2, since one unit alone would always be
        normalized to 0; () gives softmax regression, in which nothing is normalized.
    activation : Activation
        `tanh` or `relu` of this package, or your own.
    classes : int, optional
        K, at least 2; by default the largest label + 1.
    eps : float
        Added to the variance, > 0.

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Notes
    -----
    Source: ba2016, which has no eps. Differs from torch: `torch.nn.LayerNorm` has the same eps in
    the same place, but the `torch.nn.Linear` before it a bias of its own, here left out
    (``bias=False``).

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> J = NormalizedMLP(X, [0, 1, 1, 0], hidden=(8,))
    >>> J.dim, J.initial([0, 1, 2]).shape, J(J.initial([0, 1, 2])).shape
    (50, (3, 50), (3,))

    The weights that stand before a normalization are views of theta:

    >>> theta = J.initial(0)
    >>> (W,) = J.scale_free(theta)
    >>> before = J(theta)
    >>> W *= 10
    >>> bool(abs(J(theta) - before) < 1e-4)
    True
    """

    title = "Multilayer perceptron with layer normalization"
    #: A gain and a bias follow the matrix of a hidden layer.
    least, vectors = 2, 2

    def __init__(
        self,
        X: Any,
        y: Any,
        hidden: Sequence[int] = (32,),
        activation: Activation = tanh,
        classes: int | None = None,
        eps: float = 1e-5,
    ) -> None:
        check.number("eps", eps, "positive")
        if np.ndim(eps):
            raise check.refuse("eps", eps, "a single finite number > 0")
        self.eps = float(eps)
        super().__init__(X, y, hidden, activation, classes)

    def scale_free(self, theta: Any) -> list[Any]:
        """The weights W_1, W_2, … before a normalization, views (*batch, n_in, n_out) of theta.

        Raises ValueError if theta is not an array of floats (*batch, d).
        """
        return self.layout.matrices(check.points("theta", theta, self.dim, finite=False))[:-1]

    def slope(self, theta: Any, X: Any, y: Any) -> Any:
        *hidden, A, Z = self._forward(theta, X)
        *parts, W, _ = self.layout.parts(theta)
        out, (*slopes, dW, db) = self.layout.empty(Z.shape[:-2], Z.dtype)
        D = cross_entropy_slope(Z, y)
        np.matmul(np.swapaxes(A, -1, -2), D, out=dW)
        D.sum(-2, out=db)
        layers = zip(hidden, _in_threes(parts), _in_threes(slopes), strict=True)
        for (inputs, N, sigma), (V, g, _), (dV, dg, db) in reversed(list(layers)):
            D = D @ np.swapaxes(W, -1, -2)
            D *= self.activation.slope(A)
            (D * N).sum(-2, out=dg)
            D.sum(-2, out=db)
            D = normalized_slope(D * g[..., None, :], N, sigma)
            np.matmul(np.swapaxes(inputs, -1, -2), D, out=dV)
            A, W = inputs, V
        return out

    def _forward(self, theta: Any, X: Any) -> list[Any]:
        """(input, n, sigma) of every hidden layer, input of the last layer, scores."""
        A = X.astype(theta.dtype, copy=False)
        *parts, W, b = self.layout.parts(theta)
        flow = []
        for V, g, shift in _in_threes(parts):
            N, sigma = normalized(A @ V, self.eps)
            flow.append((A, N, sigma))
            U = g[..., None, :] * N
            U += shift[..., None, :]
            A = self.activation.value(U)
        Z = A @ W
        Z += b[..., None, :]
        return [*flow, A, Z]

    def _draw(self, rng: np.random.Generator) -> Any:
        theta = super()._draw(rng)
        for gain in self.layout.parts(theta)[1:-2:3]:
            gain[...] = 1
        return theta


def _in_threes(parts: list[Any]) -> list[Any]:
    """[W_1, g_1, b_1, W_2, …] -> [(W_1, g_1, b_1), …]"""
    return list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))
