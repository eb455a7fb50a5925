"""Rules for matrices, and the blocks of theta that they need: what is refused, what never mixes."""

import re

import numpy as np
import pytest
from helpers import assert_same, leaves, readers_rule

from primer import (
    SGD,
    Clip,
    MatrixRule,
    Muon,
    Newton,
    Noisy,
    Objective,
    Optimizer,
    PerCoordinate,
    ReduceOnPlateau,
    Shampoo,
    Varying,
    javascript,
    l2,
    landscapes,
    latex,
    models,
    registry,
    run,
    sweep,
)
from primer.derived.card import card, state_per_parameter
from primer.derived.graph import TraceError
from primer.objective import Through
from primer.rules.written import written

NAMES = [n for n, e in registry.rules.items() if e.chapter == 12 and e.kind == "rule"]
NEED_SHAPES = [n for n in NAMES if issubclass(registry.rules[n].make, MatrixRule) or n == "LAMB"]
SHAPES = [(4, 3), (3,), (2, 2, 2), (), (1, 2)]
DIM = 26
H = np.random.default_rng(1).standard_normal((DIM, DIM)) / np.sqrt(DIM)
H = H @ H.T + 0.1 * np.eye(DIM)


def value(theta):
    return (theta * grad(theta)).sum(-1) / 2


def grad(theta):
    return (theta[..., None, :] * H.astype(theta.dtype)).sum(-1)


J = Objective(value, grad, dim=DIM, shapes=SHAPES)
PLAIN = Objective(value, grad, dim=DIM)
STARTS = np.random.default_rng(2).standard_normal((2, 3, DIM))


def made(name, **fields):
    return registry.rules[name].make(**{"lr": 0.05, **fields})


def against(slope, shapes=((2, 3),)):
    """A loss with the same gradient everywhere."""
    return Objective(
        lambda theta: (theta * slope.astype(theta.dtype)).sum(-1),
        lambda theta: slope.astype(theta.dtype) + 0 * theta,
        dim=slope.size,
        shapes=shapes,
    )


WRONG = [
    [], (), [(0, 15)], [(4, 0), (15,)], [(-4, -3), (3,)], [(4.0, 3), (3,)], [(4.5, 2), (6,)],
    [(True, 3), (12,)], ["43"], "43", [("4", "3")], 15, [15], [(4, 3), 3], [(4, 3), None],
    [(None, 3)], [(np.nan, 3)], {"a": (4, 3)}, [[(4, 3)], [(3,)]],
]  # fmt: skip


@pytest.mark.parametrize("dim", [15, None])
@pytest.mark.parametrize("shapes", WRONG, ids=repr)
def test_shapes_that_are_none_are_refused_at_once(shapes, dim):
    with pytest.raises(ValueError, match=r"shapes must be .*got") as error:
        Objective(value, dim=dim, shapes=shapes)
    assert repr(shapes) in str(error.value)


@pytest.mark.parametrize(
    "shapes",
    [[(4, 3), (3,)], ((4, 3), (3,)), [[4, 3], [3]], [np.array([4, 3]), (np.int64(3),)]],
    ids=repr,
)
def test_shapes_are_tuples_of_python_integers_however_they_are_written(shapes):
    found = Objective(value, dim=15, shapes=shapes).shapes
    assert found == ((4, 3), (3,))
    assert {type(n) for shape in found for n in shape} == {int}


def test_shapes_that_do_not_add_up_are_refused_by_name():
    with pytest.raises(ValueError, match=r"shapes must be for 15 coordinates .*got \(\(4, 4\),\)"):
        Objective(value, dim=15, shapes=[(4, 4)])
    for starts in (np.ones(15), np.ones((2, 15))):
        with pytest.raises(ValueError, match=r"shapes must add up to the 15 .*\(4, 4\)"):
            run(Muon(), Objective(lambda th: (th**2).sum(-1), shapes=[(4, 4)]), starts, 2)


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("name", NEED_SHAPES)
def test_an_objective_without_shapes_is_refused_by_the_rule_that_needs_them(name, wrapped):
    rule = Clip(made(name), norm=1.0) if wrapped else made(name)
    for start in ([1.0, 1.0], np.ones((3, 2))):
        with pytest.raises(ValueError, match=rf"shapes must be given for {name}: .*shapes=\["):
            run(rule, landscapes.ravine(), start, 2)


