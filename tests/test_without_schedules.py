"""What AdEMAMix, Schedule-Free and Prodigy promise of themselves."""

import numpy as np
import pytest
from helpers import assert_same

from primer import AdamW, AdEMAMix, Linear, Objective, Prodigy, ScheduleFree, run
from primer.landscapes import quadratic, rosenbrock

J = rosenbrock(5)


def test_ademamix_without_its_slow_mean_is_adamw():
    settings = {"lr": 0.02, "weight_decay": 0.1}
    one = run(AdEMAMix(alpha=0.0, **settings), J, J.start, 100).theta
    other = run(AdamW(**settings), J, J.start, 100).theta
    np.testing.assert_allclose(one, other, rtol=1e-9)


def test_ademamix_steps_1_plus_alpha_times_as_far_once_its_slow_mean_is_full():
    slope = Objective(lambda th: th.sum(-1), lambda th: 1 + 0 * th)
    path = run(AdEMAMix(lr=0.1, beta3=0.9, alpha=5.0), slope, [0.0], 300).theta[:, 0]
    assert np.diff(path)[[0, -1]] == pytest.approx([-0.15, -0.6])


@pytest.mark.parametrize("lr", [0.02, Linear(0.0, 0.05, 20), Linear(0.05, 0.001, 60)])
def test_schedule_free_evaluates_the_mean_of_z_weighted_by_the_squared_rate(lr):
    rule, theta, state, behind, weights = ScheduleFree(lr=lr), J.start, None, [], []
    state = rule.at(0).init(theta)
    for t in range(60):
        theta, state = rule.at(t).step(J, theta, state, t)
        behind.append(state["z"])
        weights.append((lr(t) if callable(lr) else lr) ** 2)
        if sum(weights):
            mean = np.average(behind, axis=0, weights=weights)
            np.testing.assert_allclose(theta, mean, rtol=1e-12)
    assert_same(run(rule, J, J.start, 60).theta[-1], theta)


def test_a_schedule_free_rate_that_is_0_for_a_while_leaves_theta_where_it_is():
    rule = ScheduleFree(lr=0.0)
    assert_same(run(rule, J, J.start, 5).theta, np.tile(J.start, (6, 1)))


def test_the_mean_is_calmer_than_what_is_averaged():
    rule, away = ScheduleFree(lr=0.5), []
    theta, ground = np.array([4.0, 4.0]), quadratic([1.0, 30.0])
    state = rule.init(theta)
    for t in range(400):
        theta, state = rule.step(ground, theta, state, t)
        away.append([np.abs(theta).max(), np.abs(state["z"]).max()])
    assert np.mean(away[200:], axis=0)[0] < np.mean(away[200:], axis=0)[1]


@pytest.mark.parametrize("distance", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("d0", [1e-8, 1e-6, 1e-4])
def test_prodigy_finds_the_distance_from_any_small_guess(d0, distance):
    ground = quadratic([1.0, 30.0])
    result = run(Prodigy(d0=d0 * distance), ground, [distance, distance], 400)
    assert 0.1 < result.state["d"][0] / distance < 1
    assert np.abs(result.theta[-1]).max() < 0.2 * distance


def test_prodigy_never_lowers_its_estimate_and_does_not_see_the_scale_of_the_loss():
    rule, estimates = Prodigy(eps=0.0), []
    theta = J.start
    state = rule.init(theta)
    for t in range(300):
        theta, state = rule.step(J, theta, state, t)
        estimates.append(float(state["d"][0]))
    assert (np.diff(estimates) >= 0).all()
    assert estimates[-1] > 1e3 * estimates[0]
    large = Objective(lambda th: 1024 * J(th), lambda th: 1024 * J.grad(th), dim=2)
    assert_same(run(rule, large, J.start, 300).theta[-1], theta)


def test_prodigy_stands_still_where_there_is_no_slope():
    flat = Objective(lambda th: 0 * th[..., 0], lambda th: 0 * th)
    result = run(Prodigy(), flat, [1.0, 2.0], 5)
    assert_same(result.theta, np.tile([1.0, 2.0], (6, 1)))
    assert result.state["d"].tolist() == [1e-6]
