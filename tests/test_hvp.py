"""A Hessian times a vector is just that, whatever an objective is made of; signs are pure."""

import numpy as np
import pytest
from helpers import assert_same

from primer import (
    Clip,
    Noisy,
    Objective,
    Optimizer,
    Varying,
    javascript,
    l2,
    landscapes,
    latex,
    models,
    registry,
    run,
)
from primer.objective import Signs, Through
from primer.rules.wrappers import Seen

LANDSCAPES = {name: entry.make() for name, entry in registry.landscapes.items()}
RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((12, 3)), RNG.integers(0, 2, 12)


def moving(t):
    return Objective(lambda th: (t + 1) * (th**3).sum(-1), lambda th: 3 * (t + 1) * th**2, dim=2)


MADE = {
    **LANDSCAPES,
    "bare value": Objective(lambda th: (th**4).sum(-1) + th[..., 0] * th[..., 1], dim=2),
    "sum": landscapes.rosenbrock(3) + l2(0.3),
    "swept penalty": landscapes.himmelblau() + l2(np.array([[0.1], [1.0], [5.0]])),
    "noise": Noisy(landscapes.beale(), 0.5, seed=1).at(3),
    "moving": Varying(moving, dim=2).at(4),
    "moving, as it begins": Varying(moving, dim=2),
    "a changed gradient": Through(landscapes.beale(), grad=lambda th: 0 * th),
    "clipped": Seen(landscapes.beale(), lambda g: g / 9),
    "a changed Hessian": Through(
        landscapes.beale(), hess=lambda th: th[..., None] * th[..., None, :]
    ),
    "logistic": models.logistic(X, Y),
    "a batch": models.logistic(X, Y).batches(4, seed=2).at(5),
    "batches of each run": models.logistic(X, Y).batches(4, seed=[2, 3, 4]).at(1),
    "a batch of a network": (models.mlp(X, Y, hidden=(4,)) + l2(0.1)).batches(4, seed=2).at(5),
}


def place(J, dtype=float, batch=(3,)):
    rng = np.random.default_rng(5)
    return [rng.uniform(-1.2, 1.2, (*batch, J.dim)).astype(dtype) for _ in range(2)]


@pytest.mark.parametrize("name", MADE)
def test_it_is_the_hessian_times_the_vector(name):
    J = MADE[name]
    theta, u = place(J)
    if name == "absolute":
        theta = np.sign(theta)
    for v in (u, u[0]):
        right = np.einsum("...ij,...j->...i", J.hess(theta), np.broadcast_to(v, theta.shape))
        np.testing.assert_allclose(J.hvp(theta, v), right, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "name", [n for n in MADE if n not in ("swept penalty", "batches of each run")]
)
def test_a_batch_is_the_loop_bit_for_bit_and_keeps_its_dtype(name, dtype):
    J = MADE[name]
    theta, u = place(J, dtype)
    whole = J.hvp(theta, u)
    assert whole.dtype == dtype
    assert whole.shape == theta.shape
    if "network" not in name and "batch" not in name and name != "logistic":
        for k in range(3):
            assert_same(whole[k], J.hvp(theta[k], u[k]))


def test_where_no_hessian_is_given_two_gradients_do_and_their_width_fits_u():
    asked = []

    def grad(theta):
        asked.append(theta)
        return theta**3

    J = Objective(lambda th: (th**4).sum(-1) / 4, grad)
    for size in (1e-9, 1.0, 1e9):
        for far in (0.01, 1.0, 1e4):
            theta, u = far * np.array([1.0, -2.0]), size * np.array([3.0, 0.5])
            asked.clear()
            product = J.hvp(theta, u)
            assert len(asked) == 2
            right = 3 * theta**2 * u
            assert np.abs(product - right).max() < 1e-6 * max(np.abs(right).max(), size)
    assert J.hvp(np.ones(2), np.zeros(2)).tolist() == [0.0, 0.0]


def test_a_theta_of_another_length_is_refused():
    for J in (landscapes.beale(), MADE["bare value"], landscapes.beale() + l2(1.0)):
        with pytest.raises(ValueError, match="last axis 2"):
            J.hvp(np.ones(3), np.ones(3))


@pytest.mark.parametrize("name", ["bare value", "beale", "sum", "noise", "moving", "a batch"])
def test_a_u_that_is_no_vector_like_theta_is_refused_by_name(name):
    J = MADE[name]
    theta, _ = place(J)
    for u in (np.ones(1), np.ones(J.dim + 1), np.array(1.0), 1.0, None, np.ones((J.dim, 1))):
        with pytest.raises(ValueError, match=rf"u must be of shape \({J.dim},\).*got \("):
            J.hvp(theta[0], u)
    with pytest.raises(ValueError, match=rf"u must be of shape .*\(3, {J.dim}\)"):
        J.hvp(theta, np.ones((4, J.dim)))


class Curved(Optimizer):
    def fields(self):
        return {}

    def step(self, J, theta, state, t):
        u = 1 + 0 * theta
        return theta - 0.01 * J.hvp(theta, u), {}


def test_it_can_be_printed_and_runs_in_the_page():
    assert r"\nabla^2 J(\theta_t)\,u_t" in latex(Curved())
    assert "step(x, s, h, t, w)" in javascript(Curved(), MADE["bare value"])
    assert "step(x, s, h, t, w)" in javascript(Curved(), landscapes.rosenbrock())


def test_signs_are_fair_independent_and_a_function_of_seed_and_step():
    table = np.array([Signs(3, 40)[t] for t in range(2000)])
    assert set(np.unique(table)) == {-1.0, 1.0}
    assert np.abs(table.mean(0)).max() < 0.1
    assert np.abs(table.T @ table / 2000 - np.eye(40)).max() < 0.11
    assert np.abs((table[1:] * table[:-1]).mean(0)).max() < 0.1
    assert_same(Signs(3, 40)[1999], table[1999])
    assert (Signs(4, 40)[0] != table[0]).any()
    assert_same(Signs(3, 40).written(7), table[:7])


def test_hutchinsons_estimate_is_the_diagonal_on_average():
    J = MADE["logistic"]
    theta = 0.3 * np.ones(J.dim)
    estimates = [u * J.hvp(theta, u) for u in (Signs(0, J.dim)[t] for t in range(4000))]
    np.testing.assert_allclose(np.mean(estimates, 0), np.diagonal(J.hess(theta)), atol=0.01)


@pytest.mark.parametrize("seed", [-1, 1.5, True])
def test_sophia_refuses_what_is_no_seed(seed):
    with pytest.raises(ValueError, match="seed must be an integer >= 0"):
        registry.rules["Sophia"].make(seed=seed)


def test_sophia_looks_at_the_curvature_every_so_many_steps_and_clips():
    make, J = registry.rules["Sophia"].make, landscapes.rosenbrock(5)
    state, theta = make().init(J.start), J.start
    changed = []
    for t in range(12):
        before, (theta, state) = state["h"], make(every=5).step(J, theta, state, t)
        changed.append(bool((state["h"] != before).any()))
    assert [t for t, c in enumerate(changed) if c] == [0, 5, 10]
    path = run(make(lr=0.1, gamma=1e-9, weight_decay=0.0), J, J.start, 50).theta
    np.testing.assert_allclose(np.abs(np.diff(path, axis=0)), 0.1, rtol=1e-9)


def test_clipping_the_gradient_leaves_the_curvature_alone():
    J, rule = landscapes.rosenbrock(5), registry.rules["Sophia"].make()
    clipped = run(Clip(rule, norm=0.1), J, J.start, 3)
    assert_same(clipped.state["h"], run(rule, J, J.start, 1).state["h"])
