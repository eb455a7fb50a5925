"""Models: hand-written gradients are right, many networks train as one, data is taken in turn."""

import functools

import numpy as np
import pytest
import scipy.sparse

from primer import Draws, Noisy, Objective, landscapes, models, run, sweep
from primer.objective import DataObjective, Sum, Through, l2
from primer.rules.sgd import SGD

N, P, K = 24, 3, 4


@functools.cache
def data():
    rng = np.random.default_rng(5)
    X, noise = rng.standard_normal((N, P)), rng.standard_normal(N)
    windows = rng.integers(0, K, (N, 6))
    counts = np.where(rng.random((N, 7)) < 0.3, rng.integers(1, 4, (N, 7)), 0.0)
    return {
        "linear": (X, X @ [1.0, -2.0, 0.5] + noise),
        "logistic": (X, (X[:, 0] + noise > 0).astype(int)),
        "softmax": (X, rng.integers(0, K, N)),
        "rnn": (windows[:, :-1], windows[:, 1:]),
        "sparse": (scipy.sparse.csr_array(counts), (noise > 0).astype(int)),
    }


MODELS = {
    "linear": lambda: models.linear(*data()["linear"]),
    "logistic": lambda: models.logistic(*data()["logistic"]),
    "softmax": lambda: models.softmax(*data()["softmax"], classes=K),
    "mlp": lambda: models.mlp(*data()["softmax"], hidden=(5,), classes=K),
    "mlp deep": lambda: models.mlp(*data()["softmax"], hidden=(4, 3), classes=K),
    "mlp relu": lambda: models.mlp(*data()["softmax"], hidden=(5,), activation=models.relu),
    "mlp without hidden layer": lambda: models.mlp(*data()["softmax"], hidden=()),
    "normalized mlp": lambda: models.normalized_mlp(*data()["softmax"], hidden=(5,), classes=K),
    "normalized mlp deep": lambda: models.normalized_mlp(*data()["softmax"], hidden=(4, 3)),
    "normalized mlp relu": lambda: models.normalized_mlp(
        *data()["softmax"], hidden=(6, 5), activation=models.relu, eps=0.1
    ),
    "rnn": lambda: models.rnn(*data()["rnn"], hidden=3, symbols=K),
    "sparse": lambda: models.sparse_logistic(*data()["sparse"]),
}
CLASSIFIERS = [name for name in MODELS if name != "linear"]
every = pytest.mark.parametrize("name", MODELS)


@functools.cache
def build(name):
    return MODELS[name]()


def points(J, shape, seed=1):
    theta = 0.7 * np.random.default_rng(seed).standard_normal((*shape, J.dim))
    theta.flags.writeable = False
    return theta


def differences(function, theta, h=1e-6):
    steps = h * np.eye(theta.shape[-1])
    return np.stack([(function(theta + e) - function(theta - e)) / (2 * h) for e in steps], -1)


@every
def test_the_gradient_is_the_slope_of_the_loss(name):
    J = build(name)
    theta = points(J, (3, 2))
    np.testing.assert_allclose(J.grad(theta), differences(J, theta), atol=3e-8)


@pytest.mark.parametrize("name", ["linear", "logistic"])
def test_the_hessian_is_the_slope_of_the_gradient(name):
    J = build(name)
    theta = points(J, (3, 2))
    np.testing.assert_allclose(J.hess(theta), differences(J.grad, theta), atol=1e-7)
    on = J.on(J.X[:5, :-1], J.y[:5])
    np.testing.assert_allclose(on.hess(theta), differences(on.grad, theta), atol=1e-7)


