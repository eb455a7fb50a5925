"""The schedule of the Transformer."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..hyper import Hyper
from ..registry import schedule
from .base import Schedule


@schedule(
    cite="vaswani2017",
    year=2017,
    chapter=8,
    no_torch="torch.optim.lr_scheduler has no inverse square root",
    no_optax="optax has no inverse square root schedule",
)
class InverseSqrt(Schedule):
    """Linear warm-up, then a decay in proportion to 1 / sqrt(t), without an end.

    Equation: s(t) = peak * min((t + 1) / warmup, sqrt(warmup / (t + 1))).

    Parameters
    ----------
    peak : hyperparameter
        Largest value, reached at t = warmup - 1, >= 0.
    warmup : int, or a sweep or slider of ints
        Steps of the warm-up, >= 1; 1 gives peak / sqrt(t + 1).

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    The rate of the Transformer (vaswani2017), which writes peak as 1 / sqrt(d_model * warmup).

    Examples
    --------
    >>> InverseSqrt(1.0, 4)(np.array([0, 3, 15])).tolist()
    [0.25, 1.0, 0.5]
    """

    peak: Hyper
    warmup: Any

    counts: ClassVar[dict[str, int]] = {"warmup": 1}

    def value(self, t: Any) -> Any:
        n = t + 1
        return self.peak * np.minimum(n / self.warmup, np.sqrt(self.warmup / n))
