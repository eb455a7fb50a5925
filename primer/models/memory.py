"""The linear associative memory: the smallest problem whose parameters are truly a matrix."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .. import check
from ..objective import Objective


class AssociativeMemory(Objective):
    """A matrix W that is to answer each key with the value that belongs to it.

    Equation: s_ij = k_i W u_j is the score of value j for key i, q_ij = exp(s_ij) / sum over l of
    exp(s_il) its probability, J = -sum over i of p_i * log(q_ii), theta = W row by row.

    At W = 0 and with orthonormal keys and values the gradient's singular values follow the
    frequencies p_i. There is no minimum: J falls to 0 as W grows without bound.

    Shapes: theta (*batch, r * c), with `shapes` [(r, c)]. Frequencies, keys, and values may have
    axes in front, `axes`, one memory for each run: these broadcast against the last axes of batch.

    Parameters
    ----------
    frequencies : array_like of float (*axes, n)
        How often each of n >= 2 keys is asked for, each > 0; they are scaled to add up to 1.
    keys : array_like of float (*axes, n, r), optional
        By default the unit vectors of n dimensions, as for the values.
    values : array_like of float (*axes, n, c), optional

    Raises
    ------
    ValueError
        If an argument is not a finite array of this shape, or a frequency is not positive.

    Notes
    -----
    Source: wang2026, who study Muon on this problem.

    Examples
    --------
    >>> J = AssociativeMemory([3, 1])
    >>> W = np.zeros(4)
    >>> round(float(J(W)), 4), J.recall(W).tolist(), J.shapes
    (0.6931, [0.5, 0.5], ((2, 2),))
    >>> J.grad(W).reshape(2, 2).tolist()
    [[-0.375, 0.375], [0.125, -0.125]]
    """

    #: Which association `watch` looks at; all, weighed by their frequencies, if None.
    seen: int | None = None

    def __init__(self, frequencies: Any, keys: Any = None, values: Any = None) -> None:
        p = _array("frequencies", frequencies, 1)
        check.number("frequencies", p, "positive")
        if p.shape[-1] < 2:
            raise check.refuse("frequencies", frequencies, "at least two numbers")
        self.frequencies = p / p.sum(-1, keepdims=True)
        units = np.eye(p.shape[-1])
        self.keys = _vectors("keys", units if keys is None else keys, p)
        self.values = _vectors("values", units if values is None else values, p)
        _refuse_apart(p.shape[:-1], self.keys.shape[:-2], self.values.shape[:-2])
        shape = self.keys.shape[-1], self.values.shape[-1]
        alone = p.ndim == 1 and self.keys.ndim == self.values.ndim == 2
        super().__init__(
            self._mean,
            self._slope,
            self._curve,
            dim=shape[0] * shape[1],
            start=np.zeros(shape[0] * shape[1]),
            shapes=[shape],
            separable=alone,
            name="Associative memory",
        )

    def initial(self, seeds: Any = 0) -> np.ndarray:
        """The start W = 0 for each seed, shape (*np.shape(seeds), r * c)."""
        return np.zeros((*np.shape(seeds), self.dim or 0))

    def losses(self, theta: Any) -> Any:
        """-log(q_ii) of every association, (*batch, n)."""
        self._fits(theta)
        return -np.diagonal(self._log_shares(theta), axis1=-2, axis2=-1)

    def recall(self, theta: Any) -> Any:
        """q_ii, the probability of the right value for every key, (*batch, n)."""
        return np.exp(-self.losses(theta))

    def watching(self, index: int) -> AssociativeMemory:
        """The same problem, of which `run` records the loss of one association.

        Raises ValueError if index is not one of 0 … n - 1, or -n … -1, counted from the end.

        Examples
        --------
        >>> from primer import SGD, run
        >>> J = AssociativeMemory([3, 1])
        >>> [run(SGD(lr=1.0), J.watching(i), J.start, 9).loss[-1].round(2).item() for i in (0, 1)]
        [0.07, 0.21]
        """
        count = self.frequencies.shape[-1]
        whole = np.ndim(index) == 0 and np.asarray(index).dtype.kind in "iu"
        if not whole or not -count <= index < count:
            raise check.refuse("index", index, f"an integer from {-count} to {count - 1}")
        other = copy.copy(self)
        other.seen = int(index)
        return other

    def watch(self, theta: Any, t: Any) -> Any:
        return self(theta) if self.seen is None else self.losses(theta)[..., self.seen]

    def _log_shares(self, theta: Any) -> Any:
        """log(q_ij), (*batch, n, n)."""
        W = np.reshape(theta, (*theta.shape[:-1], *(self.shapes or ())[0]))
        answers = np.matmul(_like(self.keys, theta), W)
        scores = np.matmul(answers, np.swapaxes(_like(self.values, theta), -1, -2))
        scores = scores - np.max(scores, axis=-1, keepdims=True)
        return scores - np.log(np.sum(np.exp(scores), axis=-1, keepdims=True))

    def _mean(self, theta: Any) -> Any:
        return np.sum(_like(self.frequencies, theta) * self.losses(theta), axis=-1)

    def _slope(self, theta: Any) -> Any:
        excess = np.exp(self._log_shares(theta)) - _like(np.eye(self.frequencies.shape[-1]), theta)
        pull = _like(self.frequencies[..., None], theta) * excess
        to_values = np.matmul(pull, _like(self.values, theta))
        G = np.matmul(np.swapaxes(_like(self.keys, theta), -1, -2), to_values)
        return np.reshape(G, (*G.shape[:-2], self.dim))

    def _curve(self, theta: Any) -> Any:
        """Sum over i of p_i * outer(k_i, k_i) times the covariance of u under q_i."""
        q = np.exp(self._log_shares(theta))
        keys, values = _like(self.keys, theta), _like(self.values, theta)
        mean = q @ values
        spread = np.einsum("...ij,...ja,...jb->...iab", q, values, values)
        spread = spread - mean[..., :, None] * mean[..., None, :]
        p = _like(self.frequencies, theta)
        H = np.einsum("...i,...ir,...is,...iab->...rasb", p, keys, keys, spread)
        return np.reshape(H, (*H.shape[:-4], self.dim, self.dim))


def _array(name: str, given: Any, axes: int) -> np.ndarray:
    try:
        array = np.asarray(given)
    except ValueError:  # rows of different lengths
        array = np.empty(0)
    if array.dtype.kind not in "iuf" or array.ndim < axes or not array.size:
        raise check.refuse(name, given, f"an array of numbers with {axes} or more axes")
    if not np.isfinite(array).all():
        raise check.refuse(name, given, "finite everywhere")
    return array.astype(float)


def _vectors(name: str, given: Any, p: np.ndarray) -> np.ndarray:
    """One vector for each frequency."""
    array = _array(name, given, 2)
    if array.shape[-2] != p.shape[-1]:
        raise check.refuse(name, array.shape, f"of shape (*axes, {p.shape[-1]}, width)")
    return array


def _refuse_apart(*axes: tuple[int, ...]) -> None:
    """Refuse frequencies, keys, and values whose axes in front do not broadcast."""
    try:
        np.broadcast_shapes(*axes)
    except ValueError:
        raise ValueError(
            "the axes in front of frequencies, keys and values must broadcast, got "
            + " and ".join(map(str, axes))
        ) from None


def _like(constants: np.ndarray, theta: Any) -> Any:
    return constants.astype(theta.dtype, copy=False)
