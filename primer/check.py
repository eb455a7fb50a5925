"""Argument checks: every message names the argument, the value received and what is allowed."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

#: What each hyperparameter may be: a text for the message and a test written so that NaN fails it.
DOMAINS: dict[str, tuple[str, Any]] = {
    "rate": ("a finite number >= 0", lambda x: (x >= 0) & np.isfinite(x)),
    "decay": ("in [0, 1)", lambda x: (x >= 0) & (x < 1)),
    "positive": ("a finite number > 0", lambda x: (x > 0) & np.isfinite(x)),
    "percent": ("in (0, 100)", lambda x: (x > 0) & (x < 100)),
    "shrink": ("in (0, 1)", lambda x: (x > 0) & (x < 1)),
    "real": ("a finite number", np.isfinite),
}

#: Hyperparameters known by name; a rule adds or overrides some with its own ``domains``.
BY_NAME = {
    "lr": "rate",
    "eps": "rate",
    "weight_decay": "rate",
    "momentum_decay": "rate",
    "beta": "decay",
    "beta1": "decay",
    "beta2": "decay",
    "beta3": "decay",
    "d0": "positive",
    "factor": "shrink",
    "norm": "positive",
    "value": "positive",
}


def refuse(name: str, value: Any, allowed: str) -> ValueError:
    """Build (not raise) the error for argument ``name``."""
    return ValueError(f"{name} must be {allowed}, got {value!r}")


def number(name: str, value: Any, domain: str = "real") -> None:
    """Refuse anything but a real number, or an array of them, inside ``domain``."""
    if domain not in DOMAINS:
        raise refuse(f"the domain of {name}", domain, f"one of {', '.join(DOMAINS)}")
    allowed, ok = DOMAINS[domain]
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise refuse(name, value, allowed) from None
    if isinstance(value, (bool, np.bool_, str)) or array.dtype.kind not in "iuf":
        raise refuse(name, value, allowed)
    if not np.all(ok(array)):
        raise refuse(name, value, allowed)


def count(name: str, value: Any, least: int = 1) -> int:
    """Refuse anything but an integer >= ``least``; return it as ``int``."""
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or value < least:
        raise refuse(name, value, f"an integer >= {least}")
    return int(value)


def stepped(name: str, made: Any, letter: str, before: Any, state: dict[str, Any]) -> None:
    """Refuse what is not a pair of an array like the one before and a state with the same parts."""
    if not isinstance(made, tuple) or len(made) != 2 or not isinstance(made[1], dict):
        what = f"{name} must return ({letter}, state), a tuple with a dict"
        raise ValueError(f"{what}, got {type(made).__name__}")
    if np.shape(made[0]) != before.shape or made[1].keys() != state.keys():
        shape = f"{letter} of shape {before.shape} and a state with {sorted(state)}"
        got = f"shape {np.shape(made[0])} and {sorted(made[1])}"
        raise ValueError(f"{name} must return {shape}, got {got}")


def shapes(value: Any) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of the blocks of theta as tuples of int; refuse anything else."""
    try:
        blocks = tuple(tuple(shape) for shape in value)
        sizes = tuple(tuple(count("shapes", n) for n in shape) for shape in blocks)
    except (TypeError, ValueError):
        sizes = ()
    if not sizes:
        allowed = "blocks such as [(4, 3), (3,)], whose lengths are integers >= 1"
        raise refuse("shapes", value, allowed)
    return sizes


def swept(name: str, value: np.ndarray) -> None:
    """Refuse an array whose last axis is not 1: it would be one value per coordinate of theta."""
    if value.ndim and value.shape[-1] != 1:
        allowed = "a number or a sweep whose last axis is 1 (shape (*batch, 1); see primer.sweep)"
        allowed += ", or primer.PerCoordinate(…) for a value per coordinate"
        raise ValueError(f"{name} must be {allowed}, got an array of shape {value.shape}")


def points(name: str, value: Any, dim: int | None = None, finite: bool = True) -> np.ndarray:
    """Return ``value`` as a floating array of shape (*batch, d); refuse anything else."""
    try:
        theta = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise refuse(name, value, "an array of floats of shape (*batch, d)") from None
    if theta.dtype.kind != "f":
        raise ValueError(
            f"{name} must be an array of floats, got dtype {theta.dtype}: write 1.0, not 1"
        )
    if theta.dtype not in (np.float32, np.float64):
        raise ValueError(f"{name} must be float64 or float32, got dtype {theta.dtype}")
    if theta.ndim == 0 or theta.shape[-1] == 0:
        raise ValueError(f"{name} must have shape (*batch, d) with d >= 1, got shape {theta.shape}")
    if dim is not None and theta.shape[-1] != dim:
        raise ValueError(f"{name} must have last axis {dim}, got shape {theta.shape}")
    if finite and not np.isfinite(theta).all():
        raise ValueError(f"{name} must be finite everywhere, got {value!r}")
    return theta


def pair(name: str, value: Any) -> tuple[float, float]:
    """Return a point of a plane as two finite numbers; refuse anything else."""
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.shape != (2,) or not np.isfinite(numbers).all():
        raise refuse(name, value, "a point (x, y) of two finite numbers")
    return float(numbers[0]), float(numbers[1])


def window(value: Any, dim: int | None = None) -> tuple[float, ...]:
    """Return a window to draw in as floats: two pairs low < high, or one in one dimension."""
    pairs = "(x_low, x_high, y_low, y_high)"
    allowed = {1: "(low, high)", 2: pairs}.get(dim or 0, f"(low, high) or {pairs}")
    try:
        ends = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        ends = np.array([])
    if ends.shape not in ((2,), (4,)) or (dim == 2 and ends.size == 2):
        raise refuse("window", value, allowed)
    low, high = ends[::2], ends[1::2]
    with np.errstate(all="ignore"):
        room = high - low > 1e-9 * np.maximum(abs(low), abs(high))
    if not (np.abs(ends) < 1e150).all() or not room.all():
        raise refuse("window", value, f"{allowed}, finite, each low well below its high")
    return tuple(ends.tolist())
