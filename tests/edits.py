"""Rules as a reader of the page writes them: texts, edits of texts, and the rules that they are."""

import ast
import copy
import random
import textwrap
from pathlib import Path

import editing
from edit_trace import field

PARAMETERS = ["self", "J", "theta", "state", "t"]
#: What an edit puts around an expression, X, or in its place.
AROUND = [
    "X + 1", "2 * X", "X * X", "-X", "X / 3", "X**2", "X**0.5", "X**3", "1 - X", "np.sqrt(X)",
    "np.abs(X)", "np.sign(X)", "np.maximum(X, 0)", "np.minimum(X, 1.0)", "np.exp(-X)",
    "np.where(X > 0, X, 0)", "np.tanh(X)", "np.log(1 + np.abs(X))", "X // 2", "X % 3", "X > 0.5",
    "(X > 0) & (X < 1)", "~(X == 0)", "np.clip(X, -1, 1)", "np.sum(X, axis=-1, keepdims=True)",
    "np.mean(X, axis=-1, keepdims=True)", "np.linalg.norm(X, axis=-1, keepdims=True)", "X[..., 0]",
    "X[..., :1]", "X[..., ::-1]", "X[..., 1:]", "X / theta.shape[-1]", "X * t", "power(X, t + 1)",
    "J.grad(X)", "J(X)", "J.hvp(theta, X)", "(J.hess(theta) @ X[..., None])[..., 0]", "X + theta",
    "np.zeros_like(X)", "np.ones_like(X) * 0.1", "np.stack([X, X], axis=-1)[..., 0]",
    "np.concatenate([X[..., :1], X[..., 1:]], axis=-1)", "X.sum(axis=-1, keepdims=True)",
    "np.max(X)", "X @ X", "np.floor(X)", "np.round(X)", "when(t % 10 == 0, lambda: X, 0 * X)",
    "(X if t > 3 else -X)", "(X if self.lr > 0 else -X)", "1234567.891 * X", "X - 1e-9",
    "X ** -1", "np.square(X)", "np.cos(X) + np.sin(X)", "X if theta.shape[-1] > 1 else 2 * X",
    "sum([X, X, X])", "np.isfinite(X) * X", "np.where(t < 5, X, 2 * X)", "np.arange(3) * X",
]  # fmt: skip
LINES = [
    "theta = theta * (1 - self.lr)", "g = J.grad(theta)", "g = np.sign(X)", "x_next = X",
    "m_hat = X", "β = X", "u, v_new = X, X", "d = theta.shape[-1]", "t = t + 1", "_ = X",
    "for k in range(3):\n    g = X + k", "if self.lr > 0:\n    g = X", "h = w = X", "m *= 0.9",
    "x_old = X\nm_new = x_old", "I = np.eye(theta.shape[-1])",
]  # fmt: skip


def rule_of(text, fields):
    """The rule of a text, with these numbers in its fields, and those at its top as fields too."""
    top = [n for n in ast.parse(text).body if isinstance(n, ast.Assign)]
    return editing.made(text, {n.targets[0].id: ast.literal_eval(n.value) for n in top} | fields)


def written(fields):
    """Plain fields as the page knows them."""
    return [field(name, value) for name, value in fields.items()]


def steps_in(path: Path):
    """The functions in a file that could be the step of a rule, as whole texts, with fields."""
    source = path.read_text("utf-8")
    for made in ast.walk(ast.parse(source)):
        if isinstance(made, ast.FunctionDef) and [a.arg for a in made.args.args] == PARAMETERS:
            step = ast.unparse(ast.fix_missing_locations(_named(made, "step")))
            yield whole(step)
        if isinstance(made, ast.Lambda):
            names = [a.arg for a in made.args.args]
            if names in (["s", "J", "g", "th", "t"], ["s", "J", "th", "t"]):
                yield whole(_step_of(made, "g" in names))


def _named(made, name):
    made = copy.deepcopy(made)
    made.name, made.decorator_list = name, []
    return made


