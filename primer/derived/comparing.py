"""Two equations part by part: what of the one is in the other, whatever it is called there."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from .parts import FIRST, Part, Reading, Thing

#: What one equation calls its things, in words of the other.
Renaming = dict[Thing, Thing]


class Change(NamedTuple):
    """What is left of a part, and what went and came."""

    kept: int
    went: tuple[Part, ...]
    came: tuple[Part, ...]

    @property
    def cost(self) -> int:
        return sum(part.size for part in (*self.went, *self.came))


def replaced(before: Part, after: Part) -> Change:
    return Change(0, (before,), (after,))


class Pair(NamedTuple):
    """A line of the one equation beside the line of the other that defines the same."""

    old: Thing | None
    new: Thing | None
    before: Part | None
    after: Part | None
    change: Change
    out: bool = False  # whether both are multiplied out


class Comparison:
    """Compares parts of two readings under a renaming; fields that are `wild` are all alike."""

    def __init__(
        self, before: Reading, after: Reading, names: Renaming, wild: bool = False
    ) -> None:
        self.before, self.after, self.names, self.wild = before, after, names, wild
        self.cache: dict[tuple[int, int], tuple[Change, Part, Part]] = {}

    def total(self) -> tuple[int, int]:
        """What all lines together lose and gain, and minus what they keep."""
        changes = [pair.change for pair in self.pairs()]
        return sum(c.cost for c in changes), -sum(c.kept for c in changes)

    def pairs(self) -> list[Pair]:
        """The lines in the order of the second equation; what went stands after its neighbor."""
        partner = {self.called(thing): thing for thing in self.before.lines}
        found = [self._pair(partner.get(thing), thing) for thing in self.after.lines]
        last = -1
        for thing in self.before.lines:
            places = [k for k, pair in enumerate(found) if pair.old == thing]
            if places:
                last = max(last, places[0])
            else:
                last += 1
                found.insert(last, self._pair(thing, None))
        return found

    def _pair(self, old: Thing | None, new: Thing | None) -> Pair:
        before = None if old is None else self.before.line(old)
        after = None if new is None else self.after.line(new)
        if old is None or new is None or before is None or after is None:
            went, came = (
                (part,) if thing and part and thing[0] != "again" else ()
                for thing, part in ((old, before), (new, after))
            )
            return Pair(old, new, before, after, Change(0, went, came))
        change = self.change(before, after)
        outer = self.before.line(old, out=True), self.after.line(new, out=True)
        spread = self.change(*outer)
        if spread.cost < change.cost and spread.kept > change.kept:
            return Pair(old, new, *outer, spread, True)
        return Pair(old, new, before, after, change)

    def called(self, thing: Thing) -> Thing | None:
        """What a thing of the first equation is called in the second."""
        if thing[0] == "again" and (state := self.names.get(("state", thing[1]))):
            return "again", state[1]
        return thing if thing == ("theta",) else self.names.get(thing)

    def change(self, before: Part, after: Part) -> Change:
        key = id(before), id(after)
        if key not in self.cache:
            self.cache[key] = self._change(before, after), before, after
        return self.cache[key][0]

    def _change(self, before: Part, after: Part) -> Change:
        for head in FIRST:
            if head in (before.head, after.head):
                found = self._matched(before.members(head), after.members(head))
                return found if found.kept else replaced(before, after)
        same = before.head == after.head and len(before.args) == len(after.args)
        if before.head == "name" and same:
            same = self._same(before, after)
        elif before.data != after.data:
            same = False
        if not same:
            return replaced(before, after)
        return _joined([Change(1, (), ()), *map(self.change, before.args, after.args)])

    def _same(self, before: Part, after: Part) -> bool:
        if self.wild and before.data[0] == after.data[0] == "field":
            return True
        return self.called(before.data[:2]) == after.data[:2] and before.data[2:] == after.data[2:]

    def _matched(self, before: list[tuple[str, Part]], after: list[tuple[str, Part]]) -> Change:
        """Terms with terms, factors with factors: first those that have most in common."""
        pairs = [
            (change, i, j)
            for (i, (role, a)), (j, (other, b)) in itertools.product(
                enumerate(before), enumerate(after)
            )
            if role == other and (change := self.change(a, b)).kept
        ]
        pairs.sort(key=lambda pair: (pair[0].cost - 2 * pair[0].kept, pair[1], pair[2]))
        found, left, right = [], dict(enumerate(before)), dict(enumerate(after))
        for change, i, j in pairs:
            if i in left and j in right:
                del left[i], right[j]
                found.append(change)
        went = tuple(part for _, part in left.values())
        came = tuple(part for _, part in right.values())
        return _joined([*found, Change(0, went, came)])


def _joined(changes: list[Change]) -> Change:
    went = tuple(part for change in changes for part in change.went)
    came = tuple(part for change in changes for part in change.came)
    return Change(sum(change.kept for change in changes), went, came)


def best(before: Reading, after: Reading) -> Comparison:
    """The comparison under the renaming that leaves least to tell.

    It starts from what has the same name in both. A part of the state is called what its line says
    (a mean of gradients stays one), then fields are matched, then lines that are the same. Lines
    that only one of the two has a name for are put in where they are used, if more is alike then.
    """
    readings = itertools.product(before.ways(), after.ways())
    found = min((_renamed(*pair) for pair in readings), key=Comparison.total)
    for node in after.openable():
        found = _better(
            found, Comparison(found.before, found.after.seen_through(node), found.names)
        )
    for node in before.openable():
        found = _better(
            found, Comparison(found.before.seen_through(node), found.after, found.names)
        )
    return found


def _better(found: Comparison, tried: Comparison) -> Comparison:
    """The second where clearly more is alike in it."""
    (cost, kept), (less, more) = found.total(), tried.total()
    return tried if less < cost and more < kept - 1 else found


def _renamed(before: Reading, after: Reading) -> Comparison:
    alike = _namesakes(before, after)
    states = _of_states(before, after, alike)
    names = {a: b for a, b in alike.items() if a[0] != "state"} | states
    found = Comparison(before, after, names)
    for mine, yours in itertools.product(before.named("field"), after.named("field")):
        if mine not in found.names and yours not in found.names.values():
            tried = Comparison(before, after, found.names | {mine: yours})
            found = tried if tried.total() < found.total() else found
    for mine, yours in itertools.product(before.named("line"), after.named("line")):
        if mine not in found.names and yours not in found.names.values():
            if not found.change(before.line(mine), after.line(yours)).cost:
                found = Comparison(before, after, found.names | {mine: yours})
    return found


def _namesakes(before: Reading, after: Reading) -> Renaming:
    """What has the same name in both; a matrix may have the capital letter of a vector."""
    matrix = [r.equation.traced.theta.ndim == 2 for r in (before, after)]
    fold = (lambda name: str(name).lower()) if matrix[0] != matrix[1] else str
    return {
        mine: yours
        for kind in ("state", "field", "line")
        for mine, yours in itertools.product(before.named(kind), after.named(kind))
        if fold(mine[1]) == fold(yours[1])
    }


def _of_states(before: Reading, after: Reading, names: Renaming) -> Renaming:
    """The partner of every part of the state: that whose line has most in common with its own.

    One whose namesake is written in another way altogether stays with its namesake.
    """
    found, pairs = {}, []
    for mine, yours in itertools.product(before.named("state"), after.named("state")):
        if mine not in before.lines or yours not in after.lines:
            continue
        tried = Comparison(before, after, names | {mine: yours}, wild=True)
        change = tried.change(before.line(mine), after.line(yours))
        strict = Comparison(before, after, tried.names)
        fields = strict.change(before.line(mine), after.line(yours)).cost
        if names.get(mine) == yours and not change.kept:
            found[mine] = yours
        elif names.get(mine) == yours or 2 * change.kept > before.line(mine).size:
            rank = change.cost - change.kept, fields, names.get(mine) != yours
            pairs.append((rank, mine, yours))
    for _, mine, yours in sorted(pairs, key=lambda pair: pair[0]):
        if mine not in found and yours not in found.values():
            found[mine] = yours
    return found
