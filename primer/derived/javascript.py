"""A traced rule as JavaScript on float64, same order of operations."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..fields import leaves
from ..hyper import OfStep, PerCoordinate, Slider
from ..objective import Objective
from ..optimizer import Optimizer
from .graph import UFUNCS, Node, Pool, TraceError, as_node, make
from .kinds import integral, truth
from .trace import RANDOM, Traced, Watch, instance, sliders_of, trace_step

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


@dataclasses.dataclass(frozen=True)
class Program:
    """A traced rule on a traced objective, as JavaScript on float64.

    `source` is a JavaScript arrow function ``lib => {init, step, loss}``:

    - ``init(x, s, h)`` fills s with the state before step 0;
    - ``step(x, s, h, t, w)`` overwrites x and s with theta_{t+1} and its state and fills w, if
      given, with the watched numbers of this step;
    - ``loss(x, h, t)`` is the loss that `run` records.

    x, s, h, w are arrays (Float64Array will do); h holds the values of `sliders` in order; `lib`
    has what NumPy computes differently from JavaScript, such as the power ``P(b, n)``, and is
    defined in static/numbers.js. `state` and `watched` name the numbers of s and w, such
    as ``m[0]``.
    """

    source: str
    sliders: tuple[Slider, ...]
    dim: int
    state: tuple[str, ...]
    watched: tuple[str, ...]


def javascript(rule: Optimizer, J: Objective, steps: int | None = None) -> str:
    """The JavaScript of one step of `rule` on `J`; see `Program` for how to call it.

    Parameters
    ----------
    rule : Optimizer
        Its fields may be numbers, schedules and sliders; a sweep is refused.
    J : Objective
        With a known `dim`, written with the NumPy functions that can be traced.
    steps : int, optional
        How many steps it will run: so many rows of noise are written out. Without it they are the
        whole of a `Table`, which then starts again as it does in `run`, and the `steps` rows of
        `Noisy`, which start again where `run` would draw new ones.

    Returns
    -------
    str

    Raises
    ------
    TraceError
        For what cannot be traced; the message says what to write instead.

    Examples
    --------
    >>> from primer import SGD
    >>> from primer.landscapes import quadratic
    >>> print(javascript(SGD(lr=0.5), quadratic([1.0])).splitlines()[0])
    lib => {
    """
    return program(rule, J, steps=steps).source


def program(
    rule: Optimizer,
    J: Objective,
    sliders: tuple[Slider, ...] | None = None,
    watch: tuple[Watch, ...] = (),
    steps: int | None = None,
) -> Program:
    """Trace `rule` on `J`; see `Program`.

    Parameters
    ----------
    rule, J
        As for `javascript`.
    sliders : tuple of Slider, optional
        The order of h; by default those of the rule.
    watch : tuple of Watch
        What w is to hold; locals that a rule does not have are left out.
    steps : int, optional
        As for `javascript`.

    Returns
    -------
    Program

    Raises
    ------
    TraceError
        As for `javascript`, and for randomness inside the rule or objective.
    """
    if J.dim is None:
        raise TraceError("dim must be given for an objective that is traced: Objective(…, dim=2)")
    rule = instance(rule)
    sliders = sliders_of(rule) if sliders is None else sliders
    texts = [_write(rule, J, sliders, watch, steps) for _ in range(2)]
    if texts[0] != texts[1]:
        raise TraceError(RANDOM)
    return texts[0]


def _write(rule: Any, J: Any, sliders: tuple, watch: tuple, steps: Any) -> Program:
    traced = trace_step(rule, J, J.dim, _binder(sliders))
    layout = dict(leaves(traced.start))
    after = dict(leaves(traced.new_state))
    if layout.keys() != after.keys():
        raise TraceError(
            f"step must return the state of init, {sorted(layout)}, got {sorted(after)}"
        )
    for path, node in layout.items():
        if truth(node.kind) and not truth(after[path].kind):
            raise TraceError(
                f"{path[-1]} of the state starts as a truth value and becomes a number: start it "
                "as a number"
            )
    names, seen = _watched(traced, watch)
    tables: dict[str, str] = {}
    init = _Writer(layout, steps, tables).body([("s", list(layout.values()))])
    step = _Writer(layout, steps, tables).body(
        [("x", [traced.new_theta]), ("s", list(after.values())), ("w", seen)]
    )
    loss = _Writer(layout, steps, tables).value(traced.loss)
    constants = "".join(f"const {name} = [{rows}];\n" for rows, name in tables.items())
    source = (
        f"lib => {{\n{constants}return {{\n"
        f"init(x, s, h) {{\n{init}}},\n"
        f"step(x, s, h, t, w) {{\n{step}}},\n"
        f"loss(x, h, t) {{\n{loss}}}\n"
        "}; }"
    )
    return Program(source, sliders, J.dim, _labels(layout), tuple(names))


def _binder(sliders: tuple) -> Callable[..., Any]:
    """Numbers stay, a slider becomes h[k], a schedule its value at the traced step."""

    def symbol(pool: Pool, name: str, value: Any) -> Any:
        if isinstance(value, OfStep):
            parts = value.fields().items()  # type: ignore[attr-defined]
            return value.having(**{k: symbol(pool, k, v) for k, v in parts})  # type: ignore[attr-defined]
        if isinstance(value, PerCoordinate):
            return value.values
        if not isinstance(value, Slider):
            return value
        place = next((i for i, s in enumerate(sliders) if s is value), None)
        if place is None:
            raise TraceError(f"{name} is a Slider that is not among the sliders given")
        return make(pool, "slider", (), (), place)

    def bind(pool: Pool, name: str, value: Any, t: Node) -> Any:
        bound = symbol(pool, name, value)
        return bound(t) if isinstance(bound, OfStep) else bound

    return bind


def _labels(layout: dict[tuple, Node]) -> tuple[str, ...]:
    return tuple(name for path, node in layout.items() for name in _numbered(".".join(path), node))


def _numbered(name: str, node: Node) -> list[str]:
    size = int(np.prod(node.shape))
    return [name] if node.shape == () else [f"{name}[{i}]" for i in range(size)]


def _watched(traced: Traced, watch: tuple[Watch, ...]) -> tuple[list[str], list[Node]]:
    names: list[str] = []
    nodes: list[Node] = []
    for item in watch:
        value = item.of(traced.rule, traced.calls, traced.t)
        if value is not None:
            node = as_node(traced.theta.pool, value)
            names += _numbered(item.label, node)
            nodes.append(node)
    return names, nodes


class _Writer:
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
            return _literal(float(node.data.ravel()[i]))
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
        rows = ",".join(_literal(float(x)) for x in numbers[:, i])
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


def _literal(x: float) -> str:
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
