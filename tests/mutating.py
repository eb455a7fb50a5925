"""Random edits of a rule's text, as a reader might make them: some sound, some not."""

import ast
import random
import re

OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|"]
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]
NUMBERS = [
    "0", "1", "2", "3", "-1", "5", "10", "0.0", "0.5", "1.0", "2.0", "-0.5", "0.1", "1e-8", "1e3",
    "1e300", "True", "False", "1 / 3", "-0.0",
]  # fmt: skip
#: NumPy's functions of one array, of two.
ONE = [
    "sqrt", "abs", "sign", "square", "exp", "log", "tanh", "floor", "ceil", "isfinite", "cos",
    "sin", "negative", "absolute", "log1p", "expm1", "isnan", "logical_not", "cbrt", "ravel",
    "copy", "zeros_like", "ones_like", "flip", "tan", "sinh", "cosh", "log2", "log10", "positive",
    "isinf", "squeeze",
]  # fmt: skip
TWO = [
    "maximum", "minimum", "add", "subtract", "multiply", "divide", "power", "hypot", "copysign",
    "less", "greater", "equal", "logical_and", "logical_or", "floor_divide", "remainder", "dot",
    "outer", "matmul", "logical_xor", "not_equal", "greater_equal", "less_equal", "mod",
]  # fmt: skip
#: Of an expression <v> and others <a>, <b> in scope, a number <n>.
WRAPS = [
    "np.maximum(<v>, <n>)", "np.minimum(<v>, <a>)", "np.where(<v> > <n>, <a>, <b>)",
    "np.where(<a> > 0, <v>, <n>)", "np.clip(<v>, -1, 1)", "np.clip(<v>, <n>, None)",
    "np.clip(<v>, None, <a>)", "np.sum(<v>, axis=-1, keepdims=True)", "np.sum(<v>)",
    "np.mean(<v>, axis=-1, keepdims=True)", "np.mean(<v>)", "np.max(<v>, axis=-1, keepdims=True)",
    "np.sqrt(np.sum(<v>**2, axis=-1, keepdims=True))", "np.linalg.norm(<v>)",
    "np.linalg.norm(<v>, axis=-1, keepdims=True)", "np.prod(<v>)", "np.any(<v> > <n>)",
    "np.all(<v> > <n>)", "np.min(<v>)", "np.stack([<v>, <a>], axis=-1)[..., 0]", "(-<v>)",
    "abs(<v>)",
    "np.concatenate([<v>[..., :1], <a>[..., 1:]], axis=-1)", "<v>.sum()", "<v>.mean(-1)", "<v>.T",
    "<v>.max(-1, keepdims=True)", "<v>.copy()", "(<v>).astype(float)", "float(<v>)",
    "<v>.shape[-1]",
    "<v>.clip(-1, 1)", "np.full_like(<v>, <n>)", "np.roll(<v>, 1)", "np.roll(<v>, 1, axis=-1)",
    "np.broadcast_to(<v>, theta.shape)", "np.array([<n>, <n>]) * <v>", "np.dot(<v>, <a>)",
    "(<v> @ <a>)", "np.outer(<v>, <a>) @ <v>", "np.zeros(theta.shape) + <v>", "max(<v>, <n>)",
    "np.eye(theta.shape[-1]) @ <v>", "sum([<v>, <a>])", "np.where(<v>, <a>, <b>)",
    "power(<v>, 3)", "power(<v>, t + 1)", "power(self.<f>, t + 1) * <v>",
    "scaled_power(<n>, <v>, t)",
    "np.linalg.solve(<a>[..., None] * <b>[..., None, :] + np.eye(2), <v>[..., None])[..., 0]",
    "np.swapaxes(<v>, -1, -1)", "np.reshape(<v>, theta.shape)",
    "np.exp(-np.abs(<v>))", "np.isfinite(<v>) * <a>", "(~(<v> > 0)) * <a>", "(<v> > 0) & (<a> > 0)",
    "np.expand_dims(<v>, 0)[0]", "np.moveaxis(<v>, 0, -1)", "np.sort(<v>)",
    "round(<v>)", "int(<n>) * <v>", "len(theta.shape) * <v>", "(<v>, <a>)[0]", "[<v>, <a>][-1]",
    '{"u": <v>}["u"]', "(lambda u: u * 2)(<v>)", "<v> * (not <n>)", "np.pi * <v>", "np.inf * <v>",
    "np.float64(<n>) * <v>", "<v> * np.e", "range(3)[1] * <v>",
    "when(t % 2 == 0, lambda: <v>, <a>)",
    "<v> / (1 + np.abs(<v>))", "np.maximum(np.abs(<v>), np.abs(<a>))",
]  # fmt: skip
INDEXES = [
    "<v>[..., 0]", "<v>[..., :1]", "<v>[..., ::-1]", "<v>[0]", "<v>[-1]", "<v>[..., None]",
    "<v>[1:]",
    "<v>[..., 0, None]", "<v>[..., 1:2]", "<v>[<v> > 0]", "<v>[t]", "<v>[..., -1:]", "<v>[None]",
    "<v>[2]", "<v>[:]", "<v>[..., [1, 0]]", "<v>[::2]", "<v>[None, :][0]", "<v>[(0,)]", "<v>[True]",
]  # fmt: skip
POWERS = [
    "<v>**2", "<v>**0.5", "<v>**-1", "<v>**3", "<v>**t", "<v>**1.5", "<v>**self.<f>", "2**<v>",
    "0.5**<v>", "0.9**(t + 1) * <v>", "t**2 * <v>", "<v>**-2", "<v>**1", "<v>**0",
    "np.abs(<v>)**0.5",
    "<v>**<n>", "2.0**(-t) * <v>", "(t + 1)**-0.5 * <v>", "(t + 1)**0.5 * <v>", "2**-t * <v>",
]  # fmt: skip
CONDITIONS = [
    "self.<f> > 0.5", "t > 2", "self.<f> == <n>", "<a> > 0", "self.<f>", "not self.<f>",
    "0 < self.<f> < 1", "self.<f> > 0 and <n> > 0", "theta.shape[-1] > 2", "True", "t % 2 == 0",
    "len(state) > 0", '"m" in state', "theta.ndim == 1", "self.<f> is None", "self.<f> or t",
    "np.any(<a> > 0)", "<n>",
]  # fmt: skip
CHOICES = ["<v> if <c> else <a>", "(<c>) * <v>", "(<c> and <v>)", "(self.<f> or 1) * <v>"]
OBJECTIVE = [
    "J.grad(theta)", "J.grad(theta - 0.1 * <v>)", "J.grad(<v>)", "J(theta) * <v>", "J(<v>)",
    "(J.hess(theta) @ <v>[..., None])[..., 0]", "J.hvp(theta, <v>)", "np.diag(J.hess(theta))",
    "np.diagonal(J.hess(theta), axis1=-2, axis2=-1) * <v>", "J.hess(theta)[..., 0, :]",
    "J.value(theta)",
    "J(theta)[..., None] * <v>", "J.hess(theta) @ <v>", "J.grad(<v>[0])", "J.gradient(theta)",
    "np.sum(J.hess(theta) * <v>[..., None, :], axis=-1)",
]  # fmt: skip
STARTS = [
    "0 * theta", "np.zeros_like(theta)", "0", "0.0", "theta", "1 + 0 * theta",
    "np.ones_like(theta)",
    "0 * theta[..., :1]", "np.copy(theta)", "theta > 0", "self.<f> * theta", "np.zeros(2)",
    "0 * theta[..., 0]", "None", "np.full_like(theta, 0.5)", "True", "theta.shape[-1]", "1e-3",
]  # fmt: skip
STATEMENTS = [
    "for i in range(3):\n    <x> = <x> / 2 + <a>", "<x> += <a>", "<x> *= <n>",
    "<x> -= self.<f> * <a>",
    "<x>, extra = <a>, <b>", "<x> = extra = <a>", "if <c>:\n    <x> = <a>\nelse:\n    <x> = <b>",
    "if <c>:\n    <x> = <a>", "<x>[0] = 1", "assert self.<f> >= 0", "pass",
    "extra = [<a> * k for k in range(3)]\n<x> = extra[1] + extra[2]", "<x>: float = <a>",
    "for k, u in enumerate([<a>, <b>]):\n    <x> = <x> + k * u", "<x> **= 2", "<x> //= 1",
    "return <a>",
    "for u, w in zip([<a>, <b>], [1, 2]):\n    <x> = <x> + w * u",
    "extra = {**state}\n<x> = <a>", "<x> = theta.shape", "np = 3", "self.<f> = 2",
    "def extra(u):\n    return u + <a>\n<x> = extra(<b>)",
    "extra = lambda u: u * self.<f>\n<x> = extra(<a>)",
    "if t > 2:\n    return theta, state", "extra, *others = [<a>, <b>]\n<x> = extra", "break",
    "<x> = np.stack([<a>[..., k] for k in range(theta.shape[-1])], axis=-1)", "<x> = None",
    "state = {}",
    "for name in state:\n    <x> = <x> + state[name]", "<x> = sum(state.values())", "<x> = state",
]  # fmt: skip
HELPERS = [
    ("def helper(x):\n    return x / (1 + np.abs(x))", "helper(<v>)"),
    ("def helper(a, b=2):\n    c = a * b\n    return c - a", "helper(<v>)"),
    ("def helper(a, b):\n    return a + b, a - b", "helper(<v>, <a>)[1]"),
    (
        "def helper(x, n):\n    for _ in range(n):\n        x = x - x * x\n    return x",
        "helper(<v>, 2)",
    ),
    ("def helper(x):\n    if x > 0:\n        return x\n    return -x", "helper(<v>)"),
    ("def helper(x):\n    return helper(x)", "helper(<v>)"),
    ("def helper(x, k=1):\n    return k * x", "helper(<v>, k=3)"),
    ("C = 0.25\n\ndef helper(x):\n    return C * x", "helper(<v>)"),
    ("rho = 0.9", "self.rho * <v>"),
    ("rho = 0.9", "rho * <v>"),
    ("EPS = 1e-3\nN = 2", "(<v> + EPS) / N"),
    ("rho = np.sqrt(2)", "rho * <v>"),
]  # fmt: skip


