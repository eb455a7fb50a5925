"""The family of the rules: who was developed from whom, and what each step changed."""

import inspect
import itertools
import re
import textwrap
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from helpers import bare, cases, every_case, loaded, readers_rule, with_step
from test_equations import NOT_TRACED, agrees, places

from primer import AdaGrad, Adam, Momentum, Optimizer, TraceError, difference, latex, registry
from primer.hyper import Hyper
from primer.plotting.family import RIGHT, WIDTH, family, width
from primer.registry import Entry

ROOT = Path(__file__).parents[1]
RULES = registry.rules
#: Rules that start a line of their own; a wrapper may always.
ROOTS = {"Newton", "SGD", "ConjugateGradient"}
every_rule = pytest.mark.parametrize("entry", RULES.values(), ids=RULES)


def ancestors(name, below=()):
    """All rules from which a rule descends; an AssertionError where one is its own ancestor."""
    assert name not in below, f"{name} descends from itself"
    for parent in RULES[name].parents:
        yield parent
        yield from ancestors(parent, (*below, name))


@every_rule
def test_every_parent_is_registered_and_no_parent_is_younger_than_its_child(entry):
    assert isinstance(entry.parents, tuple)
    assert len(set(entry.parents)) == len(entry.parents)
    for parent in entry.parents:
        assert parent in RULES
        assert RULES[parent].year <= entry.year


@every_rule
def test_no_rule_descends_from_itself(entry):
    assert entry.name not in ancestors(entry.name)


def test_every_rule_of_the_package_but_the_declared_roots_has_a_parent():
    """Of the package: a rule that a reader enters without parents is a root."""
    own = [e for e in RULES.values() if e.make.__module__.startswith("primer.rules.")]
    assert {e.name for e in own if e.kind == "rule" and not e.parents} <= ROOTS
    assert not any(RULES[name].parents for name in ROOTS)


@every_rule
def test_a_wrapper_descends_from_wrappers_alone_and_a_rule_from_rules(entry):
    assert {RULES[parent].kind for parent in entry.parents} <= {entry.kind}


PAIRS = [(parent, e.name) for e in RULES.values() for parent in e.parents]
COMPARED = [pair for pair in PAIRS if not NOT_TRACED & {*pair}]
every_pair = pytest.mark.parametrize(("parent", "child"), COMPARED, ids=map("-".join, COMPARED))


def equation_lines(block):
    return [line.removesuffix(r" \\") for line in block.splitlines()[1:-1]]


@every_pair
def test_the_difference_applied_to_the_lines_of_the_parent_gives_those_of_the_child(parent, child):
    found = difference(cases()[parent], cases()[child])
    lines = equation_lines(found.before("#"))
    assert found.applied(lines) == equation_lines(found.after("#"))
    assert found.applied(lines[::-1]) == found.applied(lines)
    with pytest.raises(ValueError, match="lines must be those of"):
        found.applied(lines[1:])


@every_pair
def test_both_sides_of_a_difference_are_the_printed_equations(parent, child):
    """To the letter, but for lines that it says are multiplied out, and names that it puts in."""
    found = difference(cases()[parent], cases()[child])
    out = {x for line in found.lines if line.multiplied_out
           for x in (line.left_before, line.left_after)} | {*found.put_in}  # fmt: skip
    for name, block in ((parent, found.before("#")), (child, found.after("#"))):
        printed = equation_lines(latex(cases()[name]))
        kept = [line for line in printed if line.split(" &=")[0] not in out]
        assert {*kept} <= {*equation_lines(block)}
        assert len(printed) - len(equation_lines(block)) <= len(found.put_in)


@every_pair
def test_both_sides_of_a_difference_compute_what_the_rules_compute(parent, child):
    """Also where lines are multiplied out and names put in."""
    found = difference(cases()[parent], cases()[child])
    for name, block in ((parent, found.before("#")), (child, found.after("#"))):
        rule = cases()[name]
        for J, start in places(rule):
            agrees(rule, J, start, block)


@every_pair
def test_what_a_difference_does_not_mark_is_alike(parent, child):
    """The same symbols on both sides, but for letters that it says are renamed, and for indices."""
    found = difference(cases()[parent], cases()[child])
    ignored = {word for pair in found.renamed for word in symbols(" ".join(pair))}
    ignored |= {"left", "right", "cdot", "odot", "frac", "t"}
    for line in found.lines:
        if line.before and line.after:
            before, after = (
                Counter(w for p in side if not p.changed for w in symbols(p.text))
                for side in (line.before, line.after)
            )
            assert {*(before - after), *(after - before)} <= ignored


