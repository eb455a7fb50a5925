"""Mini-batch noise: single gradients add up, scales and draws are what their names say."""

import numpy as np
import pytest

from primer import Draws, models, run
from primer.landscapes import quadratic, ravine
from primer.measure import example_gradients, first_below, noise_scale, sharpness
from primer.objective import Objective
from primer.rules.sgd import SGD

N = 24
rng = np.random.default_rng(5)
X, y = rng.standard_normal((N, 3)), rng.integers(0, 4, N)
MODELS = {
    "linear": models.linear(X, X @ [1.0, -2.0, 0.5]),
    "logistic": models.logistic(X, (y > 1).astype(int)),
    "softmax": models.softmax(X, y, classes=4),
    "mlp": models.mlp(X, y, hidden=(5,), classes=4),
    "rnn": models.rnn(rng.integers(0, 4, (N, 6)), rng.integers(0, 4, (N, 6)), hidden=3, symbols=4),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_mean_of_the_single_gradients_is_the_gradient(name):
    J = MODELS[name]
    theta = rng.standard_normal(J.dim)
    G = example_gradients(J, theta)
    assert G.shape == (N, J.dim)
    np.testing.assert_allclose(G.mean(0), J.grad(theta), atol=1e-12)
    np.testing.assert_allclose(G[3], J.take(np.array([3])).grad(theta), atol=1e-12)


def test_at_the_noise_scale_noise_and_signal_are_equal():
    J = MODELS["softmax"]
    theta = rng.standard_normal(J.dim)
    G = example_gradients(J, theta)
    size = round(noise_scale(J, theta))
    picks = np.random.default_rng(0).integers(N, size=(20_000, size))
    noise = np.square(G[picks].mean(1) - G.mean(0)).sum(-1).mean()
    assert noise == pytest.approx(np.square(G.mean(0)).sum(), rel=0.6 / size + 0.03)


def test_no_signal_is_an_infinite_noise_scale():
    J = models.linear([[1.0], [1.0]], [1.0, -1.0])
    assert noise_scale(J, [0.0, 0.0]) == np.inf


def test_sharpness_is_the_largest_eigenvalue_for_every_point_of_a_batch():
    J = MODELS["softmax"]
    theta = rng.standard_normal((3, J.dim))
    largest = np.linalg.eigvalsh(J.hess(theta))[:, -1]
    np.testing.assert_allclose(sharpness(J, theta, steps=300), largest, rtol=1e-5)


def test_sharpness_keeps_the_sign_of_the_curvature():
    assert sharpness(quadratic([-9.0, 1.0]), [0.5, 0.5]) == pytest.approx(-9)


def test_first_below_counts_steps_exactly_where_the_loss_falls_geometrically():
    result = run(SGD(lr=0.1), quadratic([1.0]), [1.0], 100, keep=7)
    wanted = np.log(0.01 / 0.5) / (2 * np.log(0.9))
    assert first_below(result, 0.01) == pytest.approx(wanted)


def test_first_below_of_a_run_that_diverges_or_starts_below():
    result = run(SGD(lr=1.0), ravine(100), [[8.0, 1.0], [1e-3, 0.0]], 300)
    assert first_below(result, 1e-5).tolist() == [np.inf, 0.0]


def test_draws_are_a_pure_function_of_seed_and_step_and_uniform():
    J = MODELS["linear"]
    a, b = Draws(J, 6, seed=[1, 2]), Draws(J, 6, seed=2)
    assert (a.indices(9)[1] == b.indices(9)).all()
    assert not (a.indices(9)[0] == a.indices(9)[1]).all()
    counts = np.bincount(np.concatenate([b.indices(t) for t in range(4000)]), minlength=N)
    assert np.abs(counts / 1000 - 1).max() < 0.15
    assert not (b.with_seed(7).indices(9) == b.indices(9)).all()


def test_only_draws_with_replacement_repeat_an_example():
    J = MODELS["linear"]
    once = Draws(J, N, seed=3, replace=False)
    assert all(len(set(once.indices(t))) == N for t in range(20))
    assert any(len(set(Draws(J, N, seed=3).indices(t))) < N for t in range(20))


def test_a_run_on_draws_takes_their_gradient_and_records_the_whole_loss():
    J = MODELS["linear"]
    draws = Draws(J, 4, seed=[1, 2])
    result = run(SGD(lr=0.1), draws, J.initial([1, 2]), 1)
    by_hand = [-0.1 * J.take(pick).grad(np.zeros(4)) for pick in draws.indices(0)]
    np.testing.assert_allclose(result.theta[1], by_hand)
    np.testing.assert_allclose(result.loss[1], J(result.theta[1]))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: example_gradients(quadratic([1.0]), [1.0]), "J"),
        (lambda: example_gradients(MODELS["linear"], np.zeros((2, 4))), "theta"),
        (lambda: sharpness(quadratic([1.0]), [1.0], steps=0), "steps"),
        (lambda: first_below(run(SGD(), quadratic([1.0]), [1.0], 1), 0.0), "target"),
        (lambda: Draws(MODELS["linear"], 2, replace=1), "replace"),
        (lambda: Draws(MODELS["linear"], N + 1), "size"),
        (lambda: sharpness(Objective(lambda th: th.sum(-1), dim=2), [1, 2]), "theta"),
    ],
)
def test_bad_arguments_are_named(call, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        call()
