"""One block of runs, step by step; the checks that a rule and an objective keep their shapes."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from . import check
from .objective import Objective
from .optimizer import Optimizer
from .tree import mapped


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
    """What `run` returns; index 0 of `theta` and `loss` is the start.

    Attributes
    ----------
    theta : ndarray (kept, *batch, d)
        With ``keep=1``, kept = steps + 1.
    loss : ndarray (kept, *batch)
    state : dict
        The rule's state after the last step; pass it on with ``t0=run.t`` to resume.
    t : int
        The step that comes next.
    steps : ndarray (kept,)
        The t of every kept row.
    diverged_at : ndarray of int (*batch,)
        First kept t with a theta or loss that is not finite; -1 where there is none.
    """

    theta: np.ndarray
    loss: np.ndarray
    state: dict[str, Any]
    t: int
    steps: np.ndarray
    diverged_at: np.ndarray

    @property
    def diverged(self) -> np.ndarray:
        """Which runs left the finite numbers, shape (*batch,)."""
        return self.diverged_at >= 0

    def __repr__(self) -> str:
        lost = f"{int(self.diverged.sum())} of {self.diverged.size} diverged"
        return f"Run(theta {self.theta.shape}, loss {self.loss.shape}, t = {self.t}, {lost})"


def march(
    rule: Optimizer,
    J: Objective,
    theta: np.ndarray,
    state: dict[str, Any] | None,
    t0: int,
    steps: int,
    keep: int,
    tick: Callable[[], Any] = lambda: None,
) -> Run:
    """The loop of `primer.run` for one block; arguments as there, `tick` is called every step."""
    state = _first_state(rule.at(t0), theta) if state is None else state
    kept = sorted({*range(0, steps + 1, keep), steps})
    thetas = np.empty((len(kept), *theta.shape), theta.dtype)
    losses = np.empty((len(kept), *theta.shape[:-1]), theta.dtype)
    rows = {step: row for row, step in enumerate(kept)}
    with np.errstate(all="ignore"):
        losses[0] = _checked_loss(J, theta, t0)
        for k in range(steps + 1):
            if k in rows:
                thetas[rows[k]] = theta
                if k:
                    losses[rows[k]] = J.watch(theta, t0 + k)
            if k < steps:
                theta, state = _step(rule.at(t0 + k), J.at(t0 + k), theta, state, t0 + k)
                tick()
    when = np.array(kept) + t0
    return Run(thetas, losses, state, t0 + steps, when, _first_lost(thetas, losses, when))


def _first_state(rule: Any, theta: np.ndarray) -> dict[str, Any]:
    """What `init` makes of an array that cannot be written to, with every field resolved."""
    state = rule.init(_locked(theta))
    if not isinstance(state, dict):
        what = f"init of {type(rule).__name__} must return a dict of arrays"
        raise ValueError(f"{what}, got {type(state).__name__}")
    return mapped(functools.partial(_typed, dtype=theta.dtype), state)


def _step(rule: Any, J: Any, theta: Any, state: Any, t: int) -> tuple[Any, Any]:
    """One step from arrays that cannot be written to; what it returns is checked and typed."""
    try:
        new = rule.step(J, _locked(theta), mapped(_locked, state), t)
    except (IndexError, KeyError, ValueError) as error:
        raise ValueError(_advice(rule, error, state, t)) from error
    if not isinstance(new, tuple) or len(new) != 2 or not isinstance(new[1], dict):
        what = f"step of {type(rule).__name__} must return (theta, state), a tuple with a dict"
        raise ValueError(f"{what}, got {type(new).__name__}")
    if np.shape(new[0]) != theta.shape or new[1].keys() != state.keys():
        shape = f"theta of shape {theta.shape} and a state with {sorted(state)}"
        got = f"shape {np.shape(new[0])} and {sorted(new[1])}"
        raise ValueError(f"step of {type(rule).__name__} must return {shape}, got {got}")
    typed = functools.partial(_typed, dtype=theta.dtype)
    return typed(new[0]), mapped(typed, new[1])


def _advice(rule: Any, error: Exception, state: dict[str, Any], t: int) -> str:
    """What to write instead of what raised this error in `step`."""
    name = type(rule).__name__
    if isinstance(error, KeyError) and error.args and error.args[0] not in state:
        what = f"init of {name} must make every part of the state that step asks for"
        return f"{what}, got {sorted(state)}, without {error}"
    if "read-only" in str(error):
        advice = "step must not write into theta or state: write m = m + g, not m += g"
        return f"{advice} ({name}, {error})"
    return f"step of {name} failed at t = {t}: {error}"


def _checked_loss(J: Objective, theta: np.ndarray, t: int) -> Any:
    """The loss at the start; it must be one number, and the gradient one vector, per run."""
    loss = J.watch(theta, t)
    for name, of, right in (
        ("J(theta)", lambda: loss, theta.shape[:-1]),
        ("J.grad(theta)", lambda: J.at(t).grad(theta), theta.shape),
    ):
        value = of()
        if np.asarray(value).dtype.kind not in "biuf" or (right and not hasattr(value, "dtype")):
            raise check.refuse(name, value, "an array of numbers (np.stack([dx, dy], axis=-1))")
        if np.shape(value) != right:
            advice = "reduce over the last axis (.sum(-1)) and index coordinates by theta[..., i]"
            raise ValueError(f"{name} must have shape {right}, got {np.shape(value)}: {advice}")
    return loss


def _locked(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def _typed(value: Any, dtype: np.dtype) -> Any:
    """Floats in theta's dtype: NumPy's float64 scalars would turn a float32 run into float64."""
    is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return value.astype(dtype, copy=False) if is_float else value


def _first_lost(thetas: np.ndarray, losses: np.ndarray, when: np.ndarray) -> np.ndarray:
    lost = ~(np.isfinite(thetas).all(-1) & np.isfinite(losses))
    return np.where(lost.any(0), when[lost.argmax(0)], -1)
