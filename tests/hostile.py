"""Texts that a link may bring: mutations of a rule's text, and bombs."""

import random

#: What is put into a text: signs, fragments of Python, of JavaScript, of HTML, of Unicode.
PIECES = [
    *"()[]{}:;,.@=+-*/%<>|&^~!?\"'`#\\\n\t 0123456789_xX", "    ", "\n    ", "\n\n", "\r\n", "**",
    "//",
    "->", ":=", "...", "def ", "return ", "lambda: ", "if ", "for i in range(10): ", "while True: ",
    "class A: ", "import os", "yield ", "await ", "async ", "not ", "and ", "or ", "in ", "is ",
    "None", "True", "self", "self.", "theta", "state", "J", "J.grad(", "np.", "np.sqrt(", "t",
    "__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__class__",
    "self.__proto__", "state['__proto__']", "np.constructor", "J.constructor('alert(1)')()",
    "theta.__class__", "'__proto__': theta, ", "valueOf", "<script>alert(1)</script>", "</script>",
    "<img src=x onerror=alert(1)>", "javascript:", "&lt;", "${alert(1)}", "`", "\\u0000", "\x00",
    "\ufeff", "\u202e", "\u2028", "é", "β", "θ", "\U0001f600", "\ud83d", "ﬁ", "٣", "1e400",
    "1e-400",
    "0x", "0b1", "1_000", "1j", "10**10**10", "9" * 400, "[0] * 10**9", "'a' * 10**9", "f'{theta}'",
    "b'x'", "r'''", '"""', "range(10**9)", "lambda x: x", "*", "**{}", "//0", "%0", ">>", "<<",
    "np.zeros((9999, 9999))", "theta[..., None]", "[..., 10**6]", "[::0]", "[" * 30, "(" * 30,
    "-" * 30, "axis=-9", "keepdims=2", "np.eye(10**5)", "np.linspace(0, 1, 10**8)",
]  # fmt: skip

STEP = "def step(self, J, theta, state, t):\n"
SAME = f"{STEP}    return theta, state"


