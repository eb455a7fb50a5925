"""The pieces of the networks: a layout of the flat vector, activations, the softmax loss."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class Layout:
    """Where each weight matrix lives in the flat vector.

    Parameters
    ----------
    shapes : sequence of tuple of int
        Shapes of the parts, in order.

    Examples
    --------
    >>> layout = Layout([(2, 3), (3,)])
    >>> layout.dim
    9
    >>> W, b = layout.parts(np.arange(9.0))
    >>> W.tolist(), b.tolist()
    ([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], [6.0, 7.0, 8.0])
    >>> [part.shape for part in layout.matrices(np.arange(9.0))]
    [(2, 3)]
    """

    def __init__(self, shapes: Sequence[tuple[int, ...]]) -> None:
        self.shapes = tuple(shapes)
        ends = np.cumsum([math.prod(s) for s in self.shapes]).tolist()
        self.slices = [slice(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
        self.dim = ends[-1]

    def parts(self, theta: Any) -> list[Any]:
        """Views of theta (*batch, d) as arrays (*batch, *shape), one per part."""
        batch = theta.shape[:-1]
        pairs = zip(self.slices, self.shapes, strict=True)
        return [theta[..., piece].reshape(*batch, *shape) for piece, shape in pairs]

    def matrices(self, theta: Any) -> list[Any]:
        """Those of the `parts` that are matrices: the weights, without biases and gains."""
        pairs = zip(self.parts(theta), self.shapes, strict=True)
        return [part for part, shape in pairs if len(shape) == 2]

    def empty(self, batch: tuple[int, ...], dtype: Any) -> tuple[np.ndarray, list[np.ndarray]]:
        """A new vector (*batch, d) and the views of its parts, to be filled."""
        whole = np.empty((*batch, self.dim), dtype)
        return whole, self.parts(whole)


@dataclasses.dataclass(frozen=True)
class Activation:
    """A nonlinearity a = f(z), its slope written in terms of a, and its starting scale.

    `spread(n_in, n_out)` is the standard deviation of a layer's initial weights.
    """

    name: str
    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    spread: Callable[[int, int], float]


def _positive(z: Any) -> Any:
    return np.maximum(z, 0)


def _step(a: Any) -> Any:
    return a > 0


def _bell(a: Any) -> Any:
    return 1 - np.square(a)


def glorot(n_in: int, n_out: int) -> float:
    """Standard deviation sqrt(2 / (n_in + n_out)) (glorot2010)."""
    return math.sqrt(2 / (n_in + n_out))


def he(n_in: int, n_out: int) -> float:
    """Standard deviation sqrt(2 / n_in) (he2015)."""
    return math.sqrt(2 / n_in)


tanh = Activation("tanh", np.tanh, _bell, glorot)
relu = Activation("relu", _positive, _step, he)


def normalized(Z: Any, eps: float) -> tuple[Any, Any]:
    """N = (Z - mean) / sigma along the last axis, and sigma = sqrt(variance + eps), (..., 1)."""
    N = Z - Z.mean(-1, keepdims=True)
    sigma = np.sqrt(np.square(N).mean(-1, keepdims=True) + eps)
    N /= sigma
    return N, sigma


def normalized_slope(D: Any, N: Any, sigma: Any) -> Any:
    """From the gradient D with respect to N to that with respect to Z.

    What N cannot follow is taken out: a shift of all units, and for eps = 0 a stretch of them.
    """
    D = D - D.mean(-1, keepdims=True)
    D -= N * (D * N).mean(-1, keepdims=True)
    D /= sigma
    return D


def largest(Z: Any) -> Any:
    """The largest score of every example, (..., 1).

    Few classes are gone through one by one: a short last axis makes a slow inner loop.
    """
    if Z.shape[-1] > 16:
        return Z.max(-1, keepdims=True)
    return functools.reduce(np.maximum, (Z[..., k, None] for k in range(Z.shape[-1])))


def softmax(Z: Any) -> Any:
    """exp(z_k) / sum over j of exp(z_j) along the last axis."""
    E = np.exp(Z - largest(Z))
    E /= E.sum(-1, keepdims=True)
    return E


def cross_entropy(Z: Any, y: Any) -> Any:
    """Mean over the examples of log(sum over j of exp(z_j)) - z_y; Z is (..., B, K), y (..., B)."""
    top = largest(Z)
    total = np.log(np.exp(Z - top).sum(-1)) + top[..., 0]
    return (total - np.take_along_axis(Z, _spread(y, Z), -1)[..., 0]).mean(-1)


def cross_entropy_slope(Z: Any, y: Any) -> Any:
    """Gradient of `cross_entropy` with respect to Z: (softmax(Z) - one-hot y) / B."""
    D = softmax(Z)
    examples = D.reshape(-1, Z.shape[-1])
    examples[np.arange(len(examples)), np.broadcast_to(y, Z.shape[:-1]).ravel()] -= 1
    D /= Z.shape[-2]
    return D


def _spread(y: Any, Z: Any) -> Any:
    return np.broadcast_to(y, Z.shape[:-1])[..., None]
