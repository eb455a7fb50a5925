"""What `run` refuses, in sentences: wrong arguments, rules and objectives that break its contract.

A batch is many runs that know nothing of each other; what mixes them is found. Shapes alone do not
tell: with as many runs as coordinates, `theta[0]` looks like a coordinate, and a norm without an
axis is a number either way. So an objective is asked whether the result of one run changes when all
the others move, and a rule takes two steps with a few runs, together and one by one.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import check
from .fields import leaves, walk, with_sweeps
from .hyper import PerCoordinate
from .objective import Objective, Through
from .optimizer import Optimizer

ADVICE = "reduce over the last axis (.sum(-1)) and index coordinates by theta[..., i]"


class Wrote(ValueError):
    """An objective that writes into theta."""


def refuse_wrong(rule: Any, J: Any, state: Any, executor: Any) -> None:
    if not isinstance(rule, Optimizer):
        raise check.refuse("rule", rule, "an Optimizer instance such as Adam(lr=0.1)")
    if not isinstance(J, Objective):
        raise check.refuse("J", J, "an Objective; Objective(f) makes one from a function")
    if state is not None and not isinstance(state, dict):
        raise check.refuse("state", state, "None or the state of an earlier run")
    if not isinstance(executor, (concurrent.futures.Executor, type(None))):
        raise check.refuse("executor", executor, "None or a concurrent.futures.Executor")


def refuse_strange(state: dict[str, Any], fresh: dict[str, Any]) -> None:
    """Refuse a state that is not one of this rule, or not for runs of this shape."""
    found, wanted = (
        {".".join(path): np.shape(leaf) for path, leaf in leaves(tree)} for tree in (state, fresh)
    )
    try:
        fits = found.keys() == wanted.keys()
        _ = [np.broadcast_shapes(found[name], wanted[name]) for name in wanted if fits]
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"state must be one of this rule with shapes {wanted}, got {found}")


def refuse_other_lengths(holder: Any, d: int) -> None:
    for path, value in walk(holder):
        if isinstance(value, PerCoordinate) and value.values.shape != (d,):
            what = f"{path[-1]} must have one value per coordinate, ({d},)"
            raise ValueError(f"{what}, got {value.values.shape}")


def advice(rule: Any, error: Exception, state: dict[str, Any], t: int) -> str:
    """What to write instead of what raised this error in `step`."""
    name = type(rule).__name__
    if isinstance(error, KeyError) and error.args and error.args[0] not in state:
        what = f"init of {name} must make every part of the state that step asks for"
        return f"{what}, got {sorted(state)}, without {error}"
    if "read-only" in str(error):
        advice = "step must not write into theta or state: write m = m + g, not m += g"
        return f"{advice} ({name}, {error})"
    return f"step of {name} failed at t = {t}: {error}"


def loss_at_the_start(J: Objective, theta: np.ndarray, t: int) -> Any:
    """The loss at the start; it must be one number, and the gradient one vector, per run."""
    loss = _read("J(theta)", lambda theta: J.watch(theta, t), theta)
    for name, of, right in (
        ("J(theta)", lambda _: loss, theta.shape[:-1]),
        ("J.grad(theta)", J.at(t).grad, theta.shape),
    ):
        value = _read(name, of, theta)
        if np.asarray(value).dtype.kind not in "biuf" or (right and not hasattr(value, "dtype")):
            raise check.refuse(name, value, "an array of numbers (np.stack([dx, dy], axis=-1))")
        if np.shape(value) != right:
            raise ValueError(f"{name} must have shape {right}, got {np.shape(value)}: {ADVICE}")
    return loss


def refuse_mixed(
    rule: Optimizer, J: Objective, theta: np.ndarray, t: int, most: int = 2**17
) -> None:
    """Refuse a rule or an objective whose result for one run depends on its neighbors.

    Parameters
    ----------
    rule : Optimizer
        With sweeps that broadcast against theta's batch.
    J : Objective
        Asked only where it says that it treats every run by itself (`J.separable`).
    theta : ndarray (*batch, d)
    t : int
    most : int
        Numbers in theta that J is asked for at the most.

    Raises
    ------
    ValueError
        The message says what to write.
    """
    few, pick = _few(theta)
    for part in _separable(J):
        now, several = part.at(t), theta[: max(2, most * len(theta) // theta.size)]
        _refuse_mixing("J(theta)", now, several, several.shape[:-1])
        _refuse_mixing("J.grad(theta)", now.grad, several, several.shape)
    small = with_sweeps(lambda sweep: _picked(sweep, theta.shape[:-1], pick), rule).at(t)
    _compare_steps(small, bowl(J, theta.shape[-1]), few, t)


def _few(theta: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Two runs along every batch axis (three where d = 2), all different; and which they are."""
    count = 3 if theta.shape[-1] == 2 else 2
    pick = np.ix_(*(np.arange(count) % n for n in theta.shape[:-1]))
    chosen = theta[pick]
    order = np.arange(chosen[..., 0].size).reshape(chosen.shape[:-1])[..., None]
    return chosen + (0.03 * order * np.maximum(np.abs(chosen), 0.1)).astype(theta.dtype), pick


