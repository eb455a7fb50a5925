"""Newton and conjugate gradients: how many steps, and what happens when something fails."""

import numpy as np
import pytest

from primer import Objective, latex, run, sweep
from primer.derived import program
from primer.landscapes import beale, himmelblau, quadratic, rosenbrock, saddle
from primer.rules.conjugate_gradient import ConjugateGradient, FletcherReeves, PolakRibiere
from primer.rules.newton import Newton

NONLINEAR = [FletcherReeves(), PolakRibiere()]
ALL = [Newton(), ConjugateGradient(), *NONLINEAR]


def names(rule):
    return type(rule).__name__


def bowl(d, kappa=20, seed=0):
    """A quadratic whose axes are turned and whose minimum is not at the origin."""
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(d, d)))[0]
    A, center = Q * np.geomspace(1, kappa, d) @ Q.T, rng.normal(size=d)

    def value(theta):
        return np.sum((theta - center) * ((theta - center) @ A), axis=-1) / 2

    def hess(theta):
        return np.broadcast_to(A, (*theta.shape, d)).astype(theta.dtype)

    return Objective(value, lambda theta: (theta - center) @ A, hess, d, center)


def start(d):
    return np.random.default_rng(9).normal(size=d)


# Newton


@pytest.mark.parametrize("d", [1, 2, 5, 30])
def test_newton_solves_a_quadratic_in_one_step(d):
    J = bowl(d)
    assert run(Newton(), J, start(d), 1).theta[1] == pytest.approx(J.minimum, abs=1e-12)


def test_damped_newton_goes_its_share_of_the_way():
    J = quadratic([1.0, 50.0])
    theta = run(Newton(lr=0.25), J, [8.0, -4.0], 3).theta
    assert theta == pytest.approx(0.75 ** np.arange(4)[:, None] * [8.0, -4.0], rel=1e-14)


def test_newton_converges_quadratically_near_a_minimum():
    J = rosenbrock()
    away = np.abs(run(Newton(), J, [1.05, 1.1], 6).theta - 1).max(-1)
    assert (away[2:5] < 100 * away[1:4] ** 2).all()
    assert away[-1] < 1e-12


def test_newton_is_drawn_to_a_saddle():
    assert run(Newton(), saddle(), [0.3, 0.4], 20).theta[-1] == pytest.approx([0, 0], abs=1e-8)


def test_a_singular_hessian_marks_its_own_run_only():
    J = Objective(
        lambda th: th[..., 0] ** 4, lambda th: 4 * th**3, lambda th: 12 * th[..., None] ** 2
    )
    result = run(Newton(), J, [[1.0], [0.0], [-2.0]], 3)
    assert result.diverged.tolist() == [False, True, False]
    assert result.theta[3, [0, 2], 0] == pytest.approx([8 / 27, -16 / 27])
    assert run(Newton(), J, [0.0], 3).diverged


def test_newton_does_not_need_a_hessian_to_be_given():
    J = Objective(lambda th: np.sum(th**2 * [1.0, 9.0], axis=-1), dim=2)
    assert run(Newton(), J, [1.0, 1.0], 2).theta[-1] == pytest.approx([0, 0], abs=1e-6)


def test_newton_and_linear_conjugate_gradients_run_in_the_page():
    assert "H_t^{-1}" in latex(Newton())
    for rule in (Newton(), ConjugateGradient()):
        assert program(rule, rosenbrock()).dim == 2


# Linear conjugate gradients


@pytest.mark.parametrize("d", [1, 2, 3, 5, 8, 12])
def test_conjugate_gradients_solve_a_quadratic_in_d_steps_and_not_before(d):
    J = bowl(d)
    away = np.abs(run(ConjugateGradient(), J, start(d), d).theta - J.minimum).max(-1)
    assert away[d] < 1e-9
    assert (away[:d] > 1e-4).all()


