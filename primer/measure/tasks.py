"""Families of tasks to learn a rule on: many objectives of a kind, one for each run of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..fields import of_runs
from ..objective import Objective


def random_bowls(
    seed: Any, n: int = 16, d: int = 8, kappa: float = 1000
) -> tuple[Objective, np.ndarray]:
    """n quadratic bowls with random axes, steepness and condition number, and where to start.

    Equation: J_i = (theta . H_i theta) / 2. The eigenvalues of H_i lie evenly on a logarithmic
    scale between its largest, 0.1 to 10, and one that is smaller by 1 to kappa; both are drawn
    with a uniform logarithm.

    Parameters
    ----------
    seed : int or sequence of int
    n, d : int
        How many bowls, of how many dimensions.
    kappa : float
        The largest condition number, a finite number >= 1.

    Returns
    -------
    J : Objective
        Takes theta of shape (*batch, n, d), or (*batch, 1, d): bowl i for the run i of that axis.
    starts : ndarray (n, d)
        Standard normal.

    Raises
    ------
    ValueError
        If n or d is not a positive integer, or kappa not a finite number >= 1.

    Examples
    --------
    >>> J, starts = random_bowls(0, n=3, d=2)
    >>> starts.shape, J(starts).shape, J.grad(starts).shape
    ((3, 2), (3,), (3, 2))
    """
    check.count("n", n), check.count("d", d)
    check.number("kappa", kappa)
    if not kappa >= 1:
        raise check.refuse("kappa", kappa, "a finite number >= 1")
    rng = np.random.default_rng(seed)
    axes, _ = np.linalg.qr(rng.standard_normal((n, d, d)))
    largest, ratio = 10 ** rng.uniform(-1, 1, (n, 1)), kappa ** rng.uniform(0, 1, (n, 1))
    curvatures = largest * ratio ** -np.linspace(0, 1, d)
    H = (axes * curvatures[:, None]) @ np.swapaxes(axes, -1, -2)
    return Bowls(H), rng.standard_normal((n, d))


class Bowls(Objective):
    """A quadratic for each run along the last axis of a batch, with Hessians (n, d, d)."""

    def __init__(self, H: np.ndarray) -> None:
        self.H = H
        super().__init__(
            lambda theta: (theta * self._pull(theta)).sum(-1) / 2,
            self._pull,
            self._curve,
            dim=H.shape[-1],
            minimum=np.zeros(H.shape[-1]),
            name="Bowls",
            separable=False,
        )

    def _pull(self, theta: Any) -> Any:
        return (self.H.astype(theta.dtype, copy=False) @ theta[..., None])[..., 0]

    def _curve(self, theta: Any) -> Any:
        return self.H.astype(theta.dtype, copy=False) + 0 * theta[..., None]

    def of_runs(self, axis: int, pick: slice) -> Objective:
        few = of_runs(self.H, axis - 1, pick)
        return self if few is self.H else Bowls(few)


def of_seeds(model: Any, size: int, seeds: int = 16) -> Any:
    """A family of tasks from one model: a start and an order of mini-batches for each seed.

    Parameters
    ----------
    model : Model
        Such as ``models.mlp(X, y, hidden=(8,))``.
    size : int
        Examples in a mini-batch.
    seeds : int
        How many tasks there are in a draw.

    Returns
    -------
    callable
        seed -> (objective, starts (seeds, d)), as `meta_train` takes it.

    Examples
    --------
    >>> from primer import data, models
    >>> X, y, *_ = data.breast_cancer()
    >>> tasks = of_seeds(models.logistic(X, y), size=32, seeds=3)
    >>> J, starts = tasks(0)
    >>> starts.shape
    (3, 31)
    """
    check.count("size", size), check.count("seeds", seeds)

    def tasks(seed: Any) -> tuple[Objective, np.ndarray]:
        few = np.random.default_rng(seed).integers(0, 2**31, seeds)
        return model.batches(size, few), model.initial(few)

    return tasks
