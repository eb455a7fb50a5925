"""The multilayer perceptron."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import check
from .base import Classifier, labels, table
from .layers import Activation, Layout, cross_entropy, cross_entropy_slope, glorot, tanh


class MLP(Classifier):
    """A multilayer perceptron that classifies: dense layers, softmax and cross-entropy at the end.

    Equation: a_0 = x, a_l = f(a_{l-1} W_l + b_l) for the hidden layers, z = a_L W + b,
    J = (1/N) * sum over i of log(sum over k of exp(z_ik)) - z_i,y_i; theta = (W_1, b_1, W_2, …).

    Shapes: theta (*batch, d). Weights start as normal numbers with the activation's spread, the
    last layer's as glorot2010, biases as 0.

    Parameters
    ----------
    X : array_like of float (N, p)
    y : array_like of int (N,)
        Labels 0 … K - 1.
    hidden : sequence of int
        Widths of the hidden layers, each at least 1; () gives softmax regression.
    activation : Activation
        `tanh` or `relu` of this package, or your own.
    classes : int, optional
        K, at least 2; by default the largest label + 1.

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Notes
    -----
    Source: rumelhart1986; starts from glorot2010 (tanh) and he2015 (relu).

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> J = MLP(X, [0, 1, 1, 0], hidden=(8,))
    >>> J.dim, J.initial([0, 1, 2]).shape, J(J.initial([0, 1, 2])).shape
    (42, (3, 42), (3,))
    """

    title = "Multilayer perceptron"
    #: The least width of a hidden layer, and how many vectors follow its matrix: the bias.
    least, vectors = 1, 1

    def __init__(
        self,
        X: Any,
        y: Any,
        hidden: Sequence[int] = (32,),
        activation: Activation = tanh,
        classes: int | None = None,
    ) -> None:
        self.width = table("X", X).shape[-1]
        if not isinstance(activation, Activation):
            raise check.refuse("activation", activation, "an Activation, such as models.tanh")
        if not isinstance(hidden, (tuple, list)):
            raise check.refuse("hidden", hidden, "a sequence of widths such as (32,)")
        most = int(labels("y", y).max()) + 1 if classes is None else classes
        self.classes = check.count("classes", most, 2)
        widths = [self.width, *(check.count("hidden", h, self.least) for h in hidden)]
        shapes: list[tuple[int, ...]] = []
        for n_in, n_out in itertools.pairwise(widths):
            shapes += [(n_in, n_out), *[(n_out,)] * self.vectors]
        shapes += [(widths[-1], self.classes), (self.classes,)]
        self.activation, self.layout = activation, Layout(shapes)
        super().__init__(X, y, self.layout.dim, shapes=self.layout.shapes, name=self.title)

    def examples(self, X: Any, y: Any) -> tuple[Any, Any]:
        return super().examples(table("X", X, self.width), labels("y", y, self.classes))

    def loss(self, theta: Any, X: Any, y: Any) -> Any:
        return cross_entropy(self._forward(theta, X)[-1], y)

    def slope(self, theta: Any, X: Any, y: Any) -> Any:
        *inputs, Z = self._forward(theta, X)
        D = cross_entropy_slope(Z, y)
        weights = self.layout.parts(theta)[::2]
        out, views = self.layout.empty(Z.shape[:-2], Z.dtype)
        for layer in reversed(range(len(weights))):
            A, W = inputs[layer], weights[layer]
            np.matmul(np.swapaxes(A, -1, -2), D, out=views[2 * layer])
            D.sum(-2, out=views[2 * layer + 1])
            if layer:
                D = D @ np.swapaxes(W, -1, -2)
                D *= self.activation.slope(A)
        return out

    def predict(self, theta: Any, X: Any) -> Any:
        """Labels, (*batch, N)."""
        return self.classify(theta, table("X", X, self.width))

    def classify(self, theta: Any, X: Any) -> Any:
        return self._forward(theta, X)[-1].argmax(-1)

    def _forward(self, theta: Any, X: Any) -> list[Any]:
        """Input of every layer, then the scores, each (*batch, B, width)."""
        flow = [X.astype(theta.dtype, copy=False)]
        parts = self.layout.parts(theta)
        for W, b in zip(parts[::2], parts[1::2], strict=True):
            if len(flow) > 1:
                flow[-1] = self.activation.value(flow[-1])
            Z = flow[-1] @ W
            Z += b[..., None, :]
            flow.append(Z)
        return flow

    def _draw(self, rng: np.random.Generator) -> Any:
        theta = np.zeros(self.layout.dim)
        weights = self.layout.matrices(theta)
        for layer, W in enumerate(weights):
            last = layer == len(weights) - 1
            spread = glorot if last else self.activation.spread
            W[...] = spread(*W.shape) * rng.standard_normal(W.shape)
        return theta
