"""Random edits of the rules: the page computes what NumPy computes, or both refuse.

The page may also refuse what the tracer of every live figure refuses, such as `if` on the step, and
what `REFUSED_HERE` lists. Where NumPy's own function cannot be reproduced to the last bit (exp, a
power, LAPACK), a run may depart from NumPy's, but not by a bit from that of the traced program.
"""

import collections
import os
import re

import numpy as np
import pytest
from editing import by_numpy, in_node, made, unpacked
from helpers import lively
from mutating import Mutator
from pages import EXACT
from test_editing_runs import one_block

from primer import Noisy, TraceError, javascript, landscapes, registry
from primer.derived import alone
from primer.explorer.rule_text import text_of
from primer.objective import Signs

#: How many edited texts; the environment may ask for more, and for others.
COUNT = int(os.environ.get("EDITS", "2000"))
SEED = int(os.environ.get("EDITS_SEED", "0"))
STEPS = 5
GROUNDS = {
    "quadratic": one_block(landscapes.quadratic([1.0, 4.0])),
    "three": one_block(landscapes.quadratic([0.5, 2.0, 3.0])),
    "rosenbrock": one_block(landscapes.rosenbrock()),
    "himmelblau": one_block(landscapes.himmelblau()),
    "cycle": one_block(landscapes.cycle()),
    "noise": one_block(Noisy(landscapes.quadratic([1.0, 2.0]), 0.3, seed=1, steps=20)),
}
#: What NumPy runs and the page refuses, on purpose: a step that changes its arguments; truth values
#: or whole numbers as theta or state, in which NumPy would go on; roots of truth values, which it
#: computes in half precision; complex numbers, of which `run` drops a part; J of several thetas at
#: once; functions and dictionaries as numbers; places that are no whole numbers.
REFUSED_HERE = re.compile(
    r"is not written in place|takes floats, as theta holds|must return a theta of floats"
    r"|becomes a truth value|of truth values: write np\.where|is no finite number"
    r"|takes something like theta|this is (`renewed`|a dictionary)|whole number of places"
    r"|A place in an array is a whole number|too few axes for"
)

#: What NumPy refuses and the page cannot tell from a number: an array of no axis as n of `power`.
NO_AXIS = "n must be an integer >= 0, got array("


def edited_rules() -> dict:
    known = {n: lively(n) for n, e in registry.rules.items() if not e.no_page and e.kind == "rule"}
    known["Sophia"] = known["Sophia"].having(every=2)
    return {name: rule for name, rule in known.items() if text_of(rule)}


RULES = edited_rules()
TEXTS = {name: text_of(rule) for name, rule in RULES.items()}


def edit(k: int) -> dict:
    """The k-th edited text, with where it runs."""
    mutator = Mutator(SEED * 1_000_003 + k)
    name = [*RULES][k % len(RULES)]
    ground = mutator.random.choice([*GROUNDS])
    fields = alone.fields(RULES[name], (), STEPS, {})[0]
    text = mutator.text(
        TEXTS[name], [f["name"] for f in fields], mutator.random.choice([1, 1, 2, 3])
    )
    start = [0.3] if GROUNDS[ground].dim == 1 else [1.0, -2.0, 0.5][: GROUNDS[ground].dim]
    return {
        "rule": name,
        "text": text,
        "fields": fields,
        "scene": ground,
        "start": start,
        "steps": STEPS,
    }


def scenes() -> str:
    """The landscapes alone, as a function of lib."""
    tables: dict = {}
    each = {n: alone.objective(J, STEPS, tables) for n, J in GROUNDS.items()}
    inside = "".join(f"{n}: {{dim: {GROUNDS[n].dim},\n{text}}},\n" for n, text in each.items())
    rows = "".join(f"const {name} = [{text}];\n" for text, name in tables.items())
    return f"lib => {{\n{rows}return {{{inside}}}; }}"


def signs() -> dict:
    return {
        "Signs": [
            {"args": [0, d], "rows": Signs(0, d).written(STEPS + 1).tolist()} for d in (1, 2, 3)
        ]
    }


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Of every text: what it was, NumPy's run or error, and what the page gave."""
    edits = [edit(k) for k in range(COUNT)]
    job = {"kind": "edited", "scenes": scenes(), "tables": signs(), "texts": edits}
    (told,) = in_node([job], tmp_path_factory.mktemp("node"))
    return [(each, ours(each), page) for each, page in zip(edits, told, strict=True)]


def ours(each: dict, steps: int = STEPS):
    rule, J = RULES[each["rule"]], GROUNDS[each["scene"]]
    return by_numpy(each["text"], rule.fields(), J, np.array(each["start"]), steps)


