"""A game of rounds: what a rule pays in each, and how much gradient it sees."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .. import check
from ..objective import Objective
from ..optimizer import Optimizer
from ..rules.wrappers import Wrapper
from ..running import run


@dataclasses.dataclass(frozen=True, eq=False)
class Game:
    """What a rule paid in a game of rounds, and the gradients it paid at.

    Attributes
    ----------
    paid : ndarray (*batch,)
        Sum over the rounds of J_t(theta_t).
    squares : ndarray (*batch, d)
        Sum over the rounds of the squared gradients, coordinate by coordinate.
    theta : ndarray (*batch, d)
        Where the rule stands in the end.
    """

    paid: np.ndarray
    squares: np.ndarray
    theta: np.ndarray


def play(rule: Optimizer, J: Objective, start: Any, rounds: int) -> Game:
    """Let a rule play against an objective that changes: it pays J_t(theta_t), then takes a step.

    Less what the best fixed theta would have paid, that is the rule's regret.

    Parameters
    ----------
    rule : Optimizer
    J : Objective
        The loss of every round, such as ``model.batches(1, seed)`` or a `primer.Varying`.
    start : array_like of float (*batch, d)
    rounds : int
        > 0.

    Returns
    -------
    Game

    Raises
    ------
    ValueError
        If rule is no Optimizer or rounds is not a positive integer.

    Examples
    --------
    >>> from primer import SGD
    >>> from primer.landscapes import quadratic
    >>> game = play(SGD(lr=0.5), quadratic([1.0]), [2.0], rounds=3)  # at 2, 1 and 0.5
    >>> float(game.paid), game.squares.tolist()
    (2.625, [5.25])
    """
    check.count("rounds", rounds)
    done = run(_Ledger(rule), J, start, rounds, keep=rounds)
    return Game(done.state["paid"][..., 0], done.state["squares"], done.theta[-1])


@dataclasses.dataclass(frozen=True, eq=False)
class _Ledger(Wrapper):
    """A rule that also adds up what it pays and the squares of its gradients."""

    rule: Any

    def init(self, theta: Any) -> dict[str, Any]:
        inner = self.rule.init(theta)
        return {"rule": inner, "paid": 0 * theta[..., :1], "squares": 0 * theta}

    def step(self, J: Any, theta: Any, state: dict[str, Any], t: Any) -> Any:
        after, inner = self.rule.step(J, theta, state["rule"], t)
        paid = state["paid"] + np.asarray(J(theta))[..., None]
        squares = state["squares"] + J.grad(theta) ** 2
        return after, {"rule": inner, "paid": paid, "squares": squares}
