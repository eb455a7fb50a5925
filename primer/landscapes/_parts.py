"""What the landscapes share: taking theta apart, putting gradients and Hessians together."""

from __future__ import annotations

from typing import Any

import numpy as np


def pair(theta: Any) -> tuple[Any, Any]:
    """The two coordinates of theta, each of shape (*batch,)."""
    if theta.ndim == 1:  # numbers: NumPy's arithmetic of them is quicker than of arrays of one
        return theta[0], theta[1]
    return theta[..., 0], theta[..., 1]


def vector(*parts: Any) -> Any:
    """Numbers of shape (*batch,) as one array of shape (*batch, k)."""
    if hasattr(parts[0], "traced"):
        return np.stack(parts, axis=-1)
    whole = np.array(parts)  # quicker than np.stack, and the runs of a batch lie together
    return whole if whole.ndim == 1 else whole.transpose(*range(1, whole.ndim), 0)


def symmetric(xx: Any, xy: Any, yy: Any) -> Any:
    """The 2 x 2 matrices with these entries, shape (*batch, 2, 2)."""
    return vector(vector(xx, xy), vector(xy, yy))


def diagonal(entries: Any) -> Any:
    """Diagonal matrices from an array of shape (*batch, d), shape (*batch, d, d)."""
    d = entries.shape[-1]
    if hasattr(entries, "traced"):
        columns = [entries[..., i] for i in range(d)]
        rows = [[c if i == j else 0 * c for i, c in enumerate(columns)] for j in range(d)]
        return vector(*(vector(*row) for row in rows))
    out = np.zeros((*entries.shape, d), entries.dtype)
    out[..., np.arange(d), np.arange(d)] = entries
    return out


def like(constants: np.ndarray, theta: Any) -> Any:
    """Constants in theta's dtype, so that float32 stays float32."""
    return constants.astype(theta.dtype, copy=False)


def plain(x: Any) -> Any:
    """A NumPy scalar as a Python float, which leaves the dtype of theta alone."""
    return x.item()
