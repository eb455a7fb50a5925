"""Step counts: integers, or sweeps and sliders of integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..hyper import Slider


def whole(name: str, value: Any, least: int = 1) -> None:
    """Refuse anything but an integer >= `least`, or a sweep or slider of such integers.

    Parameters
    ----------
    name : str
        What the message calls the argument.
    value : object
        What was given for it.
    least : int
        The smallest integer allowed.

    Raises
    ------
    ValueError
        If `value` is anything else.

    Examples
    --------
    >>> whole("steps", 2.5)
    Traceback (most recent call last):
    ...
    ValueError: steps must be an integer >= 1, got 2.5
    """
    if isinstance(value, Slider):
        allowed = f"a Slider over integers >= {least} (its steps must divide high - low)"
        table = value.values
    elif isinstance(value, np.ndarray):
        check.swept(name, value)
        allowed, table = f"integers >= {least}", value
    else:
        check.count(name, value, least)
        return
    if not np.all((table >= least) & (table == np.floor(table))):
        raise check.refuse(name, value, allowed)


def extent(value: Any) -> tuple[float, float]:
    """Smallest and largest number that a number, sweep or slider can be."""
    if isinstance(value, Slider):
        return value.low, value.high
    return np.min(value), np.max(value)
