"""NumPy's functions on symbols: what they move, add up, choose and solve, as nodes of the graph."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import FUNCTIONS, Node, Pool, TraceError, as_node, called, elementwise, gather, make
from .kinds import Kind, joint_kind, truth


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


def _reshape(array: Any, *shape: Any, **kwargs: Any) -> Any:
    """The method takes its axes one by one, the function as a tuple."""
    return np.reshape(array, shape if len(shape) > 1 else shape[0], **kwargs)


def _axes(part: Node, axis: Any) -> tuple[int, ...]:
    given = range(part.ndim) if axis is None else axis
    return tuple(sorted(np.lib.array_utils.normalize_axis_tuple(given, part.ndim)))


def _passing(part: Node, axis: Any) -> tuple[int, ...]:
    """The axes to reduce; NumPy's own reductions let a single number pass along 0 and -1."""
    return () if not part.ndim and axis in (0, -1) else _axes(part, axis)


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
    axes, kind = _passing(part, axis), np.dtype(int) if truth(part.kind) else part.dtype
    last = tuple(i for i in axes if set(range(i, part.ndim)) <= set(axes))
    if last and last != axes:
        inner = _reduced("sum", part, last, True, kind)
        total = _reduced("sum", inner, axes[: -len(last)], True, kind)
        return total if keepdims else _squeezed(total, axes)
    return _reduced("sum", part, axes, keepdims, kind)


def _squeezed(node: Node, axes: tuple[int, ...]) -> Node:
    return called("squeeze", node.pool, node, axes)


def _mean(pool: Pool, array: Any, axis: Any = None, keepdims: bool = False) -> Any:
    part = as_node(pool, array)
    lengths = [part.shape[i] for i in _axes(part, axis)]
    count = functools.reduce(operator.mul, lengths) if lengths else 1  # a symbol in an equation
    whole = count if hasattr(count, "symbol") or isinstance(count, Node) else np.float64(count)
    return _sum(pool, part, axis, keepdims) / whole


def _var(pool: Pool, array: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean of the squares of what is left of the mean."""
    part = as_node(pool, array)
    rest = part - _mean(pool, part, axis, True)
    return _mean(pool, rest * rest, axis, keepdims)


def _std(pool: Pool, *args: Any, **kwargs: Any) -> Any:
    return np.sqrt(_var(pool, *args, **kwargs))


def _reduction(op: str) -> Callable[..., Node]:
    def function(pool: Pool, array: Any, axis: Any = None, keepdims: bool = False) -> Node:
        part = as_node(pool, array)
        kind = np.dtype(bool) if op in ("any", "all") else part.dtype
        kind = np.dtype(int) if op == "prod" and truth(kind) else kind
        return _reduced(op, part, _passing(part, axis), keepdims, kind)

    return function


def _where(pool: Pool, condition: Any, a: Any, b: Any) -> Node:
    return elementwise("where", *(as_node(pool, x) for x in (condition, a, b)))


def _clip(
    pool: Pool, x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None
) -> Any:
    """Between two single numbers NumPy keeps x where it equals one of them (0 is -0)."""
    node = as_node(pool, x)
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    bounds = [(op, b) for op, b in (("maximum", low), ("minimum", high)) if b is not None]
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
    A, B = (called("ravel", pool, as_node(pool, x)) for x in (a, b))
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
    return called("broadcast_to", pool, fill.astype(x.dtype), x.shape)


MOVES = (
    "broadcast_to", "swapaxes", "moveaxis", "transpose", "ravel", "squeeze",
    "expand_dims", "flip", "roll", "diagonal", "copy",
)  # fmt: skip
FUNCTIONS |= {
    **{name: _moved(getattr(np, name)) for name in MOVES},
    **{name: _reduction(name) for name in ("prod", "max", "min", "any", "all")},
    "amax": _reduction("max"), "amin": _reduction("min"), "sum": _sum, "mean": _mean,
    "var": _var, "std": _std,
    "where": _where, "stack": _stack, "concatenate": _concatenate, "clip": _clip,
    "norm": _norm, "solve": _solve, "matmul": _matmul, "dot": _dot, "outer": _outer,
    "getitem": _moved(operator.getitem), "reshape": _moved(_reshape), "zeros_like": _filled(0),
    "ones_like": _filled(1), "full_like": _full_like,
    "shape": lambda pool, x: x.shape, "ndim": lambda pool, x: x.ndim,
}  # fmt: skip
