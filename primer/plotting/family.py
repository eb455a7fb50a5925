"""Where everyone of a family stands on an axis of time: no lines cross, and no names touch.

Every rule hangs from its first parent. A parent's descendants stand in rows of their own, to the
right of it: a line that goes down or up at the parent's year and then to the right meets nothing.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable

from .. import check
from ..registry import Entry
from .palette import look

#: Width of a gap of one year, and of one where years are left out, in units of a year.
YEAR, BREAK = 1.0, 1.3
#: Part of a year in which those stand that descend from each other within that year.
WITHIN = 0.84
#: Pixels: the narrowest figure, the room right of the last year, a letter, what a name needs more.
WIDTH, RIGHT, LETTER, AROUND = 720, 116, 7.4, 26


@dataclasses.dataclass(frozen=True)
class Kin:
    """One rule in its place.

    Attributes
    ----------
    entry : Entry
    x : float
        Its year's place between the first, 0, and the last, 1.
    row : int
        Counted from the top.
    branch : str
        Name of the rule whose color it has.
    """

    entry: Entry
    x: float
    row: int
    branch: str

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def hue(self) -> str:
        """Name of its color in the palette."""
        return look(self.branch).hue


@dataclasses.dataclass(frozen=True)
class Tree:
    """A family in its places.

    Attributes
    ----------
    kin : tuple of Kin
        Every rule after its parents' line: a parent, then its descendants.
    years : dict of int to float
        Where every year stands that has a rule, between 0 and 1.
    breaks : tuple of float
        Where the axis leaves out years.
    rows : int
    """

    kin: tuple[Kin, ...]
    years: dict[int, float]
    breaks: tuple[float, ...]
    rows: int

    @functools.cached_property
    def known(self) -> dict[str, Kin]:
        """Everyone by name."""
        return {each.name: each for each in self.kin}

    @property
    def edges(self) -> list[tuple[Kin, Kin, bool]]:
        """Parent, child, and whether it is the first parent, from which the child hangs."""
        return [
            (self.known[parent], child, parent == child.entry.parents[0])
            for child in self.kin
            for parent in child.entry.parents
        ]

    def children(self, name: str) -> list[Kin]:
        """Those that hang from a rule, by year."""
        found = [each for each in self.kin if each.entry.parents[:1] == (name,)]
        return sorted(found, key=lambda each: (each.entry.year, each.name))

    @property
    def roots(self) -> list[Kin]:
        """Those without parents: rules before wrappers, then by year."""
        return [each for each in self.kin if not each.entry.parents]


def family(entries: Iterable[Entry]) -> Tree:
    """The family tree of rules, each in its place.

    Parameters
    ----------
    entries : iterable of Entry
        A rule without parents starts a line of its own.

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        If a parent is not among them, is younger than its child, or a rule descends from itself.

    Examples
    --------
    >>> from primer import registry
    >>> tree = family(registry.rules.values())
    >>> tree.known["AdamW"].branch, [each.name for each in tree.children("Momentum")]
    ('AdamW', ['Nesterov', 'Muon'])
    """
    known = {e.name: e for e in sorted(entries, key=lambda e: (e.kind, e.year, e.name))}
    for entry in known.values():
        for parent in entry.parents:
            if parent not in known:
                raise check.refuse("parents", parent, f"registered ({entry.name} names it)")
            if 0 < entry.year < known[parent].year:
                allowed = f"no younger than {entry.name} of {entry.year}"
                raise check.refuse("parents", f"{parent} of {known[parent].year}", allowed)
    hanging: dict[str, list[str]] = {name: [] for name in known}
    for entry in known.values():
        for parent in entry.parents[:1]:
            hanging[parent].append(entry.name)
    roots = [name for name, entry in known.items() if not entry.parents]
    order = [name for root in roots for name in _line(hanging, root)]
    if missing := [name for name in known if name not in order]:
        raise check.refuse("parents", known[missing[0]].parents, "no descendants of the rule")
    deepest = max(_within(known, name) for name in known)
    years, breaks, unit = _axis({entry.year for entry in known.values()}, deepest)
    places = _Places(known, hanging, years, unit * WITHIN / (deepest + 1))
    rows: list[list[str]] = []
    for before, root in zip([None, *roots], roots, strict=False):
        lone = before and known[before].kind == known[root].kind == "wrapper"
        rows += [[]] * bool(before and not lone) + places.block(root).rows
    at = {name: k for k, row in enumerate(rows) for name in row}
    kin = [Kin(known[n], places.x(n), at[n], places.branch(n)) for n in order]
    return Tree(tuple(kin), years, breaks, len(rows))


def _line(hanging: dict[str, list[str]], name: str) -> list[str]:
    """A rule, then its descendants."""
    return [name, *(n for child in hanging[name] for n in _line(hanging, child))]


def _within(known: dict[str, Entry], name: str) -> int:
    """How many ancestors of its own year a rule hangs from."""
    parent = known[name].parents[0] if known[name].parents else name
    same = parent != name and known[parent].year == known[name].year
    return 1 + _within(known, parent) if same else 0


def _axis(years: set[int], deepest: int) -> tuple[dict[int, float], tuple[float, ...], float]:
    """Places of the years, with a gap of one size where any are left out, cuts, a year's width."""
    at, cuts, x = {}, [], 0.0
    for before, year in zip([None, *sorted(years)], sorted(years), strict=False):
        if before is not None:
            step = YEAR if year == before + 1 else BREAK
            cuts += [x + step / 2] * (step == BREAK)
            x += step
        at[year] = x
    size = x + WITHIN * deepest / (deepest + 1) or 1.0
    places = {year: place / size for year, place in at.items()}
    return places, tuple(cut / size for cut in cuts), 1 / size


