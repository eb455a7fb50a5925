"""Run a rule once on symbols instead of numbers and keep what it did as a graph.

`latex(rule)` prints the graph as the rule's equation, `javascript(rule, J)` as a step function for
the published page.
"""

from __future__ import annotations

import concurrent.futures
import contextvars
import dataclasses
import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import check
from ..fields import mapped, walk
from ..guard import refuse_other_lengths
from ..hyper import Slider
from ..objective import Batches, DataObjective, Objective
from ..optimizer import Optimizer
from ..rules.matrices import MatrixRule
from .abstract import Abstract
from .graph import Node, Pool, TraceError, as_node, make

RANDOM = (
    "two traces of the same rule differ: np.random would be frozen to one constant; "
    "draw the noise beforehand (primer.Noisy, primer.Table)"
)
#: Methods in which a rule steps: all of theta, one matrix of it.
STEPS = "step", "step_matrix"


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
    calls: list[Call]  # innermost rule first
    rule: Optimizer  # with its symbols bound


@dataclasses.dataclass(frozen=True)
class Watch:
    """What a run writes down at every step: a local of `step`, or a function of rule and step.

    Parameters
    ----------
    label : str
        The name under which it is written down; without f, also that of the local.
    f : callable, optional
        f(rule, t), with the rule as it stands at step t.
    inner : bool
        Whether f gets the rule inside all wrappers, as these let it step.
    """

    label: str
    f: Callable[[Any, Any], Any] | None = None
    inner: bool = False

    def of(self, rule: Optimizer, calls: list[Call], t: Any) -> Any:
        """Its value in one step; None where the step has no such local."""
        if self.f is not None:
            return self.f(calls[0].rule if self.inner else rule, t)
        known = [call.locals[self.label] for call in calls if self.label in call.locals]
        return known[0] if known else None


class Symbolic(Objective):
    """The J of an equation: its gradient is a symbol."""

    def __init__(self, pool: Pool) -> None:
        def call(op: str, extra: int) -> Callable[[Any], Node]:
            def node(theta: Any) -> Node:
                th = as_node(pool, theta)
                return make(pool, op, (th,), th.shape[:-1] + th.shape[-1:] * extra)

            return node

        self.pool = pool
        super().__init__(call("J", 0), call("grad", 1), call("hess", 2))

    @property
    def shapes(self) -> None:
        """Not known: an equation is for every objective."""
        self.pool.asked = True

    @shapes.setter
    def shapes(self, value: None) -> None: ...


def instance(rule: Any) -> Optimizer:
    """The rule, or a rule of this class with its defaults."""
    if isinstance(rule, type) and issubclass(rule, Optimizer):
        none, named = inspect.Parameter.empty, inspect.Parameter.POSITIONAL_OR_KEYWORD
        wanted = inspect.signature(rule).parameters.values()
        if lacking := [p.name for p in wanted if p.default is none and p.kind is named]:
            given = ", ".join(f"{name}={'Adam()' if name == 'rule' else '…'}" for name in lacking)
            what = f"an Optimizer instance such as {rule.__name__}({given})"
            raise check.refuse("rule", rule, what)
        return rule()
    if not isinstance(rule, Optimizer):
        raise check.refuse("rule", rule, "an Optimizer instance such as Adam()")
    return rule


def trace_step(
    rule: Optimizer,
    J: Objective | None,
    dim: int,
    bind: Callable[..., Any],
    pool: Pool | None = None,
) -> Traced:
    """Call init and step once on symbols. `bind(pool, name, value, t)` turns a field into one.

    The name of a field of a rule inside a rule has dots: ``rule.beta1``.
    """
    if isinstance(J, (Batches, DataObjective)):
        raise TraceError("an objective made of data is too heavy for a page: use explore_grid")
    rule, pool = instance(rule), Pool() if pool is None else pool
    if J is not None:
        refuse_other_lengths(rule, dim)
    theta, t = make(pool, "theta", (), (dim,)), make(pool, "t", kind=int)
    bound = _bound(rule, functools.partial(bind, pool), t)
    objective = Symbolic(pool) if J is None else J.at(t)
    start = _bound(rule, functools.partial(bind, pool), as_node(pool, 0)).begin(objective, theta)
    state = _leaves(pool, start, ())
    new_theta, new_state, calls = _watched(bound.step, objective, theta, state, t)
    loss = objective(theta) if J is None else J.watch(theta, t)
    as_nodes = functools.partial(mapped, lambda x: as_node(pool, x))
    outs = as_nodes(new_theta), as_nodes(new_state), as_nodes(start), as_node(pool, loss)
    return Traced(theta, state, t, *outs, calls, bound)


