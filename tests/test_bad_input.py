"""Bad input is refused by a ValueError that names the argument, the value and what is allowed."""

import re

import numpy as np
import pytest
from helpers import domains, every_rule, lively

from primer import (
    SGD,
    Adam,
    Batches,
    ClipNorm,
    ClipValue,
    Constant,
    Cosine,
    Noisy,
    Objective,
    PerCoordinate,
    Project,
    ReduceOnPlateau,
    Slider,
    Table,
    Varying,
    check,
    l2,
    landscapes,
    power,
    registry,
    run,
    sweep,
)  # fmt: skip
from primer.objective import DataObjective

ALLOWED = {
    "rate": (r"a finite number >= 0", [-1e-9, -1.0, np.nan, np.inf, -np.inf]),
    "decay": (r"in \[0, 1\)", [-0.1, 1.0, 1.5, np.nan, np.inf]),
    "positive": (r"a finite number > 0", [0.0, -1.0, np.nan, np.inf]),
    "percent": (r"in \(0, 100\)", [0.0, 100.0, -1.0, 150.0, np.nan, np.inf]),
    "shrink": (r"in \(0, 1\)", [0.0, 1.0, -0.5, np.nan]),
    "real": (r"a finite number", [np.nan, np.inf]),
}
#: Refused in every field, whatever its domain.
NEVER = [True, False, np.True_, "0.1", None, 1j, [0.1, 0.2], {}]
J = landscapes.rosenbrock()


def refusal(name, value):
    """The regex of a message that names the argument, what is allowed and the value."""
    shown = re.escape(repr(value)) if not isinstance(value, (np.ndarray, list)) else ""
    return rf"(?s){name}.* must be .*got .*{shown}"


@every_rule
def test_every_field_refuses_what_lies_outside_its_domain(name):
    for field, domain in domains(registry.rules[name].make).items():
        allowed, values = ALLOWED[domain]
        for value in values:
            with pytest.raises(ValueError, match=refusal(field, value)) as caught:
                lively(name, **{field: value})
            assert re.search(allowed, str(caught.value)) or domain == "real"
            with pytest.raises(ValueError, match=refusal(field, np.array([[value]]))):
                lively(name, **{field: np.array([[0.5], [value]])})


@every_rule
@pytest.mark.parametrize("value", NEVER, ids=repr)
def test_every_field_refuses_what_is_not_a_number(name, value):
    for field in domains(registry.rules[name].make):
        with pytest.raises(ValueError, match=rf"{field}.* must be .*got"):
            lively(name, **{field: value})


@every_rule
def test_an_array_with_one_value_per_coordinate_is_refused(name):
    for field in domains(registry.rules[name].make):
        for shape in ((2,), (3, 2)):
            with pytest.raises(ValueError, match=rf"{field} must be .*got an array of shape"):
                lively(name, **{field: np.full(shape, 0.5)})


@every_rule
def test_a_slider_or_schedule_that_leaves_the_domain_is_refused(name):
    for field, domain in domains(registry.rules[name].make).items():
        if domain in ("decay", "shrink"):
            with pytest.raises(ValueError, match=rf"{field} must be .*got"):
                lively(name, **{field: Slider(0.5, 1.5, 0.6)})
            rule = lively(name, **{field: Constant(1.0)})
            with pytest.raises(ValueError, match=rf"{field} .*t = 0.* must be .*got 1\.0"):
                run(rule, J, [0.5, 0.5], 1)


@every_rule
def test_an_unknown_field_is_refused(name):
    with pytest.raises(TypeError, match=r"learning_rate.*its hyperparameters: "):
        lively(name, learning_rate=0.1)


@pytest.mark.parametrize("value", [None, 0.1, "Adam", Adam, Cosine(0.1, 9)], ids=repr)
@pytest.mark.parametrize("name", [n for n, e in registry.rules.items() if e.kind == "wrapper"])
def test_a_wrapper_refuses_what_is_not_a_rule(name, value):
    with pytest.raises(ValueError, match=r"rule must be an Optimizer instance .*got"):
        lively(name, rule=value)


