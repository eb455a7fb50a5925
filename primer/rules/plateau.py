"""Reducing the rate when the loss stands still."""

from typing import Any, ClassVar

import numpy as np

from .. import check
from ..hyper import Hyper
from ..registry import rule as register
from ..schedules import whole
from .wrappers import Wrapper, innermost


@register(
    kind="wrapper",
    cite="bengio2012",
    year=2012,
    chapter=8,
    torch="ReduceLROnPlateau(optimizer, factor=factor, patience=patience, threshold=threshold,"
    " eps=0)",
    optax="contrib.reduce_on_plateau(factor=factor, patience=patience + 1, rtol=threshold)",
)
class ReduceOnPlateau(Wrapper):
    """Multiply the rate by a factor when the loss has not fallen for longer than a patience.

    Parameters
    ----------
    rule : Optimizer
        The rule whose lr is scaled; it must have one.
    factor : hyperparameter
        In (0, 1).
    patience : int, or a sweep or slider of ints
        Looks without progress that are borne, >= 0.
    threshold : hyperparameter
        Relative fall of the loss that counts as progress, in [0, 1).
    every : int
        Steps between two looks, >= 1. What is looked at is the mean loss of those steps, so that
        `every` = steps per epoch gives an epoch's training loss.

    Raises
    ------
    ValueError
        If rule is no Optimizer with an lr, or a value is outside its range.

    Notes
    -----
    State: besides that of the rule inside, for each run the sum of the losses since the last look,
    the best loss so far, the looks without progress since the best or since the last cut (`bad`),
    and what the rule's lr is multiplied by (`scale`).

    With every = 1: torch's ReduceLROnPlateau in mode "min" with relative threshold, no cooldown and
    no least rate, fed with J(theta_t) before step t; with its default eps it leaves the rate alone
    once a change would be below 1e-8. optax cuts when bad reaches patience, one look sooner. A NaN
    loss is no progress. For a loss below 0 the relative threshold works the wrong way round, in
    torch as here. The idea: bengio2012.

    Examples
    --------
    >>> from primer import SGD, Objective, run
    >>> flat = Objective(lambda theta: 1.0 + 0 * theta[..., 0], lambda theta: 1.0 + 0 * theta)
    >>> rule = ReduceOnPlateau(SGD(lr=1.0), factor=0.5, patience=1)
    >>> run(rule, flat, [0.0], steps=6).theta[:, 0].tolist()
    [0.0, -1.0, -2.0, -2.5, -3.0, -3.25, -3.5]
    """

    rule: Any
    factor: Hyper = 0.1
    patience: Any = 10
    threshold: Hyper = 1e-4
    every: int = 1

    domains: ClassVar[dict[str, str]] = {"threshold": "decay"}

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("patience", self.patience, 0)
        check.count("every", self.every)
        if not hasattr(innermost(self.rule), "lr"):
            raise check.refuse("rule", self.rule, "a rule with an lr")

    def init(self, theta: Any) -> dict[str, Any]:
        zero = 0 * theta[..., :1]
        memory = {
            "total": zero,
            "best": zero + np.inf,
            "bad": zero,
            "scale": zero + 1,
        }
        return {"rule": self.rule.init(theta), **memory}

    def step(self, J, theta, state, t):
        gathered = state["total"] + J(theta)[..., None]
        loss = gathered / self.every
        due = (t + 1) % self.every == 0
        better = loss < state["best"] * (1 - self.threshold)
        looks = np.where(better, 0, state["bad"] + 1)
        worn = looks > self.patience
        scale = np.where(due & worn, state["scale"] * self.factor, state["scale"])
        memory = {
            "total": np.where(due, 0, gathered),
            "best": np.where(due & better, loss, state["best"]),
            "bad": np.where(due, np.where(worn, 0, looks), state["bad"]),
            "scale": scale,
        }
        theta, inner = self.rule.scaled(scale).step(J, theta, state["rule"], t)
        return theta, {"rule": inner, **memory}