def bombs() -> list[str]:
    """Texts whose size, depth or arithmetic grows without bounds where nothing stops it."""
    deep = (50, 500, 5000)
    lines = [
        *[f"x = {'(' * n}1{')' * n}" for n in deep],
        *[f"x = {'[' * n}{']' * n}" for n in deep],
        *[f"x = {'-' * n}theta" for n in deep],
        *[f"x = {'not ' * n}1" for n in deep],
        *[f"x = {'np.sqrt(' * n}theta{')' * n}" for n in deep],
        *[f"x = {'J.grad(' * n}theta{')' * n}" for n in deep],
        *[f"x = theta{' + theta' * n}" for n in deep],
        *[f"x = theta{' ** theta' * n}" for n in deep],
        *[f"x = 2{' ** 2' * n}" for n in deep],
        *[f"x = theta{'[..., None]' * n}" for n in deep],
        *[f"x = theta{'.T' * n}" for n in deep],
        *[f"x = {'lambda: ' * n}1" for n in deep],
        *[f"x = {'1 if t else ' * n}1" for n in deep],
        *[f"x = 1{' < 2' * n}" for n in deep],
        *[f"x = [{'1, ' * n}]" for n in deep],
        *[f"x = {{{'**state, ' * n}}}" for n in deep],
        *[f"x = '{'a' * n}'" for n in deep],
        *["x = theta\n" + "    x = x + x * x\n" * n for n in (50, 500)],
        *["x = [theta]\n" + "    x = x + x\n" * n for n in (20, 40)],
        *["x = [[0]] * 9\n" + "    x = [x] * 9\n" * n for n in (9, 30)],
        *["x = theta\n" + "    x = np.stack([x] * 9, axis=-1)\n" * n for n in (3, 9, 30)],
        *["x = theta\n" + "    x = x[..., None] * x\n" * n for n in (5, 40)],
        *["x = (0,)\n" + "    x = x * 99\n" * n for n in (3, 9)],
        *["x = 'a'\n" + "    x = x + x\n" * n for n in (20, 60)],
        *["x = 3\n" + "    x = x * x\n" * n for n in (20, 60)],
        *["x = 1.5\n" + "    x = x ** 9\n" * n for n in (5, 60)],
        *["".join(f"{'    ' * k}for i{k} in range(99):\n" for k in range(n)) + "    " * n + "x = 1"
          for n in (2, 5, 15)],
        *["x = " + "[" * n + "1" + " for a in range(99)]" * n for n in (2, 5, 15)],
        # about as much as is let through
        *[f"x = theta\n    for i in range({n}):\n        x = {one}" for one in (
            "np.exp(x)", "x + theta", "power(x, 77)", "power(x, 10**5)", "x**1.5", "x**0.3 + 1",
            "x % 1e-300", "1e300 // x", "power(1 + 1e-9 * x, 10**12 + i)", "J.grad(x)",
            "np.sqrt(x + J(x))",
            "J.hess(x) @ x", "np.where(x > 0, x, theta)", "x + power(0.9, t + i)", "np.tanh(x) + i",
            "np.sum(x * np.ones((50, 2)), axis=0)", "J.hvp(x, x)", "np.linalg.solve(J.hess(x), x)",
            "power(self.lr, 2**50 + t + i) * x", "scaled_power(x, 1 - 1e-9, 2**40 + t + i)",
        ) for n in (50, 240, 900)],
        "x = [0] * 10**9", "x = 10**9 * [0]", "x = 'a' * 10**9", "x = (0,) * 10**9",
        "x = 10**10**10",
        "x = 10.0**10**10", "x = 2**(2**62)", "x = -(2**63)**9", "x = range(10**12)",
        "x = list(range(10**8))", "x = sum(range(10**9))", "x = max(range(10**9))",
        "x = [i for i in range(10**8)]", "x = tuple(zip(range(10**8), range(10**8)))",
        "x = list(enumerate(range(10**7)))", "x = dict(zip(range(10**7), range(10**7)))",
        "x = np.zeros(10**9)", "x = np.ones((10**5, 10**5))", "x = np.eye(10**4)",
        "x = np.zeros((1,) * 1000)", "x = np.full((99, 99, 99), theta[0])", "x = np.arange(10**9)",
        "x = np.linspace(0, 1, 10**9)", "x = np.broadcast_to(theta, (10**6, 2))",
        "x = np.tile(theta, 10**8)", "x = np.repeat(theta, 10**8)",
        "x = np.outer([1] * 999, [1] * 999)",
        "x = theta.reshape((10**9, -1))", "x = np.random.normal(size=10**9)",
        "x = np.ones((99, 99)) @ np.ones((99, 99)) @ np.ones((99, 99))",
        "x = np.linalg.solve(np.eye(60), np.ones(60))",
        "x = np.linalg.solve(np.eye(6) * t, np.ones(6))",
        "x = theta**1e300", "x = power(theta, 10**15)", "x = power(self.lr, 10**15 * (t + 1))",
        "x = scaled_power(theta, 1e-5, 2**52 * (t + 1))", "x = 0.999999**(t * 1e300)",
        "x = np.exp(np.exp(np.exp(theta)))", "x = theta % 1e-308", "x = 1e308 // (theta * 1e-308)",
        "x = Signs(0, 10**9)[t]", "x = Signs(10**9, 2)[10**9]", "x = round(theta, 10**9)",
        "x = round(1.5, 10**9)", "x = int('9' * 10**6)", "x = float('9' * 10**6)", "x = 1 << 10**9",
        "x = '%s' * 10**6 % 1", "x = '{:>99999999}'.format(1)", "x = f'{1:>99999999}'",
        "x = step(self, J, theta, state, t)", "x = self.step(J, theta, state, t)",
        "x = self.init(theta)",
        "x = (lambda f: f(f))(lambda f: f(f))", "x = (lambda x: x(x))", "x = __import__('os')",
        "x = eval('1')", "x = exec('1')", "x = open('/etc/passwd')", "x = globals()",
        "x = getattr(np, 'f')",
        "x = np.__loader__", "x = self.__class__.__mro__", "x = ().__class__.__bases__",
        "x = state.__proto__", "x = J.constructor.constructor('return 1')()",
        "x = theta.constructor",
        "x = np['constructor']", "x = np.toString()", "state['__proto__'] = theta",
        "x = {'__proto__': 1}",
        "x = state['constructor']", "x = self.constructor", "x = self.toString", "constructor = 1",
        "__proto__ = theta", "x = __proto__", "x = hasOwnProperty", "x = window", "x = globalThis",
        "x = document.cookie", "x = '<img src=x onerror=alert(1)>'", "x = undefined_<script>",
        "x = '</script><script>alert(1)</script>'", "x = self['<b>']", "x = state['<b>x</b>']",
        # what goes through all of something pays for all of it
        *["x = [0]\n" + f"    {one}\n" * 30 for one in ("x = [*x, *x]", "x += x")],
        *[f"r = range(9999)\n    for i in r:\n        x = {one}" for one in (
            "max(r)", "sum(r)", "[*r]", "np.stack(r)", "zip(*[[]] * 999)",
            "np.ones(9999) + theta[0]",
        )],
        "r = range(9999)\n    for i in r:\n        x, *y = r",
        *["d = {}\n    for i in range(2000):\n        d[i] = 1\n    for i in range(9999):\n"
          f"        x = {one}" for one in (
            "{**d}", "d | d", "dict(d)", "d.copy()", "d.keys()", "d.values()", "d.items()", "[*d]",
        )],
        *[f"s = '{'9' * 9000}'\n    for i in range(9999):\n        x = {one}" for one in (
            "len(s)", "float(s)", f"float('{'9' * 5000}x')", f"'8{'9' * 4500}' in s",
        )],
        *[one.replace("N", n) for n in ("10**7", "2**53") for one in (
            "x = np.flip(np.zeros((N, 0)))", "x = np.zeros((N, 0))[...]",
            "x = [i for i in np.zeros((N, 0))]", "x = np.concatenate([np.zeros((N, 0))], axis=1)",
            "x = np.stack([np.zeros((N, 0))], axis=1)", "x = np.zeros((N, 0)) @ np.zeros((0, N))",
            "x = np.broadcast_to(np.zeros((1, 0)), (N, 0))",
        )],
        "for i in range(9999):\n        def f():\n" + "            y = 1\n" * 600 + "    x = 1",
        "for i in range(9999):\n        pass\n    " * 4 + "x = theta",
        *[f"y = np.sum(theta)\n    for i in range(900):\n        y = {one}\n    x = y\n"
          "    for i in range(900):\n        x = x + y" for one in ("np.sum(y)", "y + 1")],
        "def f():\n        return f()\n    x = f()",
        "def f(n):\n        return f(n - 1)\n    x = f(10**9)",
        "def f(n):\n        return n if n < 2 else f(n - 1) + f(n - 2)\n    x = f(60)",
        "def f(n):\n        return f(f(n))\n    x = f(1)", "f = lambda: f()\n    x = f()",
        "def f(x, y=[0] * 10**8):\n        return x\n    x = f(1)", "x = f\x00", "x = '\ud800'",
        "x = \u202etheta", "x = th\u00e9ta", "x = \uff11", "x = 1\u2028y = 2",
        "\tx = 1\n        y = 2",
    ]  # fmt: skip
    wrapped = [f"{STEP}    {line}\n    return theta - 0.1 * x, {{}}" for line in lines]
    tops = [f"{line}\n\n{STEP}    return theta - x, {{}}" for line in lines if "    " not in line]
    whole = [
        "", " ", "\n" * 9999, "#" * 19999, "x" * 19999, "x" * 10**6, "(" * 19999, "\x00" * 999,
        STEP,
        STEP * 99, f"{STEP}    return theta, {{}}\n" * 99, "é" * 9999, "\U0001f600" * 4999,
        "'" * 19999,
        '"""' * 6666, "\\\n" * 9999, "if 1:\n" * 3000, "def f(" * 3000, "@" * 9999, "a.b" * 6000,
        "".join(" " * k + "if 1:\n" for k in range(190)), "0" * 19999, "1e" * 9999,
        "[" * 9999 + "]" * 9999,
        f"{STEP}    return " + "theta, " * 3000,
        f"{STEP}    return " + "(theta, " * 900 + ")" * 900,
        f"{STEP}    return theta, {{" + ", ".join(f"'a{k}': theta" for k in range(900)) + "}",
        f"def step({', '.join(f'a{k}' for k in range(3000))}):\n    return 1",
        "def init(self, theta):\n    return {'__proto__': theta}\n\n" + SAME,
        "def init(self, theta):\n    return {'constructor': theta}\n\n" + SAME,
        "def init(self, theta):\n    return init(self, theta)\n\n" + SAME,
        "def init(self, theta):\n    return {'m': np.ones((200, 200))}\n\n" + SAME,
    ]  # fmt: skip
    return [*wrapped, *tops, *whole]


