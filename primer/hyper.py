"""Hyperparameters: a number, a schedule, a sweep or a slider. A rule never knows which."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from . import check
from .fields import Fields


class OfStep(Fields):
    """A hyperparameter that is a pure function of the step: a schedule (`primer.schedules`)."""

    def __call__(self, t: Any) -> Any:
        raise NotImplementedError


@dataclasses.dataclass(frozen=True, eq=False)
class Slider:
    """A hyperparameter that `explore` turns into a control; one object in two rules is one control.

    The positions are a fixed table of numbers, `values`, so that a slider in JupyterLab, on the
    published page and in Python means the same float64 to the last bit.

    Parameters
    ----------
    low, high : float
        Ends of the range, ``low < high``.
    value : float
        Where the control starts, inside the range; it is always one of the positions.
    log : bool
        Equal ratios instead of equal steps; needs ``low > 0``.
    near_one : bool
        Equal ratios of ``1 - value``, for decay rates such as beta2; needs ``high < 1``.
    steps : int
        Number of intervals between the positions, at least 2.
    label : str
        Name shown at the control; the field's Greek letter if empty.

    Raises
    ------
    ValueError
        For an empty or non-finite range, a value outside it, ``log`` over zero, or a range that
        holds fewer different numbers than there are positions.

    Examples
    --------
    >>> s = Slider(1e-4, 1, 0.1, log=True)
    >>> len(s.values), float(s.values[0]), s.value, float(s.values[s.index])
    (201, 0.0001, 0.1, 0.1)
    >>> [float(x) for x in Slider(0, 1, 0.25, steps=4).values]
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """

    low: float
    high: float
    value: float
    log: bool = False
    near_one: bool = False
    steps: int = 200
    label: str = ""

    def __post_init__(self) -> None:
        for name in ("low", "high", "value"):
            check.number(name, getattr(self, name))
        check.count("steps", self.steps, 2)
        if not self.low < self.high:
            raise check.refuse("high", self.high, f"above low = {self.low}")
        if not self.low <= self.value <= self.high:
            raise check.refuse("value", self.value, f"in [{self.low}, {self.high}]")
        if self.log and not self.low > 0:
            raise check.refuse("low", self.low, "> 0 on a logarithmic slider")
        if self.near_one and not self.high < 1:
            raise check.refuse("high", self.high, "< 1 on a near_one slider")
        if not _ascends(self._even()):
            least = f"fewer, for want of different numbers between {self.low} and {self.high}"
            raise check.refuse("steps", self.steps, least)

    @property
    def values(self) -> np.ndarray:
        """The positions: ascending, different, from low to high; float64 of shape (steps + 1,).

        Numbers that a text would name (0.02, 0.5; 0.99 on a `near_one` slider) take the place of
        the position next to them if that is near: "set beta to 0.9" then means 0.9.
        """
        with np.errstate(all="ignore"):
            neat = _with(self._neat(), [self.low, self.high])
            whole = neat[0] == self.low and neat[-1] == self.high and _ascends(neat)
            return _holding(neat if whole else self._even(), self.value)

    @property
    def index(self) -> int:
        """Position of the starting value in `values`."""
        return int((self.values == self.value).argmax())

    def _spaced(self) -> np.ndarray:
        """Equal steps or ratios from end to end; of the gaps to 1 on a `near_one` slider."""
        low, high, n = float(self.low), float(self.high), self.steps + 1
        if self.near_one:
            return np.geomspace(1 - low, 1 - high, n)
        if self.log:
            return np.geomspace(low, high, n)
        span = high - low
        scale = 0.5 if span == np.inf else 2.0**200 if span < 1e-290 else 1.0
        return np.linspace(scale * low, scale * high, n) / scale

    def _even(self) -> np.ndarray:
        """The positions with all their digits."""
        with np.errstate(all="ignore"):
            table = 1 - self._spaced() if self.near_one else self._spaced()
        table[[0, -1]] = self.low, self.high
        return table

    def _neat(self) -> np.ndarray:
        """The positions with few digits, round numbers in the places near them."""
        if self.near_one:
            gaps = _rounded(self._spaced(), 4)
            gaps = _with(gaps, _round_numbers(1 - self.high, 1 - self.low), 0.03)
            return np.round(1 - gaps, 12)
        if self.log:
            return _with(_rounded(self._spaced(), 4), _round_numbers(self.low, self.high), 0.03)
        return _with(_rounded(self._spaced(), 10), _multiples(self.low, self.high, self.steps))


def _rounded(values: np.ndarray, digits: int) -> np.ndarray:
    return np.array([float(f"{x:.{digits}g}") for x in values])


def _round_numbers(low: float, high: float) -> list[float]:
    """One digit times a power of ten, the roundest last, so that they win a contested place."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    digits = (9, 8, 7, 6, 4, 3, 5, 2, 1)
    return [x for m in digits for k in decades if low < (x := float(f"{m}e{k}")) < high]


