"""One run of every rule for vectors that torch.optim has, on Rosenbrock."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from primer import MatrixRule, landscapes, registry, run

from .rows import Part, Row
from .timing import interleaved, ratio, spread

START = (-1.5, 2.0)
#: A rate at which no rule diverges.
LR = 1e-4
J = landscapes.rosenbrock()


@dataclasses.dataclass(frozen=True)
class Size:
    steps: int = 1000
    repeats: int = 7
    rules: int | None = None  # the first so many; None for all


def names() -> list[str]:
    known = {n: e for n, e in registry.rules.items() if e.kind == "rule" and e.torch}
    return [n for n, e in known.items() if not issubclass(e.make, MatrixRule)]


def in_torch(rule: Any, steps: int) -> Any:
    """As many steps of the torch.optim class that the registry names for this rule."""
    import torch

    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    call = registry.rules[type(rule).__name__].torch
    optimizer = eval(call, {"params": [theta], **vars(torch.optim), **rule.fields()})
    for _ in range(steps):
        optimizer.zero_grad()
        x, y = theta
        ((1 - x) ** 2 + 100 * (y - x**2) ** 2).backward()
        optimizer.step()
    return theta


def measure(size: Size) -> dict[str, Any]:
    found = {}
    for name in names()[: size.rules]:
        rule = registry.rules[name].make(lr=LR)
        times = interleaved(
            size.repeats,
            lambda rule=rule: run(rule, J, START, size.steps),
            lambda rule=rule: in_torch(rule, size.steps),
        )
        found[name] = ratio(*times)
    ours, theirs = (float(np.median([f[k] for f in found.values()])) for k in ("ours", "theirs"))
    over_rules = spread([f["result"] for f in found.values()])
    whole = {"ours": ours, "theirs": theirs, "steps": size.steps, "rules": found}
    return {"single-torch": over_rules | whole}


PARTS = (
    Part(
        "single",
        (Row("single-torch", "One run, 1,000 steps, median of rules", "torch.optim, autograd",
             aim=">= 10"),),
        measure, Size(), Size(steps=20, repeats=2, rules=2), ("torch",),
    ),
)  # fmt: skip
