"""Objectives made of objectives: sums, penalties, and those that stand for another."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..fields import PerRun, Theta, of_runs
from .core import Objective

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
        if type(self).watch is Through.watch:
            self.watch_every = J.watch_every

    def hvp(self, theta: Theta, u: Theta) -> Theta:
        """J's, as its Hessian is, unless that is changed."""
        return super().hvp(theta, u) if "hess" in self.changes else self.J.hvp(theta, u)

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

    def of_runs(self, axis: int, pick: slice) -> Objective | None:
        """Those runs of J with the same changes, if these have no numbers of their own for a run.

        Changes whose functions J's own word does not cover must say so: ``separable=True``.
        """
        inner = self.J.of_runs(axis, pick)
        own = {"value", "grad", "hess", "separable"} & self.changes.keys()
        stands = type(self) is Through or type(self).over is not Through.over
        only_J_forbids = stands and not own and not self.J.separable
        if inner is None or not (self.separable or only_J_forbids):
            return None
        if inner is self.J:
            return self
        return self.over(inner) if stands else None


class Sum(Objective):
    """J + K, value, gradient, Hessian and mini-batches alike."""

    def __init__(self, first: Objective, second: Objective) -> None:
        self.parts = (first, second)
        dims = {part.dim for part in self.parts if part.dim is not None}
        if len(dims) > 1:
            raise ValueError(f"dim must be the same in both summands, got {sorted(dims)}")
        told = {part.shapes for part in self.parts if part.shapes is not None}
        if len(told) > 1:
            raise ValueError(f"shapes must be the same in both summands, got {sorted(told)}")
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
        self.watch_every = max(first.watch_every, second.watch_every)

    def hvp(self, theta: Theta, u: Theta) -> Theta:
        first, second = self.parts
        return first.hvp(theta, u) + second.hvp(theta, u)

    def at(self, t: Any) -> Objective:
        now = tuple(part.at(t) for part in self.parts)
        return self if now == self.parts else Sum(*now)

    def watch(self, theta: Theta, t: Any) -> PerRun:
        first, second = self.parts
        return first.watch(theta, t) + second.watch(theta, t)

    def with_seed(self, seed: int) -> Objective:
        return Sum(*(part.with_seed(seed) for part in self.parts))

    def of_runs(self, axis: int, pick: slice) -> Objective | None:
        first, second = (part.of_runs(axis, pick) for part in self.parts)
        says_no = not self.separable and all(part.separable for part in self.parts)
        if says_no or first is None or second is None:
            return None
        return self if (first, second) == self.parts else Sum(first, second)

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
    return _Penalty(np.asarray(lam, dtype=float))


class _Penalty(Objective):
    """What `l2` returns; its strength is a number or a sweep."""

    def __init__(self, strength: np.ndarray) -> None:
        self.strength = strength
        super().__init__(
            lambda theta: (self._of(theta) * np.square(theta)).sum(-1) / 2,
            lambda theta: self._of(theta) * theta,
            self._curve,
            name="L2",
            separable=not strength.ndim,
        )

    def of_runs(self, axis: int, pick: slice) -> Objective:
        few = of_runs(self.strength, axis, pick)
        return self if few is self.strength else _Penalty(few)

    def _of(self, theta: Any) -> Any:
        plain = not self.strength.ndim
        return float(self.strength) if plain else self.strength.astype(theta.dtype)

    def _curve(self, theta: Any) -> Any:
        d = theta.shape[-1]
        flat = np.broadcast_to(np.eye(d, dtype=getattr(theta, "dtype", float)), (*theta.shape, d))
        lam = self._of(theta)
        return lam * flat if not self.strength.ndim else lam[..., None] * flat
