"""A traced rule as JavaScript on float64, same order of operations."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import Node, Pool, TraceError, as_node, make
from .hyper import Schedule, Slider
from .objective import Objective
from .optimizer import Optimizer
from .tracing import RANDOM, Traced, instance, sliders_of, trace_step
from .tree import leaves

BINARY = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "less": "<", "less_equal": "<=",
    "greater": ">", "greater_equal": ">=", "equal": "===", "not_equal": "!==",
    "logical_and": "&&", "logical_or": "||",
}  # fmt: skip
CALLS = {
    "sqrt": "Math.sqrt", "absolute": "Math.abs", "sign": "Math.sign", "exp": "Math.exp",
    "log": "Math.log", "cos": "Math.cos", "sin": "Math.sin", "tanh": "Math.tanh",
    "floor": "Math.floor", "maximum": "Math.max", "minimum": "Math.min", "power": "Math.pow",
    "ipow": "lib.P", "isfinite": "Number.isFinite", "negative": "-", "logical_not": "!",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Program:
    """A traced rule on a traced objective, as JavaScript on float64.

    `source` is a JavaScript arrow function ``lib => {init, step, loss}``:

    - ``init(x, s, h)`` fills s with the state before step 0;
    - ``step(x, s, h, t, w)`` overwrites x and s with theta_{t+1} and its state and fills w, if
      given, with the watched numbers of this step;
    - ``loss(x, h, t)`` is the loss that `run` records.

    x, s, h, w are arrays (Float64Array will do); h holds the values of `sliders` in order; `lib`
    has the exact integer power ``P(b, n)`` and is defined in static/explorer.js. `state` and
    `watched` name the numbers of s and w, such as ``m[0]``.
    """

    source: str
    sliders: tuple[Slider, ...]
    dim: int
    state: tuple[str, ...]
    watched: tuple[str, ...]


def javascript(rule: Optimizer, J: Objective) -> str:
    """The JavaScript of one step of `rule` on `J`; see `Program` for how to call it.

    Parameters
    ----------
    rule : Optimizer
        Its fields may be numbers, schedules and sliders; a sweep is refused.
    J : Objective
        With a known `dim`, written with the NumPy functions that can be traced.

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
    return program(rule, J).source


def program(
    rule: Optimizer,
    J: Objective,
    sliders: tuple[Slider, ...] | None = None,
    watch: tuple[Any, ...] = (),
    steps: int = 1000,
) -> Program:
    """Trace `rule` on `J`; see `Program`.

    Parameters
    ----------
    rule, J
        As for `javascript`.
    sliders : tuple of Slider, optional
        The order of h; by default those of the rule.
    watch : tuple
        What w is to hold: names of locals of the rule's step (``"m_hat"``; the names a rule does
        not have are left out), or pairs (label, f) with f(rule, t) a number or vector of that step;
        with a third entry, "inner", f gets the rule inside all wrappers, as it steps.
    steps : int
        Rows of noise tables that are written out.

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


def _write(rule: Any, J: Any, sliders: tuple, watch: tuple, steps: int) -> Program:
    traced = trace_step(rule, J, J.dim, _binder(sliders))
    layout = dict(leaves(traced.start))
    after = dict(leaves(traced.new_state))
    if layout.keys() != after.keys():
        raise TraceError(
            f"step must return the state of init, {sorted(layout)}, got {sorted(after)}"
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
        if isinstance(value, Schedule):
            parts = value.fields().items()  # type: ignore[attr-defined]
            return value.having(**{k: symbol(pool, k, v) for k, v in parts})  # type: ignore[attr-defined]
        if not isinstance(value, Slider):
            return value
        place = next((i for i, s in enumerate(sliders) if s is value), None)
        if place is None:
            raise TraceError(f"{name} is a Slider that is not among the sliders given")
        return make(pool, "slider", (), (), place)

    def bind(pool: Pool, name: str, value: Any, t: Node) -> Any:
        bound = symbol(pool, name, value)
        return bound(t) if isinstance(bound, Schedule) else bound

    return bind


def _labels(layout: dict[tuple, Node]) -> tuple[str, ...]:
    return tuple(name for path, node in layout.items() for name in _numbered(".".join(path), node))


def _numbered(name: str, node: Node) -> list[str]:
    size = int(np.prod(node.shape))
    return [name] if node.shape == () else [f"{name}[{i}]" for i in range(size)]


def _watched(traced: Traced, watch: tuple) -> tuple[list[str], list[Node]]:
    names: list[str] = []
    nodes: list[Node] = []
    for item in watch:
        if isinstance(item, str):
            found = [known[item] for _, known in traced.locals if item in known]
            label, value = item, (found[0] if found else None)
        else:
            rule = traced.locals[0][0] if len(item) > 2 else traced.rule
            label, value = item[0], item[1](rule, traced.t)
        if value is not None:
            node = as_node(traced.theta.pool, value)
            names += _numbered(label, node)
            nodes.append(node)
    return names, nodes


class _Writer:
    """Writes nodes as constants in the order they are needed, one number at a time."""

    def __init__(self, layout: dict[tuple, Node], steps: int, tables: dict[str, str]) -> None:
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
        if op == "sum":
            return " + ".join(self.name(node.args[0], k) for k in node.data[i])
        args = [self.name(a, _place(a, node.shape, i)) for a in node.args]
        if op == "square":
            return f"{args[0]} * {args[0]}"
        if op == "where":
            return f"{args[0]} ? {args[1]} : {args[2]}"
        if op in BINARY:
            return f"{args[0]} {BINARY[op]} {args[1]}"
        if op == "floor_divide":
            return f"Math.floor({args[0]} / {args[1]})"
        if op == "remainder":
            return f"{args[0]} - {args[1]} * Math.floor({args[0]} / {args[1]})"
        if op in CALLS:
            return f"{CALLS[op]}({', '.join(args)})"
        raise TraceError(f"{op} has no JavaScript: it can be printed, not run in a page")

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
        rows = ",".join(_literal(float(x)) for x in node.data[: self.steps, i])
        table = self.tables.setdefault(rows, f"T{len(self.tables)}")
        return f"{table}[{self.name(node.args[0], 0)} % {len(node.data)}]"


def _literal(x: float) -> str:
    if not np.isfinite(x):
        return "NaN" if np.isnan(x) else ("Infinity" if x > 0 else "(-Infinity)")
    text = repr(int(x)) if x.is_integer() and abs(x) < 2**53 and str(x) != "-0.0" else repr(x)
    return f"({text})" if text.startswith("-") else text


def _place(arg: Node, shape: tuple, i: int) -> int:
    """Where number i of a broadcast result sits in its argument."""
    if arg.shape == shape:
        return i
    index = np.arange(int(np.prod(arg.shape))).reshape(arg.shape)
    return int(np.broadcast_to(index, shape).ravel()[i])
