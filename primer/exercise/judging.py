"""What the checks of several chapters share: answers in parts, numbers, rules by their steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..landscapes import quadratic
from ..measure import feed
from ..objective import Objective
from ..optimizer import Optimizer
from ..running import run
from . import verdict

#: What a reader's rule is compared with: (gradients, **settings) -> steps.
Formula = Callable[..., np.ndarray]


def all_given(*answers: Any) -> tuple[Any, ...] | None:
    """The answers, or None while one of them is missing."""
    return None if any(answer is None for answer in answers) else answers


def number(given: Any, name: str) -> float:
    """A single finite number, in whatever form it comes."""
    try:
        value = np.asarray(given, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a number, got {given!r}") from None
    if value.shape != () or not np.isfinite(value):
        raise ValueError(f"{name} must be a number, got {given!r}")
    return float(value)


def numbers(given: Any, name: str, right: Any, hint: str, tolerance: float = 0.005) -> bool:
    """Raise, with the name of the part, unless the numbers are right."""
    found = verdict(given, right, hint, tolerance)
    if not found:
        raise ValueError(f"{name}: {found.removeprefix('Not yet').lstrip('.: ')}")
    return True


def gradients(d: int, steps: int = 30) -> np.ndarray:
    """Gradients to feed to a rule, (steps, d)."""
    return np.random.default_rng(d).standard_normal((steps, d)) + 0.2


def takes_steps_of(
    formula: Formula,
    settings: Sequence[dict[str, float]],
    made: Callable[..., Optimizer],
    fault: Callable[[], str],
    together: str,
) -> bool:
    """Whether `made(**settings)` does what the formula says: several d, settings, a batch.

    Raises ValueError with what `fault` finds where the steps differ, and with `together` where the
    runs of a batch are not those that are made alone.
    """
    with np.errstate(all="ignore"):
        for fields in settings:
            for d in (1, 2, 5):
                steps = feed(made(**fields), gradients(d))
                if not np.allclose(steps, formula(gradients(d), **fields), rtol=1e-6):
                    raise ValueError(fault())
    starts = np.array([[4.0, 1.0], [0.1, -2.0], [-3.0, 30.0]])
    return alike_in_a_batch(made(**settings[-1]), quadratic([1.0, 9.0]), starts, together)


def alike_in_a_batch(rule: Optimizer, J: Objective, starts: np.ndarray, together: str) -> bool:
    """Raise ValueError with `together` unless the runs of a batch are those that are made alone."""
    with np.errstate(all="ignore"):
        alone = [run(rule, J, start, 20).theta[-1] for start in starts]
        if not np.allclose(run(rule, J, starts, 20).theta[-1], alone, rtol=1e-6):
            raise ValueError(together)
    return True
