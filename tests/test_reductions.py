"""With some hyperparameter at its end, one rule becomes another, to the last bit."""

import dataclasses

import numpy as np
import pytest
from helpers import assert_same, bare, cases, every_case, every_rule, lively, shaped

import primer
from primer import (
    SGD,
    Adam,
    Adamax,
    AdamL2,
    AdamW,
    AMSGrad,
    ClipNorm,
    ClipValue,
    Constant,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Objective,
    Project,
    RAdam,
    ReduceOnPlateau,
    RMSProp,
    Slider,
    l2,
    landscapes,
    power,
    registry,
    run,
)  # fmt: skip

GROUNDS = [
    shaped(landscapes.rosenbrock(5)),
    shaped(landscapes.himmelblau()),
    shaped(landscapes.moving_valley(period=30)),
]
RISING = landscapes.quadratic([-1.0, -0.3])
STARTS = np.random.default_rng(0).uniform(-1.5, 1.5, (5, 2))


def assert_equal_runs(one, other, grounds=GROUNDS, steps=80):
    for J in grounds:
        a, b = run(one, J, STARTS, steps), run(other, J, STARTS, steps)
        assert np.abs(a.theta[-1] - a.theta[0]).max() > 1e-3, "nothing moved"
        assert_same(a.theta, b.theta)


@pytest.mark.parametrize(
    ("general", "special"),
    [
        (Momentum(lr=0.01, beta=0.0), SGD(lr=0.01)),
        (Nesterov(lr=0.01, beta=0.0), SGD(lr=0.01)),
        (AdamW(lr=0.02, weight_decay=0.0), Adam(lr=0.02)),
        (AdamL2(lr=0.02, weight_decay=0.0), Adam(lr=0.02)),
        (NAdam(lr=0.02, beta1=0.0, eps=1e-3), Adam(lr=0.02, beta1=0.0, eps=1e-3)),
        (Adamax(lr=0.02, beta2=0.0, eps=0.1), Adam(lr=0.02, beta2=0.0, eps=0.1)),
        (RAdam(lr=0.01, beta1=0.0, beta2=0.5), SGD(lr=0.01)),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_a_rule_reduces_to_a_simpler_one(general, special):
    assert_equal_runs(general, special)


def test_adam_without_memory_is_descent_by_sign():
    """Equal but for the rounding of lr * g / |g|."""
    rule = Adam(lr=0.02, beta1=0.0, beta2=0.0, eps=0.0)
    for theta in STARTS:
        for J in GROUNDS[:2]:
            one, other = run(rule, J, theta, 1), run(Lion(lr=0.02, beta1=0.0), J, theta, 1)
            np.testing.assert_allclose(one.theta, other.theta, rtol=1e-14)


def test_the_reductions_are_not_trivial():
    with pytest.raises(AssertionError, match="numbers differ"):
        assert_equal_runs(Momentum(lr=0.01, beta=1e-6), SGD(lr=0.01))
    with pytest.raises(AssertionError, match="numbers differ"):
        assert_equal_runs(AdamW(lr=0.02, weight_decay=1e-9), Adam(lr=0.02))


def test_amsgrad_is_adam_while_the_second_moment_rises():
    rules = AMSGrad(lr=0.02), Adam(lr=0.02)
    assert_equal_runs(*rules, [RISING])
    with pytest.raises(AssertionError, match="numbers differ"):
        assert_equal_runs(*rules)


@pytest.mark.parametrize("lam", [1e-3, 0.3])
def test_adam_l2_is_adam_on_the_penalized_objective(lam):
    for J in GROUNDS[:2]:
        one = run(AdamL2(lr=0.05, weight_decay=lam), J, STARTS, 80)
        other = run(Adam(lr=0.05), J + l2(lam), STARTS, 80)
        assert_same(one.theta, other.theta)


def test_for_sgd_a_penalty_and_decoupled_decay_are_the_same():
    J, lam, lr = GROUNDS[0], 0.3, 0.01
    theta = STARTS
    for _ in range(80):
        theta = (1 - lr * lam) * theta - lr * J.grad(theta)
    np.testing.assert_allclose(run(SGD(lr=lr), J + l2(lam), STARTS, 80).theta[-1], theta, 1e-10)


class Corrected(primer.Schedule):
    """lr * sqrt(1 - beta ** (t + 1)): Adam's correction of the second moment, as a rate."""

    def __init__(self, lr, beta):
        self.lr, self.beta = lr, beta

    def fields(self):
        return {}

    def __call__(self, t):
        return self.lr * (1 - power(self.beta, t + 1)) ** 0.5


def test_rmsprop_is_adam_without_momentum_but_for_the_correction():
    corrected = RMSProp(lr=Corrected(0.02, 0.9), beta=0.9, eps=0.0)
    adam = Adam(lr=0.02, beta1=0.0, beta2=0.9, eps=0.0)
    for J in GROUNDS:
        one, other = run(corrected, J, STARTS, 20), run(adam, J, STARTS, 20)
        np.testing.assert_allclose(one.theta, other.theta, rtol=1e-9, atol=1e-12)
    plain = run(RMSProp(lr=0.02, beta=0.9, eps=0.0), GROUNDS[0], STARTS, 1)
    first = np.abs(plain.theta[1] - plain.theta[0]) / 0.02
    np.testing.assert_allclose(first, 1 / np.sqrt(0.1), rtol=1e-9)


def test_lion_with_equal_betas_is_the_sign_of_one_running_mean():
    J, theta, m = GROUNDS[1], STARTS, 0.0
    lion = run(Lion(lr=0.01, beta1=0.9, beta2=0.9), J, STARTS, 50)
    for t in range(50):
        m = 0.9 * m + (1 - 0.9) * J.grad(theta)
        theta = theta - 0.01 * np.sign(m)
        assert_same(lion.theta[t + 1], theta)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda rule: ClipNorm(rule, norm=1e300),
        lambda rule: ClipValue(rule, value=1e300),
        lambda rule: Project(rule, low=-1e300, high=1e300),
        lambda rule: ReduceOnPlateau(rule, patience=10**6),
    ],
    ids=["ClipNorm", "ClipValue", "Project", "ReduceOnPlateau"],
)
@every_case
def test_a_wrapper_that_never_acts_changes_no_bit(name, wrap):
    rule = cases()[name]
    if wrap(SGD()).__class__ is ReduceOnPlateau and not hasattr(lively(bare(name)), "lr"):
        pytest.skip("no rate to reduce")
    one, other = run(wrap(rule), GROUNDS[0], STARTS, 30), run(rule, GROUNDS[0], STARTS, 30)
    kept = np.cumprod(np.abs(other.theta).max(-1) < 1e20, axis=0).astype(bool)
    assert kept.mean() > 0.7
    assert_same(one.theta[kept], other.theta[kept])


