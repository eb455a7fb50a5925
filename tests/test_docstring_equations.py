"""The equation in a schedule's or landscape's docstring is what the code computes: it is read back.

An equation is a paragraph ``Equation: s(t) = …, with a = …, f(u) = ….`` of Python expressions in
the fields or arguments, t, and for landscapes theta or its coordinates: x, y where the paragraph
"Shapes:" names no others. A definition may use those before it.
"""

import ast
import dataclasses
import inspect
import math
import re

import numpy as np
import pytest
from helpers import sample, seed_of

from primer import landscapes, registry, schedules
from primer.objective import Varying

WORDS = {
    **{f.__name__: f for f in (abs, max, min, sum, zip, math.cos, math.sin, math.sqrt, math.floor)},
    "pi": math.pi,
    "default_rng": np.random.default_rng,
}
DEFINITION = re.compile(r"(\w+)(?:\(([\w, ]+)\))? = (.+)")
NEXT = re.compile(r",(?: with)? (?=\w+(?:\([\w, ]+\))? = )")


@dataclasses.dataclass(frozen=True)
class Definition:
    """``name = expression`` or ``name(arguments) = expression``."""

    name: str
    arguments: str | None
    expression: str

    def value(self, names):
        head = f"lambda {self.arguments}: " if self.arguments else ""
        return eval(head + self.expression, names)


def read(doc):
    """The definitions of the paragraph "Equation:"; the first is that of s or J."""
    text = re.search(r"^Equation: (.+?)\.$(?=\n\n)", doc, re.MULTILINE | re.DOTALL)[1]
    return [
        Definition(*DEFINITION.fullmatch(d).groups()) for d in NEXT.split(" ".join(text.split()))
    ]


def evaluate(equation, names):
    """The value of an equation, by Python alone."""
    names = {"__builtins__": {}, **WORDS, **names}
    for definition in equation[1:]:
        names[definition.name] = definition.value(names)
    return eval(equation[0].expression, names)


# Where the equations are looked at


def drawn(make, rng):
    """Arguments of a schedule, inside their domains; the steps in all suffice for their parts."""
    given = {}
    for field in dataclasses.fields(make):
        if field.name in make.counts or field.type in (int, "int"):
            given[field.name] = int(rng.integers(10)) + make.counts.get(field.name, 1)
        else:
            given[field.name] = float(sample(make.domains.get(field.name, "rate"), 0, rng))
    if "steps" in given:
        given["steps"] += sum(v for k, v in given.items() if k in make.counts and k != "steps")
    if rng.random() < 0.3:
        return {
            f.name: given[f.name]
            for f in dataclasses.fields(make)
            if f.default is dataclasses.MISSING
        }
    return given


def combined(rng):
    """Two schedules and when the second follows."""
    kinds = list(registry.schedules.values())
    first, second = (kinds[i].make for i in rng.choice(len(kinds), 2))
    return first(**drawn(first, rng)), second(**drawn(second, rng)), int(rng.integers(1, 20))


def some_schedules(name):
    """Schedules of one kind with settings drawn for it."""
    rng = np.random.default_rng(seed_of(name))
    for _ in range(25):
        if name in registry.schedules:
            make = registry.schedules[name].make
            yield make(**drawn(make, rng))
        else:
            make, parts = getattr(schedules, name), combined(rng)
            yield make(*parts[: len(dataclasses.fields(make))])


def schedule_values(name):
    """Names and value of every schedule and step looked at."""
    for schedule in some_schedules(name):
        for t in [*range(60), 100]:
            yield {**schedule.fields(), "t": t}, schedule(t)


ARGUMENTS = {
    "quadratic": [
        {"rotation": 0.7},
        {"eigenvalues": [3.0, 0.2], "rotation": -2.0},
        {"eigenvalues": [1.0, -2.0, 0.5]},
    ],
    "ravine": [{"kappa": 7.0}],
    "absolute": [{"slopes": [0.5, 2.0, 3.0]}],
    "rosenbrock": [{"b": 5.0}],
    "rastrigin": [{"dim": 1}, {"dim": 5}],
    "moving_valley": [{"period": 40.0, "radius": 3.0, "kappa": 0.5}],
    "reddi": [{"C": 1010.0, "period": 5, "other": 10.0}],
    "reddi_stochastic": [{"seed": 3, "C": 5.0, "other": 2.0, "chance": 0.4, "steps": 7}],
}


