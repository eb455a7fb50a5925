"""Shares of variance are what a hand computes, and do not take noise for an effect."""

import itertools

import numpy as np
import pytest

from primer.measure import variance_shares

RATE, SIZE, RULE = (np.linspace(-1, 1, 5), np.linspace(-0.5, 0.5, 4), np.array([-0.1, 0.1]))
ADDITIVE = RATE[:, None, None, None] + SIZE[:, None, None] + RULE[:, None]
NAMES = ["rate", "size", "rule"]


def points(found):
    return {name: share for name, (share, _, _) in found.items()}


def noisy(seed, spread=0.5, s=8):
    return ADDITIVE + np.random.default_rng(seed).normal(0, spread, (*ADDITIVE.shape[:-1], s))


def by_blocks(seed, s=8):
    """The luck of a seed is common to all cells in part, and in part to those of one rate."""
    rng = np.random.default_rng(seed)
    shared, by_rate = rng.normal(0, 0.3, s), rng.normal(0, 0.3, (5, 1, 1, s))
    return ADDITIVE + shared + by_rate + rng.normal(0, 0.1, (5, 4, 2, s))


def true_shares(noise):
    parts = [RATE.var(), SIZE.var(), RULE.var(), 0.0, noise]
    return np.array(parts) / sum(parts)


def test_two_levels_and_three_seeds_give_what_a_hand_computes():
    # Half the difference of the levels is 2, 2, and 3.5: the products of different seeds are 4, 7
    # and 7, on average 6. Within the levels the variances are 1 and 7, on average 4.
    found = points(variance_shares([[0.0, 1, 2], [4, 5, 9]], ["rate"]))
    assert found == pytest.approx({"rate": 0.6, "interactions": 0, "noise": 0.4})


def test_two_factors_that_only_act_together_have_no_share_alone_and_all_of_it_in_total():
    product = np.array([[1.0, -1], [-1, 1]])[..., None] + np.zeros(3)
    alone = points(variance_shares(product, ["rate", "size"]))
    assert alone == pytest.approx({"rate": 0, "size": 0, "interactions": 1, "noise": 0})
    total = points(variance_shares(product, ["rate", "size"], total=True))
    assert total == pytest.approx({"rate": 1, "size": 1, "interactions": 1, "noise": 0})


@pytest.mark.parametrize(("make", "noise"), [(noisy, 0.25), (by_blocks, 0.19)])
def test_the_shares_of_an_additive_model_are_found_on_average(make, noise):
    found = [list(points(variance_shares(make(seed), NAMES)).values()) for seed in range(300)]
    np.testing.assert_allclose(np.mean(found, axis=0), true_shares(noise), atol=0.02)


@pytest.mark.parametrize(("make", "noise"), [(noisy, 0.25), (by_blocks, 0.19)])
def test_an_interval_holds_the_true_share_about_as_often_as_it_says(make, noise):
    truth = true_shares(noise)
    held = []
    for seed in range(200):
        ends = np.array(list(variance_shares(make(seed), NAMES).values()))
        held.append((ends[:, 1] <= truth) & (truth <= ends[:, 2]))
    assert (np.mean(held, axis=0) > 0.85).all()
    narrow = variance_shares(make(0), NAMES, level=0.5)["rate"]
    wide = variance_shares(make(0), NAMES, level=0.99)["rate"]
    assert wide[1] < narrow[1] < narrow[0] < narrow[2] < wide[2]


@pytest.mark.parametrize("common", [False, True])
def test_noise_alone_gives_no_factor_a_share(common):
    rng, found = np.random.default_rng(1), []
    for _ in range(200):
        cells = rng.normal(size=(5, 4, 2, 8))
        found.append(points(variance_shares(cells + common * rng.normal(size=8), NAMES)))
    for name in (*NAMES, "interactions"):
        assert abs(np.mean([each[name] for each in found])) < 0.02
    assert np.mean([each["noise"] for each in found]) > 0.98


def test_shares_add_up_to_one_and_know_neither_unit_nor_order_of_the_factors():
    scores = noisy(3)
    found = variance_shares(scores, NAMES)
    assert sum(points(found).values()) == pytest.approx(1)
    scaled = points(variance_shares(7 - 1000 * scores, NAMES))
    assert scaled == pytest.approx(points(found))
    for order in itertools.permutations(range(3)):
        turned = variance_shares(scores.transpose(*order, 3), [NAMES[k] for k in order])
        for name, triple in turned.items():
            assert triple == pytest.approx(found[name])


def test_more_seeds_make_the_interval_shorter():
    few, many = (variance_shares(noisy(5, s=s), NAMES)["rate"] for s in (4, 64))
    assert many[2] - many[1] < few[2] - few[1]


@pytest.mark.parametrize(
    ("scores", "axes", "named"),
    [
        ([[0.0, 1, 2], [4, 5, np.nan]], ["rate"], "scores"),
        ([[0.0, 1], [4, 5]], ["rate"], "three seeds"),
        ([[0.0, 1, 2]], ["rate"], "two levels"),
        ([[1.0, 1, 1], [1, 1, 1]], ["rate"], "differ"),
        ([[0.0, 1, 2], [4, 5, 9]], ["rate", "size"], "an axis for each"),
        ([[0.0, 1, 2], [4, 5, 9]], [], "an axis for each"),
        ([[0.0, 1, 2], [4, 5, 9]], "rate", "sequence of names"),
        ([[0.0, 1, 2], [4, 5, 9]], [3], "sequence of names"),
        ([[0.0, 1, 2], [4, 5, 9]], ["noise"], "none of them"),
        (np.zeros((2, 2, 3)), ["rate", "rate"], "different names"),
    ],
)
def test_what_is_no_factorial_study_is_refused(scores, axes, named):
    with pytest.raises(ValueError, match=named):
        variance_shares(scores, axes)


def test_a_level_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="level"):
        variance_shares([[0.0, 1, 2], [4, 5, 9]], ["rate"], level=1.0)
