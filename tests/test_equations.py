"""The printed equation says what the code does, and both say what the paper says."""

import cProfile
import functools
import itertools
import math
import re
import sys

import numpy as np
import pytest
from helpers import bare, cases, every_case, matrices, readers_rule, shaped, with_step
from latex_reader import OneMatrix, computed, known_before, lines, named, states_after
from papers import PAPERS

from primer import (
    SGD,
    Adam,
    Momentum,
    Objective,
    Optimizer,
    TraceError,
    card,
    difference,
    landscapes,
    latex,
    registry,
    run,
)
from primer.derived.latex import legend, symbol
from primer.exact import when
from primer.registry import _frozen
from primer.rules.matrices import MatrixRule

GROUNDS = [shaped(landscapes.rosenbrock(5)), shaped(landscapes.himmelblau())]
STARTS = np.array([[-1.2, 1.0], [0.7, -1.1], [1.3, 1.9]])
EARLY = {n for n, e in registry.rules.items() if 2 <= e.chapter <= 7}
#: Their steps branch on values; rules for matrices that no page can compute have an equation.
NOT_TRACED = {
    n for n, e in registry.rules.items() if e.no_page and not issubclass(e.make, MatrixRule)
}


@every_case
def test_the_printed_equation_computes_what_the_code_computes(name):
    rule = cases()[name]
    if bare(name) in NOT_TRACED:
        with pytest.raises(TraceError):
            latex(rule)
        return
    for J, start in places(rule):
        agrees(rule, J, start, latex(rule))


def places(rule):
    """Objectives and starts on which an equation is computed; of matrices for rules of those."""
    if isinstance(rule, MatrixRule):
        return [(slopes(shape), start) for shape, start in MATRICES.items()]
    return [(J, theta) for J in GROUNDS for theta in STARTS] + [(matrices(), matrices().start)]


#: No more than one row or column too many: the eigenvectors of several zeros are not determined.
MATRICES = {
    shape: np.random.default_rng(3).standard_normal(shape) for shape in ((4, 3), (3, 4), (3, 3))
}


def slopes(shape):
    """An objective of one matrix."""
    left, right = (np.random.default_rng(n).standard_normal((n, n)) for n in shape)
    return Objective(lambda W: 0.0, lambda W: left @ np.sin(W) @ right + W)


def agrees(rule, J, theta, block, steps=8):
    """Every line, read as mathematics, gives the numbers of the code in each of the steps."""
    letters, matrix = legend(rule), isinstance(rule, MatrixRule)
    code, letter = (OneMatrix(rule), "W") if matrix else (rule, r"\theta")
    state = code.begin(J, theta)
    for t in range(steps):
        with np.errstate(all="ignore"):
            after = computed(block, known_before(letters, rule, theta, state, t), J)
            theta, state = code.step(J, theta, state, t)
        if not np.isfinite(theta).all():
            break
        np.testing.assert_allclose(after[f"{letter}_{{t+1}}"], theta, rtol=1e-9)
        for name, value in states_after(letters, state).items():
            found = after[name]
            if r"\operatorname{eig}" in dict(lines(block)).get(name, ""):
                found = found * np.sign(np.sum(found * value, axis=0))  # of either sign
            np.testing.assert_allclose(found, value, rtol=1e-9, atol=1e-300)


@every_case
def test_every_symbol_is_defined_once_and_before_it_is_used(name):
    rule = cases()[name]
    if bare(name) in NOT_TRACED:
        pytest.skip("not traced: its step branches on values")
    J, start = places(rule)[0]
    matrix = isinstance(rule, MatrixRule)
    state = (OneMatrix(rule) if matrix else rule).begin(J, start)
    given = set(known_before(legend(rule), rule, start, state, 0))
    seen = set()
    for left, _ in lines(latex(rule)):
        assert left not in seen | given, f"{left} means two things in {name}"
        seen.add(left)
    assert ("W_{t+1}" if matrix else r"\theta_{t+1}") in seen


@every_case
def test_braces_brackets_and_environments_are_matched(name):
    if bare(name) in NOT_TRACED:
        pytest.skip("not traced: its step branches on values")
    text = latex(cases()[name])
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\left") - text.count(r"\leq") == text.count(r"\right")
    opened = re.findall(r"\\begin\{(\w+)\}", text)
    assert sorted(opened) == sorted(re.findall(r"\\end\{(\w+)\}", text))
    assert text.count("(") == text.count(")")
    for line in text.splitlines():
        assert len(line) < 400


