"""A rule and its schedule as PyTorch's calls, filled in from the registry."""

from __future__ import annotations

import ast
import dataclasses
import operator
from typing import Any

import numpy as np

from .. import registry
from ..optimizer import Optimizer
from ..rules.wrappers import Wrapper, innermost
from ..schedules import Schedule

WIDTH = 64
ARITHMETIC: dict[type, Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Div: operator.truediv,
}  # fmt: skip
#: What a wrapper's call needs around it, by the wrapper's name; others take their turn as below.
TURNS = {
    "ClipNorm": "# in the loop, between loss.backward() and optimizer.step():",
    "ClipValue": "# in the loop, between loss.backward() and optimizer.step():",
    "ReduceOnPlateau": "# after every epoch: scheduler.step(validation_loss)",
}
#: What PyTorch's calls have for names that are no field.
TORCH = {"params": "model.parameters()"}
EACH_STEP = "# after every optimizer.step(): scheduler.step()"


def torch_lines(recipe: Optimizer, penalty: float = 0.0) -> str:
    """PyTorch's lines for a rule, whose lr may be a schedule and which wrappers may hold.

    Parameters
    ----------
    recipe : Optimizer
        With numbers in its fields and in those of its schedule.
    penalty : float
        Weight of an L2 penalty beside the loss: weight_decay of PyTorch's SGD.

    Returns
    -------
    str
        Where PyTorch has no such call, a comment that says so.

    Examples
    --------
    >>> from primer import Clip, Momentum, StepDecay
    >>> print(torch_lines(Clip(Momentum(lr=StepDecay(0.1, 0.1, every=30)), norm=1.0), penalty=0.01))
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01
    )
    scheduler = StepLR(optimizer, step_size=30, gamma=0.1)
    # after every optimizer.step(): scheduler.step()
    # in the loop, between loss.backward() and optimizer.step():
    clip_grad_norm_(model.parameters(), max_norm=1.0)
    """
    rule = innermost(recipe)
    rate = rule.fields().get("lr")
    lines = []
    if isinstance(rate, Schedule):
        rule = rule.having(lr=next(iter(rate.fields().values())))
        lines = [_call("scheduler = ", rate), EACH_STEP]
    lines.insert(0, _call("optimizer = torch.optim.", rule, penalty))
    while isinstance(recipe, Wrapper):
        lines += _around(recipe)
        recipe = recipe.rule
    return "\n".join(lines)


def optax_line(thing: Any) -> str:
    """The call of optax for a rule, a wrapper alone, or a schedule.

    Parameters
    ----------
    thing : Optimizer or Schedule
        With numbers in its fields.

    Returns
    -------
    str
        Where optax has no such call, a comment that says so.

    Examples
    --------
    >>> from primer import Adam, AdaGrad
    >>> print(optax_line(Adam(lr=0.01)))
    optimizer = optax.adam(0.01, b1=0.9, b2=0.999, eps=1e-08)
    >>> optax_line(AdaGrad())
    '# optax.adagrad puts eps inside the root'
    """
    entry = _entry(thing)
    if not entry.optax:
        return f"# {entry.no_optax}"
    start = {"rule": "optimizer = ", "wrapper": "wrapper = "}.get(entry.kind, "schedule = ")
    filled = _filled(f"optax.{entry.optax}", thing, {})
    return start + _laid_out(filled, len(start))


def _around(wrapper: Wrapper) -> list[str]:
    turn = TURNS.get(type(wrapper).__name__, "")
    if turn.endswith(":"):
        return [turn, _call("", wrapper)]
    return [_call("scheduler = ", wrapper), turn]


def _call(start: str, thing: Any, penalty: float = 0.0) -> str:
    """The registered call of a rule, wrapper or schedule with its values in place of the names."""
    entry = _entry(thing)
    if not entry.torch:
        return f"# {entry.no_torch}; as here: {written(thing)}"
    filled = _filled(entry.torch, thing, TORCH)
    if penalty:
        filled.keywords.append(ast.keyword("weight_decay", ast.Constant(penalty)))
    return start + _laid_out(filled, len(start))


def _entry(thing: Any) -> registry.Entry:
    name = type(thing).__name__
    return registry.rules.get(name) or registry.schedules[name]


def _filled(call: str, thing: Any, others: dict[str, str]) -> Any:
    """A registered call with the values of the thing's fields."""
    return _Filled(thing.fields(), others).visit(ast.parse(call, mode="eval")).body


class _Filled(ast.NodeTransformer):
    """Puts values for names, expressions for others, and does the arithmetic among them."""

    def __init__(self, values: dict[str, Any], others: dict[str, str]) -> None:
        self.values, self.others = values, others

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.others:
            return ast.parse(self.others[node.id], mode="eval").body
        return ast.Constant(self.values[node.id]) if node.id in self.values else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        return ast.Constant(ARITHMETIC[type(node.op)](left.value, right.value))


def _laid_out(node: ast.expr, at: int, indent: int = 0) -> str:
    """The expression in lines of at most `WIDTH`, as a formatter would break it."""
    text = ast.unparse(node)
    if at + len(text) <= WIDTH or not isinstance(node, ast.Call | ast.List):
        return text
    inside, pad = indent + 4, " " * (indent + 4)
    parts = [*(node.args if isinstance(node, ast.Call) else node.elts)]
    keywords = node.keywords if isinstance(node, ast.Call) else []
    begin, end = ("[", "]") if isinstance(node, ast.List) else (f"{ast.unparse(node.func)}(", ")")
    joined = ", ".join([*map(ast.unparse, parts), *map(ast.unparse, keywords)])
    if inside + len(joined) <= WIDTH:
        return f"{begin}\n{pad}{joined}\n{' ' * indent}{end}"
    lines = [_laid_out(part, inside, inside) for part in parts]
    lines += [
        f"{k.arg}={_laid_out(k.value, inside + len(k.arg or '') + 1, inside)}" for k in keywords
    ]
    return begin + "".join(f"\n{pad}{line}," for line in lines) + f"\n{' ' * indent}{end}"


def written(thing: Any) -> str:
    """A rule or schedule as one writes it: rate, decay, and what differs from the defaults.

    Examples
    --------
    >>> from primer import Adam, Clip, WarmupLinear
    >>> written(Clip(Adam(lr=WarmupLinear(0.01, 5, 100), beta2=0.999), norm=1.0))
    'ClipNorm(rule=Adam(lr=WarmupLinear(peak=0.01, warmup=5, steps=100)), norm=1.0)'
    """
    if not hasattr(thing, "fields"):
        return repr(thing)
    usual: dict[str, Any] = {f.name: f.default for f in dataclasses.fields(thing)}
    told = ("lr", "weight_decay")
    own = {
        name: value
        for name, value in thing.fields().items()
        if name in told or hasattr(value, "fields") or not np.array_equal(value, usual[name])
    }
    settings = ", ".join(f"{name}={written(value)}" for name, value in own.items())
    return f"{type(thing).__name__}({settings})"
