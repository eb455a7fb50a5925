"""Linear regression, logistic regression and softmax regression."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # its parts load when they are first asked for

from .. import check
from .base import Classifier, Model, labels, table
from .layers import Layout, cross_entropy, cross_entropy_slope


class _OnColumns:
    """Examples kept as a matrix A = (X, 1), whose last column meets the bias."""

    width: int

    def augmented(self, X: Any) -> np.ndarray:
        X = table("X", X, self.width)
        return np.concatenate([X, np.ones_like(X[..., :1])], -1)


def _scores(theta: Any, A: Any) -> Any:
    """A @ theta for every theta of the batch, (*batch, B)."""
    return (A.astype(theta.dtype, copy=False) @ theta[..., None])[..., 0]


def _pull(A: Any, residual: Any) -> Any:
    """Mean of residual_i * a_i, (*batch, d)."""
    r = residual[..., None, :] / residual.shape[-1]
    return (r @ A.astype(residual.dtype, copy=False))[..., 0, :]


def _weighed(A: Any, weights: Any) -> Any:
    """Mean of weights_i * outer(a_i, a_i), (*batch, d, d)."""
    A = A.astype(weights.dtype, copy=False)
    return np.swapaxes(A, -1, -2) @ (weights[..., None] / weights.shape[-1] * A)


class LinearRegression(_OnColumns, Model):
    """Least squares for a linear model with a bias.

    Equation: J = (1/2N) * sum over i of (w . x_i + b - y_i)**2, theta = (w, b), d = p + 1.

    Shapes: theta (*batch, p + 1). It starts at zero.

    Parameters
    ----------
    X : array_like of float (N, p)
    y : array_like of float (N,)

    Raises
    ------
    ValueError
        If X or y is not a finite floating array, or their numbers of examples differ.

    Examples
    --------
    >>> J = LinearRegression([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> best = np.array([2.0, 1.0])
    >>> float(J(best)), J.grad(best).tolist(), J.predict(best, [[10.0]]).tolist()
    (0.0, [0.0, 0.0], [21.0])
    """

    def __init__(self, X: Any, y: Any) -> None:
        self.width = table("X", X).shape[-1]
        super().__init__(
            X,
            y,
            self.width + 1,
            data_hess=self.curve,
            shapes=[(self.width,), (1,)],
            name="Linear regression",
        )

    def examples(self, X: Any, y: Any) -> tuple[Any, Any]:
        y = table("y", np.asarray(y)[..., None], 1)[..., 0]
        return super().examples(self.augmented(X), y)

    def loss(self, theta: Any, X: Any, y: Any) -> Any:
        residual = _scores(theta, X) - y.astype(theta.dtype, copy=False)
        return np.square(residual).mean(-1) / 2

    def slope(self, theta: Any, X: Any, y: Any) -> Any:
        return _pull(X, _scores(theta, X) - y.astype(theta.dtype, copy=False))

    def curve(self, theta: Any, X: Any, y: Any) -> Any:
        """Hessian, (*batch, d, d): the same everywhere."""
        return _weighed(X, np.ones_like(_scores(theta, X)))

    def predict(self, theta: Any, X: Any) -> Any:
        """Predicted values, (*batch, N)."""
        return _scores(theta, self.augmented(X))


class LogisticRegression(_OnColumns, Classifier):
    """Logistic regression for two classes.

    Equation: J = (1/N) * sum over i of log(1 + exp(z_i)) - y_i * z_i with z_i = w . x_i + b,
    theta = (w, b), d = p + 1.

    Shapes: theta (*batch, p + 1). It starts at zero.

    Parameters
    ----------
    X : array_like of float (N, p)
    y : array_like of int (N,)
        Labels 0 and 1.

    Raises
    ------
    ValueError
        If X is not a finite floating array, y holds anything but 0 and 1, or their numbers of
        examples differ.

    Examples
    --------
    >>> J = LogisticRegression([[-1.0], [2.0]], [0, 1])
    >>> theta = np.array([3.0, 0.0])
    >>> round(float(J(theta)), 6), J.predict(theta, [[0.5], [-0.5]]).tolist()
    (0.025532, [1, 0])
    """

    def __init__(self, X: Any, y: Any) -> None:
        self.width = table("X", X).shape[-1]
        super().__init__(
            X,
            y,
            self.width + 1,
            data_hess=self.curve,
            shapes=[(self.width,), (1,)],
            name="Logistic regression",
        )

    def examples(self, X: Any, y: Any) -> tuple[Any, Any]:
        return super().examples(self.augmented(X), labels("y", y, 2))

    def loss(self, theta: Any, X: Any, y: Any) -> Any:
        z = _scores(theta, X)
        return (np.logaddexp(0, z) - y.astype(theta.dtype) * z).mean(-1)

    def slope(self, theta: Any, X: Any, y: Any) -> Any:
        return _pull(X, scipy.special.expit(_scores(theta, X)) - y.astype(theta.dtype))

    def curve(self, theta: Any, X: Any, y: Any) -> Any:
        """Hessian, (*batch, d, d)."""
        s = scipy.special.expit(_scores(theta, X))
        return _weighed(X, s * (1 - s))

    def predict(self, theta: Any, X: Any) -> Any:
        """Labels 0 or 1, (*batch, N)."""
        return self.classify(theta, self.augmented(X))

    def classify(self, theta: Any, X: Any) -> Any:
        return (_scores(theta, X) > 0).astype(int)


class SoftmaxRegression(_OnColumns, Classifier):
    """Softmax (multinomial logistic) regression for K classes.

    Equation: J = (1/N) * sum over i of log(sum over k of exp(z_ik)) - z_i,y_i with z_i = x_i W + b;
    theta holds the (p + 1) x K matrix of W and b row by row.

    Shapes: theta (*batch, (p + 1) * K). It starts at zero.

    Parameters
    ----------
    X : array_like of float (N, p)
    y : array_like of int (N,)
        Labels 0 … K - 1.
    classes : int, optional
        K, at least 2; by default the largest label + 1.

    Raises
    ------
    ValueError
        If X is not a finite floating array, y is not an array of such labels, or their numbers of
        examples differ.

    Examples
    --------
    >>> J = SoftmaxRegression([[-1.0], [0.0], [1.0]], [0, 1, 2])
    >>> J.dim, round(float(J(J.initial())), 6)
    (6, 1.098612)
    """

    def __init__(self, X: Any, y: Any, classes: int | None = None) -> None:
        self.width = table("X", X).shape[-1]
        most = int(labels("y", y).max()) + 1 if classes is None else classes
        self.classes = check.count("classes", most, 2)
        self.layout = Layout([(self.width + 1, self.classes)])
        super().__init__(
            X, y, self.layout.dim, shapes=self.layout.shapes, name="Softmax regression"
        )

    def examples(self, X: Any, y: Any) -> tuple[Any, Any]:
        return super().examples(self.augmented(X), labels("y", y, self.classes))

    def loss(self, theta: Any, X: Any, y: Any) -> Any:
        return cross_entropy(self._scores(theta, X), y)

    def slope(self, theta: Any, X: Any, y: Any) -> Any:
        D = cross_entropy_slope(self._scores(theta, X), y)
        G = np.swapaxes(X, -1, -2).astype(D.dtype, copy=False) @ D
        return G.reshape(*G.shape[:-2], self.dim)

    def predict(self, theta: Any, X: Any) -> Any:
        """Labels, (*batch, N)."""
        return self.classify(theta, self.augmented(X))

    def classify(self, theta: Any, X: Any) -> Any:
        return self._scores(theta, X).argmax(-1)

    def _scores(self, theta: Any, A: Any) -> Any:
        (W,) = self.layout.parts(theta)
        return A.astype(theta.dtype, copy=False) @ W