def test_every_rule_of_chapters_2_to_7_has_its_paper_here():
    assert EARLY <= set(PAPERS)


@pytest.mark.parametrize("name", PAPERS)
def test_the_rule_is_the_papers_equation(name):
    rule = cases()[name]
    numbers = {n: v for n, v in rule.fields().items() if n != "rule"}
    several = matrices()
    for J, start in [*itertools.product(GROUNDS, STARTS), (several, several.start)]:
        ours = run(rule, J, start, 40).theta
        with np.errstate(all="ignore"):
            theirs = np.array([start, *PAPERS[name](J, start, 40, **numbers)])
        kept = np.cumprod(np.abs(theirs).max(-1) < 1e3).astype(bool)
        assert kept.sum() > 3
        np.testing.assert_allclose(ours[kept], theirs[kept], rtol=1e-7, atol=1e-9)


def test_the_reader_reads_as_a_mathematician_does():
    known = {"t": 4.0, "a": 3.0, r"\beta_{1}": 0.5}
    for text, value in {
        r"t + 1 \bmod a = 0": False,
        r"(t + 1) \bmod a": 2.0,
        r"1 - \beta_1^{t+1}": 1 - 0.5**5,
        r"-a^2": -9.0,
        r"\frac{1}{2}\,a + 10^{-2}": 1.51,
        r"\left(a - 1\right) \cdot 2 - 1": 3.0,
        r"\begin{cases} 1 & \text{if } a > t \\ 2 & \text{otherwise} \end{cases}": 2.0,
    }.items():
        block = "\\begin{aligned}\nx &= " + text + "\n\\end{aligned}"
        assert computed(block, known, None)["x"] == pytest.approx(value)
    assert named(r"\rho_\infty") == r"\rho_{\infty}"


def test_a_wrong_equation_would_be_noticed():
    rule, J = cases()["Adam"], GROUNDS[0]
    wrong = latex(rule).replace(
        r"\sqrt{\hat{v}_t} + \varepsilon", r"\sqrt{\hat{v}_t + \varepsilon}"
    )
    assert wrong != latex(rule)
    known = known_before(legend(rule), rule, STARTS[0], rule.init(STARTS[0]), 0)
    right = rule.step(J, STARTS[0], rule.init(STARTS[0]), 0)[0]
    assert np.abs(computed(wrong, known, J)[r"\theta_{t+1}"] - right).max() > 1e-9


def toy(step, states=(), **fields):
    """A rule with this step; every state starts at 0, like theta."""

    def init(self, theta):
        return dict.fromkeys(states, 0 * theta)

    names = {"lr": 0.1, "beta": 0.9, **fields}
    body = {"__annotations__": dict.fromkeys(names, object), **names, "init": init, "step": step}
    body["domains"] = {}
    return _frozen(type("Toy", (Optimizer,), body))()


def last(rule):
    """The right side of the line of theta."""
    return dict(lines(latex(rule)))[r"\theta_{t+1}"]


