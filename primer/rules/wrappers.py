"""The base of rules that hold a rule: Clip, ReduceOnPlateau, Project.

A wrapper knows nothing of the rule inside, which may be a wrapper too:
``Clip(ReduceOnPlateau(Adam(lr=Slider(1e-4, 1, 0.1, log=True))), norm=1.0)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import check
from ..objective import Objective, Through
from ..optimizer import Optimizer


class Wrapper(Optimizer):
    """The base of every rule that holds a rule in its field `rule`."""

    rule: Any

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.rule, Optimizer):
            raise check.refuse("rule", self.rule, "an Optimizer instance such as Adam(lr=0.1)")

    def init(self, theta: Any) -> dict[str, Any]:
        return self.rule.init(theta)


class Seen(Through):
    """J with its gradient passed through a function."""

    def __init__(self, J: Any, change: Callable[[Any], Any]) -> None:
        super().__init__(J, grad=lambda theta: change(J.grad(theta)))
        self.change = change

    def over(self, J: Objective) -> Objective:
        return Seen(J, self.change)


def innermost(rule: Optimizer) -> Optimizer:
    """The rule inside all wrappers."""
    return innermost(rule.rule) if hasattr(rule, "rule") else rule
