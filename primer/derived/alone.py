"""An objective, and the fields of a rule, by themselves as JavaScript: for a rule that changes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from ..objective import Objective
from .graph import Node, Pool, TraceError, as_node, make
from .javascript import binder
from .kinds import Kind
from .writer import Writer

#: Coordinates up to which second derivatives are written out for a rule that may come to ask.
SMALL = 6


def objective(J: Objective, steps: int, tables: dict[str, str], asked: Collection[str] = ()) -> str:
    """Methods that an edited rule calls: what a step t sees of J, each as far as it can be traced.

    - ``value(x, t)`` is J(x);
    - ``grad(x, t, g)`` fills g with the gradient;
    - ``hess(x, t, H)`` fills H with the Hessian, row by row;
    - ``hvp(x, s, t, g)`` fills g with the Hessian times s.

    Numbers are made in the order of the whole trace of a rule on J.

    Parameters
    ----------
    J : Objective
        With a known `dim`.
    steps : int
        How many steps it will run: so many rows of noise are written out.
    tables : dict of str to str
        Names of the tables of noise by their text; new ones are added.
    asked : collection of str
        Methods that a rule asks for already: these are written however many coordinates there are.

    Returns
    -------
    str
    """
    d = J.dim or 0
    pool = Pool()
    x, t = make(pool, "theta", (), (d,)), make(pool, "t", kind=int)
    u = make(pool, "state", (), (d,), ("u",))
    now = J.at(t)
    calls: dict[str, Callable[[], Any]] = {
        "value(x, t)": lambda: now(x),
        "grad(x, t, g)": lambda: now.grad(x),
        "hess(x, t, H)": lambda: now.hess(x),
        "hvp(x, s, t, g)": lambda: now.hvp(x, u),
    }
    methods = ""
    for head, call in calls.items():
        name = head.partition("(")[0]
        if d <= SMALL or name in ("value", "grad", *asked):
            body = _body(head, call, pool, Writer({("u",): u}, steps, tables))
            methods += f"{head} {{\n{body}}},\n" if body else ""
    return methods


def _body(head: str, ask: Callable[[], Any], pool: Pool, writer: Writer) -> str:
    """What stands in a method, which returns one number or fills its last argument."""
    try:
        node = as_node(pool, ask())
        if head.startswith("value"):
            return writer.value(node)
        return writer.body([(head[-2], [node])])
    except TraceError:
        return ""


def fields(
    rule: Any, sliders: tuple, steps: int, tables: dict[str, str]
) -> tuple[list[dict[str, Any]], int, str]:
    """The fields of a rule, how many of their numbers move, and ``values(h, t, f)``.

    A field is {name, shape, kind} with its value, or with the slot of f from which on its numbers
    stand once ``values`` has put those of step t there: sliders, which h holds, and schedules. Its
    kind is "bool", "int" or "float" for Python's numbers, "b", "i" or "f" for NumPy's.
    """
    pool, bind = Pool(), binder(sliders)
    t = make(pool, "t", kind=int)
    listed: list[dict[str, Any]] = []
    moving: list[Node] = []
    slots = 0
    for name, given in rule.fields().items():
        value = bind(pool, name, given, t)
        node = as_node(pool, value)
        told = {"name": name, "shape": list(node.shape), "kind": word(node.kind)}
        if node.op == "const":
            listed.append({**told, "value": np.asarray(node.data).tolist()})
        else:
            listed.append({**told, "slot": slots})
            moving.append(node)
            slots += int(np.prod(node.shape))
    return listed, slots, Writer({}, steps, tables).body([("f", moving)])


def word(kind: Kind) -> str:
    """How the page calls a kind.

    Examples
    --------
    >>> word(int), word(np.dtype(float))
    ('int', 'f')
    """
    return kind.__name__ if isinstance(kind, type) else np.dtype(kind).kind
