"""How far a rule stays behind a minimum that moves."""

import numpy as np
import pytest

from primer import SGD, Objective, RMSProp, landscapes
from primer.measure import lag
from primer.objective import Varying

VALLEY = landscapes.moving_valley(period=50)


def circling(rate, steps):
    """SGD by hand, without noise: distances from the floor."""
    theta, far = np.array(VALLEY.start), []
    for t in range(steps + 1):
        far.append(np.linalg.norm(theta - VALLEY.at(t).minimum))
        theta = theta - rate * VALLEY.at(t).grad(theta)
    return np.array(far)


def test_without_noise_it_is_the_distance_of_the_plain_recursion():
    far = lag(SGD(lr=0.05), VALLEY, 60, seeds=[0, 1], sigma=0)
    np.testing.assert_allclose(far, np.stack([circling(0.05, 60)] * 2, axis=-1), atol=1e-12)


def test_every_setting_meets_the_same_noise_and_every_seed_another():
    rates = np.array([0.05, 0.1])
    both = lag(SGD(lr=rates[:, None, None]), VALLEY, 30, seeds=range(3))
    assert both.shape == (31, 2, 3)
    for i, rate in enumerate(rates):
        np.testing.assert_array_equal(lag(SGD(lr=rate), VALLEY, 30, seeds=range(3)), both[:, i])
    assert len(set(both[-1, 0])) == 3


def test_a_seed_gives_the_same_whatever_stands_beside_it():
    alone = lag(RMSProp(lr=0.1), VALLEY, 30, seeds=[7])
    np.testing.assert_array_equal(alone[:, 0], lag(RMSProp(lr=0.1), VALLEY, 30, seeds=[3, 7])[:, 1])


def test_noise_may_differ_from_step_to_step():
    late = np.where(np.arange(30) < 20, 0.0, 1.0)
    far = lag(SGD(lr=0.05), VALLEY, 30, seeds=[0, 1], sigma=late)
    np.testing.assert_array_equal(far[:21, 0], far[:21, 1])
    assert far[22, 0] != far[22, 1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"steps": 0}, "steps must be an integer >= 1, got 0"),
        ({"steps": 2.5}, "steps must be an integer >= 1, got 2.5"),
        ({"seeds": [-1]}, "seed must be an integer >= 0, got -1"),
        ({"seeds": []}, "seeds must be at least one integer"),
        ({"sigma": -1.0}, "sigma must be"),
        ({"sigma": np.nan}, "sigma must be"),
        ({"sigma": np.ones(3)}, r"sigma must be a number, or 10 of them, got shape \(3,\)"),
        ({"J": landscapes.ravine(10)}, "J must be an objective that moves"),
    ],
)
def test_a_bad_argument_is_named(given, told):
    arguments = {"J": VALLEY, "steps": 10, "seeds": [0]} | given
    with pytest.raises(ValueError, match=told):
        lag(SGD(lr=0.1), **arguments)


def test_a_floor_that_is_not_known_is_told():
    blind = Varying(lambda t: Objective(lambda th: (th**2).sum(-1), lambda th: 2 * th), dim=2)
    with pytest.raises(ValueError, match="minimum at every step"):
        lag(SGD(lr=0.1), blind, 10, seeds=[0])
