"""The equation that a page prints of an edited rule is the one that `primer.latex` prints."""

import json
import random
import re
import subprocess
import unicodedata
import warnings
from pathlib import Path

import numpy as np
from editing import STATIC, driven
from edits import edited, rule_of, steps_in, written
from helpers import lively, node
from hypothesis import HealthCheck, Phase, given, seed, settings
from inventing import sources, text

from primer import latex, registry
from primer.derived.graph import Node
from primer.derived.latex import FEW, SIZES, SMALL, _once
from primer.derived.notation import number
from primer.derived.symbols import parsed
from primer.explorer.rule_text import text_of

STEP = "def step(self, J, theta, state, t):\n    "
TESTS = Path(__file__).parent


def in_node(data, *command):
    """What a script of node prints, which reads the data."""
    done = subprocess.run(
        [node(), *command], input=json.dumps(data), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def printed(asked):
    """What the page prints of each rule: {"latex"} or {"refused"}, and how long it "took"."""
    found = driven("edit_equation.mjs", asked)
    assert not [x for x in found if "error" in x]
    return found


def by_python(text, fields):
    """The equation of the rule with this text, or None where Python refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return latex(rule_of(text, fields))
    except Exception:
        return None


def graphs(rule):
    """The rule's traces as Python makes them, by size and whether the size is a symbol."""
    sizes = [(d, True) for (d,) in (*SIZES[1], *((n,) for n, _ in FEW))]
    sizes += [(d, False) for d in SMALL]
    return {f"{d} {str(general).lower()}": graph(rule, d, general) for d, general in sizes}


def graph(rule, d, general):
    try:
        traced = _once(rule, (d,), general)
    except (IndexError, ValueError) as error:
        return {"misfit": str(error)}
    except Exception as error:
        return {"refused": str(error)}
    nodes = list(traced.theta.pool.values())
    place = {id(n): k for k, n in enumerate(nodes)}

    def placed(pairs):
        return [(name, place[id(x)]) for name, x in pairs if isinstance(x, Node)]

    (call,) = traced.calls
    return {
        "dim": d,
        "general": general,
        "nodes": [
            (n.op, [place[id(a)] for a in n.args], [*map(int, n.shape)], data(n)) for n in nodes
        ],
        "theta": place[id(traced.theta)],
        "newTheta": place[id(traced.new_theta)],
        "state": placed(traced.state.items()),
        "start": placed(traced.start.items()),
        "newState": placed(traced.new_state.items()),
        "locals": placed(call.locals.items()),
        "bound": placed(call.bound),
        "given": list(call.given),
    }


def data(n):
    """The data of a node as nodes.js has it."""
    if n.op == "const":
        return {"values": n.data.ravel().tolist()}
    if n.op == "state":
        return n.data[0]
    return {"word": n.data.word} if n.op == "lookup" else n.data


def bases():
    """Texts and fields of the rules that a page can change."""
    rules = map(lively, registry.rules)
    return [(text_of(rule), rule.fields()) for rule in rules if text_of(rule)]


def invented(count):
    """Texts and fields of rules that nobody wrote, for every run of the tests the same."""
    found = []

    @seed(15)
    @settings(max_examples=count, phases=[Phase.generate], database=None, deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(sources())
    def collect(source):
        parts = ", ".join(f'"{name}": 0 * theta + 0.5' for name in source["states"])
        init = f"def init(self, theta):\n    return {{{parts}}}\n\n"
        found.append((init + text(source), source["fields"]))

    collect()
    return found


def told(answer):
    """An equation as it is; a refusal as Python and the page both say it."""
    return answer if "begin" in answer else re.sub(r"`|\.$|0x\w+", "", answer).lower()


def test_a_graph_that_python_traced_is_printed_as_python_prints_it():
    several = [*bases(), *steps_in(TESTS / "test_equations.py"), *invented(60)]
    rules = [rule_of(*each) for each in several]
    asked = [{"names": list(r.fields()), "graphs": graphs(r)} for r in rules]
    for rule, found in zip(rules, printed(asked), strict=True):
        assert told(found.get("latex", found.get("refused"))) == told(answer(rule))


def answer(rule):
    """The rule's equation, or what Python says in its place."""
    try:
        return latex(rule)
    except Exception as error:
        return str(error)


#: Numbers that twelve digits do not tell apart, or that lie between two texts.
NUMBERS = [
    12345.00390625, -12345.01171875, 100000000000.5, 100000000001.5, 999999.9999999, 1e-4,
    0.000099999999999999, -1.5e-5, 0.0, -0.0, 1e6, -1e6, 1e-5, 1e22, 5e-324, 1.7e308, 1 / 3,
    float("inf"), -float("inf"), 2.5e-9, 1234567.0,
]  # fmt: skip
ASK = """
import {{ readFileSync }} from "node:fs";
import {{ {name} }} from "{path}";
const told = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(told.map((x) => {call})));
"""


def module(name, file, call, values):
    """What a function of one module gives for each value."""
    script = ASK.format(name=name, path=(STATIC / "edit" / file).as_uri(), call=call)
    return in_node(values, "--input-type=module", "-e", script)


def test_numbers_are_written_as_python_writes_them():
    rng = np.random.default_rng(0)
    wide = rng.standard_normal(2000) * 10.0 ** rng.integers(-20, 20, 2000)
    between = rng.integers(1, 2**40, 2000) / 2.0 ** rng.integers(0, 20, 2000)
    all_of_them = [*NUMBERS, *map(float, wide), *map(float, between)]
    asked = [repr(x).replace("inf", "Infinity") for x in all_of_them]
    ours = module("latexNumber", "notation.js", "latexNumber(Number(x))", asked)
    assert ours == [list(number(x)) for x in all_of_them]


def test_names_become_the_same_symbols():
    words = "m v hat bar tilde max min new star inf next eps lambda Gamma x1 12 old é β Ω".split()
    rng = random.Random(0)
    names = "weight_decay momentum_decay lambda_ __x x__y _ _1 omicron final alpha".split()
    names += ["_".join(rng.choices(words, k=rng.randint(1, 4))) for _ in range(1000)]
    names += [c for c in map(chr, range(128, 0x2100)) if c.isidentifier()]
    names = [unicodedata.normalize("NFKC", name) for name in names]
    ours = module("letterOf", "symbols.js", '[letterOf(x).text(), letterOf(x).text("t")]', names)
    assert ours == [[parsed(name).text(), parsed(name).text("t")] for name in names]


def chained(*ops):
    """A graph of few nodes whose text would have no end: every op on the one before, twice."""
    nodes = [("theta", [], [11], None)]
    for k, (op, parts, data) in enumerate(ops):
        nodes.append((op, [k] * parts, [11], data))
    last = len(nodes) - 1
    one = {"dim": 11, "general": True, "nodes": nodes, "theta": 0, "newTheta": last}
    one |= {"state": [], "start": [], "newState": [], "locals": [], "bound": [], "given": []}
    few = {"misfit": "another number of parameters"}
    return {
        "names": [],
        "graphs": {"11 true": one, "13 true": one, "2 true": few, "3 true": few},
    }


def test_graphs_made_to_do_harm_are_refused_in_time():
    turned = [[k % 2, 10 - k] for k in range(11)]
    harmful = [
        chained(*[("negative", 1, None)] * 40000),
        chained(*[("add", 2, None)] * 60),
        chained(*[("where", 3, None)] * 60),
        chained(*[("multiply", 2, None)] * 60),
        chained(*[("greater", 2, None), *[("where", 3, None)] * 60]),
        chained(*[("maximum", 2, None), ("square", 1, None)] * 400),
        chained(*[("gather", 2, turned)] * 60),
    ]
    *long, turned_often = printed(harmful)
    assert all("too long" in found["refused"] for found in long)
    assert turned_often["latex"].endswith("&= \\theta_t\n\\end{aligned}")
    assert max(found["took"] for found in (*long, turned_often)) < 1000


def test_an_equation_of_too_many_lines_is_refused():
    names = [f"x{k}" for k in range(3000)]
    nodes = [("theta", [], [11], None)] + [("square", [k], [11], None) for k in range(3000)]
    bound = [(name, k + 1) for k, name in enumerate(names)]
    one = {"dim": 11, "general": True, "nodes": nodes, "theta": 0, "newTheta": 3000}
    one |= {"state": [], "start": [], "newState": [], "locals": bound, "bound": bound, "given": []}
    (found,) = printed([{"names": [], "graphs": {"11 true": one, "13 true": one}}])
    assert "too long" in found["refused"]
    assert found["took"] < 1000


def compared(several):
    """How many texts the page and Python print alike, how many both refuse, and all others."""
    ours = printed([{"text": text, "fields": written(fields)} for text, fields in several])
    alike, refused, apart = 0, 0, []
    for each, found in zip(several, ours, strict=True):
        theirs = by_python(*each)
        alike += found.get("latex") == theirs
        refused += theirs is None and "refused" in found
        if found.get("latex") != theirs:
            apart.append((each, theirs, found))
    return alike - refused, refused, apart


def test_the_text_of_every_rule_has_the_equation_of_the_rule():
    several = bases()
    ours = printed([{"text": text, "fields": written(fields)} for text, fields in several])
    rules = [rule for rule in map(lively, registry.rules) if text_of(rule)]
    for rule, found in zip(rules, ours, strict=True):
        assert found.get("latex") == latex(rule), found


def test_a_field_that_a_slider_moves_is_a_symbol_as_others_are():
    def moving(place, field):
        told = {key: field[key] for key in ("name", "shape", "kind")}
        return field if field["kind"] == "int" else {**told, "slot": place}

    rules = [rule for rule in map(lively, registry.rules) if text_of(rule)]
    asked = [[moving(*each) for each in enumerate(written(rule.fields()))] for rule in rules]
    found = printed([{"text": text_of(r), "fields": f} for r, f in zip(rules, asked, strict=True)])
    assert [each.get("latex") for each in found] == [latex(rule) for rule in rules]
    chosen = STEP + "return theta * (2 if self.k > 1 else 3), {}"
    (refused,) = printed([{"text": chosen, "fields": [moving(0, *written({"k": 2.0}))]}])
    assert "np.where" in refused["refused"]


def test_steps_of_the_tests_have_the_same_equations():
    several = [each for path in sorted(TESTS.glob("test_*.py")) for each in steps_in(path)]
    alike, _, apart = compared(several)
    assert not apart
    assert alike > 20


def test_invented_rules_have_the_same_equations():
    alike, _, apart = compared(invented(120))
    assert not apart
    assert alike > 100


#: Texts, and what stands in their equations.
SAYS = {
    "rho = 0.9\n" + STEP + "return self.rho * theta, {}": r"\rho\,\theta_t",
    "rho = 0.9\n" + STEP + "return rho * theta, {}": r"0.9\,\theta_t",
    STEP + "g = J.grad(theta)\n    return when(t < 9, lambda: g, theta), {}": r"{cases} g_t &",
    "n = 3\n" + STEP + "return theta * np.sum(np.arange(self.n)), {}": r"\theta_t \cdot 3",
    STEP + "return theta * np.mean([1, 2, 6]) * np.array([1, 2, 6]).shape[0], {}": r"3 \cdot 3",
    STEP + "return theta * (1 < theta), {}": r"[\theta_t > 1]",
    STEP + "for _ in range(self.k):\n        theta = 2 * theta\n    return theta, {}": (
        r"2 \cdot 2\,\theta_t"
    ),
    "n = 2\n" + STEP + "for _ in range(self.n):\n        theta = 2 * theta\n    return theta, {}": (
        r"2 \cdot 2\,\theta_t"
    ),
    STEP + "return theta * (2 if self.k > 1 else 3), {}": r"\theta_t \cdot 2",
    STEP + "return np.stack([theta[..., 1], -theta[..., 0]], axis=-1), {}": (
        r"(\theta_{t,2}, -\theta_{t,1})"
    ),
    STEP + "return theta / self.where, {}": r"\frac{\theta_t}{\mathrm{where}}",
}


def test_what_a_reader_writes_is_what_the_equation_says():
    fields = {"k": 2, "where": 0.5}
    several = [(text, fields) for text in SAYS]
    found = printed([{"text": text, "fields": written(fields)} for text in SAYS])
    for each, says in zip(found, SAYS.values(), strict=True):
        assert says in each.get("latex", ""), each
    assert not compared(several)[2]


def test_edited_rules_have_the_same_equations_or_none():
    rng, known = random.Random(15), bases()
    drawn = [rng.choice(known) for _ in range(500)]
    alike, _, apart = compared([(edited(text, rng), fields) for text, fields in drawn])
    assert not [each for each in apart if each[1] and "latex" in each[2]]
    assert len(apart) < 10  # what only one of the two understands
    assert alike > 300
