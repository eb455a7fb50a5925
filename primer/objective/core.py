"""Objectives: what an optimizer sees. `J(theta)`, `J.grad(theta)`, `J.hess(theta)`, `J.at(t)`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import check
from ..fields import Matrix, PerRun, Theta


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
        numbers of its own for every run says False.

    Raises
    ------
    ValueError
        If `value`, `grad` or `hess` is not callable, `minimum` does not end in `dim`, `window` is
        not finite with each low below its high, or `axes` or `shapes` do not add up to `dim`.

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
        self.shapes = None if shapes is None else tuple(tuple(shape) for shape in shapes)
        for label, given, count in (
            ("axes", self.axes, len(self.axes or ())),
            ("shapes", self.shapes, sum(math.prod(shape) for shape in self.shapes or ())),
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

    def __add__(self, other: Any) -> Objective:
        if not isinstance(other, Objective):
            return NotImplemented
        return Sum(self, other)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name or 'without a name'}, dim {self.dim}>"

    def _fits(self, theta: Any) -> None:
        if self.dim is not None and theta.shape[-1] != self.dim:
            what = f"theta must have last axis {self.dim} for {self.name or 'this objective'}"
            raise ValueError(f"{what}, got shape {theta.shape}")


#: What an objective says of itself, beside its functions.
DESCRIPTION = ("dim", "minimum", "name", "window", "start", "axes", "shapes", "separable")


class Through(Objective):
    """An objective that stands for another: like J in everything that is not changed.

    Parameters
    ----------
    J : Objective
    **changes
        Arguments of `Objective` that differ, such as grad or name.

    Raises
    ------
    ValueError
        If J is no objective or a change is none of `Objective`'s arguments.

    Examples
    --------
    >>> from primer.landscapes import rosenbrock
    >>> J = Through(rosenbrock(), grad=lambda theta: 0 * theta)
    >>> J.name, J.start.tolist(), J.grad(np.ones(2)).tolist()
    ('Rosenbrock', [-1.2, 1.0], [0.0, 0.0])
    """

    J: Any

    def __init__(self, J: Objective, **changes: Any) -> None:
        if not isinstance(J, Objective):
            raise check.refuse("J", J, "an Objective; Objective(f) makes one from a function")
        same = {name: getattr(J, name) for name in DESCRIPTION}
        super().__init__(**{"value": J, "grad": J.grad, "hess": J.hess, **same, **changes})
        self.J, self.changes = J, changes
        self.made_of_examples = J.made_of_examples

    def over(self, J: Objective) -> Objective:
        """The same changes on another J."""
        return Through(J, **self.changes)

    def at(self, t: Any) -> Objective:
        now = self.J.at(t)
        return self if now is self.J else self.over(now)

    def watch(self, theta: Theta, t: Any) -> PerRun:
        return self.J.watch(theta, t)

    def with_seed(self, seed: int) -> Objective:
        return self.over(self.J.with_seed(seed))

    def batches(self, size: int, seed: Any = 0, watch: Objective | None = None) -> Objective:
        return self.over(self.J.batches(size, seed, watch))


class Sum(Objective):
    """J + K, value, gradient, Hessian and mini-batches alike."""

    def __init__(self, first: Objective, second: Objective) -> None:
        self.parts = (first, second)
        dims = {part.dim for part in self.parts if part.dim is not None}
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
            axes=first.axes or second.axes,
            shapes=first.shapes or second.shapes,
            separable=first.separable and second.separable,
        )
        self.made_of_examples = first.made_of_examples or second.made_of_examples

    def at(self, t: Any) -> Objective:
        now = tuple(part.at(t) for part in self.parts)
        return self if now == self.parts else Sum(*now)

    def watch(self, theta: Theta, t: Any) -> PerRun:
        first, second = self.parts
        return first.watch(theta, t) + second.watch(theta, t)

    def with_seed(self, seed: int) -> Objective:
        return Sum(*(part.with_seed(seed) for part in self.parts))

    def batches(self, size: int, seed: Any = 0, watch: Objective | None = None) -> Objective:
        """Mini-batches of the summands that have data; the others stay whole."""
        made = [p.made_of_examples for p in self.parts]
        if not any(made):
            return super().batches(size, seed, watch)
        parts = zip(self.parts, made, strict=True)
        return Sum(*(p.batches(size, seed, watch) if has else p for p, has in parts))


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
    check.swept("lam", np.asarray(lam))
    strength = np.asarray(lam, dtype=float)

    def of(theta: Any) -> Any:
        return float(strength) if not strength.ndim else strength.astype(theta.dtype)

    def hess(theta: Any) -> Any:
        d = theta.shape[-1]
        flat = np.broadcast_to(np.eye(d, dtype=getattr(theta, "dtype", float)), (*theta.shape, d))
        return of(theta) * flat if not strength.ndim else of(theta)[..., None] * flat

    return Objective(
        lambda theta: (of(theta) * np.square(theta)).sum(-1) / 2,
        lambda theta: of(theta) * theta,
        hess,
        name="L2",
        separable=not strength.ndim,
    )


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=float)


def _differences(function: Any, theta: np.ndarray, h: float) -> np.ndarray:
    """Central differences of `function` along every coordinate, stacked on a new last axis."""
    columns = []
    for unit in np.eye(theta.shape[-1], dtype=theta.dtype):
        step = h * np.maximum(1, np.abs(theta)) * unit
        width = ((theta + step) - (theta - step)).sum(-1)
        change = function(theta + step) - function(theta - step)
        columns.append(change / (width[..., None] if change.ndim > width.ndim else width))
    return np.stack(columns, axis=-1)
