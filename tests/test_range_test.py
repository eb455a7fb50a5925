"""The learning-rate range test: its rates, its reading, its purity, and what it refuses."""

import numpy as np
import pytest

from primer import SGD, Adam, Momentum, Objective, run, sweep
from primer.landscapes import quadratic
from primer.measure.range_test import range_test
from primer.objective import DataObjective
from primer.rules.clip import Clip
from primer.rules.newton import Newton
from primer.rules.wrappers import Wrapper

J = quadratic([1.0, 4.0])
START = [2.0, -1.0]


def regression(n=200, d=5):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, d))
    y = X @ rng.normal(size=d) + rng.normal(size=n)

    def errors(theta, X, y):
        return np.einsum("...bf,...f->...b", X, theta) - y

    return DataObjective(
        lambda theta, X, y: np.mean(errors(theta, X, y) ** 2, axis=-1) / 2,
        lambda theta, X, y: np.einsum("...b,...bf->...f", errors(theta, X, y), X) / X.shape[-2],
        X, y, d,
    )  # fmt: skip


def test_the_rates_grow_in_equal_ratios_from_low_to_high():
    rates = range_test(SGD(), J, START, 1e-5, 10.0, 61).rates
    assert rates.shape == (61,)
    assert rates[[0, -1]] == pytest.approx([1e-5, 10])
    assert rates[1:] / rates[:-1] == pytest.approx(10 ** (6 / 60))


def test_losses_are_those_after_the_step_with_each_rate():
    found = range_test(SGD(), J, START, 1e-3, 0.3, 4, smooth=0.0)
    theta, losses = np.array(START), []
    for rate in found.rates:
        theta = run(SGD(lr=float(rate)), J, theta, 1).theta[-1]
        losses.append(float(J(theta)))
    assert found.losses == pytest.approx(losses)
    assert (found.smoothed == found.losses).all()


def test_smoothing_is_the_weighted_mean_it_says():
    found = range_test(SGD(), J, START, 1e-3, 0.3, 6, smooth=0.7)
    all_losses = np.concatenate([[float(J(np.array(START)))], found.losses])
    for k in range(1, 7):
        weights = 0.7 ** np.arange(k, -1, -1)
        assert found.smoothed[k - 1] == pytest.approx(weights @ all_losses[: k + 1] / weights.sum())


def test_gradient_descent_blows_up_only_above_its_stability_limit():
    found = range_test(SGD(), J, START, 1e-3, 1e3, 121, smooth=0.0)
    assert 2 / 4 < found.blowup < 10 * 2 / 4
    assert found.steepest < 2 / 4


def test_reading_a_loss_drawn_by_hand():
    losses = np.array([9.0, 9.0, 8.0, 4.0, 3.0, 2.9, 3.5, 11.0, 50.0, 1.0])

    class Walk(SGD):
        def step(self, J, theta, state, t):
            return theta + 1, state

    script = Objective(lambda th: losses[th[..., 0].astype(int)], lambda th: 0 * th)
    found = range_test(Walk(), script, [0.0], 1e-4, 1e4, 9, smooth=0.0, limit=3.0)
    # From 8 to 4 by the third rate; 11 > 3 * 2.9 by the seventh; what comes later is not read.
    assert found.steepest == found.rates[2]
    assert found.blowup == found.rates[6]


def test_where_nothing_falls_or_blows_up_it_says_so():
    flat = Objective(lambda th: 1 + 0 * th[..., 0], lambda th: 0 * th)
    found = range_test(SGD(), flat, [0.0], 1e-3, 1.0, 5)
    assert np.isnan(found.steepest)
    assert np.isinf(found.blowup)


def bowl(shift):
    return Objective(lambda th: (th**2).sum(-1) + shift, lambda th: 2 * th)


@pytest.mark.parametrize("smooth", [0.0, 0.8])
def test_a_loss_far_below_0_is_read_like_one_as_far_above(smooth):
    above, below = (
        range_test(SGD(), bowl(shift), [1.0, 1.0], 1e-3, 10, 60, smooth=smooth)
        for shift in (50.0, -50.0)
    )
    assert 1 < below.blowup < np.inf
    assert below.blowup == pytest.approx(above.blowup, rel=0.2)
    assert below.steepest == above.steepest


