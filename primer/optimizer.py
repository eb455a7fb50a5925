"""The base of every rule: frozen hyperparameters, a pure `init` and a pure `step`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from . import check
from .fields import Fields, State, Theta
from .hyper import OfStep, PerCoordinate, Slider


class Optimizer(Fields):
    """An update rule: what the field calls an optimizer, without its state.

    A rule is a frozen dataclass (see `primer.registry.rule`). `init(theta)` returns the state of
    step 0, a dict of arrays; `step(J, theta, state, t)` returns the next theta and state and
    changes neither. The rule gets the objective, not a gradient, so that Nesterov may ask for
    J.grad elsewhere and Newton for J.hess. t counts from 0.

    Fields may be numbers, schedules, sweeps, sliders or values per coordinate; `run` resolves them
    before it calls `init` and `step`.

    Raises
    ------
    ValueError
        When a field lies outside its domain (`domains` here, or known by name).

    Examples
    --------
    >>> from primer import SGD
    >>> rule = SGD(lr=0.5)
    >>> rule.fields()
    {'lr': 0.5}
    """

    #: Domain (a key of `primer.check.DOMAINS`) of fields not known by name.
    domains: ClassVar[dict[str, str]] = {}

    def __post_init__(self) -> None:
        for name, value in self.fields().items():
            self._admit(name, value)

    def init(self, theta: Theta) -> State:
        """State before the first step for theta of shape (*batch, d)."""
        return {}

    def begin(self, J: Any, theta: Theta) -> State:
        """State before the first step on J: that of `init`, unless a rule here depends on J."""
        held = {k: Begun(v, J) for k, v in self.fields().items() if isinstance(v, Optimizer)}
        return self.having(**held).init(theta)

    def step(self, J: Any, theta: Theta, state: State, t: Any) -> tuple[Theta, State]:
        """theta_{t+1} and the new state."""
        raise NotImplementedError(f"{type(self).__name__} has no step")

    def at(self, t: Any) -> Optimizer:
        """This rule with every schedule and slider resolved to its value at step t."""
        now = {name: self._resolve(name, value, t) for name, value in self.fields().items()}
        return self.having(**now)

    def scaled(self, factor: Any) -> Any:
        """A copy whose lr is multiplied by `factor`; a wrapper passes it on."""
        if "rule" in self.fields():
            return self.having(rule=self.rule.scaled(factor))  # type: ignore[attr-defined]
        return self.having(lr=self.lr * factor)  # type: ignore[attr-defined]

    def _repr_markdown_(self) -> str:
        from .derived.card import card

        return card(self)

    def _domain(self, name: str) -> str | None:
        return self.domains.get(name, check.BY_NAME.get(name))

    def _admit(self, name: str, value: Any) -> None:
        domain = self._domain(name)
        if isinstance(value, (list, tuple)):
            raise check.refuse(name, value, "a number; for many use primer.sweep or an array")
        if isinstance(value, Slider):
            for edge in (value.low, value.high, value.value):
                check.number(name, edge, domain or "real")
        elif isinstance(value, np.ndarray):
            check.swept(name, value)
            check.number(name, value, domain or "real")
        elif isinstance(value, PerCoordinate):
            check.number(name, value.values, domain or "real")
        elif domain is not None and not isinstance(value, OfStep):
            check.number(name, value, domain)

    def _resolve(self, name: str, value: Any, t: Any) -> Any:
        if isinstance(value, Optimizer):
            return value.at(t)
        if isinstance(value, Slider):
            return value.value
        if isinstance(value, PerCoordinate):
            return value.values
        if isinstance(value, OfStep):
            now = value(t)
            if not hasattr(now, "traced") and (domain := self._domain(name)):
                check.number(f"{name} (a schedule, at t = {t})", now, domain)
            # a NumPy scalar would turn a float32 theta into float64, a Python float does not
            return now.item() if isinstance(now, np.generic) else now
        return value


class Begun:
    """A rule inside another one, whose `init` knows the objective."""

    def __init__(self, rule: Optimizer, J: Any) -> None:
        self.rule, self.J = rule, J

    def init(self, theta: Theta) -> State:
        return self.rule.begin(self.J, theta)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rule, name)
