"""The page traces a rule that is edited as Python does: the same graph, or both refuse."""

import random
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from edit_snippets import BODIES, calls, operations, others
from edit_trace import canonical, field, reference, slider, traced

from primer import registry
from primer.explorer.rule_text import text_of

SIGNS = {"Signs": [{"args": [0, dim], "rows": [[1.0] * dim]} for dim in (1, 2, 3, 5)]}
HEAD = """TWO = 2
extra = 0.25


def helper(x, scale=1.5):
    return x * scale


def recursive(n):
    return 1 if n == 0 else n * recursive(n - 1)


def method(self, x):
    return self.a * x


def init(self, theta):
    return {"m": 0 * theta, "k": 0 * theta[..., :1] + 1, "c": 0}


def step(self, J, theta, state, t):
    g, H = J.grad(theta), J.hess(theta)
    m, k, c = state["m"], state["k"], state["c"]
"""
TAILS = "    return theta + np.sum(y), {**state}\n", "    return theta * y, {**state}\n"
FIELDS = [
    field("a", 0.3),
    field("n", 3),
    field("flag", True),
    slider("s", 0),
    field("w", np.array([0.5, 2.0])),
]
SETTINGS = {"dim": 2}, {"dim": 3}, {"dim": 11, "abstract": True}
#: Functions that NumPy computes in its own way, which may differ in the last bit.
ROUNDED = re.compile(r"np\.(exp|log|cos|sin|tan|expm1|log1p|log2|log10|cbrt|hypot)|\*\*|power")
#: What the page refuses, in these words, although Python has an answer.
STRICTER = [
    "of truth values",  # NumPy computes in int8 or float16
    "in place",  # an array that nothing else knows may be changed in Python
    "too large",  # whole numbers beyond 2**53
    "A list cannot become an array",
    "np.full with a number that changes",
    "A list and a single place in one index",
    "compares numbers, and this is a list",
    "and this is True",  # an index that is a truth value
    "np.random is not known here",
    "A single number has no",  # t is an array in a trace only
    "[…] needs an array, a list or the state, and this is the number",
    "n in power(b, n) is a whole number",
    "takes floats, as theta holds",
    "step must return a theta of floats",
    "becomes a truth value",
    "when needs one condition",
    "norms is called as",
    "in np.stack",
]


def snippet(body, tail=TAILS[0]):
    return HEAD + "".join(f"    {line}\n" for line in body.split("\n")) + tail


def case(text, settings):
    return {"text": text, "fields": FIELDS, "tables": SIGNS, **settings}


def assert_alike(cases, watch=False):
    for each, page in zip(cases, traced(cases), strict=True):
        assert "error" not in page, (each["text"], page)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            python = reference(each, watch)
        if not watch:
            page["bound"] = []
        digits = 14 if ROUNDED.search(each["text"][len(HEAD) :]) else 17
        ours, theirs = (
            canonical(graph, digits) if "nodes" in graph else "refused" for graph in (page, python)
        )
        message = page.get("refused", {}).get("message", "")
        if ours != theirs and not any(words in message for words in STRICTER):
            told = each["text"][len(HEAD) :], each["dim"], message, python.get("refused")
            pytest.fail(f"{told}\n{ours}\n{theirs}")


def sample_rules():
    """The text and the fields of every rule that a page can change."""
    found = {}
    for name, entry in registry.rules.items():
        try:
            rule = entry.make()
        except (TypeError, ValueError):
            continue
        text = text_of(rule)
        if text is not None:
            found[name] = text, [field(*pair) for pair in rule.fields().items()]
    return found


@pytest.mark.parametrize("abstract", [False, True])
def test_rules_give_the_graph_of_python(abstract):
    rules = sample_rules()
    assert len(rules) > 15
    kinds = [{"dim": dim} for dim in (1, 2, 3, 5)]
    if abstract:
        kinds = [{"dim": dim, "general": general} for dim, general in ((11, True), (3, False))]
    cases = [
        {"text": text, "fields": fields, "tables": SIGNS, "abstract": abstract, **kind}
        for text, fields in rules.values()
        for kind in kinds
    ]
    for each, page in zip(cases, traced(cases), strict=True):
        assert "nodes" in page, (each, page)
        assert canonical(page) == canonical(reference(each)), each


@pytest.mark.parametrize("settings", SETTINGS, ids=["two", "three", "equation"])
def test_statements_are_those_of_python(settings):
    assert_alike([case(snippet(body), settings) for body in BODIES], watch=True)


@pytest.mark.parametrize(
    ("settings", "tail", "every"),
    [(SETTINGS[0], TAILS[0], 1), (SETTINGS[1], TAILS[1], 2), (SETTINGS[2], TAILS[1], 2)],
    ids=["two", "three", "equation"],
)
def test_what_a_rule_may_say_is_what_python_says(settings, tail, every):
    assert_alike([case(snippet(f"y = {x}", tail), settings) for x in others()[::every]])


def test_operators_are_those_of_python():
    chosen = random.Random(15).sample(operations(), 700)
    assert_alike([case(snippet(f"y = {x}"), SETTINGS[0]) for x in chosen])


