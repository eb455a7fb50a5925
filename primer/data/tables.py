"""Tables of numbers that come with scikit-learn."""

from __future__ import annotations

import numpy as np

from .. import check

Split = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def digits(validation: float = 0.2, seed: int = 0) -> Split:
    """1,797 handwritten digits of 8 x 8 pixels.

    Shapes: X (N, 64) in [0, 1], y (N,) with labels 0 … 9.

    Parameters
    ----------
    validation : float
        Share of the examples kept for validation, in (0, 1).
    seed : int
        Which examples those are; an integer >= 0.

    Returns
    -------
    X, y, X_val, y_val : ndarray

    Raises
    ------
    ValueError
        If validation is not in (0, 1) or seed is not an integer >= 0.

    Notes
    -----
    Source: alpaydin1998, by way of scikit-learn (pedregosa2011).

    Examples
    --------
    >>> X, y, X_val, y_val = digits(validation=0.2, seed=0)
    >>> X.shape, X_val.shape, float(X.min()), float(X.max())
    ((1438, 64), (359, 64), 0.0, 1.0)
    """
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    train, held = shares(len(X), (validation,), seed)
    return X[train] / 16, y[train], X[held] / 16, y[held]


def breast_cancer(validation: float = 0.2, seed: int = 0) -> Split:
    """569 breast tumors: 30 measurements of cell nuclei, and whether the tumor is benign.

    Shapes: X (N, 30), standardized with the mean and deviation of the training examples;
    y (N,) with labels 0 (malignant) and 1 (benign).

    Parameters
    ----------
    validation : float
        Share of the examples kept for validation, in (0, 1).
    seed : int
        Which examples those are; an integer >= 0.

    Returns
    -------
    X, y, X_val, y_val : ndarray

    Raises
    ------
    ValueError
        If validation is not in (0, 1) or seed is not an integer >= 0.

    Notes
    -----
    Source: wolberg1995, by way of scikit-learn (pedregosa2011).

    Examples
    --------
    >>> X, y, X_val, y_val = breast_cancer()
    >>> X.shape, X_val.shape, float(abs(X.mean(0)).max().round(9)), X.std(0).round(9).max()
    ((455, 30), (114, 30), 0.0, np.float64(1.0))
    """
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    train, held = shares(len(X), (validation,), seed)
    mean, deviation = X[train].mean(0), X[train].std(0)
    X = (X - mean) / deviation
    return X[train], y[train], X[held], y[held]


def shares(n: int, held: tuple[float, ...], seed: int) -> list[np.ndarray]:
    """Numbers 0 … n - 1 in random order, cut into the rest (first) and the shares asked for."""
    for name, share in zip(("validation", "test"), held, strict=False):
        check.number(name, share, "shrink")
    order = np.random.default_rng(check.count("seed", seed, 0)).permutation(n)
    ends = np.cumsum([round(share * n) for share in held])
    if not ends[-1] < n:
        raise check.refuse("validation", held, "shares that leave something to train on")
    *parts, rest = np.split(order, ends)
    if any(not part.size for part in parts):
        raise check.refuse("validation", held, f"shares of {n} examples that are not empty")
    return [rest, *parts]
