"""Which ingredient brought the gain: Shapley values of a factorial study."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import check


def shapley(scores: Any, names: Sequence[str]) -> dict[str, Any]:
    """What each ingredient of a recipe adds to a score, on average over all orders of adding them.

    Equation: value of i = mean over all orders of the ingredients of
    (score with i and those before it - score with those before it only).

    Shapes: scores has an axis of two for every ingredient, without it and with it, then any others:
    (2, ..., 2, *batch).

    Parameters
    ----------
    scores : array_like of float (2, ..., 2, *batch)
        The score of every combination; the first entry has none of the ingredients, the last all.
    names : sequence of str
        Names of n >= 1 ingredients, in the order of the first n axes.

    Returns
    -------
    dict of str to float or ndarray (*batch,)
        For every ingredient its value. They add up to the score with all of the ingredients minus
        the score with none.

    Raises
    ------
    ValueError
        If scores are not finite or do not fit the names, or the names are not different.

    Notes
    -----
    The only division of the whole gain that is linear in the scores, treats ingredients that do
    the same alike, and gives nothing to one that never changes the score. An ingredient that harms
    has a negative value. Source: shapley1953.

    Examples
    --------
    A schedule is worth 2 here, but only at the right rate, which is worth 5 by itself:

    >>> scores = [[0.0, 0.0], [5.0, 7.0]]  # the rate along the first axis
    >>> shapley(scores, ["rate", "schedule"])
    {'rate': 6.0, 'schedule': 1.0}
    """
    values, told = _table(scores, names)
    n = len(told)
    return {name: _value(np.moveaxis(values, axis, 0), n) for axis, name in enumerate(told)}


def _table(scores: Any, names: Sequence[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Scores and names, if there is a score for every combination."""
    check.number("scores", scores)
    values = np.asarray(scores, dtype=float)
    told = () if isinstance(names, str) or not np.iterable(names) else tuple(names)
    if not told or not all(isinstance(name, str) for name in told):
        raise check.refuse("names", names, "a sequence of names, such as ['rate', 'schedule']")
    if len(set(told)) < len(told):
        raise check.refuse("names", names, "different names")
    if values.shape[: len(told)] != (2,) * len(told):
        allowed = f"an array that begins with an axis of 2 for each of {list(told)}"
        raise check.refuse("scores", values.shape, allowed)
    return values, told


def _value(values: np.ndarray, n: int) -> Any:
    """The value of the ingredient of the first axis: what it adds to each set of the others,
    weighted by the share of orders in which just these come before it."""
    added = values[1] - values[0]
    sizes = np.indices((2,) * (n - 1)).sum(0) if n > 1 else np.zeros((), int)
    weights = np.vectorize(lambda k: 1 / (n * math.comb(n - 1, k)), otypes=[float])(sizes)
    found = np.tensordot(weights, added, axes=n - 1)
    return found if found.ndim else float(found)
