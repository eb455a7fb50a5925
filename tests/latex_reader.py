"""Reads the LaTeX of an equation and computes what it says: a small reader with rules of its own.

It knows nothing of how the equation was printed. Products are written with a thin space or a dot
and bind more tightly than sums; mod binds like a product; a fraction, a root, a pair of brackets
are one thing. Symbols are looked up by their text, with accents, subscripts and superscript words.
"""

import re

import numpy as np

TOKEN = re.compile(
    r"\\begin\{cases\}|\\end\{cases\}|\\text\{[^}]*\}|\\operatorname\{\w+\}|\\mathrm\{[^}]*\}"
    r"|\\left\s*[(|]|\\right\s*[)|]|\\[a-zA-Z]+|\\\\|\\,|\d+\.?\d*|[a-zA-Z]|[-+(){}^_,&=<>|]"
)
COMPARE = {"=": np.equal, "<": np.less, ">": np.greater, r"\le": np.less_equal,
           r"\ge": np.greater_equal, r"\ne": np.not_equal}  # fmt: skip
FUNCTIONS = {r"\max": np.maximum, r"\min": np.minimum, r"\exp": np.exp, r"\log": np.log,
             r"\operatorname{sign}": np.sign}  # fmt: skip
WORD_SUPERSCRIPTS = {r"\max", r"\min"}


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
        value = self.comparison()
        while self.peek() in (r"\wedge", r"\vee"):
            join = {r"\wedge": np.logical_and, r"\vee": np.logical_or}[self.take()]
            value = join(value, self.comparison())
        return value

    def comparison(self):
        value = self.sum()
        return COMPARE[self.take()](value, self.sum()) if self.peek() in COMPARE else value

    def sum(self):
        negative = self.peek() == "-" and self.take()
        value = -self.product() if negative else self.product()
        while self.peek() in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self):
        value = self.power()
        while self.peek() in (r"\,", r"\cdot", r"\bmod"):
            sign = self.take()
            factor = self.power()
            if sign == r"\bmod":
                value = value % factor
            elif np.ndim(value) == 2:
                value = value @ factor
            else:
                value = value * factor
        return value

    def power(self):
        value = self.atom()
        if self.peek() == "^":
            self.take("^")
            exponent = self.group()
            inverse = np.ndim(value) == 2 and exponent == -1
            return np.linalg.inv(value) if inverse else value**exponent
        return value

    def group(self):
        """What stands in braces, or a single token."""
        if self.peek() != "{":
            return self.atom()
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def raw(self) -> str:
        """The text of a group, not evaluated."""
        if self.peek() != "{":
            return self.take()
        self.take("{")
        text = ""
        while self.peek() != "}":
            text += self.take()
        self.take("}")
        return text

    def atom(self):
        token = self.take()
        plain = token.replace(" ", "")
        if re.fullmatch(r"\d+\.?\d*", token):
            return float(token)
        if plain in ("(", r"\left("):
            value = self.logic()
            self.take(")", r"\right)")
            return value
        if plain == r"\left|":
            value = self.sum()
            self.take(r"\right|")
            return np.abs(value)
        if plain == r"\lVert":
            value = self.sum()
            self.take(r"\rVert")
            self.take("_")
            assert self.group() == 2
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
        if plain == r"\begin{cases}":
            return self.cases()
        return self.symbol(token)

    def over_components(self):
        """The sum over i of (…)_i."""
        for token in (r"\sum", "_", "i", r"\left("):
            self.take(token)
        value = np.sum(self.sum())
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
        yes = self.sum()
        self.take("&")
        assert self.take() == r"\text{if }"
        test = self.logic()
        self.take(r"\\")
        no = self.sum()
        self.take("&")
        assert self.take() == r"\text{otherwise}"
        self.take(r"\end{cases}")
        return np.where(test, yes, no)

    def symbol(self, text: str):
        if text in (r"\hat", r"\bar", r"\tilde"):
            text = f"{text}{{{self.raw()}}}"
        if self.peek() == "^" and WORD_SUPERSCRIPTS & set(self.tokens[self.at + 1 : self.at + 3]):
            self.take("^")
            text += f"^{{{self.raw()}}}"
        if self.peek() == "_":
            self.take("_")
            text += f"_{{{self.raw()}}}"
        if text == "J":
            return self.call(self.J)
        assert text in self.values, f"{text} has no value yet; known: {sorted(self.values)}"
        return self.values[text]


def named(text: str) -> str:
    """The left side in the spelling of `Reader.symbol`: subscripts in braces."""
    return re.sub(r"_([^{])", r"_{\1}", re.sub(r"_(\\[a-z]+)", r"_{\1}", text.strip()))


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
