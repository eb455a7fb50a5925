"""Symbols that stand for numbers: nodes of a graph, and the NumPy functions that make them.

Nothing is simplified, equal subexpressions are shared, and that is all, so that the author's order
of operations is kept.
"""

from __future__ import annotations

import functools
import math
import operator
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
    "sum", "mean", "prod", "max", "min", "any", "all", "clip", "copy", "ravel", "reshape",
    "squeeze", "swapaxes", "dot",
}  # fmt: skip


TO_BOOL = "`if` (or and, or, not, max) on a traced value: use np.where(condition, a, b)"
TO_FLOAT = "float() or a function of `math` on a traced value: use np.sqrt, not math.sqrt"
TO_INT = "int(), float() or a function of `math` on a traced value: use np.floor, np.sqrt, np.where"
TO_INDEX = (
    "range() or an index that is a traced value: only a field, or theta.shape[-1], is known before "
    "the step; use np.where(condition, a, b) to choose by t"
)


class Pool(dict):
    """The nodes of one trace by their content."""

    #: Whether the trace is for an equation, see `primer.derived.abstract`.
    abstract = False

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
    def dtype(self) -> np.dtype:
        return np.dtype(self.kind)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Node:
        name = ufunc.__name__
        if kwargs.get("out") is not None:
            raise TraceError(f"np.{name}(…, out=…) writes in place: write y = np.{name}(…) instead")
        if method != "__call__":
            raise TraceError(f"np.{name}.{method} cannot be traced: use np.sum or np.where")
        if kwargs:
            raise TraceError(f"np.{name}(…, {', '.join(kwargs)}=…) cannot be traced: use np.where")
        args = tuple(as_node(self.pool, x) for x in inputs)
        if name == "matmul":
            return _called("matmul", self.pool, *args)
        if name not in UFUNCS:
            raise TraceError(f"np.{name} cannot be traced; these can: {', '.join(sorted(UFUNCS))}")
        return elementwise(name, *args)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = function.__name__
        if name not in FUNCTIONS:
            these = ", ".join(sorted(FUNCTIONS))
            raise TraceError(f"np.{name} cannot be traced; these can: {these}")
        if kwargs.pop("out", None) is not None:
            raise TraceError(f"np.{name}(…, out=…) writes in place: assign the result")
        return _called(name, self.pool, *args, **kwargs)

    def __getitem__(self, key: Any) -> Node:
        if any(isinstance(k, Node) for k in (key if isinstance(key, tuple) else (key,))):
            raise TraceError("a traced value as an index: use np.where(condition, a, b)")
        return _called("getitem", self.pool, self, key)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in METHODS:
            return functools.partial(_called, name, self.pool, self)
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
            return _where(self.pool, self, kind.type(1), kind.type(0))
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
        return make(self.pool, "ipow", args, _common("power", args))

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
    if known is not None and integral(kind) and (known < 0).any():
        raise TraceError("np refuses integers to negative powers: write a base such as 2.0")
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


def _numbered(parts: list[Node]) -> list[np.ndarray]:
    """For each part an object array of its (part, position) pairs."""
    grids = []
    for k, part in enumerate(parts):
        grid = np.empty(int(np.prod(part.shape)), dtype=object)
        grid[:] = [(k, i) for i in range(grid.size)]
        grids.append(grid.reshape(part.shape))
    return grids


def _stack(pool: Pool, arrays: Any, axis: int = 0) -> Node:
    parts = [as_node(pool, a) for a in arrays]
    grid = np.stack(np.broadcast_arrays(*_numbered(parts)), axis=axis)
    return gather(pool, parts, list(grid.ravel()), grid.shape)


def _concatenate(pool: Pool, arrays: Any, axis: int = 0) -> Node:
    parts = [as_node(pool, a) for a in arrays]
    grid = np.concatenate(_numbered(parts), axis=axis)
    return gather(pool, parts, list(grid.ravel()), grid.shape)


def _moved(change: Callable[..., Any]) -> Callable[..., Node]:
    def function(pool: Pool, array: Any, *args: Any, **kwargs: Any) -> Node:
        part = as_node(pool, array)
        index = np.arange(int(np.prod(part.shape))).reshape(part.shape)
        moved = change(index, *args, **kwargs)
        return gather(pool, [part], [(0, int(i)) for i in np.ravel(moved)], np.shape(moved))

    return function