def mutation(random_: random.Random, text: str) -> str:
    """A text with a few changes: pieces put in, taken out, doubled, moved, characters changed."""
    for _ in range(random_.choice([1, 1, 1, 2, 3, 8])):
        i, j = sorted(random_.randrange(len(text) + 1) for _ in range(2))
        short = min(j, i + random_.choice([1, 3, 10, 40]))
        text = random_.choice([_put, _put, _cut, _doubled, _moved, _odd])(random_, text, i, short)
    return text[:30_000]


def _put(random_, text, i, j):
    return text[:i] + random_.choice(PIECES) + text[i:]


def _cut(random_, text, i, j):
    return text[:i] + text[j:]


def _doubled(random_, text, i, j):
    return text[:i] + text[i:j] * random_.choice([2, 2, 3, 50]) + text[j:]


def _moved(random_, text, i, j):
    rest = text[:i] + text[j:]
    k = random_.randrange(len(rest) + 1)
    return rest[:k] + text[i:j] + rest[k:]


def _odd(random_, text, i, j):
    return (
        text[:i]
        + chr(random_.choice([random_.randrange(128), random_.randrange(0xFFFF)]))
        + text[i + 1 :]
    )


def texts(seed: int, count: int, sources: list[str]) -> list[str]:
    """All bombs, then mutations of these sources."""
    random_ = random.Random(seed)
    known = bombs()
    return [
        *known,
        *(mutation(random_, random_.choice(sources)) for _ in range(count - len(known))),
    ]