class Mutator:
    """Random edits of texts, a pure function of the seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self, text: str, fields: list[str], edits: int) -> str:
        """The text after so many edits; an edit that leads nowhere is left out."""
        self.fields = fields
        for _ in range(edits):
            try:
                text = ast.unparse(ast.parse(text)) if self.random.random() < 0.5 else text
                text = self.edit(text)
            except (AttributeError, IndexError, StopIteration, SyntaxError, ValueError):
                pass
        return text

    def edit(self, text: str) -> str:
        tree = ast.parse(text)
        self.names, self.target = _bound(self.step(tree)), "theta"
        kinds = [
            *[self.operator, self.constant, self.name, self.function] * 3,
            *[self.term, self.drop, self.wrap, self.index, self.power, self.choice] * 3,
            self.compare, self.lines, self.lines, self.statement, self.statement, self.helper,
            self.state, self.state, self.start, self.objective, self.returned, self.typo,
        ]  # fmt: skip
        kind = self.random.choice(kinds)
        if kind == self.typo:
            return self.typo(text)
        return ast.unparse(ast.fix_missing_locations(kind(tree) or tree))

    def pick(self, items):
        return self.random.choice(list(items))

    def step(self, tree):
        return next(f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name == "step")

    def slots(self, tree, kind=ast.expr):
        """Places of expressions of a kind in step: (parent, field, place in a list or None)."""
        for parent in ast.walk(self.step(tree)):
            for field, value in ast.iter_fields(parent):
                if field in ("func", "slice", "targets", "target", "keys", "value") and not (
                    field == "value" and isinstance(parent, ast.Assign | ast.Return)
                ):
                    continue
                for k, item in enumerate(value if isinstance(value, list) else [value]):
                    stored = isinstance(getattr(item, "ctx", None), ast.Store)
                    if isinstance(item, kind) and isinstance(item, ast.expr) and not stored:
                        if not isinstance(item, ast.Dict | ast.Tuple):
                            yield parent, field, k if isinstance(value, list) else None

    def change(self, tree, kind, write):
        """write(expression) in place of a random expression of this kind."""
        parent, field, k = self.pick(self.slots(tree, kind))
        old = getattr(parent, field) if k is None else getattr(parent, field)[k]
        new = ast.parse(self.filled(write(old), old), mode="eval").body
        if k is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[k] = new

    def known(self) -> str:
        """A name in scope, or an expression of one."""
        return self.pick([*self.names * 3, "theta", "t", "J.grad(theta)", f"self.{self.field()}"])

    def field(self) -> str:
        return self.pick(self.fields or ["lr"])

    def filled(self, template: str, old=None) -> str:
        """The template with its parts; in brackets where they are operations."""
        parts = {
            "v": lambda: f"({ast.unparse(old)})",
            "a": self.known,
            "b": self.known,
            "n": lambda: self.pick(NUMBERS),
            "f": self.field,
            "c": lambda: self.filled(self.pick(CONDITIONS)),
            "x": lambda: self.target,
        }
        return re.sub(r"<([vabnfcx])>", lambda m: parts[m[1]](), template)

    def operator(self, tree):
        def write(old):
            op = self.pick(OPERATORS)
            return f"({ast.unparse(old.left)}) {op} ({ast.unparse(old.right)})"

        self.change(tree, ast.BinOp, write)

    def compare(self, tree):
        def write(old):
            op = self.pick(COMPARISONS)
            return f"({ast.unparse(old.left)}) {op} ({ast.unparse(old.comparators[0])})"

        self.change(tree, ast.Compare, write)

    def constant(self, tree):
        self.change(tree, ast.Constant, lambda old: f"({self.pick(NUMBERS)})")

    def name(self, tree):
        self.change(tree, ast.Name | ast.Attribute, lambda old: self.known())

    def function(self, tree):
        calls = [n for n in ast.walk(self.step(tree)) if isinstance(n, ast.Call)]
        own = [c for c in calls if isinstance(c.func, ast.Attribute)]
        call = self.pick(c for c in own if ast.unparse(c.func.value) == "np")
        call.func.attr = self.pick(ONE if len(call.args) < 2 else TWO)

    def term(self, tree):
        self.change(tree, ast.expr, lambda old: f"<v> {self.pick(OPERATORS)} (<a>)")

    def drop(self, tree):
        self.change(tree, ast.BinOp, lambda old: ast.unparse(self.pick([old.left, old.right])))

    def wrap(self, tree):
        one, two = f"np.{self.pick(ONE)}(<v>)", f"np.{self.pick(TWO)}(<v>, <a>)"
        self.change(tree, ast.expr, lambda old: self.pick([one, two, *[self.pick(WRAPS)] * 3]))

    def index(self, tree):
        self.change(tree, ast.expr, lambda old: self.pick(INDEXES))

    def power(self, tree):
        self.change(tree, ast.expr, lambda old: self.pick(POWERS))

    def choice(self, tree):
        self.change(tree, ast.expr, lambda old: self.pick(CHOICES))

    def objective(self, tree):
        self.change(tree, ast.expr, lambda old: self.pick(OBJECTIVE))

    def lines(self, tree):
        body = self.step(tree).body
        i, j = (self.random.randrange(len(body)) for _ in range(2))
        kind = self.random.randrange(4)
        if kind == 0:
            del body[i]
        elif kind == 1:
            body.insert(j, body[i])
        else:
            body[i], body[j] = body[j], body[i]
        if not body:
            body.append(ast.Pass())

    def statement(self, tree):
        body = self.step(tree).body
        place = self.random.randrange(len(body))
        self.target = self.pick([*self.names, "theta"])
        new = ast.parse(self.filled(self.pick(STATEMENTS))).body
        body[place:place] = new

    def helper(self, tree):
        code, use = self.pick(HELPERS)
        self.change(tree, ast.expr, lambda old: use)
        tree.body[0:0] = ast.parse(code).body

    def state(self, tree):
        """A new part of the state, made by init, kept by step; now and then only one of them."""
        start, new = self.filled(self.pick(STARTS)), self.known()
        text = ast.unparse(tree)
        if self.random.random() < 0.9 and "def init" in text:
            text = re.sub(r"(def init.*?return \{)", rf'\1"extra": {start}, ', text, flags=re.S)
        elif "def init" not in text:
            text += f'\n\ndef init(self, theta):\n    return {{"extra": {start}}}'
        tree.body[:] = ast.parse(text).body
        self.change(tree, ast.expr, lambda old: '<v> + state["extra"]')
        if self.random.random() < 0.9:
            made = next(n for n in ast.walk(self.step(tree)) if isinstance(n, ast.Return))
            made.value.elts[1].keys.insert(0, ast.Constant("extra"))
            made.value.elts[1].values.insert(0, ast.parse(new, mode="eval").body)

    def start(self, tree):
        init = next(f for f in tree.body if getattr(f, "name", "") == "init")
        made = next(n for n in ast.walk(init) if isinstance(n, ast.Dict))
        k = self.random.randrange(len(made.values))
        made.values[k] = ast.parse(self.filled(self.pick(STARTS)), mode="eval").body

    def returned(self, tree):
        made = next(n for n in ast.walk(self.step(tree)) if isinstance(n, ast.Return))
        state = made.value.elts[1]
        kind = self.random.randrange(5)
        if kind == 0:
            made.value = made.value.elts[0]
        elif kind == 1:
            state.keys.reverse()
            state.values.reverse()
        elif kind == 2:
            del state.keys[0], state.values[0]
        elif kind == 3:
            state.keys[0] = ast.Constant(self.pick(["m", "v", "new", "a b", "1"]))
        else:
            state.values[0] = ast.parse(self.known(), mode="eval").body

    def typo(self, text: str) -> str:
        """A character less, or one more."""
        k = self.random.randrange(len(text))
        more = self.pick([*"()[]:,.=+-*/ \n0x_\"'#", "", "", "", "    "])
        return text[:k] + more + text[k + (not more) :]


def _bound(step) -> list[str]:
    """The names that a step binds, and the parts of the state that it asks for."""
    stored = (n for n in ast.walk(step) if isinstance(n, ast.Name))
    names = {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    parts = {f"state[{n.slice.value!r}]" for n in ast.walk(step) if _of_state(n)}
    return sorted(names | parts)


def _of_state(node) -> bool:
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "state"
        and isinstance(node.slice, ast.Constant)
    )
