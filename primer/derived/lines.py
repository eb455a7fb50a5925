"""The lines of an equation: which values get a line, under which symbol, in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ..fields import leaves
from ..optimizer import Optimizer
from .abstract import AXES, reachable
from .entries import Entries
from .graph import Node, TraceError
from .matrices import Matrices
from .notation import TOO_LONG
from .symbols import Names, Symbol, parsed
from .trace import Call, Traced

#: Letters for rows and columns of a matrix.
SIDES = "mn", "pq", "kh", "rc", "yz"
LEAVES = ("theta", "state", "field", "const", "t", "dim")
MOVING = ("theta", "state", "t", "grad", "J", "hess")
#: How a local may be called that is the new value of a part of the state.
AFTER = ("", "_new", "_next")


class Binding(NamedTuple):
    """A name that a step gives to a node."""

    rank: int  # 0: a name of its own, 1: an argument bound again, 2: a name bound again later
    call: int
    name: str
    node: Node


class Assignment(NamedTuple):
    """One line of an equation."""

    left: str
    node: Node
    named: bool  # whether the node has its name from this line


class Equation:
    """The lines of a traced rule, and the symbols in them."""

    def __init__(self, traced: Traced, general: bool) -> None:
        self.traced = traced
        matrix = traced.theta.ndim == 2
        self.letter = Symbol("W" if matrix else r"\theta")
        self.names = Names(self.letter)
        self.notation = (Entries if matrix else Matrices)(traced.theta.shape[-1], general)
        self.new_state: dict[tuple, Node] = dict(leaves(traced.new_state))
        self.needed = reachable(traced.new_theta, *self.new_state.values())
        self.moving: dict[int, bool] = {}
        self.labels = _labels(traced.rule)
        self.prefixes = [self._prefix(call.rule) for call in traced.calls]
        self._name(traced.theta, self.letter, "t")
        self.fields = self._fields()
        self.owners = self._owners()
        self.states = self._states()
        self.defined = self._defined()
        self.notation.letters |= self._axes()

    def legend(self) -> dict[str, str]:
        """LaTeX of fields and parts of the state, by their names with dots."""
        states = {f"state.{'.'.join(path)}": s.text() for path, s in self.states.items()}
        self.lines()
        axes = {k: v for k, v in self._axes().items() if k in self.notation.spoken}
        return {name: s.text() for name, s in self.fields.items()} | states | axes

    def _axes(self) -> dict[str, str]:
        """Letters of the numbers of rows and columns: a pair that means nothing else."""
        taken = {text for text, _ in self.names.taken}
        free = next(pair for pair in SIDES if not taken & set(pair))
        return dict(zip(AXES[2], free, strict=True)) if self.traced.theta.ndim == 2 else {}

    def operations(self) -> Counter[str]:
        """How often each operation is done, but for picking coordinates."""
        return Counter(n.op for n in self.needed if n.args and n.op != "gather")

    def lines(self) -> list[str]:
        """Assignments that the outputs need, in the order of the code."""
        try:
            return [f"{line.left} &= {self.right(line)}" for line in self.assignments()]
        except RecursionError:
            raise TraceError(TOO_LONG) from None

    def right(self, line: Assignment) -> str:
        """LaTeX of what a line assigns."""
        return (self.notation.plain(line.node) if line.named else self.notation.read(line.node))[0]

    def assignments(self) -> list[Assignment]:
        """What stands on each line, in the order of the code."""
        out: list[Assignment] = []
        done: set[int] = set()
        for node in self.defined:
            self._emit(node, done, out)
        new = self.traced.new_theta
        if new.op in LEAVES:
            out.append(Assignment(self.letter.text("t+1"), new, False))
        for path, node in self.new_state.items():
            left = self.states[path].text("t")
            if self.notation.text(node) != left:
                out.append(Assignment(left, node, False))
        return out

    def _emit(self, node: Node, done: set[int], out: list[Assignment]) -> None:
        """The line of a node, after the lines of all that it speaks of."""
        if id(node) in done:
            return
        done.add(id(node))
        for part in self._spoken_of(node):
            self._emit(part, done, out)
        letter, index = self.notation.named[id(node)]
        out.append(Assignment(letter.text(*index), node, True))

    def _spoken_of(self, node: Node) -> list[Node]:
        """Nodes with lines of their own in a node's text, in the order of the code."""
        own = {id(n): n for n in self.defined}
        seen, todo = set(), list(node.args)
        while todo:
            part = todo.pop()
            if id(part) not in seen:
                seen.add(id(part))
                todo += [] if id(part) in own else part.args
        return [n for key, n in own.items() if key in seen]

    def _name(self, node: Node, letter: Symbol, *index: str) -> None:
        self.notation.named[id(node)] = letter, index

    def _moves(self, node: Node) -> bool:
        if id(node) not in self.moving:
            self.moving[id(node)] = node.op in MOVING or any(map(self._moves, node.args))
        return self.moving[id(node)]

    def _fields(self) -> dict[str, Symbol]:
        """Symbols of fields, those of the innermost rule first."""
        used = {n.data: n for n in self.needed if n.op == "field"}
        order = {name: k for k, name in enumerate(_names(self.traced.rule))}
        found = {}
        for name in sorted(used, key=lambda name: (-name.count("."), order[name])):
            prefix, _, last = name.rpartition(".")
            owner = list(self.labels).index(prefix)
            found[name] = self.names.claim(parsed(last), False, owner, self.labels[prefix])
            self._name(used[name], found[name])
        return {name: found[name] for name in order if name in found}

    def _owners(self) -> dict[tuple, int]:
        """Which call each part of the state belongs to: the innermost that was given it."""
        owners: dict[tuple, int] = {}
        for k, call in enumerate(self.traced.calls):
            for given in call.given.values():
                parts = [node for _, node in leaves(given)] if isinstance(given, dict) else []
                for node in parts:
                    if isinstance(node, Node) and node.op == "state":
                        owners.setdefault(node.data, k)
        return owners

    def _states(self) -> dict[tuple, Symbol]:
        """Symbols of the parts of the state, those of the innermost rule first."""
        before = dict(leaves(self.traced.state))
        last = len(self.traced.calls) - 1
        found = {}
        for path in sorted(self.new_state, key=lambda path: self.owners.get(path, last)):
            prefix = self.prefixes[self.owners.get(path, last)]
            inside = path[-2] if path[:-1] and path[-2] != "rule" else self.labels[prefix]
            place = list(self.labels).index(prefix) if inside == self.labels[prefix] else -1
            found[path] = self.names.claim(parsed(path[-1]), True, place, inside)
            self._name(before[path], found[path], "t-1")
        return {path: found[path] for path in self.new_state}

    def _defined(self) -> list[Node]:
        """Nodes that get a line, in the order of the code, all named."""
        chosen = self._chosen()
        for binding in chosen:
            if binding.rank == 0:
                self._name_local(binding)
        for call, name in dict.fromkeys((b.call, b.name) for b in chosen if b.rank):
            again = [b.node for b in chosen if b.rank and (b.call, b.name) == (call, name)]
            letters = self.names.numbered(
                parsed(name), [self._moves(n) for n in again], self._place(call)
            )
            for node, letter in zip(again, letters, strict=True):
                self._name(node, letter, *["t"] * self._moves(node))
        new = self.traced.new_theta
        if new.op not in LEAVES:
            self._name(new, self.letter, "t+1")
        return [b.node for b in chosen] + [new] * (new.op not in LEAVES)

    def _place(self, call: int) -> int:
        return list(self.labels).index(self.prefixes[call])

    def _name_local(self, binding: Binding) -> None:
        _, call, name, node = binding
        path = self._stored(call, name, node)
        if path is not None:
            return self._name(node, self.states[path], "t")
        place, moves = self._place(call), self._moves(node)
        ahead = parsed(name.removesuffix("_next"))
        if name.endswith("_next") and moves and ahead not in self.states.values():
            if self.names.next(ahead, place):
                return self._name(node, ahead, "t+1")
        label = self.labels[self.prefixes[call]]
        letter = self.names.claim(parsed(name), moves, place, label)
        return self._name(node, letter, *["t"] * moves)

    def _stored(self, call: int, name: str, node: Node) -> tuple | None:
        """The part of the state that a local is the new value of, by its name and its node."""
        for suffix in AFTER:
            for path, stored in self.new_state.items():
                own = self.owners.get(path) == call and stored is node
                if own and name == path[-1] + suffix:
                    return path
        return None

    def _chosen(self) -> list[Binding]:
        """One binding for every node that gets a line: of its names the one that says most."""
        uses = Counter(id(a) for n in self.needed for a in n.args)
        uses += Counter(id(n) for n in (self.traced.new_theta, *self.new_state.values()))
        found: dict[int, Binding] = {}
        for binding in self._bindings():
            old = found.get(id(binding.node))
            if old is None or binding.rank < old.rank:
                found[id(binding.node)] = binding
        lines = [b for b in found.values() if b.rank < 2 or uses[id(b.node)] > 1]
        order = {id(node): k for k, node in enumerate(self.traced.theta.pool.values())}
        place = [self.prefixes.index(prefix) for prefix in self.prefixes]
        return sorted(lines, key=lambda b: (place[b.call], order[id(b.node)]))

    def _bindings(self) -> Iterator[Binding]:
        needed = {id(n) for n in self.needed} - {id(self.traced.new_theta)}
        for k, call in enumerate(self.traced.calls):
            for name, value in call.bound:
                line = isinstance(value, Node) and value.op not in LEAVES and id(value) in needed
                if line and name.strip("_"):
                    yield Binding(self._rank(k, call, name, value), k, name, value)

    def _rank(self, k: int, call: Call, name: str, node: Node) -> int:
        if self._stored(k, name, node) is not None:
            return 0
        if call.locals[name] is not node:
            return 2
        return 1 if name in call.given else 0

    def _prefix(self, rule: Optimizer) -> str:
        """Where a rule that steps is held, also if its holder gave it another rate."""
        rules = dict(held(self.traced.rule))
        same = [prefix for prefix, each in rules.items() if each is rule]
        alike = [prefix for prefix, each in rules.items() if type(each) is type(rule)]
        return [*same, *alike, ""][0]


def held(rule: Optimizer, prefix: str = "") -> Iterator[tuple[str, Optimizer]]:
    """A rule and the rules it holds, by the fields that lead to them."""
    yield prefix, rule
    for name, value in rule.fields().items():
        if isinstance(value, Optimizer):
            yield from held(value, f"{prefix}.{name}".strip("."))


def _names(rule: Optimizer) -> list[str]:
    return [f"{p}.{name}".strip(".") for p, each in held(rule) for name in each.fields()]


def _labels(rule: Optimizer) -> dict[str, str]:
    """What marks the symbols of each rule where two would be alike: its class or its field."""
    rules = list(held(rule))
    classes = Counter(type(each).__name__ for _, each in rules)
    labels: dict[str, str] = {}
    for prefix, each in rules:
        name, field = type(each).__name__, prefix.rpartition(".")[2]
        labels[prefix] = name if classes[name] == 1 or field in ("", "rule") else field
    return labels if len(rules) > 1 else {"": ""}
