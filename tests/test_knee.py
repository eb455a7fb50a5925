"""The knee of steps against batch size, and the interval of a mean, are what their names say."""

import numpy as np
import pytest

from primer.measure import knee, knee_interval, mean_interval

SIZES = 2 ** np.arange(9)
rng = np.random.default_rng(3)


@pytest.mark.parametrize(("fewest", "critical"), [(13.0, 15.0), (700.0, 0.5), (2.0, 900.0)])
def test_a_curve_without_noise_gives_back_its_numbers(fewest, critical):
    found = knee(SIZES, fewest * (1 + critical / SIZES))
    np.testing.assert_allclose(found, (fewest, critical), rtol=1e-4)


def test_the_median_run_counts_and_sizes_may_have_different_numbers_of_runs():
    exact = 13 * (1 + 15 / SIZES)
    runs = [[s, s, 50 * s] if k else s for k, s in enumerate(exact)]
    np.testing.assert_allclose(knee(SIZES, runs), (13, 15), rtol=1e-4)


def noisy(seed):
    draw = np.random.default_rng(seed).lognormal(sigma=0.2, size=(len(SIZES), 15))
    return 13 * (1 + 15 / SIZES[:, None]) * draw


def test_the_interval_holds_the_true_knee_about_as_often_as_it_says():
    intervals = [knee_interval(SIZES, noisy(seed), times=60, level=0.8) for seed in range(40)]
    held = np.mean([low < 15 < high for low, high in intervals])
    assert 0.6 < held < 0.98


def test_more_seeds_make_the_interval_shorter_and_equal_seeds_repeat_it():
    runs = noisy(7)
    low, high = knee_interval(SIZES, runs)
    few = knee_interval(SIZES, runs[:, :4])
    assert high - low < few[1] - few[0]
    assert (low, high) == knee_interval(SIZES, runs)
    assert (low, high) != knee_interval(SIZES, runs, seed=1)


@pytest.mark.parametrize(
    ("sizes", "steps", "named"),
    [
        ([1, 2], [10], "as long"),
        ([4], [10], "at least 2"),
        ([0, 2], [10, 5], "sizes"),
        ([1, 2], [10, np.inf], "steps"),
        ([1, 2], [10, -5], "steps"),
    ],
)
def test_what_cannot_be_fitted_is_refused(sizes, steps, named):
    with pytest.raises(ValueError, match=named):
        knee(sizes, steps)
    with pytest.raises(ValueError, match=named):
        knee_interval(sizes, steps)


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_interval_of_a_mean_holds_the_expectation_as_often_as_it_says(level):
    mean, half = mean_interval(rng.standard_normal((6, 4000)), level)
    assert mean.shape == half.shape == (4000,)
    assert abs((np.abs(mean) < half).mean() - level) < 0.03


@pytest.mark.parametrize("sample", [[1.0], 2.0, [1.0, np.nan], []])
def test_a_sample_without_a_spread_is_refused(sample):
    with pytest.raises(ValueError, match="sample"):
        mean_interval(sample)


@pytest.mark.parametrize("level", [1.0, -0.1, "a"])
def test_a_level_is_a_share(level):
    with pytest.raises(ValueError, match="level"):
        mean_interval([1.0, 2.0], level)
