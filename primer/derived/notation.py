"""The nodes of a traced rule as LaTeX: numbers and vectors. Matrices and picks: `matrices.py`.

Text of a vector is the text of a column, however the code has turned it; products, quotients, roots
and functions of vectors are taken per coordinate.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from .graph import Node, TraceError
from .symbols import Symbol

#: Binding strength, from the loosest.
CASES, OR, AND, COMPARE, MOD, SUM, EACH, PRODUCT, POWER, ATOM = range(10)
INFIX = {
    "less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge", "equal": "=",
    "not_equal": r"\ne",
}  # fmt: skip
CONDITIONS = {*INFIX, "logical_and", "logical_or", "logical_not", "isfinite"}
NAMED = {"exp": r"\exp", "log": r"\log", "cos": r"\cos", "sin": r"\sin", "tanh": r"\tanh",
         "sign": r"\operatorname{sign}", "maximum": r"\max", "minimum": r"\min"}  # fmt: skip
#: Operations whose numbers differ from coordinate to coordinate.
WHOLE = ("theta", "state", "grad", "solve", "matmul", "hess", "lookup", "written")
#: What stands around an argument that needs no parentheses.
OPENED, CLOSED = ("(", "{", "[", ", ", r"\lVert "), (")", "}", "]", ", ", r" \rVert")
#: Longest text of one line of an equation.
LONGEST = 2000
TOO_LONG = "the equation is too long to read: give steps of it a name"
#: What stands around a marked part (`marking.py`): characters of no script.
OPEN, CLOSE = "\ue000", "\ue001"

Text = tuple[str, int]


def number(x: float) -> Text:
    """A number to twelve digits, and how strongly its text binds."""
    if np.isnan(x):
        raise TraceError("NaN in a step has no place in an equation: use np.inf, or np.where")
    if np.isinf(x):
        return (r"\infty", ATOM) if x > 0 else (r"-\infty", SUM)
    if x.is_integer() and abs(x) < 1e6:
        return str(int(x)), ATOM if x >= 0 else SUM
    mantissa, _, power = f"{x:.12g}".partition("e")
    if abs(x) >= 1e6:
        mantissa, _, power = f"{x:.11e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
    if not power:
        return mantissa, ATOM if x >= 0 else SUM
    scale = f"10^{{{int(power)}}}"
    text = {"1": scale, "-1": f"-{scale}"}.get(mantissa, rf"{mantissa} \cdot {scale}")
    return text, PRODUCT if x >= 0 else SUM


def parenthesized(text: str, left: str = "(", right: str = ")") -> str:
    tall = any(word in text for word in (r"\frac", r"\sum", r"\begin", r"\sqrt"))
    return rf"\left{left}{text}\right{right}" if tall else f"{left}{text}{right}"


def bare(text: str) -> str:
    """A text without marks, by which it is decided what stands around it."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def plus(left: str, right: str) -> str:
    """A sum of two texts."""
    return f"{left} + {parenthesized(right) if bare(right)[0] == '-' else right}"


def kind(node: Node) -> int:
    """0 for a number, 1 for a vector, 2 for a matrix; axes of one entry do not count."""
    long = [n for n in node.shape if n != 1]
    if len(long) > 2 or (len(long) == 2 and node.shape[-2:] != tuple(long)):
        raise TraceError(f"an array of shape {tuple(map(int, node.shape))} has no notation")
    return len(long)


def _length(node: Node) -> int:
    return next(n for n in node.shape if n != 1)


