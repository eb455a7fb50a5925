"""Prints a line of an equation with marks around the texts of some of its parts."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from .entries import Entries
from .graph import Node
from .matrices import Matrices
from .notation import CASES, CLOSE, OPEN
from .parts import Part, Reading


def printed(reading: Reading, whole: Part, changed: Iterable[Part] = ()) -> str:
    """The right side of a line, with marks around the texts of what changed.

    Where the text of a part does not stand by itself, that of the part around it is marked.
    """
    marks = {id(part.node) for part in changed}
    while True:
        marks = _outermost(whole, marks)
        text, shown = _text(reading, whole, marks)
        if marks <= shown:
            return text
        marks |= {id(part.node) for part in _around(whole, marks - shown)}


def _text(reading: Reading, whole: Part, marks: set[int]) -> tuple[str, set[int]]:
    """The text, and which of the marks are in it."""
    known = reading.equation.notation
    notation: Any = copy.copy(known)
    notation.__class__ = _MarkedEntries if isinstance(known, Entries) else _Marked
    notation.named, notation.cache = reading.letters, {}
    notation.marks, notation.shown = marks, set()
    text = notation.text(whole.node)
    return text, notation.shown


def _outermost(part: Part, marks: set[int]) -> set[int]:
    """Those marks that stand in no other."""
    if id(part.node) in marks:
        return {id(part.node)}
    return {mark for each in part.args for mark in _outermost(each, marks)}


def _around(part: Part, marks: set[int]) -> list[Part]:
    """The parts that hold one with a mark."""
    own = [part] if any(id(each.node) in marks for each in part.args) else []
    return own + [found for each in part.args for found in _around(each, marks)]


class _Marked(Matrices):
    marks: set[int]
    shown: set[int]

    def text(self, node: Node, least: int = CASES) -> str:
        text = super().text(node, least)
        if id(node) not in self.marks:
            return text
        self.shown.add(id(node))
        return f"{OPEN}{text}{CLOSE}"


class _MarkedEntries(_Marked, Entries):
    pass
