"""A traced rule as LaTeX: its own assignments, in its own names and order."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..fields import leaves
from ..optimizer import Optimizer
from .graph import Node, TraceError, make
from .trace import RANDOM, Traced, constants, trace_step

#: LaTeX of fields and locals; others are printed upright under their own name.
SYMBOLS = {
    "lr": r"\eta", "beta": r"\beta", "beta1": r"\beta_1", "beta2": r"\beta_2",
    "beta3": r"\beta_3", "eps": r"\varepsilon", "weight_decay": r"\lambda",
    "momentum_decay": r"\psi", "theta": r"\theta", "mu": r"\mu", "rho": r"\rho", "delta": r"\delta",
    "alpha": r"\alpha", "gamma": r"\gamma", "norm": "c", "value": "c", "damping": r"\delta",
}  # fmt: skip
SUFFIXES = {
    "hat": r"\hat{{{}}}", "bar": r"\bar{{{}}}", "max": r"{}^{{\max}}", "min": r"{}^{{\min}}",
    "new": r"{}^{{\mathrm{{new}}}}", "inf": r"{}_\infty",
}  # fmt: skip
INFIX = {
    "less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge", "equal": "=",
    "not_equal": r"\ne", "logical_and": r"\wedge", "logical_or": r"\vee",
}  # fmt: skip
NAMED = {"exp": r"\exp", "log": r"\log", "cos": r"\cos", "sin": r"\sin", "tanh": r"\tanh",
         "sign": r"\operatorname{sign}", "maximum": r"\max", "minimum": r"\min"}  # fmt: skip
#: Binding strength: sum, product, sign, power, atom.
SUM, PRODUCT, POWER, ATOM = range(4)


def latex(rule: Optimizer | type[Optimizer]) -> str:
    r"""The rule's equation, printed from one run of its own code on symbols.

    Parameters
    ----------
    rule : Optimizer, or its class
        Fields are printed as symbols, whatever their values.

    Returns
    -------
    str
        An ``aligned`` block: one line per local of `step` that the result needs, then theta and
        those parts of the state that have no line yet. Quantities that change carry the step as
        their index.

    Raises
    ------
    TraceError
        If `step` cannot be traced; the message says what to write instead.

    Examples
    --------
    >>> from primer import SGD
    >>> print(latex(SGD))
    \begin{aligned}
    g_t &= \nabla J(\theta_t) \\
    \theta_{t+1} &= \theta_t - \eta\,g_t
    \end{aligned}
    """
    rule = rule() if isinstance(rule, type) else rule
    first, second = (trace_step(rule, None, 2, _symbol) for _ in range(2))
    if constants(first) != constants(second):
        raise TraceError(RANDOM)
    lines = _Printer(first).lines()
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _symbol(pool: dict, name: str, value: Any, t: Node) -> Node:
    return make(pool, "field", (), (), name)


def symbol(name: str, index: str = "") -> str:
    """LaTeX of a Python name: ``v_hat`` with index t is a hatted v with subscript t."""
    stem, *rest = name.split("_")
    if name in SYMBOLS:
        text = SYMBOLS[name]
    elif rest and rest[-1] == "next":
        return symbol("_".join([stem, *rest[:-1]]), "t+1")
    elif rest and rest[-1] in SUFFIXES:
        inner = "_".join([stem, *rest[:-1]])
        text = SUFFIXES[rest[-1]].format(symbol(inner))
    elif len(name) == 1:
        text = name
    elif len(stem) == 1 or stem in SYMBOLS:
        base = SYMBOLS.get(stem, stem)
        words = [rf"\mathrm{{{' '.join(rest)}}}"] if rest else []
        index = ",".join(words + [index] * bool(index))
        return f"{base}_{{{index}}}" if index else base
    else:
        plain = name.replace("_", r"\_")
        text = rf"\mathrm{{{plain}}}"
    if not index:
        return text
    return f"{text}_{index}" if len(index) == 1 and "_" not in text else f"{text}_{{{index}}}"


class _Printer:
    def __init__(self, traced: Traced) -> None:
        self.traced = traced
        self.named: dict[int, str] = {}
        self.moving: dict[int, bool] = {}

    def lines(self) -> list[str]:
        """Assignments that the outputs need, in the order of the code."""
        outputs = [self.traced.new_theta, *self._state_nodes()]
        needed = {id(n) for out in outputs for n in _reachable(out)}
        lines = []
        for _, known in self.traced.locals:
            for name, node in known.items():
                line = self._assignment(name, node, needed)
                if line:
                    lines.append(line)
        lines.append(rf"\theta_{{t+1}} &= {self.text(self.traced.new_theta)}")
        for path, node in leaves(self.traced.new_state):
            if id(node) not in self.named and node.op not in ("state", "const"):
                lines.append(f"{symbol(path[-1], 't')} &= {self.text(node)}")
        return lines

    def _state_nodes(self) -> list[Node]:
        return [node for _, node in leaves(self.traced.new_state)]

    def _assignment(self, name: str, node: Any, needed: set[int]) -> str:
        leaf = not isinstance(node, Node) or node.op in ("theta", "state", "field", "const", "t")
        if (
            leaf
            or id(node) in self.named
            or id(node) not in needed
            or node is self.traced.new_theta
        ):
            return ""
        text = self.text(node)
        self.named[id(node)] = symbol(name, "t" if self.moves(node) else "")
        return f"{self.named[id(node)]} &= {text}"

    def moves(self, node: Node) -> bool:
        if id(node) not in self.moving:
            leaf = node.op in ("theta", "state", "t", "grad", "J", "hess")
            self.moving[id(node)] = leaf or any(self.moves(a) for a in node.args)
        return self.moving[id(node)]

    def text(self, node: Node, least: int = SUM) -> str:
        """LaTeX of a node, in parentheses if it binds less than `least`."""
        if id(node) in self.named:
            return self.named[id(node)]
        text, strength = self.plain(node)
        return text if strength >= least else _parenthesised(text)

    def plain(self, node: Node) -> tuple[str, int]:
        method = getattr(self, f"_{node.op}", None)
        if method is not None:
            return method(node)
        args = [self.text(a) for a in node.args]
        if node.op in INFIX:
            return f" {INFIX[node.op]} ".join(args), SUM
        if node.op in NAMED:
            return NAMED[node.op] + _parenthesised(", ".join(args)), ATOM
        name = rf"\operatorname{{{node.op.replace('_', '-')}}}"
        return name + _parenthesised(", ".join(args)), ATOM

    def _theta(self, node: Node) -> tuple[str, int]:
        return r"\theta_t", ATOM

    def _t(self, node: Node) -> tuple[str, int]:
        return "t", ATOM

    def _field(self, node: Node) -> tuple[str, int]:
        return symbol(node.data), ATOM

    def _state(self, node: Node) -> tuple[str, int]:
        return symbol(node.data[-1], "t-1"), ATOM

    def _const(self, node: Node) -> tuple[str, int]:
        values = np.unique(node.data)
        if values.size > 1:
            return r"\mathrm{const}", ATOM
        x = float(values[0])
        if x.is_integer() and abs(x) < 1e6:
            return str(int(x)), ATOM if x >= 0 else SUM
        mantissa, _, power = f"{x:.6g}".partition("e")
        if not power:
            return mantissa, ATOM if x >= 0 else SUM
        scale = f"10^{{{int(power)}}}"
        return scale if mantissa == "1" else rf"{mantissa} \cdot {scale}", PRODUCT

    def _grad(self, node: Node) -> tuple[str, int]:
        return rf"\nabla J({self.text(node.args[0])})", ATOM

    def _hess(self, node: Node) -> tuple[str, int]:
        return rf"\nabla^2 J({self.text(node.args[0])})", ATOM

    def _J(self, node: Node) -> tuple[str, int]:
        return f"J({self.text(node.args[0])})", ATOM

    def _solve(self, node: Node) -> tuple[str, int]:
        a, b = node.args
        return rf"{self.text(a, POWER)}^{{-1}}\,{self.text(b, PRODUCT)}", PRODUCT

    def _gather(self, node: Node) -> tuple[str, int]:
        return self.plain(node.args[0]) if id(node.args[0]) not in self.named else (
            self.named[id(node.args[0])], ATOM)  # fmt: skip

    def _sum(self, node: Node) -> tuple[str, int]:
        return rf"\textstyle\sum_i \left({self.text(node.args[0])}\right)_i", PRODUCT

    def _add(self, node: Node) -> tuple[str, int]:
        return f"{self.text(node.args[0])} + {self.text(node.args[1])}", SUM

    def _subtract(self, node: Node) -> tuple[str, int]:
        return f"{self.text(node.args[0])} - {self.text(node.args[1], PRODUCT)}", SUM

    def _negative(self, node: Node) -> tuple[str, int]:
        return f"-{self.text(node.args[0], PRODUCT)}", SUM

    def _multiply(self, node: Node) -> tuple[str, int]:
        a, b = (self.text(x, PRODUCT) for x in node.args)
        digit = node.args[1].op == "const" and id(node.args[1]) not in self.named
        return (rf"{a} \cdot {b}" if digit else rf"{a}\,{b}"), PRODUCT

    def _divide(self, node: Node) -> tuple[str, int]:
        return rf"\frac{{{self.text(node.args[0])}}}{{{self.text(node.args[1])}}}", PRODUCT

    def _remainder(self, node: Node) -> tuple[str, int]:
        a, b = (self.text(x, ATOM) for x in node.args)
        return rf"{a} \bmod {b}", PRODUCT

    def _power(self, node: Node) -> tuple[str, int]:
        exponent = self.text(node.args[1]).replace(" ", "")
        return f"{self._base(node.args[0])}^{{{exponent}}}", POWER

    _ipow = _power

    def _square(self, node: Node) -> tuple[str, int]:
        return f"{self._base(node.args[0])}^2", POWER

    def _base(self, node: Node) -> str:
        text = self.text(node, ATOM)
        return _parenthesised(text) if "^" in text and text[0] != "(" else text

    def _sqrt(self, node: Node) -> tuple[str, int]:
        inner = node.args[0]
        total = inner.args[0] if inner.op == "sum" and id(inner) not in self.named else None
        if total is not None and total.op == "square" and id(total) not in self.named:
            return rf"\lVert {self.text(total.args[0])} \rVert_2", ATOM
        return rf"\sqrt{{{self.text(inner)}}}", ATOM

    def _absolute(self, node: Node) -> tuple[str, int]:
        return rf"\left|{self.text(node.args[0])}\right|", ATOM

    def _where(self, node: Node) -> tuple[str, int]:
        test, yes, no = (self.text(a) for a in node.args)
        cases = rf"{yes} & \text{{if }} {test} \\ {no} & \text{{otherwise}}"
        return rf"\begin{{cases}} {cases} \end{{cases}}", PRODUCT


def _parenthesised(text: str) -> str:
    tall = any(word in text for word in (r"\frac", r"\sum", r"\begin", r"\sqrt"))
    return rf"\left({text}\right)" if tall else f"({text})"


def _reachable(node: Node, seen: set[int] | None = None) -> list[Node]:
    seen = set() if seen is None else seen
    if id(node) in seen:
        return []
    seen.add(id(node))
    return [node, *(n for a in node.args for n in _reachable(a, seen))]
