"""`run`: a rule applied to an objective, step by step, for one run or a batch of them.

First the loop, then what surrounds it. How a batch is cut and spread: `primer.spread`.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from . import ahead, check, guard, layout, spread
from .fields import mapped, sweeps, walk, with_sweeps
from .hyper import OfStep
from .objective import Objective
from .optimizer import Optimizer
from .waiting import bar as _bar

#: A block of runs should fit the cache: theta, its gradient and a few states of this many numbers.
BLOCK = 2**17


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
    """What `run` returns; index 0 of `theta` and `loss` is the start.

    Attributes
    ----------
    theta : ndarray (kept, *batch, d)
        With ``keep=1``, kept = steps + 1.
    loss : ndarray (kept, *batch)
        Of mini-batches: over all examples, at most once per epoch; a row between repeats the one
        before it (see `Batches`, where ``watch=`` asks for every row).
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
    tick: Callable[[], Any] | None = None,
    room: tuple[np.ndarray, np.ndarray] | None = None,
    step: Callable[..., Any] | None = None,
) -> Run:
    """The loop of `run` for one block of runs; arguments as there.

    `tick` is called at every step; `room` is where theta and loss of the kept steps go; `step`
    stands for `checked_step`, to watch what a rule does.
    """
    advance = checked_step if step is None else step
    theta = layout.coordinate_first(theta)
    now, moves = rule.at(t0), _moves(rule)
    state = first_state(now, J.at(t0), theta) if state is None else state
    theta, state = _sealed(theta, theta.dtype), _sealed(state, theta.dtype)
    kept = kept_steps(steps, keep)
    thetas, losses = layout.room(len(kept), theta) if room is None else room
    rows = {step: row for row, step in enumerate(kept)}
    with np.errstate(all="ignore"), ahead.tables():
        losses[0] = guard.loss_at_the_start(J, theta, t0)
        seen = 0
        for k in range(steps + 1):
            if k in rows:
                row = rows[k]
                thetas[row] = theta
                if k == steps > 0 or k - seen >= J.watch_every:
                    losses[row], seen = J.watch(theta, t0 + k), k
                elif k:
                    losses[row] = losses[row - 1]
            if k < steps:
                now = rule.at(t0 + k) if moves else now
                theta, state = advance(now, J.at(t0 + k), theta, state, t0 + k)
                if tick is not None:
                    tick()
        when = np.array(kept) + t0
        lost = layout.first_lost(thetas, losses, when)
    return Run(thetas, losses, mapped(_own, state), t0 + steps, when, lost)


def kept_steps(steps: int, keep: int) -> list[int]:
    """Every keep-th step, the first and the last."""
    return sorted({*range(0, steps + 1, keep), steps})


def first_state(rule: Any, J: Objective, theta: np.ndarray) -> dict[str, Any]:
    """What `init` makes of an array that cannot be written to, with every field resolved."""
    state = rule.begin(J, _sealed(theta, theta.dtype))
    if not isinstance(state, dict):
        what = f"init of {type(rule).__name__} must return a dict of arrays"
        raise ValueError(f"{what}, got {type(state).__name__}")
    return state


def checked_step(rule: Any, J: Any, theta: Any, state: Any, t: int) -> tuple[Any, Any]:
    """One step; what it returns is checked, typed, and can no more be written to."""
    try:
        new = rule.step(J, theta, state, t)
    except (IndexError, KeyError, ValueError) as error:
        raise ValueError(guard.advice(rule, error, state, t)) from error
    check.stepped(f"step of {type(rule).__name__}", new, "theta", theta, state)
    return _sealed(new[0], theta.dtype), _sealed(new[1], theta.dtype)


def _sealed(value: Any, dtype: np.dtype) -> Any:
    """Views that cannot be written to, floats in theta's dtype.

    NumPy's float64 scalars would turn a float32 run into float64.
    """
    if isinstance(value, dict):
        return {name: _sealed(part, dtype) for name, part in value.items()}
    if isinstance(value, np.ndarray):
        if value.dtype != dtype and value.dtype.kind == "f":
            value = value.astype(dtype)
        value = value.view()
        value.flags.writeable = False
    return value


def _own(value: Any) -> Any:
    """A copy that may be written to, in place of a view that may not."""
    return value.copy(order="K") if isinstance(value, np.ndarray) else value


def _moves(rule: Optimizer) -> bool:
    """Whether the rule differs from step to step."""
    return any(
        isinstance(value, OfStep) or type(value).at is not Optimizer.at
        for _, value in [((), rule), *walk(rule)]
        if isinstance(value, (OfStep, Optimizer))
    )


