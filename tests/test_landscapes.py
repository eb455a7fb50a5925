"""Every landscape: exact derivatives, complete minima, batches row by row, plain inputs."""

import functools
import inspect

import numpy as np
import pytest

from primer import landscapes, registry, run, sweep
from primer.objective import Objective, Varying
from primer.rules.sgd import SGD

VARIANTS = {
    **{name: entry.make for name, entry in registry.landscapes.items()},
    "quadratic turned": lambda: landscapes.quadratic((1.0, 10.0), rotation=0.7),
    "quadratic in 1-D": lambda: landscapes.quadratic([3.0]),
    "quadratic in 12-D": lambda: landscapes.quadratic(np.linspace(0.5, 6, 12)),
    "quadratic with a ridge": lambda: landscapes.quadratic([1.0, -2.0, 3.0]),
    "ravine 7": lambda: landscapes.ravine(7),
    "rosenbrock 5": lambda: landscapes.rosenbrock(5),
    "rastrigin in 3-D": lambda: landscapes.rastrigin(3),
    "absolute in 3-D": lambda: landscapes.absolute([1.0, 2.0, 3.0]),
    "reddi 1010": lambda: landscapes.reddi(1010, period=101, other=10),
}
every = pytest.mark.parametrize("name", VARIANTS)


@functools.cache
def build(name):
    return VARIANTS[name]()


def frozen(J, shape=(7, 5), seed=0):
    """Random points of the window that cannot be written to."""
    low, high = (J.window[0], J.window[1]) if J.window else (-3.0, 3.0)
    theta = np.random.default_rng(seed).uniform(low, high, (*shape, J.dim))
    theta.flags.writeable = False
    return theta


def differences(function, theta, h=1e-5):
    steps = h * np.eye(theta.shape[-1])
    return np.stack([(function(theta + e) - function(theta - e)) / (2 * h) for e in steps], -1)


def steps_of(J):
    return [J.at(t) for t in (0, 1, 17)] if isinstance(J, Varying) else [J]


@every
def test_the_gradient_is_the_slope_of_the_value(name):
    J = build(name)
    theta = frozen(J)
    for now in steps_of(J):
        scale = 1 + np.abs(now.grad(theta)).max()
        np.testing.assert_allclose(
            now.grad(theta), differences(now, theta), rtol=1e-5, atol=1e-7 * scale
        )


@every
def test_the_hessian_is_the_slope_of_the_gradient(name):
    J = build(name)
    theta = frozen(J)
    for now in steps_of(J):
        scale = 1 + np.abs(now.hess(theta)).max()
        np.testing.assert_allclose(
            now.hess(theta), differences(now.grad, theta), rtol=1e-5, atol=1e-7 * scale
        )


@every
@pytest.mark.parametrize("what", ["__call__", "grad", "hess"])
def test_a_batch_gives_the_bits_of_its_rows(name, what):
    J = build(name)
    theta = frozen(J, (3, 4))
    for now in steps_of(J):
        whole = getattr(now, what)(theta)
        tail = {"__call__": (), "grad": (J.dim,), "hess": (J.dim, J.dim)}[what]
        assert whole.shape == (3, 4, *tail)
        for row in np.ndindex(3, 4):
            assert np.array_equal(whole[row], getattr(now, what)(theta[row]))


@every
def test_float32_stays_float32(name):
    J = build(name)
    theta = frozen(J).astype(np.float32)
    for now in steps_of(J):
        assert now(theta).dtype == np.float32
        assert now.grad(theta).dtype == np.float32
        assert now.hess(theta).dtype == np.float32
    assert J.watch(theta, 3).dtype == np.float32


@every
def test_the_gradient_vanishes_at_every_listed_minimum_and_curvature_is_not_negative(name):
    J = build(name)
    if J.minimum is None:
        return
    minima = np.atleast_2d(J.minimum)
    assert np.abs(J.grad(minima)).max() < 1e-12
    assert np.linalg.eigvalsh(J.hess(minima)).min() >= 0
    assert np.ptp(J(minima)) < 1e-12, "all listed minima are global, so equally deep"


@every
def test_nothing_in_the_neighborhood_is_lower_than_the_minimum(name):
    J = build(name)
    if J.minimum is None:
        return
    least = J(np.atleast_2d(J.minimum)).max()
    assert (J(frozen(J, (4000,))) >= least - 1e-12).all()


SMOOTH = [n for n in registry.landscapes if build(n).dim == 2 and build(n).minimum is not None]


