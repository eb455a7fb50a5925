"""How a batch of runs is cut into pieces, spread over threads or an executor, and put together."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from .fields import mapped, with_sweeps
from .objective import Objective
from .optimizer import Optimizer


def pieces(theta: np.ndarray, J: Objective, block: int, executor: Any) -> list[Any]:
    """Slices of the first batch axis."""
    if theta.ndim < 2 or not J.separable or len(theta) < 2:
        return [...]
    workers = 1 if executor is None else os.cpu_count() or 1
    blocks = max(1, theta.size // block, workers)
    edges = np.linspace(0, len(theta), min(len(theta), blocks) + 1).astype(int)
    return [slice(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True)]


def part(piece: Any, rule: Optimizer, J: Objective, theta: np.ndarray, state: Any) -> tuple:
    """Rule, objective, theta and state of the runs in one piece."""

    def of_rule(a: np.ndarray) -> np.ndarray:
        return a[piece] if a.ndim == theta.ndim and len(a) > 1 else a

    def of_state(a: Any) -> Any:
        return a[piece] if _has_runs(a, theta) else a

    if piece is ...:
        return rule, J, theta, state
    return with_sweeps(of_rule, rule), J, theta[piece], state and mapped(of_state, state)


def _has_runs(leaf: Any, theta: np.ndarray) -> bool:
    """Whether a leaf of the state, a vector or a matrix per run, begins with theta's batch axes."""
    return np.ndim(leaf) >= theta.ndim and len(leaf) == len(theta)


def work(march: Callable[..., Any], jobs: list[tuple], executor: Any) -> list[Any]:
    """march(*job) for every job, in order."""
    if executor is not None:
        return list(executor.map(march, *zip(*(job[:-1] for job in jobs), strict=True)))
    if len(jobs) == 1:
        return [march(*jobs[0])]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(lambda job: march(*job), jobs))


def joined(parts: list[Any]) -> Any:
    """One `Run` of those of the pieces."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]

    def join(*values: Any) -> Any:
        return np.concatenate(values) if _has_runs(values[0], first.theta[0]) else values[0]

    return dataclasses.replace(
        first,
        theta=np.concatenate([p.theta for p in parts], 1),
        loss=np.concatenate([p.loss for p in parts], 1),
        state=mapped(join, *(p.state for p in parts)),
        diverged_at=np.concatenate([p.diverged_at for p in parts]),
    )
