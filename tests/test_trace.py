"""The tracer: what it refuses and what it says then; one edited line changes all three outputs."""

import json
import math
import subprocess

import numpy as np
import pytest
from helpers import cases, every_case, node
from pages import RUNTIME

from primer import (
    SGD,
    Adam,
    Cosine,
    Momentum,
    Noisy,
    Objective,
    Optimizer,
    Slider,
    TraceError,
    javascript,
    landscapes,
    latex,
    registry,
    rule,
    run,
    sweep,
)  # fmt: skip
from primer.objective import DataObjective

J = landscapes.rosenbrock()


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


def page(made, steps, J=J):
    """theta of every step, by the page's own code."""
    script = (
        f"const {{ lib, march }} = require({str(RUNTIME)!r}), size = {{ s: 2, w: 0 }};"
        f"const run = march(({javascript(made, J)})(lib), [], [-1.2, 1], {steps}, size);"
        f"console.log(JSON.stringify([...run.x]))"
    )
    out = subprocess.run([node(), "-e", script], capture_output=True, text=True, check=True)
    return np.array(json.loads(out.stdout)).reshape(-1, 2)


def test_editing_one_line_of_a_rule_changes_run_equation_and_page_together():
    paths, texts = [], []
    for factor in (0.5, 0.25):
        made = toy(factor)
        assert registry.rules["Toy"].make is type(made)
        assert rf"m_t &= {factor}\,m_{{t-1}} + g_t" in latex(made)
        paths.append(run(made, J, [-1.2, 1.0], 20).theta)
        texts.append(javascript(made, J))
        np.testing.assert_array_equal(page(made, 20), paths[-1])
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
        np.testing.assert_array_equal(page(made, 40, bowl), path)


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
