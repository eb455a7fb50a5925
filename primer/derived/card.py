"""What a rule shows of itself: a card in a notebook, a row in the catalogue."""

from __future__ import annotations

import inspect
import os
from typing import Any

import numpy as np

from .. import registry
from ..fields import leaves
from ..optimizer import Optimizer
from .graph import TraceError
from .latex import latex
from .trace import instance


class Markdown(str):
    """Text that a notebook and the book render as Markdown."""

    def _repr_markdown_(self) -> str:
        return str(self)


def card(rule: Optimizer | type[Optimizer]) -> Markdown:
    """Name, year, source, equation, settings and state of a rule, as Markdown.

    Parameters
    ----------
    rule : Optimizer, or its class
        Registered or not; one without an entry in the registry has no year and source.

    Returns
    -------
    Markdown

    Raises
    ------
    ValueError
        For anything else, and for a class whose fields have no defaults.

    Examples
    --------
    >>> from primer import SGD
    >>> print(card(SGD(lr=0.1)).splitlines()[0])
    **SGD**, 1951 (`robbins1951`)
    """
    rule = instance(rule)
    entry = registry.rules.get(type(rule).__name__)
    source = f", {entry.year} ({_cited(entry.cite)})" if entry and entry.cite else ""
    settings = ", ".join(f"`{name} = {_short(value)}`" for name, value in rule.fields().items())
    lines = [
        f"**{type(rule).__name__}**{source}",
        (type(rule).__doc__ or "").split("\n")[0],
        _equation(rule),
        f"Settings: {settings or 'none'}. State: {state_per_parameter(rule)}.",
    ]
    return Markdown("\n\n".join(lines))


def state_per_parameter(rule: Optimizer) -> str:
    """How many numbers the rule keeps for each parameter, and their names.

    Parameters
    ----------
    rule : Optimizer

    Returns
    -------
    str

    Examples
    --------
    >>> from primer import Adam
    >>> state_per_parameter(Adam())
    '2 numbers per parameter (m, v)'
    """
    names, total, many = [], 0, 1000
    for path, array in leaves(rule.at(0).init(np.zeros(many))):
        names.append(path[-1])
        total += np.size(array)
    count = total // many
    listed = f" ({', '.join(names)})" if names else ""
    return f"{count} number{'' if count == 1 else 's'} per parameter{listed}"


def catalogue(kind: str = "rules") -> Markdown:
    """A table of everything registered: ``rules``, ``schedules`` or ``landscapes``.

    Parameters
    ----------
    kind : str
        Name of a table of `primer.registry`.

    Returns
    -------
    Markdown
        One row per entry, by year.

    Raises
    ------
    ValueError
        For another kind.

    Examples
    --------
    >>> "| AdamW |" in catalogue("rules")
    True
    """
    tables = {"rules": registry.rules, "schedules": registry.schedules}
    tables["landscapes"] = registry.landscapes
    if kind not in tables:
        raise ValueError(f"kind must be one of {sorted(tables)}, got {kind!r}")
    entries = sorted(tables[kind].values(), key=lambda e: (e.year, e.name))
    head = ["name", "year", "source", "what it is", "settings", "chapter"]
    rows = [head, ["---"] * len(head), *map(_row, entries)]
    cells = [[cell.replace("|", r"\|") for cell in row] for row in rows]
    return Markdown("\n".join(f"| {' | '.join(row)} |" for row in cells))


def _row(entry: registry.Entry) -> list[str]:
    settings = ", ".join(_parameters(entry.make))
    place = str(entry.chapter) if entry.chapter else ""
    return [entry.name, str(entry.year), _cited(entry.cite), entry.summary, settings, place]


def _parameters(make: Any) -> list[str]:
    none = inspect.Parameter.empty
    return [
        f"`{p.name}`" if p.default is none else f"`{p.name} = {_short(p.default)}`"
        for p in inspect.signature(make).parameters.values()
    ]


def _cited(key: str) -> str:
    """A citation where the book is built, the key of the bibliography elsewhere."""
    if not key:
        return ""
    return f"{{cite:t}}`{key}`" if os.environ.get("PRIMER_BOOK") else f"`{key}`"


def _equation(rule: Optimizer) -> str:
    try:
        return f"$$\n{latex(rule)}\n$$"
    except TraceError as error:
        entry = registry.rules.get(type(rule).__name__)
        return f"(No equation: {entry.no_page if entry and entry.no_page else error}.)"


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"sweep of shape {value.shape}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def equations() -> Markdown:
    """Every registered rule's equation, by year.

    Examples
    --------
    >>> "**SGD**" in equations()
    True
    """
    entries = sorted(registry.rules.values(), key=lambda e: (e.year, e.name))
    return Markdown("\n\n".join(_titled(e) for e in entries if e.kind == "rule"))


def _titled(entry: registry.Entry) -> str:
    return f"**{entry.name}**\n\n{_equation(entry.make())}"
