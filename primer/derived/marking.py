"""Prints a line of an equation with marks around the texts of some of its parts."""

from __future__ import annotations

import copy
from typing import Any

from .entries import Entries
from .graph import Node
from .matrices import Matrices
from .notation import CASES, Text
from .parts import Reading

#: What stands around a marked part: characters of no script.
OPEN, CLOSE = "\ue000", "\ue001"


def printed(reading: Reading, node: Node, marks: set[tuple[int, int]]) -> str:
    """The right side of the line of a node; marks are pairs of a node and one in its text."""
    known = reading.equation.notation
    notation: Any = copy.copy(known)
    notation.__class__ = _MarkedEntries if isinstance(known, Entries) else _Marked
    notation.named = {key: n for key, n in known.named.items() if key not in reading.opened}
    notation.cache, notation.marks, notation.above = {}, marks, [0]
    return notation.plain(node)[0] if node.args else notation.text(node)


class _Marked(Matrices):
    """Knows in whose text it is, and keeps no text: a part may be marked in one place only."""

    marks: set[tuple[int, int]]
    above: list[int]

    def plain(self, node: Node) -> Text:
        self.above.append(id(node))
        try:
            return super().plain(node)
        finally:
            self.above.pop()

    def text(self, node: Node, least: int = CASES) -> str:
        text = super().text(node, least)
        self.cache.clear()
        return f"{OPEN}{text}{CLOSE}" if (self.above[-1], id(node)) in self.marks else text


class _MarkedEntries(_Marked, Entries):
    pass