def _axes(part: Node, axis: Any) -> tuple[int, ...]:
    given = range(part.ndim) if axis is None else axis
    return tuple(sorted(np.lib.array_utils.normalize_axis_tuple(given, part.ndim)))


def _reduced(op: str, part: Node, axes: tuple[int, ...], keepdims: bool, kind: Kind) -> Node:
    """A node whose data holds, for each of its numbers, the places of those that it is made of."""
    index = np.arange(int(np.prod(part.shape))).reshape(part.shape)
    kept = [1 if i in axes else n for i, n in enumerate(part.shape)]
    rows = np.moveaxis(index, axes, range(-len(axes), 0)).reshape(int(np.prod(kept)), -1)
    shape = kept if keepdims else [n for i, n in enumerate(part.shape) if i not in axes]
    return make(part.pool, op, (part,), tuple(shape), tuple(map(tuple, rows.tolist())), kind)


def _sum(pool: Pool, array: Any, axis: Any = None, keepdims: bool = False) -> Node:
    """NumPy adds up the last axes as one, then the others one after the other."""
    part = as_node(pool, array)
    axes, kind = _axes(part, axis), np.dtype(int) if truth(part.kind) else part.dtype
    last = tuple(i for i in axes if set(range(i, part.ndim)) <= set(axes))
    if last and last != axes:
        inner = _reduced("sum", part, last, True, kind)
        total = _reduced("sum", inner, axes[: -len(last)], True, kind)
        return total if keepdims else _squeezed(total, axes)
    return _reduced("sum", part, axes, keepdims, kind)


def _squeezed(node: Node, axes: tuple[int, ...]) -> Node:
    return _called("squeeze", node.pool, node, axes)


def _mean(pool: Pool, array: Any, axis: Any = None, keepdims: bool = False) -> Any:
    part = as_node(pool, array)
    count = math.prod(part.shape[i] for i in _axes(part, axis))  # a symbol in an equation
    whole = count if isinstance(count, Node) else np.float64(count)
    return _sum(pool, part, axis, keepdims) / whole


def _reduction(op: str) -> Callable[..., Node]:
    def function(pool: Pool, array: Any, axis: Any = None, keepdims: bool = False) -> Node:
        part = as_node(pool, array)
        kind = np.dtype(bool) if op in ("any", "all") else part.dtype
        kind = np.dtype(int) if op == "prod" and truth(kind) else kind
        return _reduced(op, part, _axes(part, axis), keepdims, kind)

    return function


def _where(pool: Pool, condition: Any, a: Any, b: Any) -> Node:
    return elementwise("where", *(as_node(pool, x) for x in (condition, a, b)))


def _clip(pool: Pool, x: Any, a_min: Any = None, a_max: Any = None) -> Any:
    """Between two single numbers NumPy keeps x where it equals one of them (0 is -0)."""
    node = as_node(pool, x)
    bounds = [(op, b) for op, b in (("maximum", a_min), ("minimum", a_max)) if b is not None]
    keeps = len(bounds) == 2 and not any(np.ndim(b) for _, b in bounds)
    for op, bound in bounds:
        made = elementwise(op, node, as_node(pool, bound))
        data = "keeps" if keeps else None
        node = make(pool, made.op, made.args, made.shape, data, made.kind)
    return node


