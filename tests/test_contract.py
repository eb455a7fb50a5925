"""`run` and the tracer tell a reader at once what their own rule or objective got wrong."""

import numpy as np
import pytest

from primer import SGD, Adam, Objective, Optimizer, TraceError, card, javascript, latex, rule, run
from primer.landscapes import quadratic
from primer.registry import rules

BOWL = quadratic([1.0, 4.0])
HERE = np.array([1.0, 2.0])


@pytest.fixture(autouse=True)
def _keep_the_registry(monkeypatch):
    monkeypatch.setattr("primer.registry.rules", rules)
    before = dict(rules)
    yield
    rules.clear()
    rules.update(before)


def toy(step, init=lambda self, theta: {"m": 0 * theta}):
    return rule(type("Toy", (Optimizer,), {"step": step, "init": init}))()


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda self, J, theta, state, t: theta, r"must return \(theta, state\).*got ndarray"),
        (
            lambda self, J, theta, state, t: (theta[..., :1], state),
            r"shape \(2,\).*shape \(1,\)",
        ),
        (lambda self, J, theta, state, t: (theta, {}), r"a state with \['m'\]"),
    ],
)
def test_a_step_that_returns_something_else_is_named(step, message):
    with pytest.raises(ValueError, match=message):
        run(toy(step), BOWL, HERE, 3)


@pytest.mark.parametrize(
    ("step", "init", "message"),
    [
        (
            lambda self, J, theta, state, t: (theta, {"m": state["v"]}),
            lambda self, theta: {"m": 0 * theta},
            r"init of Toy must make every part of the state .*got \['m'\], without 'v'",
        ),
        (
            lambda self, J, theta, state, t: (theta, state),
            lambda self, theta: 0 * theta,
            r"init of Toy must return a dict of arrays, got ndarray",
        ),
        (
            lambda self, J, theta, state, t: (theta + np.ones(3), state),
            lambda self, theta: {},
            r"step of Toy failed at t = 0: operands could not be broadcast",
        ),
        (
            lambda self, J, theta, state, t: (theta + theta[..., 7:8][..., 0], state),
            lambda self, theta: {},
            r"step of Toy failed at t = 0: index 0 is out of bounds",
        ),
    ],
)
def test_what_a_step_asks_for_in_vain_is_named(step, init, message):
    with pytest.raises(ValueError, match=message):
        run(toy(step, init), BOWL, HERE, 3)


def test_writing_in_place_is_refused_and_explained():
    def step(self, J, theta, state, t):
        m = state["m"]
        m += J.grad(theta)
        return theta - m, {"m": m}

    with pytest.raises(ValueError, match=r"must not write into theta or state.*m = m \+ g"):
        run(toy(step), BOWL, HERE, 3)


@pytest.mark.parametrize(
    ("J", "message"),
    [
        (
            Objective(lambda th: (th**2).sum(), lambda th: 2 * th),
            r"J\(theta\) must have shape \(3,\)",
        ),
        (
            Objective(lambda th: (th**2).sum(-1), lambda th: th.sum(-1)),
            r"J.grad\(theta\) must have shape \(3, 2\), got \(3,\)",
        ),
    ],
)
def test_an_objective_that_forgets_the_batch_is_refused(J, message):
    with pytest.raises(ValueError, match=message):
        run(SGD(), J, np.ones((3, 2)), 3)


@pytest.mark.parametrize("value", [[0.1, 0.2], (0.1, 0.2, 0.3)])
def test_a_list_is_no_sweep(value):
    with pytest.raises(ValueError, match=r"lr must be a number; .*sweep"):
        SGD(lr=value)


def test_a_rule_without_the_decorator_is_told_so():
    class Bare(Optimizer):
        lr: float = 0.1

    with pytest.raises(TypeError, match="Bare lacks the decorator @rule"):
        run(Bare(), BOWL, HERE, 1)


def test_the_decorator_refuses_what_is_no_rule():
    with pytest.raises(TypeError, match="@rule is for an Optimizer"):
        rule(type("Thing", (), {}))


def test_class_and_instance_both_have_equation_card_and_script():
    assert latex(Adam) == latex(Adam())
    assert card(Adam) == card(Adam())
    assert javascript(Adam, BOWL) == javascript(Adam(), BOWL)


def test_random_numbers_in_a_rule_are_refused_by_the_equation_too():
    def step(self, J, theta, state, t):
        return theta - J.grad(theta) * np.random.default_rng().normal(), state

    with pytest.raises(TraceError, match=r"np.random"):
        latex(toy(step))


def test_an_objective_without_gradient_can_be_traced():
    J = Objective(lambda th: np.square(th).sum(-1), dim=2)
    assert "step(x, s, h, t, w)" in javascript(SGD(), J)


def test_arrays_have_no_attributes_that_cannot_be_traced():
    with pytest.raises(TraceError, match=r"\.flat cannot be traced"):
        latex(toy(lambda self, J, theta, state, t: (theta.flat, state)))