def _multiples(low: float, high: float, steps: int) -> list[float]:
    """Whole multiples of the power of ten that is at least a step long."""
    unit = 10.0 ** np.ceil(np.log10((high - low) / steps) - 1e-9)
    if not 0 < unit < np.inf:
        return []
    whole = np.arange(np.ceil(low / unit), np.floor(high / unit) + 1)
    return [float(f"{k * unit:.10g}") for k in whole]


def _ascends(table: np.ndarray) -> bool:
    return bool((table[:-1] < table[1:]).all())


def _with(table: np.ndarray, numbers: Any, ratio: float | None = None) -> np.ndarray:
    """The table with each number in place of its nearest entry, if that is near and keeps order."""
    for x in numbers:
        new = table.copy()
        place = np.abs(table - x).argmin()
        new[place] = x
        near = ratio is None or abs(table[place] - x) <= ratio * abs(x)
        ordered = len(set(np.sign(np.diff(new)))) == 1 and new[0] != new[1]
        table = new if near and ordered else table
    return table


def _holding(table: np.ndarray, x: float) -> np.ndarray:
    """The table with x among it: in place of the nearest entry that is not an end."""
    right = int(np.searchsorted(table, x))
    if table[right] != x:
        nearest = right if table[right] - x < x - table[right - 1] else right - 1
        table[min(max(nearest, 1), len(table) - 2)] = x
    return table


@dataclasses.dataclass(frozen=True, eq=False)
class PerCoordinate(Fields):
    """A hyperparameter with a value of its own for every coordinate: what torch's groups are for.

    A plain array of d numbers is refused as a hyperparameter, since a sweep may have been meant;
    this says that coordinates are meant, such as weights that decay and biases that do not.

    Parameters
    ----------
    values : array_like of float (d,)
        One number per coordinate of theta, each in the domain of the hyperparameter.

    Raises
    ------
    ValueError
        If values is not a one-dimensional, non-empty array of finite numbers; from `run`, if it
        does not have theta's length.

    Examples
    --------
    >>> from primer import AdamW, run
    >>> from primer.landscapes import quadratic
    >>> still = AdamW(lr=0.1, weight_decay=PerCoordinate([0.5, 0.0]))
    >>> run(still, quadratic([0.0, 0.0]), [1.0, 1.0], steps=1).theta[1].tolist()
    [0.95, 1.0]
    """

    values: Any

    def __post_init__(self) -> None:
        check.number("values", self.values)
        array = np.asarray(self.values, dtype=float)
        if array.ndim != 1 or not array.size:
            raise ValueError(f"values must have shape (d,) with d >= 1, got shape {array.shape}")
        object.__setattr__(self, "values", array)


if TYPE_CHECKING:
    Hyper = Any  # inside a step it is a number or an array, whatever it was before
else:
    Hyper = float | np.ndarray | OfStep | Slider | PerCoordinate


def sweep(**axes: Any) -> dict[str, np.ndarray]:
    """Arrays that span the grid of the given values, for ``Rule(**sweep(...))``.

    Shapes: k arguments of lengths n1 … nk give k arrays of shape (n1, …, nk, 1), the batch axes in
    the order of the arguments. They are read-only views that hold each value once.

    Parameters
    ----------
    **axes : array_like
        One-dimensional, non-empty, finite values per hyperparameter.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    ValueError
        If an argument is not a non-empty one-dimensional array of finite numbers, or none is given.

    Examples
    --------
    >>> grid = sweep(lr=[0.1, 0.2, 0.3], beta=[0.0, 0.9])
    >>> grid["lr"].shape, grid["beta"][0, :, 0].tolist()
    ((3, 2, 1), [0.0, 0.9])
    """
    if not axes:
        raise ValueError("sweep must be given at least one hyperparameter, got none")
    lines = {}
    for name, values in axes.items():
        check.number(name, values)
        lines[name] = np.asarray(values, dtype=float)
        if lines[name].ndim != 1 or not lines[name].size:
            shape = lines[name].shape
            raise ValueError(f"{name} must be a non-empty one-dimensional array, got shape {shape}")
    grid = np.meshgrid(*lines.values(), indexing="ij", copy=False)
    views = {name: g[..., None] for name, g in zip(axes, grid, strict=True)}
    for view in views.values():
        view.flags.writeable = False
    return views
