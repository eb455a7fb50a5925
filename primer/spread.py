"""How a batch of runs is cut into pieces, spread over threads or an executor, and put together."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
import pickle
import traceback
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import numpy as np

from . import guard
from .fields import mapped, of_runs, with_sweeps
from .objective import Objective
from .optimizer import Optimizer

#: Space for the theta and the loss of the kept steps.
Room = tuple[np.ndarray, np.ndarray]
#: More threads of Python than these wait for each other; more processes do not.
THREADS = 4


@dataclasses.dataclass(frozen=True)
class Cut:
    """Where a batch is cut.

    Attributes
    ----------
    axis : int
        The axis of theta (*batch, d) that is cut, counted from the end.
    picks : list of slice
        The runs of every piece along that axis.
    runs : dict
        For every part of the rule's state how many axes it has and which of them is the one cut;
        None where it has none of the kind.
    """

    axis: int
    picks: list[slice]
    runs: dict[str, Any]

    def __len__(self) -> int:
        return len(self.picks)


def cut(
    rule: Optimizer, J: Objective, theta: np.ndarray, t0: int, block: int, executor: Any
) -> Cut:
    """Pieces of about `block` numbers, and as many as keep all workers of an executor busy."""
    at_once = 1 if executor is None else workers(executor)
    count = -(-max(1, theta.size // block) // at_once) * at_once
    axis = _axis(theta, J, count) if count > 1 else None
    if axis is None:
        return Cut(-1, [slice(None)], {})
    length = theta.shape[axis]
    edges = np.linspace(0, length, min(length, count) + 1).astype(int).tolist()
    picks = [slice(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    return Cut(axis, picks, _runs_in_state(rule, J, theta, axis, t0))


def workers(executor: Any) -> int:
    """How many pieces an executor works on at a time, as far as it tells."""
    told = getattr(executor, "_max_workers", 0)  # the standard library, loky, mpi4py
    threads = getattr(getattr(executor, "_client", None), "nthreads", None)  # Dask
    if threads is not None:
        try:
            told = sum(threads().values())
        except Exception:
            told = 0  # out of reach: so are its workers, as will be found out
    return told or os.cpu_count() or 1


def _axis(theta: np.ndarray, J: Objective, count: int) -> int | None:
    """The first axis that gives so many pieces, else the longest; None where none can be cut."""
    first = slice(0, 1)
    axes = [
        axis
        for axis in range(-theta.ndim, -1)
        if theta.shape[axis] > 1 and J.of_runs(axis, first) is not None
    ]
    enough = [axis for axis in axes if theta.shape[axis] >= count]
    return enough[0] if enough else max(axes, key=lambda axis: theta.shape[axis], default=None)


def _runs_in_state(
    rule: Optimizer, J: Objective, theta: np.ndarray, axis: int, t0: int
) -> dict[str, Any]:
    """`Cut.runs`, found by giving the rule one run and then two."""

    def counts(one: tuple[int, ...], two: tuple[int, ...]) -> tuple[int, int] | None:
        grown = [k for k in range(min(len(one), len(two))) if one[k] != two[k]]
        return (len(two), grown[0]) if grown else None

    return mapped(counts, *(_shapes_of_state(rule, J, theta, axis, n, t0) for n in (1, 2)))


def _shapes_of_state(
    rule: Optimizer, J: Objective, theta: np.ndarray, axis: int, count: int, t0: int
) -> dict[str, Any]:
    """The state's shapes after some steps of so many runs along an axis, one along the others."""
    for other in range(-theta.ndim, -1):
        pick = slice(0, count if other == axis else 1)
        rule, theta = _of_rule(rule, other, pick), of_runs(theta, other, pick)
    theta, bowl = theta.copy(), guard.bowl(J, theta.shape[-1])
    state = rule.at(t0).begin(bowl, theta)
    try:
        with np.errstate(all="ignore"):
            for t in range(t0, t0 + 3):
                theta, state = rule.at(t).step(bowl, theta, state, t)
    except Exception:
        pass  # the run itself says what is wrong
    return mapped(np.shape, state)


def pieces(where: Cut, rule: Optimizer, J: Objective, theta: np.ndarray, state: Any) -> list[tuple]:
    """Rule, objective, theta and state of the runs in every piece."""
    if len(where) == 1:
        return [(rule, J, theta, state)]
    axis, length = where.axis, theta.shape[where.axis]

    def piece(pick: slice) -> tuple:
        def of_state(leaf: Any, runs: Any) -> Any:
            if not _counts_runs(leaf, runs, length):
                return leaf
            return of_runs(leaf, runs[1] - runs[0], pick)

        few = np.ascontiguousarray(of_runs(theta, axis, pick))
        part = state and mapped(of_state, state, where.runs)
        return _of_rule(rule, axis, pick), J.of_runs(axis, pick), few, part

    return [piece(pick) for pick in where.picks]


def _of_rule(rule: Optimizer, axis: int, pick: slice) -> Optimizer:
    return with_sweeps(lambda sweep: of_runs(sweep, axis, pick), rule)


def _counts_runs(leaf: Any, runs: tuple[int, int] | None, length: int) -> bool:
    """Whether a part of the state has so many runs where `Cut.runs` expects them."""
    return runs is not None and np.ndim(leaf) == runs[0] and np.shape(leaf)[runs[1]] == length


