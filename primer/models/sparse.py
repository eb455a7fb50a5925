"""Logistic regression on sparse features, such as the words of a line of text."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import scipy  # its parts load when they are first asked for

from .. import check
from .base import Classifier, labels


class SparseLogistic(Classifier):
    """Logistic regression for two classes on a sparse matrix.

    Equation: J = (1/N) * sum over i of log(1 + exp(z_i)) - y_i * z_i with z_i = w . x_i + b,
    theta = (w, b), d = p + 1. Only the words of an example cost time; the gradient is an ordinary
    array, 0 for every word that the examples lack.

    Shapes: theta (*batch, p + 1). It starts at zero.

    Parameters
    ----------
    X : scipy.sparse matrix or array (N, p)
        Kept as CSR. In the mini-batches of s seeds it has s * B rows.
    y : array_like of int (N,)
        Labels 0 and 1.

    Raises
    ------
    ValueError
        If X is not sparse, y holds anything but 0 and 1, or their numbers of examples differ.

    Examples
    --------
    >>> X = scipy.sparse.csr_array([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]])
    >>> J = SparseLogistic(X, [1, 0])
    >>> J.grad(J.initial()).tolist()
    [-0.25, 0.75, -0.5, 0.0]
    """

    piece = 4096

    def __init__(self, X: Any, y: Any) -> None:
        if not scipy.sparse.issparse(X):
            raise check.refuse("X", X, "a scipy.sparse matrix; LogisticRegression takes arrays")
        self.width = X.shape[1]
        super().__init__(
            X, y, self.width + 1, shapes=[(self.width,), (1,)], name="Sparse logistic regression"
        )

    def augmented(self, X: Any) -> Any:
        """The rows of X and a last column of ones, which meets the bias, as CSR."""
        if not scipy.sparse.issparse(X) or X.shape[1] != self.width or not X.shape[0]:
            got = f"shape {np.shape(X)} of type {type(X).__name__}"
            raise ValueError(
                f"X must be a scipy.sparse matrix with {self.width} columns, got {got}"
            )
        if not np.isfinite(X.data).all():
            raise check.refuse("X", X.data, "finite everywhere")
        ones = np.ones((X.shape[0], 1), X.dtype)
        return scipy.sparse.hstack([X, ones], format="csr")

    def examples(self, X: Any, y: Any) -> tuple[Any, Any]:
        X, y = self.augmented(X), labels("y", y, 2)
        if y.shape != X.shape[:1]:
            shapes = f"X of shape {X.shape[0], self.width} and y of shape {y.shape}"
            raise ValueError(f"X and y must hold the same number of examples, got {shapes}")
        return X, y

    def take(self, pick: np.ndarray) -> SparseLogistic:
        return copy.copy(self)._hold(self.X[pick.ravel()], self.y[pick])

    def loss(self, theta: Any, X: Any, y: Any) -> Any:
        z = _scores(theta, _blocks(X, y.shape, theta.dtype), y.shape)
        return (np.logaddexp(0, z) - y.astype(theta.dtype) * z).mean(-1)

    def slope(self, theta: Any, X: Any, y: Any) -> Any:
        M = _blocks(X, y.shape, theta.dtype)
        residual = scipy.special.expit(_scores(theta, M, y.shape)) - y.astype(theta.dtype)
        residual /= y.shape[-1]
        return _pull(residual, M, X.shape[1])

    def predict(self, theta: Any, X: Any) -> Any:
        """Labels 0 or 1, (*batch, N)."""
        return self.classify(theta, self.augmented(X))

    def classify(self, theta: Any, X: Any) -> Any:
        M = _blocks(X, X.shape[:1], theta.dtype)
        return (_scores(theta, M, X.shape[:1]) > 0).astype(int)


def _blocks(X: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """X with the columns of each seed's rows moved to a block of their own: (s * B, s * d)."""
    seeds = math.prod(shape[:-1])
    if seeds == 1:
        return X.astype(dtype, copy=False)
    per_row = np.repeat(np.arange(seeds) * X.shape[1], shape[-1])
    columns = X.indices + np.repeat(per_row, np.diff(X.indptr))
    size = (X.shape[0], seeds * X.shape[1])
    return scipy.sparse.csr_array((X.data.astype(dtype), columns, X.indptr), shape=size)


def _scores(theta: Any, M: Any, shape: tuple[int, ...]) -> Any:
    """z for every run, (*batch, B), from theta (*batch, d), blocks and y's shape (B,) or (s, B)."""
    batch = np.broadcast_shapes(theta.shape[:-1], shape[:-1])
    flat = np.broadcast_to(theta, (*batch, theta.shape[-1])).reshape(-1, M.shape[1])
    return np.ascontiguousarray((M @ flat.T).T).reshape(*batch, shape[-1])


def _pull(residual: Any, M: Any, d: int) -> Any:
    """Sum of residual_i * x_i for every run, (*batch, d)."""
    flat = residual.reshape(-1, M.shape[0])
    return np.ascontiguousarray((M.T @ flat.T).T).reshape(*residual.shape[:-1], d)
