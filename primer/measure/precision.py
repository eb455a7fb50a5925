"""Numbers of few bits, imitated in float64: rounding to a format, to nearest or at random."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .. import check


@dataclasses.dataclass(frozen=True)
class Format:
    """A floating-point format: how fine its numbers lie, and how far they reach.

    Attributes
    ----------
    bits : int
        Significant bits of a normal number, the hidden one included.
    least : int
        Exponent of the smallest normal number.
    largest : float
        The largest finite number.
    beyond : float
        What a larger one becomes: inf, or NaN where the format has no inf.

    Examples
    --------
    >>> half = Format(bits=11, least=-14, largest=65504.0)
    >>> half == FORMATS["float16"], half.epsilon, half.smallest
    (True, 0.0009765625, 5.960464477539063e-08)
    """

    bits: int
    least: int
    largest: float
    beyond: float = np.inf

    @property
    def epsilon(self) -> float:
        """Distance from 1 to the next larger number."""
        return 2.0 ** (1 - self.bits)

    @property
    def smallest_normal(self) -> float:
        return 2.0**self.least

    @property
    def smallest(self) -> float:
        """The smallest number above 0, a subnormal one."""
        return 2.0 ** (self.least - self.bits + 1)


#: Formats by the names that PyTorch and JAX give them.
FORMATS = {
    "float32": Format(24, -126, (2 - 2.0**-23) * 2.0**127),
    "bfloat16": Format(8, -126, (2 - 2.0**-7) * 2.0**127),
    "float16": Format(11, -14, 65504.0),
    "float8_e4m3fn": Format(4, -6, 448.0, np.nan),
    "float8_e5m2": Format(3, -14, 57344.0),
}


def rounded(x: Any, to: str = "bfloat16") -> np.ndarray:
    """The nearest number of a format, of two equally near ones the even one.

    Parameters
    ----------
    x : array_like of float
        Of any shape.
    to : str
        A key of `FORMATS`. Subnormal numbers are kept, and what rounds to more than the largest
        number becomes inf (NaN in float8_e4m3fn, which has no inf).

    Returns
    -------
    ndarray
        The shape of x; float32 where x is float32, else float64.

    Raises
    ------
    ValueError
        If x is not made of real numbers or the format is not known.

    Examples
    --------
    >>> rounded([1.001, 1.01, 1e-8, 3.4e38]).tolist()
    [1.0, 1.0078125, 1.0011717677116394e-08, inf]
    >>> rounded([1.001, 1.01, 1e-8, 7e4], to="float16").tolist()
    [1.0009765625, 1.009765625, 0.0, inf]
    """
    return _put(x, to, np.rint)


def rounded_at_random(x: Any, to: str = "bfloat16", seed: Any = 0) -> np.ndarray:
    """One of the two neighbors in a format, at random, so that the mean is x.

    Parameters
    ----------
    x : array_like of float
        Of any shape.
    to : str
        A key of `FORMATS`, as for `rounded`.
    seed : int or numpy.random.Generator
        Where the random numbers come from; an integer >= 0 gives the same ones at every call.

    Returns
    -------
    ndarray
        The shape of x; float32 where x is float32, else float64.

    Raises
    ------
    ValueError
        If x is not made of real numbers, the format is not known or the seed is no count.

    Notes
    -----
    A number x between neighbors a < b becomes b with probability (x - a) / (b - a).
    Source: gupta2015.

    Examples
    --------
    >>> x = np.full(10_000, 1.001)
    >>> bool(np.all(rounded(x) == 1)), float(rounded_at_random(x, seed=0).mean().round(4))
    (True, 1.001)
    """
    given = isinstance(seed, np.random.Generator)
    rng = seed if given else np.random.default_rng(check.count("seed", seed, 0))
    return _put(x, to, lambda y: np.floor(y + rng.random(np.shape(y))))


def _put(x: Any, to: str, whole: Any) -> np.ndarray:
    """x on the grid of a format, by `whole`, which makes integers of multiples of the spacing."""
    if to not in FORMATS:
        raise check.refuse("to", to, f"one of {', '.join(FORMATS)}")
    array = np.asarray(x)
    if array.dtype.kind not in "iuf":
        raise check.refuse("x", x, "real numbers")
    kind, form = array.dtype if array.dtype == np.float32 else np.dtype(float), FORMATS[to]
    with np.errstate(all="ignore"):
        near = on_grid(array.astype(float), form.bits, whole, form.least)
        far = np.abs(near) > form.largest
        return np.where(far, np.copysign(form.beyond, near), near).astype(kind)


def on_grid(x: Any, bits: Any, whole: Any, least: int = -1021) -> Any:
    """x as a multiple of the spacing that numbers of so many bits have there."""
    spacing = np.maximum(np.frexp(x)[1] - 1, least) - (bits - 1)
    return np.ldexp(whole(np.ldexp(x, -spacing)), spacing)
