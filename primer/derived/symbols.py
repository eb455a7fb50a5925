"""LaTeX of Python names, and one symbol for each thing an equation speaks of."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Any, NamedTuple

SMALL = """alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau
upsilon phi chi psi omega""".split()
CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
#: LaTeX of fields and locals; others are printed upright under their own name.
SYMBOLS = {
    **{name: f"\\{name}" for name in SMALL + CAPITAL},
    "lr": r"\eta", "eps": r"\varepsilon", "epsilon": r"\varepsilon", "lam": r"\lambda",
    "weight_decay": r"\lambda", "momentum_decay": r"\psi", "damping": r"\delta", "norm": "c",
    "value": "c", "clip": "c",
}  # fmt: skip
ACCENTS = {"hat", "bar", "tilde"}
ABOVE = {"max": r"\max", "min": r"\min", "new": r"\mathrm{new}", "star": r"\star"}


class Symbol(NamedTuple):
    """A letter with words above and below it."""

    base: str
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    def text(self, *index: str) -> str:
        """LaTeX with further indices, such as the step, at the end."""
        above, below = ",".join(self.above), ",".join((*self.below, *index))
        return self.base + (f"^{{{above}}}" if above else "") + (below and f"_{_braced(below)}")

    def accented(self, accent: str) -> Symbol:
        return self._replace(base=rf"\{accent}{{{self.base}}}")

    def raised(self, word: str) -> Symbol:
        return self._replace(above=(*self.above, word))

    def marked(self, word: str) -> Symbol:
        return self._replace(below=(*self.below, rf"\mathrm{{{plain(word)}}}"))


def _braced(text: str) -> str:
    return text if len(text) == 1 or re.fullmatch(r"\\[a-z]+", text) else f"{{{text}}}"


def plain(word: str) -> str:
    return word.replace("_", r"\_")


def symbol(name: str, index: str = "") -> str:
    r"""LaTeX of a Python name: ``v_hat`` with index t is a hatted v with subscript t.

    Examples
    --------
    >>> symbol("beta1"), symbol("v_hat", "t"), symbol("x_old", "t-1"), symbol("mu_next", "t")
    ('\\beta_1', '\\hat{v}_t', 'x_{\\mathrm{old},t-1}', '\\mu_{t+1}')
    """
    if index and name.endswith("_next"):
        return symbol(name.removesuffix("_next"), "t+1")
    return parsed(name).text(*[index] * bool(index))


def parsed(name: str) -> Symbol:
    """The letter of a name, its accents and words."""
    if name in SYMBOLS:
        return Symbol(SYMBOLS[name])
    words = [word for word in name.split("_") if word]
    if len(words) > 1 and (last := words[-1]) in {*ACCENTS, *ABOVE, "inf"}:
        inner = parsed("_".join(words[:-1]))
        if last in ACCENTS:
            return inner.accented(last)
        if last in ABOVE:
            return inner.raised(ABOVE[last])
        return inner._replace(below=(*inner.below, r"\infty"))
    stem, digits = re.fullmatch(r"(.*?)(\d*)", words[0]).groups() if words else ("", "")  # type: ignore[union-attr]
    base = _letter(stem)
    if not base:
        return Symbol(rf"\mathrm{{{plain(name)}}}")
    rest = [w if w.isdigit() else rf"\mathrm{{{w}}}" for w in words[1:]]
    return Symbol(base, (), (*[digits] * bool(digits), *rest))


def _letter(stem: str) -> str:
    """LaTeX of a single letter or of a letter's name; empty for any other word."""
    if stem in SYMBOLS or len(stem) != 1 or stem.isascii():
        return SYMBOLS.get(stem, stem if len(stem) == 1 else "")
    match unicodedata.name(stem, "").split():
        case ["GREEK", size, "LETTER", letter]:
            found = letter.lower() if size == "SMALL" else letter.capitalize()
            return SYMBOLS.get(found.replace("lamda", "lambda").replace("Lamda", "Lambda"), stem)
    return rf"\mathrm{{{stem}}}"


class Names:
    """Symbols handed out so that none means two things. `owner` is the rule that speaks of it."""

    def __init__(self, theta: Symbol) -> None:
        self.theta = theta
        both = [(letter, moves) for letter in "tJ" for moves in (False, True)]
        fixed = [*both, (theta.text(), True), ("d", False), ("I", False), ("i", False)]
        self.taken: dict[tuple[str, Any], int | None] = dict.fromkeys(fixed)

    def claim(self, wanted: Symbol, moves: bool, owner: int, label: str = "") -> Symbol:
        """The wanted symbol if it is free, else one with a mark.

        The mark is the rule's label where the symbol is another rule's; a tilde or a number where
        it is taken in the rule itself.
        """
        holder = self.taken.get((wanted.text(), moves))
        marked = [wanted.marked(label)] if label and holder not in (None, owner) else []
        raised = (wanted.raised(f"({k})") for k in itertools.count(2))
        options = itertools.chain([wanted, *marked, wanted.accented("tilde")], raised)
        free = next(s for s in options if (s.text(), moves) not in self.taken)
        self.taken[free.text(), moves] = owner
        return free

    def numbered(self, wanted: Symbol, moves: list[bool], owner: int) -> list[Symbol]:
        """Symbols for values that a name has before its last one: a tilde, or (1), (2), …"""
        if len(moves) == 1:
            return [self.claim(wanted.accented("tilde"), moves[0], owner)]
        tries = [wanted.raised(f"({k + 1})") for k in range(len(moves))]
        return [self.claim(s, m, owner) for s, m in zip(tries, moves, strict=True)]

    def next(self, wanted: Symbol, owner: int) -> bool:
        """Whether the wanted symbol may be written with the index t+1."""
        key = wanted.text(), "next"
        return self.taken.setdefault(key, owner) == owner and wanted.base != self.theta.base
