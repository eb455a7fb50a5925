"""Clipping the gradient, by its norm, value by value, or by a percentile of its norms."""

import functools
from typing import Any, ClassVar

import numpy as np

from ..hyper import Hyper
from ..objective import Through
from ..optimizer import Optimizer
from ..registry import rule as register
from .wrappers import Seen, Wrapper


def Clip(
    rule: Optimizer, *, norm: Any = None, value: Any = None, percentile: Any = None
) -> Optimizer:
    """Hold a rule and limit the gradient it sees, by one of three limits.

    Parameters
    ----------
    rule : Optimizer
    norm : hyperparameter, optional
        Largest Euclidean norm: makes a `ClipNorm`.
    value : hyperparameter, optional
        Largest absolute value of a component: makes a `ClipValue`.
    percentile : hyperparameter, optional
        Percentage of the gradients that are left alone: makes a `ClipPercentile`.

    Returns
    -------
    ClipNorm, ClipValue or ClipPercentile
        Three algorithms, so three classes.

    Raises
    ------
    ValueError
        If not exactly one of norm, value and percentile is given, or it is outside its range.

    Examples
    --------
    >>> from primer import SGD
    >>> Clip(SGD(lr=0.1), norm=1.0)
    ClipNorm(rule=SGD(lr=0.1), norm=1.0)
    >>> Clip(SGD(lr=0.1), value=0.5)
    ClipValue(rule=SGD(lr=0.1), value=0.5)
    >>> Clip(SGD(lr=0.1), percentile=90.0)
    ClipPercentile(rule=SGD(lr=0.1), percentile=90.0, gain=0.2)
    """
    ways = ((ClipNorm, norm), (ClipValue, value), (ClipPercentile, percentile))
    chosen = [(make, limit) for make, limit in ways if limit is not None]
    if len(chosen) != 1:
        given = f"{norm=}, {value=}, {percentile=}"
        raise ValueError(
            f"norm, value or percentile must be given, one of them, got {given}"
        )
    make, limit = chosen[0]
    return make(rule, limit)


@register(
    kind="wrapper",
    cite="pascanu2013",
    year=2013,
    parents=("ClipValue",),
    chapter=10,
    torch="clip_grad_norm_(params, max_norm=norm)",
    optax="clip_by_global_norm(norm)",
)
class ClipNorm(Wrapper):
    """Shorten a gradient that is longer than a limit, keeping its direction (Pascanu et al. 2013).

    Parameters
    ----------
    rule : Optimizer
        The rule that gets the clipped gradient, wherever it asks for one.
    norm : hyperparameter
        Largest Euclidean norm over theta's last axis, > 0.

    Raises
    ------
    ValueError
        If rule is no Optimizer or norm is not > 0.

    Notes
    -----
    torch's clip_grad_norm_ divides by |g| + 1e-6, so its clipped gradients are shorter by the
    factor 1 - 1e-6 / |g|; optax agrees with this one. As there, a gradient so long that its square
    overflows (1e19 in float32) becomes 0. Each run of a batch is clipped by itself.
    Source: pascanu2013.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> rule = ClipNorm(SGD(lr=1.0), norm=5.0)
    >>> run(rule, quadratic([1.0, 1.0]), [30.0, 40.0], steps=1).theta[1].tolist()
    [27.0, 36.0]
    """

    rule: Any
    norm: Hyper

    def step(self, J, theta, state, t):
        def clip(g):
            length = np.sqrt(np.sum(g**2, axis=-1, keepdims=True))
            return g * (self.norm / np.maximum(length, self.norm))

        return self.rule.step(Seen(J, clip), theta, state, t)


