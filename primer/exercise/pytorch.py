"""The exercises of the chapter on PyTorch: none of the checks needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..optimizer import Optimizer
from . import Verdict, verdict
from .judging import all_given, numbers, takes_steps_of

#: Exercise 1: the lines of a loop.
LINES = ("zero_grad", "backward", "unscale", "clip", "step", "schedule")
#: Which line must come before which in one turn of the loop, and what happens otherwise.
BEFORE = {
    ("backward", "unscale"): "what is unscaled there is the gradient of the last turn, or nothing",
    ("unscale", "clip"): "there the gradient is still multiplied by the scale",
    ("clip", "step"): "a gradient that is clipped after the step was already used",
    ("step", "schedule"): "the first rate of the schedule is skipped",
}
#: Exercise 2: the rates of the large batch, and into how many pieces it is cut.
SGD_RATE, ADAM_RATE, PIECES = 0.2, 0.001, 4
#: Exercise 3: the parameters of a small transformer. Opinions differ on the embedding.
SHAPES = {
    "embedding.weight": (65, 32),
    "block.norm1.weight": (32,),
    "block.norm1.bias": (32,),
    "block.attention.in_proj.weight": (96, 32),
    "block.attention.in_proj.bias": (96,),
    "block.attention.out_proj.weight": (32, 32),
    "block.attention.out_proj.bias": (32,),
    "block.norm2.weight": (32,),
    "block.norm2.bias": (32,),
    "block.mlp.0.weight": (128, 32),
    "block.mlp.0.bias": (128,),
    "block.mlp.2.weight": (32, 128),
    "block.mlp.2.bias": (32,),
    "head.weight": (65, 32),
    "head.bias": (65,),
}
EITHER = {"embedding.weight"}


def check_order(answer: Any) -> Verdict:
    """Exercise 1: the lines of a loop, in an order that is right."""
    return verdict(answer, _order_is_right)


def check_accumulated(sgd: Any, adam: Any) -> Verdict:
    """Exercise 2: the rates at which a loop takes the steps that were meant."""
    right = SGD_RATE / PIECES, ADAM_RATE
    hints = (
        f"By how much is the gradient too large? SGD at {SGD_RATE} moves by the rate times it.",
        "What does Adam divide by? What becomes of a factor in all gradients?",
    )
    names = "SGD's rate", "Adam's rate"
    return verdict(all_given(sgd, adam), lambda given: _both(given, names, right, hints))


def check_groups(answer: Any) -> Verdict:
    """Exercise 3: the names of the parameters that decay."""
    return verdict(answer, _groups_are_right)


def check_dampened(answer: Any) -> Verdict:
    """Exercise 4: a rule with the fields lr, beta, and dampening."""
    return verdict(answer, _steps_are_right)


def parameters() -> dict[str, tuple[int, ...]]:
    """The shapes of a small transformer's parameters, by name.

    Examples
    --------
    >>> parameters()["head.weight"]
    (65, 32)
    """
    return dict(SHAPES)


def dampened(
    gradients: np.ndarray, lr: Any = 0.01, beta: float = 0.9, dampening: float = 0.0
) -> np.ndarray:
    """The steps of torch.optim.SGD(lr=lr, momentum=beta, dampening=dampening).

    Examples
    --------
    >>> dampened(np.array([[1.0], [1.0], [1.0]]), lr=1.0, beta=0.5, dampening=0.5).ravel().tolist()
    [-1.0, -1.0, -1.0]
    """
    buffer, steps = gradients[0], []
    for t, g in enumerate(gradients):
        if t:
            buffer = beta * buffer + (1 - dampening) * g
        steps.append(-lr * buffer)
    return np.array(steps)


def _order_is_right(given: Any) -> bool:
    lines = given.split() if isinstance(given, str) else [str(line) for line in given]
    if sorted(lines) != sorted(LINES):
        raise ValueError(f"give each of these once: {', '.join(LINES)}")
    at = lines.index
    if at("backward") < at("zero_grad") < at("step"):
        raise ValueError("zero_grad between backward and step leaves nothing to step along")
    for (first, second), why in BEFORE.items():
        if at(first) > at(second):
            raise ValueError(f"{second} comes before {first}: {why}")
    if at("step") < at("backward"):
        raise ValueError("step comes before backward: it uses the gradient of the last turn")
    return True


def _both(given: Any, names: Any, right: Any, hints: Any) -> bool:
    return all(numbers(*part) for part in zip(given, names, right, hints, strict=True))


def _groups_are_right(given: Any) -> bool:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"a set or list of names is asked for, got {type(given).__name__}")
    names = {str(name) for name in (given.keys() if isinstance(given, Mapping) else given)}
    for name in sorted(names - set(SHAPES)):
        raise ValueError(f"{name!r} is no parameter of this model")
    right = {name for name, shape in SHAPES.items() if len(shape) > 1}
    for name in sorted(names - right):
        kind = "bias" if name.endswith("bias") else "gain of a normalization"
        raise ValueError(f"{name} is a {kind}")
    if missing := sorted(right - names - EITHER):
        raise ValueError(f"{len(missing)} of the matrices would not decay")
    return True


def _steps_are_right(given: Any) -> bool:
    if not (isinstance(given, type) and issubclass(given, Optimizer)):
        raise ValueError("a class of rules is asked for, with the fields lr, beta, dampening")
    settings = [
        {"lr": 0.1, "beta": 0.9, "dampening": 0.0},
        {"lr": 0.3, "beta": 0.5, "dampening": 0.5},
        {"lr": 0.02, "beta": 0.8, "dampening": 0.9},
    ]
    return takes_steps_of(
        dampened,
        settings,
        given,
        fault=lambda: "feed it the gradients 1, 1, 1: is the first one damped, too? It is not",
        together="in a batch of runs each must be treated by itself",
    )
