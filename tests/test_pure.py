"""Nothing that is given to a rule or to `run` is ever changed, and nothing is remembered."""

import copy
import dataclasses

import numpy as np
import pytest
from helpers import (
    assert_same,
    assert_same_run,
    bare,
    cases,
    every_case,
    every_rule,
    frozen,
    leaves,
    lively,
    shaped,
)

from primer import Cosine, Noisy, landscapes, registry, run, sweep

# RAdam takes a root that it then does not use.
pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered in sqrt")
N = 4
J = shaped(landscapes.rosenbrock(5))


def starts():
    return np.random.default_rng(0).uniform(-1.5, 1.5, (N, 2))


@every_case
def test_init_and_step_work_on_arrays_that_cannot_be_written(name):
    rule = cases(N)[name]
    theta = frozen(starts())
    state = frozen(rule.init(theta))
    for t in range(6):
        theta_before, state_before = theta.copy(), copy.deepcopy(state)
        new_theta, new_state = rule.step(J, theta, state, t)
        assert_same(theta, theta_before)
        assert_same(state, state_before)
        theta, state = frozen(new_theta), frozen(new_state)


@every_case
def test_the_same_step_twice_gives_the_same_numbers(name):
    rule = cases(N)[name]
    theta = frozen(starts())
    state = frozen(rule.step(J, theta, rule.init(theta), 0)[1])
    first, second = rule.step(J, theta, state, 1), rule.step(J, theta, state, 1)
    assert_same(first[0], second[0])
    assert_same(first[1], second[1])


@every_case
def test_run_leaves_start_state_and_sweeps_alone(name):
    rule, theta0 = cases(N)[name], frozen(starts())
    first = run(rule, J, theta0, steps=10)
    kept, state = copy.deepcopy(rule.fields()), frozen(first.state)
    for _ in range(2):
        rest = run(rule, J, frozen(first.theta[-1]), steps=10, state=state, t0=10)
    assert_same(state, first.state)
    assert_same(theta0, starts())
    for field, value in rule.fields().items():
        if isinstance(value, np.ndarray):
            assert_same(value, kept[field])
    assert_same_run(rest, run(rule, J, first.theta[-1], steps=10, state=first.state, t0=10))


@every_case
def test_a_second_run_of_the_same_rule_is_the_same_run(name):
    rule = cases()[name]
    noise = Noisy(J, 0.1, seed=1)
    assert_same_run(run(rule, noise, starts(), 20), run(rule, noise, starts(), 20))


@every_case
def test_the_result_shares_no_memory_with_what_was_given(name):
    theta0 = starts()
    result = run(cases()[name], J, theta0, steps=3)
    again = run(cases()[name], J, result.theta[-1], steps=1, state=result.state, t0=3)
    for given in (theta0, result.theta, result.loss):
        assert not np.shares_memory(again.theta, given)
        assert not np.shares_memory(again.loss, given)


@every_rule
def test_a_rule_is_frozen(name):
    rule = lively(name)
    for field in dataclasses.fields(rule):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(rule, field.name, 0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.something_new = 1


@every_rule
def test_resolving_a_schedule_leaves_the_rule_as_it_was(name):
    if "lr" not in registry.rules[name].make.__dataclass_fields__:
        pytest.skip(f"{bare(name)} has no lr")
    falling = Cosine(0.1, 10)
    rule = lively(name, lr=falling)
    assert rule.at(5).lr == falling(5)
    assert rule.lr is falling


def test_a_sweep_is_read_only():
    for values in sweep(lr=[0.1, 0.2], beta=[0.0, 0.9]).values():
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 1.0


def test_a_noisy_objective_forgets_the_order_in_which_it_was_asked():
    noise, theta = Noisy(J, 1.0, seed=4), starts()
    forwards = [noise.at(t).grad(theta) for t in range(5)]
    backwards = [noise.at(t).grad(theta) for t in reversed(range(5))][::-1]
    assert_same(np.stack(forwards), np.stack(backwards))


@every_case
def test_no_part_of_a_state_is_theta_itself(name):
    rule, theta = cases(N)[name], starts()
    state = rule.begin(J, theta)
    for t in range(2):
        assert not any(np.shares_memory(leaf, theta) for leaf in leaves(state)), t
        theta, state = rule.step(J, theta, state, t)
