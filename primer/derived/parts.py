"""The lines of an equation taken apart: sums into terms, products into factors, all else by name.

Two equations can then be compared part by part, whatever their letters: a leaf is known by what it
is (a field, a part of the state, theta, a line of the equation), not by how it is printed.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from .graph import Node, elementwise
from .lines import Assignment, Equation

#: How the text of an operation is taken apart: as what, and the roles of what it is done with.
ROLES = {
    "add": ("terms", "+", "+"), "subtract": ("terms", "+", "-"), "multiply": ("factors", "*", "*"),
    "divide": ("factors", "*", "/"), "negative": ("terms", "-"),
    "matmul": ("chain", "*", "*"), "solve": ("chain", "/", "*"),
}  # fmt: skip
OPPOSITE = {"+": "-", "-": "+", "*": "/", "/": "*"}
FIRST = {"terms": "+", "factors": "*", "chain": "*"}
#: What a name stands for: ("theta",), ("field", name), ("state", path) or ("line", its symbol).
#: A line may also be ("again", path): what a local is, it is called as a part of the state.
Thing = tuple[Any, ...]


class Part(NamedTuple):
    """A node as it is compared."""

    head: str  # "terms", "factors", "chain" of matrices, "name", or an operation
    data: Any
    roles: str
    args: tuple[Part, ...]
    node: Node  # in no other place of any line
    size: int  # leaves and operations

    def members(self, head: str) -> list[tuple[str, Part]]:
        """Its terms or factors with their roles; of anything else, itself."""
        if self.head == head:
            return list(zip(self.roles, self.args, strict=True))
        return [(FIRST[head], self)]


class Reading:
    """The lines of one rule's equation, each a part; names that are `opened` are seen through.

    Where it is `merged`, a local that is kept as a part of the state is read as that part.
    """

    def __init__(
        self, equation: Equation, opened: frozenset[int] = frozenset(), merged: bool = False
    ) -> None:
        self.equation, self.opened, self.merged = equation, opened, merged
        self.things = _things(equation)
        self.kept = _kept(equation, self.things) if merged else {}
        self.things |= {key: ("state", path, "t") for key, path in self.kept.items()}
        self.letters = dict(equation.notation.named)
        self.copies: list[Node] = []
        self.cache: dict[tuple[Thing, bool], Part] = {}

    @functools.cached_property
    def lines(self) -> dict[Thing, Assignment]:
        """The assignments by what they define."""
        lines = [a for a in self.equation.assignments() if id(a.node) not in self.opened]
        paths = {s.text("t"): path for path, s in self.equation.states.items()}
        theta = self.equation.letter.text("t+1")
        return {
            ("theta",)
            if line.left == theta
            else ("again" if id(line.node) in self.kept else "state", paths[line.left])
            if line.left in paths
            else self.things[id(line.node)][:2]: line
            for line in lines
        }

    def line(self, thing: Thing, out: bool = False) -> Part:
        """The right side of a line, as it is written or multiplied out."""
        if (thing, out) not in self.cache:
            assigned = self.lines[thing]
            node = self.multiplied_out(thing) if out else assigned.node
            self.cache[thing, out] = self.part(self._copy(node, assigned.named and not out, {}))
        return self.cache[thing, out]

    def _copy(self, node: Node, opened: bool = False, known: dict[int, Node] | None = None) -> Node:
        """A node that stands in one place only, as do its parts, down to those that have a name.

        Picks of coordinates go by the node that they pick from: below them, one stays one.
        """
        if known and id(node) in known:
            return known[id(node)]
        thing = None if opened else self.name_of(node)
        below = ({} if known is None else known) if node.op == "gather" else None
        args = node.args if thing else tuple(self._copy(a, False, below) for a in node.args)
        made = Node(node.pool, node.op, args, node.shape, node.data, node.kind)
        self.copies.append(made)  # so that its id stays its own
        if thing:
            self.things[id(made)], self.letters[id(made)] = thing, self.letters[id(node)]
        if known is not None:
            known[id(node)] = made
        return made

    def named(self, kind: str) -> list[Thing]:
        """All that the equation has names for, of one kind."""
        things = dict.fromkeys(thing[:2] for thing in (*self.things.values(), *self.lines))
        known = self.lines if kind == "line" else things
        return [thing for thing in things if thing[0] == kind and thing in known]

    def openable(self) -> list[int]:
        """Lines of locals that one other line speaks of, once."""
        uses = Counter(part.data for thing in self.lines for part in _leaves(self.line(thing)))
        own = [(thing, a.node) for thing, a in self.lines.items() if thing[0] == "line"]
        return [id(node) for thing, node in own if uses[thing] == 1]

    def ways(self) -> list[Reading]:
        """This reading, and the one in which what is kept is read as what it is kept as."""
        return [
            self,
            *[Reading(self.equation, merged=True)] * bool(_kept(self.equation, self.things)),
        ]

    def seen_through(self, node: int) -> Reading:
        """A reading in which a name is replaced by what it stands for."""
        return Reading(self.equation, self.opened | {node}, self.merged)

    def part(self, node: Node) -> Part:
        """A node as it is compared."""
        thing = self.name_of(node)
        if thing is not None:
            return Part("name", thing, "", (), node, 1)
        head = ROLES.get(node.op, (node.op,))[0]
        if head in FIRST:
            found = self._members(node, head, FIRST[head])
            roles, args = "".join(role for role, _ in found), tuple(part for _, part in found)
            return Part(head, None, roles, args, node, sum(a.size for a in args))
        args = tuple(map(self.part, node.args))
        return Part(node.op, _data(node), "", args, node, 1 + sum(a.size for a in args))

    def _members(self, node: Node, head: str, role: str) -> list[tuple[str, Part]]:
        """Terms or factors as they are printed: what stands in parentheses stays together."""
        found: list[tuple[str, Part]] = []
        for own, arg in zip(ROLES[node.op][1:], node.args, strict=True):
            joint = role if own == FIRST[head] else OPPOSITE[role]
            plain = self.name_of(arg) is None and ROLES.get(arg.op, "")[:1] == (head,)
            together = own == FIRST[head] or head == "factors" or arg.op == "negative"
            if plain and together:
                found += self._members(arg, head, joint)
            else:
                found.append((joint, self.part(arg)))
        return found

    def name_of(self, node: Node) -> Thing | None:
        """What a node is called, if its name is not seen through."""
        return None if id(node) in self.opened else self.things.get(id(node))

    def multiplied_out(self, thing: Thing) -> Node:
        """The right side of a line as a sum without parentheses."""
        terms = [(role, self._factors(part)) for role, part in _spread(self.line(thing), "+")]
        made = None
        for role, node in terms:
            if made is None:
                made = elementwise("negative", node) if role == "-" else node
            else:
                made = elementwise("add" if role == "+" else "subtract", made, node)
        assert made is not None
        return made

    def _factors(self, factors: list[tuple[str, Node]]) -> Node:
        top = [n for role, n in factors if role == "*" and not _one(n)]
        below = [n for role, n in factors if role == "/"]
        times = functools.partial(functools.reduce, functools.partial(elementwise, "multiply"))
        whole = times(top) if top else factors[0][1]
        return elementwise("divide", whole, times(below)) if below else whole


def _spread(part: Part, role: str) -> list[tuple[str, list[tuple[str, Node]]]]:
    """The terms of a part, each a list of factors: products of sums are multiplied out."""
    if part.head == "terms":
        return [
            term
            for own, each in zip(part.roles, part.args, strict=True)
            for term in _spread(each, role if own == "+" else OPPOSITE[role])
        ]
    if part.head != "factors":
        return [(role, [("*", part.node)])]
    terms: list[tuple[str, list[tuple[str, Node]]]] = [(role, [])]
    for own, each in zip(part.roles, part.args, strict=True):
        inner = _spread(each, "+") if own == "*" else [("+", [("*", each.node)])]
        terms = [
            (sign if more == "+" else OPPOSITE[sign], [*factors, *_turned(extra, own)])
            for sign, factors in terms
            for more, extra in inner
        ]
    return terms


def _turned(factors: list[tuple[str, Node]], role: str) -> list[tuple[str, Node]]:
    return factors if role == "*" else [(OPPOSITE[own], node) for own, node in factors]


def _leaves(part: Part) -> Iterator[Part]:
    if part.head == "name":
        yield part
    for each in part.args:
        yield from _leaves(each)


def _one(node: Node) -> bool:
    return node.op == "const" and bool((node.data == 1).all())


def _data(node: Node) -> Any:
    """What else than its arguments says what a node is."""
    if node.op == "const":
        return node.data.tobytes() if node.data.ndim else float(node.data)
    if node.op in ("written", "dim", "gather"):
        return node.data
    return getattr(node.data, "word", None)


def _kept(equation: Equation, things: dict[int, Thing]) -> dict[int, tuple]:
    """Locals that have a line and are what a part of the state becomes."""
    found: dict[int, tuple] = {}
    for path, node in equation.new_state.items():
        if things.get(id(node), ("",))[0] == "line":
            found.setdefault(id(node), path)
    return found


def _things(equation: Equation) -> dict[int, Thing]:
    """What every named node stands for."""
    found: dict[int, Thing] = {id(equation.traced.theta): ("theta",)}
    parts = {s.text(): path for path, s in equation.states.items()}
    for key, (letter, index) in equation.notation.named.items():
        if key in found:
            continue
        when = index[0] if index else ""
        if letter.text() in parts and when in ("t", "t-1"):
            found[key] = "state", parts[letter.text()], when
        else:
            found[key] = "line", letter.text(*index)
    for node in equation.needed:
        if node.op == "field" and id(node) in equation.notation.named:
            found[id(node)] = "field", node.data
    return found
