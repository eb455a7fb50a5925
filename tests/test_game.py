"""A game adds up what a rule pays before each step, and the squares of what it sees."""

import numpy as np
import pytest

from primer import SGD, AdaGrad, Adam, Objective, Project, Varying, models, run, sweep
from primer.landscapes import quadratic
from primer.measure import play


@pytest.fixture
def rounds():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 3))
    return models.logistic(X, (X[:, 0] > 0).astype(int)).batches(1, np.arange(5))


def test_what_is_paid_and_seen_is_that_of_the_run_round_by_round(rounds):
    rule, start = Project(Adam(lr=0.3), low=-0.5, high=0.5), np.zeros((5, 4))
    path = run(rule, rounds, start, 30).theta
    game = play(rule, rounds, start, 30)
    paid = sum(rounds.at(t)(path[t]) for t in range(30))
    squares = sum(rounds.at(t).grad(path[t]) ** 2 for t in range(30))
    np.testing.assert_allclose(game.paid, paid, rtol=1e-12)
    np.testing.assert_allclose(game.squares, squares, rtol=1e-12)
    np.testing.assert_array_equal(game.theta, path[-1])


def test_adagrads_own_sum_is_the_sum_of_squares(rounds):
    start = np.zeros((5, 4))
    own = run(AdaGrad(lr=0.1), rounds, start, 25).state["G"]
    np.testing.assert_array_equal(play(AdaGrad(lr=0.1), rounds, start, 25).squares, own)


def test_a_sweep_plays_one_game_for_each_rate():
    rates = np.array([0.1, 0.5])
    games = play(SGD(**sweep(lr=rates)), quadratic([1.0, 2.0]), [1.0, 1.0], 4)
    for k, rate in enumerate(rates):
        alone = play(SGD(lr=rate), quadratic([1.0, 2.0]), [1.0, 1.0], 4)
        assert games.paid[k] == alone.paid
        np.testing.assert_array_equal(games.squares[k], alone.squares)


def test_the_loss_is_that_of_the_round():
    J = Varying(lambda t: Objective(lambda theta: t + 0 * theta[..., 0], lambda theta: 0 * theta))
    assert play(SGD(lr=0.1), J, [0.0], 5).paid == 0 + 1 + 2 + 3 + 4


@pytest.mark.parametrize(("rule", "rounds", "name"), [(SGD, 3, "rule"), (SGD(), 0, "rounds")])
def test_anything_else_is_refused_by_name(rule, rounds, name):
    with pytest.raises(ValueError, match=name):
        play(rule, quadratic([1.0]), [1.0], rounds)
