"""What a trace for an equation knows: the number of parameters is a symbol, and so is a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import Node, Pool, TraceError, make

KNOWN = {"field", "dim", "const"}


class Abstract(Pool):
    """Nodes of an equation: matrix products stay whole, shapes say which axis is theta's.

    Parameters
    ----------
    size : int
        Number of parameters in this trace.
    given : dict of str to object
        The plain value of every field, by its name with dots.
    general : bool
        Whether the number of parameters is a symbol; else it is the number `size`.

    Attributes
    ----------
    needs : set of str
        Fields whose plain value the step asked for, as `range` does: those cannot be symbols.
    """

    abstract = True

    def __init__(self, size: int, given: dict[str, Any], general: bool) -> None:
        super().__init__()
        self.size, self.given, self.general = size, given, general
        self.needs: set[str] = set()
        self.dim = Dimension.of(self, size) if general else size

    def shaped(self, shape: tuple) -> tuple:
        return tuple(self.dim if n == self.size else n for n in shape)

    def decide(self, node: Node, advice: str) -> bool:
        """Whether a condition on fields holds; the fields stay symbols."""
        if not _leaves(node) <= KNOWN:
            raise TraceError(advice)
        sizes = (2, 3, self.size) if self.general else (self.size,)
        answers = {bool(self._value(node, size)) for size in sizes}
        if len(answers) > 1:
            raise TraceError(f"{advice}; here it depends on the number of parameters")
        return answers.pop()

    def number(self, node: Node, advice: str) -> Any:
        """The plain value of a node; the fields in it cannot be symbols then."""
        if not _leaves(node) <= KNOWN:
            raise TraceError(advice)
        names = {n.data for n in reachable(node) if n.op == "field"}
        if names:
            self.needs |= names
            raise TraceError(advice)
        return self._value(node, self.size)

    def _value(self, node: Node, size: int) -> Any:
        """The value of a node made of fields, of numbers, and of a number of parameters."""
        if node.op == "field":
            return self.given[node.data]
        if not node.args:
            return size if node.op == "dim" else node.data
        function = {"ipow": np.power}.get(node.op, getattr(np, node.op, None))
        if function is None:
            raise TraceError(f"{node.op} of fields has no plain value: compute it in __post_init__")
        return function(*(self._value(part, size) for part in node.args))


class Dimension(int):
    """The number of parameters: a whole number for `range` and shapes, a symbol in arithmetic."""

    pool: Abstract

    @classmethod
    def of(cls, pool: Abstract, size: int) -> Dimension:
        made = cls(size)
        made.pool = pool
        return made

    @property
    def symbol(self) -> Node:
        return make(self.pool, "dim", (), (), int(self), int)

    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Node:
        return self.symbol.__array_ufunc__(*args, **kwargs)


def _passed_on(name: str) -> Callable[..., Any]:
    return lambda self, *other: getattr(self.symbol, name)(*other)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(Dimension, f"__{_name}__", _passed_on(f"__{_name}__"))
    setattr(Dimension, f"__r{_name}__", _passed_on(f"__r{_name}__"))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Dimension, f"__{_name}__", _passed_on(f"__{_name}__"))
Dimension.__neg__ = _passed_on("__neg__")  # type: ignore[method-assign]


def reachable(*nodes: Node) -> list[Node]:
    """The nodes and all they are made of, each once."""
    found: dict[int, Node] = {}
    todo = list(nodes)
    while todo:
        node = todo.pop()
        if id(node) not in found:
            found[id(node)] = node
            todo += node.args
    return list(found.values())


def _leaves(node: Node) -> set[str]:
    return {n.op for n in reachable(node) if not n.args}
