"""Feeding gradients to a rule gives its steps, one for each gradient."""

import numpy as np
import pytest

from primer import SGD, Adam, Muon
from primer.measure.response import feed


@pytest.mark.parametrize("shape", [(7,), (7, 1), (7, 3)])
def test_steps_have_the_shape_of_the_gradients(shape):
    gradients = np.random.default_rng(0).standard_normal(shape)
    steps = feed(SGD(lr=0.1), gradients)
    assert steps.shape == shape
    np.testing.assert_allclose(steps, -0.1 * gradients, atol=1e-15)


def test_parameters_do_not_see_each_other_s_gradients():
    gradients = np.random.default_rng(1).standard_normal((9, 2))
    both = feed(Adam(lr=1.0), gradients)
    np.testing.assert_array_equal(both[:, 0], feed(Adam(lr=1.0), gradients[:, 0]))


@pytest.mark.parametrize("gradients", [[], [np.nan], 1.0, np.zeros((2, 2, 2)), "steep"])
def test_other_gradients_are_refused_by_name(gradients):
    with pytest.raises(ValueError, match="gradients"):
        feed(SGD(), gradients)


def test_a_rule_for_matrices_is_told_the_blocks():
    gradients = np.random.default_rng(2).standard_normal((9, 8))
    steps = feed(Muon(lr=1.0), gradients, shapes=[(2, 3), (2,)])
    assert steps.shape == (9, 8)
    np.testing.assert_array_equal(steps[:, :6], feed(Muon(lr=1.0), gradients[:, :6], [(2, 3)]))
    np.testing.assert_array_equal(steps[:, 6:], feed(Muon(lr=1.0), gradients[:, 6:], [(2,)]))


def test_blocks_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        feed(Muon(), np.ones((2, 5)), shapes=[(2, 2)])