def test_whatever_stands_for_an_objective_knows_its_shapes():
    net = models.mlp(np.eye(4), np.arange(4) % 2, hidden=(3,))
    for made_of in (
        J + l2(0.1),
        l2(0.1) + J,
        J + J,
        PLAIN + J,
        Noisy(J + l2(0.1), 0.1),
        Through(PLAIN, shapes=SHAPES),
        Through(Varying(lambda t: PLAIN), shapes=SHAPES),
        Varying(lambda t: J),
        Varying(lambda t: PLAIN, shapes=SHAPES),
        Varying(lambda t: PLAIN if t else J),
    ):
        assert made_of.shapes == J.shapes
        assert made_of.at(3).shapes == J.shapes
        assert np.isfinite(run(Muon(), made_of, STARTS, 3).theta).all()
    for size, seed in ((2, 1), (2, [1, 2])):
        batches = (net + l2(0.1)).batches(size, seed=seed)
        assert batches.shapes == batches.at(1).shapes == net.shapes


def test_two_summands_may_not_differ_in_their_shapes():
    other = Objective(value, grad, dim=DIM, shapes=[(DIM,)])
    with pytest.raises(ValueError, match=r"shapes must be the same .*\(4, 3\).*\(26,\)"):
        J + other


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_called_by_hand_gives_the_run_and_a_batch_of_two_axes_the_loop(name):
    rule = made(name)
    batch = run(rule, J, STARTS, 12)
    theta, state = STARTS, rule.init(STARTS)
    for t in range(12):
        theta, state = rule.step(J, theta, state, t)
    assert_same(theta, batch.theta[-1])
    for i, j in np.ndindex(2, 3):
        assert_same(run(rule, J, STARTS[i, j], 12).theta, batch.theta[:, i, j])


@pytest.mark.parametrize("t0", [1, 7, 10, 11])
@pytest.mark.parametrize("name", NAMES)
def test_a_run_goes_on_where_it_stopped_also_between_two_renewals(name, t0):
    rule = made(name)
    whole, first = run(rule, J, STARTS, 23), run(rule, J, STARTS, t0)
    rest = run(rule, J, first.theta[-1], 23 - t0, state=first.state, t0=t0)
    assert_same(rest.theta[-1], whole.theta[-1])
    for a, b in zip(leaves(rest.state), leaves(whole.state), strict=True):
        assert_same(a, b)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e308, 1e200])
@pytest.mark.parametrize("name", NAMES)
def test_a_run_that_is_lost_leaves_the_others_of_its_batch_alone(name, bad):
    def torn(theta):
        return np.where(np.abs(theta[..., :1]) > 50, bad, grad(theta))

    far = Through(J, grad=torn, separable=True)
    starts = STARTS[0].copy()
    starts[1, 0] = 100.0
    batch = run(made(name), far, starts, 12)
    for k in range(3):
        assert_same(run(made(name), far, starts[k], 12).theta, batch.theta[:, k])
    assert batch.diverged[[0, 2]].tolist() == [False, False]


SLOPES = {
    "zero": np.zeros(6),
    "one row": np.array([0.0, 0.0, 0.0, 1.0, 2.0, 3.0]),
    "rank one": np.outer([1.0, 2.0], [1.0, 0.0, 3.0]).ravel(),
    "small": 1e-12 * np.arange(1.0, 7),
    "smaller": np.full(6, 1e-16),
    "large": 1e10 * np.arange(1.0, 7),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_any_size_and_rank_leave_theta_finite(name, slope, dtype):
    done = run(made(name), against(SLOPES[slope]), np.ones(6, dtype), 12)
    assert np.isfinite(done.theta).all()
    for leaf in leaves(done.state):
        assert np.isfinite(leaf).all()


@pytest.mark.parametrize("slope", SLOPES)
def test_adafactors_steps_are_alike_in_both_precisions(slope):
    rule, loss = made("Adafactor", lr=0.1), against(SLOPES[slope])
    exact = run(rule, loss, np.ones(6), 3).theta
    np.testing.assert_allclose(run(rule, loss, np.ones(6, np.float32), 3).theta, exact, rtol=1e-5)


def test_adafactor_is_scale_free_where_eps1_is_small():
    steps = [
        run(made("Adafactor"), against(size * SLOPES["rank one"] + size), np.ones(6), 5).theta
        for size in (1.0, 1e-6, 1e6)
    ]
    np.testing.assert_allclose(steps[1], steps[0], rtol=1e-9)
    np.testing.assert_allclose(steps[2], steps[0], rtol=1e-9)


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (5, 5), (1, 6), (6, 1)])
def test_muons_first_step_has_the_promised_singular_values_and_scale(shape):
    G = np.random.default_rng(5).standard_normal(shape)
    loss = against(G.ravel(), [shape])
    step = -run(Muon(lr=1.0), loss, np.zeros(G.size), 1).theta[1].reshape(shape)
    scale = np.sqrt(max(1, shape[1] / shape[0]))
    values = np.linalg.svd(step / scale)[1][: min(shape)]
    assert ((values > 0.67) & (values < 1.14)).all()
    U, _, V = np.linalg.svd(G, full_matrices=False)
    assert np.abs(U.T @ step @ V.T - np.diag(scale * values)).max() < 0.5