@pytest.mark.parametrize("name", sorted({*SMOOTH} - {"absolute", "rastrigin"}))
def test_the_list_of_minima_is_complete(name):
    """Newton from a fine grid finds no minimum but the listed ones, and every one of those."""
    J = build(name)
    a, b, c, d = J.window
    x, y = np.meshgrid(np.linspace(a, b, 60), np.linspace(c, d, 60))
    theta = np.stack([x.ravel(), y.ravel()], -1)
    with np.errstate(all="ignore"):
        for _ in range(60):
            theta = theta - np.linalg.solve(
                J.hess(theta) + 1e-12 * np.eye(2), J.grad(theta)[..., None]
            ).squeeze(-1)
    theta = theta[np.isfinite(theta).all(-1)]
    inside = (np.abs(theta) < 10).all(-1) & (np.abs(J.grad(theta)).max(-1) < 1e-9)
    theta = theta[inside]
    theta = theta[np.linalg.eigvalsh(J.hess(theta)).min(-1) > 1e-6]
    gaps = np.linalg.norm(theta[:, None] - np.atleast_2d(J.minimum), axis=-1)
    assert gaps.min(1).max() < 1e-6, "a minimum that is not listed"
    assert gaps.min(0).max() < 1e-6, "a listed minimum that is none"


@every
def test_there_is_a_name_a_start_and_a_frame_around_it(name):
    J = build(name)
    assert J.name
    assert J.start.shape == (J.dim,)
    assert np.isfinite(J(J.start))
    if J.window is not None:
        low, high = np.array(J.window).reshape(2, 2).T
        assert (low < high).all()
        assert (low[: J.dim] <= J.start).all()
        assert (J.start <= high[: J.dim]).all()
        if J.dim == 2 and J.minimum is not None:
            assert ((low < J.minimum) & (J.minimum < high)).all()


def test_every_landscape_is_callable_without_arguments_and_documented():
    assert set(landscapes.__all__) == set(registry.landscapes)
    for name, entry in registry.landscapes.items():
        assert isinstance(entry.make(), Objective)
        assert entry.cite
        assert entry.year > 1900
        assert 1 <= entry.chapter <= 12
        doc = inspect.getdoc(entry.make)
        for part in ("Equation: ", "Shapes: ", "Returns", f"Source: {entry.cite}", ">>> "):
            assert part in doc.replace("\n", " "), f"{name} lacks {part}"
        takes = inspect.signature(entry.make).parameters
        assert ("Parameters" in doc and "Raises" in doc) or not takes


def test_rosenbrock_has_the_published_condition_number_and_stability_limit():
    curvature = np.linalg.eigvalsh(landscapes.rosenbrock().hess(np.ones(2)))
    assert round(curvature[1] / curvature[0], 1) == 2508.0
    assert round(2 / curvature[1], 6) == 0.001997
    J, near = landscapes.rosenbrock(), np.array([1.0, 1.0 + 1e-6])
    ends = run(SGD(**sweep(lr=[0.0019, 0.0021])), J, near, 200).loss[-1]
    assert ends[0] < 1e-12 < ends[1]


def test_the_toy_function_repeats_the_published_descents():
    J = landscapes.toy()
    ends = run(SGD(**sweep(lr=[0.4, 0.6])), J, J.start, 20).theta[-1]
    np.testing.assert_allclose(ends, [(-0.943467, -0.000073), (-0.387814, -1673.365)], rtol=3e-3)
    np.testing.assert_allclose(ends[:, 0], (-0.943467, -0.387814), atol=5e-7)


def heavy_ball(start, steps=2000):
    """Heavy ball with lr = 1/9, beta = 4/9 on the cycle landscape, written out."""
    J, x, v = landscapes.cycle(), np.array([start]), np.zeros(1)
    path = [start]
    for _ in range(steps):
        v = 4 / 9 * v + J.grad(x) / 9
        x = x - v
        path.append(float(x[0]))
    return path


@pytest.mark.parametrize("start", [3.07, 3.2, 3.3, 3.46])
def test_heavy_ball_cycles_for_ever_from_these_starts(start):
    last = sorted(heavy_ball(start)[-3:])
    np.testing.assert_allclose(last, [-1.8024, 0.6465, 2.1159], atol=5e-5)


@pytest.mark.parametrize("start", [3.0, 3.5])
def test_heavy_ball_converges_from_its_neighbors(start):
    assert abs(heavy_ball(start)[-1]) < 1e-12


def test_the_cycle_landscape_is_continuous_at_its_joints():
    J = landscapes.cycle()
    for joint in (1.0, 2.0):
        below, above = np.array([np.nextafter(joint, 0)]), np.array([joint])
        assert abs(J(below) - J(above)) < 1e-12
        assert abs(J.grad(below) - J.grad(above)).max() < 1e-12


def test_the_moving_valley_knows_its_minimum_at_every_step():
    J = landscapes.moving_valley(period=40, radius=3)
    for t in (0, 7, 40, 1000):
        assert np.abs(J.at(t).grad(J.at(t).minimum)).max() == 0
    np.testing.assert_allclose(J.at(40).minimum, J.at(0).minimum, atol=1e-12)
    assert J.watch(J.at(7).minimum, 7) == 0