#: What stands for theta_{t+1} when a step returns this function of self, J, g, theta and t.
SAYS = {
    r"(x, y)": (
        lambda s, J, g, th, t: np.stack([th[..., 0] - g[..., 0], 2 * th[..., 1]], axis=-1),
        r"(\theta_{t,1} - (\nabla J(\theta_t))_{1}, 2\,\theta_{t,2})",
    ),
    "numbers side by side": (
        lambda s, J, g, th, t: th - np.array([0.1, 0.2]) * g,
        r"\theta_t - (0.1, 0.2)\,\nabla J(\theta_t)",
    ),
    "reversed": (
        lambda s, J, g, th, t: th - g[..., ::-1],
        r"\theta_t - \operatorname{reverse}(\nabla J(\theta_t))",
    ),
    "parts": (
        lambda s, J, g, th, t: np.concatenate([g[..., :1], th[..., 1:]], axis=-1),
        r"((\nabla J(\theta_t))_{1}, \theta_{t,2:d})",
    ),
    "the last": (lambda s, J, g, th, t: th / th[..., -1:], r"\frac{\theta_t}{\theta_{t,d}}"),
    "diagonal": (
        lambda s, J, g, th, t: np.stack([J.hess(th)[..., i, i] for i in range(th.shape[-1])], -1),
        r"\operatorname{diag}(\nabla^2 J(\theta_t))",
    ),
    "outer product and transpose": (
        lambda s, J, g, th, t: (
            np.swapaxes(th[..., :, None] * g[..., None, :] + J.hess(th), -1, -2) @ th[..., None]
        )[..., 0],
        r"(\theta_t (\nabla J(\theta_t))^\top + \nabla^2 J(\theta_t))^\top\,\theta_t",
    ),
    "identity": (
        lambda s, J, g, th, t: np.linalg.solve(
            J.hess(th) + s.beta * np.eye(th.shape[-1]), g[..., None]
        )[..., 0],
        r"(\nabla^2 J(\theta_t) + \beta\,I)^{-1}\,\nabla J(\theta_t)",
    ),
    "matrix times product": (
        lambda s, J, g, th, t: th * (J.hess(th) @ (th * th)[..., None])[..., 0],
        r"\theta_t\,(\nabla^2 J(\theta_t)\,(\theta_t\,\theta_t))",
    ),
    "dimension": (
        lambda s, J, g, th, t: th * np.sqrt(th.shape[-1] + 1) / th.shape[-1],
        r"\frac{\theta_t\,\sqrt{d + 1}}{d}",
    ),
    "logic": (
        lambda s, J, g, th, t: np.where((g > 0) & ((th > 1) | ~(th < -1)), th, 0),
        r"\begin{cases} \theta_t & \text{if } \nabla J(\theta_t) > 0 \wedge (\theta_t > 1 \vee "
        r"\neg (\theta_t < -1)) \\ 0 & \text{otherwise} \end{cases}",
    ),
    "signs": (
        lambda s, J, g, th, t: th + -g * -s.lr - (-g) + (-2.0) ** t * (th**2) ** 3,
        r"\theta_t + (-\nabla J(\theta_t))\,(-\eta) - (-\nabla J(\theta_t)) + "
        r"(-2)^{t}\,(\theta_t^2)^{3}",
    ),
    "fraction as a base": (
        lambda s, J, g, th, t: (th / 2) ** 2 * (t % 3),
        r"\left(\frac{\theta_t}{2}\right)^2\,(t \bmod 3)",
    ),
    "a condition that counts": (
        lambda s, J, g, th, t: th - g * (g > 1),
        r"\theta_t - \nabla J(\theta_t)\,[\nabla J(\theta_t) > 1]",
    ),
    "one number along an axis that it lacks": (
        lambda s, J, g, th, t: th - np.sum(J(th), axis=-1) * np.sum(s.lr, axis=0) * g,
        r"\theta_t - J(\theta_t)\,\eta\,\nabla J(\theta_t)",
    ),
    "digits": (
        lambda s, J, g, th, t: th / 3 - 1 / 3 * g + 1234567.0 - 2.5e-9,
        r"\frac{\theta_t}{3} - 0.333333333333\,\nabla J(\theta_t) + 1.234567 \cdot 10^{6} - "
        r"2.5 \cdot 10^{-9}",
    ),
}


@pytest.mark.parametrize("what", SAYS)
def test_what_a_step_does_is_what_its_equation_says(what):
    function, text = SAYS[what]

    def step(self, J, theta, state, t):
        return function(self, J, J.grad(theta), theta, t), {}

    assert last(toy(step)) == text


def returned(value):
    """A step that returns this function of self, J, theta and t."""
    return lambda self, J, theta, state, t: (value(self, J, theta, t), {})


