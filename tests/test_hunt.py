"""The first number that is not finite: step, part, coordinate, run and example."""

import numpy as np
import pytest
from helpers import readers_rule

from primer import (
    SGD,
    Adam,
    Batches,
    Momentum,
    Objective,
    Optimizer,
    ReduceOnPlateau,
    l2,
    landscapes,
    models,
    run,
)
from primer.landscapes import quadratic
from primer.measure import first_bad
from primer.objective import DataObjective


def test_nothing_is_found_where_all_is_finite():
    J = landscapes.rosenbrock()
    for rule in (SGD(lr=1e-3), Adam(), ReduceOnPlateau(SGD(lr=1e-3))):
        assert first_bad(rule, J, [-1.2, 1.0], 300) is None


@pytest.mark.parametrize("lr", [0.5, 3.0, 1e200])
def test_a_run_is_bad_where_run_says_that_it_diverged(lr):
    J, start = landscapes.himmelblau(), [1.0, 2.0]
    found = first_bad(SGD(lr=lr), J, start, 200)
    lost = int(run(SGD(lr=lr), J, start, 200).diverged_at)
    assert found.t in (lost, lost - 1)
    assert np.isfinite(found.theta).all()
    assert found.lr == lr
    assert str(found).startswith(f"step {found.t}: the {found.what} is {found.value}")


def pole(at=1, **info):
    """A gradient that is infinite in one coordinate once that one is below zero."""

    def grad(theta):
        steep = np.where(theta < 0, np.inf, 1.0)
        return np.where(np.arange(theta.shape[-1]) == at, steep, 0.0) + 0 * theta

    return Objective(lambda theta: theta.sum(-1), grad, **info)


def test_the_coordinate_and_its_place_in_a_matrix():
    J = pole(7, dim=12, shapes=[(2,), (2, 5)])
    found = first_bad(SGD(lr=0.3), J, np.ones(12), 50)
    assert (found.t, found.what, found.coordinates) == (4, "gradient", (7,))
    assert found.value == np.inf
    assert found.places == ("theta[7] (block 1 of shape (2, 5), at [1, 0])",)
    assert found.theta[7] == pytest.approx(-0.2)
    named = first_bad(SGD(lr=0.3), pole(axes=["weight", "bias"], dim=2), np.ones(2), 50)
    assert named.places == ("bias",)
    assert "at bias" in str(named)


def test_the_first_run_of_a_batch():
    start = np.ones((2, 3, 2))
    start[1, 0, 1], start[1, 2, 1] = 0.1, 0.1
    found = first_bad(SGD(lr=0.3), pole(), start, 50)
    assert (found.t, found.run, found.coordinates) == (1, (1, 0), (1,))
    rates = np.array([[0.1], [3.0], [0.2]])
    swept = first_bad(SGD(lr=rates), quadratic([1.0, 10.0]), [1.0, 1.0], 2000)
    assert (swept.run, swept.lr) == ((1,), 3.0)
    assert "of run 1" in str(swept)


def test_the_loss_alone_also_after_the_last_step():
    J = Objective(lambda theta: np.log(theta[..., 0]), lambda theta: np.ones_like(theta))
    found = first_bad(SGD(lr=0.25), J, [0.5], 2)
    assert (found.t, found.what, found.value) == (2, "loss", -np.inf)
    assert found.coordinates == ()


@readers_rule
class HalfAdam(Optimizer):
    """Adam with its second moment in float16 and an eps that float16 does not know."""

    lr: float = 0.01

    def init(self, theta):
        return {"v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta).astype(np.float16)
        v = np.float16(0.9) * state["v"].astype(np.float16) + np.float16(0.1) * g**2
        step = g / (np.sqrt(v) + np.float16(1e-8))
        return theta - self.lr * step, {"v": v.astype(theta.dtype)}


def test_zero_by_zero_and_overflow_in_float16():
    flat = Objective(
        lambda theta: theta[..., 0],
        lambda theta: np.stack([1 + 0 * theta[..., 0], 0 * theta[..., 1]], -1),
    )
    found = first_bad(HalfAdam(), flat, [1.0, 1.0], 5)
    assert (found.t, found.what, found.coordinates) == (0, "theta", (1,))
    assert np.isnan(found.value)
    steep = Objective(
        lambda theta: 300 * theta.sum(-1), lambda theta: np.array([1.0, 300.0]) + 0 * theta
    )
    over = first_bad(HalfAdam(), steep, [1.0, 1.0], 5)
    assert (over.t, over.what, over.coordinates, over.value) == (0, "state v", (1,), np.inf)


def logarithmic(X):
    """A mean of log(1 + theta @ x), which a bad example makes NaN."""

    def value(theta, X, y):
        return np.log1p((theta[..., None, :] * X).sum(-1)).mean(-1)

    def grad(theta, X, y):
        return (X / (1 + (theta[..., None, :] * X).sum(-1))[..., None]).mean(-2)

    return DataObjective(value, grad, X, np.zeros(len(X)), dim=X.shape[-1])


def planted():
    X = np.random.default_rng(0).uniform(0.0, 1.0, (40, 3))
    X[17, 2] = -50.0
    return logarithmic(X)


@pytest.mark.parametrize("add", [False, True])
def test_the_example_of_a_mini_batch(add):
    B = planted().batches(8, seed=1)
    J = B + l2(1e-3) if add else B
    found = first_bad(SGD(lr=1e-4), J, np.ones(3), 5)
    first = next(t for t in range(5) if 17 in B.indices(t))
    assert (found.t, found.what, found.examples) == (first, "loss", (17,))
    assert "not finite by itself: example 17" in str(found)


def test_the_example_where_every_run_has_its_own_order():
    J = Batches(planted(), 4, seed=np.array([3, 4, 5]))
    found = first_bad(SGD(lr=1e-4), J, np.ones((3, 3)), 10)
    when = [[t for t in range(10) if 17 in J.indices(t)[k]][0] for k in range(3)]
    assert (found.t, found.run) == (min(when), (int(np.argmin(when)),))
    assert found.examples == (17,)


def test_a_real_model_that_overflows_names_no_example_without_cause():
    X = np.random.default_rng(1).standard_normal((30, 4))
    J = models.linear(X, X @ np.ones(4))
    found = first_bad(Momentum(lr=50.0), J.batches(10, seed=0), np.zeros(5), 500)
    assert found is not None
    assert found.grad_norm > 1e100
    assert found.lr == 50