def adam_without_momentum(slopes, beta2, amsgrad):
    x = v = top = total = 0.0
    for t, g in enumerate(slopes, start=1):
        total += g * x
        v = beta2 * v + (1 - beta2) * g * g
        top = max(top, v) if amsgrad else v
        x = np.clip(x - 0.1 / np.sqrt(t) * g / np.sqrt(top), -1, 1)
    return x, total / len(slopes)


def test_adam_walks_to_the_worst_point_of_reddis_losses_and_amsgrad_to_the_best():
    J = landscapes.reddi(C=3)
    slopes = [float(J.at(t).grad(np.zeros(1))[0]) for t in range(30_000)]
    worst, mean = adam_without_momentum(slopes, 0.1, amsgrad=False)
    best, _ = adam_without_momentum(slopes, 0.1, amsgrad=True)
    assert worst > 0.9
    assert best < -0.9
    assert mean - (-1 * np.mean(slopes)) == pytest.approx(0.667, abs=0.02), "regret 2(C-2)/3"


def test_reddis_random_losses_depend_on_the_seed_and_on_nothing_else():
    J = landscapes.reddi_stochastic(seed=4)
    draw = [float(J.at(t).grad(np.zeros(1))[0]) for t in range(300)]
    again = [float(J.at(t).grad(np.zeros(1))[0]) for t in reversed(range(300))]
    other = J.with_seed(5)
    assert draw == again[::-1]
    assert draw != [float(other.at(t).grad(np.zeros(1))[0]) for t in range(300)]
    same = J.with_seed(4)
    assert draw == [float(same.at(t).grad(np.zeros(1))[0]) for t in range(300)]
    assert J.watch(np.array([2.0]), 9) == pytest.approx(2 * 0.2)


BAD = [
    ("quadratic", {"eigenvalues": []}, r"^eigenvalues must be .*non-empty.*got \[\]"),
    ("quadratic", {"eigenvalues": [[1.0]]}, r"^eigenvalues must be .*one-dimensional"),
    ("quadratic", {"eigenvalues": [1.0, np.nan]}, r"^eigenvalues must be a finite number.*nan"),
    ("quadratic", {"eigenvalues": "12"}, r"^eigenvalues must be .*'12'"),
    ("quadratic", {"eigenvalues": True}, r"^eigenvalues must be .*True"),
    ("quadratic", {"rotation": np.inf}, r"^rotation must be a finite number.*inf"),
    ("quadratic", {"eigenvalues": [1.0], "rotation": 0.1}, r"^rotation must be 0 unless.*0\.1"),
    ("ravine", {"kappa": 0.5}, r"^kappa must be a finite number >= 1, got 0\.5"),
    ("ravine", {"kappa": np.nan}, r"^kappa must be .*nan"),
    ("rosenbrock", {"b": 0}, r"^b must be a finite number > 0, got 0"),
    ("rosenbrock", {"b": True}, r"^b must be .*True"),
    ("rastrigin", {"dim": 0}, r"^dim must be an integer >= 1, got 0"),
    ("rastrigin", {"dim": 2.0}, r"^dim must be an integer >= 1, got 2\.0"),
    ("absolute", {"slopes": [1.0, 0.0]}, r"^slopes must be a finite number > 0"),
    ("absolute", {"slopes": 1.0}, r"^slopes must be .*one-dimensional"),
    ("moving_valley", {"period": 0}, r"^period must be a finite number > 0, got 0"),
    ("moving_valley", {"radius": -1}, r"^radius must be a finite number >= 0, got -1"),
    ("moving_valley", {"kappa": np.nan}, r"^kappa must be .*nan"),
    ("reddi", {"C": -3}, r"^C must be a finite number > 0, got -3"),
    ("reddi", {"period": 1}, r"^period must be an integer >= 2, got 1"),
    ("reddi", {"other": 0}, r"^other must be a finite number > 0, got 0"),
    ("reddi_stochastic", {"seed": -1}, r"^seed must be an integer >= 0, got -1"),
    ("reddi_stochastic", {"chance": 1.0}, r"^chance must be in \(0, 1\), got 1\.0"),
    ("reddi_stochastic", {"C": np.nan}, r"^C must be .*nan"),
    ("reddi_stochastic", {"other": -1}, r"^other must be .*-1"),
    ("reddi_stochastic", {"steps": 0}, r"^steps must be an integer >= 1, got 0"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), BAD)
def test_a_wrong_argument_is_refused_by_name(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        registry.landscapes[name].make(**arguments)


def test_the_table_of_bad_inputs_has_every_parameter_of_every_landscape():
    wanted = {
        (name, parameter)
        for name, entry in registry.landscapes.items()
        for parameter in inspect.signature(entry.make).parameters
    }
    assert wanted <= {(name, key) for name, arguments, _ in BAD for key in arguments}


@every
def test_theta_of_another_dimension_is_refused(name):
    J = build(name)
    for f in (J, J.grad, J.hess):
        with pytest.raises(ValueError, match=f"^theta must have last axis {J.dim}"):
            f(np.zeros((2, J.dim + 1)))
