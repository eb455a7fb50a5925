"""128 multilayer perceptrons on digits, trained as one batch, 20 epochs of Adam."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from primer import Adam, data, models, run

from .rows import Part, Row
from .timing import interleaved, ratio, seconds, spread

X, Y = data.digits()[:2]
BATCH, HIDDEN, LR = 64, 32, 1e-3


@dataclasses.dataclass(frozen=True)
class Size:
    seeds: int = 128
    epochs: int = 20
    repeats: int = 4
    part: int = 4  # networks that a loop trains; its time is scaled up

    @property
    def steps(self) -> int:
        return self.epochs * len(X) // BATCH


@functools.cache
def model(dtype: str) -> Any:
    return models.mlp(X.astype(dtype), Y, hidden=(HIDDEN,))


def ours(size: Size, dtype: str, **recording: Any) -> Any:
    """A run with what is recorded by default, or as `recording` says."""
    J, seeds = model(dtype), np.arange(size.seeds)
    start = J.initial(seeds).astype(dtype)
    return run(Adam(lr=LR), J.batches(BATCH, seed=seeds), start, size.steps, **recording)


def examples(size: Size, seeds: int) -> np.ndarray:
    """Which examples every step of every network uses, (steps, seeds, BATCH): those of `run`."""
    batches = model("float64").batches(BATCH, seed=np.arange(seeds))
    return np.stack([batches.indices(t) for t in range(size.steps)])


def at_its_best(make: Callable[..., Any], size: Size, dtype: str) -> tuple[Callable[[], Any], int]:
    """What `make` makes, with one thread of torch or one per core, and how many.

    One epoch tells which is faster: for small arrays more threads can cost more than they gain.
    """
    import torch

    train, trial = make(size, dtype), make(dataclasses.replace(size, epochs=1), dtype)

    def with_threads(count: int, function: Callable[[], Any]) -> float:
        torch.set_num_threads(count)
        return seconds(function)

    with_threads(1, trial)
    counts = [1, os.cpu_count() or 1]
    best = min(counts, key=lambda count: with_threads(count, trial))
    return lambda: with_threads(best, train), best


def torch_loop(size: Size, dtype: str) -> Callable[[], Any]:
    """Network after network in torch.nn; mini-batches are cut beforehand."""
    import torch

    J = model(dtype)
    batches = [
        [(torch.tensor(J.X[pick]), torch.tensor(J.y[pick])) for pick in picks]
        for picks in examples(size, size.part).swapaxes(0, 1)
    ]

    def train() -> Any:
        for seed in range(size.part):
            layers = torch.nn.Linear(X.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, 10)
            network = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1])
            network.to(getattr(torch, dtype))
            optimizer = torch.optim.Adam(network.parameters(), lr=LR)
            for inputs, labels in batches[seed]:
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(network(inputs), labels).backward()
                optimizer.step()

    return train


def torch_func(size: Size, dtype: str) -> Callable[[], Any]:
    """All networks at once: vmap of grad, and one torch.optim.Adam over the stacked parameters.

    The examples of each step are drawn beforehand and gathered on the way, as ours are.
    """
    import torch

    J = model(dtype)
    inputs, labels = torch.tensor(J.X), torch.tensor(J.y)
    picks = torch.tensor(examples(size, size.seeds))

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        w1, b1, w2, b2 = parameters
        scores = torch.tanh(x @ w1 + b1) @ w2 + b2
        return torch.nn.functional.cross_entropy(scores, y)

    gradients = torch.func.vmap(torch.func.grad(loss))

    def train() -> Any:
        start = J.layout.parts(J.initial(np.arange(size.seeds)).astype(dtype))
        stacked = tuple(torch.tensor(part) for part in start)
        optimizer = torch.optim.Adam(stacked, lr=LR, foreach=True)
        for pick in picks:
            for theta, g in zip(
                stacked, gradients(stacked, inputs[pick], labels[pick]), strict=True
            ):
                theta.grad = g
            optimizer.step()
        return stacked

    return train


def against_torch(size: Size) -> dict[str, Any]:
    found = {}
    for dtype in ("float32", "float64"):
        loop, loop_threads = at_its_best(torch_loop, size, dtype)
        stacked, stacked_threads = at_its_best(torch_func, size, dtype)
        mine, one_by_one, at_once = interleaved(
            size.repeats,
            lambda dtype=dtype: ours(size, dtype, keep=size.steps),
            loop,
            stacked,
        )
        scaled = ratio(mine, one_by_one * size.seeds / size.part)
        more = {"part": size.part, "threads": loop_threads}
        found[f"networks-loop-{dtype}"] = scaled | more
        found[f"networks-func-{dtype}"] = ratio(mine, at_once) | {"threads": stacked_threads}
    return found


def recording(size: Size) -> dict[str, Any]:
    """What curves cost: time beyond that of the training alone, as a share of it."""
    epoch = -(-len(X) // BATCH)
    ways = {"every step": {}, "every epoch": {"keep": epoch}}
    bare, *watched = interleaved(
        min(size.repeats, 3),
        lambda: ours(size, "float32", keep=size.steps),
        *(lambda way=way: ours(size, "float32", **way) for way in ways.values()),
    )
    found = {}
    for (name, way), times in zip(ways.items(), watched, strict=True):
        key = f"networks-recording-{name.split()[1]}"
        both = {"ours": float(np.median(times)), "theirs": float(np.median(bare))}
        megabytes = ours(size, "float32", **way).theta.nbytes / 1e6
        found[key] = spread(times / bare - 1) | both | {"megabytes": megabytes}
    return found


NAME = "128 networks on digits, 20 epochs"
QUICK = Size(seeds=3, epochs=1, repeats=2, part=2)
PARTS = (
    Part(
        "networks",
        (
            Row("networks-loop-float32", f"{NAME}, float32", "a loop of torch.nn", aim=">= 20"),
            Row("networks-loop-float64", f"{NAME}, float64", "a loop of torch.nn", aim=">= 8"),
            Row("networks-func-float32", f"{NAME}, float32", "torch.func", aim=">= 1.5"),
            Row("networks-func-float64", f"{NAME}, float64", "torch.func", aim=">= 1.5"),
        ),
        against_torch, Size(), QUICK, ("torch",),
    ),
    Part(
        "recording",
        (
            Row("networks-recording-step", f"{NAME}, every step recorded",
                "the training alone", "share", "<= 0.5"),
            Row("networks-recording-epoch", f"{NAME}, every epoch recorded",
                "the training alone", "share", "<= 0.5"),
        ),
        recording, Size(), QUICK,
    ),
)  # fmt: skip
