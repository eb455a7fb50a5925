"""A rule with nine numbers to be learned: an experiment, not a rule of the catalogue."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np

from .. import check
from ..exact import power
from ..hyper import Hyper
from ..optimizer import Optimizer

#: Memory of the fast and the slow mean of the gradient, and of the mean of its square.
FAST, SLOW, SQUARE = 0.5, 0.9, 0.98
#: The clock's unit, in steps.
HOUR = 50


@dataclasses.dataclass(frozen=True, eq=False)
class Learned(Optimizer):
    """A rule whose direction and length are learned: two linear forms of what each coordinate sees.

    A step is exp(length) * direction, coordinate by coordinate, the form of Metz et al. (2022) with
    a sum in place of their small network. The direction mixes the gradient and two means of it, all
    divided by the root of its mean square. The length mixes a constant and five features: the
    logarithm of the step's number; that number itself, in units of 50 steps; how well the last
    gradients agree, from 0 to 1; the size of the gradient in all coordinates; and how much larger
    it is in this one.

    Parameters
    ----------
    now, fast, slow : hyperparameter
        The direction: weights of the gradient and of its means over about 2 and 10 steps.
    base, time, clock, agree, size, uneven : hyperparameter
        The length: its logarithm at the start, and weights of the five features.

    Raises
    ------
    ValueError
        If a value is not a finite number.

    Notes
    -----
    State: the two means and the mean square v. With slow = 1 and all else at 0 but base, it is Adam
    with the rate exp(base), beta1 = 0.9 and beta2 = 0.98: the default, from which training starts.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(Learned(), quadratic([1.0]), [4.0], steps=2).theta[:, 0].round(4).tolist()
    [4.0, 3.99, 3.98]
    """

    now: Hyper = 0.0
    fast: Hyper = 0.0
    slow: Hyper = 1.0
    base: Hyper = -4.605
    time: Hyper = 0.0
    clock: Hyper = 0.0
    agree: Hyper = 0.0
    size: Hyper = 0.0
    uneven: Hyper = 0.0

    domains: ClassVar[dict[str, str]] = dict.fromkeys(
        ("now", "fast", "slow", "base", "time", "clock", "agree", "size", "uneven"), "real"
    )

    def init(self, theta: Any) -> dict[str, Any]:
        return {"f": 0 * theta, "m": 0 * theta, "v": 0 * theta}

    def step(self, J: Any, theta: Any, state: dict[str, Any], t: Any) -> Any:
        g = J.grad(theta)
        f = FAST * state["f"] + (1 - FAST) * g
        m = SLOW * state["m"] + (1 - SLOW) * g
        v = SQUARE * state["v"] + (1 - SQUARE) * g**2
        f_hat, m_hat = f / (1 - power(FAST, t + 1)), m / (1 - power(SLOW, t + 1))
        r = np.sqrt(v / (1 - power(SQUARE, t + 1))) + 1e-12
        direction = (self.now * g + self.fast * f_hat + self.slow * m_hat) / r
        mean = np.log(r).sum(axis=-1, keepdims=True) / theta.shape[-1]
        schedule = self.base + self.time * np.log(t + 1) + self.clock * t / HOUR
        agreement, contrast = np.abs(m_hat) / r, np.log(r) - mean
        length = schedule + self.agree * agreement + self.size * mean + self.uneven * contrast
        return theta - np.exp(np.minimum(length, 10.0)) * direction, {"f": f, "m": m, "v": v}

    def scaled(self, factor: Any) -> Learned:
        """A copy whose steps are `factor` times as long: the learning rate that it lacks.

        Parameters
        ----------
        factor : float or ndarray (*batch, 1)
            > 0.

        Raises
        ------
        ValueError
            If factor is not a finite number > 0.

        Examples
        --------
        >>> float(round(Learned(base=-1.0).scaled(np.exp(-2)).base, 12))
        -3.0
        """
        check.number("factor", factor, "positive")
        return dataclasses.replace(self, base=self.base + np.log(factor))

    @classmethod
    def of(cls, weights: Any) -> Learned:
        """The rule with these nine numbers, in the order of its fields.

        Parameters
        ----------
        weights : array_like of float (*batch, 9)
            A population, (p, 9), is a sweep of p rules over the runs that come last: with starts of
            shape (n, d) it makes a batch (p, n).

        Raises
        ------
        ValueError
            If the last axis is not 9 long or a weight is not finite.

        Examples
        --------
        >>> Learned.of(np.zeros((5, 9))).slow.shape
        (5, 1, 1)
        """
        names = [field.name for field in dataclasses.fields(cls)]
        w = check.points("weights", weights, len(names))
        if w.ndim == 1:
            return cls(**dict(zip(names, w.tolist(), strict=True)))
        return cls(**{name: w[..., None, k : k + 1] for k, name in enumerate(names)})

    @property
    def weights(self) -> np.ndarray:
        """The nine numbers of a single rule, (9,): what `of` takes."""
        return np.array(list(self.fields().values()))
