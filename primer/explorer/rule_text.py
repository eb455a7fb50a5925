"""The text of a rule as a reader of the page changes it: `init`, `step`, and what they call."""

from __future__ import annotations

import ast
import builtins
import inspect
import symtable
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..exact import power, scaled_power, when
from ..hyper import OfStep, PerCoordinate, Slider
from ..objective import Signs
from ..optimizer import Optimizer
from ..rules.lamb import norms
from ..rules.matrices import MatrixRule
from ..rules.newton import solve

#: What the page knows without a text, by the name that a rule calls it.
BUILT_IN = {
    "np": np, "power": power, "scaled_power": scaled_power, "when": when, "solve": solve,
    "norms": norms, "Signs": Signs,
}  # fmt: skip
PYTHONS = {
    "range", "len", "abs", "min", "max", "sum", "float", "int", "bool", "zip", "enumerate",
    "tuple", "list", "dict", "round", "pow",
}  # fmt: skip
#: What a text may be made of.
UNDERSTOOD = (
    ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign,
    ast.Expr, ast.If, ast.For, ast.Pass, ast.Assert, ast.BinOp, ast.UnaryOp, ast.BoolOp,
    ast.Compare, ast.Call, ast.Starred, ast.keyword, ast.Attribute, ast.Subscript, ast.Slice,
    ast.Tuple, ast.List, ast.Dict, ast.Name, ast.Constant, ast.IfExp, ast.ListComp,
    ast.GeneratorExp, ast.comprehension, ast.Lambda, ast.expr_context, ast.operator, ast.unaryop,
    ast.boolop, ast.cmpop,
)  # fmt: skip
#: Parameters of the methods.
COUNTS = {"init": 2, "step": 5}
NUMBER = bool | int | float | np.number | np.bool_


class Fixed(Exception):
    """A rule that cannot be changed in the page."""


def text_of(rule: Optimizer) -> str | None:
    """The text of a rule that a page can change; None for one that it cannot.

    It can where `init` and `step` are functions whose source is known and which need nothing but
    their arguments, numbers, helper functions of their module and what the page knows itself. A
    rule that holds a rule, and one of matrices, stays as it is.

    Examples
    --------
    >>> from primer import SGD, Clip
    >>> print(text_of(SGD()))
    def step(self, J, theta, state, t):
        g = J.grad(theta)
        return theta - self.lr * g, {}
    >>> text_of(Clip(SGD(), norm=1.0)) is None
    True
    """
    try:
        return _text(rule)
    except Fixed:
        return None


def asks_for(text: str, name: str) -> bool:
    """Whether a text uses this global name.

    Examples
    --------
    >>> asks_for("def step(x):\\n    return power(x, 2)", "power")
    True
    """
    return name in _globals(text)


def attributes(text: str) -> set[str]:
    """The names that stand after a dot in a text.

    Examples
    --------
    >>> attributes("J.hvp(theta, u)")
    {'hvp'}
    """
    return {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}


def _text(rule: Optimizer) -> str:
    make = type(rule)
    known = all(map(_plain, rule.fields().values()))
    if not known or isinstance(rule, MatrixRule) or make.begin is not Optimizer.begin:
        raise Fixed
    names = ["init"] * (make.init is not Optimizer.init) + ["step"]
    methods = [getattr(make, name) for name in names]
    for name, method in zip(names, methods, strict=True):
        if _count(method) != COUNTS[name] or method.__name__ != name:
            raise Fixed
    numbers: dict[str, Any] = {}
    functions: dict[Any, str] = {}
    for method in methods:
        functions[method] = _source(method)
        numbers |= _own(rule, functions[method])
    for method in methods:
        _follow(method, functions, numbers)
    heads = [f.__name__ for f in functions]
    if len({*heads, *numbers}) < len(heads) + len(numbers):
        raise Fixed
    return "\n\n".join([*filter(None, [assigned(numbers)]), *functions.values()])


def assigned(numbers: dict[str, Any]) -> str:
    """The lines that stand at the top of a text and give numbers their names.

    Examples
    --------
    >>> assigned({"beta": np.float64(0.5)})
    'beta = 0.5'
    """
    return "\n".join(f"{name} = {_number(value)!r}" for name, value in numbers.items())


def _plain(value: Any) -> bool:
    return isinstance(value, NUMBER | Slider | OfStep | PerCoordinate)


