"""Reads the LaTeX of an equation and computes what it says: a small reader with rules of its own.

It knows nothing of how the equation was printed. Products are written with a thin space or a dot
and bind more tightly than mod, mod more tightly than sums, sums than comparisons, these than not,
and, or; a fraction, a root, a pair of brackets are one thing. A vector is a column and an array of
one axis, a transposed one is a row, shape (1, n); a product of two columns is taken per coordinate,
one with a row or a matrix is the matrix product, from the left. Symbols are looked up by their
text, with accents, subscripts and superscript words; what follows the step is a coordinate.
For a rule for matrices the parameters are a matrix W; a sum with a number, quotients, roots and
functions are taken entry by entry, powers too if the exponent says so with a dot in a circle.
"""

import re

import numpy as np

from primer.objective import Signs

TOKEN = re.compile(
    r"\\begin\{cases\}|\\end\{cases\}|\\text\{[^}]*\}|\\operatorname\{\w+\}"
    r"|\\math(?:rm|bf)\{[^}]*\}|\\left\s*(?:[(|\[]|\\lfloor)|\\right\s*(?:[)|\]]|\\rfloor)"
    r"|\\[a-zA-Z]+|\\\\|\\,|\d+\.?\d*|[a-zA-Z]|[-+/(){}\[\]^_,:&=<>|]"
)
COMPARE = {"=": np.equal, "<": np.less, ">": np.greater, r"\le": np.less_equal,
           r"\ge": np.greater_equal, r"\ne": np.not_equal}  # fmt: skip
FUNCTIONS = {r"\max": np.maximum, r"\min": np.minimum, r"\exp": np.exp, r"\log": np.log,
             r"\sin": np.sin, r"\cos": np.cos, r"\tanh": np.tanh,
             r"\operatorname{sign}": np.sign, r"\operatorname{diag}": np.diag,
             r"\operatorname{reverse}": np.flip,
             r"\operatorname{eig}": lambda S: np.linalg.eigh(S)[1][:, ::-1],
             r"\operatorname{qr}": lambda S, Q: renewed(S, Q)}  # fmt: skip
CLOSING = {")": "(", r"\right)": r"\left(", "]": "[", r"\right]": r"\left["}
SIGNS = "right|rVert|bmod|odot|le|ge|ne|wedge|vee|cdot|end|text"
NAME = rf"\\(?!(?:{SIGNS})(?![a-zA-Z]))[a-zA-Z]+(\{{.*\}})?"
WORD = re.compile(r"(\\max|\\min|\\star|\\mathrm\{\w+\}|\(\d+\))(,\(\d+\))?")
PLACE = re.compile(r"\d+|d(-\d)?|[\dd-]+:[\dd-]+")


