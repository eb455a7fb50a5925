"""What the rules do to scale, sign, order and rotation, and where they are stable (Hypothesis)."""

from fractions import Fraction

import numpy as np
import pytest
from helpers import assert_same, bare, cases, every_case, shaped
from hypothesis import assume, example, given
from hypothesis import strategies as st

from primer import (
    SGD,
    Adam,
    AdamW,
    Exponential,
    Momentum,
    Objective,
    StepDecay,
    Varying,
    landscapes,
    power,
    run,
)
from primer.exact import scaled_power

GROUND = shaped(landscapes.himmelblau())
numbers = st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3)
points = st.tuples(numbers, numbers).map(np.array)
rates = st.floats(1e-3, 0.2)
decays = st.floats(0, 0.99)


def seen_through(J, forth, back):
    """J of other coordinates: theta -> forth(theta), its gradient and Hessian carried over."""
    return Objective(
        lambda theta: J(forth(theta)),
        lambda theta: back(J.grad(forth(theta))),
        lambda theta: back(np.swapaxes(back(J.hess(forth(theta))), -1, -2)),
        dim=J.dim,
        shapes=J.shapes,
    )


def scaled(J, c):
    return Objective(lambda th: c * J(th), lambda th: c * J.grad(th), lambda th: c * J.hess(th))


def slopes(rows):
    """The objective whose gradient at step t is rows[t], wherever theta is."""
    return Varying(lambda t: Objective(lambda th: 0 * th[..., 0], lambda th: rows[t] + 0 * th))


@given(points, rates, decays, decays, st.integers(-30, 30))
def test_adam_without_eps_does_not_see_the_scale_of_the_loss(theta, lr, beta1, beta2, k):
    rule = Adam(lr, beta1, beta2, eps=0.0)
    one, other = run(rule, GROUND, theta, 30), run(rule, scaled(GROUND, 2.0**k), theta, 30)
    assert_same(one.theta, other.theta)


@given(points, st.floats(0.01, 100))
def test_with_eps_or_with_sgd_the_scale_matters(theta, c):
    assume(abs(np.log(c)) > 0.1)
    for rule in (Adam(0.1, eps=1.0), SGD(1e-3)):
        one, other = run(rule, GROUND, theta, 5), run(rule, scaled(GROUND, c), theta, 5)
        assert np.abs(one.theta[-1] - other.theta[-1]).max() > 1e-6


def case_for_comparison(name):
    """Settings at which 15 steps on Himmelblau's function stay near the window."""
    rule = cases()[name]
    fields = rule.fields()
    return rule.having(lr=0.003) if "lr" in fields and bare(name) != "Newton" else rule


def gap(name, theta, forth, back):
    rule = case_for_comparison(name)
    one = run(rule, GROUND, forth(theta), 15).theta
    other = forth(run(rule, seen_through(GROUND, forth, back), theta, 15).theta)
    return np.abs(one - other).max() / np.abs(one).max()


PLACES = np.array([[-2.0, 1.3], [0.4, -1.7], [2.2, 2.9], [-0.6, 0.8]])
#: Rules and wrappers whose box or threshold is tied to the axes.
AXES = {"Project": "its box has axes and ends"}


@every_case
def test_every_rule_treats_both_directions_of_an_axis_alike(name):
    if bare(name) in AXES:
        pytest.skip(AXES[bare(name)])
    for signs in ([-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]):
        for theta in PLACES:
            flip = np.array(signs)
            assert gap(name, theta, lambda x: flip * x, lambda g: flip * g) < 1e-9  # noqa: B023


@every_case
def test_every_rule_treats_all_coordinates_alike(name):
    for theta in PLACES:
        assert gap(name, theta, lambda x: x[..., ::-1], lambda g: g[..., ::-1]) < 1e-9


ROTATE = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
#: Rules that do not see the axes. All others work on each coordinate by itself.
ROUND = {
    "SGD", "Momentum", "Nesterov", "ClipNorm", "ClipPercentile", "ReduceOnPlateau", "Newton",
    "ConjugateGradient", "FletcherReeves", "PolakRibiere",
}  # fmt: skip
COORDINATEWISE = {
    "AdaGrad", "RMSProp", "CenteredRMSProp", "Adadelta", "Adam", "AdamL2", "AdamW", "AMSGrad",
    "Adamax", "NAdam", "RAdam", "Lion", "ClipValue", "Project",
    "AdEMAMix", "ScheduleFree", "Sophia",
}  # fmt: skip


