"""The tracer: what it refuses and what it says then; one edited line changes all three outputs."""

import dataclasses
import json
import math
import subprocess

import numpy as np
import pytest
from helpers import cases, every_case, node, shaped
from pages import RUNTIME

from primer import (
    SGD,
    Adam,
    Cosine,
    Linear,
    Momentum,
    Newton,
    Noisy,
    Objective,
    Optimizer,
    Slider,
    Table,
    TraceError,
    Varying,
    javascript,
    landscapes,
    latex,
    registry,
    rule,
    run,
    sweep,
)  # fmt: skip
from primer.objective import DataObjective

J = shaped(landscapes.rosenbrock())


@pytest.fixture(autouse=True)
def _registry_as_it_was():
    kept = dict(registry.rules)
    yield
    registry.rules.clear()
    registry.rules.update(kept)


def ruled(step):
    """A rule with rate lr whose step is this function of (self, g, theta, state, t)."""

    @rule
    class Toy(Optimizer):
        lr: float = 0.1

        def init(self, theta):
            return {"m": 0 * theta}

        def step(self, J, theta, state, t):
            return step(self, J.grad(theta), theta, state, t)

    return Toy()


def set_item(self, g, theta, state, t):
    g[..., 0] = 0.0
    return theta - g, state


def in_place(self, g, theta, state, t):
    out = np.zeros(2)
    np.multiply(self.lr, g, out=out)
    return theta - out, state


def branch(self, g, theta, state, t):
    if g[..., 0] > 0:
        return theta - g, state
    return theta + g, state


def unpack(self, g, theta, state, t):
    x, y = g
    return theta - np.stack([x, y]), state


def moved(by):
    """The step theta - by(g, t)."""
    return lambda self, g, theta, state, t: (theta - by(g, t), state)


