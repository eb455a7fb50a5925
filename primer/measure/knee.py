"""The knee of the curve of steps against batch size."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # its parts load when they are first asked for

from .. import check


def knee(sizes: Any, steps: Any) -> tuple[float, float]:
    """Fewest steps and critical batch size, fitted to steps counted at several batch sizes.

    Equation: steps(B) = fewest * (1 + critical / B), fitted by least squares of the logarithm.

    Parameters
    ----------
    sizes : array_like of float (n,)
        Batch sizes, n >= 2.
    steps : sequence of n array_like
        The steps that the runs with each batch size took, of which the median is used; a number
        where there is one run only.

    Returns
    -------
    fewest, critical : float

    Raises
    ------
    ValueError
        If sizes or steps are not positive and finite, or differ in length.

    Notes
    -----
    Source: mccandlish2018.

    Examples
    --------
    >>> fewest, critical = knee([1, 10, 100], [[110, 120, 130], [30, 32, 28], 21])
    >>> round(fewest), round(critical)
    (20, 5)
    """
    check.number("sizes", sizes, "positive")
    size, middle = np.asarray(sizes, dtype=float), np.array([np.median(s) for s in steps])
    check.number("steps", middle, "positive")
    if size.ndim != 1 or size.size < 2 or size.shape != middle.shape:
        given = f"sizes of shape {size.shape} and {len(middle)} counts"
        raise ValueError(f"sizes and steps must be as long, at least 2, got {given}")
    found, _ = scipy.optimize.curve_fit(
        _log_steps, size, np.log(middle), p0=(np.log(middle.min()), np.log(np.median(size)))
    )
    fewest, critical = np.exp(found)
    return float(fewest), float(critical)


def knee_interval(
    sizes: Any, steps: Any, times: int = 200, seed: int = 0, level: float = 0.95
) -> tuple[float, float]:
    """Confidence interval of the critical batch size: runs are drawn with replacement.

    Parameters
    ----------
    sizes, steps :
        As for `knee`.
    times : int
        How often the runs of every batch size are drawn, >= 1.
    seed : int
        Of the draws, >= 0.
    level : float
        Share of the fitted values inside the interval, in [0, 1).

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        As for `knee`, or if times, seed or level are not what they must be.

    Notes
    -----
    It covers the luck of the seeds, not the choice of the batch sizes, nor the form of the curve.

    Examples
    --------
    >>> low, high = knee_interval([1, 10, 100], [[110, 120, 130], [30, 32, 28], 21])
    >>> low < knee([1, 10, 100], [[110, 120, 130], [30, 32, 28], 21])[1] < high
    True
    """
    check.number("level", level, "decay")
    rng = np.random.default_rng(check.count("seed", seed, 0))
    runs = [np.atleast_1d(s) for s in steps]
    fitted = []
    for _ in range(check.count("times", times)):
        drawn = [rng.choice(counts, len(counts)) for counts in runs]
        fitted.append(knee(sizes, drawn)[1])
    low, high = np.quantile(fitted, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)


def _log_steps(size: Any, log_fewest: float, log_critical: float) -> Any:
    return log_fewest + np.log1p(np.exp(log_critical) / size)
