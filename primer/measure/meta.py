"""Learning a rule: the loss of its runs as an objective, trained by evolution strategies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import check
from ..objective import Objective
from ..optimizer import Optimizer
from ..rules.adam import Adam
from ..running import Run, run
from ..schedules import Cosine
from .evolution import Evolved
from .learned import Learned

#: A seed, or several numbers that make one.
Seed = int | Sequence[int]
#: Seed -> an objective and starts (n, d): n tasks of a family, one for each run of a batch's axis.
Tasks = Callable[[Any], tuple[Objective, np.ndarray]]
#: What a run may lose or gain: below is rounding, above it diverged.
LEAST, MOST = -16.0, 4.0


def decades(rule: Optimizer, tasks: tuple[Objective, np.ndarray], steps: int) -> np.ndarray:
    """By how many powers of ten a rule changes the loss of each task: log10(last / first).

    Parameters
    ----------
    rule : Optimizer
        Its sweeps come before the axis of the tasks.
    tasks : tuple of Objective and ndarray (n, d)
        An objective and a start for each of its n runs, such as ``random_bowls(0)``.
    steps : int
        Length of the runs, >= 1.

    Returns
    -------
    ndarray (*batch, n)
        In [-16, 4]: -16 stands for all that is smaller, 4 for all that is larger or not finite.

    Raises
    ------
    ValueError
        If steps is not a positive integer.

    Examples
    --------
    >>> from primer import SGD
    >>> from primer.landscapes import quadratic
    >>> decades(SGD(lr=0.9), (quadratic([1.0]), np.ones((2, 1))), steps=3).round(6).tolist()
    [-6.0, -6.0]
    """
    J, starts = tasks
    loss = run(rule, J, starts, check.count("steps", steps), keep=steps).loss
    with np.errstate(all="ignore"):
        change = np.log10(loss[-1] / loss[0])
    return np.clip(np.where(np.isnan(change), MOST, change), LEAST, MOST)


class MetaLoss(Objective):
    """The loss of a rule's runs as a function of the rule's weights: mean `decades` over tasks.

    Step t of a run on it meets tasks of its own; its value, which `run` records, is that of tasks
    that no step meets.

    Parameters
    ----------
    tasks : callable
        seed -> (objective, starts (n, d)): n tasks of a family, such as `random_bowls`.
    steps : int
        Steps on each task: the horizon.
    seed : int or sequence of int
        Step t draws from the seed and t + 1, the value from the seed and 0.
    rule : callable
        weights (*batch, k) -> Optimizer, whose batch has an axis for the tasks at its end.
    dim : int
        The k of the weights.

    Raises
    ------
    ValueError
        If tasks is no function or steps is not a positive integer.

    Examples
    --------
    >>> from primer.measure import random_bowls
    >>> J = MetaLoss(random_bowls, steps=20)
    >>> J(np.stack([Learned(base=-3.0).weights, Learned(base=9.0).weights])).round(1).tolist()
    [-1.1, 4.0]
    """

    #: The recorded value costs as much as a member of a population on as many tasks.
    watch_every = 10

    def __init__(
        self,
        tasks: Tasks,
        steps: int,
        seed: Seed = 0,
        rule: Callable[[Any], Optimizer] = Learned.of,
        dim: int = 9,
    ) -> None:
        if not callable(tasks):
            raise check.refuse("tasks", tasks, "a function of a seed, such as random_bowls")
        self.parts = tasks, check.count("steps", steps), rule, dim
        self.seed = list(np.ravel(seed))
        self.drawn = [*self.seed, 0]
        super().__init__(self._mean, dim=dim, name="Meta-loss")

    def _mean(self, weights: Any) -> Any:
        tasks, steps, rule, _ = self.parts
        return decades(rule(weights), tasks(self.drawn), steps).mean(-1)

    def at(self, t: Any) -> Objective:
        now = self.with_seed(self.seed)
        now.drawn = [*self.seed, t + 1]
        return now

    def watch(self, theta: Any, t: Any) -> Any:
        return self(theta)

    def with_seed(self, seed: Any) -> MetaLoss:
        tasks, steps, rule, dim = self.parts
        return MetaLoss(tasks, steps, seed, rule, dim)


def meta_train(
    tasks: Tasks,
    steps: int,
    generations: int = 200,
    *,
    pairs: int = 12,
    sigma: float = 0.1,
    lr: float = 0.1,
    seed: int = 0,
    start: Any = None,
    progress: bool | None = None,
) -> Run:
    """Learn the weights of `Learned` on a family of tasks: Adam on `Evolved(MetaLoss(…))`.

    Each generation tries 2 * pairs rules on fresh tasks, the same for all of them, as one batch.

    Parameters
    ----------
    tasks : callable
        seed -> (objective, starts (n, d)), such as `random_bowls`.
    steps : int
        Steps on each task: the horizon.
    generations : int
        Steps of Adam, whose rate falls from lr to 0 along a cosine.
    pairs, sigma, seed
        As for `Evolved`.
    lr : float
        Adam's first rate.
    start : array_like of float (9,), optional
        The first weights; by default those of Adam with the rate 0.01.
    progress : bool, optional
        As for `run`.

    Returns
    -------
    Run
        Its theta is the path of the weights, (kept, 9), every tenth generation and the last; its
        loss the mean `decades` on tasks of the family that training does not meet.

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Examples
    --------
    >>> from primer.measure import random_bowls
    >>> trained = meta_train(random_bowls, steps=20, generations=20)
    >>> trained.theta.shape, bool(trained.loss[-1] < trained.loss[0])
    ((3, 9), True)
    >>> rule = Learned.of(trained.theta[-1])
    """
    J = Evolved(MetaLoss(tasks, steps, seed), sigma, pairs, seed)
    check.number("lr", lr, "rate")
    rate = Cosine(lr, check.count("generations", generations))
    first = Learned().weights if start is None else check.points("start", start, J.dim)
    adam = Adam(lr=rate, beta2=0.99)
    return run(adam, J, first, generations, keep=10, progress=progress)
