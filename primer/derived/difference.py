"""What one rule's equation has that another's has not, made from the traces of both."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

from .. import registry
from ..optimizer import Optimizer
from ..rules.matrices import MatrixRule
from .comparing import Comparison, Pair, best
from .graph import TraceError
from .latex import equation
from .marking import printed
from .notation import CLOSE, OPEN
from .parts import Part, Reading, Thing
from .trace import instance

NO_EQUATION = "{name} has no equation to compare: {why}"


@dataclasses.dataclass(frozen=True)
class Piece:
    """A stretch of LaTeX: `changed` if it went, in a line of the parent, or came."""

    text: str
    changed: bool


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of both equations.

    Attributes
    ----------
    status : str
        "kept", "changed", "went" (only the parent has it) or "came" (only the child).
    left_before, left_after : str
        LaTeX of what is assigned; empty where there is no such line.
    before, after : tuple of Piece
        What is assigned, in the letters of the parent and of the child.
    place : int
        Which of the parent's lines it is, counted from 0; -1 where the parent has none.
    multiplied_out : bool
        Whether products of sums were multiplied out: more is alike then.
    """

    status: str
    left_before: str
    left_after: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    place: int
    multiplied_out: bool

    @property
    def went(self) -> tuple[str, ...]:
        """LaTeX of what the parent has and the child has not."""
        return tuple(piece.text for piece in self.before if piece.changed)

    @property
    def came(self) -> tuple[str, ...]:
        """LaTeX of what the child has and the parent has not."""
        return tuple(piece.text for piece in self.after if piece.changed)


@dataclasses.dataclass(frozen=True)
class Difference:
    r"""What a step from one rule to another changed; what `difference` returns.

    Attributes
    ----------
    parent, child : str
        Names of the rules.
    lines : tuple of Line
        In the order of the child; a line that went stands where it stood.
    renamed : tuple of (str, str)
        Letters that mean the same and differ, the parent's first.
    put_in : tuple of str
        Names of lines that were replaced by what they stand for.
    """

    parent: str
    child: str
    lines: tuple[Line, ...]
    renamed: tuple[tuple[str, str], ...]
    put_in: tuple[str, ...]

    @property
    def went(self) -> tuple[str, ...]:
        """LaTeX of all that the parent has and the child has not."""
        return tuple(text for line in self.lines for text in line.went)

    @property
    def came(self) -> tuple[str, ...]:
        """LaTeX of all that the child has and the parent has not."""
        return tuple(text for line in self.lines for text in line.came)

    def before(self, mark: str = r"\underline{#}") -> str:
        """The parent's equation, in which what went is marked: an ``aligned`` block."""
        lines = sorted(self.lines, key=lambda line: line.place)
        return _block(((line.left_before, line.before) for line in lines), mark)

    def after(self, mark: str = r"\underline{#}") -> str:
        """The child's equation, in which what came is marked: an ``aligned`` block."""
        return _block(((line.left_after, line.after) for line in self.lines), mark)

    def _repr_markdown_(self) -> str:
        """What a notebook shows: both equations, what went and what came underlined."""
        return (
            f"**{self.parent}**\n\n$$\n{self.before()}\n$$\n\n"
            f"**{self.child}**\n\n$$\n{self.after()}\n$$"
        )

    def applied(self, lines: Iterable[str]) -> list[str]:
        """Lines of the parent made those of the child: what went is left out, what came put in.

        Raises
        ------
        ValueError
            If the lines are not those of the parent.
        """
        given = list(lines)
        known = {_text(x.left_before, x.before) for x in self.lines if x.left_before}
        if set(given) != known:
            raise ValueError(f"lines must be those of {self.parent} in before(), got {given}")
        return [_text(x.left_after, x.after) for x in self.lines if x.left_after]


