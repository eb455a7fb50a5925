"""The base of every schedule."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .. import check
from ..hyper import OfStep, Slider
from .counts import whole


class Schedule(OfStep):
    """A schedule s: ``s(t)`` is the value used by the step from theta_t to theta_{t+1}.

    Subclasses are frozen dataclasses (`primer.registry.schedule` makes them so) with a pure
    `value(t)` that uses arithmetic and NumPy functions such as `np.where`, and no ``if`` on t.
    Fields may be numbers, sweeps, sliders or schedules; in `value` they are numbers or arrays.
    ``s.then(r)`` continues with r where s ends; ``s * r`` multiplies (r may be a number).

    Raises
    ------
    ValueError
        When a field lies outside its domain; the message names it.

    Examples
    --------
    >>> from primer import Cosine, Linear
    >>> s = Linear(0, 1.0, 10).then(Cosine(1.0, 90))
    >>> s(0), s(5), s(10), s(55), s(100)
    (0.0, 0.5, 1.0, 0.5, 0.0)
    >>> (s * 0.1)(np.array([0, 5, 10])).tolist()
    [0.0, 0.05, 0.1]
    """

    #: Domain (a key of `primer.check.DOMAINS`) of a field; "rate" where none is named.
    domains: ClassVar[dict[str, str]] = {}
    decorator: ClassVar[str] = "@schedule"
    #: Fields that count steps, and their least value.
    counts: ClassVar[dict[str, int]] = {}
    #: Fields that hold a schedule with a clock of its own, which `value` asks itself.
    parts: ClassVar[tuple[str, ...]] = ()
    #: So that a NumPy number times a schedule is left to `__rmul__`.
    __array_ufunc__ = None

    def __post_init__(self) -> None:
        for name, value in self.fields().items():
            if name in self.counts:
                whole(name, value, self.counts[name])
            else:
                _admit(name, value, self.domains.get(name, "rate"))

    def __call__(self, t: Any) -> Any:
        now = {k: self._resolve(k, v, t) for k, v in self.fields().items()}
        result = self.having(**now).value(t)
        if hasattr(result, "traced"):
            return result
        sweeps = [v for v in now.values() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
        if sweeps:
            # float64 inside, so that the step is exact; the sweep's own precision outside.
            return np.asarray(result, np.result_type(*sweeps))
        # A Python float does not turn a float32 theta into float64, a NumPy number would.
        return result if np.ndim(result) else float(result)

    def value(self, t: Any) -> Any:
        """The formula, with every field resolved."""
        raise NotImplementedError(f"{type(self).__name__} has no value")

    @property
    def length(self) -> Any:
        """Steps until the schedule has come to its end; None if it has no end."""
        return None

    def then(self, following: Schedule, after: Any = None) -> Schedule:
        """Continue with `following`, which starts at its own step 0.

        Parameters
        ----------
        following : Schedule
        after : int, optional
            Steps until the change; the schedule's own length if left out.

        Raises
        ------
        ValueError
            If `following` is no schedule, or this one has no end and `after` is not given.

        Examples
        --------
        >>> from primer import Constant, Linear
        >>> s = Constant(1.0).then(Linear(1.0, 0.0, 4), after=10)
        >>> s(np.array([9, 10, 11, 14])).tolist()
        [1.0, 1.0, 0.75, 0.0]
        """
        if after is None and self.length is None:
            what = f"{type(self).__name__} has no end (or no single one): say after how many steps"
            raise ValueError(f"after must be given, got None: {what}, s.then(r, after=100)")
        from .combine import Then

        return Then(self, following, self.length if after is None else after)

    def __mul__(self, other: Any) -> Any:
        from .combine import Product

        return Product(self, other)

    __rmul__ = __mul__

    def area(self, steps: int) -> Any:
        """Sum of the values of the first `steps` steps: how far a constant unit slope would carry.

        Examples
        --------
        >>> from primer import Cosine, Linear
        >>> round(Cosine(1.0, 100).area(100), 9), Linear(1.0, 0.0, 4).area(4)
        (50.5, 2.5)
        """
        total = np.sum(self(np.arange(check.count("steps", steps))), axis=-1)
        return total if np.ndim(total) else float(total)

    def peak_step(self, steps: int) -> Any:
        """The first of the first `steps` steps at which the value is largest.

        Examples
        --------
        >>> from primer import WarmupLinear
        >>> WarmupLinear(0.1, warmup=10, steps=100).peak_step(100)
        9
        """
        when = np.argmax(self(np.arange(check.count("steps", steps))), axis=-1)
        return when if np.ndim(when) else int(when)

    def _resolve(self, name: str, value: Any, t: Any) -> Any:
        if isinstance(value, Slider):
            return int(value.value) if name in self.counts else value.value
        if isinstance(value, OfStep) and name not in self.parts:
            return value(t)
        return value


def _admit(name: str, value: Any, domain: str) -> None:
    if isinstance(value, OfStep):
        return
    if isinstance(value, Slider):
        for edge in (value.low, value.high):
            check.number(name, edge, domain)
        return
    if isinstance(value, np.ndarray):
        check.swept(name, value)
    check.number(name, value, domain)