@register(
    kind="wrapper",
    cite="mikolov2012",
    year=2012,
    chapter=10,
    torch="clip_grad_value_(params, clip_value=value)",
    optax="clip(value)",
)
class ClipValue(Wrapper):
    """Cut every component of the gradient at a limit, which turns its direction (Mikolov 2012).

    Parameters
    ----------
    rule : Optimizer
        The rule that gets the clipped gradient, wherever it asks for one.
    value : hyperparameter
        Largest absolute value of a component, > 0.

    Raises
    ------
    ValueError
        If rule is no Optimizer or value is not > 0.

    Notes
    -----
    Same as torch's clip_grad_value_ and optax.clip. Source: mikolov2012.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> rule = ClipValue(SGD(lr=1.0), value=5.0)
    >>> run(rule, quadratic([1.0, 1.0]), [3.0, 40.0], steps=1).theta[1].tolist()
    [0.0, 35.0]
    """

    rule: Any
    value: Hyper

    def step(self, J, theta, state, t):
        def clip(g):
            return np.minimum(np.maximum(g, -self.value), self.value)

        return self.rule.step(Seen(J, clip), theta, state, t)


@register(
    kind="wrapper",
    cite="andrew2021",
    year=2021,
    parents=("ClipNorm",),
    chapter=10,
    no_torch="torch.nn.utils clips at a limit that is given",
    no_optax="optax's adaptive_grad_clip compares with the norm of theta",
)
class ClipPercentile(Wrapper):
    """Shorten a gradient that is longer than a running percentile of the norms before it.

    Parameters
    ----------
    rule : Optimizer
        The rule that gets the clipped gradient, wherever it asks for one.
    percentile : hyperparameter
        Percentage of the gradients that are left alone, in (0, 100).
    gain : hyperparameter
        How fast the limit follows: it falls by a factor exp(-gain) at most, >= 0.

    Raises
    ------
    ValueError
        If rule is no Optimizer or a value is outside its range.

    Notes
    -----
    State: besides that of the rule inside, for each run the limit, at first the first
    norm that is not zero. A gradient at theta within it lowers it, a longer one raises
    it, by amounts that balance when `percentile` of 100 are within. A spike, however
    long, raises it as little as any other. One number stands for the history of all
    norms, whose percentile Seetharaman et al. take (seetharaman2020). Each run of a
    batch has a limit of its own. Source: the geometric update of andrew2021, where it
    counts a step's clients instead of one gradient.

    Examples
    --------
    >>> from primer import SGD, Varying, Objective, run
    >>> def slope(t):
    ...     g = 500.0 if t == 3 else 1.0
    ...     return Objective(lambda theta: g * theta[..., 0], lambda theta: g + 0 * theta)
    >>> rule = ClipPercentile(SGD(lr=1.0), percentile=90.0)
    >>> run(rule, Varying(slope), [0.0], steps=5).theta[:, 0].round(2).tolist()
    [0.0, -1.0, -2.0, -3.0, -4.04, -5.04]
    """

    rule: Any
    percentile: Hyper = 10.0
    gain: Hyper = 0.2

    domains: ClassVar[dict[str, str]] = {"percentile": "percent", "gain": "rate"}

    def init(self, theta: Any) -> dict[str, Any]:
        return {"rule": self.rule.init(theta), "limit": 0 * theta[..., :1]}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        length = np.sqrt(np.sum(g**2, axis=-1, keepdims=True))
        bound = np.where(state["limit"] > 0, state["limit"], length)
        known = Through(J, grad=functools.partial(_once, theta, g, J))
        clipped = Seen(known, functools.partial(_shortened, bound))
        theta, inner = self.rule.step(clipped, theta, state["rule"], t)
        longer = (1 + np.sign(length - bound)) / 2
        limit = bound * np.exp(self.gain * (self.percentile / 100 - 1 + longer))
        return theta, {"rule": inner, "limit": limit}


def _once(theta, g, J, x):
    """The gradient at x, which at theta is known."""
    return g if x is theta else J.grad(x)


def _shortened(bound, g):
    length = np.sqrt(np.sum(g**2, axis=-1, keepdims=True))
    return g * (np.minimum(length, bound) / np.where(length > 0, length, 1))
