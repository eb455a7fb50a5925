"""Objectives: what an optimizer gets to see. `J(theta)`, `J.grad(theta)`, `J.hess(theta)`, `J.at(t)`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from . import check


class Objective:
    """A function to be minimised, made from plain functions.

    Shapes: theta is (*batch, d); J(theta) is (*batch,), J.grad(theta) is (*batch, d) and
    J.hess(theta) is (*batch, d, d).

    Parameters
    ----------
    value : callable
        theta -> J, shape (*batch, d) -> (*batch,).
    grad : callable, optional
        theta -> gradient. Central differences of `value` where none is given.
    hess : callable, optional
        theta -> Hessian. Central differences of the gradient where none is given.
    dim : int, optional
        The d that `value` needs; None accepts any.
    minimum : array_like, optional
        A known minimiser, shape (d,), or several, shape (k, d).
    name : str
        What figures and tables call it.
    window : tuple of float, optional
        (x_low, x_high, y_low, y_high), a good frame to draw a two-dimensional one.
    start : array_like, optional
        A good place to start from, shape (d,).

    Raises
    ------
    ValueError
        If `value`, `grad` or `hess` is not callable, or `minimum` does not end in `dim`.

    Examples
    --------
    >>> J = Objective(lambda theta: (theta**2).sum(-1), dim=2, minimum=(0.0, 0.0))
    >>> float(J(np.array([3.0, 4.0])))
    25.0
    >>> J.grad(np.array([[3.0, 4.0], [0.0, 1.0]])).round(6).tolist()
    [[6.0, 8.0], [0.0, 2.0]]
    """

    #: True if each row of the batch is treated by itself, so that a batch may be split.
    separable = True

    def __init__(
        self,
        value: Callable[[Any], Any],
        grad: Callable[[Any], Any] | None = None,
        hess: Callable[[Any], Any] | None = None,
        dim: int | None = None,
        minimum: Any = None,
        *,
        name: str = "",
        window: tuple[float, float, float, float] | None = None,
        start: Any = None,
    ) -> None:
        for label, function in (("value", value), ("grad", grad), ("hess", hess)):
            if not callable(function) and (function is not None or label == "value"):
                raise check.refuse(label, function, "a function of theta")
        self._value, self._grad, self._hess = value, grad, hess
        self.dim = None if dim is None else check.count("dim", dim)
        self.minimum = None if minimum is None else check.points("minimum", _floats(minimum), dim)
        self.start = None if start is None else check.points("start", _floats(start), dim)
        self.name, self.window = name, window

    def __call__(self, theta: Any) -> Any:
        self._fits(theta)
        return self._value(theta)

    def grad(self, theta: Any) -> Any:
        """Gradient at theta, (*batch, d) -> (*batch, d)."""
        self._fits(theta)
        if self._grad is not None:
            return self._grad(theta)
        return _differences(self._value, theta, np.cbrt(np.finfo(theta.dtype).eps))

    def hess(self, theta: Any) -> Any:
        """Hessian at theta, (*batch, d) -> (*batch, d, d)."""
        self._fits(theta)
        if self._hess is not None:
            return self._hess(theta)
        raw = _differences(self.grad, theta, np.cbrt(np.finfo(theta.dtype).eps))
        return (raw + np.swapaxes(raw, -1, -2)) / 2

    def at(self, t: Any) -> Objective:
        """The objective that step t sees: itself, unless it is stochastic or moves."""
        return self

    def watch(self, theta: Any, t: Any) -> Any:
        """The loss that `run` records for theta_t: J(theta) here; noise-free where J is noisy."""
        return self(theta)

    def with_seed(self, seed: int) -> Objective:
        """The same objective with its random choices drawn from `seed`; here there are none."""
        return self

    def __add__(self, other: Any) -> Objective:
        if not isinstance(other, Objective):
            return NotImplemented
        return Sum(self, other)

    def _fits(self, theta: Any) -> None:
        if self.dim is not None and theta.shape[-1] != self.dim:
            what = f"theta must have last axis {self.dim} for {self.name or 'this objective'}"
            raise ValueError(f"{what}, got shape {theta.shape}")


class Sum(Objective):
    """J + K, value, gradient, Hessian and mini-batches alike."""

    def __init__(self, first: Objective, second: Objective) -> None:
        self.parts = (first, second)
        dims = {part.dim for part in self.parts} - {None}
        if len(dims) > 1:
            raise ValueError(f"dim must be the same in both summands, got {sorted(dims)}")
        super().__init__(
            lambda theta: first(theta) + second(theta),
            lambda theta: first.grad(theta) + second.grad(theta),
            lambda theta: first.hess(theta) + second.hess(theta),
            dim=dims.pop() if dims else None,
            name=" + ".join(part.name for part in self.parts if part.name),
            window=first.window,
            start=first.start,
        )
        self.separable = first.separable and second.separable

    def at(self, t: Any) -> Objective:
        now = tuple(part.at(t) for part in self.parts)
        return self if now == self.parts else Sum(*now)

    def watch(self, theta: Any, t: Any) -> Any:
        first, second = self.parts
        return first.watch(theta, t) + second.watch(theta, t)

    def with_seed(self, seed: int) -> Objective:
        return Sum(*(part.with_seed(seed) for part in self.parts))

    def batches(self, size: int, seed: Any = 0) -> Objective:
        """Mini-batches of the summands that have data; the others stay whole."""
        return Sum(*(p.batches(size, seed) if hasattr(p, "batches") else p for p in self.parts))


def l2(lam: float) -> Objective:
    """The penalty (lam / 2) * sum(theta**2), to be added: ``J + l2(1e-3)``.

    Its gradient is lam * theta, torch's ``weight_decay`` in SGD and Adam.

    Parameters
    ----------
    lam : float or ndarray
        Strength, >= 0; a sweep of shape (*batch, 1) gives each run its own.

    Returns
    -------
    Objective

    Raises
    ------
    ValueError
        For a negative, non-finite or non-numeric strength.

    Examples
    --------
    >>> penalty = l2(0.5)
    >>> float(penalty(np.array([2.0]))), penalty.grad(np.array([2.0])).tolist()
    (1.0, [1.0])
    """
    check.number("lam", lam, "rate")
    return Objective(
        lambda theta: (lam * np.square(theta)).sum(-1) / 2,
        lambda theta: lam * theta,
        lambda theta: lam * np.broadcast_to(np.eye(theta.shape[-1]), (*theta.shape, theta.shape[-1])),
        name="L2",
    )


class Varying(Objective):
    """An objective that changes with the step, such as a valley whose floor moves.

    Parameters
    ----------
    at : callable
        t -> Objective, a pure function of the step (counted from 0).
    dim, name, window, start
        As for `Objective`. Value, gradient and Hessian of the whole are those of step 0.

    Examples
    --------
    >>> J = Varying(lambda t: Objective(lambda th: ((th - t) ** 2).sum(-1)), dim=1)
    >>> float(J.at(3)(np.array([5.0])))
    4.0
    """

    def __init__(self, at: Callable[[Any], Objective], dim: int | None = None, **info: Any) -> None:
        if not callable(at):
            raise check.refuse("at", at, "a function of the step t that returns an Objective")
        first = at(0)
        super().__init__(first, first.grad, first.hess, dim, **info)
        self._at = at

    def at(self, t: Any) -> Objective:
        return self._at(t)

    def watch(self, theta: Any, t: Any) -> Any:
        return self._at(t)(theta)


class Table:
    """Numbers drawn beforehand, row t for step t: how noise enters a rule or objective that is traced.

    Parameters
    ----------
    rows : array_like
        Shape (steps, d). After the last row it starts again.

    Examples
    --------
    >>> Table([[1.0], [2.0]])[3].tolist()
    [2.0]
    """

    def __init__(self, rows: Any) -> None:
        self.rows = np.asarray(rows, dtype=float)
        if self.rows.ndim != 2 or not self.rows.size:
            raise ValueError(f"rows must have shape (steps, d), got shape {self.rows.shape}")

    def __getitem__(self, t: Any) -> Any:
        if hasattr(t, "traced"):
            return t.lookup(self.rows)
        return self.rows[t % len(self.rows)]


class Noisy(Objective):
    """J whose gradient carries additive Gaussian noise; `run` records the noise-free loss.

    Equation: grad_t(theta) = grad J(theta) + sigma * xi_t, with xi_t standard normal.

    Parameters
    ----------
    J : Objective
        Needs a `dim`.
    sigma : float
        Standard deviation of each component, >= 0.
    seed : int
        Noise is a pure function of (seed, t); every run of a batch meets the same noise.
    steps : int
        Rows drawn; after that many steps the noise repeats.

    Examples
    --------
    >>> J = Objective(lambda th: (th**2).sum(-1), lambda th: 2 * th, dim=1)
    >>> N = Noisy(J, sigma=0.1, seed=1)
    >>> bool(N.at(5).grad(np.array([1.0])) == N.at(5).grad(np.array([1.0])))
    True
    """

    def __init__(self, J: Objective, sigma: float, seed: int = 0, steps: int = 4000) -> None:
        check.number("sigma", sigma, "rate")
        if J.dim is None:
            raise check.refuse("J", J, "an objective with a known dim")
        super().__init__(J, J.grad, J.hess, J.dim, J.minimum, name=J.name, window=J.window, start=J.start)
        self.J, self.sigma, self.steps = J, sigma, check.count("steps", steps)
        rng = np.random.default_rng(check.count("seed", seed, 0))
        self.table = Table(rng.standard_normal((steps, J.dim)))

    def at(self, t: Any) -> Objective:
        noise = self.sigma * self.table[t]
        return Objective(self.J, lambda theta: self.J.grad(theta) + noise, self.J.hess, self.dim)

    def with_seed(self, seed: int) -> Objective:
        return Noisy(self.J, self.sigma, seed, self.steps)


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

    Raises
    ------
    ValueError
        If X and y differ in their number of examples.
    """

    def __init__(self, value: Any, grad: Any, X: Any, y: Any, dim: int, **info: Any) -> None:
        self.X, self.y = np.asarray(X), np.asarray(y)
        if self.X.ndim < 2 or self.X.shape[-2] != self.y.shape[-1]:
            shapes = f"X of shape {self.X.shape} and y of shape {self.y.shape}"
            raise ValueError(f"X and y must hold the same number of examples, got {shapes}")
        self.data_value, self.data_grad = value, grad
        super().__init__(
            lambda theta: value(theta, self.X, self.y),
            lambda theta: grad(theta, self.X, self.y),
            dim=dim,
            **info,
        )

    def on(self, X: Any, y: Any) -> DataObjective:
        """The same model and loss on other examples, such as a validation split."""
        return DataObjective(self.data_value, self.data_grad, X, y, self.dim or 1, name=self.name)

    def batches(self, size: int, seed: Any = 0) -> Batches:
        """Mini-batches of `size` examples; see `Batches`."""
        return Batches(self, size, seed)