@every
def test_a_batch_equals_a_loop_over_its_rows(name):
    J = build(name)
    theta = points(J, (2, 3))
    X = data()["sparse"][0] if name == "sparse" else J.X
    X = X[:, :-1] if name in ("linear", "logistic", "softmax") else X
    assert J(theta).shape == (2, 3)
    for row in np.ndindex(2, 3):
        np.testing.assert_allclose(J(theta)[row], J(theta[row]), rtol=1e-12)
        np.testing.assert_allclose(J.grad(theta)[row], J.grad(theta[row]), rtol=1e-10, atol=1e-14)
        assert np.array_equal(J.predict(theta, X)[row], J.predict(theta[row], X))


@every
def test_each_seed_of_a_batch_sees_its_own_examples(name):
    J = build(name)
    seeds = [3, 8, 11]
    together = J.batches(5, seeds)
    for shape in ((3,), (2, 3), (4, 2, 3), (1,), ()):
        theta = points(J, shape)
        many = together.at(7)
        value, grad = many(theta), many.grad(theta)
        assert grad.shape == (*np.broadcast_shapes(shape, (3,)), J.dim)
        for column, seed in enumerate(seeds):
            alone = J.batches(5, seed).at(7)
            row = theta[..., column % theta.shape[-2], :] if shape else theta
            np.testing.assert_allclose(value[..., column], alone(row), rtol=1e-12)
            np.testing.assert_allclose(
                grad[..., column, :], alone.grad(row), rtol=1e-10, atol=1e-14
            )


@every
def test_a_mini_batch_is_the_same_model_on_the_picked_examples(name):
    J = build(name)
    B, theta = J.batches(5, seed=3), points(J, (2,))
    key = {"linear": "linear", "logistic": "logistic", "rnn": "rnn", "sparse": "sparse"}
    X, y = data()[key.get(name, "softmax")]
    pick = B.indices(2)
    same = J.on(X[pick], y[pick])
    np.testing.assert_allclose(B.at(2)(theta), same(theta), rtol=1e-12)
    np.testing.assert_allclose(B.at(2).grad(theta), same.grad(theta), rtol=1e-12, atol=1e-15)
    assert type(B.at(2)) is type(J)