def trace_matrix(rule: MatrixRule, bind: Callable[..., Any], pool: Abstract) -> Traced:
    """Call init_matrix and step_matrix once on symbols, for a matrix of the pool's size."""
    W, t = make(pool, "theta", (), pool.size), make(pool, "t", kind=int)
    J = Symbolic(pool)
    first, bound = (_bound(rule, functools.partial(bind, pool), s) for s in (as_node(pool, 0), t))
    start = first.init_matrix(W)
    state = _leaves(pool, start, ())
    new, new_state, calls = _watched(functools.partial(step, bound), J, W, state, t)
    as_nodes = functools.partial(mapped, lambda x: as_node(pool, x))
    outs = as_nodes(new), as_nodes(new_state), as_nodes(start)
    return Traced(W, state, t, *outs, J(W), calls, bound)


def step(rule: MatrixRule, J: Objective, W: Node, state: Any, t: Node) -> Any:
    """What `MatrixRule.step` does if theta is one matrix; watched like a step of any rule."""
    G = J.grad(W)
    return rule.step_matrix(G, W, state, t)


def _watched(
    function: Callable[..., Any], J: Objective, theta: Node, state: Any, t: Node
) -> tuple[Any, Any, list[Call]]:
    """A step and what was noted of it; what it writes into its state is not what it was given."""
    watcher = Watcher()
    new_theta, new_state = watcher.run(function, J, theta, mapped(lambda x: x, state), t)
    return new_theta, new_state, watcher.taken()


def _bound(rule: Optimizer, bind: Callable[..., Any], t: Node, inside: str = "") -> Any:
    new = {}
    for name, value in rule.fields().items():
        if isinstance(value, Optimizer):
            new[name] = _bound(value, bind, t, f"{inside}{name}.")
        elif isinstance(value, np.ndarray) and value.ndim and not t.pool.abstract:
            raise TraceError(f"{name} is a sweep; one page shows one run: use a Slider")
        else:
            new[name] = bind(inside + name, value, t)
    return rule.having(**new)


def _leaves(pool: Pool, start: Any, path: tuple) -> Any:
    if isinstance(start, dict):
        return {name: _leaves(pool, value, (*path, name)) for name, value in start.items()}
    node = as_node(pool, start)
    return make(pool, "state", (), node.shape, path, node.dtype)


@dataclasses.dataclass
class Call:
    """One call of a rule's step: what it was given, and what its names were bound to."""

    rule: Optimizer
    given: dict[str, Any]
    locals: dict[str, Any]  # at its return, in the order of the code
    bound: list[tuple[str, Any]]  # every value of every name, in the order of time


class Watcher:
    """Runs a function and takes down every rule's step during it, in the order of their returns.

    It runs in a thread of its own, whose profiler is free: a profiler, a debugger or a measurement
    of coverage that watches the caller goes on undisturbed.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.open: dict[Any, Call] = {}

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """function(*args)."""
        context = contextvars.copy_context()
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            return thread.submit(context.run, self._profiled, function, *args).result()

    def taken(self) -> list[Call]:
        """The calls since this was last asked for."""
        calls, self.calls = self.calls, []
        return calls

    def _profiled(self, function: Callable[..., Any], *args: Any) -> Any:
        sys.setprofile(self.look)
        try:
            return function(*args)
        finally:
            sys.setprofile(None)

    def look(self, frame: Any, event: str, arg: Any) -> None:
        if event == "call" and frame.f_code.co_argcount == 5:
            known = dict(frame.f_locals)
            rule = known[frame.f_code.co_varnames[0]]
            if isinstance(rule, Optimizer) and _is_step(rule, frame.f_code):
                self.open[frame] = Call(rule, known, {}, [])
        if frame.f_back in self.open:
            self.note(frame.f_back)
        if event == "return" and frame in self.open:
            self.calls.append(self.note(frame))
            del self.open[frame]

    def note(self, frame: Any) -> Call:
        """Take down the names that are bound to something new."""
        call, known = self.open[frame], dict(frame.f_locals)
        code = frame.f_code
        own = dict.fromkeys((*code.co_varnames, *code.co_cellvars))  # inner functions see the last
        names = [name for name in own if name in known]
        new = [n for n in names if known[n] is not call.locals.get(n, call.given.get(n))]
        call.bound += [(name, known[name]) for name in new]
        call.locals = {name: known[name] for name in names}
        return call


def _is_step(rule: Optimizer, code: Any) -> bool:
    """Whether the code is that of a step of the rule's class or of a class that it is made from."""
    steps = (vars(base).get(name) for base in type(rule).__mro__ for name in STEPS)
    return code.co_name in STEPS or any(getattr(s, "__code__", None) is code for s in steps)


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
    found = {
        id(value): value
        for thing in things
        for _, value in ((None, thing), *walk(thing))
        if isinstance(value, Slider)
    }
    return tuple(found.values())
