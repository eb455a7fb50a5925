"""How the runs of a batch lie in memory, and which of them were lost."""

from __future__ import annotations

import numpy as np

#: Fewer coordinates than these lie apart in memory, the runs of a batch together.
FEW = 8


def coordinate_first(theta: np.ndarray) -> np.ndarray:
    """The same numbers, laid out so that arithmetic over the runs of a batch is one long loop.

    A last axis of few coordinates is too short to be the one that lies together in memory. From
    eight on it stays: NumPy adds up an axis that lies apart in another order.
    """
    if theta.shape[-1] >= FEW:
        return theta
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(theta, -1, 0)), 0, -1)


def room(count: int, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Space for `count` arrays like theta, laid out like it, and their losses."""
    batch, d = theta.shape[:-1], theta.shape[-1]
    losses = np.empty((count, *batch), theta.dtype)
    if d >= FEW:
        return np.empty((count, *batch, d), theta.dtype), losses
    return np.moveaxis(np.empty((count, d, *batch), theta.dtype), 1, -1), losses


def first_lost(thetas: np.ndarray, losses: np.ndarray, when: np.ndarray) -> np.ndarray:
    """`Run.diverged_at` for kept rows at the steps `when`."""
    if np.isfinite(thetas.sum() + losses.sum()):  # the quick way to see that all are finite
        return np.full(losses.shape[1:], -1)
    fine = np.isfinite(losses)
    if thetas.shape[-1] >= FEW:
        fine &= np.isfinite(thetas).all(-1)
    else:
        for i in range(thetas.shape[-1]):
            fine &= np.isfinite(thetas[..., i])
    return np.where(fine.all(0), -1, when[fine.argmin(0)])
