"""`run`: the loop around a rule. Batches, blocks, threads, resuming and divergence live here."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
from typing import Any

import numpy as np

from . import check
from .guard import refuse_mixed
from .hyper import PerCoordinate
from .loop import Run, march
from .objective import Objective
from .optimizer import Optimizer
from .tree import leaves, mapped, replaced

#: A block of runs should fit the cache: theta, its gradient and a few states of this many numbers.
BLOCK = 2**17
#: Runs longer than this many steps show a progress bar.
LONG = 20_000


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
        What is minimised; mini-batches (`J.batches`) and moving objectives are asked per step.
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
        Keep every keep-th step (and always the first and last), for long or heavy runs.
    executor : concurrent.futures.Executor, optional
        Splits the batch over its workers. Without one, a large batch is cut into blocks that fit
        the cache and spread over threads. The numbers are the same in every case.
    progress : bool, optional
        Show a progress bar; by default only above 20,000 steps.

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
    _refuse_wrong(rule, J, state, executor)
    steps, t0 = check.count("steps", steps, 0), check.count("t0", t0, 0)
    keep = check.count("keep", keep)
    if seed is not None:
        J = J.with_seed(check.count("seed", seed, 0))
    if theta0 is None:
        raise check.refuse("theta0", theta0, "a start of shape (*batch, d), such as J.start")
    theta = check.points("theta0", theta0, J.dim, finite=state is None)
    theta = _spread(theta, rule)
    rule = _cast(rule, theta)
    if theta.ndim > 1:
        refuse_mixed(rule, J, theta, t0)
    if state is not None:
        _refuse_strange(state, rule.at(t0).init(theta))
    pieces = _pieces(theta, J, 1 if executor is None else os.cpu_count() or 1, executor is not None)
    shown = progress if progress is not None else steps > LONG
    with _bar(steps * len(pieces), shown) as tick:
        jobs = [
            (_part(rule, p, theta), J, theta[p], _state_part(state, p, theta), t0, steps, keep)
            for p in pieces
        ]
        return _joined(_spread_work(jobs, executor, tick))


def _refuse_wrong(rule: Any, J: Any, state: Any, executor: Any) -> None:
    if not isinstance(rule, Optimizer):
        raise check.refuse("rule", rule, "an Optimizer instance such as Adam(lr=0.1)")
    if not isinstance(J, Objective):
        raise check.refuse("J", J, "an Objective; Objective(f) makes one from a function")
    if state is not None and not isinstance(state, dict):
        raise check.refuse("state", state, "None or the state of an earlier run")
    if not isinstance(executor, (concurrent.futures.Executor, type(None))):
        raise check.refuse("executor", executor, "None or a concurrent.futures.Executor")


def _sweeps(holder: Any) -> list[np.ndarray]:
    """The swept arrays in a rule, and in the rules and schedules it holds, however deep."""
    found = []
    for value in holder.fields().values():
        if isinstance(value, np.ndarray):
            found.append(value)
        elif hasattr(value, "fields"):
            found += _sweeps(value)
    return found


def _refuse_strange(state: dict[str, Any], fresh: dict[str, Any]) -> None:
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


def _spread(theta: np.ndarray, rule: Optimizer) -> np.ndarray:
    """theta0 repeated over the batch that it and the sweeps span."""
    _refuse_other_lengths(rule, theta.shape[-1])
    shapes = [(*theta.shape[:-1], 1), *(s.shape for s in _sweeps(rule))]
    try:
        batch = np.broadcast_shapes(*shapes)[:-1]
    except ValueError as error:
        raise ValueError(f"theta0 and the sweeps must broadcast, got shapes {shapes}") from error
    return np.broadcast_to(theta, (*batch, theta.shape[-1])).copy()


def _refuse_other_lengths(holder: Any, d: int) -> None:
    for name, value in holder.fields().items():
        if isinstance(value, PerCoordinate) and value.values.shape != (d,):
            shape = value.values.shape
            raise ValueError(f"{name} must have one value per coordinate, ({d},), got {shape}")
        if hasattr(value, "fields"):
            _refuse_other_lengths(value, d)


def _cast(rule: Optimizer, theta: np.ndarray) -> Optimizer:
    """Sweeps in theta's dtype, and repeated values stored once (a stride of 0 becomes length 1)."""

    def change(a: np.ndarray) -> np.ndarray:
        once = a[tuple(slice(0, 1) if s == 0 else slice(None) for s in a.strides)]
        return once.astype(theta.dtype)

    return replaced(change, rule)


def _pieces(theta: np.ndarray, J: Objective, workers: int, forced: bool) -> list[Any]:
    """Slices of the first batch axis."""
    if theta.ndim < 2 or not J.separable or len(theta) < 2:
        return [...]
    blocks = max(1, theta.size // BLOCK)
    blocks = min(len(theta), max(blocks, workers) if forced else blocks)
    edges = np.linspace(0, len(theta), blocks + 1).astype(int)
    return [slice(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True)]


def _part(rule: Optimizer, piece: Any, theta: np.ndarray) -> Optimizer:
    def change(a: np.ndarray) -> np.ndarray:
        return a[piece] if a.ndim == theta.ndim and len(a) > 1 else a

    return rule if piece is ... else replaced(change, rule)


def _state_part(state: Any, piece: Any, theta: np.ndarray) -> Any:
    def change(a: Any) -> Any:
        return a[piece] if np.ndim(a) == theta.ndim else a

    return state if piece is ... else mapped(change, state)


def _spread_work(jobs: list[Any], executor: Any, tick: Any) -> list[Run]:
    if executor is not None:
        return list(executor.map(march, *zip(*jobs, strict=True)))
    ticks = () if tick is None else (tick,)
    if len(jobs) == 1:
        return [march(*jobs[0], *ticks)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(lambda job: march(*job, *ticks), jobs))


def _joined(parts: list[Run]) -> Run:
    if len(parts) == 1:
        return parts[0]
    first = parts[0]

    def join(*values: Any) -> Any:
        ndim = first.theta.ndim - 1
        return np.concatenate(values) if np.ndim(values[0]) == ndim else values[0]

    return Run(
        np.concatenate([p.theta for p in parts], 1),
        np.concatenate([p.loss for p in parts], 1),
        mapped(join, *(p.state for p in parts)),
        first.t,
        first.steps,
        np.concatenate([p.diverged_at for p in parts]),
    )


@contextlib.contextmanager
def _bar(total: int, shown: bool) -> Any:
    if not shown:
        yield None
        return
    from tqdm.auto import tqdm

    with tqdm(total=total, unit="step", leave=False) as bar:
        yield bar.update
