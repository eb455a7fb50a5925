"""Thousands of runs of Adam at once: a grid of (lr, beta1) on Rosenbrock, the whole path kept."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from primer import Adam, landscapes, run, sweep

from .rows import Part, Row
from .timing import fresh, interleaved, ratio, seconds

START = (-1.5, 2.0)
J = landscapes.rosenbrock()


@dataclasses.dataclass(frozen=True)
class Size:
    side: int = 100
    steps: int = 500
    repeats: int = 15
    processes: int = 7
    part: int = 5  # runs of the grid that a loop makes; its time is scaled up

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        return np.logspace(-4, 0, self.side), np.linspace(0, 0.99, self.side)

    def some(self) -> list[tuple[float, float]]:
        """Settings spread evenly over the grid."""
        lr, beta1 = (axis.ravel() for axis in np.meshgrid(*self.grid(), indexing="ij"))
        chosen = np.linspace(0, lr.size - 1, self.part).astype(int)
        return [(float(lr[i]), float(beta1[i])) for i in chosen]


def ours(size: Size, **recording: Any) -> Any:
    lr, beta1 = size.grid()
    return run(Adam(**sweep(lr=lr, beta1=beta1)), J, START, size.steps, **recording)


def our_loop(size: Size) -> None:
    for lr, beta1 in size.some():
        run(Adam(lr=lr, beta1=beta1), J, START, size.steps)


def torch_loop(size: Size) -> None:
    import torch

    for lr, beta1 in size.some():
        theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([theta], lr=lr, betas=(beta1, 0.999))
        for _ in range(size.steps):
            optimizer.zero_grad()
            x, y = theta
            ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
            optimizer.step()


def in_jax(size: Size, time: int = 2, path: bool = True) -> Callable[[], Any]:
    """jit of vmap of scan of optax.adam: theta and loss of all steps, or of the last one alone.

    `time` is the axis of the results that counts steps: 2 is what vmap does by itself, 0 is what
    `run` does and the fastest. Loss and gradient come from one value_and_grad.
    """
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    import optax

    def value(theta):
        return (1 - theta[0]) ** 2 + 100 * (theta[1] - theta[0] ** 2) ** 2

    def one(lr, beta1):
        rule = optax.adam(lr, b1=beta1)

        def step(carry, _):
            theta, state = carry
            loss, gradient = jax.value_and_grad(value)(theta)
            change, state = rule.update(gradient, state)
            kept = (theta, loss) if path else None
            return (optax.apply_updates(theta, change), state), kept

        theta = jax.numpy.array(START, "float64")
        start = theta, rule.init(theta)
        (theta, _), kept = jax.lax.scan(step, start, None, size.steps + path)
        return kept if path else (theta, value(theta))

    inner = jax.vmap(one, (None, 0), out_axes=int(time < 2))
    whole = jax.jit(jax.vmap(inner, (0, None), out_axes=int(time < 1)))
    jax.devices()  # starts the back end

    def call() -> Any:
        with jax.enable_x64(True):
            return jax.block_until_ready(whole(*size.grid()))

    return call


def agreement(size: Size, t: int = 100) -> float:
    """Share of the grid in which both are at the same place after t steps, to 1e-6.

    Later, runs with a large rate are chaotic: rounding decides where they are.
    """
    t = min(t, size.steps)
    mine, other = ours(size).theta[t], np.asarray(in_jax(size, time=0)()[0])[t]
    return float(np.isclose(mine, other, rtol=1e-6, atol=1e-9, equal_nan=True).all(-1).mean())


def first_call(what: str, size: Size) -> float:
    """Seconds of the first call in this process, imports done; for a process of its own."""
    call = in_jax(size) if what == "jax" else lambda: ours(size)
    return seconds(call)


def warm(size: Size) -> dict[str, Any]:
    paths = (in_jax(size), in_jax(size, time=0))
    mine, plain, best = interleaved(size.repeats, lambda: ours(size), *paths)
    end = in_jax(size, path=False)
    ends = interleaved(size.repeats, lambda: ours(size, keep=size.steps), end)
    return {
        "sweep-jax-warm": ratio(mine, plain) | {"agree": agreement(size)},
        "sweep-jax-best": ratio(mine, best),
        "sweep-jax-end": ratio(*ends),
    }


def cold(size: Size) -> dict[str, Any]:
    def child(what: str) -> float:
        code = "import json; from benchmarks.sweep import Size, first_call; "
        return fresh(f"{code}print(json.dumps(first_call({what!r}, {size!r})))")

    return {"sweep-jax-first": ratio(*interleaved(size.processes, "ours", "jax", clock=child))}


def loop(size: Size) -> dict[str, Any]:
    return {"sweep-loop": _scaled(size, our_loop)}


def loop_of_torch(size: Size) -> dict[str, Any]:
    return {"sweep-torch-loop": _scaled(size, torch_loop)}


def _scaled(size: Size, part: Callable[[Size], Any]) -> dict[str, Any]:
    mine, other = interleaved(min(size.repeats, 5), lambda: ours(size), lambda: part(size))
    return ratio(mine, other * size.side**2 / size.part) | {"part": size.part}


NAME = "10,000 runs of Adam, 500 steps"
QUICK = Size(side=4, steps=20, repeats=2, processes=1, part=2)
PARTS = (
    Part(
        "sweep", (Row("sweep-loop", NAME, "a loop of run"),),
        loop, Size(), QUICK,
    ),
    Part(
        "sweep-jax",
        (
            Row("sweep-jax-warm", NAME, "optax in JAX, warm", aim=">= 1.2"),
            Row("sweep-jax-best", NAME, "the same, laid out as ours"),
            Row("sweep-jax-end", f"{NAME}, only the end kept", "optax in JAX, warm"),
        ),
        warm, Size(), QUICK, ("jax", "optax"),
    ),
    Part(
        "sweep-first",
        (Row("sweep-jax-first", NAME, "optax in JAX, first call", aim=">= 2"),),
        cold, Size(), QUICK, ("jax", "optax"),
    ),
    Part(
        "sweep-torch", (Row("sweep-torch-loop", NAME, "a loop of torch.optim.Adam"),),
        loop_of_torch, Size(), QUICK, ("torch",),
    ),
)  # fmt: skip
