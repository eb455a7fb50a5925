"""Mean losses over examples, and their mini-batches."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .. import check
from ..fields import of_runs
from .compound import Through
from .core import Objective

#: A loss over so many examples is recorded at every step: it costs little.
MANY = 512


class DataObjective(Objective):
    """A mean loss over examples: value, gradient and mini-batches.

    Equation: J(theta) = (1/N) * sum over i of loss(theta, x_i, y_i).

    Parameters
    ----------
    value, grad : callable
        (theta, X, y) -> mean loss (*batch,) and its gradient (*batch, d); X has shape
        (*axes, B, features) and y (*axes, B), where the axes broadcast against theta's batch.
    X, y : ndarray
        The N examples and their targets.
    dim : int
        Number of parameters.
    data_hess : callable, optional
        (theta, X, y) -> Hessian (*batch, d, d).

    Raises
    ------
    ValueError
        If X and y differ in their number of examples.
    """

    made_of_examples = True

    def __init__(
        self, value: Any, grad: Any, X: Any, y: Any, dim: int, data_hess: Any = None, **info: Any
    ) -> None:
        super().__init__(value, grad, data_hess, dim=dim, **info)
        self.data_value, self.data_grad, self.data_hess = value, grad, data_hess
        self._hold(*self.examples(X, y))

    def examples(self, X: Any, y: Any) -> tuple[Any, Any]:
        """X and y as this objective keeps them; refuses what does not fit together."""
        X, y = np.asarray(X), np.asarray(y)
        if X.ndim < 2 or y.ndim < 1 or X.shape[-2] != y.shape[-1]:
            shapes = f"X of shape {X.shape} and y of shape {y.shape}"
            raise ValueError(f"X and y must hold the same number of examples, got {shapes}")
        return X, y

    def on(self, X: Any, y: Any) -> Any:
        """The same model and loss on other examples, such as a validation split."""
        return copy.copy(self)._hold(*self.examples(X, y))

    def take(self, pick: np.ndarray) -> Any:
        """The same on the examples with these numbers, shape (B,), or (s, B) for s runs."""
        return copy.copy(self)._hold(self.X[pick], self.y[pick])

    def _hold(self, X: Any, y: Any) -> Any:
        self.X, self.y = X, y
        self._value = lambda theta: self.data_value(theta, X, y)
        self._grad = lambda theta: self.data_grad(theta, X, y)
        if self.data_hess is not None:
            self._hess = lambda theta: self.data_hess(theta, X, y)
        return self

    def batches(self, size: int, seed: Any = 0, watch: Objective | None = None) -> Batches:
        """Mini-batches of `size` examples; see `Batches`."""
        return Batches(self, size, seed, watch)


class Batches(Through):
    """The mini-batch objective of step t, a pure function of (seed, t).

    Each epoch is a fresh permutation of all N examples; batches are consecutive pieces of the
    stream of permutations, so every example is used exactly once per epoch, none is dropped, and a
    batch may straddle two epochs.

    Parameters
    ----------
    J : DataObjective
        With N examples.
    size : int
        Examples per batch, 1 … N.
    seed : int or array of int
        An array of shape (s,) gives each of the last s runs of the batch its own order.
    watch : Objective, optional
        The loss that `run` records at every row it keeps, such as J itself, all N examples, or
        ``J.on(X_val, y_val)``. By default it is J, at most once per epoch if N > `MANY`, since at
        every step it would cost ten times the training: a row between two epochs repeats the loss
        before it, the first and the last are always measured.

    Raises
    ------
    ValueError
        For a size outside 1 … N, a seed that is not an integer >= 0, or a watch that is no
        objective.

    Examples
    --------
    >>> def grad(theta, X, y):
    ...     return X.mean(-2)
    >>> J = DataObjective(lambda theta, X, y: 0.0, grad, np.eye(4), np.zeros(4), dim=4)
    >>> B = J.batches(2, seed=7)
    >>> (B.at(0).grad(np.zeros(4)) + B.at(1).grad(np.zeros(4))).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """

    def __init__(
        self, J: DataObjective, size: int, seed: Any = 0, watch: Objective | None = None
    ) -> None:
        self.n = J.X.shape[-2]
        self.size = check.count("size", size)
        if size > self.n:
            raise check.refuse("size", size, f"at most the {self.n} examples there are")
        seeds = np.asarray(seed)
        if seeds.dtype.kind not in "iu" or seeds.ndim > 1 or (seeds < 0).any():
            raise check.refuse("seed", seed, "an integer >= 0 or a one-dimensional array of them")
        if not isinstance(watch, (Objective, type(None))):
            raise check.refuse("watch", watch, "an Objective or None")
        self.told, self.watched = watch, J if watch is None else watch
        self.seed = seeds if seeds.ndim else seed
        self.orders: dict[int, np.ndarray] = {}
        whole = seeds.ndim == 0 and J.separable and self.watched.separable
        super().__init__(J, separable=whole)
        if watch is None and self.n > MANY:
            self.watch_every = -(-self.n // size)

    def indices(self, t: int) -> np.ndarray:
        """Which examples step t uses: shape (size,), or (s, size) for s seeds."""
        place = np.arange(t * self.size, (t + 1) * self.size)
        epochs = place // self.n
        dealt = [
            self._order(epoch)[:, place[epochs == epoch] % self.n]
            for epoch in range(int(epochs[0]), int(epochs[-1]) + 1)
        ]
        picks = np.concatenate(dealt, -1).astype(int)
        return picks if np.ndim(self.seed) else picks[0]

    def _order(self, epoch: int) -> np.ndarray:
        """The permutation of all examples that each seed has in this epoch, (s, n).

        Those of the epochs next to the last one asked for are kept.
        """
        if epoch not in (kept := self.orders):
            few, kind = np.ravel(self.seed), np.min_scalar_type(self.n)
            new = np.empty((len(few), self.n), kind)
            for row, seed in zip(new, few.tolist(), strict=True):
                row[:] = np.random.default_rng([seed, epoch]).permutation(self.n)
            near = {e: order for e, order in kept.items() if abs(e - epoch) == 1}
            kept = self.orders = {**near, epoch: new}
        return kept[epoch]

    def at(self, t: Any) -> Objective:
        if self.size == self.n and not np.ndim(self.seed):
            return self.J
        pick = self.indices(t)
        return self.J.take(pick)

    def with_seed(self, seed: Any) -> Batches:
        return Batches(self.J, self.size, seed, self.told)

    def of_runs(self, axis: int, pick: slice) -> Objective | None:
        """Along the last axis of the batch these runs' seeds; along the others all of them."""
        if self.separable:
            return self
        watched = self.watched.of_runs(axis, pick)
        if watched is None or not self.J.separable:
            return None
        twin = copy.copy(self)
        twin.watched = watched
        twin.seed, twin.orders = of_runs(self.seed, axis + 1, pick), {}
        return twin

    def watch(self, theta: Any, t: Any) -> Any:
        return self.watched(theta)
