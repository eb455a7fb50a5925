"""Shapley values are what the definition says, one order after the other."""

import itertools

import numpy as np
import pytest

from primer.measure import shapley

NAMES = ["rate", "schedule", "rule", "warm-up"]


def by_orders(scores, n):
    """The definition: the mean, over all orders, of what each adds when it comes."""
    added = np.zeros(n)
    orders = list(itertools.permutations(range(n)))
    for order in orders:
        used = [0] * n
        for k in order:
            before = scores[tuple(used)]
            used[k] = 1
            added[k] += scores[tuple(used)] - before
    return added / len(orders)


def drawn(seed, n, *batch):
    return np.random.default_rng(seed).normal(size=(*(2,) * n, *batch))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_the_values_are_means_over_all_orders(n):
    scores, names = drawn(n, n), [f"x{k}" for k in range(n)]
    found = shapley(scores, names)
    np.testing.assert_allclose(list(found.values()), by_orders(scores, n), atol=1e-12)
    assert list(found) == names


def test_the_values_add_up_to_the_whole_gain_for_every_entry_of_a_batch():
    scores = drawn(1, 4, 3, 5)
    found = shapley(scores, NAMES)
    total = sum(found.values())
    np.testing.assert_allclose(total, scores[1, 1, 1, 1] - scores[0, 0, 0, 0], atol=1e-12)
    each = shapley(scores[..., 2, 4], NAMES)
    assert {name: value[2, 4] for name, value in found.items()} == pytest.approx(each)


def test_an_ingredient_that_changes_nothing_has_the_value_zero_and_twins_share_alike():
    scores = np.zeros((2, 2, 2, 2))
    scores[1, 1] = 3.0  # only rate and schedule together are worth anything
    assert shapley(scores, NAMES) == {"rate": 1.5, "schedule": 1.5, "rule": 0, "warm-up": 0}


def test_the_values_of_a_sum_of_scores_are_the_sums_of_the_values():
    one, other = drawn(2, 4), drawn(3, 4)
    both = shapley(2 * one + other, NAMES)
    apart = [shapley(scores, NAMES) for scores in (one, other)]
    assert both == pytest.approx({name: 2 * apart[0][name] + apart[1][name] for name in NAMES})


def test_the_order_of_the_axes_does_not_matter():
    scores = drawn(4, 4)
    found = shapley(scores, NAMES)
    for order in itertools.permutations(range(4)):
        turned = shapley(scores.transpose(order), [NAMES[k] for k in order])
        assert turned == pytest.approx(found)


@pytest.mark.parametrize(
    ("scores", "names", "named"),
    [
        ([0.0, np.nan], ["rate"], "scores"),
        ([[0.0, 1.0], [2.0]], ["rate"], "scores"),
        ([0.0, 1.0, 2.0], ["rate"], "an axis of 2 for each"),
        ([0.0, 1.0], ["rate", "schedule"], "an axis of 2 for each"),
        (1.0, ["rate"], "an axis of 2 for each"),
        ([0.0, 1.0], [], "sequence of names"),
        ([0.0, 1.0], "rate", "sequence of names"),
        ([0.0, 1.0], [3], "sequence of names"),
        ([0.0, 1.0], 3, "sequence of names"),
        (np.zeros((2, 2)), ["rate", "rate"], "different names"),
    ],
)
def test_what_is_no_table_of_all_combinations_is_refused(scores, names, named):
    with pytest.raises(ValueError, match=named):
        shapley(scores, names)