def _count(function: Any) -> int:
    """How many parameters a function has; 0 for what is none, or has others than plain ones."""
    if not inspect.isfunction(function):
        return 0
    kinds = {p.kind for p in inspect.signature(function).parameters.values()}
    return function.__code__.co_argcount * (kinds == {inspect.Parameter.POSITIONAL_OR_KEYWORD})


def _source(function: Callable[..., Any]) -> str:
    """The text of a function without decorators and without the types of its arguments."""
    try:
        whole = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        raise Fixed from None
    made = _parsed(whole).body[0]
    if not isinstance(made, ast.FunctionDef) or made.name != function.__name__:
        raise Fixed
    del made.decorator_list
    if not all(isinstance(each, UNDERSTOOD) for each in ast.walk(made)):
        raise Fixed
    text = _without(whole, made)
    _parsed(text)
    return text


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:
        raise Fixed from None


def _without(whole: str, made: ast.FunctionDef) -> str:
    """The text from `def` on; what is cut out lies between places of its own tree."""
    raw = whole.encode()
    starts = [0]
    for line in raw.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(line: int | None, column: int | None) -> int:
        return starts[(line or 1) - 1] + (column or 0)

    for begin, end in sorted(_types(made, raw, place), reverse=True):
        raw = raw[:begin] + raw[end:]
    return raw[place(made.lineno, made.col_offset) :].decode().rstrip()


def _types(
    made: ast.FunctionDef, raw: bytes, place: Callable[..., int]
) -> Iterator[tuple[int, int]]:
    """Where the types of arguments and results stand, from the name or bracket before them."""
    for node in ast.walk(made):
        if isinstance(node, ast.arg) and node.annotation is not None:
            begin = place(node.lineno, node.col_offset) + len(node.arg.encode())
            yield begin, place(node.end_lineno, node.end_col_offset)
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            first = place(node.returns.lineno, node.returns.col_offset)
            arrow = raw.rindex(b"->", 0, first)
            begin = len(raw[:arrow].rstrip())
            yield begin, place(node.returns.end_lineno, node.returns.end_col_offset)


def _own(rule: Optimizer, text: str) -> dict[str, Any]:
    """The numbers that a method reads from its rule and that are no fields."""
    made: Any = ast.parse(text).body[0]
    me = made.args.args[0].arg
    read = (n for n in ast.walk(made) if isinstance(n, ast.Attribute))
    names = {n.attr for n in read if isinstance(n.value, ast.Name) and n.value.id == me}
    return {
        name: _number(inspect.getattr_static(rule, name, None))
        for name in sorted(names - rule.fields().keys())
    }


def _number(value: Any) -> Any:
    if not isinstance(value, NUMBER) or not np.isfinite(value):
        raise Fixed
    return value.item() if isinstance(value, np.generic) else value


def _follow(function: Any, functions: dict[Any, str], numbers: dict[str, Any]) -> None:
    """Add what a function needs from outside, and what that needs."""
    for name in sorted(_globals(functions[function])):
        value = _meant(function, name)
        if inspect.isfunction(value) and value is not BUILT_IN.get(name):
            if value not in functions:
                functions[value] = _helper(value, name)
                _follow(value, functions, numbers)
        elif isinstance(value, NUMBER):
            if numbers.setdefault(name, _number(value)) != value:
                raise Fixed
        elif not (name in BUILT_IN and value is BUILT_IN[name]):
            if not (name in PYTHONS and value is getattr(builtins, name)):
                raise Fixed


def _helper(function: Any, name: str) -> str:
    """The text of a helper function; one that is decorated is not what its text says."""
    if function.__name__ != name or hasattr(function, "__wrapped__") or not _count(function):
        raise Fixed
    return _source(function)


def _meant(function: Any, name: str) -> Any:
    """What a name that a function does not bind means in it."""
    code = function.__code__
    if name in code.co_freevars:
        try:
            return function.__closure__[code.co_freevars.index(name)].cell_contents
        except ValueError:  # not bound yet
            return None
    return function.__globals__.get(name, getattr(builtins, name, None))


def _globals(text: str) -> set[str]:
    """Names that a text needs from outside."""
    top = symtable.symtable(text, "rule", "exec")
    own = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_namespace()}
    asked = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    tables = list(top.get_children())
    while tables:
        table = tables.pop()
        asked |= {s.get_name() for s in table.get_symbols() if s.is_global()}
        tables += table.get_children()
    return asked - own
