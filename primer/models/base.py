"""What all models share: starts, predictions, accuracy, and checks of the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import check
from ..objective import DataObjective


class Model(DataObjective):
    """A mean loss with parameters to start from and predictions to make.

    A subclass gives `loss`, `slope`, `predict` and, if it does not start at zero, `_draw`.

    Shapes: theta is (*batch, d); X is (*axes, B, ...) and y (*axes, B, ...), where `axes` is empty
    or, in the mini-batches of several seeds, (s,) and broadcasts against the last axis of batch.
    """

    #: A long table is worked off in pieces of so many examples, which bounds the memory needed.
    piece = 512

    def __init__(self, X: Any, y: Any, dim: int, **info: Any) -> None:
        loss, slope = in_pieces(self.loss, self.piece), in_pieces(self.slope, self.piece)
        super().__init__(loss, slope, X, y, dim, **info)

    def loss(self, theta: Any, X: Any, y: Any) -> Any:
        """Mean loss over the examples, (*batch,)."""
        raise NotImplementedError(f"{type(self).__name__} has no loss")

    def slope(self, theta: Any, X: Any, y: Any) -> Any:
        """Gradient of `loss`, (*batch, d)."""
        raise NotImplementedError(f"{type(self).__name__} has no slope")

    def predict(self, theta: Any, X: Any) -> Any:
        """What the model says about the examples X."""
        raise NotImplementedError(f"{type(self).__name__} has no predict")

    def initial(self, seeds: Any = 0) -> np.ndarray:
        """A start for each seed, shape (*np.shape(seeds), d), float64.

        Parameters
        ----------
        seeds : int or array_like of int
            Integers >= 0; equal seeds give equal starts.

        Raises
        ------
        ValueError
            For anything but integers >= 0.
        """
        each = np.asarray(seeds)
        if each.dtype.kind not in "iu" or (each < 0).any():
            raise check.refuse("seeds", seeds, "an integer >= 0 or an array of them")
        out = np.empty((*each.shape, self.dim or 0))
        for index in np.ndindex(each.shape):
            out[index] = self._draw(np.random.default_rng(int(each[index])))
        return out

    def _draw(self, rng: np.random.Generator) -> Any:
        return 0.0


class Classifier(Model):
    """A model whose predictions are labels."""

    def accuracy(self, theta: Any, X: Any = None, y: Any = None) -> Any:
        """Share of the examples that are predicted correctly, (*batch,).

        Parameters
        ----------
        theta : ndarray (*batch, d)
        X, y : array_like, optional
            Other examples than the model's own; both or neither.

        Raises
        ------
        ValueError
            If only one of X and y is given, or they do not fit together.
        """
        if (X is None) != (y is None):
            missing = "X" if X is None else "y"
            raise ValueError(f"{missing} must be given together with the other one, got None")
        model = self if X is None else self.on(X, y)
        return in_pieces(model.hits, model.piece)(theta, model.X, model.y)

    def hits(self, theta: Any, X: Any, y: Any) -> Any:
        """Share of right labels among examples as the model keeps them, (*batch,)."""
        return (self.classify(theta, X) == y).mean(tuple(range(-self.sample_axes, 0)))

    #: How many of y's last axes count examples.
    sample_axes = 1

    def classify(self, theta: Any, X: Any) -> Any:
        """Labels of examples as the model keeps them, (*batch, B)."""
        raise NotImplementedError(f"{type(self).__name__} has no classify")


def in_pieces(mean: Callable[[Any, Any, Any], Any], piece: int) -> Callable[[Any, Any, Any], Any]:
    """The same mean over the examples, computed piece by piece where there are many."""

    def whole(theta: Any, X: Any, y: Any) -> Any:
        n = len(y)
        if n <= piece or X.ndim > 2:
            return mean(theta, X, y)
        total: Any = 0
        for start in range(0, n, piece):
            part = slice(start, min(start + piece, n))
            total = total + mean(theta, X[part], y[part]) * ((part.stop - start) / n)
        return total

    return whole


def table(name: str, X: Any, width: int | None = None) -> np.ndarray:
    """X as a floating array (*axes, B, width); refuses anything else."""
    array = np.asarray(X)
    if array.dtype.kind != "f":
        raise check.refuse(name, array, f"an array of floats (dtype {array.dtype} is not)")
    if array.ndim < 2 or 0 in array.shape:
        raise ValueError(f"{name} must have shape (N, p) with N, p >= 1, got shape {array.shape}")
    if width is not None and array.shape[-1] != width:
        raise ValueError(f"{name} must have {width} columns, got shape {array.shape}")
    wild = array[~np.isfinite(array)]
    if wild.size:
        raise ValueError(f"{name} must be finite everywhere, got {wild[0]}")
    return array


def labels(name: str, y: Any, classes: int | None = None) -> np.ndarray:
    """y as an array of integers in 0 … classes - 1; refuses anything else."""
    array = np.asarray(y)
    top = f" and < {classes}" if classes else ""
    if array.dtype.kind not in "iu" or not array.size:
        raise check.refuse(name, array, f"a non-empty array of integer labels >= 0{top}")
    if array.min() < 0 or (classes and array.max() >= classes):
        raise ValueError(
            f"{name} must hold labels >= 0{top}, got values from {array.min()} to {array.max()}"
        )
    return array
