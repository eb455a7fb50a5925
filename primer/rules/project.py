"""Projection into a box."""

from typing import Any, ClassVar

import numpy as np

from .. import check
from ..hyper import Hyper
from ..registry import rule as register
from .wrappers import Wrapper


@register(
    kind="wrapper",
    cite="goldstein1964",
    year=1964,
    chapter=6,
    no_torch="torch.optim has no projection",
    optax="projections.projection_box(params, low, high)",
)
class Project(Wrapper):
    """Bring theta back into a box after every step (projected descent).

    Parameters
    ----------
    rule : Optimizer
        The rule whose steps are brought back.
    low, high : hyperparameter
        Ends of the interval for every coordinate, low < high.

    Raises
    ------
    ValueError
        If rule is no Optimizer or low is not below high.

    Notes
    -----
    The start is not projected. With an adaptive rule this is the Euclidean projection; Reddi et al.
    project in the norm of the second moment, which on a box is the same. Source: goldstein1964.

    Examples
    --------
    >>> from primer import SGD, run
    >>> from primer.landscapes import quadratic
    >>> rule = Project(SGD(lr=0.5), low=3.0, high=9.0)
    >>> run(rule, quadratic([1.0]), [8.0], steps=3).theta[:, 0].tolist()
    [8.0, 4.0, 3.0, 3.0]
    """

    rule: Any
    low: Hyper
    high: Hyper

    domains: ClassVar[dict[str, str]] = {"low": "real", "high": "real"}

    def __post_init__(self) -> None:
        super().__post_init__()
        plain = [
            v
            for v in (self.low, self.high)
            if isinstance(v, (int, float, np.ndarray))
        ]
        if len(plain) == 2 and not np.all(self.low < self.high):
            raise check.refuse("high", self.high, f"above low = {self.low!r}")

    def step(self, J, theta, state, t):
        free, memory = self.rule.step(J, theta, state, t)
        return np.minimum(np.maximum(free, self.low), self.high), memory
