"""Answers to the book's exercises, judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import check

__all__ = ["Verdict", "verdict"]


class Verdict(str):
    """A text for the reader that is true where the answer is right."""

    right: bool

    def __new__(cls, text: str, right: bool) -> Verdict:
        self = super().__new__(cls, text)
        self.right = right
        return self

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return str(self)


def verdict(answer: Any, right: Any, hint: str = "", tolerance: float = 0.005) -> Verdict:
    """Judge an answer; the last line of a chapter's ``check_…`` functions.

    Parameters
    ----------
    answer : object
        What the reader gave; None where nothing was given yet.
    right : number, array_like or callable
        The right numbers, or a function of the answer that says whether it is right. What the
        function raises is told to the reader.
    hint : str
        Said after a wrong answer.
    tolerance : float
        Largest relative difference of numbers, >= 0.

    Returns
    -------
    Verdict
        True in an ``assert`` only for a right answer.

    Examples
    --------
    >>> verdict(None, 2.0), verdict(2.001, 2.0)
    (Not answered yet., Right.)
    >>> verdict([1, 2], [1, 3], hint="Look at the second one.")
    Not yet. Look at the second one.
    >>> bool(verdict(7, lambda n: n % 2 == 0, hint="It is even."))
    False
    """
    if answer is None:
        return Verdict("Not answered yet.", False)
    try:
        good = right(answer) if callable(right) else _close(answer, right, tolerance)
    except Exception as error:  # a reader's code may raise anything
        return Verdict(f"Not yet: {_told(answer, error)}", False)
    return Verdict("Right.", True) if good else Verdict(f"Not yet. {hint}".strip(), False)


def _told(answer: Any, error: Exception) -> str:
    """What is wrong, in the book's words where NumPy would speak of its arrays."""
    if not isinstance(error, ValueError):
        return f"{type(error).__name__}: {error}"
    shapes = ("broadcast", "inhomogeneous", "mismatch", "unpack")
    if not callable(answer) and any(word in str(error) for word in shapes):
        return f"answer must have as many numbers as the exercise asks for, got {answer!r}"
    return str(error)


def _close(answer: Any, right: Any, tolerance: float) -> bool:
    wanted = np.asarray(right, dtype=float)
    allowed = f"numbers of shape {wanted.shape}" if wanted.ndim else "a number"
    try:
        given = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise check.refuse("answer", answer, allowed) from None
    if given.shape != wanted.shape:
        raise check.refuse("answer", answer, allowed)
    return bool((np.abs(given - wanted) <= tolerance * np.abs(wanted)).all())
