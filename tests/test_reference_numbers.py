"""Numbers from papers, from other libraries' tests and from our own recomputation."""

import numpy as np
import pytest

from primer import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Objective,
    Project,
    RMSProp,
    Schedule,
    Varying,
    landscapes,
    power,
    run,
)  # fmt: skip

BOWL = landscapes.quadratic([0.01, 0.1, 1.0])
ALPHA, BETA = 1 / 9, 4 / 9


@pytest.mark.parametrize(
    ("rule", "rate", "tolerance"),
    [
        (SGD(lr=200 / 101), 0.980198, 1e-6),
        (Momentum(lr=3.305785, beta=0.669421), 9 / 11, 2e-3),
        (Nesterov(lr=1.0, beta=9 / 11), 0.9, 2e-3),
        (Nesterov(lr=1.328904, beta=0.793275), 0.884722, 2e-3),
    ],
)
def test_contraction_per_step_at_condition_number_100(rule, rate, tolerance):
    """Measured between steps 600 and 1200: with a double eigenvalue the rate settles slowly."""
    size = np.linalg.norm(run(rule, BOWL, [1.0, 1.0, 1.0], 1200).theta, axis=-1)
    assert (size[1200] / size[600]) ** (1 / 600) == pytest.approx(rate, abs=tolerance)


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        (SGD(lr=0.4), (-0.943467, -0.000073)),
        (SGD(lr=0.6), (-0.387814, -1673.365110)),
        (Momentum(lr=0.6, beta=0.5), (0.007188, 0.002553)),
        (Momentum(lr=0.6, beta=0.25), (-0.126340, -0.186632)),
        (AdaGrad(lr=0.4, eps=1e-6), (-2.382563, -0.158591)),
        (RMSProp(lr=0.4, beta=0.9, eps=1e-6), (-0.010599, 0.0)),
    ],
)
def test_twenty_steps_on_the_toy_function_of_d2l(rule, where):
    result = run(rule, landscapes.toy(), [-5.0, -2.0], 20)
    np.testing.assert_allclose(result.theta[-1], where, atol=2e-6, rtol=1e-6)


def test_heavy_ball_cycles_for_ever_on_a_strongly_convex_function():
    starts = np.array([[3.07], [3.2], [3.3], [3.46], [3.0], [3.5]])
    late = run(Momentum(lr=ALPHA, beta=BETA), landscapes.cycle(), starts, 2000).theta[-3:, :, 0]
    for cycling in range(4):
        found = np.sort(late[:, cycling])
        np.testing.assert_allclose(found, [-1.8024, 0.6465, 2.1159], atol=5e-5)
    assert np.abs(late[:, 4:]).max() < 1e-12


def test_adam_without_bias_correction_first_takes_steps_that_are_too_long():
    expected = {1: 3.162, 2: 4.250, 10: 6.528, 12: 6.569, 100: 3.241, 1000: 1.258, 5000: 1.003}
    slope = Objective(lambda th: th[..., 0], lambda th: 1 + 0 * th)

    class Uncorrected(Adam):
        def step(self, J, theta, state, t):
            g = J.grad(theta)
            m = self.beta1 * state["m"] + (1 - self.beta1) * g
            v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
            return theta - self.lr * m / (np.sqrt(v) + self.eps), {"m": m, "v": v}

    ratio = np.diff(run(Uncorrected(eps=0.0), slope, [0.0], 5000).theta[:, 0])
    ratio = ratio / np.diff(run(Adam(eps=0.0), slope, [0.0], 5000).theta[:, 0])
    for t, value in expected.items():
        assert ratio[t - 1] == pytest.approx(value, abs=6e-4)
    assert ratio.argmax() == 11
    for beta2, first in ((0.999, 3.162), (0.99, 1.0), (0.95, 0.447)):
        steps = run(Uncorrected(lr=1.0, beta2=beta2, eps=0.0), slope, [0.0], 1).theta[:, 0]
        assert -steps[1] == pytest.approx(first, abs=5e-4)
    memory = [1 - power(0.999, t) for t in (100, 693, 1000)]
    np.testing.assert_allclose(memory, [0.0952, 0.5001, 0.6323], atol=5e-5)


class InverseRoot(Schedule):
    """scale / sqrt(t + 1)."""

    def __init__(self, scale):
        self.scale = scale

    def fields(self):
        return {}

    def __call__(self, t):
        return self.scale / float(np.sqrt(t + 1))


def test_adam_walks_to_the_worst_point_and_amsgrad_to_the_best():
    J, steps = landscapes.reddi(C=3), 6000
    short = {"lr": InverseRoot(0.1), "beta1": 0.0, "eps": 1e-8}
    best, ends = run(SGD(lr=0.0), J, [-1.0], steps).loss, {}
    for name, rule in {
        "Adam": Adam(**short, beta2=0.1),
        "AMSGrad": AMSGrad(**short, beta2=0.1),
        "Adam, long memory": Adam(InverseRoot(0.1), 0.9, 0.999),
    }.items():
        result = run(Project(rule, -1.0, 1.0), J, [0.0], steps)
        ends[name] = result.theta[-1, 0], (result.loss - best)[1000:].mean()
    assert ends["Adam"] == pytest.approx((1.0, 2 / 3), abs=0.02)
    assert ends["AMSGrad"] == pytest.approx((-1.0, 0.0), abs=0.02)
    assert ends["Adam, long memory"][0] == pytest.approx(-1.0, abs=0.02)


