"""Objectives that differ from step to step: moving ones, and ones with noise."""

from __future__ import annotations

import copy
import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import check
from ..fields import Theta
from .compound import Through
from .core import Objective


class Varying(Objective):
    """An objective that changes with the step, such as a valley whose floor moves.

    Parameters
    ----------
    at : callable
        t -> Objective, a pure function of the step (counted from 0).
    dim, name, window, start
        As for `Objective`, as are axes and shapes, by default those of step 0. Value, gradient and
        Hessian of the whole are those of step 0.

    Raises
    ------
    ValueError
        If `at` is not callable or returns no objective.

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
        if not isinstance(first, Objective):
            raise check.refuse("at(0)", first, "an Objective")
        same = {name: getattr(first, name) for name in ("axes", "shapes", "separable")}
        super().__init__(first, first.grad, first.hess, dim, **{**same, **info})
        self._at = at

    def hvp(self, theta: Theta, u: Theta) -> Theta:
        return self._at(0).hvp(theta, u)

    def at(self, t: Any) -> Objective:
        now = self._at(t)
        untold = self.shapes is not None and now.shapes is None
        return Through(now, shapes=self.shapes) if untold else now

    def watch(self, theta: Any, t: Any) -> Any:
        return self._at(t)(theta)


class Table:
    """Numbers drawn beforehand, row t for step t: how noise enters what is traced.

    Parameters
    ----------
    rows : array_like
        Shape (steps, d). After the last row it starts again.

    Raises
    ------
    ValueError
        If rows is empty or not of shape (steps, d).

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
            return t.lookup(self)
        return self.rows[t % len(self.rows)]

    def written(self, steps: int | None) -> np.ndarray:
        """Rows for a script of so many steps, which starts again after the last of them."""
        return self.rows[:steps]


class Drawn(Table):
    """Standard normal rows without an end: after `steps` rows come as many new ones.

    Examples
    --------
    >>> noise = Drawn(seed=0, steps=4, dim=1)
    >>> noise[0].shape, bool(noise[0] == noise[4])
    ((1,), False)
    """

    def __init__(self, seed: int, steps: int, dim: int) -> None:
        self.block = seed, steps, dim
        super().__init__(_block.__wrapped__(*self.block, 0))

    def __getitem__(self, t: Any) -> Any:
        if hasattr(t, "traced"):
            return super().__getitem__(t)
        if np.ndim(t):
            return np.stack([self[int(k)] for k in np.ravel(t)]).reshape(*np.shape(t), -1)
        return self._rows(t // len(self.rows))[t % len(self.rows)]

    def written(self, steps: int | None) -> np.ndarray:
        blocks = range(-(-(steps or 1) // len(self.rows)))
        return np.concatenate([self._rows(k) for k in blocks])[:steps]

    def _rows(self, k: int) -> np.ndarray:
        return _block(*self.block, k) if k else self.rows


@functools.lru_cache(maxsize=4)
def _block(seed: int, steps: int, dim: int, k: int) -> np.ndarray:
    """The k-th so many rows, a pure function of the seed and k."""
    rows = np.random.default_rng([seed, k] if k else seed).standard_normal((steps, dim))
    rows.flags.writeable = False
    return rows


class Signs(Table):
    """Random signs for every step, 1 or -1 with the same chance: a pure function of (seed, t).

    Parameters
    ----------
    seed : int
    dim : int
        Signs in a row.

    Examples
    --------
    >>> Signs(seed=0, dim=3)[7].tolist()
    [1.0, -1.0, -1.0]
    """

    #: What an equation calls the row of a step.
    word = "signs"

    def __init__(self, seed: int, dim: int) -> None:
        self.seed, self.dim = operator.index(seed), int(dim)
        super().__init__(self.row(0)[None])

    def row(self, t: int) -> np.ndarray:
        """The signs of one step, (dim,)."""
        return np.random.default_rng([self.seed, t]).choice([-1.0, 1.0], self.dim)

    def __getitem__(self, t: Any) -> Any:
        return super().__getitem__(t) if hasattr(t, "traced") else self.row(int(t))

    def written(self, steps: int | None) -> np.ndarray:
        return np.stack([self.row(t) for t in range(steps or 1000)])


class Noisy(Through):
    """J whose gradient carries additive Gaussian noise; `run` records the noise-free loss.

    Equation: grad_t(theta) = grad J(theta) + sigma * xi_t, with xi_t standard normal.

    Parameters
    ----------
    J : Objective
        Needs a `dim`; it may move.
    sigma : float
        Standard deviation of each component, >= 0.
    seed : int
        Noise is a pure function of (seed, t); every run of a batch meets the same noise.
    steps : int
        Rows drawn at once. A longer run draws more and never meets the same noise twice.

    Raises
    ------
    ValueError
        If J has no dim, sigma is not a finite number >= 0, or seed or steps is no count.

    Examples
    --------
    >>> J = Objective(lambda th: (th**2).sum(-1), lambda th: 2 * th, dim=1)
    >>> N = Noisy(J, sigma=0.1, seed=1)
    >>> bool(N.at(5).grad(np.array([1.0])) == N.at(5).grad(np.array([1.0])))
    True
    """

    def __init__(self, J: Objective, sigma: float, seed: int = 0, steps: int = 4000) -> None:
        check.number("sigma", sigma, "rate")
        if not isinstance(J, Objective) or J.dim is None:
            raise check.refuse("J", J, "an objective with a known dim")
        super().__init__(J)
        self.sigma, self.seed = sigma, check.count("seed", seed, 0)
        self.steps = check.count("steps", steps)
        self.table: Table = Drawn(self.seed, self.steps, J.dim)

    def over(self, J: Objective) -> Objective:
        twin = copy.copy(self)
        Through.__init__(twin, J)
        return twin

    def at(self, t: Any) -> Objective:
        now, noise = self.J.at(t), self.sigma * self.table[t]

        def grad(theta: Any) -> Any:
            exact = now.grad(theta)
            return exact + noise.astype(exact.dtype)

        return Through(now, grad=grad)

    def with_seed(self, seed: int) -> Objective:
        return Noisy(self.J.with_seed(seed), self.sigma, seed, self.steps)
