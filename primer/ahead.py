"""Powers of the coming steps, computed together.

In a run a rule asks for b**(t + 1) at t = 0, 1, 2 … Alone, each takes some twenty products in
double-double arithmetic. Here the powers of many steps that follow each other come from one
table, by the very products, in the very order, that each of them takes alone.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

#: A table holds at most so many steps, and about so many numbers.
STEPS, NUMBERS = 256, 2**14

_run = threading.local()


@dataclasses.dataclass
class Table:
    """What a run asked for last, and the powers of one base from step `first` on."""

    base: Any
    asked: int
    first: int = 0
    rows: Any = ()


@contextlib.contextmanager
def tables() -> Iterator[None]:
    """Within this block, which surrounds the steps of a run in one thread, tables are kept."""
    before, _run.tables = getattr(_run, "tables", None), {}
    try:
        yield
    finally:
        _run.tables = before


def find(b: Any, n: int, make: Callable[[Any, int, int], np.ndarray]) -> Any:
    """b**n from a table, or None where there is none: outside a run, or for a first question.

    `make(b, first, count)` fills a table.
    """
    known = getattr(_run, "tables", None)
    if known is None or not (0 < b < 1 if type(b) is float else _settled(b)):
        return None
    key = b if type(b) is float else id(b)
    table = known.get(key)
    if table is None:
        if len(known) > 32:
            known.clear()
        known[key] = Table(b, n)
        return None
    row = n - table.first
    if not 0 <= row < len(table.rows):
        follows, table.asked = n == table.asked + 1, n
        if not follows:
            return None
        count = _count(b)
        table.first = n - n % count
        rows = make(b, table.first, count)
        table.rows = rows.tolist() if type(b) is float else rows
        row = n - table.first
    table.asked = n
    found = table.rows[row]
    return found if type(b) is float else found.copy()


def _settled(b: Any) -> bool:
    """Whether an array can change no more, such as a sweep in a run: then it is known by its id."""
    return not b.flags.writeable and (b.base is None or not b.base.flags.writeable)


def _count(b: Any) -> int:
    """How many rows a table of this base has, a power of two."""
    most = min(STEPS, max(1, NUMBERS // np.size(b)))
    return 1 << (most.bit_length() - 1)
