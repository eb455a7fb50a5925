"""The largest curvature found from gradients is that of the Hessian."""

import numpy as np
import pytest

from primer import data, models
from primer.landscapes import beale, himmelblau, quadratic
from primer.measure import sharpness


@pytest.mark.parametrize("J", [beale(), himmelblau(), quadratic([1.0, 7.0])])
def test_it_equals_the_largest_eigenvalue_at_a_minimum(J):
    point = np.atleast_2d(J.minimum)[0]
    found = sharpness(J, point)
    np.testing.assert_allclose(found, np.linalg.eigvalsh(J.hess(point)).max(), rtol=1e-5)


def test_a_larger_negative_curvature_keeps_its_sign():
    assert sharpness(quadratic([1.0, -5.0]), [0.3, 0.2]) == pytest.approx(-5, rel=1e-6)


def test_a_batch_is_treated_run_by_run():
    X, y, *_ = data.breast_cancer()
    J = models.logistic(X, y)
    points = 0.1 * np.random.default_rng(1).standard_normal((3, J.dim))
    exact = np.linalg.eigvalsh(J.hess(points)).max(-1)
    np.testing.assert_allclose(sharpness(J, points), exact, rtol=1e-3)


@pytest.mark.parametrize(("name", "value"), [("steps", 0), ("seed", -1), ("theta", [1.0])])
def test_wrong_arguments_are_named(name, value):
    keywords = {"theta": [1.0, 2.0], name: value}
    with pytest.raises(ValueError, match=name):
        sharpness(beale(), **keywords)
