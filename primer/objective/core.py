"""Objectives: what an optimizer sees. `J(theta)`, `J.grad(theta)`, `J.hess(theta)`, `J.at(t)`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import check
from ..fields import Matrix, PerRun, Theta


class Objective:
    """A function to be minimized, made from plain functions.

    Shapes: theta is (*batch, d); J(theta) is (*batch,), J.grad(theta) is (*batch, d) and
    J.hess(theta) is (*batch, d, d). J.hvp(theta, u), the Hessian times u, is (*batch, d).

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
        A known minimizer, shape (d,), or several, shape (k, d).
    name : str
        What figures and tables call it.
    window : tuple of float, optional
        A good frame to draw it in: (x_low, x_high, y_low, y_high), or (low, high) in one dimension.
    start : array_like, optional
        A good place to start from, shape (d,).
    axes : sequence of str, optional
        What the coordinates are called, where not θ₁, θ₂ …
    shapes : sequence of tuple of int, optional
        Which row-major blocks of theta are matrices and vectors, such as [(4, 3), (3,)], for the
        rules that need to know.
    separable : bool
        True if every run of a batch is treated by itself, so that a batch may be split. A J with
        numbers of its own for every run says False, and may tell by `of_runs` how to split it.

    Raises
    ------
    ValueError
        If `value`, `grad` or `hess` is not callable, `minimum` does not end in `dim`, `window` is
        not finite with each low below its high, `shapes` holds a length that is no integer >= 1,
        or `axes` or `shapes` do not add up to `dim`.

    Examples
    --------
    >>> J = Objective(lambda theta: (theta**2).sum(-1), dim=2, minimum=(0.0, 0.0))
    >>> float(J(np.array([3.0, 4.0])))
    25.0
    >>> J.grad(np.array([[3.0, 4.0], [0.0, 1.0]])).round(6).tolist()
    [[6.0, 8.0], [0.0, 2.0]]
    """

    #: True for a mean over examples, which has mini-batches.
    made_of_examples = False
    #: `run` records the loss at rows that lie at least so many steps apart.
    watch_every = 1

    def __init__(
        self,
        value: Callable[[Theta], PerRun],
        grad: Callable[[Theta], Theta] | None = None,
        hess: Callable[[Theta], Matrix] | None = None,
        dim: int | None = None,
        minimum: Any = None,
        *,
        name: str = "",
        window: tuple[float, ...] | None = None,
        start: Any = None,
        axes: Sequence[str] | None = None,
        shapes: Sequence[tuple[int, ...]] | None = None,
        separable: bool = True,
    ) -> None:
        for label, function in (("value", value), ("grad", grad), ("hess", hess)):
            if not callable(function) and (function is not None or label == "value"):
                raise check.refuse(label, function, "a function of theta")
        self._value, self._grad, self._hess = value, grad, hess
        self.dim = None if dim is None else check.count("dim", dim)
        self.minimum = None if minimum is None else check.points("minimum", _floats(minimum), dim)
        self.start = None if start is None else check.points("start", _floats(start), dim)
        self.name, self.separable = name, separable
        self.window = None if window is None else check.window(window, dim)
        self.axes = None if axes is None else tuple(axes)
        blocks = self.shapes = None if shapes is None else check.shapes(shapes)
        for label, given, count in (
            ("axes", self.axes, len(self.axes or ())),
            ("shapes", blocks, sum(map(math.prod, blocks or ()))),
        ):
            if given is not None and dim is not None and count != dim:
                raise check.refuse(label, given, f"for {dim} coordinates (dim = {dim})")

    def __call__(self, theta: Theta) -> PerRun:
        self._fits(theta)
        return self._value(theta)

    def grad(self, theta: Theta) -> Theta:
        """Gradient at theta, (*batch, d) -> (*batch, d)."""
        self._fits(theta)
        if self._grad is not None:
            return self._grad(theta)
        return _differences(self._value, theta, np.cbrt(np.finfo(theta.dtype).eps))

    def hess(self, theta: Theta) -> Matrix:
        """Hessian at theta, (*batch, d) -> (*batch, d, d)."""
        self._fits(theta)
        if self._hess is not None:
            return self._hess(theta)
        raw = _differences(self.grad, theta, np.cbrt(np.finfo(theta.dtype).eps))
        return (raw + np.swapaxes(raw, -1, -2)) / 2

    def hvp(self, theta: Theta, u: Theta) -> Theta:
        """Hessian times u at theta; u is (d,) or (*batch, d), the product (*batch, d).

        Where no Hessian is given, it is the central difference of the gradient along u: two
        gradients, however many parameters there are.

        Examples
        --------
        >>> J = Objective(lambda theta: (theta**4).sum(-1), lambda theta: 4 * theta**3)
        >>> J.hvp(np.array([1.0, 2.0]), np.array([1.0, -1.0])).round(6).tolist()
        [12.0, -48.0]
        """
        self._fits(theta)
        _refuse_unlike(theta, u)
        if self._hess is not None:
            return (self.hess(theta) * u[..., None, :]).sum(-1)
        return _along(self.grad, theta, u)

    def at(self, t: Any) -> Objective:
        """The objective that step t sees: itself, unless it is stochastic or moves."""
        return self

    def watch(self, theta: Theta, t: Any) -> PerRun:
        """The loss that `run` records for theta_t: J(theta) here; noise-free where J is noisy."""
        return self(theta)

    def with_seed(self, seed: int) -> Objective:
        """The same objective with its random choices drawn from `seed`; here there are none."""
        return self

    def batches(self, size: int, seed: Any = 0, watch: Objective | None = None) -> Objective:
        """Mini-batches, for an objective made of examples; here there are none."""
        raise check.refuse("J", self, "a mean over examples, such as models.mlp(X, y), for batches")

    def of_runs(self, axis: int, pick: slice) -> Objective | None:
        """The objective of some runs of a batch alone, so that the batch may be split.

        Parameters
        ----------
        axis : int
            An axis of theta (*batch, d), counted from the end: -2 is the last axis of the batch.
        pick : slice
            The runs along it.

        Returns
        -------
        Objective or None
            Itself if it is `separable`; None where it cannot tell which of its numbers are whose.
        """
        return self if self.separable else None

    def __add__(self, other: Any) -> Objective:
        if not isinstance(other, Objective):
            return NotImplemented
        from .compound import Sum

        return Sum(self, other)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name or 'without a name'}, dim {self.dim}>"

    def _fits(self, theta: Any) -> None:
        if self.dim is not None and theta.shape[-1] != self.dim:
            what = f"theta must have last axis {self.dim} for {self.name or 'this objective'}"
            raise ValueError(f"{what}, got shape {theta.shape}")


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=float)


def _refuse_unlike(theta: Any, u: Any) -> None:
    """Refuse a u that is no vector of as many numbers as theta's, or not for its batch."""
    shape, d = np.shape(u), theta.shape[-1:]
    try:
        fits = shape[-1:] == d and bool(np.broadcast_shapes(shape, theta.shape))
    except ValueError:
        fits = False
    if not fits:
        both = " or ".join(dict.fromkeys(map(str, (d, theta.shape))))
        raise check.refuse("u", shape, f"of shape {both}, as theta is")


def _differences(function: Any, theta: np.ndarray, h: float) -> np.ndarray:
    """Central differences of `function` along every coordinate, stacked on a new last axis."""
    columns = []
    for unit in np.eye(theta.shape[-1], dtype=theta.dtype):
        step = h * np.maximum(1, np.abs(theta)) * unit
        width = ((theta + step) - (theta - step)).sum(-1)
        change = function(theta + step) - function(theta - step)
        columns.append(change / (width[..., None] if change.ndim > width.ndim else width))
    return np.stack(columns, axis=-1)


def _along(grad: Any, theta: Any, u: Any) -> Any:
    """Central difference of a gradient along u, over a length that suits theta's size."""
    width = np.cbrt(np.finfo(theta.dtype).eps)
    size, length = (np.sqrt(np.square(x).sum(-1, keepdims=True)) for x in (theta, u))
    h = width * np.maximum(1, size) / np.where(length > 0, length, 1)
    return (grad(theta + h * u) - grad(theta - h * u)) / (2 * h)
