"""A run that is interrupted and resumed equals the uninterrupted one to the last bit."""

import numpy as np
import pytest
from helpers import assert_same, cases, every_case, lively, matrices, shaped

import primer
from primer import (
    Adam,
    Clip,
    Cosine,
    CosineRestarts,
    Linear,
    Momentum,
    Noisy,
    Objective,
    ReduceOnPlateau,
    Varying,
    landscapes,
    run,
)
from primer.objective import DataObjective

N = 5


def data():
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((30, 2)), rng.standard_normal(30)

    def residual(theta, X, y):
        return (X * theta[..., None, :]).sum(-1) - y

    return DataObjective(
        lambda theta, X, y: np.square(residual(theta, X, y)).mean(-1) / 2,
        lambda theta, X, y: (residual(theta, X, y)[..., None] * X).mean(-2),
        X, y, dim=2,
    )  # fmt: skip


GROUNDS = {
    "rosenbrock": shaped(landscapes.rosenbrock(5)),
    "moving valley": shaped(landscapes.moving_valley(period=20)),
    "noise": shaped(Noisy(landscapes.himmelblau(), 0.5, seed=3)),
    "mini-batches": shaped(data().batches(7, seed=2)),
    "matrices": matrices(),
}


def starts(dim=2):
    return np.random.default_rng(0).uniform(-1.5, 1.5, (N, dim))


def in_pieces(rule, J, theta0, lengths, **how):
    """The same run in several pieces, put together again."""
    parts, theta, state, t = [], theta0, None, 0
    for steps in lengths:
        parts.append(run(rule, J, theta, steps, state=state, t0=t, **how))
        theta, state, t = parts[-1].theta[-1], parts[-1].state, parts[-1].t
    rows = [p.theta if k == 0 else p.theta[1:] for k, p in enumerate(parts)]
    losses = [p.loss if k == 0 else p.loss[1:] for k, p in enumerate(parts)]
    return np.concatenate(rows), np.concatenate(losses), parts[-1]


def compare(rule, J, theta0, lengths=(1, 15, 0, 24), **how):
    whole = run(rule, J, theta0, sum(lengths), **how)
    theta, loss, last = in_pieces(rule, J, theta0, lengths, **how)
    assert_same(theta, whole.theta, "theta")
    assert_same(loss, whole.loss, "loss")
    assert_same(last.state, whole.state, "state")
    assert_same(last.diverged, whole.diverged, "diverged")
    assert last.t == whole.t == sum(lengths)


@pytest.mark.parametrize("ground", GROUNDS)
@every_case
def test_resuming_equals_the_uninterrupted_run(name, ground):
    compare(cases()[name], GROUNDS[ground], starts(GROUNDS[ground].dim)[0])


@every_case
def test_resuming_a_swept_batch_equals_the_uninterrupted_run(name):
    compare(cases(N)[name], GROUNDS["rosenbrock"], starts())


@pytest.mark.parametrize(
    "rule",
    [
        Momentum(lr=Cosine(0.02, 30), beta=Linear(0.5, 0.95, 20)),
        Adam(lr=Linear(0, 0.1, 10).then(CosineRestarts(0.1, steps=8, factor=2)), beta1=0.8),
        Clip(Adam(lr=Cosine(0.1, 35)), norm=Linear(3.0, 0.5, 30)),
        Adam(lr=Cosine(np.linspace(0.01, 0.2, N)[:, None], 30)),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_schedules_go_on_where_they_stopped(rule):
    compare(rule, GROUNDS["noise"], starts())


def test_the_seed_goes_on_where_it_stopped():
    compare(lively("Adam"), GROUNDS["mini-batches"], starts(), seed=11)
    compare(lively("Adam"), GROUNDS["noise"], starts(), seed=11)


def test_a_plateau_goes_on_counting_across_the_interruption():
    flat = Objective(lambda theta: 1.0 + 0 * theta[..., 0], lambda theta: 1.0 + 0 * theta)
    rule = ReduceOnPlateau(primer.SGD(lr=1.0), factor=0.5, patience=3, every=2)
    compare(rule, flat, np.zeros(2), lengths=(3, 4, 5, 20))


def test_a_batch_with_a_diverged_run_can_be_resumed():
    rule = primer.SGD(lr=np.array([0.01, 50.0, 0.02, 0.03, 90.0])[:, None])
    compare(rule, landscapes.quadratic([1.0, 10.0]), starts(), lengths=(300, 100))
    half = run(rule, landscapes.quadratic([1.0, 10.0]), starts(), 300)
    assert half.diverged.tolist() == [False, True, False, False, True]


def test_resuming_with_keep_ends_at_the_same_place():
    rule, J = lively("AMSGrad", N), GROUNDS["noise"]
    whole = run(rule, J, starts(), 40)
    half = run(rule, J, starts(), 17, keep=5)
    rest = run(rule, J, half.theta[-1], 23, state=half.state, t0=half.t, keep=9)
    assert half.steps.tolist() == [0, 5, 10, 15, 17]
    assert rest.steps.tolist() == [17, 26, 35, 40]
    assert_same(half.theta, whole.theta[half.steps])
    assert_same(rest.theta, whole.theta[rest.steps])
    assert_same(rest.loss, whole.loss[rest.steps])
    assert_same(rest.state, whole.state)


def test_a_wrong_t0_would_be_noticed():
    moving = Varying(lambda t: Objective(lambda th: ((th - t) ** 2).sum(-1)), dim=2)
    for rule, J in ((Adam(lr=0.1), GROUNDS["rosenbrock"]), (primer.SGD(lr=0.1), moving)):
        half = run(rule, J, starts(), 20)
        late = run(rule, J, half.theta[-1], 20, state=half.state, t0=0)
        assert (late.theta[-1] != run(rule, J, starts(), 40).theta[-1]).any()
