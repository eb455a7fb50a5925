"""Clipping the gradient, by its norm or value by value."""

from typing import Any

import numpy as np

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule as register
from .wrappers import Seen, Wrapper


def Clip(rule: Optimizer, *, norm: Any = None, value: Any = None) -> Optimizer:
    """Hold a rule and limit the gradient it sees: by its norm, or each value by itself.

    Parameters
    ----------
    rule : Optimizer
    norm : hyperparameter, optional
        Largest Euclidean norm: makes a `ClipNorm`.
    value : hyperparameter, optional
        Largest absolute value of a component: makes a `ClipValue`.

    Returns
    -------
    ClipNorm or ClipValue
        Two algorithms, so two classes.

    Raises
    ------
    ValueError
        If not exactly one of norm and value is given, or it is not > 0.

    Examples
    --------
    >>> from primer import SGD
    >>> Clip(SGD(lr=0.1), norm=1.0)
    ClipNorm(rule=SGD(lr=0.1), norm=1.0)
    >>> Clip(SGD(lr=0.1), value=0.5)
    ClipValue(rule=SGD(lr=0.1), value=0.5)
    """
    if (norm is None) == (value is None):
        raise ValueError(f"norm or value must be given, not both, got {norm=} and {value=}")
    return ClipValue(rule, value) if norm is None else ClipNorm(rule, norm)


@register(
    kind="wrapper",
    cite="pascanu2013",
    year=2013,
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