class Batches(Objective):
    """The mini-batch objective of step t, a pure function of (seed, t).

    Each epoch is a fresh permutation of all N examples; batches are consecutive pieces of the
    stream of permutations, so every example is used exactly once per epoch, none is dropped, and a
    batch may straddle two epochs. `run` records the loss over all N examples.

    Parameters
    ----------
    J : DataObjective
        With N examples.
    size : int
        Examples per batch, 1 … N.
    seed : int or array of int
        An array of shape (s,) gives each of the last s runs of the batch its own order.

    Raises
    ------
    ValueError
        For a size outside 1 … N or a seed that is not an integer >= 0.

    Examples
    --------
    >>> J = DataObjective(lambda th, X, y: 0.0, lambda th, X, y: X.mean(-2), np.eye(4), np.zeros(4), 4)
    >>> B = J.batches(2, seed=7)
    >>> (B.at(0).grad(np.zeros(4)) + B.at(1).grad(np.zeros(4))).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """

    def __init__(self, J: DataObjective, size: int, seed: Any = 0) -> None:
        self.J, self.n = J, J.X.shape[-2]
        self.size = check.count("size", size)
        if size > self.n:
            raise check.refuse("size", size, f"at most the {self.n} examples there are")
        seeds = np.asarray(seed)
        if seeds.dtype.kind not in "iu" or seeds.ndim > 1 or (seeds < 0).any():
            raise check.refuse("seed", seed, "an integer >= 0 or a one-dimensional array of them")
        self.seed, self.separable = seed, seeds.ndim == 0 and J.separable
        super().__init__(J, J.grad, dim=J.dim, name=J.name)

    def indices(self, t: int) -> np.ndarray:
        """Which examples step t uses: shape (size,), or (s, size) for s seeds."""
        if np.ndim(self.seed):
            return np.stack([_stream(int(s), t, self.size, self.n) for s in self.seed])
        return _stream(int(self.seed), t, self.size, self.n)

    def at(self, t: Any) -> Objective:
        if self.size == self.n and not np.ndim(self.seed):
            return self.J
        pick = self.indices(t)
        return self.J.on(self.J.X[pick], self.J.y[pick])

    def with_seed(self, seed: Any) -> Batches:
        return Batches(self.J, self.size, seed)

    def watch(self, theta: Any, t: Any) -> Any:
        return self.J(theta)


def _stream(seed: int, t: int, size: int, n: int) -> np.ndarray:
    """Positions t*size … (t+1)*size of the endless stream of permutations."""
    place = np.arange(t * size, (t + 1) * size)
    epochs = range(place[0] // n, place[-1] // n + 1)
    orders = np.concatenate([_permutation(seed, epoch, n) for epoch in epochs])
    return orders[place - epochs[0] * n]


@functools.lru_cache(maxsize=256)
def _permutation(seed: int, epoch: int, n: int) -> np.ndarray:
    return np.random.default_rng([seed, epoch]).permutation(n)


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=float)


def _differences(function: Any, theta: np.ndarray, h: float) -> np.ndarray:
    """Central differences of `function` along every coordinate, stacked on a new last axis."""
    columns = []
    for i in range(theta.shape[-1]):
        step = np.zeros_like(theta)
        step[..., i] = h * np.maximum(1, np.abs(theta[..., i]))
        width = (theta + step)[..., i] - (theta - step)[..., i]
        change = np.asarray(function(theta + step)) - np.asarray(function(theta - step))
        columns.append(change / width.reshape(width.shape + (1,) * (change.ndim - width.ndim)))
    return np.stack(columns, axis=-1)