def joined(parts: list[Any], where: Cut, room: Room) -> Any:
    """One `Run` of those of the pieces, whose paths and losses are in `room`."""
    if len(parts) == 1:
        return parts[0]
    first, lengths = parts[0], [pick.stop - pick.start for pick in where.picks]

    def join(runs: Any, *leaves: Any) -> Any:
        fits = all(_counts_runs(leaf, runs, n) for leaf, n in zip(leaves, lengths, strict=True))
        return np.concatenate(leaves, runs[1]) if fits else leaves[0]

    state = mapped(join, where.runs, *(part.state for part in parts))
    lost = np.concatenate([part.diverged_at for part in parts], where.axis + 1)
    return dataclasses.replace(first, theta=room[0], loss=room[1], state=state, diverged_at=lost)


def work(
    march: Callable[..., Any], jobs: list[tuple], where: Cut, room: Room, executor: Any
) -> list[Any]:
    """march(*job) for every job, in order; what an executor loses is computed here.

    The path and the losses of every piece go to its part of `room`. The last part of a job is None
    or a function of a number of steps to call when they are done.

    Raises
    ------
    Exception
        What `march` raises, as it raises it, wherever it runs.
    """
    rooms = _rooms(where, room)
    if executor is None:
        return _here(march, jobs, rooms)
    done, trouble = _there(march, jobs, rooms, executor)
    lost = [k for k in range(len(jobs)) if k not in done]
    if lost:
        first, _, _ = str(trouble).partition("\n")
        what = f"{type(executor).__name__} failed ({type(trouble).__name__}: {first})"
        here = f"{len(lost)} of {len(jobs)} pieces are computed in this process"
        warnings.warn(f"{what}: {here}", RuntimeWarning, stacklevel=3)
        again = _here(march, [jobs[k] for k in lost], [rooms[k] for k in lost])
        done.update(zip(lost, again, strict=True))
    return [done[k] for k in range(len(jobs))]


def _rooms(where: Cut, room: Room) -> list[Room]:
    """Every piece's part of the space for paths and losses."""
    if len(where) == 1:
        return [room]
    theta, loss = room
    axis = where.axis
    return [(of_runs(theta, axis, pick), of_runs(loss, axis + 1, pick)) for pick in where.picks]


def _here(march: Callable[..., Any], jobs: list[tuple], rooms: list[Room]) -> list[Any]:
    if len(jobs) == 1:
        return [march(*jobs[0], rooms[0])]
    with concurrent.futures.ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as threads:
        return list(threads.map(lambda job, room: march(*job, room), jobs, rooms))


def _there(
    march: Callable[..., Any], jobs: list[tuple], rooms: list[Room], executor: Any
) -> tuple[dict[int, Any], BaseException | None]:
    """What an executor makes of the jobs, by their numbers, and the first of its failures."""
    done, trouble = {}, None
    tasks = [_packed(march, (*job[:-1], None), executor) for job in jobs]
    futures = dict(enumerate(_submitted(executor, tasks)))
    try:
        for k in range(len(jobs)):
            try:
                result, error = futures[k].result()
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as failure:  # asyncio's CancelledError is no Exception
                trouble = trouble or failure
                continue
            if error is not None:
                raise pickle.loads(error) if isinstance(error, bytes) else error
            done[k] = _moved(result, rooms[k])
            del futures[k], result
            *_, steps, _, tick = jobs[k]
            if tick is not None:
                tick(steps)
    finally:
        for future in futures.values():
            future.cancel()
    return done, trouble


def _moved(part: Any, room: Room) -> Any:
    """A `Run` with its path and losses where they belong, so that its own arrays can go."""
    for place, value in zip(room, (part.theta, part.loss), strict=True):
        place[...] = value
    return dataclasses.replace(part, theta=room[0], loss=room[1])


def _packed(march: Callable[..., Any], job: tuple, executor: Any) -> Any:
    """What `_call` takes: bytes, which hold functions too, where the worker may be elsewhere."""
    if isinstance(executor, concurrent.futures.ThreadPoolExecutor):
        return march, job
    import cloudpickle

    try:
        return cloudpickle.dumps((march, job))
    except Exception:
        return march, job  # threads can do with it; another executor will say what is wrong


def _call(task: Any) -> tuple[Any, Any]:
    """In a worker: what comes of a task, and the error that it raises, as bytes if it came so."""
    march, job = pickle.loads(task) if isinstance(task, bytes) else task
    try:
        return march(*job), None
    except MemoryError:  # a matter of this worker: the caller may have more
        raise
    except Exception as error:
        return None, _portable(error) if isinstance(task, bytes) else error


def _portable(error: Exception) -> bytes:
    """An error as bytes, with its traceback as a note; one that bytes do not keep is raised."""
    import cloudpickle

    text = str(error)
    error.add_note("In a worker of the executor:\n" + traceback.format_exc())
    packed = cloudpickle.dumps(error)
    if str(pickle.loads(packed)) != text:
        raise error
    return packed


def _submitted(executor: Executor, tasks: list[Any]) -> list[Future]:
    """A future for every task, also where submitting fails or the executor can only map."""
    if type(executor).submit is Executor.submit:
        results = (result for result in executor.map(_call, tasks))
        return [_settled(next, results) for _ in tasks]
    futures = [_settled(executor.submit, _call, task) for task in tasks]
    return [future if future.exception() else future.result() for future in futures]


def _settled(function: Callable[..., Any], *args: Any) -> Future:
    """A future that holds already what function(*args) returns or raises."""
    future: Future = Future()
    try:
        future.set_result(function(*args))
    except Exception as error:
        future.set_exception(error)
    return future