def _picked(sweep: np.ndarray, batch: tuple[int, ...], pick: tuple[np.ndarray, ...]) -> Any:
    if sweep.shape[-1] != 1:  # values per coordinate
        return sweep
    return np.broadcast_to(sweep, (*batch, 1))[pick]


def _separable(J: Objective) -> Iterator[Objective]:
    """J, or those of its summands that treat every run by itself."""
    if J.separable:
        yield J
    else:
        for part in getattr(J, "parts", ()):
            yield from _separable(part)


def _moved(theta: np.ndarray, kept: tuple[int, ...], by: float) -> np.ndarray:
    """All runs elsewhere but one."""
    other = theta + (by * np.maximum(np.abs(theta), 0.1)).astype(theta.dtype)
    other[kept] = theta[kept]
    return other


def _refuse_mixing(what: str, of: Callable[[Any], Any], theta: np.ndarray, right: tuple) -> None:
    """Refuse a function whose result for one run changes when the others move."""
    count, axes = int(np.prod(theta.shape[:-1])), theta.ndim - 1
    with np.errstate(all="ignore"):
        before = _asked(what, of, theta, count)
        if np.shape(before) != right:
            got = f"must have shape {right}, got {np.shape(before)}"
            raise ValueError(f"{what} {got} for {count} runs at once: {ADVICE}")
        for kept, by in (((0,) * axes, 0.03), ((-1,) * axes, -0.03)):
            after = _asked(what, of, _moved(theta, kept, by), count)
            same = _close(before[kept], after[kept])
            if not same and _close(_asked(what, of, theta, count), before):  # else it is random
                raise ValueError(_message(what, count))


def _read(what: str, of: Callable[[Any], Any], theta: np.ndarray) -> Any:
    try:
        return of(theta)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise Wrote(
            f"{what} must not write into theta: write u = theta - m, not theta -= m"
        ) from error


def _asked(what: str, of: Callable[[Any], Any], theta: np.ndarray, count: int) -> Any:
    try:
        return np.asarray(_read(what, of, theta))
    except Wrote:
        raise
    except (IndexError, ValueError) as error:
        advice = f"{ADVICE}; an objective with numbers of its own for every run, separable=False"
        raise ValueError(f"{what} failed for {count} runs at once ({error}): {advice}") from error


def _message(what: str, count: int) -> str:
    return (
        f"{what} must treat every run of a batch by itself, got other numbers for {count} runs at"
        f" once than one by one: {ADVICE}"
    )


def _compare_steps(rule: Any, J: Objective, few: np.ndarray, t: int) -> None:
    """Two steps on a bowl that gives every run a gradient of its own, together and one by one."""
    name, places = f"step of {type(rule).__name__}", list(np.ndindex(few.shape[:-1]))
    count = len(places)
    with np.errstate(all="ignore"):
        try:
            singles = [_stepped(_alone(rule, few, k), J, few[k], t) for k in places]
        except Exception:
            return  # not a matter of the batch: the run itself says what is wrong
        try:
            together = _stepped(rule, J, few, t)
        except Exception as error:
            what = f"{name} failed for {count} runs at once ({error})"
            raise ValueError(f"{what}: {ADVICE} with keepdims=True") from error
    for place, alone in zip(places, singles, strict=True):
        for one, many in zip(alone, together, strict=True):
            mine = many[place] if many.ndim == one.ndim + few.ndim - 1 else many
            if mine.shape != one.shape or not _close(one, mine):
                raise ValueError(_message(name, count))


def _alone(rule: Any, few: np.ndarray, place: tuple[int, ...]) -> Any:
    return with_sweeps(lambda sweep: sweep[place] if sweep.ndim == few.ndim else sweep, rule)


def _stepped(rule: Any, J: Objective, theta: np.ndarray, t: int) -> list[np.ndarray]:
    """theta after two steps, and the arrays of its state."""
    state = rule.begin(J, theta)
    for step in (t, t + 1):
        theta, state = rule.step(J, theta, state, step)
    return [np.asarray(theta), *(np.asarray(leaf) for _, leaf in leaves(state))]


def bowl(J: Objective, d: int) -> Objective:
    """A quadratic of d coordinates in J's place, for theta of any batch."""
    return Bowl(J, 1 + np.arange(d) / d)


class Bowl(Through):
    """A quadratic with these curvatures in J's place."""

    def __init__(self, J: Objective, steep: np.ndarray) -> None:
        d = len(steep)
        super().__init__(
            J,
            value=lambda theta: (steep * np.square(theta)).sum(-1) / 2,
            grad=lambda theta: (steep * theta).astype(theta.dtype),
            hess=lambda theta: np.broadcast_to(np.diag(steep), (*theta.shape, d)).astype(
                theta.dtype
            ),
        )
        self.steep = steep

    def hvp(self, theta: Any, u: Any) -> Any:
        return (self.steep * u + 0 * theta).astype(theta.dtype)


def _close(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal but for rounding, of finite differences too, relative to the largest number."""
    slack = 1e-2 if np.float32 in (one.dtype, other.dtype) else 1e-5
    finite = np.abs(other[np.isfinite(other)])
    return np.allclose(one, other, slack, slack * finite.max(initial=1e-30), equal_nan=True)