@every_rule
def test_number_constant_schedule_slider_and_sweep_of_one_are_the_same(name):
    rule = lively(name)
    reference = run(rule, GROUNDS[0], STARTS, 30)
    for field, value in rule.fields().items():
        if not isinstance(value, float) or field not in primer.check.BY_NAME:
            continue
        twins = [Constant(value), Slider(value / 2, max(value, 1e-9), value)]
        twins += [] if name == "NAdam" else [np.full((5, 1), value)]
        for twin in twins:
            twin_run = run(dataclasses.replace(rule, **{field: twin}), GROUNDS[0], STARTS, 30)
            assert_same(twin_run.theta, reference.theta, f"{field} as {type(twin).__name__}")


@every_rule
def test_a_rate_of_zero_moves_nothing(name):
    if "lr" not in registry.rules[name].make.__dataclass_fields__:
        pytest.skip("no rate")
    result = run(lively(name, lr=0.0), GROUNDS[0], STARTS, 10)
    assert_same(result.theta, np.broadcast_to(STARTS, (11, 5, 2)))


@every_rule
def test_without_a_slope_nothing_moves(name):
    if name in {"Newton", "Project"}:
        pytest.skip("Newton needs a Hessian that is not 0, Project moves into its box")
    fields = registry.rules[name].make.__dataclass_fields__
    rule = lively(name, **({"weight_decay": 0.0} if "weight_decay" in fields else {}))
    flat = Objective(
        lambda th: 1.0 + 0 * th[..., 0],
        lambda th: 0 * th,
        lambda th: 0 * th[..., None] * th[..., None, :],
        shapes=[(2, 1)],
    )
    result = run(rule, flat, STARTS, 10)
    assert_same(result.theta, np.broadcast_to(STARTS, (11, 5, 2)))