@pytest.mark.parity
def test_on_the_second_example_of_reddi_adam_ends_at_the_worst_point():
    """100,000 steps, so it stays out of the quick suite. At 10**6 the paper has +1 and -1."""
    J = landscapes.reddi(1010, period=101, other=10)
    ends = {}
    for make in (Adam, AMSGrad):
        rule = Project(make(lr=InverseRoot(1.0), beta1=0.9, beta2=0.99), -1.0, 1.0)
        result = run(rule, J, [0.0], 10**5, keep=10**5, progress=False)
        ends[make.__name__] = result.theta[-1, 0]
    assert ends["Adam"] > 0.98
    assert ends["AMSGrad"] < -0.99


KERAS = Objective(lambda th: th @ np.array([1.0, 6.0, 7.0, 2.0]),
                  lambda th: np.array([1.0, 6.0, 7.0, 2.0]) + 0 * th)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "state", "after"),
    [
        (SGD(lr=0.5), None, (0.5, -1.0, -0.5, 3.0)),
        (Adam(lr=0.5), None, (0.5, 1.5, 2.5, 3.5)),
        (AdamW(lr=0.5, weight_decay=0.004), None, (0.498, 1.496, 2.494, 3.492)),
        (RMSProp(lr=0.5, beta=0.9), None, (-0.5811, 0.4189, 1.4189, 2.4189)),
        (AdaGrad(lr=0.5), {"G": np.full(4, 0.1)}, (0.5233, 1.5007, 2.5005, 3.5061)),
        (NAdam(lr=0.5, momentum_decay=1.0), None, (0.4686, 1.4686, 2.4686, 3.4686)),
        (Lion(lr=0.5), None, (0.5, 1.5, 2.5, 3.5)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_first_step_of_keras(rule, state, after):
    result = run(rule, KERAS, [1.0, 2.0, 3.0, 4.0], 1, state=state)
    np.testing.assert_allclose(result.theta[1], after, atol=6e-5)


def test_where_eps_stands_matters():
    g, eps = 0.1, 0.01
    slope = Objective(lambda th: g * th[..., 0], lambda th: g + 0 * th)
    outside = -run(AdaGrad(lr=1.0, eps=eps), slope, [0.0], 1).theta[1, 0]
    assert outside == pytest.approx(0.909, abs=5e-4)
    assert g / np.sqrt(g**2 + eps) == pytest.approx(0.707, abs=5e-4)


def test_adagrads_rate_settles_without_noise_and_decays_with_it():
    J, rule = landscapes.quadratic([1.0]), AdaGrad(lr=0.5)
    settled = run(rule, J, [1.0], 4000)
    assert 0.5 / np.sqrt(settled.state["G"][0]) == pytest.approx(
        0.5 / np.sqrt(run(rule, J, [1.0], 400).state["G"][0]), rel=1e-6
    )
    rng = np.random.default_rng(0).standard_normal((8000, 1))
    noisy = Varying(lambda t: Objective(lambda th: 0 * th[..., 0], lambda th: rng[t] + 0 * th))
    early, late = (0.5 / np.sqrt(run(rule, noisy, [0.0], n).state["G"][0]) for n in (2000, 8000))
    assert early / late == pytest.approx(2.0, rel=0.05)


def test_on_rosenbrock_gradient_descent_is_stable_below_0_001997():
    J = landscapes.rosenbrock()
    values = np.linalg.eigvalsh(J.hess(np.array([1.0, 1.0])))
    assert values[1] / values[0] == pytest.approx(2508.0, abs=0.05)
    assert 2 / values[1] == pytest.approx(0.001997, abs=5e-7)
    near = np.array([1.0, 1.0]) + 1e-6
    far = [np.abs(run(SGD(lr=lr), J, near, 20_000).theta[-1] - 1).max() for lr in (0.00199, 0.002)]
    assert far[0] < 1e-6 < 1e-3 < far[1]


def test_the_numbers_of_wilson_et_al():
    """Minimum-norm solutions against adaptive ones: section 3.3 of the paper (n = 400, p = 0.6).

    Example i has label y = ±1 in feature 1, two features that are always 1, and for itself one
    feature of its own (y = 1) or five (y = -1). Test examples bring features never seen before.
    """
    rng, n, p = np.random.default_rng(0), 400, 0.6
    y = np.where(rng.random(n) < p, 1.0, -1.0)
    X = np.zeros((n, 3 + 5 * n))
    X[:, 0], X[:, 1:3] = y, 1
    for i in range(n):
        X[i, 3 + 5 * i : 3 + 5 * i + (1 if y[i] > 0 else 5)] = 1
    J = Objective(
        lambda th: np.square(X @ th - y).mean() / 2,
        lambda th: X.T @ (X @ th - y) / n,
        dim=3 + 5 * n,
    )
    fresh = np.where(rng.random(20_000) < p, 1.0, -1.0)
    errors = {}
    for rule in (SGD(lr=0.6), AdaGrad(lr=0.05), Adam(lr=0.005)):
        w = run(rule, J, np.zeros(J.dim), 3000, keep=3000, progress=False).theta[-1]
        assert (np.sign(X @ w) == y).all(), "all fit the training set"
        guess = np.sign(fresh * w[0] + w[1] + w[2])
        errors[type(rule).__name__] = (guess != fresh).mean()
    assert errors["SGD"] == 0
    assert errors["AdaGrad"] == errors["Adam"] == (fresh < 0).mean() == pytest.approx(0.4, abs=0.01)
