"""Evolution strategies: a gradient from values alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..objective import Objective
from ..objective.compound import Through


class Evolved(Through):
    """J with a gradient by evolution strategies: it asks for values alone (Salimans et al. 2017).

    Equation: grad_t(theta) = mean over i of (rank(theta + sigma * e_i) - rank(theta - sigma * e_i))
    * e_i / (2 * sigma), with e_i standard normal, a function of (seed, t), and ranks of J's values
    among all 2 * pairs, from -1/2 to 1/2.

    Parameters
    ----------
    J : Objective
        With a known dim. All 2 * pairs values of a step are one batch, of the same J.at(t).
    sigma : float
        How far the population spreads, > 0.
    pairs : int
        Directions of each step; each is tried both ways.
    seed : int

    Raises
    ------
    ValueError
        If J has no dim or an argument is not what is described here.

    Examples
    --------
    >>> J = Evolved(Objective(lambda theta: (theta**4).sum(-1), dim=2), sigma=0.1, pairs=500)
    >>> (J.at(0).grad(np.array([1.0, 0.0])) > 1).tolist()
    [True, False]
    """

    def __init__(self, J: Objective, sigma: float = 0.1, pairs: int = 12, seed: int = 0) -> None:
        check.number("sigma", sigma, "positive")
        if not isinstance(J, Objective) or J.dim is None:
            raise check.refuse("J", J, "an objective with a known dim")
        super().__init__(J, separable=False)
        self.sigma, self.pairs = sigma, check.count("pairs", pairs)
        self.seed = check.count("seed", seed, 0)

    def over(self, J: Objective) -> Objective:
        return Evolved(J, self.sigma, self.pairs, self.seed)

    def at(self, t: Any) -> Objective:
        now = self.J.at(t)
        e = np.random.default_rng([self.seed, t]).standard_normal((self.pairs, self.dim or 0))

        def grad(theta: Any) -> Any:
            population = theta[..., None, :] + self.sigma * np.concatenate([e, -e])
            rank = now(population).argsort(-1).argsort(-1) / (2 * self.pairs - 1) - 0.5
            better = rank[..., : self.pairs] - rank[..., self.pairs :]
            return (better[..., None] * e).mean(-2) / (2 * self.sigma)

        return Through(now, grad=grad, separable=False)

    def with_seed(self, seed: int) -> Objective:
        return Evolved(self.J.with_seed(seed), self.sigma, self.pairs, seed)
