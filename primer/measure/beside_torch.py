"""A rule beside the PyTorch call that the registry names: how far apart their runs are."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import check, registry
from ..objective import Objective
from ..optimizer import Optimizer
from ..rules.wrappers import Wrapper, innermost
from ..schedules import Schedule


def torch_difference(rule: Optimizer, J: Objective, theta0: Any, steps: int = 500) -> float:
    """Largest difference between a run of a rule and a run of the same rule in PyTorch.

    PyTorch's optimizer, its scheduler and its clipping are those that `derived.calls.torch_lines`
    prints; they are given the gradients of J, in float64, on the processor.

    Parameters
    ----------
    rule : Optimizer
        With numbers in its fields; lr may be a schedule, and wrappers may hold the rule.
    J : Objective
        Such as ``net.batches(32)``.
    theta0 : array_like of float (d,)
        The start.
    steps : int
        Number of steps, >= 0.

    Returns
    -------
    float
        Over all steps and coordinates, relative to the largest absolute value that theta has. Of
        Nesterov's rule, PyTorch keeps theta - beta v in place of theta: that is what is compared.

    Raises
    ------
    ValueError
        If PyTorch has no such rule, wrapper or schedule, or theta0 is not of shape (d,).
    ImportError
        If PyTorch is not installed.

    Examples
    --------
    >>> from primer import Lion, landscapes
    >>> torch_difference(Lion(), landscapes.quadratic([1.0]), [1.0])
    Traceback (most recent call last):
        ...
    ValueError: rule must be known to PyTorch, got Lion: torch.optim has no Lion
    """
    calls = [_call(thing) for thing in _parts(rule)]
    theta = check.points("theta0", theta0, J.dim)
    if theta.ndim != 1:
        raise ValueError(f"theta0 must have shape (d,), got shape {theta.shape}")
    sees = registry.rules[type(innermost(rule)).__name__].sees
    ours = seen(sees, rule, J, theta, check.count("steps", steps, 0))
    with doubles() as torch:
        theirs = _path(torch, rule, calls, J, theta, steps)
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def _parts(rule: Optimizer) -> list[Any]:
    """The innermost rule, its schedule if it has one, and the wrappers from the inside out."""
    inner, outer = innermost(rule), rule
    around: list[Any] = []
    while isinstance(outer, Wrapper):
        around.insert(0, outer)
        outer = outer.rule
    rate = inner.fields().get("lr")
    return [inner, *([rate] if isinstance(rate, Schedule) else []), *around]


def _call(thing: Any) -> str:
    name = type(thing).__name__
    entry = registry.rules.get(name) or registry.schedules.get(name)
    if entry is None or not entry.torch:
        why = entry.no_torch if entry else "the registry names no call"
        raise ValueError(f"rule must be known to PyTorch, got {name}: {why}")
    return entry.torch


def seen(sees: str, rule: Optimizer, J: Objective, theta: Any, steps: int) -> np.ndarray:
    """Of our run, what a library iterates in place of theta (`Entry.sees`): (steps + 1, d)."""
    fields, state, rows = innermost(rule).fields(), rule.init(theta), []
    for t in range(steps + 1):
        rows.append(eval(sees, {"theta": theta, "state": state, **fields}))
        theta, state = rule.at(t).step(J.at(t), theta, state, t)
    return np.array(rows)


@contextlib.contextmanager
def doubles() -> Iterator[Any]:
    """PyTorch with float64 as its default: NAdam keeps the product of its momenta in it."""
    try:
        torch = importlib.import_module("torch")
    except ImportError as error:
        raise ImportError("PyTorch is missing: pip install torch") from error
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield torch
    finally:
        torch.set_default_dtype(usual)


def _path(
    torch: Any, rule: Optimizer, calls: list[str], J: Objective, theta: np.ndarray, steps: int
) -> np.ndarray:
    """A run of PyTorch's calls: (steps + 1, d)."""
    x = torch.tensor(theta, requires_grad=True)
    optimizer, before, after = _made(torch, x, _parts(rule), calls)
    rows = [x.detach().numpy().copy()]
    for t in range(steps):
        now = J.at(t)
        x.grad = torch.tensor(now.grad(rows[-1]))
        for act in before:
            act(float(now(rows[-1])))
        optimizer.step()
        for act in after:
            act()
        rows.append(x.detach().numpy().copy())
    return np.array(rows)


def _made(torch: Any, x: Any, parts: list[Any], calls: list[str]) -> tuple[Any, list, list]:
    """The optimizer, what is called before its step with the loss, and what after it."""
    rule, *others = parts
    scope = {"params": [x], **vars(torch.optim), **vars(torch.optim.lr_scheduler)}
    scope |= vars(torch.nn.utils)
    rate = rule.fields().get("lr")
    if isinstance(rate, Schedule):
        rule = rule.having(lr=next(iter(rate.fields().values())))
    scope["optimizer"] = eval(calls[0], {**scope, **rule.fields()})
    before: list[Callable[..., Any]] = []
    after: list[Callable[..., Any]] = []
    for thing, call in zip(others, calls[1:], strict=True):
        own = {**scope, **thing.fields()}
        if isinstance(thing, Schedule):
            after.append(eval(call, own).step)
        elif call.startswith("clip_"):
            before.append(lambda _, call=call, own=own: eval(call, own))
        else:
            before.append(eval(call, own).step)
    return scope["optimizer"], before, after
