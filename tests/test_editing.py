"""What a page loads to change a rule: texts of rules, their fields, J by itself, tasks."""

import functools
import gzip
import json
import re
import subprocess
import sys
from typing import ClassVar

import numpy as np
import pytest
from helpers import lively, moved_by_the_book, node, readers_rule, shaped
from pages import schedules

import primer
from primer import (
    LAMB,
    SGD,
    Adam,
    Clip,
    Momentum,
    Noisy,
    Optimizer,
    PerCoordinate,
    Slider,
    Sophia,
    Task,
    explore,
    explore_grid,
    landscapes,
    power,
    registry,
    run,
)
from primer.derived import alone
from primer.derived.javascript import javascript, program
from primer.derived.writer import literal
from primer.explorer import Plot, editing, rule_text
from primer.explorer.bundle import script
from primer.explorer.page import register
from primer.explorer.rule_text import BUILT_IN, text_of
from primer.hyper import Hyper
from primer.objective import Signs, Through

Q = landscapes.quadratic([1.0, 4.0])
EDITABLE = {name: text for name in registry.rules if (text := text_of(lively(name)))}
LANDSCAPES = {name: entry.make() for name, entry in registry.landscapes.items()}
MOVING = {
    "noise": Noisy(landscapes.rosenbrock(5), 0.3, seed=2, steps=30),
    "noise on what moves": Noisy(landscapes.moving_valley(), 0.3, seed=2, steps=30),
    "a sum": landscapes.beale() + landscapes.rosenbrock(3),
    "differences": primer.Objective(lambda theta: (theta**4).sum(-1), dim=2),
}