def difference(parent: Any, child: Any) -> Difference:
    r"""What changed from one rule's equation to another's, made from the traces of both.

    Lines are compared that assign the same: theta, a part of the state, a local of the same name.
    Within a line sums are compared term by term and products factor by factor. A part of the state
    that only has another name is recognized by what its line says, and is no change.

    Parameters
    ----------
    parent, child : Optimizer, or its class
        Two rules; they need not be related. A rule for matrices is compared with a rule for
        vectors as if a matrix were one, with W for theta and G for g.

    Returns
    -------
    Difference
        Its `lines` say what was kept, came and went; ``before()`` and ``after()`` are LaTeX.

    Raises
    ------
    TraceError
        If one of them has no equation; the message says why.
    ValueError
        For a class whose fields have no defaults.

    Examples
    --------
    >>> from primer import Adam, AdamW, SGD, Momentum
    >>> step = difference(Adam, AdamW)
    >>> step.went, step.came
    ((), ('(1 - \\eta\\,\\lambda)',))
    >>> print(difference(SGD, Momentum).after())
    \begin{aligned}
    g_t &= \nabla J(\theta_t) \\
    v_t &= \underline{\beta\,v_{t-1} + \eta\,g_t} \\
    \theta_{t+1} &= \theta_t - \underline{v_t}
    \end{aligned}
    """
    rules = instance(parent), instance(child)
    found = best(_read(rules[0]), _read(rules[1]))
    return Difference(
        parent=type(rules[0]).__name__,
        child=type(rules[1]).__name__,
        lines=tuple(_line(found, pair) for pair in found.pairs()),
        renamed=_renamed(found),
        put_in=(*_put_in(found.before), *_put_in(found.after)),
    )


def _read(rule: Optimizer) -> Reading:
    try:
        return Reading(equation(rule))
    except TraceError as error:
        entry = registry.rules.get(type(rule).__name__)
        matrix = isinstance(rule, MatrixRule)
        why = entry.no_page if entry and entry.no_page and not matrix else error
        raise TraceError(NO_EQUATION.format(name=type(rule).__name__, why=why)) from error


def _line(found: Comparison, pair: Pair) -> Line:
    change = pair.change
    before = _pieces(found.before, pair.before, change.went)
    after = _pieces(found.after, pair.after, change.came)
    lacking = "came" if pair.old is None else "went" if pair.new is None else ""
    return Line(
        lacking or ("changed" if change.cost else "kept"),
        found.before.lines[pair.old].left if pair.old else "",
        found.after.lines[pair.new].left if pair.new else "",
        before,
        after,
        list(found.before.lines).index(pair.old) if pair.old else -1,
        pair.out,
    )


def _pieces(reading: Reading, whole: Part | None, changed: tuple[Part, ...]) -> tuple[Piece, ...]:
    """The text of a line, cut where marked parts begin and end."""
    cut = re.split(f"[{OPEN}{CLOSE}]", printed(reading, whole, changed) if whole else "")
    return tuple(Piece(part, k % 2 == 1) for k, part in enumerate(cut) if part)


def _renamed(found: Comparison) -> tuple[tuple[str, str], ...]:
    """Letters of the same thing, where they differ; theta and its matrix first."""
    sides = found.before, found.after
    theta = tuple(side.equation.letter.text() for side in sides)
    pairs = [theta, *((_of(sides[0], a), _of(sides[1], b)) for a, b in found.names.items())]
    pairs += _of_locals(found)
    return tuple(dict.fromkeys((a, b) for a, b in pairs if a != b))  # type: ignore[misc]


def _of_locals(found: Comparison) -> Iterator[tuple[str, str]]:
    """What lines of the same part of the state call it, where one calls it by a local's name."""
    kept = {*found.before.kept, *found.after.kept}
    for old, new in found.names.items():
        lines = found.before.lines.get(old), found.after.lines.get(new)
        if old[0] == "state" and lines[0] and lines[1] and kept & {id(x.node) for x in lines if x}:
            yield lines[0].left, lines[1].left


def _of(reading: Reading, thing: Thing) -> str:
    """The letter of a thing."""
    kind, key = thing
    equation = reading.equation
    if kind == "line":
        return key
    return (equation.fields[key] if kind == "field" else equation.states[key]).text()


def _put_in(reading: Reading) -> list[str]:
    named = reading.equation.notation.named
    return [letter.text(*index) for key, (letter, index) in named.items() if key in reading.opened]


def _text(left: str, pieces: tuple[Piece, ...]) -> str:
    return f"{left} &= {''.join(piece.text for piece in pieces)}"


def _block(lines: Iterable[tuple[str, tuple[Piece, ...]]], mark: str) -> str:
    rows = [
        f"{left} &= " + "".join(mark.replace("#", p.text) if p.changed else p.text for p in pieces)
        for left, pieces in lines
        if left
    ]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"
