"""How well a mean is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # its parts load when they are first asked for

from .. import check


def mean_interval(sample: Any, level: float = 0.95) -> tuple[Any, Any]:
    """The mean of independent numbers, and half the width of its confidence interval.

    Shapes: sample (n, *batch) gives two arrays (*batch,).

    Parameters
    ----------
    sample : array_like of float (n, *batch)
        n >= 2 independent draws.
    level : float
        How often the interval holds the expectation, in [0, 1); exact for normal numbers.

    Returns
    -------
    mean, half : float or ndarray (*batch,)

    Raises
    ------
    ValueError
        If the sample has fewer than two draws or is not finite, or the level is out of range.

    Examples
    --------
    >>> mean, half = mean_interval([1.0, 2.0, 3.0])
    >>> float(mean), round(float(half), 3)
    (2.0, 2.484)
    """
    check.number("sample", sample)
    check.number("level", level, "decay")
    draws = np.asarray(sample, dtype=float)
    if draws.ndim < 1 or len(draws) < 2:
        raise check.refuse("sample", draws.shape, "at least two draws, of shape (n, *batch)")
    n = len(draws)
    reach = scipy.stats.t.ppf((1 + level) / 2, n - 1)
    return draws.mean(0), reach * draws.std(0, ddof=1) / np.sqrt(n)
