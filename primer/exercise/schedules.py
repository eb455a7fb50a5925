"""The exercises of the chapter on schedules."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..objective import Noisy, Objective
from ..rules.sgd import SGD
from ..running import Run, run
from ..schedules import WarmupCosine
from . import Verdict, verdict

#: Exercise 1: curvature, noise, and the floor that is asked for.
CURVATURE, NOISE, FLOOR = 2.0, 3.0, 0.1
#: Exercise 3: what the mended schedule is.
PEAK, WARMUP, STEPS = 0.1, 50, 500
#: Exercise 4: a loss that no constant rate and no cosine reaches.
GOAL = 0.006


def check_floor(answer: Any) -> Verdict:
    """Exercise 1: the rate with the floor that is asked for."""
    right = 4 * FLOOR / (NOISE**2 + 2 * CURVATURE * FLOOR)
    return verdict(answer, right, "Solve the exact formula for η: mind the factor 2 − ηa.")


def check_built_in(answer: Any) -> Verdict:
    """Exercise 2: how long a straight warm-up of the same cost is."""
    lost = 0.9 / (1 - 0.9)
    hint = "Sum over all steps what each climb lacks to the full rate, exactly, not as an integral."
    return verdict(answer, lambda steps: float(steps) == round(2 * lost + 1), hint)


def check_mended(answer: Any) -> Verdict:
    """Exercise 3: start, seam, shape, and end of a schedule."""
    return verdict(answer, _sound)


def check_free_rates(answer: Any) -> Verdict:
    """Exercise 4: the mean loss after a hundred rates."""
    return verdict(answer, _low)


def check_average(answer: Any) -> Verdict:
    """Exercise 5: the loss at a point made from the path of `wandering`."""
    return verdict(answer, _calm)


def final_loss(rates: Any, q: float = 9.0) -> float:
    """Mean loss after these rates: curvature 1, noise 1, q the square of the start.

    Examples
    --------
    >>> round(final_loss([1.0]), 3)
    0.5
    """
    for eta in rates:
        q = (1 - eta) ** 2 * q + eta**2
    return float(q / 2)


@functools.cache
def wandering() -> Run:
    """The run of exercise 5: 1000 steps of SGD at a constant rate, in 200 noisy directions.

    Examples
    --------
    >>> wandering().theta.shape
    (1001, 200)
    """
    return run(SGD(lr=0.3), Noisy(_field(), sigma=1.0, seed=7), np.zeros(200), 1000)


def _field() -> Objective:
    """A bowl whose minimum is hidden, five from the start in every direction."""
    home = 5 * np.random.default_rng(11).choice([-1.0, 1.0], 200)
    return Objective(lambda x: np.square(x - home).sum(-1) / 2, lambda x: x - home, dim=200)


def _sound(shape: Any) -> bool:
    rates = _rates(shape, 3 * STEPS)
    wanted = WarmupCosine(PEAK, WARMUP, STEPS)(np.arange(3 * STEPS))
    near = np.abs(rates - wanted) < 0.025 * PEAK
    _ask(rates[0] > 0.005 * PEAK, "step 0 must not be lost, and its rate is small or 0")
    _ask(np.abs(rates[STEPS:]).max() < 1e-9, f"from step {STEPS} on the rate must be 0")
    _ask(near[:WARMUP].all(), f"the climb must reach {PEAK} in step {WARMUP - 1}, in even steps")
    met = abs(rates[WARMUP] - PEAK) < 0.01 * PEAK
    _ask(met, f"the decay must begin at {PEAK} in step {WARMUP}, without a jump")
    _ask(near.all(), f"between {WARMUP} and {STEPS} the rate must follow half a cosine")
    return True


def _low(rates: Any) -> bool:
    found = _rates(rates, 100) if callable(rates) else np.asarray(rates, dtype=float)
    _ask(found.shape == (100,), f"100 rates are asked for, got the shape {found.shape}")
    loss = final_loss(found)
    told = f"the mean loss is {loss:.4g}. Write E[θ²] after one step as a function of η: where"
    _ask(loss < GOAL, f"{told} is it smallest?")
    return True


def _calm(point: Any) -> bool:
    found = np.asarray(point, dtype=float)
    _ask(found.shape == (200,), f"a point has 200 coordinates, got the shape {found.shape}")
    loss, last = float(_field()(found)), float(wandering().loss[-1])
    told = f"the loss there is {loss:.3g}, at the last point {last:.3g}. Which points of the path"
    _ask(loss < last / 10, f"{told} lie around the minimum, and what have they in common?")
    return True


def _rates(shape: Callable[[int], Any], steps: int) -> np.ndarray:
    """The values of a schedule; refuses what is none."""
    _ask(callable(shape), f"a function of t is asked for, got {type(shape).__name__}")
    return np.array([float(shape(t)) for t in range(steps)])


def _ask(holds: Any, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
