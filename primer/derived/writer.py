"""The nodes of a trace as JavaScript, one number at a time, in the order of NumPy."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .graph import UFUNCS, Node, TraceError
from .kinds import integral, truth

BINARY = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "less": "<", "less_equal": "<=",
    "greater": ">", "greater_equal": ">=", "equal": "==", "not_equal": "!=",
    "logical_and": "&&", "logical_or": "||", "bitwise_and": "&", "bitwise_or": "|",
    "bitwise_xor": "^",
}  # fmt: skip
UNARY = {"negative": "-", "logical_not": "!", "invert": "~"}
CALLS = {
    "sqrt": "Math.sqrt", "absolute": "Math.abs", "exp": "Math.exp", "log": "Math.log",
    "cos": "Math.cos", "sin": "Math.sin", "tan": "Math.tan", "tanh": "Math.tanh",
    "sinh": "Math.sinh", "cosh": "Math.cosh", "expm1": "Math.expm1", "log1p": "Math.log1p",
    "log2": "Math.log2", "log10": "Math.log10", "cbrt": "Math.cbrt", "hypot": "Math.hypot",
    "floor": "Math.floor", "ceil": "Math.ceil", "isfinite": "isFinite", "isnan": "isNaN",
    "isinf": "lib.isInf", "sign": "lib.sign", "copysign": "lib.copysign", "maximum": "lib.max",
    "minimum": "lib.min", "remainder": "lib.mod", "floor_divide": "lib.div", "ipow": "lib.P",
    "power": "lib.P", "scaled_power": "lib.S",
}  # fmt: skip
#: Operations that make one number of many, and what stands between these.
REDUCTIONS = {"sum": " + ", "prod": " * ", "any": " || ", "all": " && ", "max": "", "min": ""}
#: Operations on truth values: other numbers are true unless they are 0; so is NaN.
TRUTHS = {"logical_and", "logical_or", "logical_xor", "logical_not", "any", "all"}


class Writer:
    """Writes nodes as constants in the order they are needed, one number at a time."""

    def __init__(
        self, layout: dict[tuple, Node], steps: int | None, tables: dict[str, str]
    ) -> None:
        self.lines: list[str] = []
        self.names: dict[tuple[int, int], str] = {}
        self.steps, self.tables = steps, tables
        self.offsets: dict[tuple, int] = {}
        place = 0
        for path, node in layout.items():
            self.offsets[path] = place
            place += int(np.prod(node.shape))

    def body(self, targets: list[tuple[str, list[Node]]]) -> str:
        stores = []
        for array, nodes in targets:
            place, writes = 0, []
            for node in nodes:
                for i in range(int(np.prod(node.shape))):
                    writes.append(f"{array}[{place}] = {self.name(node, i)};")
                    place += 1
            if writes:
                text = " ".join(writes)
                stores.append(f"if (w) {{ {text} }}" if array == "w" else text)
        return "".join(f"  {line}\n" for line in self.lines + stores)

    def value(self, node: Node) -> str:
        self.lines.append(f"return {self.name(node, 0)};")
        return "".join(f"  {line}\n" for line in self.lines)

    def name(self, node: Node, i: int) -> str:
        """The JavaScript name of number i of a node, written out before if need be."""
        key = (id(node), i)
        if key not in self.names:
            text = self.text(node, i)
            if node.op not in ("const", "t", "gather"):
                self.lines.append(f"const n{len(self.names)} = {text};")
                text = f"n{len(self.names)}"
            self.names[key] = text
        return self.names[key]

    def text(self, node: Node, i: int) -> str:
        op = node.op
        if op in ("const", "theta", "state", "slider", "t", "lookup"):
            return self.leaf(node, i)
        if op == "gather":
            part, place = node.data[i]
            return self.name(node.args[part], place)
        if op == "matmul":
            return " + ".join(self.products(node, i))
        if op in REDUCTIONS:
            return self.reduction(node, i)
        args = [(a, self.name(a, _place(a, node.shape, i))) for a in node.args]
        return self.operation(node, [_truth(*a) if op in TRUTHS else a[1] for a in args])

    def operation(self, node: Node, args: list[str]) -> str:
        op, whole = node.op, integral(node.kind)
        if op == "square":
            return f"{args[0]} * {args[0]}"
        if op == "where":
            return f"{_truth(node.args[0], args[0])} ? {args[1]} : {args[2]}"
        if op == "logical_xor":
            return f"!{args[0]} != !{args[1]}"
        if whole and op in ("multiply", "negative"):  # there is no -0 among integers
            return f"0 + {args[0]} * {args[1]}" if op == "multiply" else f"0 - {args[0]}"
        if op in BINARY:
            return f"{args[0]} {BINARY[op]} {args[1]}"
        if op in UNARY:
            return UNARY[op] + args[0]
        if whole and op in ("remainder", "floor_divide"):
            return f"{args[1]} == 0 ? 0 : 0 + {CALLS[op]}({args[0]}, {args[1]})"
        if node.data == "root":
            return f"{args[1]} === 0.5 ? Math.sqrt({args[0]}) : lib.P({args[0]}, {args[1]})"
        if node.data == "keeps":
            args = args[::-1]
        if op in CALLS:
            return f"{CALLS[op]}({', '.join(args)})"
        raise TraceError(f"{op} has no JavaScript: it can be printed, not run in a page")

    def reduction(self, node: Node, i: int) -> str:
        part, places = node.args[0], node.data[i]
        names = [self.name(part, k) for k in places]
        if node.op == "sum":
            together = (
                places == tuple(range(places[0], places[0] + len(places))) if places else True
            )
            return "0 + " + (_pairwise(names) if together else " + ".join(names))
        if node.op in ("max", "min"):
            return functools.reduce(lambda a, b: f"lib.{node.op}({a}, {b})", names)
        if node.op in TRUTHS:
            names = [_truth(part, name) for name in names]
        return REDUCTIONS[node.op].join(names)

    def products(self, node: Node, i: int) -> list[str]:
        """The products whose sum is number i of a matrix product."""
        left, right = (np.arange(int(np.prod(a.shape))).reshape(a.shape) for a in node.args)
        row = left if left.ndim > 1 else left[None]
        column = np.swapaxes(right, -1, -2) if right.ndim > 1 else right[None]
        pairs = np.broadcast_arrays(row[..., :, None, :], column[..., None, :, :])
        a, b = (x.reshape(-1, left.shape[-1])[i] for x in pairs)
        return [
            f"{self.name(node.args[0], int(j))} * {self.name(node.args[1], int(k))}"
            for j, k in zip(a, b, strict=True)
        ]

    def leaf(self, node: Node, i: int) -> str:
        if node.op == "const":
            return literal(float(node.data.ravel()[i]))
        if node.op == "theta":
            return f"x[{i}]"
        if node.op == "state":
            return f"s[{self.offsets[node.data] + i}]"
        if node.op == "slider":
            return f"h[{node.data}]"
        if node.op == "t":
            return "t"
        return self.row(node, i)

    def row(self, node: Node, i: int) -> str:
        """Number i of a row of noise, out of a table that is written once."""
        table, place = node.data, node.args[0]
        numbers = table.written(None if self.steps is None else _reach(place, self.steps))
        rows = ",".join(literal(float(x)) for x in numbers[:, i])
        name = self.tables.setdefault(rows, f"T{len(self.tables)}")
        at, size = self.name(place, 0), len(numbers)
        return f"{name}[{at} % {size}]" if place.op == "t" else f"{name}[lib.mod({at}, {size})]"


def _reach(place: Node, steps: int) -> int | None:
    """How many rows the steps 0 … steps meet at this place, a function of t; None if unknown."""

    def value(node: Node) -> Any:
        if node.op in ("t", "const"):
            return np.arange(steps + 1) if node.op == "t" else node.data
        return getattr(np, node.op)(*map(value, node.args)) if node.op in UFUNCS else np.nan

    met = value(place)
    return int(np.max(met)) + 1 if np.min(met) >= 0 else None


def literal(x: float) -> str:
    """A number in JavaScript.

    Examples
    --------
    >>> literal(-2.0), literal(0.1), literal(float("inf"))
    ('(-2)', '0.1', 'Infinity')
    """
    if not np.isfinite(x):
        return "NaN" if np.isnan(x) else ("Infinity" if x > 0 else "(-Infinity)")
    text = repr(int(x)) if x.is_integer() and abs(x) < 2**53 and str(x) != "-0.0" else repr(x)
    return f"({text})" if text.startswith("-") else text


def _truth(node: Node, name: str) -> str:
    return name if truth(node.kind) else f"({name} != 0)"


def _pairwise(names: list[str]) -> str:
    """A sum in the order of NumPy: from eight on in eight strands, from 129 on in halves."""
    n = len(names)
    if n < 8:
        return " + ".join(names)
    if n > 128:
        half = n // 2 - n // 2 % 8
        return f"(({_pairwise(names[:half])}) + ({_pairwise(names[half:])}))"
    even = n - n % 8
    a, b, c, d, e, f, g, h = (" + ".join(names[k:even:8]) for k in range(8))
    strands = f"((({a}) + ({b})) + (({c}) + ({d}))) + ((({e}) + ({f})) + (({g}) + ({h})))"
    return "(" + " + ".join([f"({strands})", *names[even:]]) + ")"


def _place(arg: Node, shape: tuple, i: int) -> int:
    """Where number i of a broadcast result sits in its argument."""
    if arg.shape == shape or not arg.shape:
        return i if arg.shape else 0
    index = np.arange(int(np.prod(arg.shape))).reshape(arg.shape)
    return int(np.broadcast_to(index, shape).ravel()[i])
