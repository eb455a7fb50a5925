"""A small recurrent network that predicts the next character."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from .base import Classifier, labels
from .layers import Layout, cross_entropy, cross_entropy_slope, glorot


class ElmanRNN(Classifier):
    """Elman's recurrent network over windows of symbols: it predicts each next symbol.

    Equation: h_t = tanh(U[x_t] + h_{t-1} W + b), z_t = h_t V + c, h_0 = 0;
    J = mean over windows and t of log(sum over k of exp(z_tk)) - z_t,y_t. The gradient runs through
    the whole window and stops at its start (truncated back-propagation through time).
    theta = (U, W, b, V, c).

    Shapes: theta (*batch, d) with d = K*H + H*H + H + H*K + K. Weights start as normal numbers with
    the spread of glorot2010 (U: 1/sqrt(H)), biases as 0.

    Parameters
    ----------
    X : array_like of int (N, T)
        N windows of T symbols 0 … K - 1.
    y : array_like of int (N, T)
        The symbol that follows each of them.
    hidden : int
        H, at least 1.
    symbols : int, optional
        K, at least 2; by default the largest code + 1.

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Notes
    -----
    Source: elman1990.

    Examples
    --------
    >>> J = ElmanRNN([[0, 1, 2, 0]], [[1, 2, 0, 1]], hidden=4)
    >>> J.dim, J.predict(J.initial([0, 1]), [[0, 1]]).shape
    (47, (2, 1, 2))
    """

    sample_axes = 2

    def __init__(self, X: Any, y: Any, hidden: int = 32, symbols: int | None = None) -> None:
        codes = max(int(labels("X", X).max()), int(labels("y", y).max())) + 1
        self.symbols = K = check.count("symbols", codes if symbols is None else symbols, 2)
        self.hidden = H = check.count("hidden", hidden)
        self.layout = Layout([(K, H), (H, H), (H,), (H, K), (K,)])
        super().__init__(X, y, self.layout.dim, shapes=self.layout.shapes, name="Recurrent net")

    def examples(self, X: Any, y: Any) -> tuple[Any, Any]:
        X, y = labels("X", X, self.symbols), labels("y", y, self.symbols)
        if X.ndim < 2 or X.shape != y.shape:
            shapes = f"X of shape {X.shape} and y of shape {y.shape}"
            raise ValueError(f"X and y must both have the shape (N, T), got {shapes}")
        return X, y

    def loss(self, theta: Any, X: Any, y: Any) -> Any:
        return cross_entropy(self._forward(theta, X)[-1], _time_first(y))

    def slope(self, theta: Any, X: Any, y: Any) -> Any:
        one_hot, h, Z = self._forward(theta, X)
        _, W, _, V, _ = self.layout.parts(theta)
        D = cross_entropy_slope(Z, _time_first(y))
        out, (dU, dW, db, dV, dc) = self.layout.empty(Z.shape[:-2], Z.dtype)
        B = X.shape[-2]
        np.matmul(np.swapaxes(h, -1, -2), D, out=dV)
        D.sum(-2, out=dc)
        E = self._through_time(D @ np.swapaxes(V, -1, -2), h, W, B)
        np.matmul(np.swapaxes(one_hot, -1, -2), E, out=dU)
        np.matmul(np.swapaxes(h[..., :-B, :], -1, -2), E[..., B:, :], out=dW)
        E.sum(-2, out=db)
        return out

    def _through_time(self, E: Any, h: Any, W: Any, B: int) -> Any:
        """From the gradient that reaches h_t directly to that of the sum inside its tanh."""
        later = None
        for row in reversed(range(0, E.shape[-2], B)):
            now = E[..., row : row + B, :]
            if later is not None:
                now += later @ np.swapaxes(W, -1, -2)
            now *= 1 - np.square(h[..., row : row + B, :])
            later = now
        return E

    def predict(self, theta: Any, X: Any) -> Any:
        """The most likely next symbol at every place, (*batch, N, T)."""
        return self.classify(theta, labels("X", X, self.symbols))

    def classify(self, theta: Any, X: Any) -> Any:
        best = self._forward(theta, X)[-1].argmax(-1)
        B, T = X.shape[-2:]
        return np.swapaxes(best.reshape(*best.shape[:-1], T, B), -1, -2)

    def _forward(self, theta: Any, X: Any) -> tuple[Any, Any, Any]:
        """One-hot inputs, states and scores; their rows are sorted by time, then window."""
        U, W, b, V, c = self.layout.parts(theta)
        one_hot = (_time_first(X)[..., None] == np.arange(self.symbols)).astype(theta.dtype)
        h = one_hot @ U
        h += b[..., None, :]
        B = X.shape[-2]
        for row in range(0, h.shape[-2], B):
            now = h[..., row : row + B, :]
            if row:
                now += h[..., row - B : row, :] @ W
            np.tanh(now, out=now)
        Z = h @ V
        Z += c[..., None, :]
        return one_hot, h, Z

    def _draw(self, rng: np.random.Generator) -> Any:
        theta = np.zeros(self.layout.dim)
        U, W, _, V, _ = self.layout.parts(theta)
        U[...] = rng.standard_normal(U.shape) / np.sqrt(self.hidden)
        for matrix in (W, V):
            matrix[...] = glorot(*matrix.shape) * rng.standard_normal(matrix.shape)
        return theta


def _time_first(X: Any) -> Any:
    """(*axes, B, T) -> (*axes, T * B): all windows at t = 0, then all at t = 1, …"""
    return np.swapaxes(X, -1, -2).reshape(*X.shape[:-2], -1)
