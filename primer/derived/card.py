"""What a rule shows of itself: a card in a notebook, a row in the catalogue."""

from __future__ import annotations

import inspect
import os
from typing import Any

import numpy as np

from .. import registry
from ..fields import leaves, mapped
from ..hyper import PerCoordinate
from ..objective import Objective
from ..optimizer import Optimizer
from ..rules.matrices import MatrixRule
from .graph import TraceError
from .latex import latex
from .lines import held
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
    settings = ", ".join(f"`{name} = {short(value)}`" for name, value in rule.fields().items())
    lines = [
        f"**{type(rule).__name__}**{source}",
        (type(rule).__doc__ or "").split("\n")[0],
        equation(rule),
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

    A rule for matrices is asked about a square one, and tells the sizes for m rows and n columns:

    >>> from primer import Shampoo
    >>> state_per_parameter(Shampoo())
    '2 numbers per parameter of a 100 x 100 matrix (L: m x m, R: n x n)'
    """
    matrix = any(isinstance(each, MatrixRule) for _, each in held(rule))
    kept = _kept(rule, 100, 100)
    count = sum(np.size(array) for _, array in kept) / 100**2
    told = f"{count:g}" if matrix else str(int(count))
    names = [path[-1] for path, _ in kept]
    if matrix:
        names = [f"{path[-1]}{_sides(array)}" for path, array in _kept(rule, 11, 13)]
    listed = f" ({', '.join(names)})" if names else ""
    where = " of a 100 x 100 matrix" * matrix
    return f"{told} number{'' if told == '1' else 's'} per parameter{where}{listed}"


def _kept(rule: Optimizer, rows: int, cols: int) -> list[tuple[tuple, Any]]:
    """The parts of the state for parameters that are one matrix."""
    J = Objective(lambda theta: theta[..., 0], shapes=[(rows, cols)])
    return list(leaves(mapped(_single, rule).at(0).begin(J, np.zeros(rows * cols))))


def _single(value: Any) -> Any:
    """The first number of a sweep, or of values per coordinate."""
    if isinstance(value, PerCoordinate):
        return _single(value.values)
    return value.flat[0].item() if isinstance(value, np.ndarray) else value


def _sides(array: Any) -> str:
    """The shape of what is kept for a matrix of 11 rows and 13 columns."""
    sides = [{11: "m", 13: "n", 143: "m n"}.get(n, str(n)) for n in np.shape(array)]
    return f": {' x '.join(sides)}" if sides else ""


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
        f"`{p.name}`" if p.default is none else f"`{p.name} = {short(p.default)}`"
        for p in inspect.signature(make).parameters.values()
    ]


def _cited(key: str) -> str:
    """A citation where the book is built, the key of the bibliography elsewhere."""
    if not key:
        return ""
    return f"{{cite:t}}`{key}`" if os.environ.get("PRIMER_BOOK") else f"`{key}`"


def equation(rule: Optimizer) -> str:
    """A rule's equation as Markdown, or a sentence that says why there is none.

    Examples
    --------
    >>> from primer import SGD, FletcherReeves
    >>> print(equation(SGD()).splitlines()[0])
    $$
    >>> equation(FletcherReeves())
    '(No equation: the line search branches on values.)'
    """
    try:
        return f"$$\n{latex(rule)}\n$$" + _of_others(rule)
    except TraceError as error:
        entry = registry.rules.get(type(rule).__name__)
        return f"(No equation: {entry.no_page if entry and entry.no_page else error}.)"


def _of_others(rule: Optimizer) -> str:
    """What a rule for matrices does with all that is no matrix, as a sentence."""
    if not isinstance(rule, MatrixRule):
        return ""
    other = type(rule.others())
    told = (other.__doc__ or other.__name__).split("\n")[0].rstrip(".")
    known = (
        f"`{other.__name__}`" if other.__name__ in registry.rules else told[0].lower() + told[1:]
    )
    return f"\n\nThis for every matrix $W$ among the blocks; for every other block {known}."


def short(value: Any) -> str:
    """A setting as a reader writes it.

    Examples
    --------
    >>> short(1e-8), short(10)
    ('1e-08', '10')
    """
    if isinstance(value, np.ndarray):
        return f"sweep of shape {value.shape}"
    return f"{value:g}" if isinstance(value, float) else str(value)