def test_functions_are_those_of_numpy():
    chosen = random.Random(15).sample(calls(), 500)
    cases = [case(snippet(f"y = {x}", TAILS[i % 2]), SETTINGS[0]) for i, x in enumerate(chosen)]
    assert_alike(cases)


#: What is refused: statements of a step (below the line whole texts), where, and in which words.
REFUSED = Path(__file__).with_name("edit_refused.txt")
STEP = "def step(self, J, theta, state, t):\n    return theta, {**state}"


def refusals():
    """Whole texts, each with the place that is refused and the sentence."""
    for whole, part in enumerate(REFUSED.read_text("utf-8").split("---\n")):
        for block in part.strip().split("\n\n"):
            body, place, message = re.fullmatch(r"(.*)\n@ ?(.*)\n> (.*)", block, re.S).groups()
            text = body.replace("...", STEP) if whole else snippet(body)
            yield text, place.replace("\\n", "\n"), message


def test_what_is_refused_is_told_at_its_place():
    told = list(refusals())
    assert len(told) > 40
    pages = traced([case(text, SETTINGS[0]) for text, _, _ in told])
    for (text, place, message), page in zip(told, pages, strict=True):
        refused = page.get("refused")
        assert refused, (text[len(HEAD) :], page)
        assert refused["message"] == message
        assert text[refused["from"] or 0 : refused["to"] or 0] == place


BOMBS = [
    "y = 10 ** 10 ** 10 ** 10",
    "y = (-1) ** 9007199254740991 * g",
    "y = [0] * 10 ** 9",
    "y = 'a'\nfor i in range(60):\n    y = y + y",
    "y = [1]\nfor i in range(60):\n    y = y + y",
    "y = [1]\nfor i in range(60):\n    y += y",
    "y = range(10 ** 15)",
    "y = [i for i in range(10000) for j in range(10000)]",
    "y = 0\nfor i in range(10000):\n    for j in range(10000):\n        y = y + 1",
    "y = sum(i for i in range(10000) for j in range(10000))",
    "def f(x):\n    return f(x) + f(x)\ny = f(g)",
    "def f(n):\n    return 1 if n == 0 else f(n - 1) + f(n - 1)\ny = f(50)",
    "y = np.zeros((10 ** 5, 10 ** 5, 10 ** 5)).sum()",
    "y = np.ones(40000)\nfor i in range(1000):\n    y = y + y",
    "y = np.arange(1e300)",
    "y = np.eye(300) @ np.eye(300)",
    "y = np.broadcast_to(g, (10 ** 6, 2))",
    "y = g\nfor i in range(10000):\n    y = y * 1.0001 + i",
    "y = g\nfor i in range(10000):\n    y = np.stack([y, y])",
    "y = g\nfor i in range(1000):\n    y = y[None]",
    "y = 1.5\nfor i in range(10000):\n    for j in range(100):\n        y = y ** 0.9999",
    "y = np.full(10000, 1.5) ** 0.3",
    "y = 0\nfor i in range(10000):\n    y = y + power(0.5 + 1e-5 * i, 10 ** 15)",
    "y = []\nfor i in range(10000):\n    y.append(y)\ny = y == y",
    "y = []\ny.append(y)\ny = np.array(y)",
    "y = [1]\nfor x in y:\n    y.append(x)",
    "y = (1,)\nfor i in range(30):\n    y = (y, y)\ny = y == y",
    "y = [1]\nfor i in range(30):\n    y = [y, y]\ny = np.array(y)",
    "y = g\nfor i in range(2000):\n    y = np.where(y > 0, y, m) + np.sum(y)",
    "y = zip(*[range(10000)] * 1000)",
    "y = -1 in range(2000)\nfor i in range(10000):\n    y = -1 in range(2000)",
    "y = np.sum(np.ones((1,) * 2000))",
]
HOSTILE = """
self.__proto__ self.constructor state['__proto__'] state['constructor'] np.__proto__
np.constructor J.constructor g.constructor g.prototype constructor toString hasOwnProperty
__proto__ {}.constructor {'a':1}['toString'] (lambda:1).call np.sum.form np.sum.call
self.missing self.attributes [].items state.map 'a'.length np.linalg.constructor
dict(__proto__=1)['toString'] globalThis self.call np.attributes.get J.call (1,2).items
float.kind g.values g.pool theta.args Signs(0,2).data
""".split()


@pytest.mark.parametrize("abstract", [False, True])
def test_no_text_takes_long(abstract):
    settings = SETTINGS[2] if abstract else SETTINGS[0]
    cases = [case(snippet(body), settings) for body in BOMBS]
    warm = [case(snippet("y = g"), settings)] * 50
    for each, page in zip([*warm, *cases], traced([*warm, *cases]), strict=True):
        assert "error" not in page, page
        assert page["took"] < 400, (each["text"][len(HEAD) :], page["took"])


def test_no_text_reaches_what_is_no_value_of_python():
    cases = [case(snippet(f"y = {x}"), SETTINGS[0]) for x in HOSTILE]
    cases += [case(snippet(f"y = g\n{x} = 2"), SETTINGS[0]) for x in ("__y", "__proto__", "J.grad")]
    for each, page in zip(cases, traced(cases), strict=True):
        assert "refused" in page, (each["text"][len(HEAD) :], page)
