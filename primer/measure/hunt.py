"""Where a run first leaves the finite numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..fields import leaves, with_sweeps
from ..objective import Batches, DataObjective, Objective, Through
from ..optimizer import Optimizer
from ..rules.wrappers import innermost
from ..running import checked_step, run

#: So many coordinates or examples are named in a text.
NAMED = 3


@dataclasses.dataclass(frozen=True, eq=False)
class Finding:
    """What went bad first, as `first_bad` found it; `print` says it in words.

    Attributes
    ----------
    t : int
        The step, which starts from theta_t.
    what : str
        "loss", "gradient", "theta", or a part of the state, such as "state v".
    run : tuple of int
        Place of the run in the batch, () for a single one.
    coordinates : tuple of int
        Which coordinates are not finite; () where what went bad is one number per run.
    places : tuple of str
        The same in words: names from `J.axes`, or block, row and column from `J.shapes`.
    value : float
        The first of the bad numbers: inf, -inf or NaN.
    theta : ndarray (d,)
        The run's theta_t, finite still.
    grad_norm : float
        Norm of the gradient that the rule asked for first.
    lr : float or None
        Rate at this step, before a wrapper scales it; None without a single one.
    examples : tuple of int
        The examples of this step whose own loss or gradient is not finite at theta_t.
    """

    t: int
    what: str
    run: tuple[int, ...]
    coordinates: tuple[int, ...]
    places: tuple[str, ...]
    value: float
    theta: np.ndarray
    grad_norm: float
    lr: float | None
    examples: tuple[int, ...]

    def __str__(self) -> str:
        who = f" of run {self.run[0] if len(self.run) == 1 else self.run}" if self.run else ""
        where = f" at {_listed(self.places)}" if self.places else ""
        rate = "" if self.lr is None else f", lr = {self.lr:.3g}"
        told = [
            f"step {self.t}{who}: the {self.what} is {self.value}{where}",
            f"before it: largest |theta| = {np.abs(self.theta).max():.3g}, "
            f"norm of the gradient = {self.grad_norm:.3g}{rate}",
        ]
        if self.examples:
            told.append(f"not finite by itself: example {_listed(map(str, self.examples))}")
        return "\n".join(told)


def _listed(names: Any) -> str:
    every = list(names)
    rest = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + rest


def first_bad(rule: Optimizer, J: Objective, theta0: Any, steps: int) -> Finding | None:
    """Run a rule until something is not finite, and say what it was and where.

    Within a step the order is: the loss of this step's objective at theta_t, the gradients that
    the rule asks for, its new state, theta_{t+1}. Of a batch, the first run to be hit is reported.

    Parameters
    ----------
    rule, J, theta0, steps
        As for `primer.run`. A mini-batch is looked at when its step comes.

    Returns
    -------
    Finding or None
        None if everything was finite to the end.

    Raises
    ------
    ValueError
        As `primer.run`.

    Notes
    -----
    An entry of the state that `init` makes infinite, such as a best loss so far, is not bad until
    it is NaN.

    Examples
    --------
    >>> from primer import SGD
    >>> from primer.landscapes import quadratic
    >>> found = first_bad(SGD(lr=3.0), quadratic([1.0, 100.0]), [1.0, 1.0], steps=1000)
    >>> print(found)
    step 62: the loss is inf
    before it: largest |theta| = 3.1e+153, norm of the gradient = 3.1e+155, lr = 3
    >>> first_bad(SGD(lr=0.01), quadratic([1.0, 100.0]), [1.0, 1.0], steps=1000) is None
    True
    """
    start = run(rule, J, theta0, 0)
    theta, state = start.theta[0], start.state
    rule = with_sweeps(lambda a: a.astype(theta.dtype), rule)
    with np.errstate(all="ignore"):
        for t in range(steps):
            now, here = rule.at(t), J.at(t)
            asked: list[tuple[np.ndarray, np.ndarray]] = []
            after, memory = checked_step(now, _witness(here, asked), theta, state, t)
            seen = list(_evidence(here(theta), asked, state, memory, after))
            if not all(fine.all() for _, _, fine in seen):
                return _finding(now, J, t, theta, asked, seen)
            theta, state = after, memory
        seen = [("loss", *_numbers(J.at(steps)(theta)))]
        fine = seen[0][2].all()
        return None if fine else _finding(rule.at(steps), J, steps, theta, [], seen)


def _witness(J: Objective, asked: list[tuple[np.ndarray, np.ndarray]]) -> Objective:
    """J that writes down where it was asked for a gradient, and what it said."""

    def grad(theta: Any) -> Any:
        asked.append((theta, J.grad(theta)))
        return asked[-1][1]

    return Through(J, grad=grad)


Evidence = tuple[str, np.ndarray, np.ndarray]


def _numbers(value: Any, before: Any = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Numbers with a last axis, and which of them are fine: finite, or infinite as before."""
    array, old = np.asarray(value), np.asarray(before)
    return array, np.isfinite(array) | ((array == old) & np.isinf(old))


