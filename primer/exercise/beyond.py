"""The exercises of the chapter on rules beyond AdamW."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..landscapes import quadratic
from ..measure import feed
from ..objective import Objective, Through
from ..optimizer import Optimizer
from ..rules.muon import A, B, C
from ..rules.schedule_free import ScheduleFree
from ..running import run
from ..schedules import WarmupLinear
from . import Verdict, verdict
from .judging import alike_in_a_batch, all_given, gradients, number, numbers

__all__ = ["check_adafactor", "check_average", "check_round", "check_rows"]

#: Exercise 1: the singular value before the first round, and what it must exceed.
SMALL, LARGE = 0.0005, 0.5
#: Exercise 2: rows and columns of the matrix, and bytes of a number.
ROWS, COLS, FLOAT32 = 4096, 1024, 4
#: Exercise 3: steps of the warm-up, and steps in all.
WARMUP, STEPS = 100, 1000
#: Exercise 4: blocks of theta, and rates, on which a rule is judged.
BLOCKS: tuple[list[tuple[int, ...]], ...] = (
    [(3, 2)],
    [(2, 3)],
    [(1, 4)],
    [(4, 1)],
    [(2, 3), (3, 2)],
    [(3, 4), (4,), (4, 2), (2,)],
)
RATES = (1.0, 0.03)


def check_round(quintic: Any, cubic: Any) -> Verdict:
    """Judge how many rounds of two polynomials lift a small singular value above a half."""
    parts = {
        "quintic": lambda s: A * s + B * s**3 + C * s**5,
        "cubic": lambda s: 1.5 * s - 0.5 * s**3,
    }

    def right(given: Any) -> bool:
        each = zip(given, parts.items(), strict=True)
        return all(_counted(count, *part) for count, part in each)

    return verdict(all_given(quintic, cubic), right)


def check_adafactor(answer: Any) -> Verdict:
    """Judge how many bytes of state four rules keep for one matrix."""
    return verdict(answer, _bytes_fit)


def check_average(answer: Any) -> Verdict:
    """Judge the share that the warm-up has in the average of ScheduleFree."""
    return verdict(answer, _share_fits)


def check_rows(make: Any) -> Verdict:
    """Judge a rule that divides every row of a gradient by its length."""
    return verdict(make, _divides_rows)


def state_numbers(rows: int, cols: int) -> dict[str, int]:
    """How many numbers four rules remember for a matrix.

    Examples
    --------
    >>> state_numbers(3, 2)
    {'AdamW': 12, 'Muon': 6, 'Adafactor': 5, 'SOAP': 38}
    """
    whole, squares = rows * cols, rows**2 + cols**2
    return {
        "AdamW": 2 * whole,
        "Muon": whole,
        "Adafactor": rows + cols,
        "SOAP": 2 * whole + 2 * squares,
    }


@functools.cache
def share_of_warmup(warmup: int, steps: int) -> float:
    """The weight of the first steps over that of all, from the rule's own sum of weights.

    Examples
    --------
    >>> round(share_of_warmup(1, 4), 6), round(share_of_warmup(2, 3), 6)
    (0.25, 0.555556)
    """
    rate = WarmupLinear(1.0, warmup, steps, 1.0)
    flat = Objective(lambda theta: 0 * theta.sum(-1), lambda theta: 0 * theta, dim=1)
    weights = [run(ScheduleFree(lr=rate), flat, np.zeros(1), n).state["S"] for n in (warmup, steps)]
    return float((weights[0] / weights[1]).item())


def _counted(given: Any, name: str, polynomial: Callable[[float], float]) -> bool:
    count = number(given, name)
    if count != round(count) or not 0 <= count <= 1000:
        raise ValueError(f"{name}: rounds are counted, so give a whole number, not {count:g}")
    after = [SMALL]
    for _ in range(int(count)):
        after.append(polynomial(after[-1]))
    if not after[-1] > LARGE:
        raise ValueError(f"{name}: after {count:g} rounds it is {after[-1]:.3g}, too few")
    if max(after[:-1]) > LARGE:
        raise ValueError(f"{name}: it exceeds {LARGE} in an earlier round")
    return True


def _bytes_fit(given: Any) -> bool:
    wanted = {name: FLOAT32 * count for name, count in state_numbers(ROWS, COLS).items()}
    if not isinstance(given, Mapping) or set(given) != set(wanted):
        raise ValueError(f"answer must be a dict with the keys {', '.join(wanted)}, got {given!r}")
    for name, right in wanted.items():
        found = number(given[name], name)
        numbers(found, name, right, _fault_of_bytes(name, found / right))
    return True


def _fault_of_bytes(name: str, ratio: float) -> str:
    """What a wrong count of bytes is of, judged by its ratio to the right one."""
    slips = {
        1 / FLOAT32: "that is how many numbers. How many bytes has a number in float32?",
        8 / FLOAT32: "that is twice as much: a number in float64 has eight bytes",
        1e-6: "give bytes, not millions of bytes",
        2.0**-20: "give bytes, not units of 2²⁰ bytes",
    }
    for factor, told in slips.items():
        if abs(ratio / factor - 1) < 0.005:
            return told
    return "its card lists the parts of its state with their shapes"


def _share_fits(given: Any) -> bool:
    share, right = number(given, "share"), share_of_warmup(WARMUP, STEPS)
    k = np.arange(1, WARMUP + 1) / WARMUP
    constant = STEPS - WARMUP
    slips = {
        WARMUP / STEPS: "that is the share of a plain mean. A step weighs lr²",
        k.sum() / (k.sum() + constant): "so it would be if a step weighed lr. It weighs lr²",
        (k**2).sum() / constant: "divide by the weight of all steps, the warm-up's among them",
        100 * right: "give a share between 0 and 1, not percent",
        1 - right: "that is the share of the steps after the warm-up",
    }
    for wrong, told in slips.items():
        if abs(share / wrong - 1) < 0.002:
            raise ValueError(told)
    hint = "add up (k/w)² for k = 1 … w, exactly, and one for every later step"
    return numbers(share, "share", right, hint)


def _divides_rows(make: Any) -> bool:
    with np.errstate(all="ignore"):
        for shapes, lr in itertools.product(BLOCKS, RATES):
            g = gradients(sum(map(math.prod, shapes)))
            if not _steps_fit(make, lr, g, shapes):
                raise ValueError(_fault_of_rows(make, shapes))
            if not _steps_fit(make, lr, _some_rows_zero(g, shapes), shapes):
                raise ValueError("A row of zeros must stay where it is. What is it divided by?")
    J = Through(quadratic(np.geomspace(1.0, 9.0, 8)), shapes=[(3, 2), (2,)])
    starts = np.random.default_rng(4).standard_normal((3, 8))
    together = "In a batch, the runs disturb each other. Which axis of (*batch, rows, cols) is it?"
    return alike_in_a_batch(_made(make, lr=0.3), J, starts, together)


def _steps_fit(make: Any, lr: float, g: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> bool:
    """Whether every row of a matrix moves by lr, and every vector as under SGD."""
    steps = feed(_made(make, lr=lr), g, shapes)
    return np.allclose(steps, -lr * _by_blocks(_rows, g, shapes), rtol=1e-6, atol=1e-9)


def _made(make: Any, **settings: float) -> Optimizer:
    made = make.having(**settings) if isinstance(make, Optimizer) else make(**settings)
    if not isinstance(made, Optimizer):
        raise ValueError(f"my rule must be a class of MatrixRule, got {make!r}")
    return made


def _by_blocks(change: Any, g: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Gradients (steps, d) with every matrix among the blocks changed, (steps, rows, cols)."""
    ends = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
    parts = zip(np.split(g, ends, axis=-1), shapes, strict=True)
    done = [change(part.reshape(-1, *s)) if len(s) == 2 else part for part, s in parts]
    return np.concatenate([part.reshape(len(g), -1) for part in done], axis=-1)