class Bad(MatrixRule):
    """A rule whose matrices go wrong in a way of its own."""

    lr: float = 0.1

    def others(self):
        return SGD(lr=self.lr)


def bad(step, others=None):
    return readers_rule(type("Bad", (Bad,), {"step_matrix": step, "others": others or Bad.others}))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (lambda self, G, W, state, t: (np.swapaxes(W, -1, -2), state), "shape (3, 4)"),
        (lambda self, G, W, state, t: (W[..., :1], state), "shape (4, 1)"),
        (lambda self, G, W, state, t: (W.reshape(*W.shape[:-2], -1), state), "shape (12,)"),
        (lambda self, G, W, state, t: W - self.lr * G, "ndarray"),
        (lambda self, G, W, state, t: (W, None), "tuple"),
        (lambda self, G, W, state, t: (W, {"n": W}), "['n']"),
    ],
)
def test_a_matrix_step_returns_a_matrix_like_its_own_and_a_state_like_the_last(step, told):
    with pytest.raises(ValueError, match=r"step_matrix of Bad must return .*got") as error:
        run(bad(step)(), J, STARTS[0, 0], 2)
    assert told in str(error.value)


@pytest.mark.parametrize(
    "others", [lambda self: Newton(), lambda self: ReduceOnPlateau(SGD(lr=0.1), 0.5, 2)]
)
def test_the_rule_for_vectors_knows_nothing_but_a_gradient(others):
    rule = bad(lambda self, G, W, state, t: (W, state), others)
    with pytest.raises(ValueError, match=r"gradient of a block, not its loss or its Hessian"):
        run(rule(), J, STARTS[0, 0], 2)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_tells_the_state_of_one_run_also_of_a_sweep(name):
    d = {f: v for f, v in made(name).fields().items() if f not in ("every", "seed")}
    wide = made(name, **sweep(**{f: [0.5 * v + 1e-3, 0.4 * v + 1e-3] for f, v in d.items()}))
    assert state_per_parameter(wide) == state_per_parameter(made(name))
    several = made(name, lr=PerCoordinate(np.linspace(0.1, 0.2, DIM)))
    assert state_per_parameter(several) == state_per_parameter(made(name))
    assert name in card(several)


def test_a_rule_without_a_page_says_why():
    reason = re.escape(registry.rules["Shampoo"].no_page)
    for rule in (Shampoo(), Clip(Shampoo(), norm=1.0)):
        with pytest.raises(TraceError, match=f"Shampoo cannot run in a page: {reason}"):
            javascript(rule, J)
    assert "-1/4" in latex(Shampoo())


def scaled_by(text, function, call):
    """A rule whose step goes through a function with a notation."""
    noted = written(text)(function)

    class Scaled(Optimizer):
        lr: float = 0.1

        def step(self, J, theta, state, t):
            g = J.grad(theta)
            u = call(noted, g)
            return theta - self.lr * u, {}

    return readers_rule(Scaled)()


@pytest.mark.parametrize(
    ("function", "call"),
    [
        (lambda x, n: x * n, lambda f, g: f(g, 2)),
        (lambda x, n: x * n, lambda f, g: f(g, n=2)),
        (lambda x, n: x * n, lambda f, g: f(n=2, x=g)),
        (lambda x, n=2: x * n, lambda f, g: f(g)),
        (lambda *x: x[0] * x[1], lambda f, g: f(g, 2)),
    ],
)
def test_a_notation_finds_its_arguments_however_they_are_given(function, call):
    rule, ground = scaled_by(r"\operatorname{f}(#1, #2)", function, call), landscapes.ravine()
    assert r"u_t &= \operatorname{f}(g_t, 2)" in latex(rule)
    assert "step(x, s, h, t, w)" in javascript(rule, ground)
    assert_same(run(rule, ground, [1.0, 1.0], 3).theta, run(SGD(0.2), ground, [1.0, 1.0], 3).theta)


@pytest.mark.parametrize("text", ["f", "f(#0)", "f(#3)", 3, None, abs], ids=repr)
def test_a_notation_without_a_place_for_an_argument_is_refused(text):
    with pytest.raises(ValueError, match="^text must be LaTeX with #1"):
        written(text)(lambda x, n: x * n)


def test_an_error_of_another_kind_is_not_laid_on_the_shapes():
    class Broken(Optimizer):
        lr: float = 0.1

        def step(self, J, theta, state, t):
            return theta - self.lr * J.grad(theta, 3), {}

    with pytest.raises(TypeError, match="positional argument"):
        latex(readers_rule(Broken)())
