"""What a contest says: the band of usable rates, steps to a target, ties; and what is refused."""

import numpy as np
import pytest

from primer.measure import steps_to_target, tied, usable_band

RATES = [0.01, 0.1, 1.0, 10.0]


def decades(rates, losses, within=0.1):
    low, high = usable_band(rates, losses, within)
    return np.log10(high / low)


def test_the_band_of_a_parabola_in_the_logarithm_is_known():
    place = np.linspace(-3, 3, 601)
    losses = 1 + place**2  # within 10 % for |place| <= sqrt(0.1)
    assert decades(10**place, losses) == pytest.approx(2 * np.sqrt(0.1), abs=1e-3)
    assert decades(10**place, losses, within=1.0) == pytest.approx(2, abs=1e-3)


def test_the_band_does_not_change_with_units_of_loss_or_rate():
    losses = np.array([2.0, 1.0, 1.3, 4.0])
    assert decades(RATES, losses) == pytest.approx(decades(np.array(RATES) * 7, 3 * losses))


def test_a_band_does_not_jump_over_a_bad_rate():
    low, high = usable_band([1, 2, 3, 4, 5], [1.0, 1.05, 9.0, 1.0, 1.0])
    assert low == 1
    assert 2 < high < 3


def test_a_band_ends_at_the_last_rate_before_a_run_that_diverged():
    assert usable_band(RATES, [1.0, 1.0, np.inf, 1.0])[1] == pytest.approx(0.1)
    assert usable_band(RATES, [1.0, 1.0, 1.0, 1.0]) == pytest.approx((0.01, 10.0))


def test_within_zero_is_the_best_rate_alone_and_no_finite_loss_has_no_band():
    assert usable_band(RATES, [3, 1, 2, 3], within=0) == pytest.approx((0.1, 0.1))
    assert np.isnan(usable_band(RATES, [np.inf] * 4)).all()


def test_of_several_seeds_the_median_counts():
    seeds = np.array([[3, 3, 99.0], [1, 1, 99], [2, 2, 2], [5, 5, 5]])
    assert usable_band(RATES, seeds) == usable_band(RATES, [3.0, 1.0, 2.0, 5.0])


def noisy(mean, n=20, seed=0, spread=0.05):
    draws = np.random.default_rng(seed).standard_normal(n)
    return mean + spread * (draws - draws.mean()) / draws.std(ddof=1)


def test_the_smallest_budget_below_the_target_is_found_with_its_p_value():
    losses = [noisy(m) for m in (0.5, 0.41, 0.38, 0.2)]
    found = steps_to_target([10, 20, 40, 80], losses, target=0.4)
    # t = 0.02 / (0.05 / sqrt(20)) = 1.7889 with 19 degrees of freedom: p = .0448, not < .01
    assert found.steps == 80
    assert found.n == 20
    loose = steps_to_target([10, 20, 40, 80], losses, target=0.4, level=0.05)
    assert loose.steps == 40
    assert loose.p == pytest.approx(0.0448, abs=1e-4)


def test_runs_in_pairs_are_told_apart_where_single_ones_are_not():
    luck = noisy(0.0, spread=1.0)
    reached = 2.0 + luck
    assert (
        steps_to_target([5], [reached - 0.1 + noisy(0, seed=1, spread=0.01)], 2.0).steps == np.inf
    )
    paired = steps_to_target([5], [reached - 0.1 + noisy(0, seed=1, spread=0.01)], reached)
    assert paired.steps == 5


def test_a_target_that_is_never_reached_needs_infinitely_many_steps():
    found = steps_to_target([5, 10], [noisy(2.0), noisy(1.5)], target=1.0)
    assert found.steps == np.inf
    assert found.p > 0.99
    assert steps_to_target([5], [[0.1, 0.1, np.inf]], target=1.0).steps == np.inf


def test_equal_runs_reach_a_target_only_if_they_are_below_it():
    assert steps_to_target([5], [[0.5, 0.5]], 1.0).steps == 5
    assert steps_to_target([5], [[1.0, 1.0]], 1.0).steps == np.inf


def test_ties_are_few_false_alarms_and_real_differences_are_found():
    """Of 200 contests of six equal rules, about one in twenty or fewer names a loser by chance
    beyond what choosing the best costs; a rule that is worse by two deviations is always told."""
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(200):
        losses = {str(k): rng.standard_normal(20) for k in range(6)}
        alarms += len(tied(losses)) < 6
        losses["worse"] = rng.standard_normal(20) + 2
        assert "worse" not in tied(losses)
    assert alarms < 40


def test_a_common_luck_of_the_seeds_does_not_hide_a_difference():
    luck = noisy(0.0, spread=1.0)
    losses = {"A": luck, "B": luck + noisy(0.1, seed=1, spread=0.02)}
    assert tied(losses) == ["A"]
    assert tied({"A": noisy(0, spread=1), "B": noisy(0.1, seed=1, spread=1)}) == ["A", "B"]


def test_a_rule_that_diverged_is_never_tied_and_twins_always_are():
    sample = noisy(1.0)
    assert tied({"A": sample, "twin": sample, "lost": np.append(sample[1:], np.inf)}) == [
        "A",
        "twin",
    ]


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: usable_band([1, 0.5], [1, 2]), "rates"),
        (lambda: usable_band([1], [1]), "rates"),
        (lambda: usable_band([0, 1], [1, 2]), "rates"),
        (lambda: usable_band([1, 2], [1, 2, 3]), "losses"),
        (lambda: usable_band([1, 2], [1, np.nan]), "losses"),
        (lambda: usable_band([1, 2], [1, 2], within=-0.1), "within"),
        (lambda: steps_to_target([1, 2], [1, 2], 1.0), "losses"),
        (lambda: steps_to_target([1, 2], [[1], [2]], 1.0), "losses"),
        (lambda: steps_to_target([1], [[1, 2]], np.nan), "target"),
        (lambda: steps_to_target([1], [[1, 2]], [1.0, 2.0, 3.0]), "target"),
        (lambda: steps_to_target([1], [[1, 2]], 1.0, level=1.0), "level"),
        (lambda: tied({}), "losses"),
        (lambda: tied([1, 2]), "losses"),
        (lambda: tied({"A": [1.0]}), "losses\\['A'\\]"),
        (lambda: tied({"A": [1.0, 2.0], "B": [1.0, 2.0, 3.0]}), "losses"),
        (lambda: tied({"A": [1.0, np.nan]}), "losses\\['A'\\]"),
        (lambda: tied({"A": [1.0, 2.0]}, level=2), "level"),
    ],
)
def test_what_is_refused_is_named(call, named):
    with pytest.raises(ValueError, match=f"{named} must"):
        call()
