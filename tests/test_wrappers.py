"""Wrappers: what they change, that they nest, and that the rule inside never knows."""

import numpy as np
import pytest

from primer import SGD, Adam, Momentum, Nesterov, Objective, Slider, Varying, registry, run, sweep
from primer.derived import latex, program
from primer.landscapes import quadratic
from primer.rules.clip import Clip, ClipNorm, ClipValue
from primer.rules.conjugate_gradient import ConjugateGradient
from primer.rules.plateau import ReduceOnPlateau
from primer.rules.project import Project
from primer.schedules import Cosine

J = quadratic([1.0, 10.0])


def wrapped(inner):
    """Every wrapper around a rule."""
    return [
        Clip(inner, norm=0.5),
        Clip(inner, value=0.3),
        Clip(inner, percentile=30.0),
        ReduceOnPlateau(inner, factor=0.5, patience=3),
        ReduceOnPlateau(inner, factor=0.5, patience=1, every=4),
        Project(inner, -1.0, 1.5),
        Clip(ReduceOnPlateau(inner, patience=2), norm=1.0),
        Project(Clip(ReduceOnPlateau(Clip(inner, value=2.0), patience=2), norm=1.0), -2.0, 2.0),
    ]


EVERY = [*wrapped(Adam(lr=0.3)), *wrapped(Nesterov(lr=0.02))]


def names(rule):
    inside = getattr(rule, "rule", None)
    return type(rule).__name__ + (f"({names(inside)})" if inside is not None else "")


def flat(value=1.0):
    """A loss that stands still while theta walks at unit slope."""
    return Objective(lambda th: value + 0 * th[..., 0], lambda th: 1.0 + 0 * th)


def test_every_registered_wrapper_is_tested_here():
    registered = {n for n, e in registry.rules.items() if e.kind == "wrapper"}
    assert registered == {type(rule).__name__ for rule in EVERY}


# Clip


def test_clip_names_two_algorithms():
    assert isinstance(Clip(SGD(), norm=1.0), ClipNorm)
    assert isinstance(Clip(SGD(), value=1.0), ClipValue)


def test_the_norm_clip_keeps_the_direction_and_the_value_clip_does_not():
    g = np.array([30.0, 40.0])
    moved = [
        run(Clip(SGD(lr=1.0), **k), quadratic([1.0, 1.0]), g, 1)
        for k in ({"norm": 5.0}, {"value": 5.0})
    ]
    by_norm, by_value = (r.theta[0] - r.theta[1] for r in moved)
    assert by_norm.tolist() == [3, 4]
    assert by_value.tolist() == [5, 5]


@pytest.mark.parametrize("limit", [{"norm": 1e6}, {"value": 1e6}])
@pytest.mark.parametrize("inner", [SGD(lr=0.05), Adam(lr=0.1), Nesterov(lr=0.01)])
def test_a_limit_that_is_never_reached_changes_no_bit(inner, limit):
    plain, held = (run(r, J, [-1.2, 1.0], 50) for r in (inner, Clip(inner, **limit)))
    assert (plain.theta == held.theta).all()


def test_a_gradient_of_zero_is_left_alone():
    with np.errstate(all="raise"):
        theta, _ = Clip(SGD(lr=1.0), norm=1.0).step(J, np.zeros(2), {}, 0)
    assert theta.tolist() == [0, 0]


def test_each_run_of_a_batch_is_clipped_by_its_own_norm():
    start = np.array([[0.1, 0.0], [100.0, 0.0]])
    result = run(Clip(SGD(lr=1.0), norm=1.0), quadratic([1.0, 1.0]), start, 1)
    assert result.theta[1, :, 0].tolist() == [0, 99]


def test_the_rule_inside_meets_the_clip_wherever_it_asks():
    seen = []

    class Asks(SGD):
        def step(self, J, theta, state, t):
            seen.extend(np.linalg.norm(J.grad(k * theta)) for k in (1, 2, 3))
            seen.append(float(J(theta)))
            return theta, state

    Clip(Asks(lr=0.1), norm=0.5).step(J, np.array([3.0, 4.0]), {}, 0)
    assert seen == pytest.approx([0.5, 0.5, 0.5, 84.5])


def test_clipping_works_on_an_objective_that_is_asked_at_a_step():
    clipped = []

    class Asks(SGD):
        def step(self, J, theta, state, t):
            clipped.append(J.at(t).grad(theta))
            return theta, state

    Clip(Asks(lr=0.1), value=0.5).step(J, np.array([3.0, -4.0]), {}, 7)
    assert clipped[0].tolist() == [0.5, -0.5]


# Reduce on plateau


def reference(losses, factor, patience, threshold):
    """The rates by the prose of the docstring, written as a loop with ifs."""
    best, bad, scale, scales = np.inf, 0, 1.0, []
    for loss in losses:
        if loss < best * (1 - threshold):
            best, bad = loss, 0
        else:
            bad += 1
        if bad > patience:
            scale, bad = scale * factor, 0
        scales.append(scale)
    return scales