@dataclasses.dataclass(frozen=True)
class _Block:
    """Rows of a rule and its descendants, and which of them is its own."""

    rows: list[list[str]]
    own: int


class _Places:
    def __init__(
        self,
        known: dict[str, Entry],
        hanging: dict[str, list[str]],
        years: dict[int, float],
        shift: float,
    ) -> None:
        self.known, self.hanging, self.years, self.shift = known, hanging, years, shift

    def branch(self, name: str) -> str:
        """The rule that starts the branch: a root, or one from which several hang."""
        parents = self.known[name].parents
        if not parents or len(self.hanging[name]) > 1:
            return name
        return self.branch(parents[0])

    def x(self, name: str) -> float:
        """The place of its year, or a little right of a parent of the same year."""
        return self.years[self.known[name].year] + self.shift * _within(self.known, name)

    def block(self, name: str) -> _Block:
        """Rows of a rule and its descendants: about as many above it as below it.

        The child with the longest line stands in its parent's row, if the parent's name leaves
        room; otherwise in the next.
        """
        children = sorted(self.hanging[name], key=lambda child: len(_line(self.hanging, child)))
        blocks = [self.block(child) for child in children]
        middle = _Block([[name]], 0)
        if children and self._room(name, children[-1]):
            last = blocks.pop()
            rows = [[name, *row] if k == last.own else row for k, row in enumerate(last.rows)]
            middle = _Block(rows, last.own)
        above: list[list[str]] = []
        below: list[list[str]] = []
        for block in reversed(blocks):
            if middle.own + len(above) < len(middle.rows) - middle.own + len(below):
                above = block.rows + above
            else:
                below = below + block.rows
        return _Block(above + middle.rows + below, len(above) + middle.own)

    def _room(self, name: str, child: str) -> bool:
        return (self.x(child) - self.x(name)) * (WIDTH - RIGHT) > width(name)


def width(name: str) -> float:
    """Pixels that a name takes, with its dot."""
    return LETTER * len(name) + AROUND