class Reader:
    """Evaluates one expression over `values`: symbol text -> number, and J with its slopes."""

    def __init__(self, text: str, values: dict, J) -> None:
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens).replace(" ", "") == text.replace(" ", ""), f"unread: {text}"
        self.at, self.values, self.J = 0, values, J

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        assert not wanted or token.replace(" ", "") in wanted, f"{token!r} where {wanted} was due"
        self.at += 1
        return token

    def whole(self):
        value = self.logic()
        assert not self.peek(), f"left over: {self.tokens[self.at :]}"
        return value

    def logic(self):
        value = self.both()
        while self.peek() == r"\vee":
            self.take()
            value = np.logical_or(value, self.both())
        return value

    def both(self):
        value = self.negation()
        while self.peek() == r"\wedge":
            self.take()
            value = np.logical_and(value, self.negation())
        return value

    def negation(self):
        if self.peek() != r"\neg":
            return self.comparison()
        self.take()
        return np.logical_not(self.atom())

    def comparison(self):
        value = self.sum()
        return COMPARE[self.take()](value, self.sum()) if self.peek() in COMPARE else value

    def sum(self):
        negative = self.peek() == "-" and self.take()
        value = -self.remainder() if negative else self.remainder()
        while self.peek() in ("+", "-"):
            sign, other = self.take(), self.remainder()
            assert {np.ndim(value), np.ndim(other)} != {1, 2}, "a vector added to a matrix"
            value = value + other if sign == "+" else value - other
        return value

    def remainder(self):
        value = self.product()
        while self.peek() in (r"\bmod", r"\odot"):
            value = value % self.product() if self.take() == r"\bmod" else value * self.product()
        return value

    def product(self):
        value = self.power()
        while True:
            if self.peek() in (r"\,", r"\cdot"):
                self.take()
                value = times(value, self.power())
            elif re.fullmatch(r"[a-zA-Z(]|\\left\(|" + NAME, self.peek()):
                factor = self.power()
                assert is_row(value) or is_row(factor), "two factors without a sign between them"
                value = times(value, factor)
            else:
                return value

    def power(self):
        value = self.atom()
        if self.peek() != "^":
            return value
        self.take("^")
        if self.peek() == r"\top":
            self.take()
            return np.transpose(value) if np.ndim(value) == 2 else np.reshape(value, (1, -1))
        if self.tokens[self.at : self.at + 2] == ["{", r"\odot"]:
            del self.tokens[self.at + 1]
            return value ** self.group()
        exponent = self.group()
        return value**exponent if np.ndim(value) < 2 else matrix_power(value, exponent)

    def group(self):
        """What stands in braces, or a single token."""
        if self.peek() != "{":
            return self.atom()
        self.take("{")
        value = self.sum()
        if self.peek() == "/":
            self.take()
            value = value / self.atom()
        self.take("}")
        return value

    def raw(self) -> str:
        """The text of a group, not evaluated."""
        if self.peek() != "{":
            return self.take()
        self.take("{")
        text = ""
        while self.peek() != "}":
            text += f"{{{self.raw()}}}" if self.peek() == "{" else self.take()
        self.take("}")
        return text

    def atom(self):
        token = self.take()
        plain = token.replace(" ", "")
        if re.fullmatch(r"\d+\.?\d*", token):
            return float(token)
        if plain in ("(", r"\left("):
            return self.bracket(plain)
        if plain in ("[", r"\left["):
            value = self.logic()
            assert CLOSING[self.take().replace(" ", "")] == plain
            return np.where(value, 1.0, 0.0)
        if plain == r"\left\lfloor":
            value = np.floor(self.sum())
            self.take(r"\right\rfloor")
            return value
        if plain == r"\infty":
            return np.inf
        if plain in (r"\mathbf{1}", r"\mathbf{0}"):
            count = self.take("_") and self.take() if self.peek() == "_" else "d"
            return np.full(int(self.values.get(count, count)), float(plain[-2]))
        if plain == r"\operatorname{NS}":
            self.take("_")
            rounds = int(self.take())
            return self.call(lambda M: newton_schulz(M, rounds))
        if plain == r"\left|":
            value = self.sum()
            self.take(r"\right|")
            return np.abs(value)
        if plain == r"\lVert":
            value = self.sum()
            self.take(r"\rVert")
            self.take("_")
            which = self.raw()
            if which == r"\mathrm{block}":
                return block_norms(value, self.J.shapes)
            assert which == ("F" if np.ndim(value) == 2 else "2")
            return np.sqrt(np.sum(value * value))
        if plain == r"\frac":
            above, below = self.group(), self.group()
            return above / below
        if plain == r"\sqrt":
            return np.sqrt(self.group())
        if plain == r"\textstyle":
            return self.over_components()
        if plain == r"\nabla":
            return self.slope()
        if plain in FUNCTIONS:
            return self.call(FUNCTIONS[plain])
        if plain == r"\operatorname{signs}":
            return self.call(Signs(self.values["seed"], self.values["d"]).__getitem__)
        if plain == r"\begin{cases}":
            return self.cases()
        return self.symbol(token)

    def bracket(self, opened: str):
        """What stands in parentheses: one thing, or a vector of several, or a coordinate of it."""
        values = [self.logic()]
        while self.peek() == ",":
            self.take(",")
            values.append(self.logic())
        assert CLOSING[self.take().replace(" ", "")] == opened
        value = values[0]
        if len(values) > 1:
            value = np.concatenate([np.atleast_1d(v) for v in values]).astype(float)
        if self.peek() == "_":
            self.take("_")
            value = self.coordinate(value, self.raw().split(","))
        return value

    def coordinate(self, value, places: list[str]):
        """value_{1}, value_{2:d} or value_{1,1}, counted from 1."""
        assert np.ndim(value) == len(places), f"{places} of an array of shape {np.shape(value)}"

        def at(text: str) -> int:
            first, _, less = text.partition("-")
            return (int(self.values["d"]) if first == "d" else int(first)) - int(less or 0)

        for place in places:
            assert PLACE.fullmatch(place), f"no place: {place}"
            low, _, high = place.partition(":")
            assert 1 <= at(low) <= at(high or low) <= len(value)
            value = value[at(low) - 1 : at(high)] if high else value[at(low) - 1]
        return value

    def over_components(self):
        """The sum over i of (…)_i."""
        for token in (r"\sum", "_", "i", r"\left("):
            self.take(token)
        value = self.sum()
        assert np.ndim(value) == 1, "the sum over the coordinates of what has none"
        value = np.sum(value)
        for token in (r"\right)", "_", "i"):
            self.take(token)
        return value

    def slope(self):
        hessian = self.peek() == "^" and self.take("^") and self.group() == 2
        self.take("J")
        return self.call(self.J.hess if hessian else self.J.grad)

    def call(self, function):
        self.take("(", r"\left(")
        values = [self.sum()]
        while self.peek() == ",":
            self.take(",")
            values.append(self.sum())
        self.take(")", r"\right)")
        return function(*values)

    def cases(self):
        value = self.logic()
        self.take("&")
        if self.take(r"\text{if}", r"\text{otherwise}") == r"\text{otherwise}":
            self.take(r"\end{cases}")
            return value
        test = self.logic()
        self.take(r"\\")
        return np.where(test, value, self.cases())

    def symbol(self, text: str):
        if text in (r"\hat", r"\bar", r"\tilde"):
            text = f"{text}{{{self.raw()}}}"
        if self.peek() == "^":
            start = self.at
            self.take("^")
            word = self.raw()
            if WORD.fullmatch(word):
                text += f"^{{{word}}}"
            else:
                self.at = start
        if self.peek() == "_":
            self.take("_")
            return self.subscripted(text, self.raw().split(","))
        if text == "J" and self.peek() in ("(", r"\left("):
            return self.call(self.J)
        if text == "I" and text not in self.values:
            return np.eye(int(self.values["d"])) if "d" in self.values else Identity()
        return self.value(text)

    def subscripted(self, text: str, below: list[str]):
        """A symbol with all its subscripts, or the coordinate that the last of them name."""
        for size in range(len(below), 0, -1):
            name = f"{text}_{{{','.join(below[:size])}}}"
            if name in self.values:
                rest = below[size:]
                return self.coordinate(self.values[name], rest) if rest else self.values[name]
        return self.value(f"{text}_{{{','.join(below)}}}")

    def value(self, text: str):
        assert text in self.values, f"{text} has no value yet; known: {sorted(self.values)}"
        return self.values[text]