def run(
    rule: Optimizer,
    J: Objective,
    theta0: Any,
    steps: int,
    *,
    state: dict[str, Any] | None = None,
    t0: int = 0,
    seed: int | None = None,
    keep: int = 1,
    executor: concurrent.futures.Executor | None = None,
    progress: bool | None = None,
) -> Run:
    """Apply a rule to an objective: theta_{t+1}, state = rule.step(J, theta_t, state, t).

    Parameters
    ----------
    rule : Optimizer
        Its swept fields, of shape (*batch, 1), span the batch together with theta0.
    J : Objective
        What is minimized; mini-batches (`J.batches`) and moving objectives are asked per step.
    theta0 : array_like of float (*batch, d)
        The start. float32 stays float32. It must be finite, unless a batch is resumed (`state`),
        some of whose runs may have diverged.
    steps : int
        Number of steps, >= 0.
    state, t0 : optional
        `Run.state` and `Run.t` of an earlier run: resuming equals the uninterrupted run exactly.
    seed : int, optional
        Redraws the randomness of a stochastic J; a deterministic one has none to redraw.
    keep : int
        Keep every keep-th step, and always the first and the last. The path of theta takes
        kept * runs * d numbers of memory, and a row costs an evaluation of J; ``keep=steps`` keeps
        the start and the end alone.
    executor : concurrent.futures.Executor, optional
        Computes the pieces of the batch: a process pool, loky's, Dask's ``client.get_executor()``,
        MPI's. There are as many pieces as it has workers, or a multiple. What a worker loses by
        dying is computed here, with a RuntimeWarning. Without an executor, a large batch is cut
        into blocks that fit the cache and spread over threads. The numbers are the same in every
        case.
    progress : bool, optional
        Show a progress bar; by default once a cell, or a call from a terminal, has taken a second.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If an argument is not what is described here; the message names it.

    Examples
    --------
    >>> from primer import SGD, run, sweep
    >>> from primer.landscapes import quadratic
    >>> result = run(SGD(lr=0.5), quadratic([1.0, 1.0]), [4.0, 2.0], steps=2)
    >>> result.theta.tolist()
    [[4.0, 2.0], [2.0, 1.0], [1.0, 0.5]]
    >>> many = run(SGD(**sweep(lr=[0.1, 0.5, 3.0])), quadratic([1.0]), [1.0], steps=2000)
    >>> many.loss.shape, many.diverged.tolist()
    ((2001, 3), [False, False, True])
    """
    guard.refuse_wrong(rule, J, state, executor)
    steps, t0 = check.count("steps", steps, 0), check.count("t0", t0, 0)
    keep = check.count("keep", keep)
    if seed is not None:
        J = J.with_seed(check.count("seed", seed, 0))
    if theta0 is None:
        raise check.refuse("theta0", theta0, "a start of shape (*batch, d), such as J.start")
    theta = check.points("theta0", theta0, J.dim, finite=state is None)
    theta = _sealed(_spread(theta, rule), theta.dtype)
    rule = _cast(rule, theta)
    if theta.ndim > 1:
        guard.refuse_mixed(rule, J, theta, t0, BLOCK)
    if state is not None:
        guard.refuse_strange(state, first_state(rule.at(t0), J.at(t0), theta))
    cut = spread.cut(rule, J, theta, t0, BLOCK, executor)
    pieces = spread.pieces(cut, rule, J, theta, state)
    room = layout.room(len(kept_steps(steps, keep)), theta)
    with _bar(steps * len(pieces), progress) as tick:
        jobs = [(*piece, t0, steps, keep, tick) for piece in pieces]
        return spread.joined(spread.work(march, jobs, cut, room, executor), cut, room)


def _spread(theta: np.ndarray, rule: Optimizer) -> np.ndarray:
    """theta0 repeated over the batch that it and the sweeps span."""
    guard.refuse_other_lengths(rule, theta.shape[-1])
    shapes = [(*theta.shape[:-1], 1), *(s.shape for s in sweeps(rule))]
    try:
        batch = np.broadcast_shapes(*shapes)[:-1]
    except ValueError as error:
        raise ValueError(f"theta0 and the sweeps must broadcast, got shapes {shapes}") from error
    return np.broadcast_to(theta, (*batch, theta.shape[-1])).copy()


def _cast(rule: Optimizer, theta: np.ndarray) -> Optimizer:
    """Sweeps in theta's dtype, and repeated values stored once (a stride of 0 becomes length 1)."""

    def change(a: np.ndarray) -> np.ndarray:
        once = a[tuple(slice(0, 1) if s == 0 else slice(None) for s in a.strides)]
        once = once.astype(theta.dtype)
        once.flags.writeable = False
        return once

    return with_sweeps(change, rule)