def _evidence(loss: Any, asked: Any, old: Any, new: Any, after: Any) -> Iterator[Evidence]:
    yield ("loss", *_numbers(np.asarray(loss)[..., None]))
    for _, g in asked:
        yield ("gradient", *_numbers(g))
    known = dict(leaves(old))
    for path, leaf in leaves(new):
        yield (f"state {'.'.join(path)}", *_numbers(leaf, known[path]))
    yield ("theta", *_numbers(after))


def _finding(
    rule: Any, J: Objective, t: int, theta: np.ndarray, asked: Any, seen: list[Evidence]
) -> Finding:
    """The first bad number of the first run that has one."""
    depth = theta.ndim - 1
    for place in np.ndindex(theta.shape[:-1]):
        for what, value, fine in seen:
            bad = ~_of_run(fine, place, depth)
            if bad.any():
                which = _coordinates(bad, theta.shape[-1])
                gradient = asked[0][1][place] if asked else J.at(t).grad(theta)[place]
                rate = np.asarray(getattr(innermost(rule), "lr", np.zeros(2)))
                rate = _of_run(rate, place, depth)
                return Finding(
                    t,
                    what,
                    place,
                    which,
                    tuple(_place(J, i) for i in which),
                    float(_of_run(value, place, depth)[bad].ravel()[0]),
                    theta[place].copy(),
                    _length(gradient),
                    float(rate.item()) if rate.size == 1 else None,
                    _examples(J, t, theta[place], place),
                )
    raise AssertionError("called without anything bad")


def _of_run(value: np.ndarray, place: tuple[int, ...], depth: int) -> np.ndarray:
    """The numbers of one run in what broadcasts against a batch of `depth` axes."""
    if value.ndim <= depth:
        return value
    return value[tuple(i if n > 1 else 0 for i, n in zip(place, value.shape, strict=False))]


def _length(g: np.ndarray) -> float:
    """The norm, also where the squares overflow."""
    most = float(np.abs(g).max())
    return most * float(np.linalg.norm(g / most)) if 0 < most < np.inf else most


def _coordinates(bad: np.ndarray, d: int) -> tuple[int, ...]:
    """Which coordinates of theta are bad, where there is a number for each."""
    return tuple(np.flatnonzero(bad).tolist()) if bad.size == d and bad.ndim else ()


def _place(J: Objective, i: int) -> str:
    """A coordinate in words."""
    if J.axes is not None:
        return J.axes[i]
    first = 0
    for k, shape in enumerate(J.shapes or ()):
        size = int(np.prod(shape))
        if i < first + size:
            inside = ", ".join(str(int(j)) for j in np.unravel_index(i - first, shape))
            return f"theta[{i}] (block {k} of shape {shape}, at [{inside}])"
        first += size
    return f"theta[{i}]"


def _examples(J: Objective, t: int, theta: np.ndarray, place: tuple[int, ...]) -> tuple[int, ...]:
    """Numbers of the examples of step t whose own loss or gradient is not finite."""
    bad = set()
    for data, picks in _data(J, t):
        mine = picks if picks.ndim < 2 else picks[place[-1]]
        for i in np.unique(mine).tolist():
            alone = data.take(np.array([i]))
            if not (np.isfinite(alone(theta)).all() and np.isfinite(alone.grad(theta)).all()):
                bad.add(i)
    return tuple(sorted(bad))


def _data(J: Any, t: int) -> Iterator[tuple[DataObjective, np.ndarray]]:
    """What is made of examples in an objective, and which of them step t uses."""
    if isinstance(J, Batches):
        yield J.J, J.indices(t)
    elif isinstance(J, DataObjective):
        yield J, np.arange(J.X.shape[-2])
    elif isinstance(J, Through):
        yield from _data(J.J, t)
    else:
        for part in getattr(J, "parts", ()):
            yield from _data(part, t)