def test_two_eigenvalues_take_two_steps_whatever_the_dimension():
    J = quadratic([1.0] * 10 + [7.0] * 10)
    loss = run(ConjugateGradient(), J, start(20), 2).loss
    assert loss[1] > 1e-2
    assert loss[2] < 1e-25


def test_the_directions_are_conjugate_and_the_gradients_orthogonal():
    J = bowl(6)
    theta, A = start(6), J.hess(np.zeros(6))
    state, p, g = ConjugateGradient().init(theta), [], []
    for t in range(6):
        g.append(J.grad(theta))
        theta, state = ConjugateGradient().step(J, theta, state, t)
        p.append(state["p"])
    p, g = np.array(p), np.array(g)
    for table in (p @ A @ p.T, g @ g.T):
        scale = np.sqrt(np.outer(np.diag(table), np.diag(table)))
        assert np.abs(table / scale - np.eye(6)).max() < 1e-8


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_after_convergence_nothing_happens(dtype):
    J = bowl(4)
    result = run(ConjugateGradient(), J, start(4).astype(dtype), 1500)
    assert result.theta.dtype == dtype
    assert not result.diverged
    rest = np.abs(result.theta[20:] - J.minimum).max()
    assert rest < 100 * np.finfo(dtype).eps
    assert not run(ConjugateGradient(), quadratic([1.0, 2.0]), np.zeros(2), 5).diverged


def test_where_a_function_falls_for_ever_theta_flies_off():
    down = Objective(lambda th: -np.sum(th**2, axis=-1), lambda th: -2 * th)
    assert run(ConjugateGradient(), down, [1.0, 1.0], 3).loss[-1] < -1e70


# Nonlinear conjugate gradients


@pytest.mark.parametrize("rule", NONLINEAR, ids=names)
@pytest.mark.parametrize("J", [rosenbrock(), beale(), himmelblau()], ids=lambda J: J.name)
def test_nonlinear_conjugate_gradients_find_the_minimum(rule, J):
    result = run(rule, J, J.start, 60)
    nearest = np.abs(result.theta[-1] - np.atleast_2d(J.minimum)).max(-1).min()
    assert nearest < 1e-6
    assert (np.diff(result.loss) <= 0).all()


@pytest.mark.parametrize("rule", NONLINEAR, ids=names)
def test_on_a_quadratic_they_need_little_more_than_d_steps(rule):
    assert run(rule, bowl(5), start(5), 12).loss[-1] < 1e-6


def kink():
    """|x| + |y|, whose slope never flattens: no step satisfies the strong Wolfe conditions."""
    return Objective(lambda th: np.abs(th).sum(-1), np.sign, dim=2)


@pytest.mark.parametrize("rule", NONLINEAR, ids=names)
def test_where_the_line_search_fails_the_run_restarts_and_says_so(rule):
    result = run(rule, kink(), [1.0, 0.3], 10)
    assert result.state["failed"] >= 1
    assert (np.diff(result.loss) <= 0).all()
    assert result.loss[-1] < result.loss[0]
    assert not result.diverged


@pytest.mark.parametrize("rule", NONLINEAR, ids=names)
def test_at_the_minimum_they_stay(rule):
    theta = run(rule, rosenbrock(), [1.0, 1.0], 5).theta
    assert (theta == 1).all()


@pytest.mark.parametrize("rule", NONLINEAR, ids=names)
def test_a_start_without_a_loss_is_marked_not_raised(rule):
    J = Objective(lambda th: np.log(th).sum(-1), lambda th: 1 / th)
    assert run(rule, J, [-1.0, 2.0], 3).diverged


def test_an_objective_without_one_number_per_theta_is_refused():
    J = Objective(lambda th: np.stack([th.sum(-1), th.sum(-1)]), lambda th: 0 * th + 1)
    with pytest.raises(ValueError, match=r"J must be an objective that gives each theta"):
        PolakRibiere().step(J, np.ones(2), PolakRibiere().init(np.ones(2)), 0)


# All of them