def _norm(pool: Pool, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    part = as_node(pool, x)
    flat = len(_axes(part, axis)) == 1
    if ord is not None and not (ord == 2 and flat):
        raise TraceError(
            f"np.linalg.norm with ord = {ord!r} cannot be traced: write it with np.sum"
        )
    return elementwise("sqrt", _sum(pool, elementwise("square", part), axis, keepdims))


def _matmul(pool: Pool, a: Any, b: Any) -> Node:
    A, B = as_node(pool, a), as_node(pool, b)
    if not (A.ndim and B.ndim):
        raise TraceError("a matrix product with a number: write * instead of @")
    if truth(A.kind) and truth(B.kind):
        raise TraceError("a matrix product of truth values: write np.where(mask, 1.0, 0.0)")
    shape = np.matmul(np.zeros(A.shape), np.zeros(B.shape)).shape
    return make(pool, "matmul", (A, B), shape, None, joint_kind([A.kind, B.kind]))


def _dot(pool: Pool, a: Any, b: Any) -> Any:
    A, B = as_node(pool, a), as_node(pool, b)
    if max(A.ndim, B.ndim) > 2:
        raise TraceError("np.dot of more than two axes cannot be traced: use np.matmul")
    return _matmul(pool, A, B) if A.ndim and B.ndim else A * B


def _outer(pool: Pool, a: Any, b: Any) -> Any:
    A, B = (_called("ravel", pool, as_node(pool, x)) for x in (a, b))
    return A[:, None] * B[None, :]


#: Unknowns of a linear system that is written out, one elimination after the other.
UNKNOWNS = 6


def _solve(pool: Pool, a: Any, b: Any) -> Any:
    """A x = b by elimination with the pivots of LAPACK; a symbol in an equation."""
    A: Any = as_node(pool, a)
    B: Any = as_node(pool, b)
    if A.op == "hess" or pool.abstract:
        return make(pool, "solve", (A, B), B.shape)
    n = A.shape[-1]
    if A.shape != (n, n) or B.shape[:1] != (n,):
        raise TraceError(f"np.linalg.solve of the shapes {A.shape} and {B.shape} cannot be traced")
    if n > UNKNOWNS:
        raise TraceError(
            f"np.linalg.solve of {n} unknowns is too long for a page: at most {UNKNOWNS} can be "
            "traced; use explore_grid"
        )
    return np.stack(_eliminated([(A[i], B[i]) for i in range(n)]), axis=0)


def _eliminated(rows: list[tuple[Any, Any]]) -> list[Any]:
    """The unknowns, from the rows (coefficients, right side) of a system."""
    k = rows[0][0].shape[-1] - len(rows)
    for i in range(1, len(rows)):
        swap = np.abs(rows[i][0][k]) > np.abs(rows[0][0][k])
        pairs = list(zip(rows[0], rows[i], strict=True))
        rows[0], rows[i] = (
            tuple(np.where(swap, low, top) for top, low in pairs),
            tuple(np.where(swap, top, low) for top, low in pairs),
        )
    (top, right), rest = rows[0], []
    for low, left in rows[1:]:
        factor = low[k] / top[k]
        rest.append((low - factor * top, left - factor * right))
    found = _eliminated(rest) if rest else []
    for j, x in enumerate(found):
        right = right - top[k + 1 + j] * x
    return [right / top[k], *found]


def _filled(value: float) -> Callable[..., Node]:
    def function(pool: Pool, x: Any, dtype: Any = None, **_: Any) -> Node:
        return as_node(pool, np.full(x.shape, value, dtype or x.dtype))

    return function


def _full_like(pool: Pool, x: Any, fill_value: Any, **_: Any) -> Node:
    fill = as_node(pool, fill_value)
    return _called("broadcast_to", pool, fill.astype(x.dtype), x.shape)


def _called(name: str, pool: Pool, *args: Any, **kwargs: Any) -> Any:
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


MOVES = (
    "broadcast_to", "swapaxes", "moveaxis", "reshape", "ravel", "squeeze",
    "expand_dims", "flip", "roll", "diagonal", "copy",
)  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _moved(getattr(np, name)) for name in MOVES},
    **{name: _reduction(name) for name in ("prod", "max", "min", "any", "all")},
    "amax": _reduction("max"), "amin": _reduction("min"), "sum": _sum, "mean": _mean,
    "where": _where, "stack": _stack, "concatenate": _concatenate, "clip": _clip,
    "norm": _norm, "solve": _solve, "matmul": _matmul, "dot": _dot, "outer": _outer,
    "getitem": _moved(operator.getitem), "zeros_like": _filled(0), "ones_like": _filled(1),
    "full_like": _full_like,
    "shape": lambda pool, x: x.shape, "ndim": lambda pool, x: x.ndim,
}  # fmt: skip