def symbols(text):
    return re.findall(r"[a-zA-Z]+", text)


@every_case
def test_a_rule_does_not_differ_from_itself(name):
    if bare(name) in NOT_TRACED:
        with pytest.raises(TraceError, match="has no equation to compare: the line search"):
            difference(cases()[name], cases()[name])
        return
    found = difference(cases()[name], cases()[name])
    assert (found.went, found.came, found.renamed, found.put_in) == ((), (), (), ())
    assert {line.status for line in found.lines} == {"kept"}


def with_another_text(cls, *changes):
    """A rule whose methods are those of another with some of the text replaced."""
    body = "".join(textwrap.dedent(inspect.getsource(getattr(cls, n))) for n in ("init", "step"))
    for old, new in changes:
        assert re.search(old, body), old
        body = re.sub(old, new, body)
    space = {"np": np, "power": inspect.getmodule(cls).__dict__.get("power")}
    exec(body, space)
    return readers_rule(type("Made", (cls,), {n: space[n] for n in ("init", "step")}))


#: A change of a rule's text, and what goes and comes with it.
CHANGES = [
    (Momentum, [("theta - v", "theta - v - self.lr * theta")], (), (r"\eta\,\theta_t",)),
    (Momentum, [("theta - v", "theta - (v + self.lr * theta)")], (), (r"\eta\,\theta_t",)),
    (Momentum, [("self.lr \\* g", "g")], (r"\eta",), ()),
    (Adam, [("theta - self.lr", "theta - 2 * self.lr")], (), ("2",)),
    (Adam, [(r"np.sqrt\(v_hat\)", "np.sqrt(v)")], (r"\hat{v}_t",), ("v_t",)),
    (Adam, [(r"g\*\*2", "(g - m)**2")], (), ("m_t",)),
    (Adam, [("g = J.grad.theta.", "g = J.grad(theta) + self.eps * theta")], (),
     (r"\varepsilon\,\theta_t",)),
    (AdaGrad, [(r'state\["G"\] \+', 'self.eps * state["G"] +')], (), (r"\varepsilon",)),
]  # fmt: skip


@pytest.mark.parametrize(("cls", "changes", "went", "came"), CHANGES)
def test_a_rule_with_one_term_more_differs_by_that_term(cls, changes, went, came):
    child = with_another_text(cls, *changes)
    dropped = () if r"\hat{v}_t" not in went else (r"\frac{v_t}{1 - \beta_2^{t+1}}",)
    for mine, yours, left, right in ((cls, child, went, came), (child, cls, came, went)):
        found = difference(mine, yours)
        assert {*found.went} - {*dropped} == {*left}
        assert {*found.came} - {*dropped} == {*right}


@pytest.mark.parametrize(("cls", "changes"), [
    (Momentum, [(r'"v"', '"q"'), (r"\bv\b", "q")]),
    (AdaGrad, [(r"\bG\b", "s")]),
    (Adam, [(r"\bm\b", "w"), (r"\bv\b", "m"), (r"\bw\b", "v")]),
])  # fmt: skip
def test_a_part_of_the_state_with_another_name_is_no_change(cls, changes):
    found = difference(cls, with_another_text(cls, *changes))
    assert (found.went, found.came) == ((), ())
    assert found.renamed


class Undecorated(Optimizer):
    def step(self, J, theta, state, t):
        return theta, state


@pytest.mark.parametrize("thing", [Undecorated, Undecorated(), Optimizer])
def test_a_class_without_its_decorator_is_told_so(thing):
    for pair in ((Momentum, thing), (thing, Momentum)):
        with pytest.raises(TypeError, match="lacks the decorator @rule"):
            difference(*pair)


def test_parts_of_the_state_that_differ_by_their_fields_alone_are_told_apart():
    class Two(Optimizer):
        fast: Hyper = 0.1
        slow: Hyper = 0.9

        def init(self, theta):
            return {"m": 0 * theta, "v": 0 * theta}

        def step(self, J, theta, state, t):
            m = self.fast * state["m"] + J.grad(theta)
            v = self.slow * state["v"] + J.grad(theta)
            return theta - m / v, {"m": m, "v": v}

    two = readers_rule(Two)
    crossed = with_another_text(two, (r"\bm\b", "w"), (r"\bv\b", "m"), (r"\bw\b", "v"))
    found = difference(two, crossed)
    assert (found.went, found.came) == ((), ())
    assert {*found.renamed} == {("m", "v"), ("v", "m")}


