"""Run a rule once on symbols instead of numbers and keep what it did as a graph.

`latex(rule)` prints the graph as the rule's equation, `javascript(rule, J)` as a step function for
the published page.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import check
from ..fields import mapped
from ..hyper import Schedule, Slider
from ..objective import Batches, DataObjective, Objective
from ..optimizer import Optimizer
from .graph import Node, TraceError, as_node, make

RANDOM = (
    "two traces of the same rule differ: np.random would be frozen to one constant; "
    "draw the noise beforehand (primer.Noisy, primer.Table)"
)


@dataclasses.dataclass(frozen=True)
class Traced:
    """One step as a graph: what went in, what came out, and every rule's named locals."""

    theta: Node
    state: Any
    t: Node
    new_theta: Node
    new_state: Any
    start: Any  # state before step 0, from theta
    loss: Node
    locals: list[tuple[Optimizer, dict[str, Any]]]  # innermost rule first
    rule: Optimizer  # with its symbols bound


class Symbolic(Objective):
    """The J of an equation: its gradient is a symbol."""

    def __init__(self, pool: dict) -> None:
        def call(op: str, extra: int) -> Callable[[Any], Node]:
            return lambda th: make(pool, op, (th,), th.shape[:-1] + th.shape[-1:] * extra)

        super().__init__(call("J", 0), call("grad", 1), call("hess", 2))


def trace_step(rule: Optimizer, J: Objective | None, dim: int, bind: Callable[..., Any]) -> Traced:
    """Call init and step once on symbols. `bind(pool, name, value, t)` turns a field into one."""
    if not isinstance(rule, Optimizer):
        raise check.refuse("rule", rule, "an Optimizer, such as Adam(lr=0.1)")
    if isinstance(J, (Batches, DataObjective)):
        raise TraceError("an objective made of data is too heavy for a page: use explore_grid")
    pool: dict = {}
    theta, t = make(pool, "theta", (), (dim,)), make(pool, "t", kind=int)
    bound = _bound(rule, functools.partial(bind, pool), t)
    start = _bound(rule, functools.partial(bind, pool), as_node(pool, 0)).init(theta)
    state = _leaves(pool, start, ())
    objective = Symbolic(pool) if J is None else J.at(t)
    with watching() as calls:
        new_theta, new_state = bound.step(objective, theta, state, t)
    loss = objective(theta) if J is None else J.watch(theta, t)
    as_nodes = functools.partial(mapped, lambda x: as_node(pool, x))
    outs = as_nodes(new_theta), as_nodes(new_state), as_nodes(start), as_node(pool, loss)
    return Traced(theta, state, t, *outs, calls, bound)


def _bound(rule: Optimizer, bind: Callable[..., Any], t: Node) -> Optimizer:
    new = {}
    for name, value in rule.fields().items():
        if isinstance(value, Optimizer):
            new[name] = _bound(value, bind, t)
        elif isinstance(value, np.ndarray) and value.ndim:
            raise TraceError(f"{name} is a sweep; one page shows one run: use a Slider")
        else:
            new[name] = bind(name, value, t)
    return rule.having(**new)


def _leaves(pool: dict, start: Any, path: tuple) -> Any:
    if isinstance(start, dict):
        return {name: _leaves(pool, value, (*path, name)) for name, value in start.items()}
    node = as_node(pool, start)
    return make(pool, "state", (), node.shape, path, node.dtype)


class watching:
    """Collects the locals of every rule's step at its return, without touching the rule."""

    def __enter__(self) -> list:
        self.calls: list[tuple[Optimizer, dict[str, Any]]] = []
        self.before = sys.getprofile()
        sys.setprofile(self._look)
        return self.calls

    def __exit__(self, *_: Any) -> None:
        sys.setprofile(self.before)

    def _look(self, frame: Any, event: str, arg: Any) -> None:
        owner = frame.f_locals.get("self") if event == "return" else None
        if isinstance(owner, Optimizer) and frame.f_code.co_name == "step":
            order = frame.f_code.co_varnames
            known = dict(frame.f_locals)
            self.calls.append((owner, {n: known[n] for n in order if n in known}))


def constants(traced: Traced) -> set[bytes]:
    """Every constant that went into a trace; two traces of a rule without randomness agree."""
    return {n.data.tobytes() for n in traced.theta.pool.values() if n.op == "const"}


def sliders_of(*things: Any) -> tuple[Slider, ...]:
    """Every distinct Slider in rules and schedules, in the order of their fields.

    Examples
    --------
    >>> from primer import SGD
    >>> rate = Slider(0.1, 1, 0.5)
    >>> sliders_of(SGD(lr=rate), SGD(lr=rate)) == (rate,)
    True
    """
    found: dict[int, Slider] = {}
    for thing in things:
        if isinstance(thing, Slider):
            found[id(thing)] = thing
        elif isinstance(thing, (Optimizer, Schedule)):
            found |= {id(s): s for s in sliders_of(*thing.fields().values())}  # type: ignore[union-attr]
    return tuple(found.values())
