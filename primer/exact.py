"""Whole powers that are alike in a float, an array and the page's JavaScript, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import ahead, check


def power(b: Any, n: Any) -> Any:
    """b to the integer power n, correctly rounded in nearly every case, alike on every machine.

    b ** n goes to the C library for a float and to vector instructions for an array, and the two
    differ in the last bit in one case of twenty. This one multiplies in double-double arithmetic,
    so a float, an array and the JavaScript of the published page agree bit for bit.

    Parameters
    ----------
    b : float or ndarray
        Base. What C's pow makes of 0, -0, inf and NaN is made of them here.
    n : int or ndarray of int
        Exponent, >= 0.

    Returns
    -------
    float or ndarray
        Broadcast shape of b and n; inf or 0 where the value is too large or too small for a float.

    Raises
    ------
    ValueError
        For an exponent that is not an integer >= 0.

    Examples
    --------
    >>> power(0.999, 1000)
    0.36769542477096373
    >>> power(0.5, 3), power(2.0, 0), power(-1e200, 3)
    (0.125, 1.0, -inf)
    """
    if type(n) is int and n > 0 and type(b) in (float, np.ndarray):
        found = ahead.find(b, n, _powers)
        if found is not None:
            return found
    symbol = next((x for x in (n, b) if hasattr(x, "traced")), None)
    many = not isinstance(n, int) and np.ndim(n) > 0
    if symbol is not n and not many:
        n = check.count("n", n, 0)
    if symbol is not None:
        return symbol.exact_power(b, n)
    if type(b) is float and not many:
        return _power(b, n)
    with np.errstate(all="ignore"):
        if getattr(b, "dtype", None) == np.float32:  # the splitting below is made for float64
            return power(b.astype(float), n).astype(np.float32)
        return np.vectorize(power, otypes=[float])(b, n) if many else _power(b, n)


def when(condition: Any, value: Callable[[], Any], otherwise: Any) -> Any:
    """value() where a condition on the step holds, else `otherwise`.

    What is costly and due only now and then is computed only then; a trace, in which the step is a
    symbol, has both.

    Parameters
    ----------
    condition : bool
        One for all runs, such as ``t % 10 == 0``.
    value : callable
        Without arguments.
    otherwise : ndarray

    Returns
    -------
    ndarray

    Examples
    --------
    >>> when(20 % 10 == 0, lambda: np.ones(2), np.zeros(2)).tolist()
    [1.0, 1.0]
    >>> when(21 % 10 == 0, lambda: 1 / 0, np.zeros(2)).tolist()
    [0.0, 0.0]
    """
    if hasattr(condition, "traced"):
        return np.where(condition, value(), otherwise)
    return value() if condition else otherwise


def scaled_power(a: Any, b: Any, n: Any) -> Any:
    """a * power(b, n), also where the power alone is beyond the range of a float.

    Examples
    --------
    >>> scaled_power(0.5, 0.5, 3), scaled_power(1e-3, 1e3, 103)
    (0.0625, 1e+306)
    """
    symbol = next((x for x in (a, b, n) if hasattr(x, "traced")), None)
    if symbol is not None:
        return symbol.exact_power(b, n, a)
    with np.errstate(all="ignore"):
        if np.ndim(n):
            return np.vectorize(scaled_power, otypes=[float])(a, b, n)
        factor = power(b, n)
        safe = (abs(factor) > SAFE[0]) & (abs(factor) < SAFE[1])
        if np.all(safe):
            return a * factor
        wide = np.where(safe, a * factor, _wide_power(np.asarray(b, dtype=float), int(n), a))[()]
        return wide if any(hasattr(x, "dtype") for x in (a, b)) else float(wide)


#: Between these, no step on the way to a power overflows or loses bits of its low part.
SAFE = 2.0**-960, 2.0**960


def _power(b: Any, n: int) -> Any:
    if n == 2:
        return 1.0 * b * b
    high, low, base, rest, left = 1.0 + 0.0 * b, 0.0 * b, b, 0.0 * b, n
    while left:
        if left & 1:
            high, low = _times(high, low, base, rest)
        left >>= 1
        if left:
            base, rest = _times(base, rest, base, rest)
    safe = (abs(high) > SAFE[0]) & (abs(high) < SAFE[1])
    if safe is True or np.all(safe):
        return high
    with np.errstate(all="ignore"):
        wide = _wide_power(np.asarray(b, dtype=float), n, 1.0)[()]
    return wide if hasattr(b, "dtype") else float(wide)


def _powers(b: Any, first: int, count: int) -> np.ndarray:
    """b**first … b**(first + count - 1) along a new first axis, each by the products of `_power`.

    count is a power of two and divides first: then the exponents have their upper bits in common,
    and the lower ones make a table that doubles with every bit.
    """
    kind, b = np.result_type(b), np.asarray(b, dtype=float)
    with np.errstate(all="ignore"):
        high, low, base, rest = 1.0 + 0.0 * b[None], 0.0 * b[None], b, 0.0 * b
        while len(high) < count:
            odd = _times(high, low, base, rest)
            high, low = np.concatenate([high, odd[0]]), np.concatenate([low, odd[1]])
            base, rest = _times(base, rest, base, rest)
        left = first // count
        while left:
            if left & 1:
                high, low = _times(high, low, base, rest)
            left >>= 1
            base, rest = _times(base, rest, base, rest)
        lost = ~((abs(high) > SAFE[0]) & (abs(high) < SAFE[1]))
        if lost.any():
            n = (first + np.arange(count)).reshape(-1, *[1] * b.ndim)
            pairs = np.broadcast_to(b, high.shape)[lost], np.broadcast_to(n, high.shape)[lost]
            high[lost] = _wide_power(*pairs, 1.0)
        if first <= 2 < first + count:
            high[2 - first] = 1.0 * b * b
        return high.astype(kind, copy=False)


def _wide_power(b: np.ndarray, n: Any, a: Any) -> np.ndarray:
    """a * b**n over the whole range of float64: powers of two are kept apart."""
    limit = np.where(n == 0, 1.0, np.where(n % 2, b, np.abs(b)))
    plain = np.isfinite(b) & (b != 0)
    if not plain.any():
        return a * limit
    base = _centred(np.where(plain, b, 1.0), np.zeros_like(b), 0.0)
    total = [np.ones_like(b), np.zeros_like(b), np.zeros_like(b)]
    left = np.asarray(n)
    while left.any():
        odd = _centred(*_times(total[0], total[1], base[0], base[1]), total[2] + base[2])
        total = [np.where(left & 1, new, old) for new, old in zip(odd, total, strict=True)]
        left = left >> 1
        base = _centred(*_times(base[0], base[1], base[0], base[1]), 2 * base[2])
    factor, shift = np.frexp(a)
    exponent = np.clip(total[2] + shift, -3000, 3000).astype(int)
    return np.where(plain, np.ldexp(factor * total[0], exponent), a * limit)


def _centred(high: Any, low: Any, exponent: Any) -> tuple[Any, Any, Any]:
    """(high + low) * 2**exponent with high in [1/2, 1); all three are changed exactly."""
    shift = np.frexp(high)[1]
    return np.ldexp(high, -shift), np.ldexp(low, -shift), exponent + shift


def _times(a: Any, a_low: Any, b: Any, b_low: Any) -> tuple[Any, Any]:
    """Product of two unevaluated sums (Dekker's exact product and a renormalization)."""
    product = a * b
    a1 = 134217729.0 * a
    a1 = a1 - (a1 - a)
    b1 = 134217729.0 * b
    b1 = b1 - (b1 - b)
    a2, b2 = a - a1, b - b1
    error = ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2
    error = error + (a * b_low + a_low * b)
    total = product + error
    return total, error - (total - product)