def test_a_local_with_another_name_than_what_it_is_kept_as_is_no_change():
    """Only the line that says so comes, and nothing in it is marked."""
    child = with_another_text(Momentum, (r'"v"', '"q"'), (r"\bv\b(?!\")", "w"))
    for old, new in ((Momentum, child), (child, Momentum)):
        found = difference(old, new)
        assert (found.went, found.came) == ((), ())
        for rule, block in ((old, found.before("#")), (new, found.after("#"))):
            assert equation_lines(block) == equation_lines(latex(rule))
    assert difference(Momentum, child).renamed == (("v", "q"), ("v_t", "w_t"))


#: Two last lines of Momentum's step, and what goes and comes between them.
LAST = {
    "a factor that is there twice": ("theta - g * g", "theta - g * v", ["g_t"], ["v_t"]),
    "a sum that is there twice": (
        "np.exp(g + v) * np.sqrt(g + v) - theta", "np.exp(g + v) * np.sqrt(g + self.lr) - theta",
        ["v_t"], [r"\eta"],
    ),
    "a number behind a letter": ("theta - g * 2 - v", "theta - g * 3 - v", ["2"], ["3"]),
    "a power of ten": ("theta - v - 1e9 * g", "theta - v - 1e-9 * g", ["10^{9}"], ["10^{-9}"]),
    "a negative number": ("theta - v + -2", "theta - v + -3", ["-2"], ["-3"]),
    "what a norm is of": (
        "theta - v / np.linalg.norm(g, axis=-1, keepdims=True)",
        "theta - v / np.linalg.norm(theta, axis=-1, keepdims=True)", ["g_t"], [r"\theta_t"],
    ),
    "what a coordinate is of": (
        "theta - v - g[..., :1]", "theta - v - theta[..., :1]", ["g_{t,1}"], [r"\theta_{t,1}"],
    ),
    "a sign in front": ("theta - v", "-v + theta", [], []),
    "two signs": ("theta - -v", "theta + v", [], []),
    "an order": ("theta - v - 2 * g", "-g * 2 + theta - v", [], []),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "went", "came"), LAST.values(), ids=LAST)
def test_what_changed_is_marked_where_it_stands_and_nowhere_else(before, after, went, came):
    parent, child = (with_another_text(Momentum, ("theta - v", x)) for x in (before, after))
    found = difference(parent, child)
    own = [line for line in found.lines if line.left_after in (r"\theta_{t+1}", r"v_t")]
    assert [text for line in own for text in line.went] == went
    assert [text for line in own for text in line.came] == came
    if not any(line.multiplied_out for line in own):
        assert equation_lines(found.before("#")) == equation_lines(latex(parent))
        assert equation_lines(found.after("#")) == equation_lines(latex(child))


def test_a_notebook_shows_both_equations_with_their_marks():
    step = difference(AdaGrad, Adam)
    shown = step._repr_markdown_()
    assert shown.startswith("**AdaGrad**\n")
    assert "\n**Adam**\n" in shown
    assert step.before() in shown
    assert step.after() in shown
    assert shown.count(r"\underline{") == len(step.went) + len(step.came) > 0


def test_rules_that_have_little_in_common_differ_in_all_but_that():
    step = with_step("Walk", lambda self, J, theta, state, t: (theta + self.lr, {}), Momentum)
    init = {"init": lambda self, theta: {}}
    walk = readers_rule(type("Walk", (step,), init))
    found = difference(Momentum, walk)
    assert found.came == (r"\eta",)
    assert found.went == (r"\nabla J(\theta_t)", r"\beta\,v_{t-1} + \eta\,g_t", "v_t")


def test_an_entry_without_parents_is_a_root_and_one_without_descendants_is_drawn():
    alone = Entry(type("Alone", (), {"__doc__": "Alone."}), "rule", year=2020)
    tree = family([*RULES.values(), alone])
    assert tree.known["Alone"] in tree.roots
    assert tree.known["Alone"].branch == "Alone"
    assert [kin.name for kin in family([alone]).kin] == ["Alone"]


@pytest.mark.parametrize(
    ("parents", "told"),
    [
        (("Sgd",), "parents must be registered"),
        (("Loop",), "no descendants of the rule"),
        (("SGD", "Muon"), "parents must be no younger than Loop of 2020, got 'Muon of 20"),
    ],
)
def test_a_parent_that_cannot_be_drawn_is_refused(parents, told):
    loop = Entry(type("Loop", (), {}), "rule", year=2020, parents=parents)
    with pytest.raises(ValueError, match=told):
        family([*RULES.values(), loop])


