"""Schedules: hyperparameters as pure functions of the step (counted from 0)."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np

from . import check
from .hyper import Hyper, Slider, power
from .hyper import Schedule as _Base
from .registry import schedule


class Schedule(_Base):
    """A schedule s: ``s(t)`` is the value used by the step from theta_t to theta_{t+1}.

    Subclasses are frozen dataclasses with a pure `value(t)`; t is an int or an array of them.
    ``s.then(r)`` continues with r after the steps of s; ``s * r`` multiplies (r may be a number).
    """

    domains: ClassVar[dict[str, str]] = {}
    counts: ClassVar[dict[str, int]] = {}

    def __post_init__(self) -> None:
        for name, value in self.fields().items():
            if name in self.counts:
                check.count(name, value, self.counts[name])
            elif isinstance(value, np.ndarray):
                check.swept(name, value)
            elif not isinstance(value, (Slider, _Base)):
                check.number(name, value, self.domains.get(name, "rate"))

    def fields(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}  # type: ignore[arg-type]

    def having(self, **changes: Any) -> Any:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, **changes)
        return twin

    def __call__(self, t: Any) -> Any:
        sliders = {k: v.value for k, v in self.fields().items() if isinstance(v, Slider)}
        return (self.having(**sliders) if sliders else self).value(t)

    def value(self, t: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no value")


@schedule(cite="robbins1951", year=1951, chapter=8, no_torch="x", no_optax="x")
class Constant(Schedule):
    """The same value at every step."""

    rate: Hyper

    def value(self, t: Any) -> Any:
        return self.rate + 0.0 * t