def told(code, before=""):
    """What node prints for this code, which has the page's own script, as Python."""
    done = subprocess.run(
        [node(), "-e", f"{before}{script()}const {{ lib }} = PrimerExplorer;{code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def edits(live, ask="e"):
    """A part of what the edit file of an explorer gives, in node."""
    get = f"const e = PrimerEdits[{json.dumps(live.id)}](lib);"
    code = f"{editing.source(live)}{get}console.log(JSON.stringify({ask}))"
    return told(code, register(live.programs))


@pytest.fixture
def in_book(monkeypatch):
    monkeypatch.setenv("PRIMER_BOOK", "1")


# Texts


def test_every_rule_of_its_own_that_runs_in_a_page_can_be_changed():
    own = {
        name
        for name, entry in registry.rules.items()
        if entry.kind == "rule" and not entry.no_page
        if not issubclass(entry.make, primer.MatrixRule)
    }
    assert EDITABLE.keys() == own
    assert len(own) > 20


@pytest.mark.parametrize("name", EDITABLE)
def test_a_text_says_what_the_rule_does(name):
    made = dict(BUILT_IN)
    exec(EDITABLE[name], made)
    methods = {key: made[key] for key in ("init", "step") if key in made}
    rule = lively(name)
    told_so = type(name, (type(rule),), methods)(**rule.fields())
    for J in (shaped(landscapes.rosenbrock()), Noisy(landscapes.beale(), 0.1)):
        whole = Through(J, shapes=[(2,)])
        with np.errstate(all="ignore"):
            mine, theirs = (run(r, whole, [0.5, -0.5], steps=20) for r in (told_so, rule))
        np.testing.assert_array_equal(mine.theta, theirs.theta)
        assert mine.state.keys() == theirs.state.keys()


def test_a_text_has_no_decorators_and_types_but_comments_and_layout():
    assert EDITABLE["Adam"].startswith('def init(self, theta):\n    return {"m": 0 * theta')
    for text in EDITABLE.values():
        assert not re.search(r"^@|def .*->|def [^\n]*: (?!\n)", text, re.M)
        assert re.search(r"^def step\(self, J, theta, state, t\):$", text, re.M)
    assert EDITABLE["ConjugateGradient"].startswith("TINY = 1e-37\n\ndef init(self, theta):")
    assert "def dot(a, b):" in EDITABLE["ConjugateGradient"]


SCALE = 0.5


def shrunk(x: "np.ndarray", by: float = SCALE) -> "dict[str, np.ndarray]":
    return twice(x) * by  # by half


def twice(
    x: float,
    η: "int" = 2,
):
    return η * x


@functools.lru_cache
def kept(x):
    return x


def spread(*many):
    return many[0]


def endless(x):
    while x:
        x = x - 1
    return x


class Based(Optimizer):
    floor: ClassVar[float] = 0.25

    def init(self, theta: "np.ndarray") -> "dict[str, dict[str, int]]":
        # nothing before the first step
        return {"m": self.floor * theta}

    def other(self, x):
        return x


def ruled(step, **members):
    """A rule with this step, and fields or others."""
    types_of = {"lr": Hyper, **{name: Hyper for name in members if name == "word"}}
    body = {"__annotations__": types_of, "lr": 0.1, "step": step, **members}
    return readers_rule(type("Ruled", (Based,), body))()


def written_out(self, J, theta, state, t):
    return theta - self.lr * shrunk(J.grad(theta)) * power(SCALE, t), {"m": state["m"]}


def test_helpers_numbers_and_an_inherited_init_come_along_without_their_types():
    assert text_of(ruled(written_out)) is None, "a step is called step"

    def step(self, J, theta, state, t):
        return theta - self.lr * shrunk(J.grad(theta)) * power(SCALE, t), {"m": state["m"]}

    text = text_of(ruled(step))
    assert set(text.splitlines()[:2]) == {"floor = 0.25", "SCALE = 0.5"}
    assert "def init(self, theta):\n    # nothing before" in text
    assert "def shrunk(x, by = SCALE):\n    return twice(x) * by  # by half" in text
    assert "def twice(\n    x,\n    η = 2,\n):" in text
    assert text.index("def init") < text.index("def step") < text.index("def shrunk")
    exec(text, dict(BUILT_IN))


def test_a_number_from_around_a_class_comes_along():
    share = 0.75

    def step(self, J, theta, state, t):
        return theta - share * self.lr * J.grad(theta), {"m": state["m"]}

    assert "share = 0.75\n" in text_of(ruled(step))


def rules_that_stay():
    """Rules that a page cannot change, by what is in their steps."""
    numbers, P = [1.0], power

    class Method(Based):
        def step(self, J, theta, state, t):
            return self.other(theta), state

    class Foreign(Based):
        def step(self, J, theta, state, t):
            return theta - sys.float_info.min, state

    class Listed(Based):
        def step(self, J, theta, state, t):
            return theta - numbers[0], state

    class Renamed(Based):
        def step(self, J, theta, state, t):
            return theta - P(0.5, t), state

    class Decorated(Based):
        def step(self, J, theta, state, t):
            return kept(theta), state

    class Many(Based):
        def step(self, J, theta, state, t):
            return spread(theta), state

    class Loops(Based):
        def step(self, J, theta, state, t):
            return endless(theta), state

    class Formats(Based):
        def step(self, J, theta, state, t):
            return theta, {f"{t}": state["m"]}

    class Bracketed(Based):
        def step(self, J, theta, state, t) -> (tuple):  # fmt: skip
            return theta, state

    class General(Based):
        def step(self, *args):
            return args[1], args[2]

    class Hidden(Based):
        def step(self, J, theta, state, t):
            return theta - hash(t), state

    return [
        Method, Foreign, Listed, Renamed, Decorated, Many, Loops, Formats,
        Bracketed, General, Hidden,
    ]  # fmt: skip


@pytest.mark.parametrize("make", rules_that_stay(), ids=lambda make: make.__name__)
def test_a_step_that_needs_more_than_its_text_stays_as_it_is(make):
    assert text_of(readers_rule(make)()) is None


def test_rules_that_hold_others_words_or_their_objective_stay_as_they_are():
    def step(self, J, theta, state, t):
        return theta, state

    assert text_of(ruled(step)) is not None
    assert text_of(ruled(step, word="fast")) is None
    assert text_of(ruled(step, begin=lambda self, J, theta: {"m": theta})) is None
    assert text_of(Clip(SGD(), norm=1.0)) is None
    assert text_of(primer.Muon()) is None
    made = {}
    exec("def step(self, J, theta, state, t):\n    return theta, state", made)
    assert text_of(ruled(made["step"])) is None, "no source"


def test_what_the_page_knows_itself_is_known_by_what_it_is():
    def power(x, n):
        return x + n

    def step(self, J, theta, state, t):
        return theta - power(0.5, t), state

    assert "return x + n" in text_of(ruled(step))
    for name in ("solve", "norms", "Signs", "when", "power"):
        using = [text for text in EDITABLE.values() if rule_text.asks_for(text, name)]
        assert using
        assert not any(f"def {name}" in text for text in using)


# Fields


FIELDS = Slider(0.01, 1, 0.1), Slider(0.5, 0.95, 0.9)


@pytest.mark.parametrize("name", schedules())
def test_fields_that_move_are_those_of_every_step(name):
    schedule = schedules()[name]
    live = explore(SGD(lr=schedule), on=Q, steps=30)
    (field,) = edits(live, "e.rules[0].fields")
    assert field.items() >= {"name": "lr", "shape": [], "slot": 0}.items()
    h = json.dumps([c.slider.value for c in live.controls])
    at = f"t => {{ const f = [0]; e.rules[0].values({h}, t, f); return f[0]; }}"
    rule = live.rules["SGD"]
    plain = primer.explorer.model.substituted(
        rule, {id(c.slider): c.slider.value for c in live.controls}
    )
    np.testing.assert_allclose(
        edits(live, f"[...Array(31).keys()].map({at})"),
        [plain.at(t).lr for t in range(31)],
        rtol=1e-14,
    )


def test_fields_have_their_values_or_slots_and_kinds():
    rate, memory = FIELDS
    warm = primer.WarmupLinear(rate, 5, 20)
    each = Adam(lr=warm, beta1=memory, eps=PerCoordinate([1e-8, 1e-3]))
    live = explore(each, Sophia(lr=rate, every=3), on=Q, steps=5)
    adam, sophia = edits(live, "e.rules.map(r => [r.slots, r.fields])")
    assert adam[0] == 2
    assert adam[1] == [
        {"name": "lr", "shape": [], "kind": "f", "slot": 0},
        {"name": "beta1", "shape": [], "kind": "f", "slot": 1},
        {"name": "beta2", "shape": [], "kind": "float", "value": 0.999},
        {"name": "eps", "shape": [2], "kind": "f", "value": [1e-8, 1e-3]},
    ]
    assert {"name": "every", "shape": [], "kind": "int", "value": 3} in sophia[1]
    ask = "(() => { const f = [0, 0]; e.rules[0].values([0.5, 0.25], 9, f); return f; })()"
    assert [c.key for c in live.controls] == ["peak", "beta1"]
    assert edits(live, ask) == pytest.approx([0.5 * (20 - 9) / (20 - 5), 0.25], rel=1e-14)


def test_every_field_of_every_rule_is_told():
    for name in EDITABLE:
        rule = lively(name)
        fields, slots, _ = alone.fields(rule, (), 5, {})
        assert [f["name"] for f in fields] == [*rule.fields()]
        assert slots == 0
        assert {f["name"]: f["value"] for f in fields} == rule.fields()


# What rules write down


def test_watched_is_the_order_of_the_numbers_that_a_program_writes_down():
    views = ("path", "state", "correction", "rate", primer.Curve("size", "g"))
    rules = Adam(lr=FIELDS[0]), Momentum(lr=FIELDS[0])
    many = landscapes.quadratic([1.0, 2.0, 3.0])
    live = explore(*rules, on={"two": Q, "three": many}, views=views, steps=3, start=None)
    found = edits(live, "[e.rules.map(r => r.watched), e.scenes[1].watched]")
    assert found[0][0][0] == {"local": "m_hat", "size": 2}
    assert {"local": None, "size": 1} in found[0][0]
    for lists, scene in zip(found, live.scenes, strict=True):
        for watched, p in zip(lists, scene.programs, strict=True):
            names = [n for each in watched for n in [each["local"]] * each["size"]]
            assert len(names) == len(p.watched)
            for local, label in zip(names, p.watched, strict=True):
                assert local is None or re.fullmatch(rf"{local}(\[\d\])?", label)


# J by itself


class Probe(Optimizer):
    """Puts what it asks of J into its state."""

    def init(self, theta):
        out = {"value": theta[..., :1], "grad": theta, "u": 0.3 * theta + 1}
        small = {"hess": theta[..., None] * theta[..., None, :], "hvp": theta}
        return out | (small if theta.shape[-1] <= alone.SMALL else {})

    def step(self, J, theta, state, t):
        u = state["u"]
        out = {"value": J(theta)[..., None], "grad": J.grad(theta), "u": u}
        small = "hess" in state
        return theta, out | ({"hess": J.hess(theta), "hvp": J.hvp(theta, u)} if small else {})


PROBE = readers_rule(Probe)()


def asked_both_ways(J):
    """What J says at points, and that of a whole trace of a rule on it, in node."""
    whole = program(PROBE, J, (), (), 30)
    tables = {}
    methods = alone.objective(J, 30, tables)
    rows = "".join(f"const {name} = [{row}];" for row, name in tables.items())
    points = np.random.default_rng(7).uniform(-2, 2, (6, J.dim)).tolist()
    return told(
        f"""const whole = ({whole.source})(lib);
        {rows}
        const J = {{{methods}}};
        const d = {J.dim};
        const out = [];
        {json.dumps(points)}.forEach((x, k) => {{
          const s = new Float64Array({len(whole.state)});
          const t = 5 * k;
          whole.init(x, s, []);
          const u = x.map((v, i) => s[1 + d + i]);
          const g = [], H = [], Hu = [];
          const mine = [J.value(x, t)];
          J.grad(x, t, g);
          mine.push(...g, ...u);
          if (J.hess) {{ J.hess(x, t, H); J.hvp(x, u, t, Hu); mine.push(...H, ...Hu); }}
          whole.step([...x], s, [], t);
          out.push([x, t, mine, [...s]]);
        }});
        console.log(JSON.stringify(out));"""
    )


@pytest.mark.parametrize("name", {**LANDSCAPES, **MOVING})
def test_an_objective_by_itself_is_that_of_a_whole_trace(name):
    J = {**LANDSCAPES, **MOVING}[name]
    for x, t, mine, whole in asked_both_ways(J):
        assert mine == whole
        with np.errstate(all="ignore"):
            now = J.at(t)
            plain = [now(np.array(x)), *now.grad(np.array(x))]
        np.testing.assert_allclose(mine[: 1 + J.dim], plain, rtol=1e-11, atol=1e-12)


def test_second_derivatives_of_many_coordinates_come_where_a_rule_asks_for_them():
    many = landscapes.quadratic(np.arange(1.0, 9.0))
    for rule, more in ((SGD(lr=0.1), []), (Sophia(), ["hvp"])):
        live = explore(rule, on=many, start=np.ones(8), steps=3, views=("loss",))
        assert edits(live, "Object.keys(e.scenes[0])") == ["dim", "value", "grad", *more]


def test_noise_that_the_page_has_is_not_written_again():
    noisy = Noisy(Q, 0.5, seed=3, steps=20)
    places = {"a": noisy, "b": noisy + landscapes.beale()}
    task = Task("Do.", Momentum(lr=0.1), of="SGD")
    live = explore(SGD(lr=0.1), Adam(), on=places, steps=20, task=task)
    text = editing.source(live)
    column = ",".join(map(literal, noisy.table.written(21)[:, 0].tolist()))
    assert column not in text
    assert len(re.findall(r'^const T\d = PrimerPrograms\["\w+"\]\(lib\)', text, re.M)) == 6
    assert all(column in program for program in live.programs)
    gradients = edits(live, "e.scenes.map(J => { const g = []; J.grad([1, 2], 4, g); return g; })")
    for J, found in zip(places.values(), gradients, strict=True):
        np.testing.assert_allclose(found, J.at(4).grad(np.array([1.0, 2.0])), rtol=1e-13)


def test_random_signs_come_as_rows_where_a_rule_draws_them():
    live = explore(Sophia(seed=4), SGD(lr=0.1), on={"a": Q, "b": landscapes.beale()}, steps=6)
    rows = [Signs(4, 2)[t].tolist() for t in range(7)]
    assert edits(live, "e.tables") == {"Signs": [{"args": [4, 2], "rows": rows}]}
    assert edits(explore(SGD(lr=0.1), on=Q, steps=3), "e.tables") == {}


# In the page


def test_only_the_book_has_the_button_and_only_where_a_rule_can_be_changed(monkeypatch):
    own, wrapped = (explore(rule, on=Q, steps=3) for rule in (SGD(), Clip(SGD(), norm=1.0)))
    grid = explore_grid({"lr": FIELDS[0]}, lambda lr: {"a": np.ones((3, len(lr)))}, [Plot("a")])
    button = '<button type="button" class="px-edit" value="edit">Edit this rule</button>'
    parts = button, 'class="px-edits"', "px-task"
    assert not any(part in own.html() for part in parts[:2])
    monkeypatch.setenv("PRIMER_BOOK", "1")
    assert re.search(rf'<div class="px-buttons px-live-only">.*{button}', own.html())
    assert own.html().count('class="px-edits"') == 1
    for other in (wrapped, grid):
        assert not any(part in other.html() for part in parts)
        assert other.edits() == ""


def test_blocks_decide_whether_lamb_can_be_changed(in_book):
    for shapes, can in (([(2,)], True), ([(1,), (1,)], False)):
        live = explore(LAMB(), on=Through(Q, shapes=shapes), steps=3)
        assert live.editable == can


def test_the_book_moves_edits_into_files_and_says_where_all_is(in_book, tmp_path):
    live = explore(Adam(lr=FIELDS[0]), on=Noisy(Q, 0.1), steps=9)
    body = moved_by_the_book(live, explore(SGD(lr=FIELDS[0]), on=Q, steps=9), folder=tmp_path)
    spans = re.findall(r'<span class="px-edits" ([^>]*) hidden></span>', body)
    told_there = [dict(re.findall(r'data-(\w+)="\.\./([^"]+)"', span)) for span in spans]
    assert len(told_there) == 2
    files = [tmp_path / each.pop("src") for each in told_there]
    assert files[0].parent == tmp_path / "_static" / "edits"
    assert files[0].read_text("utf-8") == editing.source(live)
    assert files[1].is_file()
    for each in told_there:
        assert each == {
            "script": "_static/edit.js",
            "style": "_static/edit.css",
            "code": "codemirror/codemirror.js",
            "math": "_static/mathjax_start.js",
        }


def test_a_page_grows_by_little_before_a_rule_is_changed(in_book, tmp_path, monkeypatch):
    lives = [explore(Adam(lr=FIELDS[0]), on=Noisy(J, 0.1), steps=90) for J in (Q, Q + Q, Q)]
    page = moved_by_the_book(*lives, folder=tmp_path)
    monkeypatch.delenv("PRIMER_BOOK")
    assert len(gzip.compress(page.encode())) < 20_000
    grown = re.sub(r'<span class="px-edits".*?</span>|<button[^>]*px-edit.*?</button>', "", page)
    assert len(gzip.compress(page.encode())) - len(gzip.compress(grown.encode())) < 1000


def test_no_rule_can_end_the_script(in_book):
    def step(self, J, theta, state, t):
        """</script><!--"""
        return theta - self.lr * J.grad(theta), state

    live = explore(ruled(step), on=Q, steps=2)
    assert not re.search(r"<[/!a-z]", editing.source(live), re.I)
    assert '"""</script><!--"""' in edits(live, "e.rules[0].text")


# Tasks


def posed(task, *rules, on=Q):
    return explore(*(rules or (SGD(lr=FIELDS[0]),)), on=on, steps=8, task=task)


def test_a_task_stands_under_the_table_of_the_book(in_book, monkeypatch):
    live = posed(Task("Give `SGD` a <memory>.", goal=Momentum(lr=FIELDS[0], beta=0.5)))
    html = live.html()
    (block,) = re.findall(r'<div class="px-task px-live-only">.*?</p></div>', html)
    assert "<p><b>Your turn.</b> Give <code>SGD</code> a &lt;memory&gt;.</p>" in block
    buttons = re.findall(r'<button type="button" value="(\w+)"( hidden)?>([^<]+)<', block)
    assert buttons == [
        ("begin", "", "Start"),
        ("check", " hidden", "Check"),
        ("solve", " hidden", "Show a solution"),
    ]
    assert '<p class="px-task-said" role="status" aria-live="polite"></p>' in block
    assert html.index("px-foot") < html.index(block) < html.index(primer.explorer.page.TRY)
    monkeypatch.delenv("PRIMER_BOOK")
    for other in (live, posed(None)):
        assert '<div class="px-task' not in other.html()


def test_a_task_tells_its_goal_on_every_landscape():
    goal = Momentum(lr=FIELDS[0], beta=0.5)
    both = {"a": Q, "b": landscapes.beale()}
    task = Task("Remember.", goal, of="SGD", lines="\n  v = 1\n  return v\n", done="Well done.")
    live = posed(task, Adam(), SGD(lr=FIELDS[0]), on=both)
    found = edits(live, "{...e.task, goal: e.task.goal.map(make => Object.keys(make(lib)))}")
    assert found == {
        "of": 1, "says": "Remember.", "done": "Well done.", "lines": "v = 1\nreturn v",
        "text": None, "goal": [["init", "step", "loss"]] * 2, "sizes": [{"s": 2, "w": 0}] * 2,
    }  # fmt: skip
    assert all(javascript(goal, J, 8) in editing.source(live) for J in both.values())
    assert edits(posed(None), "e.task") is None


def test_a_solution_is_the_goals_own_text_with_the_numbers_that_the_rule_lacks():
    live = posed(Task("Remember.", Momentum(lr=FIELDS[0], beta=0.5)))
    text = edits(live, "e.task.text")
    assert text == f"beta = 0.5\n\n{text_of(Momentum())}"
    of_its_class = posed(Task("Remember.", Momentum))
    assert edits(of_its_class, "e.task.text") == f"beta = 0.9\n\n{text_of(Momentum())}"
    same = posed(Task("Forget.", SGD(lr=FIELDS[0])), Momentum(lr=FIELDS[0]))
    assert edits(same, "e.task.text") == text_of(SGD())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Task("", SGD()), "says must be a text that says what to do, got ''"),
        (lambda: Task(3, SGD()), "says must be a text that says what to do, got 3"),
        (lambda: Task("Do.", 3), "goal must be an Optimizer instance .*, or its class, got 3"),
        (lambda: Task("Do.", SGD(), of=3), "of must be a text, got 3"),
        (lambda: Task("Do.", SGD(), done=None), "done must be a text, got None"),
        (
            lambda: Task("Do.", SGD(), lines="v = ("),
            "lines must be lines of a step, .* got 'v = \\('",
        ),
        (lambda: Task("Do.", SGD(), lines="while v: pass"), "lines must be lines of a step"),
        (lambda: Task("Do.", SGD(), lines="v = 1\nreturn v\ndef f(): pass"), "lines must be"),
        (lambda: posed("do"), r"task must be a Task\(says, goal\), got 'do'"),
        (
            lambda: posed(Task("Do.", Momentum(), of="Adam")),
            "of of the Task must be 'SGD', got 'Adam'",
        ),
        (
            lambda: posed(Task("Do.", Momentum()), Clip(SGD(), norm=1.0)),
            "of of the Task must be empty: no rule here can be changed in a page",
        ),
        (
            lambda: posed(Task("Do.", Momentum(lr=Slider(0, 1, 0.5)))),
            r"goal of the Task must be without sliders of its own, got Momentum\(",
        ),
        (
            lambda: posed(Task("Do.", SGD(lr=FIELDS[0]))),
            "goal of the Task must be a rule that runs otherwise than 'SGD'",
        ),
        (
            lambda: posed(Task("Do.", Clip(SGD(lr=FIELDS[0]), norm=1.0))),
            "lines of the Task must be given: the text of ClipNorm",
        ),
        (
            lambda: posed(Task("Do.", Momentum(lr=0.3)), SGD(lr=FIELDS[0])),
            "lines of the Task must be given",
        ),
    ],
)
def test_a_task_refuses_what_it_cannot_be(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_class_of_a_task_is_public():
    assert primer.Task is primer.explorer.Task