REFUSED = {
    "an if": (branch, r"`if`.*np\.where\(condition, a, b\)"),
    "and": (moved(lambda g, t: g * (g > 0 and g)), r"`if`.*np\.where"),
    "max of Python": (moved(lambda g, t: max(g[..., 0], 1)), r"max.*np\.where"),
    "math.sqrt": (moved(lambda g, t: math.sqrt(g[..., 0])), r"np\.sqrt, not math"),
    "float": (moved(lambda g, t: float(g[..., 0])), r"float\(\)"),
    "int of t": (moved(lambda g, t: int(t) * g), r"float\(\)"),
    "out=": (in_place, r"out=.*in place: write y = np\.multiply"),
    "item assignment": (set_item, r"in place: use np\.where or np\.stack"),
    "unpacking": (unpack, r"unpacked or looped over: use theta\[\.\.\., 0\]"),
    "a loop": (moved(lambda g, t: sum(x for x in g)), r"looped over"),
    "len": (moved(lambda g, t: len(g) * g), r"len\(\).*theta\.shape\[-1\]"),
    "np.median": (moved(lambda g, t: np.median(g)), r"np\.median .*these can: .*sum"),
    "np.arctan": (moved(lambda g, t: np.arctan(g)), r"np\.arctan .*these can: .*sqrt"),
    "ufunc method": (moved(lambda g, t: np.add.reduce(g)), r"np\.add\.reduce.*np\.sum"),
    "a text": (moved(lambda g, t: g * "a"), r"numbers, got 'a'"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_traced_is_refused_with_what_to_write_instead(what):
    step, message = REFUSED[what]
    for call in (latex, lambda r: javascript(r, J)):
        with pytest.raises(TraceError, match=message):
            call(ruled(step))


def test_randomness_is_refused_because_one_draw_would_be_frozen():
    def noisy(self, g, theta, state, t):
        return theta - self.lr * (g + np.random.default_rng().normal()), state

    with pytest.raises(TraceError, match=r"np\.random would be frozen.*Noisy"):
        javascript(ruled(noisy), J)


def test_a_state_that_changes_its_names_is_refused():
    with pytest.raises(TraceError, match=r"step must return the state of init, .*'m'.*got.*'v'"):
        javascript(ruled(lambda s, g, th, st, t: (th - g, {"v": g})), J)


def test_sweeps_data_and_unknown_dimensions_are_refused():
    with pytest.raises(TraceError, match=r"lr is a sweep.*Slider"):
        javascript(SGD(**sweep(lr=[0.1, 0.2])), J)
    data = DataObjective(abs, abs, np.ones((4, 2)), np.ones(4), dim=2)
    for J_ in (data, data.batches(2)):
        with pytest.raises(TraceError, match="objective made of data"):
            javascript(SGD(), J_)
    with pytest.raises(TraceError, match="dim must be given"):
        javascript(SGD(), Objective(lambda th: (th**2).sum(-1), lambda th: 2 * th))


def toy(factor):
    """One class; `factor` stands in for an edited line."""

    @rule
    class Toy(Optimizer):
        """A rule of the test."""

        lr: float = 0.1

        def init(self, theta):
            return {"m": 0 * theta}

        def step(self, J, theta, state, t):
            g = J.grad(theta)
            m = factor * state["m"] + g
            return theta - self.lr * m, {"m": m}

    return Toy(lr=1e-3)


START = np.array([-1.2, 1.0])


def page(text, steps, start=START, s=2):
    """theta of every step of a script, by the page's own code."""
    script = (
        f"const {{ lib, march }} = require({str(RUNTIME)!r}), size = {{ s: {s}, w: 0 }};"
        f"const run = march(({text})(lib), [], {list(map(float, start))}, {steps}, size);"
        f"console.log(JSON.stringify([...run.x]))"
    )
    out = subprocess.run([node()], input=script, capture_output=True, text=True, check=True)
    return np.array(json.loads(out.stdout)).reshape(-1, len(start))


def test_editing_one_line_of_a_rule_changes_run_equation_and_page_together():
    paths, texts = [], []
    for factor in (0.5, 0.25):
        made = toy(factor)
        assert registry.rules["Toy"].make is type(made)
        assert rf"m_t &= {factor}\,m_{{t-1}} + g_t" in latex(made)
        paths.append(run(made, J, [-1.2, 1.0], 20).theta)
        texts.append(javascript(made, J))
        np.testing.assert_array_equal(page(javascript(made, J), 20), paths[-1])
    assert (paths[0][2:] != paths[1][2:]).all()
    assert texts[0] != texts[1]


@every_case
def test_tracing_leaves_the_rule_as_it_was_and_gives_the_same_text_twice(name):
    entry, made = registry.rules[name.split("(")[0]], cases()[name]
    if entry.no_page:
        pytest.skip(entry.no_page)
    kept = made.fields()
    assert javascript(made, J) == javascript(made, J)
    assert latex(made) == latex(made)
    assert made.fields() == kept


def test_the_order_of_operations_is_the_authors():
    """Two spellings of one formula differ in the last bits, in the page as in NumPy."""
    one = ruled(lambda s, g, th, st, t: (th - s.lr * g / 3 * 7, st))
    other = ruled(lambda s, g, th, st, t: (th - s.lr * (g * (7 / 3)), st))
    bowl = landscapes.quadratic([3.0, 5.0])
    paths = [run(made, bowl, [-1.2, 1.0], 40).theta for made in (one, other)]
    assert (paths[0] != paths[1]).any()
    np.testing.assert_allclose(*paths, rtol=1e-9)
    for made, path in zip((one, other), paths, strict=True):
        np.testing.assert_array_equal(page(javascript(made, bowl), 40), path)


def test_equal_subexpressions_are_computed_once():
    def step(self, g, theta, state, t):
        return theta - np.sqrt(g * g + 1) - np.sqrt(g * g + 1), state

    text = javascript(ruled(step), landscapes.quadratic([1.0]))
    assert text.count("Math.sqrt") == 1


def test_sliders_and_schedules_reach_the_page():
    peak, beta = Slider(0.1, 1, 0.5), Slider(0, 0.9, 0.5)
    text = javascript(Momentum(lr=Cosine(peak, 50), beta=beta), J)
    assert "h[0]" in text
    assert "h[1]" in text
    assert "Math.cos" in text
    assert javascript(Adam(lr=0.25), J).count("0.25") >= 1


def test_noise_is_written_out_as_a_table():
    noise = Noisy(J, 0.5, seed=1, steps=7)
    text = javascript(SGD(lr=0.1), noise)
    for number in noise.table.rows.ravel():
        assert repr(abs(float(number))) in text
    assert "t % 7" in text


BOWL = landscapes.quadratic([1.0, 4.0])


def rows_of(noise, steps):
    return np.stack([noise.table[t] for t in range(steps)])


def test_noise_does_not_repeat_within_a_run_and_keeps_its_first_rows():
    first = np.random.default_rng(3).standard_normal((50, 2))
    rows = rows_of(Noisy(BOWL, 1.0, seed=3, steps=50), 200)
    np.testing.assert_array_equal(rows[:50], first)
    assert len(np.unique(rows, axis=0)) == 200
    again = Noisy(BOWL, 1.0, seed=3, steps=50)
    np.testing.assert_array_equal([again.table[t] for t in (199, 60, 0)], rows[[199, 60, 0]])
    np.testing.assert_array_equal(again.table[np.array([[0, 60]])], rows[[[0, 60]]])
    assert (rows != rows_of(Noisy(BOWL, 1.0, seed=4, steps=50), 200)).all()


def test_a_table_of_ones_own_starts_again():
    table = Table([[1.0], [2.0], [3.0]])
    assert [table[t].item() for t in (0, 2, 3, 7)] == [1, 3, 1, 2]


@pytest.mark.parametrize("steps", [30, 1200])
def test_a_script_meets_the_noise_of_the_run_at_every_step(steps):
    made = SGD(lr=0.1)
    for noise in (Noisy(BOWL, 0.1), Noisy(BOWL, 0.1, seed=2, steps=70)):
        text = javascript(made, noise, steps=steps)
        np.testing.assert_array_equal(page(text, steps), run(made, noise, START, steps).theta)
    text = javascript(made, Noisy(BOWL, 0.1))
    np.testing.assert_array_equal(
        page(text, steps), run(made, Noisy(BOWL, 0.1), START, steps).theta
    )


@pytest.mark.parametrize(
    "place", [lambda t: t, lambda t: t + 1, lambda t: 2 * t, lambda t: t // 3, lambda t: t - 1]
)
def test_a_table_is_met_at_every_function_of_the_step(place):
    table = Table(np.random.default_rng(0).standard_normal((70, 2)))
    drift = Varying(lambda t: Objective(BOWL, lambda th: th + table[place(t)], dim=2), dim=2)
    for steps in (20, 100):
        expected = run(SGD(lr=0.1), drift, START, steps).theta
        for given_ in (None, steps):
            text = javascript(SGD(lr=0.1), drift, steps=given_)
            np.testing.assert_array_equal(page(text, steps), expected)


@dataclasses.dataclass(frozen=True, eq=False)
class Started(Optimizer):
    """A rule whose init uses its fields."""

    lr: float = 0.1
    beta: float = 0.5

    def init(self, theta):
        return {"G": self.lr + self.beta * theta}

    def step(self, J, theta, state, t):
        G = state["G"] + np.square(J.grad(theta))
        return theta - self.lr * J.grad(theta) / np.sqrt(G), {"G": G}


def test_init_meets_schedules_at_step_0():
    rate = Linear(0.25, 1.0, 10)
    text = javascript(Started(lr=rate), BOWL)
    assert " t" not in text.split("step(x")[0].replace("init(x, s, h)", "")
    first = page(text, 1)[1]
    G = 0.25 + 0.5 * START + np.square(BOWL.grad(START))
    np.testing.assert_array_equal(first, START - 0.25 * BOWL.grad(START) / np.sqrt(G))


@dataclasses.dataclass(frozen=True, eq=False)
class BFGS(Optimizer):
    """BFGS with a fixed rate: a matrix in the state."""

    lr: float = 0.01

    def init(self, theta):
        eye = 0 * theta[..., :, None] + np.eye(theta.shape[-1])
        return {"B": eye, "x": 0 * theta, "g": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        s, y = theta - state["x"], g - state["g"]
        sy = np.sum(s * y, axis=-1, keepdims=True)
        good = (t > 0) & (sy > 1e-10)
        r = (1 / np.where(good, sy, 1))[..., None]
        V = np.eye(theta.shape[-1]) - r * s[..., :, None] * y[..., None, :]
        turned = V @ state["B"] @ np.swapaxes(V, -1, -2) + r * s[..., :, None] * s[..., None, :]
        B = np.where(good[..., None], turned, state["B"])
        return theta - self.lr * (B @ g[..., None])[..., 0], {"B": B, "x": theta, "g": g}


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_matrices_in_the_state_run_in_the_page(d):
    bowl, start = landscapes.quadratic(np.arange(1.0, d + 1)), np.linspace(1.0, 2.0, d)
    path = page(javascript(BFGS(lr=0.1), bowl), 40, start, d + d + d * d)
    np.testing.assert_allclose(path, run(BFGS(lr=0.1), bowl, start, 40).theta, rtol=1e-10)


def quartic(d):
    """theta' A theta / 2 + sum(theta**4) / 4 with an indefinite A, so that pivots change rows."""
    A = np.random.default_rng(d).uniform(-1, 1, (d, d))
    A = A + A.T
    return Objective(
        lambda th: (th * (th @ A)).sum(-1) / 2 + (th**4).sum(-1) / 4,
        lambda th: th @ A + th * th * th,
        lambda th: A + 3 * np.square(th)[..., :, None] * np.eye(d),
        dim=d,
    )


@pytest.mark.parametrize("d", range(1, 7))
def test_newton_runs_in_the_page_up_to_six_unknowns(d):
    J, start = quartic(d), np.linspace(-0.5, 1.5, d)
    path = page(javascript(Newton(lr=0.25), J), 20, start, 0)
    np.testing.assert_allclose(path, run(Newton(lr=0.25), J, start, 20).theta, rtol=1e-9)


def test_newton_beyond_six_unknowns_is_refused_with_what_to_use():
    with pytest.raises(TraceError, match=r"solve of 7 unknowns is too long.*explore_grid"):
        javascript(Newton(), quartic(7))


def test_a_truth_value_that_becomes_a_number_in_the_state_is_refused():
    class Flag(type(ruled(branch))):
        def init(self, theta):
            return {"m": theta > 0}

        def step(self, J, theta, state, t):
            return theta - 0.1 * state["m"], {"m": state["m"] + 1}

    with pytest.raises(TraceError, match="m of the state starts as a truth value"):
        javascript(Flag(), BOWL)


def test_a_state_that_changes_its_shape_is_refused():
    class Grown(type(ruled(branch))):
        def init(self, theta):
            return {"m": 0.0}

        def step(self, J, theta, state, t):
            return theta - 0.1 * state["m"], {"m": state["m"] + theta}

    with pytest.raises(TraceError, match=r"m of the state has the shape \(\) at .* 0 \* theta"):
        javascript(Grown(), BOWL)


def test_a_step_may_return_the_parts_of_the_state_in_another_order():
    class Turned(type(ruled(branch))):
        def init(self, theta):
            return {"a": 0 * theta, "b": 0 * theta[..., 0] + 1}

        def step(self, J, theta, state, t):
            a, b = state["a"], state["b"]
            return theta - 0.1 * a, {"b": b / 2, "a": a + J.grad(theta) * b[..., None]}

    text = javascript(Turned(), BOWL)
    np.testing.assert_array_equal(page(text, 30, s=3), run(Turned(), BOWL, START, 30).theta)


def test_a_step_that_writes_into_its_state_is_traced_as_one_that_does_not():
    def writing(self, g, theta, state, t):
        state["m"] = 0.9 * state["m"] + g
        return theta - self.lr * state["m"], state

    def returning(self, g, theta, state, t):
        return theta - self.lr * (0.9 * state["m"] + g), {"m": 0.9 * state["m"] + g}

    one, other = ruled(writing), ruled(returning)
    assert latex(one) == latex(other)
    assert javascript(one, J) == javascript(other, J)


def test_a_truth_value_stays_one_in_the_state():
    @rule
    class Flags(Optimizer):
        lr: float = 0.1

        def init(self, theta):
            return {"seen": theta > 10}

        def step(self, J, theta, state, t):
            seen = state["seen"] + (theta > -1.15)
            return theta - self.lr * (seen + (theta > 0)) * J.grad(theta), {"seen": seen}

    text = javascript(Flags(), BOWL)
    np.testing.assert_array_equal(page(text, 30), run(Flags(), BOWL, START, 30).theta)
