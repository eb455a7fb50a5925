"""The associative memory: exact derivatives, the promised spectrum, many memories at once."""

import numpy as np
import pytest

from primer import SGD, Adam, Muon, Slider, explore, models, run

ZIPF = 1 / np.arange(1.0, 6)


def vectors(seed, shape=(5, 4)):
    return np.random.default_rng(seed).standard_normal(shape)


def basis(seed, n=5):
    return np.linalg.qr(vectors(seed, (n, n)))[0]


MEMORIES = {
    "unit vectors": lambda: models.associative_memory(ZIPF),
    "turned": lambda: models.associative_memory(ZIPF, basis(1), basis(2)),
    "no square": lambda: models.associative_memory(ZIPF, vectors(1, (5, 3)), vectors(2, (5, 4))),
    "three memories": lambda: models.associative_memory(
        ZIPF, vectors(1, (3, 5, 2)), vectors(2, (3, 5, 4))
    ),
    "two spectra": lambda: models.associative_memory([[[1, 2, 3]], [[1, 1, 1]]]),
}
every = pytest.mark.parametrize("name", MEMORIES)


def points(J, shape=(2, 3)):
    theta = vectors(7, (*shape, J.dim))
    theta.flags.writeable = False
    return theta


def differences(function, theta, h=1e-6):
    steps = h * np.eye(theta.shape[-1])
    return np.stack([(function(theta + e) - function(theta - e)) / (2 * h) for e in steps], -1)


@every
def test_the_derivatives_are_the_slopes(name):
    J = MEMORIES[name]()
    theta = points(J)
    np.testing.assert_allclose(J.grad(theta), differences(J, theta), atol=1e-8)
    np.testing.assert_allclose(J.hess(theta), differences(J.grad, theta), atol=1e-8)


@every
def test_float32_stays_float32(name):
    J = MEMORIES[name]()
    theta = points(J).astype(np.float32)
    for function in (J, J.grad, J.hess, J.losses, J.recall, lambda th: J.watch(th, 0)):
        assert function(theta).dtype == np.float32


@every
def test_a_batch_equals_a_loop_over_its_rows(name):
    J = MEMORIES[name]()
    if not J.separable:
        return
    theta = points(J)
    for row in np.ndindex(2, 3):
        assert np.array_equal(J(theta)[row], J(theta[row]))
        assert np.array_equal(J.grad(theta)[row], J.grad(theta[row]))


def test_several_memories_are_those_that_each_run_would_have_alone():
    keys, values = vectors(1, (3, 5, 2)), vectors(2, (3, 5, 4))
    together = models.associative_memory(ZIPF, keys, values)
    for rule in (SGD(lr=0.5), Adam(lr=0.1), Muon(lr=0.1)):
        many = run(rule, together, together.initial([0, 1, 2]), 8)
        for k in range(3):
            alone = models.associative_memory(ZIPF, keys[k], values[k])
            one = run(rule, alone, alone.initial(0), 8)
            np.testing.assert_allclose(many.theta[:, k], one.theta, rtol=1e-9, atol=1e-12)


def test_the_losses_add_up_to_the_loss_and_recall_is_their_exponential():
    J = MEMORIES["turned"]()
    theta = points(J)
    np.testing.assert_allclose((J.frequencies * J.losses(theta)).sum(-1), J(theta), rtol=1e-12)
    np.testing.assert_allclose(J.recall(theta), np.exp(-J.losses(theta)), rtol=1e-12)
    np.testing.assert_allclose(J.recall(J.start), 1 / 5)


def test_the_first_gradient_has_singular_values_in_proportion_to_the_frequencies():
    """p_i (q_i - e_i) at W = 0: its length is p_i sqrt(1 - 1/n), and its direction is another."""
    J = MEMORIES["turned"]()
    G = J.keys @ J.grad(J.start).reshape(5, 5) @ J.values.T
    np.testing.assert_allclose(G, J.frequencies[:, None] * (1 / 5 - np.eye(5)), atol=1e-15)


def test_turning_keys_and_values_changes_nothing_for_muon_and_much_for_adam():
    straight, turned = MEMORIES["unit vectors"](), MEMORIES["turned"]()
    ends = {
        rule: [run(rule, J, J.start, 20).loss for J in (straight, turned)]
        for rule in (SGD(lr=1.0), Muon(lr=0.1), Adam(lr=0.1))
    }
    apart = [np.abs(one - other).max() for one, other in ends.values()]
    assert max(apart[:2]) < 1e-9
    assert apart[2] > 1e-2


def test_watching_records_one_association_and_trains_all():
    J = MEMORIES["turned"]()
    whole = run(SGD(lr=1.0), J, J.start, 6)
    for index in (0, 4, -1):
        part = run(SGD(lr=1.0), J.watching(index), J.start, 6)
        assert np.array_equal(part.theta, whole.theta)
        np.testing.assert_allclose(part.loss, J.losses(whole.theta)[:, index], rtol=1e-12)


def test_a_page_can_run_it():
    J = MEMORIES["turned"]()
    live = explore(
        Muon(lr=Slider(0.01, 1, 0.1, log=True)),
        on={"all": J, "rarest": J.watching(-1)},
        start=J.start.tolist(),
        steps=5,
        views=["loss"],
    )
    assert live.programs


BAD = [
    ({"frequencies": [1.0]}, r"^frequencies must be at least two numbers"),
    ({"frequencies": 1.0}, r"^frequencies must be an array of numbers"),
    ({"frequencies": "ab"}, r"^frequencies must be an array of numbers"),
    ({"frequencies": [1.0, 0.0]}, r"^frequencies must be a finite number > 0"),
    ({"frequencies": [1.0, np.nan]}, r"^frequencies must be finite"),
    ({"keys": np.eye(3)}, r"^keys must be of shape \(\*axes, 2, width\)"),
    ({"keys": [1.0, 2.0]}, r"^keys must be an array of numbers with 2"),
    ({"values": [[np.inf, 1.0], [0.0, 1.0]]}, r"^values must be finite"),
    ({"values": [["a"], ["b"]]}, r"^values must be an array of numbers"),
    ({"values": [[1.0, 2.0], [3.0]]}, r"^values must be an array of numbers"),
    ({"frequencies": [[1.0, 2.0], [3.0]]}, r"^frequencies must be an array of numbers"),
    (
        {"frequencies": np.ones((3, 2)), "keys": np.ones((4, 2, 2))},
        r"frequencies, keys and values must broadcast, got \(3,\) and \(4,\) and \(\)",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_a_wrong_argument_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        models.associative_memory(**{"frequencies": [2.0, 1.0], **arguments})


@pytest.mark.parametrize("index", [5, -6, 1.0, True, "a", None])
def test_a_wrong_index_is_refused(index):
    with pytest.raises(ValueError, match="^index must be an integer from -5 to 4"):
        MEMORIES["turned"]().watching(index)


def test_an_index_of_numpy_is_an_index():
    assert MEMORIES["turned"]().watching(np.int64(-1)).seen == -1
