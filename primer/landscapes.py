"""Landscapes: functions that return an `Objective` with value, gradient, Hessian and minima."""

from __future__ import annotations

from typing import Any

import numpy as np

from .objective import Objective
from .registry import landscape


@landscape(cite="shewchuk1994", year=1994, chapter=1)
def quadratic(eigenvalues: Any = (1.0, 10.0), rotation: float = 0) -> Objective:
    """TODO"""
    a = np.asarray(eigenvalues, dtype=float)
    return Objective(lambda th: (a * np.square(th)).sum(-1) / 2, lambda th: a * th, dim=len(a))