def coordinates(doc, dim):
    """What the equation calls theta's coordinates."""
    told = re.search(r"^Shapes: .*theta = \((\w+), (\w+)\)", doc, re.MULTILINE)
    return told.groups() if told else {1: ("x",), 2: ("x", "y")}.get(dim, ())


def bound(make, given):
    """The arguments of a call, defaults included."""
    call = inspect.signature(make).bind(**given)
    call.apply_defaults()
    return call.arguments


def landscape_values(name):
    """Names and value of every landscape, step and point looked at."""
    make, rng = registry.landscapes[name].make, np.random.default_rng(seed_of(name))
    for given in [{}, *ARGUMENTS.get(name, [])]:
        J = make(**given)
        for t in (0, 1, 2, 5, 17, 100) if isinstance(J, Varying) else (0,):
            for theta in rng.uniform(-3, 4, (12, J.dim)):
                places = zip(coordinates(inspect.getdoc(make), J.dim), theta, strict=False)
                names = {**bound(make, given), **dict(places), "theta": tuple(theta), "t": t}
                yield names, float(J.at(t)(theta))


EQUATIONS = {
    **{
        n: (getattr(schedules, n), schedule_values)
        for n in [*registry.schedules, "Then", "Product"]
    },
    **{name: (entry.make, landscape_values) for name, entry in registry.landscapes.items()},
}
every = pytest.mark.parametrize("name", EQUATIONS)


def agrees(equation, values):
    """Whether an equation can be evaluated and gives all these values, to rounding."""
    try:
        return all(
            math.isclose(evaluate(equation, names), value, rel_tol=1e-12) for names, value in values
        )
    except (ArithmeticError, LookupError, NameError, TypeError, ValueError, RecursionError):
        return False


@every
def test_the_equation_of_the_docstring_is_what_is_computed(name):
    make, values = EQUATIONS[name]
    equation = read(inspect.getdoc(make))
    left = (equation[0].name, equation[0].arguments)
    moving = values is landscape_values and isinstance(make(), Varying)
    assert left == (("s", "t") if values is schedule_values else ("J", "t" if moving else None))
    for names, value in values(name):
        assert evaluate(equation, names) == pytest.approx(value, rel=1e-12, abs=0), names


def test_every_argument_of_a_landscape_is_given_another_value():
    for name, entry in registry.landscapes.items():
        varied = {key for given in ARGUMENTS.get(name, []) for key in given}
        assert varied == set(inspect.signature(entry.make).parameters), name


# Falsified equations

OTHER = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
}
SWAPPED = {"min": "max", "max": "min", "cos": "sin", "sin": "cos"}


def falsified(node):
    """The same place of an expression with another sign, constant, comparison or function."""
    match node:
        case ast.Constant(value):
            return ast.Constant(value + 1)
        case ast.UnaryOp(ast.USub(), operand):
            return operand
        case ast.BinOp(left, op, right):
            return ast.BinOp(left, OTHER[type(op)](), right)
        case ast.Compare(left, [op], right):
            return ast.Compare(left, [OTHER[type(op)]()], right)
        case ast.Name(name) if name in SWAPPED:
            return ast.Name(SWAPPED[name], ast.Load())
    return None


class Falsify(ast.NodeTransformer):
    """Falsify the n-th place that can be."""

    def __init__(self, n):
        self.left = n

    def visit(self, node):
        node = self.generic_visit(node)
        wrong = falsified(node)
        self.left -= wrong is not None
        return wrong if wrong is not None and self.left == -1 else node


def falsehoods(expression):
    """The expression with each of its places falsified, one at a time."""
    places = [node for node in ast.walk(ast.parse(expression)) if falsified(node) is not None]
    for n in range(len(places)):
        yield ast.unparse(Falsify(n).visit(ast.parse(expression, mode="eval")))


@every
def test_an_equation_with_one_wrong_sign_constant_or_function_is_noticed(name):
    make, values = EQUATIONS[name]
    equation, known = read(inspect.getdoc(make)), list(values(name))
    assert agrees(equation, known)
    for i, definition in enumerate(equation):
        for expression in falsehoods(definition.expression):
            wrong = dataclasses.replace(definition, expression=expression)
            assert not agrees([*equation[:i], wrong, *equation[i + 1 :]], known), expression


def test_the_docstring_itself_is_read_and_not_the_code():
    doc = inspect.getdoc(landscapes.rosenbrock).replace("(1 - x)**2 + b", "(1 - x)**2 - b")
    known = list(landscape_values("rosenbrock"))
    assert agrees(read(inspect.getdoc(landscapes.rosenbrock)), known)
    assert not agrees(read(doc), known)