class Notation:
    """Reads nodes; those in `named` by their symbol."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.named: dict[int, tuple[Symbol, tuple[str, ...]]] = {}
        self.cache: dict[int, Text] = {}
        self.even: dict[int, bool] = {}
        self.letters, self.spoken = {"d": "d"}, set[str]()

    def text(self, node: Node, least: int = CASES) -> str:
        """LaTeX of a node, in parentheses if it binds less than `least`."""
        text, strength = self.read(node)
        return text if strength >= least else parenthesized(text)

    def read(self, node: Node) -> Text:
        if id(node) in self.named:
            letter, index = self.named[id(node)]
            return letter.text(*index), ATOM
        if id(node) not in self.cache:
            text, strength = self.plain(node)
            if len(text) > LONGEST:
                raise TraceError(TOO_LONG)
            self.cache[id(node)] = text, strength
        return self.cache[id(node)]

    def plain(self, node: Node) -> Text:
        """The node by what it is made of, even if it has a name."""
        matrix = kind(node) == 2 or any(kind(a) == 2 for a in node.args)
        method = getattr(self, f"_matrix_{node.op}" if matrix else f"_{node.op}", None)
        if method is None and not matrix and (node.op in INFIX or node.op in NAMED):
            method = self._infix if node.op in INFIX else self._function
        if method is None:
            what = "of a matrix, entry by entry, " if matrix else ""
            raise TraceError(f"{node.op} {what}has no notation in an equation")
        return method(node)

    def factor(self, node: Node, least: int = CASES) -> str:
        """Text of what arithmetic is done with: a condition counts as 0 or 1."""
        if self.condition(node):
            return parenthesized(self.text(node), "[", "]")
        return self.text(node, least)

    def condition(self, node: Node) -> bool:
        if node.op == "where":
            return all(map(self.condition, node.args[1:]))
        return node.op in CONDITIONS and id(node) not in self.named

    def truth(self, node: Node, least: int = OR) -> str:
        """Text of a condition; a number is one if it is not 0."""
        known = node.op in CONDITIONS or self.condition(node)
        text = self.text(node, least if known else MOD)
        return text if known else parenthesized(rf"{text} \ne 0") if least > COMPARE else (
            rf"{text} \ne 0")  # fmt: skip

    def spread(self, node: Node) -> bool:
        """Whether a vector's text is that of one number, which all its coordinates are."""
        if id(node) not in self.even:
            self.even[id(node)] = self._spread(node)
        return self.even[id(node)]

    def _spread(self, node: Node) -> bool:
        if node.op in WHOLE or kind(node) == 0:
            return kind(node) == 0
        if node.op == "const":
            return np.unique(node.data).size == 1
        if node.op == "gather" and len(node.args) > 1:
            return False
        return all(map(self.spread, node.args))

    def vector(self, node: Node, least: int = CASES) -> str:
        """Text of a vector where the number of its coordinates matters."""
        if kind(node) == 0 or not self.spread(node):
            return self.factor(node, least)
        if _length(node) != self.dim:
            raise TraceError("equal numbers that are not as many as theta's have no notation")
        one = self.factor(node, PRODUCT)
        text = {"0": r"\mathbf{0}", "1": r"\mathbf{1}"}.get(bare(one), rf"{one}\,\mathbf{{1}}")
        return parenthesized(text) if least > PRODUCT and "," in text else text

    def _t(self, node: Node) -> Text:
        return "t", ATOM

    def _lookup(self, node: Node) -> Text:
        word = getattr(node.data, "word", None)
        if word is None:
            raise TraceError("a row of a table has no notation in an equation")
        return rf"\operatorname{{{word}}}({self.text(node.args[0])})", ATOM

    def _dim(self, node: Node) -> Text:
        return self.axis(node.data), ATOM

    def _const(self, node: Node) -> Text:
        values = np.unique(node.data)
        if values.size == 1:
            return number(float(values[0]))
        return f"({', '.join(number(float(x))[0] for x in node.data.ravel())})", ATOM

    def _grad(self, node: Node) -> Text:
        return rf"\nabla J({self.vector(node.args[0])})", POWER

    def _J(self, node: Node) -> Text:
        return f"J({self.vector(node.args[0])})", ATOM

    def _sum(self, node: Node) -> Text:
        (inner,) = node.args
        if kind(inner) == 0 or kind(node) == 1:
            return self.factor(inner, PRODUCT), PRODUCT
        if self.spread(inner):
            size = self.size(inner)
            return rf"{size}\,{self.factor(inner, PRODUCT)}", PRODUCT
        return rf"\textstyle\sum_i \left({self.factor(inner)}\right)_i", PRODUCT

    def size(self, node: Node) -> str:
        """The number of a vector's coordinates."""
        return self.count(_length(node))

    def count(self, count: Any) -> str:
        """The text of a length of an axis."""
        return self.axis(count.name) if hasattr(count, "symbol") else str(int(count))

    def axis(self, name: str) -> str:
        """The letter of a number of parameters, rows or columns, which is then spoken of."""
        self.spoken.add(name)
        return self.letters[name]

    def _written(self, node: Node) -> Text:
        """A function by the notation that its author gave it (`primer.rules.written`)."""
        text, *places = node.data
        given = dict(zip(places, node.args, strict=True))

        def filled(found: re.Match[str]) -> str:
            part = given[int(found[1])]
            before, after = text[: found.start()], text[found.end() :]
            if after.startswith(("^", "_")):
                return self.base(part)
            inside = before.endswith(OPENED) and after.startswith(CLOSED)
            return self.factor(part, CASES if inside else POWER)

        told = re.sub(r"#(\d)", filled, text)
        if text.startswith(r"\begin{cases}"):
            return told, CASES
        return told, ATOM if text.startswith(r"\operatorname") and text.endswith(")") else POWER

    _matrix_written = _written

    def _add(self, node: Node) -> Text:
        left, right = self.factor(node.args[0], SUM), self.factor(node.args[1], SUM)
        return plus(left, right), SUM

    def _subtract(self, node: Node) -> Text:
        return f"{self.factor(node.args[0], SUM)} - {self.factor(node.args[1], PRODUCT)}", SUM

    def _negative(self, node: Node) -> Text:
        return f"-{self.factor(node.args[0], PRODUCT)}", SUM

    def manner(self, node: Node) -> str:
        """How the text of a product multiplies vectors: "each" coordinate, or "rows" by columns."""
        if id(node) in self.named or kind(node) == 0:
            return ""
        if node.op in ("matmul", "solve") or (node.op == "sum" and kind(node.args[0]) == 2):
            return "rows"
        if node.op == "gather" and len(node.args) == 1 and kind(node.args[0]) == kind(node):
            return self.manner(node.args[0])
        if node.op != "multiply":
            return ""
        vectors = [a for a in node.args if kind(a) and not self.spread(a)]
        if len(vectors) < 2:
            return "".join(map(self.manner, vectors))
        return "each" if kind(node) == 1 else "rows"

    def beside(self, node: Node, manner: str) -> str:
        """Text of a factor in a product of this manner."""
        text = self.factor(node, PRODUCT)
        return text if self.manner(node) in ("", manner) else parenthesized(text)

    def _multiply(self, node: Node) -> Text:
        a, b = (self.beside(x, self.manner(node)) for x in node.args)
        return (rf"{a} \cdot {b}" if bare(b)[0].isdigit() else rf"{a}\,{b}"), PRODUCT

    def _divide(self, node: Node) -> Text:
        return rf"\frac{{{self.factor(node.args[0])}}}{{{self.factor(node.args[1])}}}", PRODUCT

    def _floor_divide(self, node: Node) -> Text:
        return rf"\left\lfloor {self._divide(node)[0]} \right\rfloor", ATOM

    def _floor(self, node: Node) -> Text:
        return rf"\left\lfloor {self.factor(node.args[0])} \right\rfloor", ATOM

    def _remainder(self, node: Node) -> Text:
        a, b = (self.factor(x, ATOM) for x in node.args)
        return rf"{a} \bmod {b}", MOD

    def _power(self, node: Node) -> Text:
        exponent = re.sub(r" ([-+]) ", r"\1", self.factor(node.args[1]))
        return f"{self.base(node.args[0])}^{{{exponent}}}", POWER

    _ipow = _power

    def _square(self, node: Node) -> Text:
        return f"{self.base(node.args[0])}^2", POWER

    def base(self, node: Node) -> str:
        """Text that an exponent may follow."""
        text = self.factor(node, ATOM)
        bracketed = bare(text).startswith(("(", "[", r"\left(", r"\left["))
        return parenthesized(text) if "^" in text and not bracketed else text

    def _sqrt(self, node: Node) -> Text:
        (inner,) = node.args
        total = inner.args[0] if inner.op == "sum" and id(inner) not in self.named else None
        if total is not None and total.op == "square" and id(total) not in self.named:
            if kind(total) and kind(node) == 0:
                norm = "2" if kind(total) == 1 else "F"
                return rf"\lVert {self.vector(total.args[0])} \rVert_{norm}", ATOM
        return rf"\sqrt{{{self.factor(inner)}}}", ATOM

    def _absolute(self, node: Node) -> Text:
        return rf"\left|{self.factor(node.args[0])}\right|", ATOM

    def _isfinite(self, node: Node) -> Text:
        return rf"\left|{self.factor(node.args[0])}\right| < \infty", COMPARE

    def _infix(self, node: Node) -> Text:
        return f" {INFIX[node.op]} ".join(self.text(a, MOD) for a in node.args), COMPARE

    def _function(self, node: Node) -> Text:
        return NAMED[node.op] + parenthesized(", ".join(map(self.factor, node.args))), ATOM

    def _logical_and(self, node: Node) -> Text:
        return self._joined(node, r"\wedge", AND)

    def _logical_or(self, node: Node) -> Text:
        return self._joined(node, r"\vee", OR)

    def _joined(self, node: Node, sign: str, strength: int) -> Text:
        same = [a.op == node.op and id(a) not in self.named for a in node.args]
        texts = [
            self.truth(a, strength if s else COMPARE) for a, s in zip(node.args, same, strict=True)
        ]
        return f" {sign} ".join(texts), strength

    def _logical_not(self, node: Node) -> Text:
        return rf"\neg {self.truth(node.args[0], ATOM)}", COMPARE

    def _where(self, node: Node) -> Text:
        test, *branches = node.args
        if test.op == "const" and np.unique(test.data).size == 1:
            return self.read(branches[0] if test.data.all() else branches[1])
        read = self.text if self.condition(node) else self.factor
        yes, no = map(read, branches)
        cases = rf"{yes} & \text{{if }} {self.truth(test)} \\ {no} & \text{{otherwise}}"
        return rf"\begin{{cases}} {cases} \end{{cases}}", CASES