def verdict(each: dict, run, page: dict) -> str:
    """How NumPy and the page compare."""
    if "refused" in page:
        if isinstance(run, Exception):
            return "both refuse"
        return refused(each, page["refused"])
    if isinstance(run, Exception):
        until = ours(each, page["lost"]) if page["lost"] > 0 else run  # a page ends a lost run
        if isinstance(until, Exception):
            return "no axis" if NO_AXIS in str(until) else "only NumPy refuses"
        return "equal until it is lost"
    if equal(run, page):
        return "equal"
    reproducible = set(page["ops"]) <= EXACT and "solve" not in each["text"]
    return "different" if reproducible else "rounded otherwise"


def refused(each: dict, message: str) -> str:
    try:
        javascript(made(each["text"], RULES[each["rule"]].fields()), GROUNDS[each["scene"]])
    except (TraceError, TypeError, ValueError):
        return "the tracer refuses too"
    return "refused on purpose" if REFUSED_HERE.search(message) else "only the page refuses"


def paths(run, page: dict) -> tuple[np.ndarray, np.ndarray]:
    theta = unpacked(page["x"]).reshape(run.theta.shape)
    end = run.diverged_at + 1 if run.diverged else len(theta)
    return run.theta[:end], theta[:end]


def equal(run, page: dict) -> bool:
    same = int(run.diverged_at) == page["lost"] and np.array_equal(
        *paths(run, page), equal_nan=True
    )
    if not same or run.diverged:
        return same
    states = [np.ravel(np.asarray(run.state[name], float)) for name, _ in page["states"]]
    return np.array_equal(np.concatenate([[], *states]), unpacked(page["s"]), equal_nan=True)


@pytest.fixture(scope="module")
def verdicts(outcomes):
    found = collections.defaultdict(list)
    for each, run, page in outcomes:
        found[verdict(each, run, page)].append((each, run, page))
    print({name: len(items) for name, items in found.items()})
    return found


def told(items) -> str:
    texts = (
        f"{e['rule']} on {e['scene']}:\n{e['text']}\nNumPy: {r!r}\npage: {p}" for e, r, p in items
    )
    return "\n\n".join(texts)


def test_the_page_throws_nothing_but_refusals(outcomes):
    wild = [item for item in outcomes if "refused" in item[2] and not item[2]["well"]]
    assert not wild, told(wild)
    assert all(len(page["refused"]) < 600 for _, _, page in outcomes if "refused" in page)


@pytest.mark.parametrize("what", ["different", "only NumPy refuses", "only the page refuses"])
def test_no_edit_is(what, verdicts):
    assert not verdicts[what], told(verdicts[what])


def test_most_edits_run_and_run_alike(verdicts):
    assert len(verdicts["equal"]) > COUNT / 3
    assert len(verdicts["refused on purpose"]) < COUNT / 50


ONLY_IN_A_RUN = [
    ("1 / t", "stands below a division"),
    ("5 // (t - 2)", "stands below a division"),
    ("(t - 3) ** -1", "no finite number"),
    ("(t - 2) ** 0.5", "no finite number"),
    ("power(0.9, 3 - t)", "whole number >= 0"),
]


def test_what_only_a_run_can_show_is_refused_where_numpy_raises(tmp_path):
    step = "def step(self, J, theta, state, t):\n    return theta - {} * J.grad(theta), {{}}"
    place = {"fields": [], "scene": "quadratic", "start": [1.0, -2.0], "steps": STEPS}
    texts = [{**place, "text": step.format(part)} for part, _ in ONLY_IN_A_RUN]
    job = {"kind": "edited", "scenes": scenes(), "tables": {}, "texts": texts}
    for (part, words), page in zip(ONLY_IN_A_RUN, in_node([job], tmp_path)[0], strict=True):
        assert words in page["refused"], part
        assert page["well"], part


def test_what_rounds_otherwise_runs_as_the_traced_program(verdicts, tmp_path):
    """To the last bit, or nearly as NumPy: a trace has NumPy's own roundings in its constants."""
    items = verdicts["rounded otherwise"]
    jobs = [{**each, "source": program(each)} for each, _, _ in items]
    (programs,) = in_node([{"kind": "programs", "texts": jobs}], tmp_path)
    near = []
    for item, x in zip(items, programs, strict=True):
        near.append(departure(*item[1:]))
        alike = np.array_equal(unpacked(x), unpacked(item[2]["x"]), equal_nan=True)
        assert alike or near[-1] < 1e-9, told([item])
    print(f"{np.sum(np.array(near) <= 1e-12)} of {len(items)} within 1e-12 of NumPy")
    assert np.mean(np.array(near) <= 1e-12) > 0.5


def program(each: dict) -> str:
    rule = made(each["text"], RULES[each["rule"]].fields())
    return javascript(rule, GROUNDS[each["scene"]], STEPS)


def departure(run, page: dict) -> float:
    """The largest relative gap of a path from NumPy's."""
    theirs, mine = paths(run, page)
    with np.errstate(all="ignore"):
        return float(np.nanmax(np.abs(theirs - mine) / np.abs(theirs), initial=0))
