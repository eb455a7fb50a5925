"""The base of rules that hold a rule: Clip, ReduceOnPlateau, Project.

A wrapper knows nothing of the rule inside, which may be a wrapper too:
``Clip(ReduceOnPlateau(Adam(lr=Slider(1e-4, 1, 0.1, log=True))), norm=1.0)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import check
from ..objective import Objective
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


class Seen(Objective):
    """J with its gradient passed through a function; value and Hessian unchanged."""

    def __init__(self, J: Any, change: Callable[[Any], Any]) -> None:
        super().__init__(J, lambda theta: change(J.grad(theta)), J.hess, J.dim, name=J.name)
        self.J, self.change, self.separable = J, change, J.separable

    def at(self, t: Any) -> Objective:
        return Seen(self.J.at(t), self.change)

    def watch(self, theta: Any, t: Any) -> Any:
        return self.J.watch(theta, t)


def innermost(rule: Optimizer) -> Optimizer:
    """The rule inside all wrappers."""
    return innermost(rule.rule) if hasattr(rule, "rule") else rule
