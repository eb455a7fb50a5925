"""The nodes of a rule for matrices as LaTeX: what it does entry by entry is printed as well.

Here a matrix is data, as a vector is elsewhere: a number may be added to all its entries, and
roots, quotients and functions of it are taken entry by entry.
"""

from __future__ import annotations

import re

from .graph import Node, TraceError
from .matrices import Matrices, column
from .notation import (
    ATOM,
    COMPARE,
    INFIX,
    NAMED,
    POWER,
    PRODUCT,
    SUM,
    Text,
    kind,
    parenthesized,
    plus,
)  # fmt: skip


class Entries(Matrices):
    """Notation for one matrix W with rows and columns."""

    def plain(self, node: Node) -> Text:
        if kind(node) == 2 and node.op in (*INFIX, *NAMED):
            parts = [self.broad(a, node) for a in node.args]
            if node.op in INFIX:
                return f" {INFIX[node.op]} ".join(parts), COMPARE
            return NAMED[node.op] + parenthesized(", ".join(parts)), ATOM
        return super().plain(node)

    def ones(self, node: Node, axis: int) -> str:
        """A column of ones, as many as the node has along that axis."""
        return rf"\mathbf{{1}}_{self.count(node.shape[axis])}"

    def broad(self, node: Node, like: Node, least: int = 0) -> str:
        """Text of what is spread over the entries of a matrix: a number as it is."""
        if kind(node) != 1 or self.spread(node):
            return self.factor(node, least)
        if column(node):
            text = f"{self.rows(node)} {self.ones(like, -1)}^\\top"
        else:
            text = f"{self.ones(like, -2)} {self.transposed(node)}"
        return text if least <= PRODUCT else parenthesized(text)

    def matrix(self, node: Node, least: int = SUM) -> str:
        """Text of a matrix in a product; one of equal entries by what they are."""
        if kind(node) == 2 and self.spread(node):
            one = self.factor(node, PRODUCT)
            text = rf"{one}\,{self.ones(node, -2)} {self.ones(node, -1)}^\top"
            return text if least <= PRODUCT else parenthesized(text)
        return self.factor(node, least)

    def vector(self, node: Node, least: int = 0) -> str:
        """Text of a vector where the number of its coordinates matters."""
        if kind(node) != 1 or not self.spread(node):
            return self.factor(node, least)
        axis = next(i for i, n in enumerate(node.shape) if n != 1)
        text = rf"{self.factor(node, PRODUCT)}\,{self.ones(node, axis)}"
        return text if least <= PRODUCT else parenthesized(text)

    def _matrix_add(self, node: Node) -> Text:
        left, right = (self.broad(a, node, SUM) for a in node.args)
        return plus(left, right), SUM

    def _matrix_subtract(self, node: Node) -> Text:
        left, right = node.args
        return f"{self.broad(left, node, SUM)} - {self.broad(right, node, PRODUCT)}", SUM

    def _matrix_divide(self, node: Node) -> Text:
        return r"\frac" + "".join(f"{{{self.broad(a, node)}}}" for a in node.args), PRODUCT

    def _matrix_multiply(self, node: Node) -> Text:
        a, b = node.args
        if kind(a) == kind(b) == 2 and (self.spread(a) or self.spread(b)):
            return rf"{self.factor(a, PRODUCT)}\,{self.factor(b, PRODUCT)}", PRODUCT
        return super()._matrix_multiply(node)

    def _matrix_grad(self, node: Node) -> Text:
        return self._grad(node)

    def _matrix_sqrt(self, node: Node) -> Text:
        return rf"\sqrt{{{self.factor(node.args[0])}}}", ATOM

    def _matrix_absolute(self, node: Node) -> Text:
        return rf"\left|{self.factor(node.args[0])}\right|", ATOM

    def _matrix_power(self, node: Node) -> Text:
        base, exponent = node.args
        if kind(exponent):
            raise TraceError("a power whose exponent is a vector or a matrix has no notation here")
        text = re.sub(r" ([-+]) ", r"\1", self.factor(exponent))
        return rf"{self.base(base)}^{{\odot {text}}}", POWER

    _matrix_ipow = _matrix_power

    def _matrix_where(self, node: Node) -> Text:
        test, *branches = node.args
        yes, no = (self.broad(x, node) for x in branches)
        cases = rf"{yes} & \text{{if }} {self.truth(test)} \\ {no}"
        return rf"\begin{{cases}} {cases} & \text{{otherwise}} \end{{cases}}", 0

    def _matrix_sum(self, node: Node) -> Text:
        """Sums of rows and of columns as products with ones."""
        (inner,) = node.args
        if kind(node) == 0 and inner.op == "square" and id(inner) not in self.named:
            return rf"\lVert {self.factor(inner.args[0])} \rVert_F^2", POWER
        if kind(node) == 2:
            return self.read(inner)
        if kind(node) == 0:
            left = f"{self.ones(inner, -2)}^\\top"
            return rf"{left}\,{self.matrix(inner, PRODUCT)}\,{self.ones(inner, -1)}", PRODUCT
        if node.data[0][1] == 1:  # neighbors of one row
            return rf"{self.rows(inner)}\,{self.ones(inner, -1)}", PRODUCT
        return rf"{self.transposed(inner)}\,{self.ones(inner, -2)}", PRODUCT
