"""What a row of the table is, and a part of the benchmarks that measures some of them."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Callable
from typing import Any

#: Libraries that the project is compared with.
LARGE = {"torch", "jax", "optax"}


class Unavailable(Exception):
    """What a part needs is not on this machine; the message says what."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    `unit` is that of the result: "x" for a ratio theirs / ours, "s", "ms", "min", or "share" for a
    ratio to our own time. `aim` bounds the result, as in ">= 10".
    """

    key: str
    name: str
    against: str
    unit: str = "x"
    aim: str = ""


@dataclasses.dataclass(frozen=True)
class Part:
    """Rows that are measured together.

    `measure(size)` returns a dict from a row's key to what was found: "result", "low" and "high",
    "ours" and "theirs" in seconds where there are two, and whatever else the page tells; it raises
    `Unavailable` if something else than the modules in `needs` is missing. `slow` are minutes.
    """

    name: str
    rows: tuple[Row, ...]
    measure: Callable[[Any], dict[str, dict[str, Any]]]
    full: Any
    quick: Any
    needs: tuple[str, ...] = ()
    slow: bool = False

    @property
    def large(self) -> bool:
        """Whether it needs one of the libraries that only `make bench-all` installs."""
        return not LARGE.isdisjoint(self.needs)

    def missing(self) -> list[str]:
        """Needed modules that are not installed."""
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


def meets(aim: str, result: float) -> bool:
    """Whether a result is within the aim.

    >>> meets(">= 10", 12.5), meets("<= 0.15", 0.2)
    (True, False)
    """
    sign, bound = aim.split()
    return result >= float(bound) if sign == ">=" else result <= float(bound)
