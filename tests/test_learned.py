"""The learned optimizer: a population is one batch; training makes it better on new tasks."""

import dataclasses

import numpy as np
import pytest

from primer import Adam, Noisy, Objective, landscapes, latex, registry, run
from primer.measure import Evolved, Learned, MetaLoss, decades, meta_train, of_seeds, random_bowls

#: A population around a rule with a part of everything.
SOME = np.array([0.2, 0.7, 1.1, -3.0, 0.2, -0.5, 0.5, 0.1, 0.3])
POPULATION = SOME + 0.1 * np.random.default_rng(0).standard_normal((5, 9))


def test_it_starts_as_adam():
    J, start = landscapes.rosenbrock(), [-1.2, 1.0]
    adam = Adam(lr=np.exp(-4.605), beta2=0.98, eps=0.0)
    got, wanted = (run(rule, J, start, 100).theta for rule in (Learned(), adam))
    np.testing.assert_allclose(got, wanted, rtol=1e-9)


def test_it_is_an_experiment_and_no_rule_of_the_catalogue():
    assert "Learned" not in registry.rules
    assert r"\exp" in latex(Learned)


def test_its_weights_go_there_and_back():
    assert Learned.of(SOME).weights.tolist() == SOME.tolist()
    assert list(Learned.of(SOME).fields()) == [f.name for f in dataclasses.fields(Learned)]


@pytest.mark.parametrize("bad", [np.zeros(7), np.zeros((2, 8)), np.full(9, np.nan), [1] * 9])
def test_weights_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="weights must"):
        Learned.of(bad)


@pytest.mark.parametrize("name", Learned().fields())
@pytest.mark.parametrize("bad", [np.nan, np.inf, "1", True, None, [1.0]], ids=repr)
def test_a_weight_that_is_no_finite_number_is_refused_by_its_name(name, bad):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        Learned(**{name: bad})


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("lr", -1.0),
        ("lr", "a"),
        ("lr", np.nan),
        ("start", [1.0, 2.0]),
        ("start", np.full(9, np.nan)),
    ],
    ids=str,
)
def test_training_names_the_argument_as_it_was_written(name, bad):
    with pytest.raises(ValueError, match=f"^{name} must"):
        meta_train(random_bowls, 5, 3, pairs=2, **{name: bad})


def test_scaled_steps_are_longer_by_the_factor_and_a_factor_may_be_swept():
    J, start = landscapes.rosenbrock(), np.array([-1.2, 1.0])
    step = run(Learned.of(SOME), J, start, 1).theta[1] - start
    longer = run(Learned.of(SOME).scaled(np.array([[2.0], [0.5]])), J, start, 1).theta[1] - start
    np.testing.assert_allclose(longer, [2 * step, step / 2])
    with pytest.raises(ValueError, match="factor must be"):
        Learned().scaled(0.0)


def test_float32_stays_float32():
    J, starts = random_bowls(0, n=2)
    result = run(Learned.of(POPULATION), J, starts.astype(np.float32), 5)
    assert result.theta.dtype == result.loss.dtype == np.float32
    assert all(part.dtype == np.float32 for part in result.state.values())


def test_a_run_that_is_resumed_is_the_run():
    J, starts = random_bowls(0, n=2)
    whole, first = (run(Learned.of(SOME), J, starts, n) for n in (20, 8))
    rest = run(Learned.of(SOME), J, first.theta[-1], 12, state=first.state, t0=first.t)
    np.testing.assert_array_equal(rest.theta[-1], whole.theta[-1])


def test_a_step_changes_neither_theta_nor_state():
    J, theta = landscapes.rosenbrock(), np.array([[-1.2, 1.0], [0.5, 0.5]])
    rule = Learned.of(SOME)
    state = rule.init(theta)
    for t in range(3):
        before = theta.copy(), {name: part.copy() for name, part in state.items()}
        again, first = rule.step(J, theta, state, t), rule.step(J, theta, state, t)
        assert np.array_equal(again[0], first[0])
        assert np.array_equal(theta, before[0])
        assert all(np.array_equal(state[name], part) for name, part in before[1].items())
        theta, state = first


def test_a_population_on_tasks_is_one_batch_equal_to_the_rules_one_by_one():
    J, starts = random_bowls(3, n=4)
    many = run(Learned.of(POPULATION), J, starts, 30)
    assert many.theta.shape == (31, 5, 4, 8)
    for k, weights in enumerate(POPULATION):
        one = run(Learned.of(weights), J, starts, 30)
        np.testing.assert_allclose(many.theta[:, k], one.theta, rtol=1e-9, atol=1e-12)


def test_a_bowl_of_many_is_that_bowl_alone():
    J, starts = random_bowls(3, n=4, d=5)
    for i in range(4):
        H = J.hess(starts)[i]
        alone = Objective(lambda th, H=H: th @ H @ th / 2, lambda th, H=H: H @ th, dim=5)
        assert np.isclose(J(starts)[i], alone(starts[i]))
        np.testing.assert_allclose(J.grad(starts)[i], alone.grad(starts[i]))
        few = J.of_runs(-2, slice(i, i + 1))
        np.testing.assert_array_equal(few.grad(starts[i : i + 1]), J.grad(starts)[i : i + 1])


def test_bowls_are_as_steep_and_as_round_as_was_said():
    J, starts = random_bowls(1, n=200, kappa=100)
    curvatures = np.linalg.eigvalsh(J.hess(starts))
    assert 0.1 <= curvatures[:, -1].min() < curvatures[:, -1].max() <= 10
    ratio = curvatures[:, -1] / curvatures[:, 0]
    assert 1 <= ratio.min() < 2
    assert 50 < ratio.max() <= 100.001