class Identity:
    """A multiple of the identity matrix, of the size of what it is added to."""

    __array_ufunc__ = None

    def __init__(self, factor=1.0) -> None:
        self.factor = factor

    def __rmul__(self, other):
        return Identity(self.factor * other)

    def __radd__(self, other):
        rows, cols = other.shape
        assert rows == cols
        return other + self.factor * np.eye(rows)


def is_row(value) -> bool:
    return np.ndim(value) == 2 and len(value) == 1


def times(a, b):
    """Matrices, rows and columns as they fit; numbers and two columns coordinate by coordinate."""
    if np.ndim(a) == 0 or np.ndim(b) == 0 or np.ndim(a) == np.ndim(b) == 1:
        return a * b
    if np.ndim(a) == 1:
        assert is_row(b), "a column before a matrix"
        return np.outer(a, b)
    product = a @ b
    return product[0] if is_row(a) and np.ndim(b) == 1 else product


def matrix_power(S, exponent):
    """A power of a matrix: its inverse, or any power of a symmetric one."""
    if exponent == -1:
        return np.linalg.inv(S)
    np.testing.assert_allclose(S, S.T)
    values, Q = np.linalg.eigh(S)
    return Q * values**exponent @ Q.T


def newton_schulz(M, rounds):
    """What the iteration of Jordan et al. makes of the singular values of M."""
    U, s, Vt = np.linalg.svd(M, full_matrices=False)
    s = s / np.sqrt(np.sum(s**2))
    for _ in range(rounds):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return U * s @ Vt