NO_NOTATION = {
    "a number beside a matrix": (
        lambda s, J, th, t: np.linalg.solve(J.hess(th) + 1, th[..., None])[..., 0],
        r"np\.eye",
    ),
    "entries of a matrix": (
        lambda s, J, th, t: np.sum(np.abs(J.hess(th)), axis=-1),
        "entry by entry",
    ),
    "coordinates apart": (
        lambda s, J, th, t: np.stack([(i + 1) * th[..., i] for i in range(th.shape[-1])], axis=-1),
        "same formula for every coordinate",
    ),
    "d as a number": (lambda s, J, th, t: th / math.sqrt(th.shape[-1]), r"np\.sqrt, not math"),
    "one d apart": (
        lambda s, J, th, t: th if th.shape[-1] == 2 else 2 * th,
        "something else for 2 parameters",
    ),
    "few d apart": (lambda s, J, th, t: th / min(th.shape[-1], 3), r"np\.where"),
    "a column of a matrix": (lambda s, J, th, t: J.hess(th)[..., 0], "coordinate"),
    "range of t": (lambda s, J, th, t: th * sum(range(t)), r"range\(\).*np\.where"),
    "a long line": (
        lambda s, J, th, t: functools.reduce(lambda x, _: x - J.grad(x), range(30), th),
        "too long",
    ),
}


@pytest.mark.parametrize("what", NO_NOTATION)
def test_what_has_no_notation_is_refused(what):
    value, message = NO_NOTATION[what]
    with pytest.raises(TraceError, match=message):
        latex(toy(returned(value)))


def test_a_rule_for_another_state_than_that_of_init_is_refused():
    with pytest.raises(TraceError, match=r"state of init, \['m'\], got \['v'\]"):
        latex(toy(lambda self, J, theta, state, t: (theta, {"v": theta}), states="m"))


def test_names_bound_again_have_lines_of_their_own():
    def decay_first(self, J, theta, state, t):
        g = J.grad(theta)
        theta = theta * (1 - self.lr)
        return theta - self.lr * g, {}

    def twice(self, J, theta, state, t):
        for _ in range(3):
            theta = theta - self.lr * J.grad(theta)
        t = t + 1
        return theta / t, {}

    def once(self, J, theta, state, t):
        g = J.grad(theta)
        g = g + self.beta * theta
        return theta - self.lr * g, {}

    assert [left for left, _ in lines(latex(toy(decay_first)))] == [
        "g_{t}",
        r"\tilde{\theta}_{t}",
        r"\theta_{t+1}",
    ]
    assert [left for left, _ in lines(latex(toy(twice)))] == [
        r"\theta^{(1)}_{t}",
        r"\theta^{(2)}_{t}",
        r"\theta^{(3)}_{t}",
        r"\tilde{t}_{t}",
        r"\theta_{t+1}",
    ]
    assert lines(latex(toy(once)))[0] == ("g_{t}", r"\nabla J(\theta_t) + \beta\,\theta_t")


def test_names_that_an_inner_function_sees_have_lines_of_their_own():
    def step(self, J, theta, state, t):
        g = J.grad(theta)
        return theta - when(t % 10 == 0, lambda: g, theta), {}

    assert [left for left, _ in lines(latex(toy(step)))] == ["g_{t}", r"\theta_{t+1}"]


def test_a_state_means_what_is_stored():
    def added(self, J, theta, state, t):
        v = self.beta * state["v"] + J.grad(theta) ** 2
        v_new = v + self.lr
        return theta - v_new, {"v": v_new, "old": state["v"], "same": state["same"]}

    assert lines(latex(toy(added, states=("v", "old", "same")))) == [
        (r"\tilde{v}_{t}", r"\beta\,v_{t-1} + (\nabla J(\theta_t))^2"),
        ("v_{t}", r"\tilde{v}_t + \eta"),
        (r"\theta_{t+1}", r"\theta_t - v_t"),
        (r"\mathrm{old}_{t}", "v_{t-1}"),
        (r"\mathrm{same}_{t}", r"\mathrm{same}_{t-1}"),
    ]


def around(**rules):
    """A wrapper with Adam's names that lets each rule step and takes the middle."""

    def init(self, theta):
        return {"m": 0 * theta, **{name: getattr(self, name).init(theta) for name in rules}}

    def step(self, J, theta, state, t):
        found = {n: getattr(self, n).step(J, theta, state[n], t) for n in rules}
        new = sum(place for place, _ in found.values()) / len(rules)
        m = self.beta1 * state["m"] + new
        return m, {"m": m, **{name: inner for name, (_, inner) in found.items()}}

    body = {"__annotations__": dict.fromkeys([*rules, "beta1"], object), "init": init}
    made = _frozen(type("Around", (Optimizer,), {**body, "step": step}))
    return made(**rules, beta1=0.5)


