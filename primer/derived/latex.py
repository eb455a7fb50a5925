"""A traced rule as LaTeX: its own assignments, in its own names and order."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from ..fields import leaves
from ..hyper import OfStep, PerCoordinate, Slider
from ..optimizer import Optimizer
from ..rules.matrices import MatrixRule
from .abstract import FEW, Abstract
from .graph import Mismatch, Node, OutOfBounds, TraceError, make
from .lines import Equation, held
from .symbols import symbol
from .trace import RANDOM, Traced, constants, instance, trace_matrix, trace_step

__all__ = ["latex", "legend", "symbol"]

#: Sizes of two traces whose equations must agree, of theta or of a matrix that is tall or wide: no
#: rule has such axes itself.
SIZES = {1: ((11,), (13,)), 2: ((11, 13), (13, 11))}
#: Numbers of parameters to try for a rule that works for one of them only.
SMALL = 2, 3, 1, 4
SHAPES = (
    "J.shapes in a step: an equation is for every objective, whose blocks it does not know; make "
    "the rule a primer.rules.matrices.MatrixRule, whose step_matrix is for one block, or give the "
    "function that reads them a notation: primer.rules.written"
)
INSIDE = (
    "a rule around {name} speaks of all of theta, {name} of one matrix in it; an equation is of "
    "one of the two, such as latex({name}())"
)


def latex(rule: Optimizer | type[Optimizer]) -> str:
    r"""The rule's equation, printed from one run of its own code on symbols.

    Parameters
    ----------
    rule : Optimizer, or its class
        Fields are printed as symbols, whatever their values; those that choose the algorithm (a
        bool, a text, a number of inner steps) are used with their value.

    Returns
    -------
    str
        An ``aligned`` block: one line per local of `step` that the result needs, then theta and
        those parts of the state that have no line yet. Quantities that change carry the step as
        their index. Vectors are columns, their arithmetic is per coordinate; d is the number of
        parameters. For a rule for matrices (`primer.rules.matrices.MatrixRule`) they are the lines
        of `step_matrix`: for one matrix W, its gradient G, both of m rows and n columns. Products
        of matrices are those of rows by columns; ``\odot``, quotients, roots and functions are per
        entry, a power with ``\odot`` too, and so is the sum with a number.

    Raises
    ------
    TraceError
        If `step` cannot be traced, or does what has no notation; the message says what to write
        instead.
    ValueError
        For a class whose fields have no defaults.

    Examples
    --------
    >>> from primer import SGD
    >>> print(latex(SGD))
    \begin{aligned}
    g_t &= \nabla J(\theta_t) \\
    \theta_{t+1} &= \theta_t - \eta\,g_t
    \end{aligned}
    """
    lines = equation(instance(rule)).lines()
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def legend(rule: Optimizer | type[Optimizer]) -> dict[str, str]:
    r"""The symbol of every field and of every part of the state that the rule's equation speaks of.

    Examples
    --------
    >>> from primer import Momentum
    >>> legend(Momentum)
    {'lr': '\\eta', 'beta': '\\beta', 'state.v': 'v'}
    """
    return equation(instance(rule)).legend()


def equation(rule: Optimizer) -> Equation:
    """The equation for any number of parameters, or for the one that the rule is made for."""
    if inner := [
        type(x).__name__ for _, x in held(rule) if isinstance(x, MatrixRule) and x is not rule
    ]:
        raise TraceError(INSIDE.format(name=inner[0]))
    axes = 2 if isinstance(rule, MatrixRule) else 1
    size, other = SIZES[axes]
    try:
        first = Equation(_traced(rule, size), general=True)
        second = Equation(_once(rule, other), general=True)
    except (IndexError, ValueError) as error:
        return _special(rule, error)
    for one, two in itertools.zip_longest(first.lines(), second.lines(), fillvalue=""):
        if one != two:
            raise TraceError(
                f"the line of {one.split(' &=')[0]} is another one for {_told(size)} than for "
                f"{_told(other)}: write the same formula for every coordinate, and {SHAPE[axes]} "
                "in NumPy functions (np.sqrt, not math.sqrt)"
            )
    for few in FEW:
        _check_few(rule, few[:axes], first)
    return first


#: What code calls the size of its parameters.
SHAPE = {1: "theta.shape[-1]", 2: "W.shape"}


def _told(size: tuple[int, ...]) -> str:
    return f"{' x '.join(map(str, size))} parameters"


def _check_few(rule: Optimizer, size: tuple[int, ...], general: Equation) -> None:
    """Refuse a rule that does something else with few parameters than its equation says."""
    try:
        few = Equation(_once(rule, size), general=True)
    except (IndexError, ValueError):
        return
    if few.operations() != general.operations():
        axes = len(size)
        raise TraceError(
            f"step does something else for {_told(size)} than for {_told(SIZES[axes][0])}: use "
            f"np.where({SHAPE[axes]} > …, a, b), or write two rules"
        )


def _special(rule: Optimizer, error: Exception) -> Equation:
    for size in () if isinstance(rule, MatrixRule) else SMALL:
        try:
            return Equation(_traced(rule, (size,), general=False), general=False)
        except (IndexError, ValueError):
            continue
    if isinstance(error, TraceError):
        raise error
    raise (OutOfBounds if isinstance(error, IndexError) else Mismatch)(str(error)) from error


def _traced(rule: Optimizer, size: tuple[int, ...], general: bool = True) -> Traced:
    """A trace in which nothing is drawn at random."""
    first, second = (_once(rule, size, general) for _ in range(2))
    if constants(first) != constants(second):
        raise TraceError(RANDOM)
    return first


def _once(rule: Optimizer, size: tuple[int, ...], general: bool = True) -> Traced:
    """One trace; fields whose plain value the step turns out to need are not symbols in it."""
    values, plain = _values(rule), set[str]()
    while True:
        pool = Abstract(size, values, general)
        try:
            if isinstance(rule, MatrixRule):
                traced = trace_matrix(rule, _binder(plain), pool)
            else:
                traced = trace_step(rule, None, size[0], _binder(plain), pool)
        except RecursionError:
            raise TraceError("the equation is too long to read: too many inner steps") from None
        except Exception as error:
            if pool.needs <= plain:
                if type(error) is TypeError and pool.asked:
                    raise TraceError(SHAPES) from error
                raise
            plain |= pool.needs
        else:
            _check(traced)
            return traced


def _check(traced: Traced) -> None:
    before, after = (dict(leaves(tree)).keys() for tree in (traced.start, traced.new_state))
    if before != after:
        names = [sorted(".".join(path) for path in paths) for paths in (before, after)]
        raise TraceError(f"step must return the state of init, {names[0]}, got {names[1]}")
    if traced.new_theta.shape != traced.theta.shape:
        raise ValueError(
            f"step must return a theta of shape {traced.theta.shape}, "
            f"got shape {traced.new_theta.shape}"
        )


def _values(rule: Optimizer, inside: str = "") -> dict[str, Any]:
    """The plain value of every field at step 0."""
    found: dict[str, Any] = {}
    for name, value in rule.fields().items():
        if isinstance(value, Optimizer):
            found |= _values(value, f"{inside}{name}.")
        else:
            plain = value.value if isinstance(value, Slider) else value
            found[inside + name] = value(0) if isinstance(value, OfStep) else plain
    return found


def _binder(plain: set[str]) -> Callable[..., Any]:
    def bind(pool: Abstract, name: str, value: Any, t: Node) -> Any:
        counts = isinstance(value, (numbers.Real, np.ndarray, Slider, OfStep, PerCoordinate))
        if name in plain or not counts or isinstance(value, (bool, np.bool_)):
            return pool.given[name]
        return make(pool, "field", (), (), name)

    return bind
