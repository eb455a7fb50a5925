"""Schedules made of schedules: one after another, and products."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np

from .. import check
from ..hyper import OfStep, Slider
from .base import Schedule


@dataclasses.dataclass(frozen=True, eq=False)
class Then(Schedule):
    """One schedule after another; what ``first.then(second, after)`` returns.

    Equation: s(t) = first(t) if t < after else second(t - after).

    Parameters
    ----------
    first, second : Schedule
    after : int, or a sweep or slider of ints
        Steps of `first`, >= 1.

    Raises
    ------
    ValueError
        If a part is no schedule or `after` is no step count.

    Examples
    --------
    >>> from primer import Constant
    >>> Then(Constant(1.0), Constant(2.0), after=3)(np.arange(5)).tolist()
    [1.0, 1.0, 1.0, 2.0, 2.0]
    """

    first: Schedule
    second: Schedule
    after: Any

    parts: ClassVar[tuple[str, ...]] = ("first", "second")
    counts: ClassVar[dict[str, int]] = {"after": 1}

    def __post_init__(self) -> None:
        for name, part in (("first", self.first), ("following", self.second)):
            if not isinstance(part, OfStep):
                raise check.refuse(name, part, "a schedule")
        super().__post_init__()

    def value(self, t: Any) -> Any:
        later = self.second(np.maximum(t - self.after, 0))
        return np.where(t < self.after, self.first(t), later)

    @property
    def length(self) -> Any:
        rest = getattr(self.second, "length", None)
        return (
            None if rest is None or Slider in (type(rest), type(self.after)) else self.after + rest
        )

    def then(self, following: Schedule, after: Any = None) -> Schedule:
        if after is None:
            return Then(self.first, self.second.then(following), self.after)
        return Then(self, following, after)


@dataclasses.dataclass(frozen=True, eq=False)
class Product(Schedule):
    """The product of two schedules, or of a schedule and a number; what ``*`` returns.

    Equation: s(t) = left(t) * right(t).

    Parameters
    ----------
    left, right : Schedule, number, sweep or Slider

    Raises
    ------
    ValueError
        If a number is negative or not finite.

    Examples
    --------
    >>> from primer import Exponential, Linear
    >>> (2 * Exponential(1.0, 0.5) * Linear(0, 1.0, 2))(np.arange(4)).tolist()
    [0.0, 0.5, 0.5, 0.25]
    """

    left: Any
    right: Any

    def value(self, t: Any) -> Any:
        return self.left * self.right

    @property
    def length(self) -> Any:
        ends = [getattr(part, "length", None) for part in (self.left, self.right)]
        known = {end for end in ends if isinstance(end, (int, Slider))}
        return known.pop() if len(known) == 1 else None
