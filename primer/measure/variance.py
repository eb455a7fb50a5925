"""Which factor of a factorial study moves the score: shares of its variance."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy  # its parts load when they are first asked for

from .. import check

Share = tuple[float, float, float]
#: Entries of the result beside the factors.
REST = ("interactions", "noise")


def variance_shares(
    scores: Any, axes: Sequence[str], total: bool = False, level: float = 0.95
) -> dict[str, Share]:
    """Shares of a score's variance that the factors of a full factorial study explain.

    Equation: score = sum over sets u of factors of f_u(levels) + noise, where f_u has mean zero
    along each of its factors (functional ANOVA, every level counted alike); the share of u is
    mean(f_u**2) / (sum over u of mean(f_u**2) + variance of the noise).

    Shapes: scores has an axis for every factor, then the axis of the seeds: (*levels, s).

    Parameters
    ----------
    scores : array_like of float (*levels, s)
        Of s >= 3 seeds for every combination of levels, of which each factor has at least two.
    axes : sequence of str
        Names of the factors, in the order of the axes.
    total : bool
        Count into each factor every interaction in which it takes part; these shares overlap.
    level : float
        How often an interval holds the share that ever more seeds would give, in [0, 1);
        approximate.

    Returns
    -------
    dict of str to (share, low, high)
        For every factor, then "interactions", all of them together, and "noise": what the seed
        does to a single run. Without `total` the shares add up to 1.

    Raises
    ------
    ValueError
        If scores are not finite, all alike, too few, or do not fit the names.

    Notes
    -----
    Only products of different seeds enter an effect: a factor without one has share 0 on average,
    and may come out a little below. Seeds may be common to all combinations or not. The interval
    is the jackknife's, which leaves out one seed at a time, with Student's t. The shares hold for
    the levels tried: a wider range of a factor makes its share larger. Source: hutter2014.

    Examples
    --------
    >>> rates, sizes = np.array([0.0, 3.0])[:, None, None], np.array([0.0, 1.0])[:, None]
    >>> found = variance_shares(rates + sizes + np.zeros(4), ["rate", "size"])
    >>> {name: round(share, 3) for name, (share, _, _) in found.items()}
    {'rate': 0.9, 'size': 0.1, 'interactions': 0.0, 'noise': 0.0}
    """
    values, names = _table(scores, axes)
    check.number("level", level, "decay")
    products, s = _products(values), values.shape[-1]
    found = _shares(products, names, np.ones((1, s)), total)[0]
    without = _shares(products, names, 1 - np.eye(s), total)
    error = np.sqrt((s - 1) * without.var(0))
    half = scipy.stats.t.ppf((1 + level) / 2, s - 1) * error
    rows = np.stack([found, found - half, found + half], axis=1).tolist()
    return {name: tuple(row) for name, row in zip((*names, *REST), rows, strict=True)}


def _table(scores: Any, axes: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Scores and names, if they are a full factorial study with seeds."""
    check.number("scores", scores)
    values, names = np.asarray(scores, dtype=float), tuple(axes)
    if isinstance(axes, str) or not all(isinstance(name, str) for name in names):
        raise check.refuse("axes", axes, "a sequence of names, such as ['rate', 'size']")
    if len({*names, *REST}) < len(names) + len(REST):
        raise check.refuse("axes", axes, f"different names, none of them {' or '.join(REST)}")
    if not names or values.ndim != len(names) + 1:
        allowed = f"an array with an axis for each of {list(names)}, and one of seeds"
        raise check.refuse("scores", values.shape, allowed)
    if min(values.shape[:-1]) < 2 or values.shape[-1] < 3:
        allowed = "a table of two levels or more of every factor, and three seeds or more"
        raise check.refuse("scores", values.shape, allowed)
    if np.ptp(values) == 0:
        raise ValueError(f"scores must differ, got {values.flat[0]} everywhere")
    return values - values.mean(), names


def _products(values: np.ndarray) -> dict[tuple[int, ...], np.ndarray]:
    """For every set of factors, the products (s, s) of its effects between the seeds."""
    factors, s = range(values.ndim - 1), values.shape[-1]
    found = {}
    for inside in itertools.product((False, True), repeat=len(factors)):
        effect = values
        for axis, kept in enumerate(inside):
            mean = effect.mean(axis, keepdims=True)
            effect = effect - mean if kept else mean
        flat = effect.reshape(-1, s)
        found[tuple(k for k in factors if inside[k])] = flat.T @ flat / len(flat)
    return found


def _shares(
    products: dict[tuple[int, ...], np.ndarray], names: tuple[str, ...], used: Any, total: bool
) -> np.ndarray:
    """Shares (n, factors + 2) of n choices among the seeds; used (n, s) holds 0 and 1."""
    n = used.sum(1)
    alone = {u: used @ G.diagonal() for u, G in products.items()}
    both = {u: ((used @ G) * used).sum(1) for u, G in products.items()}
    size = {u: (both[u] - alone[u]) / (n * (n - 1)) for u in products}
    noise = sum(alone[u] / n - size[u] for u in products)
    own = [
        sum(size[u] for u in products if k in u and (total or len(u) == 1))
        for k in range(len(names))
    ]
    together = sum((size[u] for u in products if len(u) > 1), np.zeros(len(n)))
    whole = noise + sum(size[u] for u in products if u)
    return np.stack([*own, together, noise], axis=1) / whole[:, None]