def renewed(S, Q):
    """Orthonormal columns for those of S Q, the largest eigenvalue's first."""
    order = np.argsort(-np.einsum("ik,ij,jk->k", Q, S, Q))
    new = np.empty_like(Q)
    new[:, order] = np.linalg.qr(S @ Q[:, order])[0]
    return new


def block_norms(x, shapes):
    """For every coordinate the norm of its block."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return np.concatenate([0 * p + np.linalg.norm(p) for p in np.split(x, ends[:-1])])


def named(text: str) -> str:
    """A symbol in the spelling of `Reader.symbol`: no spaces, subscripts in braces."""
    text = text.replace(" ", "")
    return re.sub(r"(?<!\\)_(\\[a-z]+|[^{])", r"_{\1}", text)


def indexed(text: str, index: str) -> str:
    """A symbol with the step as its last subscript."""
    text = named(text)
    if re.search(r"(?<!\\)_\{[^{}]*(\{[^{}]*\}[^{}]*)*\}$", text):
        return f"{text[:-1]},{index}}}"
    return f"{text}_{{{index}}}"


def lines(block: str) -> list[tuple[str, str]]:
    """(left side, right side) of every line of an aligned block."""
    inner = re.fullmatch(r"\\begin\{aligned\}\n(.*)\n\\end\{aligned\}", block, re.DOTALL)[1]
    pairs = [line.split("&=", 1) for line in inner.split(" \\\\\n")]
    return [(named(left), right.strip()) for left, right in pairs]


def computed(block: str, values: dict, J) -> dict:
    """All values after every line; `values` holds the symbols that are known before."""
    known = dict(values)
    for left, right in lines(block):
        known[left] = Reader(right, known, J).whole()
    return known


def known_before(letters: dict[str, str], rule, theta, state, t) -> dict:
    """What is known before a step: by the letter of every field and part of the state."""
    known = {"W_{t}": theta} if theta.ndim == 2 else {r"\theta_{t}": theta, "d": len(theta)}
    known |= {"t": t, **_seed(rule)}
    sides = dict(zip(("rows", "cols"), theta.shape, strict=False))
    for name, letter in letters.items():
        if name in sides:
            known[letter] = sides[name]
            continue
        if name.startswith("state."):
            known[indexed(letter, "t-1")] = _part(state, name.split(".")[1:])
        else:
            known[named(letter)] = _part(rule, name.split("."))
    return known


class OneMatrix:
    """A rule for matrices, stepping one matrix: what its equation is about."""

    def __init__(self, rule) -> None:
        self.rule = rule

    def begin(self, J, W):
        return self.rule.init_matrix(W)

    def step(self, J, W, state, t):
        return self.rule.step_matrix(J.grad(W), W, state, t)


def _seed(rule) -> dict:
    """The seed of the random signs that an equation may speak of."""
    return {n: v for n, v in rule.fields().items() if n == "seed"} or next(
        (_seed(r) for r in rule.fields().values() if hasattr(r, "fields")), {}
    )


def states_after(letters: dict[str, str], state) -> dict:
    """The parts of a state by the letters that an equation defines."""
    kept = {name: letter for name, letter in letters.items() if name.startswith("state.")}
    return {indexed(s, "t"): _part(state, name.split(".")[1:]) for name, s in kept.items()}


def _part(tree, path: list[str]):
    for name in path:
        tree = tree[name] if isinstance(tree, dict) else getattr(tree, name)
    return np.squeeze(tree)
