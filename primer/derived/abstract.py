"""What a trace for an equation knows: the number of parameters is a symbol, and so is a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import Node, Pool, TraceError, make

KNOWN = {"field", "dim", "const"}
#: What the axes of theta are called, for a vector and for a matrix.
AXES = {1: ("d",), 2: ("rows", "cols")}
#: Few parameters, for which a rule must do what it does for more; the first number is a vector's.
FEW = (2, 3), (3, 2)


class Abstract(Pool):
    """Nodes of an equation: matrix products stay whole, shapes say which axis is theta's.

    Parameters
    ----------
    size : tuple of int
        Shape of the parameters in this trace: (d,), or rows and columns of a matrix.
    given : dict of str to object
        The plain value of every field, by its name with dots.
    general : bool
        Whether the numbers in `size` are symbols in the equation.

    Attributes
    ----------
    needs : set of str
        Fields whose plain value the step asked for, as `range` does: those cannot be symbols.
    """

    abstract = True

    def __init__(self, size: tuple[int, ...], given: dict[str, Any], general: bool) -> None:
        super().__init__()
        self.size, self.given, self.general = size, given, general
        self.needs: set[str] = set()
        axes = zip(AXES[len(size)], size, strict=True) if general else ()
        self.axes = {n: Dimension.of(self, name, n) for name, n in axes}

    def shaped(self, shape: tuple) -> tuple:
        return tuple(self.axes.get(n, n) for n in shape)

    def decide(self, node: Node, advice: str) -> bool:
        """Whether a condition on fields holds; the fields stay symbols."""
        if not _leaves(node) <= KNOWN:
            raise TraceError(advice)
        few = [size[: len(self.size)] for size in FEW] if self.general else []
        answers = {bool(self._value(node, size)) for size in (*few, self.size)}
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

    def _value(self, node: Node, size: tuple[int, ...]) -> Any:
        """The value of a node made of fields, of numbers, and of numbers of parameters."""
        if node.op == "field":
            return self.given[node.data]
        if not node.args:
            return size[AXES[len(size)].index(node.data)] if node.op == "dim" else node.data
        function = {"ipow": np.power}.get(node.op, getattr(np, node.op, None))
        if function is None:
            raise TraceError(f"{node.op} of fields has no plain value: compute it in __post_init__")
        return function(*(self._value(part, size) for part in node.args))


class Dimension(int):
    """The number of parameters: a whole number for `range` and shapes, a symbol in arithmetic."""

    pool: Abstract
    name: str

    @classmethod
    def of(cls, pool: Abstract, name: str, size: int) -> Dimension:
        made = cls(size)
        made.pool, made.name = pool, name
        return made

    @property
    def symbol(self) -> Node:
        return make(self.pool, "dim", (), (), self.name, int)

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
