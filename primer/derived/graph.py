"""Symbols that stand for numbers: nodes of a graph, and the NumPy functions that make them.

Nothing is simplified, equal subexpressions are shared, and that is all, so that the author's order
of operations is kept.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .kinds import Kind, integral, joint_kind, kind_of, result_kind, truth


class TraceError(TypeError):
    """Something a traced rule cannot do; the message names what to write instead."""


class Missing(TraceError, AttributeError):
    """An attribute of arrays that traced values do not have."""


class OutOfBounds(TraceError, IndexError):
    """A coordinate that there is not."""


class Mismatch(TraceError, ValueError):
    """Shapes that do not fit together."""


UFUNCS = {
    "add", "subtract", "multiply", "divide", "negative", "power", "sqrt", "square", "absolute",
    "sign", "exp", "log", "cos", "sin", "tanh", "floor", "maximum", "minimum", "less", "less_equal",
    "greater", "greater_equal", "equal", "not_equal", "logical_and", "logical_or", "logical_not",
    "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "invert", "floor_divide",
    "remainder", "isfinite", "isnan", "isinf", "positive", "expm1", "log1p", "log2", "log10",
    "cbrt", "hypot", "sinh", "cosh", "tan", "ceil", "copysign",
}  # fmt: skip
FLOAT = np.dtype(float)
#: What functions of numbers are on truth values.
LOGICAL = {
    "add": "logical_or", "multiply": "logical_and", "maximum": "logical_or",
    "minimum": "logical_and", "bitwise_and": "logical_and", "bitwise_or": "logical_or",
    "bitwise_xor": "logical_xor", "invert": "logical_not",
}  # fmt: skip
METHODS = {
    "sum", "mean", "var", "std", "prod", "max", "min", "any", "all", "clip", "copy", "ravel",
    "reshape", "squeeze", "swapaxes", "dot", "transpose", "diagonal",
}  # fmt: skip


TO_BOOL = "`if` (or and, or, not, max) on a traced value: use np.where(condition, a, b)"
TO_FLOAT = "float() or a function of `math` on a traced value: use np.sqrt, not math.sqrt"
TO_INT = "int(), float() or a function of `math` on a traced value: use np.floor, np.sqrt, np.where"
TO_INDEX = (
    "range() or an index that is a traced value: only a field, or theta.shape[-1], is known before "
    "the step; use np.where(condition, a, b) to choose by t"
)


#: NumPy's functions by name, with what they do to nodes; `functions.py` fills it.
FUNCTIONS: dict[str, Callable[..., Any]] = {}


class Pool(dict):
    """The nodes of one trace by their content."""

    #: Whether the trace is for an equation, see `primer.derived.abstract`.
    abstract = False
    #: Whether the step asked for `J.shapes`.
    asked = False

    def shaped(self, shape: tuple) -> tuple:
        return shape

    def decide(self, node: Node, advice: str) -> bool:
        """The truth of a node where Python asks for it."""
        raise TraceError(advice)

    def number(self, node: Node, advice: str) -> Any:
        """The number of a node where Python asks for it."""
        raise TraceError(advice)


class Node(np.lib.mixins.NDArrayOperatorsMixin):
    """A value of the graph: an operation on other nodes. Equal nodes of a pool are one object."""

    traced = True

    def __init__(self, pool: Pool, op: str, args: tuple, shape: tuple, data: Any, kind: Kind):
        self.pool, self.op, self.args, self.shape = pool, op, args, shape
        self.data, self.kind = data, kind

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> Any:
        """How many numbers it has; in an equation a symbol."""
        return functools.reduce(operator.mul, self.shape) if self.shape else 1

    @property
    def T(self) -> Node:
        return called("transpose", self.pool, self)

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(self.kind)

    @property
    def is_number(self) -> bool:
        """Whether it is surely a number in a run, not an array without axes."""
        maybe = self.op in ("gather", "state", "where", "const")
        return not self.shape and (isinstance(self.kind, type) or not maybe)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Node:
        name = ufunc.__name__
        out = (kwargs.get("out") or (None,))[0]
        if isinstance(out, Node) and out is inputs[0] and out.is_number:
            del kwargs["out"]  # t += 1 gives the name t to another number
        if kwargs.get("out") is not None:
            raise TraceError(f"np.{name}(…, out=…) writes in place: write y = np.{name}(…) instead")
        if method != "__call__":
            raise TraceError(f"np.{name}.{method} cannot be traced: use np.sum or np.where")
        if kwargs:
            raise TraceError(f"np.{name}(…, {', '.join(kwargs)}=…) cannot be traced: use np.where")
        args = tuple(as_node(self.pool, x) for x in inputs)
        if name == "matmul":
            return called("matmul", self.pool, *args)
        if name not in UFUNCS:
            raise TraceError(f"np.{name} cannot be traced; these can: {', '.join(sorted(UFUNCS))}")
        return elementwise(name, *args)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = function.__name__
        if name not in FUNCTIONS:
            these = ", ".join(sorted(FUNCTIONS))
            advice = "; or give a function that calls it a notation: primer.rules.written"
            known = f"np.{name} cannot be traced; these can: {these}"
            raise TraceError(known + advice * self.pool.abstract)
        if kwargs.pop("out", None) is not None:
            raise TraceError(f"np.{name}(…, out=…) writes in place: assign the result")
        return called(name, self.pool, *args, **kwargs)

    def __getitem__(self, key: Any) -> Node:
        if any(isinstance(k, Node) for k in (key if isinstance(key, tuple) else (key,))):
            raise TraceError("a traced value as an index: use np.where(condition, a, b)")
        return called("getitem", self.pool, self, key)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in METHODS:
            return functools.partial(called, name, self.pool, self)
        raise Missing(f".{name} cannot be traced: use a function such as np.sum or np.stack")

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TraceError("a traced array cannot be written in place: use np.where or np.stack")

    def __bool__(self) -> bool:
        return self.pool.decide(self, TO_BOOL)

    def __float__(self) -> float:
        return float(self.pool.number(self, TO_FLOAT))

    def __int__(self) -> int:
        return int(self.pool.number(self, TO_INT))

    def __index__(self) -> int:
        return operator.index(self.pool.number(self, TO_INDEX))

    def __round__(self, digits: int = 0) -> Any:
        return round(self.pool.number(self, TO_INT), digits)

    def __iter__(self) -> Iterator:
        raise TraceError("a traced array cannot be unpacked or looped over: use theta[..., 0]")

    def __len__(self) -> int:
        raise TraceError("len() of a traced array: use theta.shape[-1]")

    def item(self) -> Node:
        """A traced number stays what it is, where an array's would become Python's."""
        return self

    def astype(self, dtype: Any, **_: Any) -> Node:
        kind = np.dtype(dtype)
        if kind == self.dtype:
            return self
        if kind.kind == "b":
            return self != 0
        if truth(self.kind):
            return called("where", self.pool, self, kind.type(1), kind.type(0))
        if kind != np.dtype(float):
            raise TraceError(f".astype({kind}) of numbers cannot be traced: use np.floor")
        return self * np.float64(1)

    def exact_power(self, base: Any, exponent: Any, factor: Any = None) -> Node:
        """factor * base ** exponent for a whole exponent (`primer.power`)."""
        args = as_node(self.pool, base), as_node(self.pool, exponent)
        if factor is not None:
            three = (*args, as_node(self.pool, factor))
            return make(self.pool, "scaled_power", three, _common("power", three))
        if args[1].op == "const" and args[1].shape == () and args[1].data == 2:
            return elementwise("square", args[0])
        kind = float if all(isinstance(a.kind, type) for a in args) else FLOAT
        return make(self.pool, "ipow", args, _common("power", args), None, kind)

    def written(self, text: str, function: Callable[..., Any], args: tuple) -> Any:
        """function(*args); in an equation a symbol of its own (`primer.rules.written`)."""
        if not self.pool.abstract:
            try:
                return function(*args)
            except TraceError as error:
                raise TraceError(f"{function.__name__} has no code for a page: {error}") from error
        places = sorted({int(k) for k in re.findall(r"#(\d)", text)})
        parts = tuple(as_node(self.pool, args[k - 1]) for k in places)
        return make(self.pool, "written", parts, parts[0].shape, (text, *places))

    def lookup(self, table: Any) -> Node:
        """Row `self` of a table of noise (`primer.Table`)."""
        if self.shape:
            raise TraceError("a table is traced at one step at a time: table[t]")
        return make(self.pool, "lookup", (self,), table.rows.shape[1:], table)


def make(
    pool: Pool,
    op: str,
    args: tuple = (),
    shape: tuple = (),
    data: Any = None,
    kind: Kind = FLOAT,
) -> Node:
    """The node with this content: the one in the pool, or a new one."""
    token = (data.tobytes(), data.shape) if isinstance(data, np.ndarray) else data
    shape = pool.shaped(shape)
    key = (op, tuple(map(id, args)), shape, token, kind)
    if key not in pool:
        pool[key] = Node(pool, op, args, shape, data, kind)
    return pool[key]


def as_node(pool: Pool, value: Any) -> Node:
    if isinstance(value, Node):
        return value
    if hasattr(value, "symbol"):  # the number of parameters, in an equation
        return value.symbol
    array = np.asarray(value)
    if array.dtype.kind not in "iufb":
        raise TraceError(f"a traced rule computes with numbers, got {value!r}")
    return make(pool, "const", (), array.shape, np.asarray(array, dtype=float), kind_of(value))


def elementwise(op: str, *args: Node) -> Node:
    shape = _common(op, args)
    try:
        kind = result_kind(op, [a.kind for a in args])
    except TypeError as error:
        raise TraceError(f"np.{op} cannot be traced here: {error}") from error
    if truth(kind):
        op = LOGICAL.get(op, op)
    if op == "power":
        return _power(args, shape, kind)
    if op == "positive":
        return args[0]
    return make(args[0].pool, op, args, shape, None, kind)


def _common(op: str, args: tuple) -> tuple:
    try:
        return np.broadcast_shapes(*(a.shape for a in args))
    except ValueError as error:
        shapes = " and ".join(str(a.shape) for a in args)
        raise Mismatch(f"np.{op} of the shapes {shapes}: they do not broadcast") from error


def _power(args: tuple, shape: tuple, kind: Kind) -> Node:
    """base ** exponent; for an array NumPy takes the root where a single exponent is 1/2."""
    base, exponent = args
    known = exponent.data if exponent.op == "const" else None
    negative = known is not None and bool((known < 0).any())
    if negative and integral(kind):
        raise TraceError("np refuses integers to negative powers: write a base such as 2.0")
    if kind is float and not negative and all(a.kind is int for a in args):
        kind = int
    if known is not None and known.shape == () and known == 2:
        return make(base.pool, "square", (base,), shape, None, kind)
    root = "root" if base.ndim and not exponent.ndim else None
    return make(base.pool, "power", args, shape, root, kind)


def gather(pool: Pool, parts: list[Node], index: list[tuple[int, int]], shape: tuple) -> Node:
    """The array whose k-th number is number index[k][1] of parts[index[k][0]]."""
    if len(parts) == 1 and shape == parts[0].shape:
        if [i for _, i in index] == list(range(len(index))):
            return parts[0]
    kind = joint_kind([part.kind for part in parts]) if len(parts) > 1 else parts[0].kind
    return make(pool, "gather", tuple(parts), tuple(shape), tuple(index), kind)


def called(name: str, pool: Pool, *args: Any, **kwargs: Any) -> Any:
    """FUNCTIONS[name], whose refusals are sentences."""
    try:
        return FUNCTIONS[name](pool, *args, **kwargs)
    except TraceError:
        raise
    except (IndexError, TypeError, ValueError) as error:
        kinds = {IndexError: OutOfBounds, ValueError: Mismatch, TypeError: TraceError}
        kind = next(made for base, made in kinds.items() if isinstance(error, base))
        what = "an index" if name == "getitem" else f"np.{name}"
        raise kind(f"{what} cannot be traced like this: {error}") from error