def test_a_batch_that_is_split_gives_the_same_numbers():
    J, starts = random_bowls(0, n=40, d=64)
    weights = np.repeat(POPULATION, 12, axis=0)
    assert weights.shape[0] * starts.size > 2**17
    many = run(Learned.of(weights), J, starts, 3, keep=3)
    np.testing.assert_array_equal(many.theta[:, 0], many.theta[:, 1])
    one = run(Learned.of(weights[0]), J, starts, 3, keep=3)
    np.testing.assert_allclose(many.theta[:, 0], one.theta, rtol=1e-12)


def test_decades_tells_a_tenth_a_divergence_and_rounding():
    J = Objective(lambda th: th[..., 0] ** 2, lambda th: 2 * th, dim=1)
    rules = Learned(base=-30.0), Learned(base=10.0)
    still, lost = (decades(rule, (J, np.ones((1, 1))), 50).item() for rule in rules)
    assert abs(still) < 1e-9
    assert lost == 4.0
    wild = Objective(lambda th: th[..., 0] ** 2, lambda th: np.inf * th, dim=1)
    assert decades(Learned(), (wild, np.ones((1, 1))), 2).item() == 4.0
    zero = Objective(lambda th: 0 * th[..., 0] + (th[..., 0] == 1), lambda th: th, dim=1)
    assert decades(Learned(), (zero, np.ones((1, 1))), 2).item() == -16.0


def test_the_meta_loss_of_a_population_is_that_of_each():
    J = MetaLoss(random_bowls, steps=20)
    each = [float(J(weights)) for weights in POPULATION]
    np.testing.assert_allclose(J(POPULATION), each, rtol=1e-9)
    assert J(POPULATION.reshape(5, 1, 9)).shape == (5, 1)


def test_every_step_meets_tasks_of_its_own_and_the_record_none_of_them():
    J = MetaLoss(random_bowls, steps=20)
    values = [float(J.at(t)(SOME)) for t in (0, 1, 2)] + [float(J(SOME))]
    assert len(set(values)) == 4
    assert float(J.at(1)(SOME)) == values[1]
    assert J.watch(SOME, 5) == values[3]


def test_evolution_points_where_the_gradient_does_and_sees_order_alone():
    J = Objective(lambda th: (np.arange(1, 4) * th).sum(-1), dim=3)
    slope = Evolved(J, sigma=0.1, pairs=50_000).at(0).grad(np.zeros(3))
    np.testing.assert_allclose(slope / slope[0], [1, 2, 3], rtol=0.05)
    bent = Objective(lambda th: np.exp(5 * J(th)), dim=3)
    np.testing.assert_array_equal(
        slope, Evolved(bent, sigma=0.1, pairs=50_000).at(0).grad(np.zeros(3))
    )


def test_evolution_of_a_batch_is_that_of_each_and_depends_on_seed_and_step():
    J = Evolved(Objective(lambda th: (th**2).sum(-1), dim=3), seed=1)
    theta = np.random.default_rng(0).standard_normal((4, 3))
    many = J.at(2).grad(theta)
    np.testing.assert_array_equal(many[1], J.at(2).grad(theta[1]))
    assert not np.array_equal(many, J.at(3).grad(theta))
    assert not np.array_equal(many, J.with_seed(2).at(2).grad(theta))
    noisy = Evolved(Noisy(J, sigma=0.0))
    assert noisy.at(2).grad(theta).shape == theta.shape


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Evolved(Objective(lambda th: th.sum(-1)), 0.1), "J"),
        (lambda: Evolved(MetaLoss(random_bowls, 5), sigma=0.0), "sigma"),
        (lambda: Evolved(MetaLoss(random_bowls, 5), pairs=0), "pairs"),
        (lambda: MetaLoss(random_bowls(0), 5), "tasks"),
        (lambda: MetaLoss(random_bowls, 0), "steps"),
        (lambda: decades(Learned(), random_bowls(0), 0), "steps"),
        (lambda: meta_train(random_bowls, 5, generations=0), "generations"),
        (lambda: random_bowls(0, n=0), "n"),
        (lambda: random_bowls(0, kappa=0.5), "kappa"),
    ],
)
def test_what_cannot_be_is_refused_by_name(make, name):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        make()


@pytest.fixture(scope="module")
def trained():
    return meta_train(random_bowls, steps=30, generations=60)


def test_training_is_a_function_of_its_seed(trained):
    again = meta_train(random_bowls, steps=30, generations=60)
    np.testing.assert_array_equal(again.theta, trained.theta)
    other = meta_train(random_bowls, steps=30, generations=60, seed=1)
    assert not np.array_equal(other.theta[-1], trained.theta[-1])


def test_training_makes_the_rule_better_on_tasks_it_has_not_met(trained):
    fresh = random_bowls(12345, n=50)
    start, end = (decades(Learned.of(trained.theta[k]), fresh, 30) for k in (0, -1))
    assert np.median(end) < np.median(start) - 2
    assert (end < start).mean() > 0.9


def test_training_continues_where_it_was_left(trained):
    on = meta_train(random_bowls, steps=30, generations=10, start=trained.theta[-1])
    assert on.theta[0].tolist() == trained.theta[-1].tolist()


def test_a_family_of_networks_has_a_start_and_an_order_for_each_seed():
    from primer import data, models

    X, y, *_ = data.breast_cancer()
    tasks = of_seeds(models.logistic(X, y), size=8, seeds=3)
    J, starts = tasks([1, 2])
    assert starts.shape == (3, 31)
    picks = J.indices(0)
    assert picks.shape == (3, 8)
    assert len({tuple(pick) for pick in picks.tolist()}) == 3
    again, _ = tasks([1, 2])
    np.testing.assert_array_equal(again.indices(0), picks)
    assert decades(Learned.of(POPULATION), tasks(0), 5).shape == (5, 3)
