"""float32 stays float32, in every step and every state; nothing else is taken for a float."""

import numpy as np
import pytest
from helpers import assert_same, bare, cases, every_case, leaves, lively, matrices, shaped

from primer import Cosine, Linear, Noisy, landscapes, power, registry, run

N = 4
GROUNDS = {
    **{name: shaped(entry.make()) for name, entry in registry.landscapes.items()},
    "noise": shaped(Noisy(landscapes.ravine(9), 0.1)),
    "matrices": matrices(),
}


#: Rules whose step leaves float32 for a moment (`run` casts what it returns), and why.
COMPUTES_IN_FLOAT64 = {
    "RAdam": "its factor r is the root of a Python number, and np.sqrt makes that a float64",
    "Prodigy": "its decay of r and s is the root of a Python number",
}


def start(J, batch=()):
    theta = np.random.default_rng(0).uniform(-1.0, 1.0, (*batch, J.dim))
    return theta.astype(np.float32)


def assert_float32(result, name):
    assert result.theta.dtype == np.float32
    assert result.loss.dtype == np.float32
    for number in leaves(result.state):
        assert getattr(number, "dtype", np.float32) == np.float32, name


@pytest.mark.parametrize("ground", GROUNDS)
@every_case
def test_float32_stays_float32_on_every_landscape(name, ground):
    J = GROUNDS[ground]
    assert_float32(run(cases()[name], J, start(J), steps=3), name)


@every_case
def test_float32_stays_float32_in_a_swept_batch(name):
    J = GROUNDS["rosenbrock"]
    assert_float32(run(cases(N)[name], J, start(J, (N,)), steps=3), name)


@every_case
def test_a_step_computes_in_float32_without_the_help_of_run(name):
    if bare(name) in COMPUTES_IN_FLOAT64:
        pytest.skip(COMPUTES_IN_FLOAT64[bare(name)])
    rule, theta = cases()[name], start(GROUNDS["rosenbrock"], (N,))
    state = rule.init(theta)
    for t in range(3):
        theta, state = rule.at(t).step(GROUNDS["rosenbrock"], theta, state, t)
        assert theta.dtype == np.float32
        for number in leaves(state):
            assert np.asarray(number).dtype.kind != "f" or number.dtype == np.float32


@pytest.mark.parametrize("lr", [Cosine(0.1, 20), Linear(0, 0.1, 5).then(Cosine(0.1, 20))])
@every_case
def test_a_schedule_leaves_float32_alone(name, lr):
    field = "lr" if "lr" in registry.rules[bare(name)].make.__dataclass_fields__ else None
    rule = lively(bare(name), lr=lr) if field else lively(bare(name))
    theta = start(GROUNDS["rosenbrock"])
    assert_float32(run(rule, GROUNDS["rosenbrock"], theta, steps=3), name)
    if bare(name) not in COMPUTES_IN_FLOAT64:
        after, _ = rule.at(1).step(GROUNDS["rosenbrock"], theta, rule.init(theta), 1)
        assert after.dtype == np.float32


@every_case
def test_float32_is_near_float64(name):
    J = GROUNDS["ravine"]
    rough = run(cases()[name], J, start(J), steps=5)
    exact = run(cases()[name], J, start(J).astype(float), steps=5)
    assert exact.theta.dtype == np.float64
    np.testing.assert_allclose(rough.theta, exact.theta, rtol=2e-3, atol=2e-4)


@every_case
def test_a_float32_batch_is_near_the_loop(name):
    """Not to the last bit: 1 - beta is rounded once for a number, twice for a float32 sweep."""
    rule, J = cases(N)[name], GROUNDS["ravine"]
    swept = run(rule, J, start(J, (N,)), steps=5)
    exact = run(rule, J, start(J, (N,)).astype(float), steps=5)
    np.testing.assert_allclose(swept.theta, exact.theta, rtol=2e-3, atol=2e-4)


def test_powers_of_float32_are_rounded_once():
    base = np.array([0.9, 0.99, 0.999, 0.5], np.float32)
    for n in (1, 2, 10, 100, 1000):
        exact = np.array([float(b) ** n for b in base]).astype(np.float32)
        assert_same(power(base, n), exact)


@pytest.mark.parametrize("dtype", [int, bool, complex, object, "U3"])
def test_other_kinds_of_number_are_refused(dtype):
    with pytest.raises(ValueError, match=r"theta0 must be an array of floats, got dtype"):
        run(lively("SGD"), GROUNDS["ravine"], np.ones(2).astype(dtype), steps=1)