def invented(seed, count=10):
    """The registry with rules that nobody wrote, each hanging from one that is older."""
    rng, entries = np.random.default_rng(seed), dict(RULES)
    for k in range(count):
        name, year = f"Invented{'X' * rng.integers(1, 12)}{k}", int(rng.integers(1955, 2027))
        older = [e.name for e in entries.values() if e.year <= year and e.kind == "rule"]
        parents = tuple(rng.choice(older, size=min(len(older), rng.integers(0, 3)), replace=False))
        entries[name] = Entry(type(name, (), {}), "rule", year=year, parents=parents)
    for k in range(seed):  # a line of descent within one year
        name, parents = f"Child{k}", (f"Child{k - 1}",) if k else ("Lion",)
        entries[name] = Entry(type(name, (), {}), "rule", year=2023, parents=parents)
    return list(entries.values())


FAMILIES = {"registry": list(RULES.values()), **{f"invented {k}": invented(k) for k in range(8)}}
every_family = pytest.mark.parametrize("entries", FAMILIES.values(), ids=FAMILIES)


@every_family
def test_no_two_names_of_the_tree_touch_at_its_narrowest(entries):
    tree = family(entries)
    for one, other in itertools.combinations(tree.kin, 2):
        if one.row == other.row:
            left, right = sorted((one, other), key=lambda kin: kin.x)
            assert (right.x - left.x) * (WIDTH - RIGHT) > width(left.name)


@every_family
def test_the_tree_has_everyone_once_and_every_edge(entries):
    tree = family(entries)
    assert sorted(kin.name for kin in tree.kin) == sorted(e.name for e in entries)
    found = {(parent.name, child.name) for parent, child, _ in tree.edges}
    assert found == {(parent, e.name) for e in entries for parent in e.parents}


@every_family
def test_time_runs_to_the_right_and_no_child_stands_left_of_its_parents(entries):
    tree = family(entries)
    assert list(tree.years) == sorted(tree.years)
    assert list(tree.years.values()) == sorted(tree.years.values())
    for kin in tree.kin:
        assert 0 <= tree.years[kin.entry.year] <= kin.x <= 1
        later = [x for year, x in tree.years.items() if year > kin.entry.year]
        assert not later or kin.x < later[0]
    for parent, child, first in tree.edges:
        assert child.x > parent.x or not first


@every_family
def test_a_line_of_descent_meets_no_other_dot_or_name(entries):
    """Down or up at the parent, then right in the child's row: nobody else stands there."""
    tree = family(entries)
    for parent, child, first in tree.edges:
        for kin in tree.kin if first else ():
            between = min(parent.row, child.row) < kin.row < max(parent.row, child.row)
            beside = kin.row == child.row and parent.x < kin.x < child.x
            assert not (between and kin.x <= parent.x < kin.x + width(kin.name) / (WIDTH - RIGHT))
            assert not beside


def test_the_axis_is_cut_exactly_where_years_are_left_out():
    tree = family(RULES.values())
    years = list(tree.years.items())
    gaps = [(a, b) for (y, a), (z, b) in itertools.pairwise(years) if z > y + 1]
    assert len(gaps) == len(tree.breaks)
    assert all(a < cut < b for cut, (a, b) in zip(tree.breaks, gaps, strict=True))


def test_what_the_page_says_of_the_tree_is_so():
    page = " ".join((ROOT / "book" / "family_tree.md").read_text(encoding="utf-8").split())
    years = {name: e.year for name, e in RULES.items() if e.kind == "rule"}
    assert f"lie {years['AdamW'] - years['SGD']} years" in page
    assert "Nothing happened on this tree between 1983 and 2011" in page
    assert not {*range(1984, 2011)} & {*years.values()}
    assert "half of it is younger than Adam" in page
    assert np.isclose(np.mean([y > years["Adam"] for y in years.values()]), 0.5, atol=0.06)


@pytest.fixture(scope="module")
def shown():
    """The extension that writes differences into pages."""
    return loaded(ROOT / "book" / "_ext" / "differences.py").shown


@pytest.mark.parametrize(("parent", "child"), PAIRS, ids=map("-".join, PAIRS))
def test_a_page_shows_every_step_or_says_why_not(shown, parent, child):
    text = shown(parent, child)
    if (parent, child) not in COMPARED:
        assert "has no equation to compare: the line search branches on values." in text
        return
    assert r"\class{px-went}" in text or r"\class{px-came}" in text
    assert text.count(r"\[") == text.count(r"\]") == 2
    assert f"<b>{parent}</b> {RULES[parent].year}" in text
    assert f"<b>{child}</b> {RULES[child].year}" in text