@pytest.mark.parametrize("rule", ALL, ids=names)
def test_resuming_equals_the_uninterrupted_run(rule):
    J = himmelblau()
    whole = run(rule, J, [0.5, 1.5], 12)
    first = run(rule, J, [0.5, 1.5], 5)
    second = run(rule, J, first.theta[-1], 7, state=first.state, t0=first.t)
    both = np.concatenate([first.theta, second.theta[1:]])
    assert np.array_equal(both, whole.theta, equal_nan=True)


@pytest.mark.parametrize("rule", ALL, ids=names)
def test_a_batch_equals_its_runs(rule):
    starts = np.random.default_rng(1).uniform(-1, 1, (2, 3, 2))
    batch = run(rule, himmelblau(), starts, 8)
    for i in np.ndindex(2, 3):
        alone = run(rule, himmelblau(), starts[i], 8).theta
        assert np.array_equal(batch.theta[:, *i], alone, equal_nan=True)


@pytest.mark.parametrize("rule", ALL, ids=names)
def test_float32_stays_float32_and_inputs_stay_as_they_were(rule):
    J, theta = himmelblau(), np.array([[0.5, 1.5], [2.0, 1.0]], np.float32)
    state = rule.init(theta)
    for t in range(3):
        before = theta.copy(), repr(state)
        moved, after = rule.step(J, theta, state, t)
        assert (theta == before[0]).all()
        assert repr(state) == before[1]
        assert {moved.dtype, *(v.dtype for v in after.values())} == {np.dtype(np.float32)}
        theta, state = moved, after


def test_the_constants_of_the_line_search_can_be_swept():
    result = run(PolakRibiere(**sweep(c2=[0.1, 0.4])), beale(), beale().start, 40)
    assert (result.loss[-1] < 1e-10).all()


BAD = [
    (lambda: Newton(lr=-1.0), r"lr must be a finite number >= 0, got -1.0"),
    (lambda: Newton(lr=np.nan), r"lr must be .*got nan"),
    (lambda: Newton(lr=True), r"lr must be .*got True"),
    (lambda: FletcherReeves(c1=0.0), r"c1 must be in \(0, 1\), got 0.0"),
    (lambda: FletcherReeves(c1=0.2), r"c2 must be above c1 = 0.2 and below 0.5, got 0.1"),
    (lambda: PolakRibiere(c2=0.9), r"c2 must be .*below 0.5, got 0.9"),
    (lambda: PolakRibiere(c2="0.1"), r"c2 must be .*got '0.1'"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_input_is_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# Line searches that do not converge


def wall():
    """Slope -1 down to -1.5 at 1.5, then a steep wall: a search that began with tiny steps ends."""
    return Objective(
        lambda th: np.where(th < 1.5, -th, -1.5 + 1000 * (th - 1.5) ** 2)[..., 0],
        lambda th: np.where(th < 1.5, -1.0, 2000 * (th - 1.5)),
        dim=1,
    )


@pytest.mark.parametrize("rule", NONLINEAR, ids=names)
@pytest.mark.parametrize("before", [1e-12, 1e-9, 1e-6, 1e-3, 1.0, 1e3, np.inf])
def test_a_length_that_scipy_did_not_check_is_not_taken(rule, before):
    zero = np.zeros(1)
    state = {"g": zero, "p": zero, "before": zero + before, "failed": zero}
    theta, after = rule.step(wall(), zero, state, 1)
    assert wall()(theta) <= 0
    assert after["failed"] == 1 or wall()(theta) < 0


@pytest.mark.parametrize("rule", NONLINEAR, ids=names)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("J", [rosenbrock(), beale(), himmelblau(), kink()], ids=lambda J: J.name)
def test_no_step_lengthens_the_loss(rule, dtype, J):
    starts = np.random.default_rng(3).uniform(-3.5, 3.5, (6, 2)).astype(dtype)
    loss = run(rule, J, starts, 150).loss
    assert (np.diff(loss, axis=0) <= 0).all()
