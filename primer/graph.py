"""Symbols that stand for numbers: nodes of a graph, and the NumPy functions that make them.

Nothing is simplified, equal subexpressions are shared, and that is all, so that the author's order
of operations is kept.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


class TraceError(TypeError):
    """Something a traced rule cannot do; the message names what to write instead."""


class Missing(TraceError, AttributeError):
    """An attribute of arrays that traced values do not have."""


UFUNCS = {
    "add", "subtract", "multiply", "divide", "negative", "power", "sqrt", "square", "absolute",
    "sign", "exp", "log", "cos", "sin", "tanh", "floor", "maximum", "minimum", "less", "less_equal",
    "greater", "greater_equal", "equal", "not_equal", "logical_and", "logical_or", "logical_not",
    "bitwise_and", "bitwise_or", "invert", "floor_divide", "remainder", "isfinite",
}  # fmt: skip
SAME = {"bitwise_and": "logical_and", "bitwise_or": "logical_or", "invert": "logical_not"}
WHOLE = {"add", "subtract", "multiply", "floor_divide", "remainder", "maximum", "minimum"}


IF = "`if` (or and, or, not, max) on a traced value: use np.where(condition, a, b)"
FLOAT = "float() or a function of `math` on a traced value: use np.sqrt, not math.sqrt"
INT = "int(), float() or a function of `math` on a traced value: use np.floor, np.sqrt, np.where"
INDEX = (
    "range() or an index that is a traced value: only a field, or theta.shape[-1], is known before "
    "the step; use np.where(condition, a, b) to choose by t"
)


class Pool(dict):
    """The nodes of one trace by their content."""

    #: Whether the trace is for an equation, see `primer.abstract`.
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
    dtype = np.dtype(float)

    def __init__(self, pool: Pool, op: str, args: tuple, shape: tuple, data: Any, whole: bool):
        self.pool, self.op, self.args, self.shape = pool, op, args, shape
        self.data, self.whole = data, whole

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Node:
        name = ufunc.__name__
        if kwargs.get("out") is not None:
            raise TraceError(f"np.{name}(…, out=…) writes in place: write y = np.{name}(…) instead")
        if method != "__call__":
            raise TraceError(f"np.{name}.{method} cannot be traced: use np.sum or np.where")
        if name == "matmul":
            return _matmul(*(as_node(self.pool, x) for x in inputs))
        if name not in UFUNCS:
            raise TraceError(f"np.{name} cannot be traced; these can: {', '.join(sorted(UFUNCS))}")
        args = tuple(as_node(self.pool, x) for x in inputs)
        return elementwise(SAME.get(name, name), *args)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        known = FUNCTIONS.get(function.__name__)
        if known is None:
            these = ", ".join(sorted(FUNCTIONS))
            raise TraceError(f"np.{function.__name__} cannot be traced; these can: {these}")
        if kwargs.pop("out", None) is not None:
            raise TraceError(f"np.{function.__name__}(…, out=…) writes in place: assign the result")
        return known(self.pool, *args, **kwargs)

    def __getitem__(self, key: Any) -> Node:
        index = np.arange(np.prod(self.shape, dtype=int)).reshape(self.shape)[key]
        return gather(self.pool, [self], [(0, int(i)) for i in np.ravel(index)], np.shape(index))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise Missing(f".{name} cannot be traced: use a function such as np.sum or np.stack")

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TraceError("a traced array cannot be written in place: use np.where or np.stack")

    def __bool__(self) -> bool:
        return self.pool.decide(self, IF)

    def __float__(self) -> float:
        return float(self.pool.number(self, FLOAT))

    def __int__(self) -> int:
        return int(self.pool.number(self, INT))

    def __index__(self) -> int:
        return operator.index(self.pool.number(self, INDEX))

    def __round__(self, digits: int = 0) -> Any:
        return round(self.pool.number(self, INT), digits)

    def __iter__(self) -> Iterator:
        raise TraceError("a traced array cannot be unpacked or looped over: use theta[..., 0]")

    def __len__(self) -> int:
        raise TraceError("len() of a traced array: use theta.shape[-1]")

    def sum(self, axis: int | None = None, keepdims: bool = False, **_: Any) -> Node:
        return _sum(self.pool, self, axis, keepdims=keepdims)

    def exact_power(self, base: Any, exponent: Any) -> Node:
        """base ** exponent for a whole exponent (`primer.power`)."""
        return elementwise("ipow", as_node(self.pool, base), as_node(self.pool, exponent))

    def lookup(self, rows: np.ndarray) -> Node:
        """Row `self` of a table of noise (`primer.Table`)."""
        return make(self.pool, "lookup", (self,), rows.shape[1:], rows)


def make(
    pool: Pool, op: str, args: tuple = (), shape: tuple = (), data: Any = None, whole: bool = False
) -> Node:
    """The node with this content: the one in the pool, or a new one."""
    token = (data.tobytes(), data.shape) if isinstance(data, np.ndarray) else data
    shape = pool.shaped(shape)
    key = (op, tuple(map(id, args)), shape, token, whole)
    if key not in pool:
        pool[key] = Node(pool, op, args, shape, data, whole)
    return pool[key]


def as_node(pool: Pool, value: Any) -> Node:
    if isinstance(value, Node):
        return value
    if hasattr(value, "symbol"):  # the number of parameters, in an equation
        return value.symbol
    array = np.asarray(value)
    if array.dtype.kind not in "iufb":
        raise TraceError(f"a traced rule computes with numbers, got {value!r}")
    whole = array.dtype.kind in "iu"
    return make(pool, "const", (), array.shape, np.asarray(array, dtype=float), whole)


def elementwise(op: str, *args: Node) -> Node:
    shape = np.broadcast_shapes(*(a.shape for a in args))
    whole = op in WHOLE and all(a.whole for a in args)
    if op == "power" and args[1].whole:
        op = "ipow"
    if op == "ipow" and args[1].op == "const" and args[1].data.shape == () and args[1].data == 2:
        op, args = "square", args[:1]
    return make(args[0].pool, op, args, shape, None, whole)


def gather(pool: Pool, parts: list[Node], index: list[tuple[int, int]], shape: tuple) -> Node:
    """The array whose k-th number is number index[k][1] of parts[index[k][0]]."""
    if len(parts) == 1 and shape == parts[0].shape:
        if [i for _, i in index] == list(range(len(index))):
            return parts[0]
    return make(pool, "gather", tuple(parts), tuple(shape), tuple(index))


def _numbered(parts: list[Node]) -> list[np.ndarray]:
    """For each part an object array of its (part, position) pairs."""
    grids = []
    for k, part in enumerate(parts):
        grid = np.empty(int(np.prod(part.shape)), dtype=object)
        grid[:] = [(k, i) for i in range(grid.size)]
        grids.append(grid.reshape(part.shape))
    return grids


def _stack(pool: Pool, arrays: Any, axis: int = 0, **_: Any) -> Node:
    parts = [as_node(pool, a) for a in arrays]
    grid = np.stack(np.broadcast_arrays(*_numbered(parts)), axis=axis)
    return gather(pool, parts, list(grid.ravel()), grid.shape)


def _concatenate(pool: Pool, arrays: Any, axis: int = 0, **_: Any) -> Node:
    parts = [as_node(pool, a) for a in arrays]
    grid = np.concatenate(_numbered(parts), axis=axis)
    return gather(pool, parts, list(grid.ravel()), grid.shape)


def _moved(change: Callable[..., np.ndarray]) -> Callable[..., Node]:
    def function(pool: Pool, array: Any, *args: Any, **kwargs: Any) -> Node:
        part = as_node(pool, array)
        grid = change(_numbered([part])[0], *args, **kwargs)
        return gather(pool, [part], list(grid.ravel()), grid.shape)

    return function


def _sum(pool: Pool, array: Any, axis: int | None = None, keepdims: bool = False, **_: Any) -> Node:
    part = as_node(pool, array)
    axes = tuple(range(part.ndim)) if axis is None else (axis % part.ndim,)
    shape = [1 if i in axes else n for i, n in enumerate(part.shape)]
    index = np.arange(int(np.prod(part.shape))).reshape(part.shape)
    rows = np.moveaxis(index, axes, range(-len(axes), 0)).reshape(int(np.prod(shape)), -1)
    final = (
        tuple(shape) if keepdims else tuple(n for i, n in enumerate(part.shape) if i not in axes)
    )
    return make(pool, "sum", (part,), final, tuple(map(tuple, rows.tolist())))


def _where(pool: Pool, condition: Any, a: Any, b: Any) -> Node:
    return elementwise("where", *(as_node(pool, x) for x in (condition, a, b)))


def _clip(pool: Pool, x: Any, low: Any, high: Any, **_: Any) -> Any:
    node: Any = as_node(pool, x)
    return np.minimum(np.maximum(node, low), high)


def _norm(pool: Pool, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord not in (None, 2):
        raise TraceError(
            f"np.linalg.norm with ord = {ord!r} cannot be traced: write it with np.sum"
        )
    squares = elementwise("square", as_node(pool, x))
    return elementwise("sqrt", _sum(pool, squares, axis, keepdims))


def _matmul(a: Node, b: Node) -> Node:
    if a.pool.abstract:
        shape = np.matmul(np.zeros(a.shape), np.zeros(b.shape)).shape
        return make(a.pool, "matmul", (a, b), shape)
    if b.ndim == 1:
        return (a * b).sum(-1)
    return _stack(a.pool, [(a * b[..., j]).sum(-1) for j in range(b.shape[-1])], axis=-1)


def _solve(pool: Pool, a: Any, b: Any) -> Any:
    """A x = b with the pivoting of LAPACK, for one or two unknowns; a symbol beyond."""
    A: Any = as_node(pool, a)
    B: Any = as_node(pool, b)
    if pool.abstract or A.op == "hess" or A.shape[-1] > 2:
        return make(pool, "solve", (A, B), B.shape)
    if A.shape[-1] == 1:
        return B / A[0]
    swap = np.abs(A[1, 0]) > np.abs(A[0, 0])
    top, low = (np.where(swap, A[i], A[1 - i]) for i in (1, 0))
    right, left = (np.where(swap, B[i], B[1 - i]) for i in (1, 0))
    factor = low[0] / top[0]
    y = (left - factor * right) / (low[1] - factor * top[1])
    return np.stack([(right - top[1] * y) / top[0], y], axis=0)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "where": _where, "stack": _stack, "concatenate": _concatenate, "sum": _sum, "clip": _clip,
    "norm": _norm, "solve": _solve,
    "broadcast_to": _moved(np.broadcast_to), "swapaxes": _moved(np.swapaxes),
    "zeros_like": lambda pool, x, **_: as_node(pool, np.zeros(x.shape)),
    "ones_like": lambda pool, x, **_: as_node(pool, np.ones(x.shape)),
    "shape": lambda pool, x: x.shape, "ndim": lambda pool, x: x.ndim,
}  # fmt: skip