def _some_rows_zero(g: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> np.ndarray:
    """The first row of every matrix is zero in every third gradient."""

    def clear(G: np.ndarray) -> np.ndarray:
        kept = np.ones(G.shape)
        kept[::3, 0] = 0
        return G * kept

    return _by_blocks(clear, g, shapes)


def _unit(G: np.ndarray, axis: int | tuple[int, int]) -> np.ndarray:
    """Divided by the length over the axes; what is zero stays zero."""
    size = np.linalg.norm(G, axis=axis, keepdims=True)
    return G / np.where(size > 0, size, 1)


def _rows(G: np.ndarray) -> np.ndarray:
    return _unit(G, -1)


#: Rules that come to mind, as functions of (steps, rows, cols), and what to say.
MISTAKES: tuple[tuple[Callable[[np.ndarray], np.ndarray], str], ...] = (
    (lambda G: G, "These are the steps of SGD. Divide each row of G by its length."),
    (lambda G: _unit(G, -2), "The columns have one length now. Which axis runs along a row?"),
    (
        lambda G: _unit(G, (-2, -1)),
        "The whole matrix is divided by one length. Each row has one of its own.",
    ),
    (lambda G: -_rows(G), "Its steps go uphill."),
    (np.sign, "These are the signs. A row keeps its direction, and gets the length η."),
)


def _fault_of_rows(make: Any, shapes: Sequence[tuple[int, ...]]) -> str:
    """What separates a wrong rule from the right one, most telling first."""
    g, one = gradients(6), [(3, 2)]
    steps = feed(_made(make, lr=1.0), g, one)
    if not np.isfinite(steps).all():
        return "Some of its steps are not finite numbers."
    for wrong, told in MISTAKES:
        if np.allclose(steps, -_by_blocks(wrong, g, one)):
            return told
    if not np.allclose(feed(_made(make, lr=0.1), g[:1], one), 0.1 * steps[:1]):
        return "Your rule ignores lr, or does not only multiply by it."
    if not np.allclose(feed(_made(make, lr=1.0), g[::-1], one), steps[::-1]):
        return "A step depends on earlier gradients, or on where W is. Only G is needed."
    lengths = np.linalg.norm(steps.reshape(-1, 3, 2), axis=-1).ravel()
    worst = lengths[np.abs(lengths - 1).argmax()]
    if abs(worst - 1) > 1e-6:
        return f"A row of a step has the length {worst:.4g} η, not η."
    if not np.allclose(steps, -_by_blocks(_rows, g, one)):
        return "Each row has the length η, but another direction than against its gradient."
    if any(len(shape) != 2 for shape in shapes):
        return "On matrices it is right. What is no matrix goes to `others`: SGD at the same lr."
    return f"Right for one matrix of shape (3, 2), but not for the shapes {shapes}."
