"""The kind of a traced number: NumPy's rules, asked of NumPy, and Python's for its own numbers.

A kind is a NumPy dtype, or bool, int or float for a number of Python (the step t, a slider). They
matter: a truth value of NumPy plus another is their "or", in Python it is 2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Kind = Any

ARITHMETIC = {"add", "subtract", "multiply", "floor_divide", "remainder", "negative", "absolute"}
BITWISE = {"bitwise_and", "bitwise_or", "bitwise_xor", "invert"}
COMPARISONS = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}


def kind_of(value: Any) -> Kind:
    """The kind of a number or array.

    Examples
    --------
    >>> kind_of(2), kind_of(np.array([True]))
    (<class 'int'>, dtype('bool'))
    """
    return type(value) if type(value) in (bool, int, float) else np.asarray(value).dtype


def truth(kind: Kind) -> bool:
    return kind is bool or kind == np.dtype(bool)


def integral(kind: Kind) -> bool:
    return kind is int or (not isinstance(kind, type) and kind.kind in "iu")


def result_kind(name: str, kinds: list[Kind]) -> Kind:
    """The kind that NumPy's function of this name makes of these; TypeError where it refuses.

    Examples
    --------
    >>> result_kind("add", [np.dtype(bool), np.dtype(bool)]), result_kind("add", [bool, bool])
    (dtype('bool'), <class 'int'>)
    """
    if all(isinstance(k, type) for k in kinds):
        if name in ARITHMETIC:
            return float if float in kinds else int
        if name in ("divide", "power"):
            return float
        if name in COMPARISONS:
            return bool
        if name in BITWISE and float not in kinds:
            return bool if set(kinds) == {bool} and name != "invert" else int
    if name == "where":
        return joint_kind(kinds[1:])
    strong = [np.dtype(bool) if k is bool else k for k in kinds]
    found = getattr(np, name).resolve_dtypes((*strong, None))[-1]
    if found.kind not in "biu" and found != np.dtype(float):
        raise TypeError(f"it computes in {found}, not in float64: write np.where(mask, 1.0, 0.0)")
    return found


def joint_kind(kinds: list[Kind]) -> Kind:
    """The kind of an array that holds numbers of these kinds.

    Examples
    --------
    >>> joint_kind([bool, np.dtype(float)])
    dtype('float64')
    """
    return np.result_type(*(k(0) if isinstance(k, type) else k for k in kinds))
