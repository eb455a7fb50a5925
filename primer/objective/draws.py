"""Mini-batches that are drawn afresh at every step."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from .batches import Batches, DataObjective
from .core import Objective


class Draws(Batches):
    """Mini-batches drawn afresh at every step, a pure function of (seed, t).

    `Batches` shuffles all examples and deals them out; here no step knows what an earlier one used.

    Parameters
    ----------
    J : DataObjective
    size : int
        Examples per batch, 1 … N.
    seed : int or array of int
        An array of shape (s,) gives each of the last s runs of the batch its own draws.
    replace : bool
        Whether an example may occur twice in one batch.
    watch : Objective, optional
        The loss that `run` records, as in `Batches`.

    Raises
    ------
    ValueError
        As `Batches`, and if replace is not a bool.

    Examples
    --------
    >>> from primer import models
    >>> J = models.linear([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> sorted(Draws(J, 3, seed=1, replace=False).indices(0).tolist())
    [0, 1, 2]
    >>> Draws(J, 2, seed=[4, 5]).indices(7).shape
    (2, 2)
    """

    def __init__(
        self,
        J: DataObjective,
        size: int,
        seed: Any = 0,
        replace: bool = True,
        watch: Objective | None = None,
    ) -> None:
        super().__init__(J, size, seed, watch)
        if not isinstance(replace, bool):
            raise check.refuse("replace", replace, "True or False")
        self.replace = replace

    def indices(self, t: int) -> np.ndarray:
        """Which examples step t uses: shape (size,), or (s, size) for s seeds."""
        seeds = np.atleast_1d(self.seed)
        picks = [np.random.default_rng([int(s), t]) for s in seeds]
        drawn = np.stack([rng.choice(self.n, self.size, self.replace) for rng in picks])
        return drawn if np.ndim(self.seed) else drawn[0]

    def at(self, t: Any) -> Objective:
        return self.J.take(self.indices(t))

    def with_seed(self, seed: Any) -> Draws:
        return Draws(self.J, self.size, seed, self.replace, self.told)
