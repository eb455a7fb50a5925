"""Layer normalization: what the formula says, and that a scale of weights is not felt."""

import functools

import numpy as np
import pytest

from primer import SGD, models, run

N, P, K = 18, 3, 4
TINY = 1e-20
SHAPES = [(2,), (5,), (4, 3), (6, 2, 5)]
ACTIVATIONS = [models.tanh, models.relu]
every_shape = pytest.mark.parametrize("hidden", SHAPES, ids=str)
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda a: a.name)


@functools.cache
def examples():
    rng = np.random.default_rng(2)
    return rng.standard_normal((N, P)), rng.integers(0, K, N)


def net(hidden, activation=models.tanh, eps=1e-5):
    return models.normalized_mlp(*examples(), hidden, activation, classes=K, eps=eps)


def points(J, shape, seed=0):
    """Gains and biases away from 1 and 0."""
    rng = np.random.default_rng(seed)
    starts = np.broadcast_to(J.initial(seed), (*shape, J.dim))
    return starts + 0.3 * rng.standard_normal((*shape, J.dim))


def written_out(J, theta, f):
    """The loss of one theta, example by example and layer by layer."""
    *hidden, W, b = J.layout.parts(theta)
    losses = []
    for a, label in zip(J.X, J.y, strict=True):
        for V, g, c in zip(hidden[::3], hidden[1::3], hidden[2::3], strict=True):
            s = V.T @ a
            deviation = s - sum(s) / len(s)
            sigma = (sum(deviation**2) / len(s) + J.eps) ** 0.5
            a = f(g * deviation / sigma + c)
        z = W.T @ a + b
        losses.append(np.log(sum(np.exp(z))) - z[label])
    return sum(losses) / len(losses)


def scaled(J, theta, layer, factor):
    """theta with the weights before one of the normalizations multiplied."""
    other = theta.copy()
    J.scale_free(other)[layer][...] *= factor
    return other


def inner(A, B):
    return (A * B).sum((-2, -1))


@every_shape
@every_activation
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_the_loss_is_the_formula_written_out(hidden, activation, eps):
    J = net(hidden, activation, eps)
    theta = points(J, (2, 3))
    f = {"tanh": np.tanh, "relu": lambda z: np.where(z > 0, z, 0)}[activation.name]
    expected = [[written_out(J, one, f) for one in row] for row in theta]
    np.testing.assert_allclose(J(theta), expected, rtol=1e-12)


@every_shape
@every_activation
@pytest.mark.parametrize("batch", [(), (2,), (2, 3)], ids=str)
def test_the_gradient_is_the_slope_of_the_loss(hidden, activation, batch):
    J = net(hidden, activation, eps=1e-2)
    theta, h = points(J, batch), 1e-6
    steps = h * np.eye(J.dim)
    slopes = np.stack([(J(theta + e) - J(theta - e)) / (2 * h) for e in steps], -1)
    np.testing.assert_allclose(J.grad(theta), slopes, atol=2e-8)


@every_shape
def test_the_scale_of_weights_before_a_normalization_is_not_felt(hidden):
    J = net(hidden, eps=TINY)
    for now in (J, J.batches(5, seed=1).at(3)):
        theta = points(J, (2, 3))
        for layer in range(len(hidden)):
            for factor in (0.1, 3.0, 100.0):
                there = scaled(J, theta, layer, factor)
                np.testing.assert_allclose(now(there), now(theta), rtol=1e-8)
    assert (J.predict(there, J.X) == J.predict(theta, J.X)).all()


@every_shape
def test_a_scale_is_felt_exactly_as_a_smaller_eps_would_be(hidden):
    few, many = net(hidden, eps=0.1), net(hidden, eps=0.1 * 3.0**2)
    theta = points(few, (2,))
    tripled = theta
    for layer in range(len(hidden)):
        tripled = scaled(few, tripled, layer, 3.0)
    np.testing.assert_allclose(many(tripled), few(theta), rtol=1e-12)
    assert not np.allclose(few(tripled), few(theta), rtol=1e-4)


@every_shape
def test_the_gradient_is_orthogonal_to_these_weights_and_to_no_others(hidden):
    J = net(hidden, eps=TINY)
    theta = points(J, (2, 3))
    grad = J.grad(theta)
    pairs = zip(J.layout.matrices(theta), J.layout.matrices(grad), strict=True)
    *before, last = [abs(inner(W, G)) / np.sqrt(inner(W, W) * inner(G, G)) for W, G in pairs]
    assert len(before) == len(hidden)
    # two units are normalized to 1 and -1, whatever W: but for eps there is no gradient
    wide = [cosine for cosine, width in zip(before, hidden, strict=True) if width > 2]
    assert all((cosine < 1e-8).all() for cosine in wide)
    assert (last > 1e-4).all()


@pytest.mark.parametrize("hidden", [(5,), (4, 3), (6, 4, 5)], ids=str)
@pytest.mark.parametrize("factor", [0.5, 10.0])
def test_their_gradient_falls_as_one_over_their_norm(hidden, factor):
    J = net(hidden, eps=TINY)
    theta = points(J, (2,))
    for layer in range(len(hidden)):
        here, there = J.grad(theta), J.grad(scaled(J, theta, layer, factor))
        expected = scaled(J, here, layer, 1 / factor)
        np.testing.assert_allclose(there, expected, rtol=1e-6, atol=1e-11)


def test_gradient_descent_makes_these_weights_longer_at_every_step():
    J = net((5, 4), eps=TINY)
    result = run(SGD(lr=0.5), J.batches(6, seed=0), J.initial([0, 1, 2]), 30)
    for W in J.scale_free(result.theta):
        assert (np.diff(inner(W, W), axis=0) > 0).all()


@every_shape
def test_what_is_free_of_scale_is_a_view_of_every_hidden_layers_matrix(hidden):
    J = net(hidden)
    theta = points(J, (2,))
    weights = J.scale_free(theta)
    widths = [P, *hidden]
    assert [W.shape for W in weights] == [
        (2, n_in, n_out) for n_in, n_out in zip(widths[:-1], hidden, strict=True)
    ]
    assert all(np.shares_memory(W, theta) for W in weights)


@every_shape
@every_activation
def test_weights_start_as_those_of_the_plain_network_gains_at_one_biases_at_zero(
    hidden, activation
):
    J, plain = net(hidden, activation), models.mlp(*examples(), hidden, activation, classes=K)
    theta, other = J.initial([3, 4]), plain.initial([3, 4])
    for W, V in zip(J.layout.matrices(theta), plain.layout.matrices(other), strict=True):
        assert np.array_equal(W, V)
    *hidden_parts, _, b = J.layout.parts(theta)
    assert all((g == 1).all() for g in hidden_parts[1::3])
    assert not any(c.any() for c in [*hidden_parts[2::3], b])


def test_without_hidden_layers_nothing_is_normalized():
    J, plain = net(()), models.mlp(*examples(), (), classes=K)
    theta = points(J, (2,))
    assert J.scale_free(theta) == []
    assert np.array_equal(J(theta), plain(theta))
    assert np.array_equal(J.grad(theta), plain.grad(theta))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_units_that_are_all_alike_are_normalized_to_zero(dtype):
    J = net((5, 4), models.relu)
    theta = np.zeros(J.dim, dtype)
    assert float(J(theta)) == pytest.approx(np.log(K))
    assert np.isfinite(J.grad(theta)).all()