@every
def test_the_full_gradient_is_the_mean_of_an_epoch_of_mini_batches(name):
    J = build(name)
    theta = points(J, (2,))
    B = J.batches(6, seed=1)
    mean = sum(B.at(t).grad(theta) for t in range(N // 6)) / (N // 6)
    np.testing.assert_allclose(mean, J.grad(theta), rtol=1e-9, atol=1e-13)


@every
def test_float32_stays_float32(name):
    J = build(name) + l2(np.full((2, 1, 1), 0.1))
    theta = points(J, (2, 3)).astype(np.float32)
    for now in (J, J.batches(5, [0, 1, 2]).at(4), J.batches(5, 0).at(1)):
        assert now(theta).dtype == np.float32
        assert now.grad(theta).dtype == np.float32


@every
def test_the_data_and_theta_are_left_alone(name):
    J = build(name)
    X, y = J.X.copy(), J.y.copy()
    theta = points(J, (2, 3))
    before = theta.copy()
    for now in (J, J.batches(5, [0, 1, 2]).at(4)):
        now(theta)
        now.grad(theta)
    assert np.array_equal(theta, before)
    assert np.array_equal(J.y, y)
    assert abs(J.X - X).max() == 0


@every
def test_starts_are_a_pure_function_of_the_seed(name):
    J = build(name)
    assert J.initial().shape == (J.dim,)
    assert J.initial([[1, 2, 3], [4, 5, 6]]).shape == (2, 3, J.dim)
    assert np.array_equal(J.initial([4, 9])[1], J.initial(9))
    if "mlp" in name or name == "rnn":
        assert not np.array_equal(J.initial(1), J.initial(2))
    else:
        assert not J.initial([1, 2]).any(), "convex models start at zero"


@pytest.mark.parametrize(
    ("activation", "spread"), [(models.relu, np.sqrt(2 / 400)), (models.tanh, np.sqrt(2 / 700))]
)
def test_weights_start_with_the_published_spread_and_biases_at_zero(activation, spread):
    J = models.mlp(np.zeros((2, 400)), [0, 1], hidden=(300,), activation=activation)
    W, b, V, c = J.layout.parts(J.initial(0))
    assert W.std() == pytest.approx(spread, rel=0.01)
    assert V.std() == pytest.approx(np.sqrt(2 / 302), rel=0.1)
    assert not b.any()
    assert not c.any()


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_accuracy_is_the_share_of_right_predictions(name):
    J = build(name)
    theta = points(J, (2, 3))
    key = {"logistic": "logistic", "rnn": "rnn", "sparse": "sparse"}.get(name, "softmax")
    X, y = data()[key]
    hits = J.predict(theta, X) == y
    expected = hits.reshape(2, 3, -1).mean(-1)
    np.testing.assert_allclose(J.accuracy(theta), expected, rtol=1e-12)
    np.testing.assert_allclose(J.accuracy(theta, X, y), expected, rtol=1e-12)
    half = J.on(X[: N // 2], y[: N // 2])
    np.testing.assert_allclose(
        half.accuracy(theta), J.accuracy(theta, X[: N // 2], y[: N // 2]), rtol=1e-12
    )


def test_linear_regression_finds_the_least_squares_solution_in_one_newton_step():
    X, y = data()["linear"]
    J = build("linear")
    theta = J.initial()
    best = theta - np.linalg.solve(J.hess(theta), J.grad(theta))
    A = np.column_stack([X, np.ones(N)])
    np.testing.assert_allclose(best, np.linalg.lstsq(A, y, rcond=None)[0], rtol=1e-9)
    np.testing.assert_allclose(J.predict(best, X), A @ best)


def test_the_sparse_model_agrees_with_the_dense_one():
    X, y = data()["sparse"]
    sparse, dense = build("sparse"), models.logistic(X.toarray(), y)
    theta = points(sparse, (3, 2))
    np.testing.assert_allclose(sparse(theta), dense(theta), rtol=1e-12)
    np.testing.assert_allclose(sparse.grad(theta), dense.grad(theta), rtol=1e-9, atol=1e-14)


def test_an_mlp_without_hidden_layers_is_softmax_regression():
    deep, flat = build("mlp without hidden layer"), build("softmax")
    theta = points(flat, (2,))
    np.testing.assert_allclose(deep(theta), flat(theta), rtol=1e-12)
    np.testing.assert_allclose(deep.grad(theta), flat.grad(theta), rtol=1e-10, atol=1e-14)


def test_the_recurrent_net_equals_its_equations_written_out():
    J = build("rnn")
    U, W, b, V, c = J.layout.parts(points(J, ()))
    losses = []
    for x, y in zip(J.X, J.y, strict=True):
        h = np.zeros(3)
        for now, after in zip(x, y, strict=True):
            h = np.tanh(U[now] + h @ W + b)
            z = h @ V + c
            losses.append(np.log(np.exp(z).sum()) - z[after])
    assert float(J(points(J, ()))) == pytest.approx(np.mean(losses), rel=1e-12)


def test_losses_do_not_overflow_far_from_the_data():
    for name in MODELS:
        J = build(name)
        theta = 1e4 * points(J, (3,))
        assert np.isfinite(J(theta)).all(), name
        assert np.isfinite(J.grad(theta)).all(), name


def test_twenty_networks_with_twenty_rates_train_as_one():
    J = build("mlp")
    B, theta, rates = J.batches(5, seed=2), J.initial(0), np.geomspace(0.01, 1, 20)
    many = run(SGD(**sweep(lr=rates)), B, theta, 15)
    for row in (0, 7, 19):
        alone = run(SGD(lr=float(rates[row])), B, theta, 15)
        np.testing.assert_allclose(many.theta[:, row], alone.theta, rtol=1e-9, atol=1e-12)


def test_seeds_and_rates_span_a_batch_in_which_every_run_has_its_own_data_order():
    J = build("softmax")
    seeds = [0, 1, 2]
    rates = np.array([[[0.1]], [[0.5]]])
    many = run(SGD(lr=rates), J.batches(4, seeds), J.initial(seeds), 10)
    assert many.loss.shape == (11, 2, 3)
    alone = run(SGD(lr=0.5), J.batches(4, 2), J.initial(2), 10)
    np.testing.assert_allclose(many.theta[:, 1, 2], alone.theta, rtol=1e-9, atol=1e-12)


# Objectives: penalties, noise and mini-batches


def test_l2_adds_its_value_gradient_and_hessian_and_keeps_the_parts():
    J = build("logistic")
    total, theta = J + l2(0.3), points(J, (4, 2))
    np.testing.assert_allclose(total(theta), J(theta) + 0.15 * np.square(theta).sum(-1))
    np.testing.assert_allclose(total.grad(theta), J.grad(theta) + 0.3 * theta)
    np.testing.assert_allclose(total.hess(theta), J.hess(theta) + 0.3 * np.eye(J.dim))
    assert isinstance(total, Sum)
    assert total.parts[0] is J
    batch = total.batches(5, 1).at(3)
    np.testing.assert_allclose(batch.grad(theta), J.batches(5, 1).at(3).grad(theta) + 0.3 * theta)


def test_a_sweep_of_penalties_gives_each_run_its_own_and_is_never_cut_apart():
    lam = np.array([[0.0], [1.0], [5.0]])
    penalty, theta = l2(lam), np.ones((3, 2))
    assert penalty(theta).tolist() == [0.0, 1.0, 5.0]
    assert penalty.hess(theta)[2].tolist() == [[5.0, 0.0], [0.0, 5.0]]
    assert not penalty.separable
    assert not (build("logistic") + penalty).separable
    assert l2(1.0).separable


def test_noise_moves_along_with_a_moving_objective():
    moving = landscapes.moving_valley()
    J = Noisy(moving, sigma=0.0)
    theta = np.array([0.5, -1.0])
    for t in (0, 30):
        assert (J.at(t).grad(theta) == moving.at(t).grad(theta)).all()
        assert J.watch(theta, t) == moving.watch(theta, t)


def test_noise_keeps_float32_and_differs_from_step_to_step():
    J = Noisy(landscapes.toy(), sigma=1.0, seed=2)
    theta = np.ones(2, np.float32)
    assert J.at(0).grad(theta).dtype == np.float32
    assert not np.array_equal(J.at(0).grad(theta), J.at(1).grad(theta))
    assert J.watch(theta, 0) == landscapes.toy()(theta)


def counted():
    """An objective whose gradient is the mean of the examples themselves: unit vectors."""

    def grad(theta, X, y):
        return X.mean(-2)

    return DataObjective(lambda theta, X, y: X.sum((-1, -2)), grad, np.eye(10), np.zeros(10), 10)


@pytest.mark.parametrize("size", [1, 3, 4, 7, 10])
def test_every_example_is_used_exactly_once_per_epoch(size):
    B = counted().batches(size, seed=3)
    stream = np.concatenate([B.indices(t) for t in range(3 * 10)])
    for epoch in range(3 * size):
        assert sorted(stream[10 * epoch : 10 * epoch + 10]) == list(range(10))
    assert stream[:10].tolist() != stream[10:20].tolist(), "each epoch has an order of its own"


def test_a_mini_batch_is_a_pure_function_of_seed_and_step():
    B, other = counted().batches(3, seed=3), counted().batches(3, seed=4)
    there = [B.indices(t).tolist() for t in range(20)]
    back = [counted().batches(3, seed=3).indices(t).tolist() for t in reversed(range(20))]
    assert there == back[::-1]
    assert there != [other.indices(t).tolist() for t in range(20)]
    assert [B.with_seed(4).indices(t).tolist() for t in range(20)] == [
        other.indices(t).tolist() for t in range(20)
    ]
    both = counted().batches(3, seed=[3, 4])
    assert both.indices(5).tolist() == [there[5], other.indices(5).tolist()]


def test_the_recorded_loss_of_a_mini_batch_run_is_that_of_all_examples():
    J = build("softmax")
    result = run(SGD(lr=0.1), J.batches(4, 0), J.initial(), 5)
    np.testing.assert_allclose(result.loss, J(result.theta), rtol=1e-12)


def test_the_recorded_loss_may_be_that_of_a_validation_split():
    J = build("softmax")
    held = J.on(J.X[:6, :-1], J.y[:6])
    B = J.batches(4, 0, watch=held)
    result = run(SGD(lr=0.1), B, J.initial(), 5)
    np.testing.assert_allclose(result.loss, held(result.theta), rtol=1e-12)
    assert B.with_seed(3).watched is held
    total = (J + l2(0.1)).batches(4, 0, watch=held)
    theta = points(J, (2,))
    np.testing.assert_allclose(total.watch(theta, 3), held(theta) + l2(0.1)(theta))


def big(n=600):
    rng = np.random.default_rng(0)
    return models.softmax(rng.standard_normal((n, 3)), rng.integers(0, 3, n))


def measured(result, J):
    """At which kept rows the recorded loss is that of theta there."""
    return result.steps[np.isclose(result.loss, J(result.theta), rtol=1e-12)].tolist()


@pytest.mark.parametrize(
    ("keep", "rows"),
    [(1, [0, 10, 20, 25]), (4, [0, 12, 24, 25]), (10, [0, 10, 20, 25]), (12, [0, 12, 24, 25])],
)
def test_the_loss_over_many_examples_is_recorded_once_per_epoch(keep, rows):
    J = big()
    batches = J.batches(60, 0)
    for objective in (batches, batches + l2(0.1), Through(batches, name="other")):
        whole = J + l2(0.1) if objective.name != "other" and objective is not batches else J
        result = run(SGD(lr=0.5), objective, J.initial(), 25, keep=keep)
        assert measured(result, whole) == rows
        last = np.maximum.accumulate([row if row in rows else 0 for row in result.steps])
        np.testing.assert_array_equal(result.loss, result.loss[np.searchsorted(result.steps, last)])
        assert not result.diverged


def test_every_kept_row_is_measured_if_a_loss_is_named_or_the_table_is_small():
    J = big()
    every = list(range(26))
    assert measured(run(SGD(lr=0.5), J.batches(60, 0, watch=J), J.initial(), 25), J) == every
    named = Draws(J, 60, 0, watch=J).with_seed(3)
    assert measured(run(SGD(lr=0.5), named, J.initial(), 25), J) == every
    small = big(512)
    assert measured(run(SGD(lr=0.5), small.batches(60, 0), small.initial(), 25), small) == every
    assert measured(run(SGD(lr=0.5), J, J.initial(), 25), J) == every


def test_a_redrawn_order_keeps_to_one_loss_per_epoch():
    J = big()
    assert J.batches(60, 0).with_seed(4).watch_every == 10
    assert Draws(J, 70, 0).with_seed(4).watch_every == 9
    result = run(SGD(lr=0.5), J.batches(60, 0), J.initial(), 25, seed=7)
    assert measured(result, J) == [0, 10, 20, 25]


@every
def test_a_long_table_is_worked_off_in_pieces_with_the_same_result(name):
    J = build(name)
    theta = points(J, (2, 3))
    for whole, mean in ((J, J.loss), (J.grad, J.slope)):
        pieces = models.base.in_pieces(mean, 7)(theta, J.X, J.y)
        np.testing.assert_allclose(pieces, whole(theta), rtol=1e-10, atol=1e-14)
    assert models.base.in_pieces(J.loss, 7)(theta.astype(np.float32), J.X, J.y).dtype == np.float32


X3, Y3 = np.zeros((3, 2)), np.array([0, 1, 0])
SPARSE = scipy.sparse.csr_array(X3 + 1)
BAD = [
    (lambda: models.linear([[1]], [1.0]), r"^X must be an array of floats \(dtype int64"),
    (lambda: models.linear([1.0], [1.0]), r"^X must have shape \(N, p\).*got shape \(1,\)"),
    (lambda: models.linear(X3 * np.nan, [1.0] * 3), r"^X must be finite everywhere.*nan"),
    (lambda: models.linear(X3, [1, 2, 3]), r"^y must be an array of floats"),
    (lambda: models.linear(X3, [1.0, np.inf, 3.0]), r"^y must be finite everywhere.*inf"),
    (lambda: models.linear(X3, [1.0]), r"^X and y must hold the same number.*\(3, 3\).*\(1,\)"),
    (lambda: models.logistic(X3, [0, 1, 2]), r"^y must hold labels >= 0 and < 2.*0 to 2"),
    (lambda: models.logistic(X3, [0.0, 1.0, 1.0]), r"^y must be .*integer labels.*0\., 1\."),
    (lambda: models.logistic(X3, [-1, 1, 1]), r"^y must hold labels >= 0.*-1 to 1"),
    (lambda: models.softmax(X3, Y3, classes=1), r"^classes must be an integer >= 2, got 1"),
    (lambda: models.softmax(X3, [0, 0, 0]), r"^classes must be an integer >= 2, got 1"),
    (lambda: models.softmax(X3, [0, 5, 0], classes=3), r"^y must hold labels.*< 3.*0 to 5"),
    (lambda: models.mlp(X3, Y3, hidden=32), r"^hidden must be a sequence of widths.*got 32"),
    (lambda: models.mlp(X3, Y3, hidden=(0,)), r"^hidden must be an integer >= 1, got 0"),
    (lambda: models.mlp(X3, Y3, activation="relu"), r"^activation must be .*'relu'"),
    (lambda: models.mlp(X3, Y3, classes=2.0), r"^classes must be an integer >= 2, got 2\.0"),
    (lambda: models.mlp(X3, Y3).on(X3[:, :1], Y3), r"^X must have 2 columns.*\(3, 1\)"),
    (lambda: models.mlp(X3, Y3).predict(np.zeros(102), X3[:, :1]), r"^X must have 2 columns"),
    (lambda: models.mlp(X3, Y3).initial(-1), r"^seeds must be an integer >= 0.*got -1"),
    (lambda: models.mlp(X3, Y3).initial([0.5]), r"^seeds must be an integer >= 0.*0\.5"),
    (lambda: models.mlp(X3, Y3).accuracy(np.zeros(98), X3), r"^y must be given together"),
    (lambda: models.mlp(X3, Y3).accuracy(np.zeros(98), y=Y3), r"^X must be given together"),
    (lambda: models.mlp(X3, Y3)(np.zeros(5)), r"^theta must have last axis 162.*\(5,\)"),
    (lambda: models.normalized_mlp(X3, Y3, hidden=(1,)), r"^hidden must be an integer >= 2, got 1"),
    (lambda: models.normalized_mlp(X3, Y3, hidden=8), r"^hidden must be a sequence of .*got 8"),
    (lambda: models.normalized_mlp(X3, Y3, activation=np.tanh), r"^activation must be .*tanh"),
    (lambda: models.normalized_mlp(X3, Y3, eps=0), r"^eps must be a finite number > 0, got 0"),
    (lambda: models.normalized_mlp(X3, Y3, eps=-1.0), r"^eps must be .* > 0, got -1\.0"),
    (lambda: models.normalized_mlp(X3, Y3, eps=np.nan), r"^eps must be .*nan"),
    (lambda: models.normalized_mlp(X3, Y3, eps=np.inf), r"^eps must be .*inf"),
    (lambda: models.normalized_mlp(X3, Y3, eps=True), r"^eps must be .*True"),
    (lambda: models.normalized_mlp(X3, Y3, eps="1e-5"), r"^eps must be .*'1e-5'"),
    (lambda: models.normalized_mlp(X3, Y3, eps=[1e-5]), r"^eps must be a single .*\[1e-05\]"),
    (lambda: models.normalized_mlp(X3, Y3).scale_free(np.zeros(5)), r"^theta must have .*194"),
    (
        lambda: models.normalized_mlp(X3, Y3).scale_free([1, 2]),
        r"^theta must be an array of floats",
    ),
    (lambda: models.normalized_mlp(X3, Y3)(np.zeros(5)), r"^theta must have last axis 194.*\(5,\)"),
    (lambda: models.rnn([[0, 1]], [[1, 0, 1]]), r"^X and y must both have .*\(1, 2\).*\(1, 3\)"),
    (lambda: models.rnn([0, 1], [1, 0]), r"^X and y must both have the shape \(N, T\)"),
    (lambda: models.rnn([[0.0]], [[1]]), r"^X must be .*integer labels"),
    (lambda: models.rnn([[0, 4]], [[1, 1]], symbols=3), r"^X must hold labels.*< 3.*0 to 4"),
    (lambda: models.rnn([[0, 1]], [[1, 0]], hidden=0), r"^hidden must be an integer >= 1, got 0"),
    (lambda: models.rnn([[0, 0]], [[0, 0]]), r"^symbols must be an integer >= 2, got 1"),
    (lambda: models.sparse_logistic(X3, Y3), r"^X must be a scipy.sparse matrix"),
    (lambda: models.sparse_logistic(SPARSE, [0, 1]), r"^X and y must hold .*\(3, 2\).*\(2,\)"),
    (lambda: models.sparse_logistic(SPARSE * np.nan, Y3), r"^X must be finite everywhere.*nan"),
    (lambda: models.sparse_logistic(SPARSE, [0, 1, 2]), r"^y must hold labels >= 0 and < 2"),
    (lambda: models.sparse_logistic(SPARSE, Y3).on(X3, Y3), r"^X must be a scipy.sparse.*ndarray"),
    (lambda: models.mlp(X3, Y3).batches(4), r"^size must be at most the 3 examples.*got 4"),
    (lambda: models.mlp(X3, Y3).batches(0), r"^size must be an integer >= 1, got 0"),
    (lambda: models.mlp(X3, Y3).batches(2, seed=-1), r"^seed must be an integer >= 0.*got -1"),
    (lambda: models.mlp(X3, Y3).batches(2, seed=0.5), r"^seed must be an integer >= 0.*got 0\.5"),
    (lambda: models.mlp(X3, Y3).batches(2, watch=1), r"^watch must be an Objective or None, got 1"),
    (lambda: l2(-1), r"^lam must be a finite number >= 0, got -1"),
    (lambda: l2(np.nan), r"^lam must be .*nan"),
    (lambda: l2(True), r"^lam must be .*True"),
    (lambda: l2([1.0, 2.0]), r"^lam must be .*last axis is 1.*\(2,\)"),
    (lambda: Noisy(landscapes.toy(), -1), r"^sigma must be a finite number >= 0, got -1"),
    (lambda: Noisy(Objective(np.sum), 1), r"^J must be an objective with a known dim"),
    (lambda: Objective(3), r"^value must be a function of theta, got 3"),
    (lambda: Objective(np.sum, grad=3), r"^grad must be a function of theta, got 3"),
    (lambda: Objective(np.sum, dim=0), r"^dim must be an integer >= 1, got 0"),
    (lambda: Objective(np.sum, dim=2, minimum=(0.0,)), r"^minimum must have last axis 2"),
    (lambda: landscapes.toy() + landscapes.cycle(), r"^dim must be the same .*\[1, 2\]"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_a_wrong_argument_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
