"""Real text: Shakespeare and Milton as labeled lines, as counts of words, as characters."""

from __future__ import annotations

import collections
import dataclasses
import functools
import pathlib
import re
from collections.abc import Sequence

import numpy as np
import scipy  # its parts load when they are first asked for

from .. import check
from .tables import shares

AUTHORS = ("Shakespeare", "Milton")
WORKS = {
    "Shakespeare": ("sonnets", "lucrece", "romeo_and_juliet", "hamlet", "macbeth"),
    "Milton": ("paradise_lost", "paradise_regained"),
}
WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
#: What `characters` keeps; other marks are replaced by one of these or left out.
ALPHABET = "\n ',.abcdefghijklmnopqrstuvwxyz"
MARKS = str.maketrans({";": ",", ":": ",", "!": ".", "?": ".", "-": " "})


def read(author: str) -> str:
    """All works of an author that come with this package, one after the other.

    Parameters
    ----------
    author : str
        One of `AUTHORS`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        For any other author.

    Examples
    --------
    >>> read("Milton")[:41]
    'Of Mans First Disobedience, and the Fruit'
    """
    if author not in AUTHORS:
        raise check.refuse("author", author, f"one of {AUTHORS}")
    folder = pathlib.Path(__file__).parent / "texts"
    return "\n".join((folder / f"{work}.txt").read_text("utf-8") for work in WORKS[author])


@functools.cache
def _lines() -> tuple[tuple[str, ...], tuple[int, ...]]:
    pairs = [
        (line, label)
        for label, author in enumerate(AUTHORS)
        for line in read(author).split("\n")
        if WORD.search(line.lower())
    ]
    lines, labels = zip(*pairs, strict=True)
    return lines, labels


def text_lines() -> tuple[list[str], np.ndarray]:
    """Every line of the two authors, and who wrote it.

    Returns
    -------
    lines : list of str
    labels : ndarray of int
        0 for Shakespeare, 1 for Milton: the positions in `AUTHORS`.

    Examples
    --------
    >>> lines, labels = text_lines()
    >>> lines[0], int(labels[0]), lines[-1], int(labels[-1])
    ('From fairest creatures we desire increase,', 0,
    "Home to his mother's house private returned.", 1)
    """
    lines, labels = _lines()
    return list(lines), np.array(labels)


@dataclasses.dataclass(frozen=True, eq=False)
class Bag:
    """Lines as counts of words, in three parts.

    Attributes
    ----------
    X, X_val, X_test : scipy.sparse.csr_array (N, p)
        Counts, float64; for `primer.models.sparse_logistic`.
    y, y_val, y_test : ndarray of int (N,)
        0 for Shakespeare, 1 for Milton.
    vocabulary : list of str (p,)
        The word of every column, the most frequent first.
    frequency : ndarray of int (p,)
        In how many training lines it occurs.
    """

    X: scipy.sparse.csr_array
    y: np.ndarray
    X_val: scipy.sparse.csr_array
    y_val: np.ndarray
    X_test: scipy.sparse.csr_array
    y_test: np.ndarray
    vocabulary: list[str]
    frequency: np.ndarray


def bag_of_words(validation: float = 0.2, test: float = 0.2, least: int = 2, seed: int = 0) -> Bag:
    """Lines of Shakespeare and Milton as sparse counts of their words.

    The vocabulary and its frequencies are those of the training lines: nothing is learnt from the
    lines held back.

    Parameters
    ----------
    validation, test : float
        Shares of the lines held back, each in (0, 1), together less than 1.
    least : int
        A word must occur in so many training lines, at least 1.
    seed : int
        Which lines are held back; an integer >= 0.

    Returns
    -------
    Bag

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Examples
    --------
    >>> bag = bag_of_words()
    >>> bag.vocabulary[:4], bag.X.shape[1] == len(bag.vocabulary) == bag.frequency.size
    (['and', 'the', 'to', 'of'], True)
    """
    check.count("least", least)
    lines, labels = _lines()
    words = [WORD.findall(line.lower()) for line in lines]
    train, held, last = shares(len(lines), (validation, test), seed)
    seen = collections.Counter(word for i in train for word in set(words[i]))
    kept = sorted((-count, word) for word, count in seen.items() if count >= least)
    vocabulary = [word for _, word in kept]
    column = {word: j for j, word in enumerate(vocabulary)}
    frequency = np.array([-count for count, _ in kept])
    X, X_val, X_test = (_counts([words[i] for i in p], column) for p in (train, held, last))
    y, y_val, y_test = (np.array(labels)[p] for p in (train, held, last))
    return Bag(X, y, X_val, y_val, X_test, y_test, vocabulary, frequency)


def _counts(lines: Sequence[Sequence[str]], column: dict[str, int]) -> scipy.sparse.csr_array:
    found = [[column[word] for word in line if word in column] for line in lines]
    ends = np.cumsum([0, *map(len, found)])
    columns = np.fromiter((j for line in found for j in line), int, ends[-1])
    X = scipy.sparse.csr_array((np.ones(ends[-1]), columns, ends), shape=(len(lines), len(column)))
    X.sum_duplicates()
    return X


@dataclasses.dataclass(frozen=True, eq=False)
class Characters:
    """Windows of coded characters, and the character that follows each place.

    Attributes
    ----------
    X, y, X_val, y_val : ndarray of int (N, length)
        ``y[n, t]`` follows ``X[n, t]``; for `primer.models.rnn`.
    alphabet : str
        The character of every code.
    """

    X: np.ndarray
    y: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    alphabet: str

    def decode(self, codes: np.ndarray) -> str:
        """Codes (T,) as text."""
        return "".join(self.alphabet[int(code)] for code in codes)


def characters(
    length: int = 24, validation: float = 0.1, author: str = "Shakespeare"
) -> Characters:
    """Text as windows of character codes, for a recurrent net that predicts the next one.

    Lower case; of the marks only the full stop, comma, apostrophe, space and new line are kept (31
    characters in all). The windows follow each other without overlap; the last part of the text is
    the validation part.

    Parameters
    ----------
    length : int
        Characters per window, at least 1.
    validation : float
        Share of the text, from its end, in (0, 1).
    author : str
        One of `AUTHORS`.

    Returns
    -------
    Characters

    Raises
    ------
    ValueError
        If an argument is outside its range.

    Examples
    --------
    >>> text = characters(length=30)
    >>> text.decode(text.X[0]), text.decode(text.y[0])
    ('from fairest creatures we desi', 'rom fairest creatures we desir')
    """
    check.count("length", length)
    check.number("validation", validation, "shrink")
    plain = read(author).lower().translate(MARKS)
    place = {symbol: code for code, symbol in enumerate(ALPHABET)}
    codes = np.array([place[symbol] for symbol in re.sub(" +", " ", plain) if symbol in place])
    cut = len(codes) - round(validation * len(codes))
    if min(cut, len(codes) - cut) <= length:
        most = f"shorter than both parts of the text ({cut} and {len(codes) - cut} characters)"
        raise check.refuse("length", length, most)
    return Characters(*_windows(codes[:cut], length), *_windows(codes[cut:], length), ALPHABET)


def _windows(codes: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    n = (len(codes) - 1) // length
    return codes[: n * length].reshape(n, length), codes[1 : n * length + 1].reshape(n, length)
