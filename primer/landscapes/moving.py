"""Objectives that change from step to step: a moving valley, and the sequences that defeat Adam."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..objective import Objective, Table, Varying
from ..registry import landscape
from ._parts import diagonal, pair, plain, symmetric, vector


@landscape(cite="hinton2012", year=2012, chapter=5)
def moving_valley(period: float = 200, radius: float = 2, kappa: float = 10) -> Varying:
    """A valley whose floor travels round a circle, so that old gradients mislead.

    Equation: J(t) = ((x - a)**2 + kappa * (y - b)**2) / 2, with w = 2 * pi / period,
    a = radius * cos(w * t), b = radius * sin(w * t).

    Shapes: theta (*batch, 2).

    Parameters
    ----------
    period : float
        Steps per round, finite and > 0.
    radius : float
        Radius of the circle, finite and >= 0.
    kappa : float
        Condition number, finite and > 0.

    Returns
    -------
    Varying
        `J.at(t).minimum` is the floor at step t; the loss that `run` records at step t is that of
        `J.at(t)`.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Notes
    -----
    t counts from 0. Made for this book, after the non-stationary objectives that motivated RMSProp.
    Source: hinton2012.

    Examples
    --------
    >>> J = moving_valley(period=200, radius=2)
    >>> J.at(0).minimum.tolist()
    [2.0, 0.0]
    >>> round(float(J.at(50).minimum[1]), 12)
    2.0
    """
    check.number("period", period, "positive")
    check.number("radius", radius, "rate")
    check.number("kappa", kappa, "positive")
    w, radius, kappa = 2 * np.pi / float(period), float(radius), float(kappa)

    def at(t: Any) -> Objective:
        a, b = plain(radius * np.cos(w * t)), plain(radius * np.sin(w * t))
        return _bowl(a, b, kappa, None if hasattr(t, "traced") else (a, b))

    wide = float(1.6 * radius + 1)
    info: dict[str, Any] = {"window": (-wide, wide, -wide, wide), "start": (-1.5 * radius, 0.5)}
    return Varying(at, 2, name="Moving valley", **info)


def _bowl(a: Any, b: Any, kappa: float, minimum: Any) -> Objective:
    def value(theta: Any) -> Any:
        x, y = pair(theta)
        return (np.square(x - a) + kappa * np.square(y - b)) / 2

    def grad(theta: Any) -> Any:
        x, y = pair(theta)
        return vector(x - a, kappa * (y - b))

    def hess(theta: Any) -> Any:
        zero = 0 * theta[..., 0]
        return symmetric(1 + zero, zero, kappa + zero)

    return Objective(value, grad, hess, 2, minimum)


@landscape(cite="reddi2018", year=2018, chapter=6)
def reddi(C: float = 3, period: int = 3, other: float = 1) -> Varying:
    """The periodic losses on which Adam with a short memory walks to the worst point.

    Equation: J(t) = C * x if t % period == 0 else -other * x.

    Shapes: theta (*batch, 1).

    Parameters
    ----------
    C : float
        Slope of the rare loss, finite and > 0. The paper's is > 2.
    period : int
        Steps per round, at least 2.
    other : float
        Slope of the other losses, finite and > 0. The paper's second example is
        ``reddi(1010, period=101, other=10)``.

    Returns
    -------
    Varying
        To be used on [-1, 1] with a projection: the best fixed point there is -1 as long as
        C > (period - 1) * other.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Notes
    -----
    t counts from 0; the paper counts from 1 and has the rare loss at t = 1, 4, 7, …, which is the
    same sequence. Source: reddi2018, theorem 1 and section 5.

    Examples
    --------
    >>> J = reddi(C=3)
    >>> [J.at(t).grad(np.array([0.5])).tolist() for t in range(4)]
    [[3.0], [-1.0], [-1.0], [3.0]]
    """
    check.number("C", C, "positive")
    check.number("other", other, "positive")
    check.count("period", period, 2)
    rare, often = float(C), -float(other)

    def at(t: Any) -> Objective:
        return _line(plain(np.where(t % period == 0, rare, often)))

    return Varying(at, 1, name="Reddi", window=(-1.0, 1.0, -rare, rare), start=(0.0,))


def _line(slope: Any) -> Objective:
    return Objective(
        lambda theta: slope * theta[..., 0],
        lambda theta: slope + 0 * theta,
        lambda theta: diagonal(0 * theta),
        dim=1,
    )


@landscape(cite="reddi2018", year=2018, chapter=6)
def reddi_stochastic(
    seed: int = 0, C: float = 1010, other: float = 10, chance: float = 0.01, steps: int = 10_000
) -> Varying:
    """The random version: a rare steep loss among many gentle ones that point the other way.

    Equation: J(t) = C * x if draws[t % steps] < chance else -other * x,
    with draws = default_rng(seed).random(steps).

    Shapes: theta (*batch, 1).

    Parameters
    ----------
    seed : int
        The draws are a pure function of (seed, t); an integer >= 0. ``run(..., seed=…)`` redraws.
    C, other : float
        Slopes, finite and > 0.
    chance : float
        Probability of the rare loss, in (0, 1).
    steps : int
        Draws, at least 1; after that many steps they repeat.

    Returns
    -------
    Varying
        `run` records the mean loss, (chance * C - (1 - chance) * other) * theta, whose slope is 0.2
        at the defaults: on [-1, 1] the optimum is -1.

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Notes
    -----
    Source: reddi2018, section 5.

    Examples
    --------
    >>> J = reddi_stochastic(seed=1)
    >>> slopes = [float(J.at(t).grad(np.zeros(1))[0]) for t in range(1000)]
    >>> sorted(set(slopes)), slopes.count(1010.0)
    ([-10.0, 1010.0], 9)
    """
    check.number("C", C, "positive")
    check.number("other", other, "positive")
    check.number("chance", chance, "shrink")
    rng = np.random.default_rng(check.count("seed", seed, 0))
    rows = np.where(rng.random((check.count("steps", steps), 1)) < chance, C, -other)
    mean = float(chance * C - (1 - chance) * other)
    return _Drawn(Table(rows), mean, lambda new: reddi_stochastic(new, C, other, chance, steps))


class _Drawn(Varying):
    """Lines with slopes from a table; the recorded loss is that of the mean slope."""

    def __init__(self, table: Table, mean: float, redraw: Any) -> None:
        super().__init__(
            lambda t: _line(plain(table[t][..., 0])),
            1,
            name="Reddi, stochastic",
            window=(-1.0, 1.0, -abs(mean), abs(mean)),
            start=(0.0,),
        )
        self.mean, self._redraw = mean, redraw

    def watch(self, theta: Any, t: Any) -> Any:
        return self.mean * theta[..., 0]

    def with_seed(self, seed: int) -> Varying:
        return self._redraw(seed)