MINUS = np.array([[1.0], [-1.0]])
DATA = DataObjective(
    lambda th, X, y: 0 * th[..., 0], lambda th, X, y: 0 * th, np.ones((8, 2)), np.ones(8), dim=2
)
START = [0.5, 0.5]
TABLE = [
    (lambda: run(SGD, J, START, 1), r"rule must be an Optimizer instance .*got <class"),
    (lambda: run("SGD", J, START, 1), r"rule must be an Optimizer instance .*got 'SGD'"),
    (lambda: run(SGD(), abs, START, 1), r"J must be an Objective.*got <built-in"),
    (lambda: run(SGD(), J, [1, 2], 1), r"theta0 must be an array of floats, got dtype int"),
    (lambda: run(SGD(), J, ["a"], 1), r"theta0 must be an array of floats, got dtype"),
    (lambda: run(SGD(), J, [True, False], 1), r"theta0 must be an array of floats, got dtype bool"),
    (
        lambda: run(SGD(), J, [[1.0, 2.0], [1.0]], 1),
        r"theta0 must be an array of floats .*got \[\[",
    ),
    (lambda: run(SGD(), J, None, 1), r"theta0 must be a start of shape .*got None"),
    (lambda: run(SGD(), J, 1.0, 1), r"theta0 must have shape .*got shape \(\)"),
    (lambda: run(SGD(), J, np.ones((3, 0)), 1), r"theta0 must have shape .*got shape \(3, 0\)"),
    (lambda: run(SGD(), J, [1.0], 1), r"theta0 must have last axis 2, got shape \(1,\)"),
    (lambda: run(SGD(), J, np.ones((2, 3)), 1), r"theta0 must have last axis 2, got shape"),
    (lambda: run(SGD(), J, [np.nan, 0.0], 1), r"theta0 must be finite everywhere, got .*nan"),
    (lambda: run(SGD(), J, [0.0, -np.inf], 1), r"theta0 must be finite everywhere, got .*inf"),
    (lambda: run(SGD(), J, START, -1), r"steps must be an integer >= 0, got -1"),
    (lambda: run(SGD(), J, START, 2.5), r"steps must be an integer >= 0, got 2\.5"),
    (lambda: run(SGD(), J, START, 2.0), r"steps must be an integer >= 0, got 2\.0"),
    (lambda: run(SGD(), J, START, True), r"steps must be an integer >= 0, got True"),
    (lambda: run(SGD(), J, START, "9"), r"steps must be an integer >= 0, got '9'"),
    (lambda: run(SGD(), J, START, 1, t0=-1), r"t0 must be an integer >= 0, got -1"),
    (lambda: run(SGD(), J, START, 1, t0=0.5), r"t0 must be an integer >= 0, got 0\.5"),
    (lambda: run(SGD(), J, START, 1, keep=0), r"keep must be an integer >= 1, got 0"),
    (lambda: run(SGD(), J, START, 1, seed=-3), r"seed must be an integer >= 0, got -3"),
    (lambda: run(SGD(), J, START, 1, state=3), r"state must be None or the state .*got 3"),
    (
        lambda: run(SGD(lr=np.full((3, 1), 0.1)), J, np.ones((4, 2)), 1),
        r"theta0 and the sweeps must broadcast, got shapes .*\(4, 1\).*\(3, 1\)",
    ),
    (
        lambda: run(SGD(), J, np.ones(2, np.float16), 1),
        r"theta0 must be float64 or float32.*16",
    ),
    (
        lambda: run(SGD(), J, np.ones(2, np.longdouble), 1),
        r"theta0 must be float64 or float32",
    ),
    (lambda: run(SGD(), J, START, 1, executor=4), r"executor must be None or a concurrent.*got 4"),
    (lambda: run(Adam(), J, START, 1, state={}), r"state must be one of this rule .*'m'.*got \{\}"),
    (
        lambda: run(Adam(), J, START, 1, state={"m": np.ones(3), "v": np.ones(3)}),
        r"state must be one of this rule .*\(2,\).*got .*\(3,\)",
    ),
    (
        lambda: run(SGD(), Objective(lambda th: None), START, 1),
        r"J\(theta\) must be an array of numbers .*got None",
    ),
    (
        lambda: run(SGD(), Objective(lambda th: th[..., 0], lambda th: [1.0, 0.0]), START, 1),
        r"J\.grad\(theta\) must be an array of numbers .*got \[1\.0, 0\.0\]",
    ),
    (lambda: J.batches(8), r"J must be a mean over examples.*got <Objective Rosenbrock"),
    (lambda: (J + l2(0.1)).batches(8), r"J must be a mean over examples.*got <Sum"),
    (lambda: PerCoordinate(0.1), r"values must have shape \(d,\).*got shape \(\)"),
    (lambda: PerCoordinate([[0.1]]), r"values must have shape \(d,\).*got shape \(1, 1\)"),
    (lambda: PerCoordinate([0.1, np.nan]), r"values must be a finite number, got"),
    (lambda: SGD(lr=PerCoordinate([0.1, -0.1])), r"lr must be a finite number >= 0, got"),
    (
        lambda: run(SGD(lr=PerCoordinate([0.1])), J, START, 1),
        r"lr must have one value per coordinate, \(2,\), got \(1,\)",
    ),
    (lambda: sweep(), r"sweep must be given at least one"),
    (lambda: sweep(lr=0.1), r"lr must be a non-empty one-dimensional array, got shape \(\)"),
    (lambda: sweep(lr=[]), r"lr must be"),
    (lambda: sweep(lr=[[0.1]]), r"lr must be a non-empty one-dimensional array, got shape"),
    (lambda: sweep(beta=[0.1, np.nan]), r"beta must be a finite number, got"),
    (lambda: sweep(beta=["a"]), r"beta must be a finite number, got"),
    (lambda: Slider(1.0, 1.0, 1.0), r"high must be above low = 1\.0, got 1\.0"),
    (lambda: Slider(0.0, 1.0, 2.0), r"value must be in \[0\.0, 1\.0\], got 2\.0"),
    (lambda: Slider(0.0, 1.0, 0.5, log=True), r"low must be > 0 .*got 0\.0"),
    (lambda: Slider(0.0, 1.0, 0.5, near_one=True), r"high must be < 1 .*got 1\.0"),
    (lambda: Slider(0.0, 1.0, 0.5, steps=1), r"steps must be an integer >= 2, got 1"),
    (lambda: Slider(np.nan, 1.0, 0.5), r"low must be a finite number, got nan"),
    (lambda: Slider(0.0, True, 0.5), r"high must be a finite number, got True"),
    (lambda: Objective(3), r"value must be a function of theta, got 3"),
    (lambda: Objective(None), r"value must be a function of theta, got None"),
    (lambda: Objective(abs, grad="x"), r"grad must be a function of theta, got 'x'"),
    (lambda: Objective(abs, hess=1), r"hess must be a function of theta, got 1"),
    (lambda: Objective(abs, dim=0), r"dim must be an integer >= 1, got 0"),
    (lambda: Objective(abs, dim=2, minimum=[0.0]), r"minimum must have last axis 2, got shape"),
    (lambda: J(np.ones(3)), r"theta must have last axis 2 for Rosenbrock, got shape \(3,\)"),
    (lambda: J.grad(np.ones((4, 1))), r"theta must have last axis 2 for Rosenbrock, got shape"),
    (lambda: J + landscapes.cycle(), r"dim must be the same in both summands, got \[1, 2\]"),
    (lambda: l2(-0.1), r"lam must be a finite number >= 0, got -0\.1"),
    (lambda: l2(True), r"lam must be a finite number >= 0, got True"),
    (lambda: l2(np.array([0.1, 0.2])), r"lam must be .*got an array of shape \(2,\)"),
    (lambda: Noisy(J, -1.0), r"sigma must be a finite number >= 0, got -1\.0"),
    (lambda: Noisy(Objective(abs), 1.0), r"J must be an objective with a known dim, got"),
    (lambda: Noisy(J, 1.0, seed=1.5), r"seed must be an integer >= 0, got 1\.5"),
    (lambda: Table([1.0, 2.0]), r"rows must have shape \(steps, d\), got shape \(2,\)"),
    (lambda: Varying(J.minimum), r"at must be a function of the step t .*got array"),
    (lambda: Batches(DATA, 9), r"size must be at most the 8 examples there are, got 9"),
    (lambda: DATA.batches(0), r"size must be an integer >= 1, got 0"),
    (lambda: DATA.batches(2, seed=-1), r"seed must be an integer >= 0 .*got -1"),
    (lambda: DATA.batches(2, seed=0.5), r"seed must be an integer >= 0 .*got 0\.5"),
    (lambda: DATA.on(np.ones((3, 2)), np.ones(4)), r"X and y must hold the same number .*got X of"),
    (lambda: power(0.9, -1), r"n must be an integer >= 0, got -1"),
    (lambda: power(0.9, 0.5), r"n must be an integer >= 0, got 0\.5"),
    (lambda: ClipNorm(SGD(), norm=MINUS), r"norm must be a finite number > 0, got array"),
    (lambda: ClipValue(SGD(), value=0.0), r"value must be a finite number > 0, got 0\.0"),
    (lambda: Project(SGD(), low=1.0, high=1.0), r"high must be above low = 1\.0, got 1\.0"),
    (lambda: ReduceOnPlateau(SGD(), patience=1.5), r"patience must be .*got 1\.5"),
    (lambda: ReduceOnPlateau(SGD(), every=0), r"every must be an integer >= 1, got 0"),
]


@pytest.mark.parametrize(("make", "message"), TABLE, ids=[message for _, message in TABLE])
def test_the_message_names_the_argument_the_value_and_what_is_allowed(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_every_domain_has_its_bad_values_here():
    assert set(ALLOWED) == set(check.DOMAINS)
    assert set(check.BY_NAME.values()) <= set(ALLOWED)


@every_rule
def test_good_values_at_the_edge_of_a_domain_are_accepted(name):
    for field, domain in domains(registry.rules[name].make).items():
        for value in (0, 1e-300, np.float32(0.5), np.int64(0)):
            if domain != "real" and check.DOMAINS[domain][1](value):
                assert getattr(lively(name, **{field: value}), field) is value


def test_a_run_that_diverges_is_no_error():
    result = run(SGD(lr=1.0), landscapes.quadratic([1.0, 100.0]), [1.0, 1.0], 500)
    assert result.diverged.item()
    assert not np.isfinite(result.theta[-1]).all()
    assert result.diverged_at == np.flatnonzero(~np.isfinite(result.loss))[0]
    assert "1 of 1 diverged" in repr(result)