def _step_of(made, slope):
    """The step that a lambda of self, J, theta and t stands for."""
    body = copy.deepcopy(made.body)
    for node in ast.walk(body):
        if isinstance(node, ast.Name):
            node.id = {"s": "self", "th": "theta"}.get(node.id, node.id)
    lines = ["g = J.grad(theta)"] * slope + [f"return {ast.unparse(body)}, {{}}"]
    return "def step(self, J, theta, state, t):\n" + textwrap.indent("\n".join(lines), "    ")


def whole(step):
    """A step with an init for the parts of the state that it asks for, and a number per field."""
    tree = ast.parse(step)
    nodes = list(ast.walk(tree))
    asked = [n for n in nodes if isinstance(n, ast.Subscript) and ast.unparse(n.value) == "state"]
    states = dict.fromkeys(n.slice.value for n in asked if isinstance(n.slice, ast.Constant))
    mine = [n for n in nodes if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "self"]
    fields = dict.fromkeys([n.attr for n in mine], 0.5)
    parts = ", ".join(f'"{name}": 0 * theta' for name in states)
    return f"def init(self, theta):\n    return {{{parts}}}\n\n{step}", fields


def edited(text, rng: random.Random):
    """A text with one to three random changes, each of a line or of an expression in it."""
    tree = ast.parse(text)
    for _ in range(rng.randint(1, 3)):
        rng.choices(CHANGES, weights=[6, 3, 3, 2, 1, 1])[0](_step(tree), rng)
    return ast.unparse(ast.fix_missing_locations(tree))


def _step(tree):
    return next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "step")


def _places(tree):
    """Where the expressions of a step stand: a node, its field, and a place in that or None."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.Return | ast.BinOp | ast.Call | ast.Dict | ast.Tuple):
            for name, value in ast.iter_fields(node):
                parts = enumerate(value) if isinstance(value, list) else [(None, value)]
                held = [(node, name, k) for k, x in parts if isinstance(x, ast.expr)]
                found += held if name not in ("targets", "func", "keys") else []
    return [place for place in found if not isinstance(_at(*place), ast.Dict)]


def _at(node, name, k):
    return getattr(node, name) if k is None else getattr(node, name)[k]


def _put(node, name, k, new):
    if k is None:
        setattr(node, name, new)
    else:
        getattr(node, name)[k] = new


def _taken(tree, rng):
    """An expression out of a statement, or theta where there is none."""
    places = _places(tree)
    return copy.deepcopy(_at(*rng.choice(places))) if places else ast.parse("theta").body[0].value


class _Filled(ast.NodeTransformer):
    """Puts what `value()` gives in the place of every X."""

    def __init__(self, value):
        self.value = value

    def visit_Name(self, node):
        return copy.deepcopy(self.value()) if node.id == "X" else node


def _wrapped(step, rng):
    place = rng.choice(_places(step))
    old = _at(*place)
    _put(*place, _Filled(lambda: old).visit(ast.parse(rng.choice(AROUND), mode="eval").body))


def _swapped(step, rng):
    line = rng.choice([x for x in step.body if _places(x)])
    _put(*rng.choice(_places(line)), _taken(line, rng))


def _with(step, rng):
    at = rng.randrange(len(step.body))
    before = ast.Module(step.body[:at], [])
    lines = ast.parse(rng.choice(LINES))
    step.body[at:at] = _Filled(lambda: _taken(before, rng)).visit(lines).body


def _turned(step, rng):
    """Another operator."""
    signs = [n for n in ast.walk(step) if isinstance(n, ast.BinOp)]
    if signs:
        rng.choice(signs).op = rng.choice([ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow])()


def _without(step, rng):
    if len(step.body) > 1:
        step.body.pop(rng.randrange(len(step.body) - 1))


def _renamed(step, rng):
    names = [n for n in ast.walk(step) if isinstance(n, ast.Name)]
    new = rng.choice([*(n.id for n in names), "x", "v_hat", "mu_next", "g_new", "Ω", "lr"])
    old = rng.choice(names).id
    for n in names:
        n.id = new if n.id == old else n.id


CHANGES = [_wrapped, _swapped, _with, _turned, _without, _renamed]