@every_case
def test_rotations_change_nothing_for_some_rules_and_much_for_the_others(name):
    largest = max(
        gap(name, theta, lambda x: x @ ROTATE.T, lambda g: g @ ROTATE) for theta in PLACES
    )
    assert largest < 1e-9 or largest > 1e-4, "neither the one nor the other"
    parts = {bare(name), *(["Adam"] if "(Adam)" in name else [])}
    if parts <= ROUND | COORDINATEWISE:
        assert (largest < 1e-9) == (parts <= ROUND), f"{name}: {largest:.1e}"


@given(points, st.floats(0.2, np.pi / 2 - 0.2))
def test_adams_first_step_belongs_to_the_axes_not_to_the_slope(theta, angle):
    """In any coordinates it is lr * (±1, ±1), so two sets of coordinates give two directions."""
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    J = seen_through(GROUND, lambda x: x @ turn.T, lambda g: g @ turn)
    plain = np.diff(run(Adam(0.1, eps=0.0), GROUND, theta @ turn.T, 1).theta, axis=0)[0]
    turned = np.diff(run(Adam(0.1, eps=0.0), J, theta, 1).theta, axis=0)[0]
    np.testing.assert_allclose(np.abs([plain, turned]), 0.1, rtol=1e-9)
    assert np.abs(np.abs(plain @ turn) - 0.1).max() > 0.01


@given(st.floats(0.1, 100), st.floats(0.02, 1.9).filter(lambda c: abs(c - 1) > 0.02))
def test_gradient_descent_is_stable_below_2_over_l(L, c):
    result = run(SGD(lr=c * 2 / L), landscapes.quadratic([L / 50, L]), [0.0, 1.0], 500)
    assert (np.abs(result.theta[-1, 1]) < 1e-6) == (c < 1)


@given(st.floats(0.1, 100), decays, st.floats(0.05, 1.9).filter(lambda c: abs(c - 1) > 0.02))
def test_heavy_ball_is_stable_below_2_plus_2_beta(L, beta, c):
    rule = Momentum(lr=c * (2 + 2 * beta) / L, beta=beta)
    result = run(rule, landscapes.quadratic([L]), [1.0], 4000)
    far = np.abs(result.theta[-1, 0])
    assert (far < 1e-3) == (c < 1)


@given(points, st.floats(0, 0.5), st.floats(0, 1.5), st.integers(0, 60))
def test_decoupled_decay_is_theta_times_a_power(theta, lr, lam, t):
    flat = Objective(lambda th: 0 * th[..., 0], lambda th: 0 * th)
    result = run(AdamW(lr=lr, weight_decay=lam), flat, theta, t)
    np.testing.assert_allclose(result.theta[-1], theta * (1 - lr * lam) ** t, rtol=1e-12)


@given(points, rates, decays, decays)
def test_adams_first_step_is_lr_times_the_sign_of_the_gradient(theta, lr, beta1, beta2):
    first = run(Adam(lr, beta1, beta2, eps=0.0), GROUND, theta, 1).theta
    step = lr * np.sign(GROUND.grad(theta))
    np.testing.assert_allclose(first[1], first[0] - step, rtol=1e-12, atol=1e-13)


def bound(beta1, beta2, t):
    """Largest |m_hat| / sqrt(v_hat) at step t, by Cauchy and Schwarz."""
    past = np.arange(t + 1)
    w = (1 - beta1) * beta1**past / (1 - beta1 ** (t + 1))
    u = (1 - beta2) * beta2**past / (1 - beta2 ** (t + 1))
    return np.sqrt((w**2 / u).sum()), w / u


@given(st.lists(numbers, min_size=1, max_size=30), st.floats(0, 0.95), st.floats(0.3, 0.999))
def test_no_gradients_drive_adam_beyond_its_bound(gradients, beta1, beta2):
    rows = np.array(gradients)[:, None]
    steps = np.diff(
        run(Adam(1.0, beta1, beta2, eps=0.0), slopes(rows), [0.0], len(rows)).theta, axis=0
    )
    for t, step in enumerate(steps[:, 0]):
        assert abs(step) <= bound(beta1, beta2, t)[0] * (1 + 1e-9)