@pytest.mark.parametrize(("patience", "threshold"), [(0, 0.0), (2, 1e-4), (3, 0.05)])
def test_the_rate_falls_as_a_plain_loop_says(patience, threshold):
    losses = np.random.default_rng(0).uniform(0.5, 1.5, 60) + np.geomspace(2, 0.1, 60)
    script = Objective(
        lambda th: losses[np.round(-th[..., 0]).astype(int) % 60], lambda th: 1 + 0 * th
    )

    class Walk(SGD):
        def step(self, J, theta, state, t):
            scales.append(float(self.lr[0]))
            return theta - 1, state

    scales = []
    rule = ReduceOnPlateau(Walk(lr=1.0), factor=0.5, patience=patience, threshold=threshold)
    run(rule, script, [0.0], 60)
    assert scales == reference(losses, 0.5, patience, threshold)


def test_looks_every_few_steps_compare_the_mean_loss():
    rule = ReduceOnPlateau(SGD(lr=1.0), factor=0.5, patience=0, every=3)
    steps = -np.diff(run(rule, flat(), [0.0], 9).theta[:, 0])
    # The first look sets the best, the second and third find no progress.
    assert steps.tolist() == [1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_the_runs_of_a_batch_have_their_own_memory():
    rule = ReduceOnPlateau(SGD(**sweep(lr=[0.001, 0.19, 0.2])), factor=0.5, patience=2)
    result = run(rule, J, [1.0, 1.0], 60)
    assert result.state["scale"].shape == (3, 1)
    for i, lr in enumerate([0.001, 0.19, 0.2]):
        alone = run(ReduceOnPlateau(SGD(lr=lr), factor=0.5, patience=2), J, [1.0, 1.0], 60)
        assert (alone.theta == result.theta[:, i]).all()
    assert len(set(result.state["scale"][:, 0])) > 1


def test_patience_can_be_swept():
    rule = ReduceOnPlateau(SGD(lr=1.0), factor=0.5, patience=sweep(patience=[0, 1, 5])["patience"])
    assert run(rule, flat(), [0.0], 5).state["scale"][:, 0].tolist() == [0.0625, 0.25, 1]


def test_a_schedule_inside_is_multiplied_not_replaced():
    rule = ReduceOnPlateau(SGD(lr=Cosine(1.0, 10)), factor=0.5, patience=0)
    steps = -np.diff(run(rule, flat(), [0.0], 4).theta[:, 0])
    assert steps == pytest.approx(Cosine(1.0, 10)(np.arange(4)) * 0.5 ** np.arange(4))


# Project


def test_projection_keeps_every_later_point_in_the_box():
    theta = run(Project(SGD(lr=0.15), -0.5, 0.25), J, [0.2, 0.2], 30).theta
    assert theta.min() >= -0.5
    assert theta.max() <= 0.25


# All of them


@pytest.mark.parametrize("rule", EVERY, ids=names)
def test_resuming_equals_the_uninterrupted_run(rule):
    whole = run(rule, J, [1.0, 2.0], 40)
    first = run(rule, J, [1.0, 2.0], 13)
    second = run(rule, J, first.theta[-1], 27, state=first.state, t0=first.t)
    assert (np.concatenate([first.theta, second.theta[1:]]) == whole.theta).all()


@pytest.mark.parametrize("rule", EVERY, ids=names)
def test_a_batch_equals_its_runs_bit_for_bit(rule):
    starts = np.random.default_rng(1).normal(size=(5, 2))
    batch = run(rule, J, starts, 40)
    for i, start in enumerate(starts):
        assert (run(rule, J, start, 40).theta == batch.theta[:, i]).all()


@pytest.mark.parametrize("rule", EVERY, ids=names)
def test_float32_stays_float32_and_inputs_stay_as_they_were(rule):
    theta = np.array([1.0, 2.0], np.float32)
    state = rule.init(theta)
    before = theta.copy(), repr(state)
    moved, after = rule.step(J, theta, state, 0)
    assert moved.dtype == np.float32
    assert (theta == before[0]).all()
    assert repr(state) == before[1]
    assert all(v.dtype == np.float32 for v in leaves(after))


def leaves(state):
    for value in state.values():
        yield from leaves(value) if isinstance(value, dict) else [value]


@pytest.mark.parametrize("rule", EVERY, ids=names)
def test_every_wrapper_has_an_equation_and_runs_in_the_page(rule):
    assert "theta" in latex(rule)
    assert program(rule, J).dim == 2


def test_a_slider_deep_inside_is_found_and_stands_for_its_value():
    slider = Slider(1e-3, 1, 0.1, log=True)
    rule = Clip(ReduceOnPlateau(Adam(lr=slider)), norm=1.0)
    assert program(rule, J).sliders == (slider,)
    plain = Clip(ReduceOnPlateau(Adam(lr=0.1)), norm=1.0)
    assert (run(rule, J, [1.0, 2.0], 30).theta == run(plain, J, [1.0, 2.0], 30).theta).all()


def test_sweeps_of_wrapper_and_inner_rule_span_one_grid():
    grid = sweep(lr=[0.01, 0.05], norm=[0.1, 1.0, 10.0])
    result = run(Clip(Momentum(lr=grid["lr"]), norm=grid["norm"]), J, [1.0, 2.0], 20)
    alone = run(Clip(Momentum(lr=0.05), norm=1.0), J, [1.0, 2.0], 20)
    assert result.loss.shape == (21, 2, 3)
    assert (result.theta[:, 1, 1] == alone.theta).all()


BAD = [
    (lambda: Clip(SGD()), r"norm, value or percentile must be given, one of them, got norm=None"),
    (lambda: Clip(SGD(), norm=1.0, value=1.0), r"one of them, got norm=1.0, value=1.0,"),
    (lambda: Clip(SGD(), value=1.0, percentile=5.0), r"one of them, got .* percentile=5.0"),
    (lambda: Clip(SGD(), norm=0.0), r"norm must be a finite number > 0, got 0.0"),
    (lambda: Clip(SGD(), value=np.inf), r"value must be .*got inf"),
    (lambda: Clip(SGD(), norm=np.array([1.0, 2.0])), r"norm must be .*shape \(2,\)"),
    (lambda: Clip(SGD, norm=1.0), r"rule must be an Optimizer instance .*got <class"),
    (lambda: Clip(0.1, value=1.0), r"rule must be an Optimizer instance .*got 0.1"),
    (lambda: ReduceOnPlateau("adam"), r"rule must be an Optimizer instance .*got 'adam'"),
    (lambda: ReduceOnPlateau(ConjugateGradient()), r"rule must be a rule with an lr"),
    (lambda: ReduceOnPlateau(SGD(), factor=1.0), r"factor must be in \(0, 1\), got 1.0"),
    (lambda: ReduceOnPlateau(SGD(), patience=-1), r"patience must be an integer >= 0, got -1"),
    (lambda: ReduceOnPlateau(SGD(), patience=1.5), r"patience must be an integer >= 0, got 1.5"),
    (lambda: ReduceOnPlateau(SGD(), threshold=1.0), r"threshold must be in \[0, 1\), got 1.0"),
    (lambda: ReduceOnPlateau(SGD(), every=0), r"every must be an integer >= 1, got 0"),
    (lambda: Project(SGD(), 1.0, -1.0), r"high must be above low = 1.0, got -1.0"),
    (lambda: Project(SGD(), np.nan, 1.0), r"low must be a finite number, got nan"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_input_is_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# ClipPercentile


def spiky(norms):
    """A gradient of these norms, one a step, in the direction (0.6, 0.8)."""
    direction = np.array([0.6, 0.8])

    def at(t):
        g = norms[t % len(norms)] * direction
        return Objective(lambda theta: (g * theta).sum(-1), lambda theta: g + 0 * theta)

    return Varying(at, dim=2)


@pytest.mark.parametrize("percentile", [10.0, 50.0, 90.0])
def test_the_share_of_gradients_that_is_left_alone_is_the_percentile(percentile):
    norms = np.exp(np.random.default_rng(0).standard_normal(8000))
    rule = Clip(SGD(lr=1.0), percentile=percentile)
    path = run(rule, spiky(norms), [0.0, 0.0], 8000).theta
    taken = np.linalg.norm(np.diff(path, axis=0), axis=-1)
    alone = np.isclose(taken, norms, rtol=1e-9)[200:].mean()
    assert alone == pytest.approx(percentile / 100, abs=0.02)
    turned = np.diff(path, axis=0) / taken[:, None]
    np.testing.assert_allclose(turned, np.broadcast_to([-0.6, -0.8], turned.shape), rtol=1e-6)


@pytest.mark.parametrize("spike", [1e2, 1e6, 1e100])
def test_a_spike_moves_the_limit_no_more_than_any_longer_gradient(spike):
    norms = np.ones(100)
    norms[60] = spike
    rule = Clip(SGD(lr=1.0), percentile=90.0)
    path = run(rule, spiky(norms), [0.0, 0.0], 100).theta
    assert np.linalg.norm(np.diff(path, axis=0), axis=-1).max() < 1.3
    after = run(rule, spiky(norms), [0.0, 0.0], 61).state["limit"]
    before = run(rule, spiky(norms), [0.0, 0.0], 60).state["limit"]
    assert after / before == pytest.approx(np.exp(0.2 * 0.9))


def test_the_limit_waits_for_the_first_gradient_that_is_not_zero():
    norms = np.array([0.0, 0.0, 4.0, 4.0])
    result = run(Clip(SGD(lr=1.0), percentile=50.0), spiky(norms), [0.0, 0.0], 3)
    assert np.isfinite(result.theta).all()
    assert result.state["limit"].tolist() == [4.0]
    assert np.linalg.norm(result.theta[3]) == pytest.approx(4.0)


def test_the_gradient_at_theta_is_asked_for_once():
    count = []

    def grad(theta):
        count.append(1)
        return theta

    J = Objective(lambda theta: (theta**2).sum(-1) / 2, grad)
    rule = Clip(SGD(lr=0.1), percentile=50.0)
    theta = np.ones(2)
    rule.step(J, theta, rule.init(theta), 0)
    assert len(count) == 1
