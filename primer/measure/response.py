"""How a rule responds: its steps for gradients given beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check
from ..objective import Objective, Table, Varying
from ..optimizer import Optimizer
from ..running import run


def feed(rule: Optimizer, gradients: Any, shapes: Any = None) -> np.ndarray:
    """The steps theta_{t+1} - theta_t of a rule that sees these gradients, wherever theta goes.

    Parameters
    ----------
    rule : Optimizer
        With lr = 1 its steps come in units of the rate.
    gradients : array_like
        Shape (steps,) for one parameter, (steps, d) for d of them.
    shapes : sequence of tuple of int, optional
        Blocks of the d parameters, for a rule that needs to know, as in `Objective`.

    Returns
    -------
    ndarray
        Of the shape of `gradients`.

    Raises
    ------
    ValueError
        If gradients is empty, not finite, or has another shape, or shapes do not add up to d.

    Examples
    --------
    >>> from primer import SGD, Momentum
    >>> feed(SGD(lr=0.5), [1.0, 2.0]).tolist()
    [-0.5, -1.0]
    >>> feed(Momentum(lr=1.0, beta=0.5), [1.0, 0.0, 0.0]).tolist()
    [-1.0, -0.5, -0.25]
    >>> from primer import Shampoo
    >>> feed(Shampoo(lr=1.0, eps=0.0), [[4.0, 0.0, 0.0, 9.0]], shapes=[(2, 2)]).round(6).tolist()
    [[-1.0, 0.0, 0.0, -1.0]]
    """
    check.number("gradients", gradients)
    given = np.asarray(gradients, dtype=float)
    if given.ndim not in (1, 2) or not given.size:
        raise ValueError(f"gradients must have shape (steps,) or (steps, d), got {given.shape}")
    table = Table(given.reshape(len(given), -1))
    d = table.rows.shape[1]

    def at(t: Any) -> Objective:
        def grad(theta: Any) -> Any:
            return table[t] + 0 * theta

        return Objective(lambda theta: 0 * theta.sum(-1), grad, dim=d, shapes=shapes)

    theta = run(rule, Varying(at), np.zeros(d), len(given)).theta
    return np.diff(theta, axis=0).reshape(given.shape)
