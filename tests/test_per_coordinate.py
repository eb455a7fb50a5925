"""A hyperparameter may have a value per coordinate, said so: weight decay on weights only."""

import numpy as np
import pytest
from helpers import domains, every_rule, lively, sample, seed_of, shaped

from primer import (
    SGD,
    AdamW,
    Clip,
    PerCoordinate,
    explore,
    javascript,
    landscapes,
    latex,
    registry,
    run,
    sweep,
)

J = shaped(landscapes.quadratic([1.0, 4.0, 0.5]))
START = np.array([1.0, -2.0, 3.0])


@every_rule
def test_equal_values_for_all_coordinates_are_that_number(name):
    rng = np.random.default_rng(seed_of(name))
    for field, domain in domains(registry.rules[name].make).items():
        if registry.rules[name].kind == "wrapper" or name in ("FletcherReeves", "PolakRibiere"):
            continue
        value = float(sample(domain, 0, rng))
        each = run(lively(name, **{field: PerCoordinate([value] * 3)}), J, START, 20)
        one = run(lively(name, **{field: value}), J, START, 20)
        np.testing.assert_allclose(each.theta, one.theta, rtol=1e-9, atol=1e-12)


def test_each_coordinate_goes_its_own_way():
    rates = np.array([0.1, 0.2, 0.3])
    together = run(SGD(lr=PerCoordinate(rates)), J, START, 10).theta
    for i, lr in enumerate(rates):
        assert (together[:, i] == run(SGD(lr=float(lr)), J, START, 10).theta[:, i]).all()


def test_weights_decay_and_biases_do_not():
    groups = AdamW(lr=0.1, weight_decay=PerCoordinate([0.5, 0.5, 0.0]))
    none, some = AdamW(lr=0.1, weight_decay=0.0), AdamW(lr=0.1, weight_decay=0.5)
    theta = run(groups, J, START, 30).theta
    assert (theta[:, 2] == run(none, J, START, 30).theta[:, 2]).all()
    assert (theta[:, :2] == run(some, J, START, 30).theta[:, :2]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_goes_with_batches_sweeps_and_wrappers(dtype):
    decay = PerCoordinate([0.5, 0.5, 0.0])
    swept = Clip(AdamW(**sweep(lr=[0.1, 0.2]), weight_decay=decay), norm=1.0)
    many = run(swept, J, START.astype(dtype), 20)
    assert many.theta.dtype == dtype
    for k, lr in enumerate((0.1, 0.2)):
        alone = run(
            Clip(AdamW(lr=lr, weight_decay=decay), norm=1.0), J, START.astype(dtype), 20
        ).theta
        assert (many.theta[:, k] == alone).all()


def test_a_figure_of_another_dimension_is_refused():
    with pytest.raises(ValueError, match=r"lr must have one value per .*\(3,\), got \(2,\)"):
        explore(SGD(lr=PerCoordinate([0.1, 0.2])), on=J, start=START)


def test_equation_and_page_know_it():
    rule = AdamW(weight_decay=PerCoordinate([0.5, 0.25, 0.0]))
    assert latex(rule) == latex(AdamW)
    assert repr(1 - 1e-3 * 0.25) in javascript(rule, J)
