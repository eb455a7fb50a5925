"""Rules whose numbers are stored in few bits, and what brings back the updates that get lost.

They belong to no catalogue of rules: each holds a rule and imitates how numbers are stored.
The exponent has no limits here; where a format ends, `primer.measure.rounded` knows.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .. import check
from ..exact import power
from ..fields import mapped
from ..hyper import Slider
from ..objective import Objective, Through
from ..rules.wrappers import Wrapper
from ..schedules import whole
from .precision import on_grid

#: Up to so many bits the splitting below rounds rightly in float32, too: less than half of its 24.
MOST = 11


def to_bits(x: Any, bits: Any) -> Any:
    """The nearest number of so many significant bits, of two equally near ones the even one.

    Veltkamp's splitting: to subtract x from a large multiple of it leaves of x what that one's
    digits have room for. It needs no bit arithmetic, so that a page can do it.

    Parameters
    ----------
    x : ndarray of float
        Of any shape, float32 or float64. Above 1e33 in float32 (1e294 in float64) the product
        overflows and the result is NaN.
    bits : int, or an array of ints that broadcasts against x
        2 … 11; 8 are bfloat16's, 11 float16's.

    Returns
    -------
    ndarray
        Shape and dtype of x.

    Examples
    --------
    >>> to_bits(np.array([1.001, 1.01, -300.3]), 8).tolist()
    [1.0, 1.0078125, -300.0]
    """
    digits = np.finfo(x.dtype).nmant + 1
    if isinstance(bits, np.ndarray):
        factor = np.ldexp(np.ones_like(bits, x.dtype), digits - bits.astype(int)) + 1
    else:
        factor = power(2.0, digits - bits) + 1
    large = x * factor
    return large - (large - x)


class Stored(Wrapper):
    """The base of rules that keep numbers in few bits."""

    bits: Any

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("bits", self.bits, 2)
        most = self.bits.high if isinstance(self.bits, Slider) else np.max(self.bits)
        if most > MOST:
            raise check.refuse("bits", self.bits, f"an integer from 2 to {MOST}")


def stored(cls: type) -> Any:
    """Make a class a frozen dataclass, as a rule is."""
    return dataclasses.dataclass(frozen=True, eq=False)(cls)


@stored
class RoundNearest(Stored):
    """Round theta to few bits after every step, to nearest.

    An update below half of the spacing at theta is lost, whatever its sign, and lost again at the
    next step.

    Parameters
    ----------
    rule : Optimizer
        The rule whose steps are taken; its state is kept in full precision.
    bits : int, or a sweep or slider of ints
        Significant bits of each coordinate, 2 … 11; 8 are bfloat16's.

    Raises
    ------
    ValueError
        If rule is no Optimizer or bits is outside its range.

    Notes
    -----
    The start is not rounded.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> for lr in (0.004, 0.001):
    ...     rule = RoundNearest(SGD(lr=lr), bits=8)
    ...     print(run(rule, quadratic([1.0]), [1.0], steps=3).theta[:, 0].tolist())
    [1.0, 0.99609375, 0.9921875, 0.98828125]
    [1.0, 1.0, 1.0, 1.0]
    """

    rule: Any
    bits: Any = 8

    def step(self, J, theta, state, t):
        free, memory = self.rule.step(J, theta, state, t)
        return to_bits(free, self.bits), memory


@stored
class RoundState(Stored):
    """Round the state of a rule to few bits after every step, to nearest.

    A running mean with a long memory stands still: its change is below half of the spacing.

    Parameters
    ----------
    rule : Optimizer
        The rule whose state is rounded; theta is kept in full precision.
    bits : int, or a sweep or slider of ints
        Significant bits of each number, 2 … 11; 8 are bfloat16's.

    Raises
    ------
    ValueError
        If rule is no Optimizer or bits is outside its range.

    Notes
    -----
    For rules whose state is made of finite numbers of theta's dtype.

    Examples
    --------
    >>> from primer import Adam, Objective, run
    >>> steep = Objective(lambda theta: theta[..., 0], lambda theta: 0 * theta)
    >>> rule = RoundState(Adam(beta2=0.999), bits=8)
    >>> start = {"m": np.zeros(1), "v": np.ones(1)}
    >>> run(rule, steep, [0.0], steps=1000, state=start).state["v"].tolist()
    [1.0]
    """

    rule: Any
    bits: Any = 8

    def step(self, J, theta, state, t):
        theta, memory = self.rule.step(J, theta, state, t)
        return theta, mapped(lambda x: to_bits(x, self.bits), memory)


@stored
class RoundStochastic(Stored):
    """Round theta to few bits after every step, up or down at random.

    An update below the spacing survives in the mean: it moves theta by one spacing, as rarely as
    it is small.

    Parameters
    ----------
    rule : Optimizer
        The rule whose steps are taken; its state is kept in full precision.
    bits : int, or a sweep of ints
        Significant bits of each coordinate, 2 … 11; 8 are bfloat16's.
    seed : int, or a sweep of ints
        The random numbers are a pure function of (seed, t), alike in all runs that have the same.

    Raises
    ------
    ValueError
        If rule is no Optimizer, bits is outside its range or seed is no count.

    Notes
    -----
    Sources: gupta2015, zamirai2020.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> rule = RoundStochastic(SGD(lr=0.001), bits=8)
    >>> end = run(rule, quadratic([1.0]), [1.0], steps=700).theta[-1]
    >>> bool(abs(end[0] - 0.999**700) < 0.1)
    True
    """

    rule: Any
    bits: Any = 8
    seed: Any = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        whole("seed", self.seed, 0)

    def step(self, J, theta, state, t):
        free, memory = self.rule.step(J, theta, state, t)
        places = self._draws(t, theta.shape[-1])
        bits = np.asarray(self.bits).astype(int)
        return on_grid(free, bits, lambda x: np.floor(x + places)), memory

    def _draws(self, t: int, d: int) -> np.ndarray:
        """Numbers in [0, 1) of shape (*seeds, d)."""
        seeds = np.asarray(self.seed).astype(int)
        rows = [np.random.default_rng([s, t]).random(d) for s in seeds.ravel().tolist()]
        return np.reshape(rows, (*seeds.shape[:-1], d))


@stored
class Compensated(Stored):
    """Keep theta in few bits, and what rounding took from it in as many more (Kahan's summation).

    Parameters
    ----------
    rule : Optimizer
        The rule whose steps are taken; its state is kept in full precision.
    bits : int, or a sweep or slider of ints
        Significant bits of each coordinate and of its remainder, 2 … 11; 8 are bfloat16's.

    Raises
    ------
    ValueError
        If rule is no Optimizer or bits is outside its range.

    Notes
    -----
    State: besides that of the rule inside, the sum of what was lost so far (`lost`).
    Source: zamirai2020.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> rule = Compensated(SGD(lr=0.001), bits=8)
    >>> run(rule, quadratic([1.0]), [1.0], steps=3).theta[:, 0].tolist()
    [1.0, 1.0, 0.99609375, 0.99609375]
    """

    rule: Any
    bits: Any = 8

    def init(self, theta: Any) -> dict[str, Any]:
        return {"rule": self.rule.init(theta), "lost": 0 * theta}

    def step(self, J, theta, state, t):
        free, memory = self.rule.step(J, theta, state["rule"], t)
        update = to_bits(free - theta + state["lost"], self.bits)
        new = to_bits(theta + update, self.bits)
        lost = to_bits(update - (new - theta), self.bits)
        return new, {"rule": memory, "lost": lost}


@stored
class MasterCopy(Stored):
    """Take the gradient at a theta of few bits, and add the steps up in full precision.

    Parameters
    ----------
    rule : Optimizer
        The rule that steps from the master copy.
    bits : int, or a sweep or slider of ints
        Significant bits of the theta at which the objective is asked, 2 … 11; 8 are bfloat16's.

    Raises
    ------
    ValueError
        If rule is no Optimizer or bits is outside its range.

    Notes
    -----
    State: besides that of the rule inside, theta in full precision (`master`).
    Source: micikevicius2018.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> result = run(MasterCopy(SGD(lr=0.001)), quadratic([1.0]), [1.0], steps=3)
    >>> result.theta[:, 0].tolist(), result.state["master"].round(6).tolist()
    ([1.0, 1.0, 0.99609375, 0.99609375], [0.997004])
    """

    rule: Any
    bits: Any = 8

    def init(self, theta: Any) -> dict[str, Any]:
        return {"rule": self.rule.init(theta), "master": 1 * theta}

    def step(self, J, theta, state, t):
        coarse = Coarse(J, self.bits)
        master, memory = self.rule.step(coarse, state["master"], state["rule"], t)
        return to_bits(master, self.bits), {"rule": memory, "master": master}


class Coarse(Through):
    """J asked at a theta of few bits."""

    def __init__(self, J: Any, bits: Any) -> None:
        super().__init__(
            J,
            value=lambda theta: J(to_bits(theta, bits)),
            grad=lambda theta: J.grad(to_bits(theta, bits)),
            hess=lambda theta: J.hess(to_bits(theta, bits)),
        )
        self.bits = bits

    def over(self, J: Objective) -> Objective:
        return Coarse(J, self.bits)
