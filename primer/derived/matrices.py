"""The nodes of a traced rule as LaTeX: matrices, and coordinates picked and put together."""

from __future__ import annotations

import numpy as np

from .graph import Node, TraceError
from .notation import (
    ATOM,
    EACH,
    POWER,
    PRODUCT,
    SUM,
    Notation,
    Text,
    bare,
    kind,
    number,
    parenthesized,
    plus,
)  # fmt: skip

PICKED = (
    "coordinates picked in this way have no notation in an equation: these have, theta[..., i], "
    "theta[..., i:j], np.stack and np.concatenate of them, np.swapaxes and the diagonal of a matrix"
)
NO_MATRIX = (
    "a number or vector spread over a matrix has no notation in an equation: write it times "
    "np.eye(theta.shape[-1])"
)


def column(node: Node) -> bool:
    """Whether a vector stands upright: its last axis has one entry."""
    return len(node.shape) > 1 and node.shape[-1] == 1


class Matrices(Notation):
    """`dim` is the number of parameters, `general` says whether the equation holds for others."""

    def __init__(self, dim: int, general: bool) -> None:
        super().__init__(dim)
        self.general = general

    def matrix(self, node: Node, least: int = SUM) -> str:
        """Text of a matrix; numbers and vectors spread over one are refused."""
        if kind(node) == 2 and not self.spread(node):
            return self.text(node, least)
        raise TraceError(NO_MATRIX)

    def term(self, node: Node, least: int = SUM) -> str:
        """Text of a matrix in a sum or a choice, where it may be 0."""
        zero = node.op == "const" and not node.data.any()
        return "0" if zero else self.matrix(node, least)

    def rows(self, node: Node) -> str:
        """Text of a matrix or vector in a product of rows by columns."""
        if kind(node) == 2:
            return self.matrix(node, PRODUCT)
        return self.vector(node, PRODUCT) if self.spread(node) else self.beside(node, "rows")

    def transposed(self, node: Node) -> str:
        text = self.vector(node, ATOM) if kind(node) == 1 else self.matrix(node, ATOM)
        bracketed = bare(text).startswith(("(", r"\left("))
        return (parenthesized(text) if "^" in text and not bracketed else text) + r"^\top"

    def _matrix_const(self, node: Node) -> Text:
        values = node.data.reshape(node.data.shape[-2:])
        if np.unique(values).size == 1:
            return self._const(node)
        scale = values[0, 0]
        if values.shape[0] != values.shape[1] or (values != scale * np.eye(len(values))).any():
            raise TraceError("a matrix of numbers has no notation in an equation, but for np.eye")
        text, strength = number(float(scale))
        return ("I", ATOM) if scale == 1 else (rf"{text}\,I", min(strength, PRODUCT))

    def _matrix_hess(self, node: Node) -> Text:
        return rf"\nabla^2 J({self.vector(node.args[0])})", POWER

    def _matrix_solve(self, node: Node) -> Text:
        a, b = node.args
        inverse = f"{parenthesized(self.matrix(a)) if self._tall(a) else self.matrix(a)}^{{-1}}"
        return rf"{inverse}\,{self.rows(b)}", PRODUCT

    def _tall(self, node: Node) -> bool:
        """Whether a text needs parentheses before an exponent."""
        text, strength = self.read(node)
        return strength < ATOM or "^" in text

    def _matrix_add(self, node: Node) -> Text:
        left, right = map(self.term, node.args)
        return plus(left, right), SUM

    def _matrix_subtract(self, node: Node) -> Text:
        return f"{self.term(node.args[0])} - {self.term(node.args[1], PRODUCT)}", SUM

    def _matrix_negative(self, node: Node) -> Text:
        return f"-{self.matrix(node.args[0], PRODUCT)}", SUM

    def _matrix_square(self, node: Node) -> Text:
        text = self.matrix(node.args[0], POWER)
        return rf"{text} \odot {text}", EACH

    def _matrix_multiply(self, node: Node) -> Text:
        a, b = node.args
        match kind(a), kind(b):
            case 2, 2:
                return rf"{self.matrix(a, POWER)} \odot {self.matrix(b, POWER)}", EACH
            case 0, 2:
                return rf"{self.factor(a, PRODUCT)}\,{self.matrix(b, PRODUCT)}", PRODUCT
            case 2, 0:
                return rf"{self.matrix(a, PRODUCT)}\,{self.factor(b, POWER)}", PRODUCT
            case 1, 1:
                upright, lying = (a, b) if column(a) else (b, a)
                return f"{self.rows(upright)} {self.transposed(lying)}", PRODUCT
        M, v = (a, b) if kind(a) == 2 else (b, a)
        diagonal = rf"\operatorname{{diag}}({self.vector(v)})"
        pair = (diagonal, self.matrix(M, PRODUCT)) if column(v) else (
            self.matrix(M, PRODUCT), diagonal)  # fmt: skip
        return r"\,".join(pair), PRODUCT

    def _matrix_divide(self, node: Node) -> Text:
        a, b = node.args
        if kind(b):
            raise TraceError(NO_MATRIX)
        return rf"\frac{{{self.matrix(a)}}}{{{self.factor(b)}}}", PRODUCT

    def _matmul(self, node: Node) -> Text:
        a, b = node.args
        if kind(a) == kind(b) == 1 and kind(node) == 0:
            return f"{self.transposed(a)} {self.vector(b, POWER)}", PRODUCT
        return self._matrix_matmul(node)

    def _matrix_matmul(self, node: Node) -> Text:
        a, b = node.args
        if kind(a) == 2:
            return rf"{self.rows(a)}\,{self.rows(b)}", PRODUCT
        if kind(b) == 2:
            return rf"{self.transposed(b)}\,{self.rows(a)}", PRODUCT
        return f"{self.rows(a)} {self.transposed(b)}", PRODUCT

    def _matrix_where(self, node: Node) -> Text:
        test, yes, no = node.args
        if kind(test):
            raise TraceError(NO_MATRIX)
        cases = rf"{self.term(yes)} & \text{{if }} {self.truth(test)} \\ {self.term(no)}"
        return rf"\begin{{cases}} {cases} & \text{{otherwise}} \end{{cases}}", 0

    def _matrix_sum(self, node: Node) -> Text:
        (inner,) = node.args
        ones = r"\mathbf{1}"
        if kind(node) == 0:
            return rf"{ones}^\top\,{self.matrix(inner, PRODUCT)}\,{ones}", PRODUCT
        if kind(node) == 2:
            return self.read(inner)
        last = node.data[0][1] == 1  # neighbors of one row
        if inner.op == "multiply" and id(inner) not in self.named:
            factors = sorted(inner.args, key=kind)
            if [kind(f) for f in factors] == [1, 2] and column(factors[0]) != last:
                v, M = factors
                left = self.rows(M) if last else self.transposed(M)
                return rf"{left}\,{self.rows(v)}", PRODUCT
        left = self.rows(inner) if last else self.transposed(inner)
        return rf"{left}\,{ones}", PRODUCT

    def _gather(self, node: Node) -> Text:
        picked = self.picked(node)
        parts = list({id(part): part for part, _ in picked}.values())
        places = [place for _, place in picked]
        if len(parts) == 1 and (text := self._whole(node, parts[0], places)):
            return text
        if len(picked) == 1:
            return self.component(*picked[0])
        if kind(node) != 1:
            raise TraceError(PICKED)
        pieces = [self._piece(*run) for run in _runs(picked)]
        return pieces[0] if len(pieces) == 1 else (f"({', '.join(p for p, _ in pieces)})", ATOM)

    _matrix_gather = _gather

    def picked(self, node: Node) -> list[tuple[Node, int]]:
        """Where each number comes from: through all picks that have no name of their own."""
        sources = [
            self.picked(part)
            if part.op == "gather" and id(part) not in self.named
            else [(part, i) for i in range(int(np.prod(part.shape)))]
            for part in node.args
        ]
        return [sources[part][place] for part, place in node.data]

    def _whole(self, node: Node, part: Node, places: list[int]) -> Text | None:
        """A pick that takes all of a part, or its diagonal, in an order that has a name."""
        count = int(np.prod(part.shape))
        grid = np.arange(count).reshape(part.shape)
        same = [n for n in node.shape if n != 1] == [n for n in part.shape if n != 1]
        if count == 1 or (same and places == list(range(count))):
            return self.read(part)
        if kind(part) == 2:
            square = grid.reshape(grid.shape[-2:])
            if kind(node) == 2 and places == square.T.ravel().tolist():
                return self.transposed(part), POWER
            if kind(node) == 1 and places == square.diagonal().tolist():
                return rf"\operatorname{{diag}}({self.matrix(part)})", ATOM
        elif self.general and kind(node) == 1 and places == list(range(count))[::-1]:
            return rf"\operatorname{{reverse}}({self.vector(part)})", ATOM
        return None

    def component(self, part: Node, place: int, last: int | None = None) -> Text:
        """One coordinate of a vector, one entry of a matrix, or coordinates up to `last`."""
        if kind(part) == 0 or (kind(part) == 1 and self.spread(part)):
            return self.read(part)
        shape = [n for n in part.shape if n != 1]
        ends = [place] if last is None else [place, last]
        index = ":".join(
            ",".join(self._ordinal(int(i), n) for i, n in zip(axes, shape, strict=True))
            for axes in (np.unravel_index(i, shape) for i in ends)
        )
        if id(part) in self.named:
            letter, step = self.named[id(part)]
            if step:
                return letter.text(*step, index), ATOM
        text = self.read(part)[0]
        return f"{text if part.op == 'const' else parenthesized(text)}_{{{index}}}", ATOM

    def _ordinal(self, i: int, size: int) -> str:
        back = int(size) - 1 - i
        if hasattr(size, "symbol") and back < 3:
            letter = self.count(size)
            return f"{letter}-{back}" if back else letter
        return str(i + 1)

    def _piece(self, part: Node, first: int, last: int) -> Text:
        if first == last:
            return self.component(part, first)
        if last - first + 1 == int(np.prod(part.shape)):
            return self.vector(part), SUM
        if kind(part) != 1 or self.spread(part):
            raise TraceError(PICKED)
        return self.component(part, first, last)


def _runs(picked: list[tuple[Node, int]]) -> list[tuple[Node, int, int]]:
    """(part, first, last) of neighbors that are taken in order."""
    runs: list[tuple[Node, int, int]] = []
    for part, place in picked:
        if runs and runs[-1][0] is part and place == runs[-1][2] + 1:
            runs[-1] = (part, runs[-1][1], place)
        else:
            runs.append((part, place, place))
    return runs
