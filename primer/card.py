"""What a rule shows of itself: a card in a notebook, a row in the catalogue."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from . import registry
from .equation import latex
from .graph import TraceError
from .optimizer import Optimizer


class Markdown(str):
    """Text that a notebook and the book render as Markdown."""

    def _repr_markdown_(self) -> str:
        return str(self)


def card(rule: Optimizer) -> Markdown:
    """Name, year, source, equation, settings and state of a rule, as Markdown.

    Parameters
    ----------
    rule : Optimizer
        Registered or not; one without an entry in the registry has no year and source.

    Returns
    -------
    Markdown

    Examples
    --------
    >>> from primer import SGD
    >>> print(card(SGD(lr=0.1)).splitlines()[0])
    **SGD**, 1951 (`robbins1951`)
    """
    entry = registry.rules.get(type(rule).__name__)
    source = f", {entry.year} (`{entry.cite}`)" if entry and entry.cite else ""
    settings = ", ".join(f"`{name} = {_short(value)}`" for name, value in rule.fields().items())
    lines = [
        f"**{type(rule).__name__}**{source}",
        (type(rule).__doc__ or "").split("\n")[0],
        _equation(rule),
        f"Settings: {settings}. State: {state_per_parameter(rule)}.",
    ]
    return Markdown("\n\n".join(lines))


def state_per_parameter(rule: Optimizer) -> str:
    """How many numbers the rule keeps for each parameter, and their names.

    Examples
    --------
    >>> from primer import Adam
    >>> state_per_parameter(Adam())
    '2 numbers per parameter (m, v)'
    """
    names, total, many = [], 0, 1000
    for name, array in _leaves(rule.init(np.zeros(many))):
        names.append(name)
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
    head = ["name", "year", "source", "what it is", "settings and defaults", "chapter"]
    rows = [head, ["---"] * len(head), *map(_row, entries)]
    return Markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _row(entry: registry.Entry) -> list[str]:
    settings = ", ".join(
        f"`{f.name}`" if f.default is dataclasses.MISSING else f"`{f.name} = {_short(f.default)}`"
        for f in (dataclasses.fields(entry.make) if isinstance(entry.make, type) else ())
    )
    source = f"`{entry.cite}`" if entry.cite else ""
    return [entry.name, str(entry.year), source, entry.summary, settings, str(entry.chapter)]


def _equation(rule: Optimizer) -> str:
    try:
        return f"$$\n{latex(rule)}\n$$"
    except TraceError as error:
        return f"(No equation: {error}.)"


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"sweep of shape {value.shape}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _leaves(tree: Any, name: str = "") -> list[tuple[str, Any]]:
    if not isinstance(tree, dict):
        return [(name, tree)]
    return [leaf for key, value in tree.items() for leaf in _leaves(value, key)]