@pytest.mark.parametrize(
    "rule",
    [
        around(rule=Adam()),
        around(rule=around(rule=Adam())),
        around(fast=Adam(lr=0.1), slow=Adam()),
        around(fast=around(rule=Adam()), slow=Momentum()),
    ],
)
def test_wrapper_and_inner_rules_have_symbols_of_their_own(rule):
    block, letters = latex(rule), legend(rule)
    assert len(set(letters.values())) == len(letters)
    defined = [left for left, _ in lines(block)]
    assert len(set(defined)) == len(defined)
    theta, J = STARTS[0], GROUNDS[1]
    state = rule.init(theta)
    for t in range(4):
        after = computed(block, known_before(letters, rule, theta, state, t), J)
        theta, state = rule.step(J, theta, state, t)
        np.testing.assert_allclose(after[r"\theta_{t+1}"], theta, rtol=1e-9)
        for letter, value in states_after(letters, state).items():
            np.testing.assert_allclose(after[letter], value, rtol=1e-9)


def test_fields_that_choose_the_algorithm_are_used_with_their_value():
    def step(self, J, theta, state, t):
        g = J.grad(theta)
        if self.beta > 0:
            g = g + self.beta * theta
        g = -g if self.maximize else g
        if self.mode == "sign" and self.limit is None:
            g = np.sign(g)
        for _ in range(self.inner):
            theta = theta - self.lr * g
        return theta, {}

    choices = {"maximize": True, "mode": "sign", "limit": None, "inner": 1}
    rule = toy(step, **choices)
    assert lines(latex(rule)) == [
        ("g_{t}", r"\operatorname{sign}(-(\nabla J(\theta_t) + \beta\,\theta_t))"),
        (r"\theta_{t+1}", r"\theta_t - \eta\,g_t"),
    ]
    assert "(No equation" not in card(rule)
    other = toy(step, **{**choices, "maximize": False, "inner": 2})
    assert latex(other).count(r"\eta\,g_t") == 2


@pytest.mark.parametrize("function", [latex, legend, card])
def test_a_class_that_needs_arguments_is_refused_with_what_to_write(function):
    clip = registry.rules["ClipNorm"].make
    with pytest.raises(ValueError, match=r"such as ClipNorm\(rule=Adam\(\), norm=…\), got <class"):
        function(clip)
    for wrong in (int, 3, "Adam", registry.schedules["Cosine"].make):
        with pytest.raises(ValueError, match=r"rule must be an Optimizer.*got"):
            function(wrong)


def test_profilers_and_debuggers_may_watch():
    def watch(*_):
        return watch

    for put, now in ((sys.setprofile, sys.getprofile), (sys.settrace, sys.gettrace)):
        before = now()
        put(watch)
        try:
            text = latex(Adam)
            assert now() is watch
        finally:
            put(before)
        assert text == latex(Adam)
    profiler = cProfile.Profile()
    assert profiler.runcall(latex, Adam) == text


@pytest.mark.parametrize(
    ("name", "text"),
    {
        "beta1": r"\beta_{1,t}", "v_hat": r"\hat{v}_t", "g_inf": r"g_{\infty,t}", "x1": "x_{1,t}",
        "lambda_": r"\lambda_t", "x_old": r"x_{\mathrm{old},t}", "v_max": r"v^{\max}_t",
        "m_hat_new": r"\hat{m}^{\mathrm{new}}_t", "final_rate": r"\mathrm{final\_rate}_t",
        "β": r"\beta_t", "λ": r"\lambda_t", "Ω": r"\Omega_t", "é": r"\mathrm{é}_t",
        "mu_next": r"\mu_{t+1}",
        "beta_1": r"\beta_{1,t}", "rho": r"\rho_t", "v_max_new": r"v^{\max,\mathrm{new}}_t",
    }.items(),
)  # fmt: skip
def test_names_become_symbols(name, text):
    assert symbol(name, "t") == text


def test_an_equation_of_hundreds_of_steps_without_a_name_is_refused_with_a_sentence():
    def step(self, J, theta, state, t):
        total = J.grad(theta)
        for _ in range(300):
            total = total + 0 * theta
        return theta - self.lr * total, state

    rule = readers_rule(with_step("Long", step, SGD))
    for read in (latex, lambda rule: difference(SGD, rule)):
        with pytest.raises(TraceError, match="too long to read"):
            read(rule)
