"""A traced rule as JavaScript on float64, same order of operations."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import registry
from ..fields import leaves
from ..hyper import OfStep, PerCoordinate, Slider
from ..objective import Objective
from ..optimizer import Optimizer
from .graph import Node, Pool, TraceError, as_node, make
from .kinds import truth
from .lines import held
from .trace import RANDOM, Traced, Watch, instance, sliders_of, trace_step
from .writer import Writer


@dataclasses.dataclass(frozen=True)
class Program:
    """A traced rule on a traced objective, as JavaScript on float64.

    `source` is a JavaScript arrow function ``lib => {init, step, loss}``:

    - ``init(x, s, h)`` fills s with the state before step 0;
    - ``step(x, s, h, t, w)`` overwrites x and s with theta_{t+1} and its state and fills w, if
      given, with the watched numbers of this step;
    - ``loss(x, h, t)`` is the loss that `run` records;
    - ``tables`` are its columns of noise, where it has some, as in the attribute of that name.

    x, s, h, w are arrays (Float64Array will do); h holds the values of `sliders` in order; `lib`
    has what NumPy computes differently from JavaScript, such as the power ``P(b, n)``, and is
    defined in static/numbers.js. `state` and `watched` name the numbers of s and w, such
    as ``m[0]``, and `tables` holds the texts of the columns of noise.
    """

    source: str
    sliders: tuple[Slider, ...]
    dim: int
    state: tuple[str, ...]
    watched: tuple[str, ...]
    tables: tuple[str, ...] = ()


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
    try:
        texts = [_write(rule, J, sliders, watch, steps) for _ in range(2)]
    except TraceError as error:
        if reason := _pageless(rule):
            raise TraceError(f"{reason} ({error})") from error
        raise
    if texts[0] != texts[1]:
        raise TraceError(RANDOM)
    return texts[0]


def _pageless(rule: Optimizer) -> str:
    """Why a rule here has no page, if it says so."""
    for _, each in held(rule):
        entry = registry.rules.get(type(each).__name__)
        if entry is not None and entry.make is type(each) and entry.no_page:
            return f"{entry.name} cannot run in a page: {entry.no_page}"
    return ""


def _write(rule: Any, J: Any, sliders: tuple, watch: tuple, steps: Any) -> Program:
    traced = trace_step(rule, J, J.dim, binder(sliders))
    layout = dict(leaves(traced.start))
    after = dict(leaves(traced.new_state))
    if layout.keys() != after.keys():
        raise TraceError(
            f"step must return the state of init, {sorted(layout)}, got {sorted(after)}"
        )
    after = {path: after[path] for path in layout}
    _refuse_other(layout, after)
    names, seen = _watched(traced, watch)
    tables: dict[str, str] = {}
    init = Writer(layout, steps, tables).body([("s", list(layout.values()))])
    step = Writer(layout, steps, tables).body(
        [("x", [traced.new_theta]), ("s", list(after.values())), ("w", seen)]
    )
    loss = Writer(layout, steps, tables).value(traced.loss)
    constants = "".join(f"const {name} = [{rows}];\n" for rows, name in tables.items())
    told = f"tables: [{', '.join(tables.values())}],\n" if tables else ""
    source = (
        f"lib => {{\n{constants}return {{\n{told}"
        f"init(x, s, h) {{\n{init}}},\n"
        f"step(x, s, h, t, w) {{\n{step}}},\n"
        f"loss(x, h, t) {{\n{loss}}}\n"
        "}; }"
    )
    return Program(source, sliders, J.dim, _labels(layout), tuple(names), tuple(tables))


def binder(sliders: tuple) -> Callable[..., Any]:
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


def _refuse_other(layout: dict[tuple, Node], after: dict[tuple, Node]) -> None:
    """Refuse a state that is of another form after a step."""
    for path, node in layout.items():
        if node.shape != after[path].shape:
            raise TraceError(
                f"{path[-1]} of the state has the shape {node.shape} at the start and "
                f"{after[path].shape} after a step: start it as 0 * theta, or as it will be"
            )
        if truth(node.kind) and not truth(after[path].kind):
            raise TraceError(
                f"{path[-1]} of the state starts as a truth value and becomes a number: start it "
                "as a number"
            )


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