@pytest.mark.parametrize(
    ("beta1", "beta2", "t", "value"),
    [(0.9, 0.999, 8000, 7.27), (0.9, 0.99, 1500, 2.345), (0.5, 0.9, 200, 1.86)],
)
def test_the_bound_is_attained_and_lies_above_the_one_that_circulates(beta1, beta2, t, value):
    """lr (1 - beta1) / sqrt(1 - beta2) is the step after one gradient among zeros, and no bound."""
    largest, worst = bound(beta1, beta2, t)
    rows = np.maximum(worst[::-1, None] / worst.max(), 1e-120)  # so that no square is 0
    step = np.diff(run(Adam(1.0, beta1, beta2, eps=0.0), slopes(rows), [0.0], t + 1).theta, axis=0)
    assert abs(step[-1, 0]) == pytest.approx(largest, rel=1e-6)
    limit = (1 - beta1) / np.sqrt((1 - beta2) * (1 - beta1**2 / beta2))
    assert largest == pytest.approx(limit, rel=1e-3)
    assert limit == pytest.approx(value, abs=0.005)
    assert largest > 1.1 * max(1, (1 - beta1) / np.sqrt(1 - beta2))


whole_range = st.floats(width=64)  # with NaN, both infinities, denormals and both zeros
exponents = st.one_of(st.integers(0, 40), st.integers(0, 2000), st.integers(0, 10**12))


def c_pow(b, n):
    with np.errstate(all="ignore"):
        return float(np.power(np.float64(b), np.float64(n)))


@given(whole_range, exponents)
@example(1e301, 1)
@example(1e154, 2)
@example(1e155, 2)
@example(-2e150, 2)
@example(-0.0, 3)
@example(np.nan, 0)
@example(1e-320, 1)
@example(-np.inf, 3)
@example(0.5, 1074)
def test_a_power_is_what_c_makes_of_it_over_the_whole_range(b, n):
    value, expected = power(b, n), c_pow(b, n)
    assert type(value) is float
    if n < 10**9:  # beyond, the double-double itself is rounded
        np.testing.assert_allclose(value, expected, rtol=2.3e-16, atol=5e-324)
        assert np.signbit(value) == np.signbit(expected) or np.isnan(expected)
    for twin in (power(np.array([0.5, b]), n)[1], power(np.float64(b), n), power(b, [n])[0]):
        np.testing.assert_array_equal(twin, value)


@given(st.floats(0, 1e300), st.floats(1e-12, 1e12), st.integers(0, 400))
@example(1e-3, 1e3, 103)
@example(1e300, 1e-3, 110)
def test_a_scaled_power_is_finite_where_only_the_power_is_not(a, b, n):
    exact = Fraction(a) * Fraction(b) ** n
    expected = float(exact) if exact < Fraction(np.finfo(float).max) else np.inf
    np.testing.assert_allclose(scaled_power(a, b, n), expected, rtol=5e-16, atol=1e-323)
    if 1e-280 < c_pow(b, n) < 1e280:
        assert scaled_power(a, b, n) == a * power(b, n)
    assert scaled_power(a, np.array([b, 1.0]), n)[0] == scaled_power(a, b, n)


def test_powers_of_float32_overflow_as_float32():
    base = np.array([1e30, -1e30, np.inf, 1e-30, 0.5], np.float32)
    np.testing.assert_array_equal(
        power(base, 3), np.array([np.inf, -np.inf, np.inf, 0, 0.125], np.float32)
    )
    assert power(base[:1], [1, 2]).dtype == np.float32


@pytest.mark.parametrize(
    ("schedule", "t", "value"),
    [
        (Exponential(1e-3, 1e3), 103, 1e306),
        (Exponential(1e300, 1e-3), 110, 1e-30),
        (StepDecay(1e-200, 1e200, every=2), 4, 1e200),
        (Exponential(1e-3, 1e3), 104, np.inf),
    ],
)
def test_a_rate_is_right_where_its_factor_alone_overflows(schedule, t, value):
    assert schedule.value(t) == pytest.approx(value, rel=1e-15)