@pytest.mark.parametrize("shift", [-0.5, -1.0, -1.99, -2.0, -2.5])
def test_a_loss_that_crosses_0_blows_up_only_above_the_stability_limit(shift):
    found = range_test(SGD(), bowl(shift), [1.0, 1.0], 1e-3, 10, 60, smooth=0.0)
    assert 1 < found.blowup < np.inf
    assert found.steepest < 1


@pytest.mark.parametrize("level", [-3.0, -0.1, 0.0, 0.1, 3.0])
def test_a_constant_loss_neither_falls_nor_blows_up(level):
    flat = Objective(lambda th: level + 0 * th[..., 0], lambda th: 0 * th)
    found = range_test(SGD(), flat, [0.0], 1e-3, 1.0, 5)
    assert np.isnan(found.steepest)
    assert np.isinf(found.blowup)


def test_a_run_that_is_lost_at_once_has_the_first_rate_as_its_limit():
    for start in ([np.float64(-1.0)], [np.float64(1.0)]):
        root = Objective(lambda th: np.sqrt(th[..., 0]), lambda th: 1e9 + 0 * th)
        found = range_test(SGD(), root, start, 1e-3, 1.0, 5)
        assert found.blowup == found.rates[0]
        assert np.isnan(found.steepest)


def test_mini_batches_are_used_one_per_step_and_seeded():
    B = regression().batches(20, seed=1)
    first = range_test(Adam(), B, np.zeros(5), 1e-4, 10.0, 60)
    again = range_test(Adam(), B, np.zeros(5), 1e-4, 10.0, 60)
    other = range_test(Adam(), B, np.zeros(5), 1e-4, 10.0, 60, seed=2)
    assert (first.losses == again.losses).all()
    assert (first.losses != other.losses).any()
    start = np.zeros(5)
    moved = run(Adam(lr=1e-4), B, start, 1).theta[-1]
    assert first.losses[0] == pytest.approx(float(B.at(1)(moved)))
    assert 1e-4 < first.steepest < first.blowup


def test_a_batch_equals_its_runs():
    betas = [0.0, 0.5, 0.9]
    whole = range_test(Momentum(**sweep(beta=betas)), J, START, 1e-3, 100.0, 50)
    assert whole.losses.shape == (50, 3)
    assert whole.steepest.shape == whole.blowup.shape == (3,)
    for i, beta in enumerate(betas):
        alone = range_test(Momentum(beta=beta), J, START, 1e-3, 100.0, 50)
        assert np.array_equal(whole.losses[:, i], alone.losses, equal_nan=True)
        assert whole.steepest[i] == alone.steepest
        assert whole.blowup[i] == alone.blowup


def test_the_rule_itself_is_not_changed_and_wrappers_are_reached_through():
    rule = Clip(SGD(lr=0.123), norm=1.0)
    found = range_test(rule, J, START, 1e-3, 1e3, 60)
    assert rule.rule.lr == 0.123
    assert isinstance(rule, Wrapper)
    assert found.losses[-1] < range_test(SGD(), J, START, 1e-3, 1e3, 60).losses[-1]
    assert range_test(Newton(), J, START, 1e-3, 1.0, 20).losses[-1] < 1e-20


BAD = [
    (lambda: range_test(SGD(), J, START, low=0.0), r"low must be a finite number > 0, got 0.0"),
    (
        lambda: range_test(SGD(), J, START, low=1.0, high=0.1),
        r"high must be above low = 1.0, got 0.1",
    ),
    (lambda: range_test(SGD(), J, START, high=np.inf), r"high must be .*got inf"),
    (lambda: range_test(SGD(), J, START, steps=2), r"steps must be an integer >= 3, got 2"),
    (lambda: range_test(SGD(), J, START, steps=10.0), r"steps must be an integer >= 3, got 10.0"),
    (lambda: range_test(SGD(), J, START, smooth=1.0), r"smooth must be in \[0, 1\), got 1.0"),
    (lambda: range_test(SGD(), J, START, limit=1.0), r"limit must be above 1, got 1.0"),
    (lambda: range_test("sgd", J, START), r"rule must be an Optimizer instance with an lr"),
    (lambda: range_test(SGD(), J, [1, 2]), r"theta0 must be an array of floats"),
    (lambda: range_test(SGD(), lambda x: x, START), r"J must be an Objective"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_input_is_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
