"""The table under an explorer of rules: its columns, and what they say of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .. import check
from ..derived.javascript import Program
from . import figure, page
from .model import Record
from .wanted import RATE

HEADS = {
    "loss": 'Loss after <span class="px-t">{}</span> steps',
    "theta": "θ",
    "area": "Area Σ η",
    "peak": "Peak at step",
}


def columns(table: Sequence[str], views: Sequence[str]) -> tuple[str, ...]:
    """The columns asked for; refuses unknown ones, and those of the rate where it is not shown."""
    table = _listed("table", table)
    for name in table:
        if name not in HEADS:
            raise check.refuse("table", name, f"one of {', '.join(HEADS)}")
        if name in ("area", "peak") and "rate" not in views:
            raise check.refuse("table", name, "asked for together with the view 'rate'")
    return tuple(table)


def shown(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The rules drawn at first; all where none is named."""
    names = _listed("shown", names)
    for name in names:
        if name not in known:
            raise check.refuse("shown", name, f"among the names {[*known]}")
    return list(names or known)


def _listed(name: str, given: Any) -> tuple[str, ...]:
    """A list of texts as a tuple; one text stands for itself, None for none."""
    if not isinstance(given, Iterable | None):
        raise check.refuse(name, given, "a list of texts")
    return (given,) if isinstance(given, str) else tuple(given or ())


def rate_of(program: Program) -> dict[str, int]:
    """Where the rate stands among a program's watched numbers, for static/rules.js."""
    found = [i for i, name in enumerate(program.watched) if name in (RATE, f"{RATE}[0]")]
    return {"r": found[0]} if found else {}


def row(sample: Record, table: Sequence[str], steps: int) -> tuple[str, ...]:
    """What the columns say of a run after `steps` steps, as static/rules.js writes it."""
    count = figure.finite_rows(sample)
    done = min(count, steps)
    return tuple(CELLS[name](sample, done, count <= steps) for name in table)


def _loss(sample: Record, done: int, gone: bool) -> str:
    return f"diverged at step {done}" if gone else page.rounded(sample.loss[done])


def _theta(sample: Record, done: int, gone: bool) -> str:
    if gone:
        return "–"
    theta = sample.theta[done]
    return ", ".join(page.rounded(x) for x in theta[:4]) + (", …" if len(theta) > 4 else "")


def _area(sample: Record, done: int, gone: bool) -> str:
    return page.rounded(np.cumsum([0.0, *sample.watched[RATE][:done]])[-1])


def _peak(sample: Record, done: int, gone: bool) -> str:
    return str(int(sample.watched[RATE][:done].argmax())) if done else "–"


CELLS: dict[str, Callable[[Record, int, bool], str]] = {
    "loss": _loss,
    "theta": _theta,
    "area": _area,
    "peak": _peak,
}
