"""A batch in which runs disturb each other is noticed, also with as many runs as coordinates."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primer import (
    SGD,
    Adam,
    Clip,
    Momentum,
    Noisy,
    Objective,
    Optimizer,
    Varying,
    l2,
    landscapes,
    models,
    run,
    running,
    sweep,
)

Q = landscapes.quadratic([1.0, 4.0])


def square(th):
    return (th**2).sum(-1)


#: Objectives that take an axis of runs for coordinates, or mix runs: one run alone is right.
WRONG = {
    "value by th[0]": Objective(lambda th: (1 - th[0]) ** 2 + th[1] ** 2, lambda th: 2 * th),
    "gradient by np.array": Objective(
        square, lambda th: np.array([2 * th[..., 0], 2 * th[..., 1]]), dim=2
    ),
    "value summed over all": Objective(lambda th: (th**2).sum() + 0 * th[..., 0], lambda th: th),
    "gradient over a norm of all": Objective(square, lambda th: th / np.linalg.norm(th)),
    "gradient less the mean of the runs": Objective(
        square, lambda th: th - (th.mean(0) if th.ndim > 1 else 0), dim=2
    ),
    "sum over axis 1": Objective(lambda th: (th**2).sum(min(1, th.ndim - 1)), lambda th: 2 * th),
    "no gradient, value by th[0]": Objective(lambda th: th[0] ** 2 + th[1] ** 2, dim=2),
    "too many coordinates": Objective(lambda th: th[4] ** 2 + 0 * th[..., 0], dim=None),
}


#: A sum over all runs is that of the only one.
RIGHT_FOR_ONE = {
    "value summed over all",
    "gradient over a norm of all",
    "gradient less the mean of the runs",
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("runs", [(1,), (2,), (3,), (5,), (2, 2), (3, 2), (2, 3, 2)])
def test_an_objective_that_takes_runs_for_coordinates_is_refused(name, runs):
    if name == "sum over axis 1" and len(runs) == 1:
        return  # there axis 1 is the last one
    if runs == (1,) and name in RIGHT_FOR_ONE:
        return
    d = 5 if name == "too many coordinates" else 2
    with pytest.raises(ValueError, match=r"J.* runs at once.*theta\[\.\.\., i\]"):
        run(SGD(), WRONG[name], np.ones((*runs, d)), 3)


def test_wrapped_moving_and_summed_objectives_are_looked_through():
    wrong = WRONG["gradient over a norm of all"]
    wrong.dim = 2
    for J in (
        Noisy(wrong, 0.1),
        Varying(lambda t: wrong, dim=2),
        wrong + Q,
        Q + (wrong + l2(np.full((2, 1), 0.1))),
    ):
        with pytest.raises(ValueError, match=r"J\.grad\(theta\) must treat every run"):
            run(SGD(), J, np.ones((2, 2)), 3)


def made(step):
    """A rule with this step, with a rate and a state."""

    @dataclasses.dataclass(frozen=True, eq=False)
    class Made(Optimizer):
        lr: float = 0.1

        def init(self, theta):
            return {"m": 0 * theta}

        def step(self, J, theta, state, t):
            return step(self, theta, J.grad(theta), state["m"])

    return Made


STEPS = {
    "norm of all": lambda self, th, g, m: (th - self.lr * g / np.linalg.norm(g), {"m": m}),
    "mean of the runs": lambda self, th, g, m: (th - self.lr * g.mean(0), {"m": m}),
    "coordinates by g[0]": lambda self, th, g, m: (
        th - self.lr * np.stack([g[0], g[1]]) * [1.0, 2.0],
        {"m": m},
    ),
    "stacked in front": lambda self, th, g, m: (
        np.stack([th[..., 0] - g[..., 0], th[..., 1] - g[..., 1]]),
        {"m": m},
    ),
    "one rate for all": lambda self, th, g, m: (th - np.max(self.lr) * g, {"m": m}),
    "mixed in the state only": lambda self, th, g, m: (th - self.lr * m, {"m": g.max() + 0 * m}),
    "an axis that counts from the front": lambda self, th, g, m: (
        th - self.lr * g / np.sqrt(np.sum(g**2, axis=0, keepdims=True)),
        {"m": m},
    ),
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("runs", [(2,), (3,), (4,), (2, 2)])
def test_a_rule_that_mixes_runs_is_refused(name, runs):
    rates = dict(zip(("lr", "other"), (np.linspace(0.1, 0.2, n) for n in runs), strict=False))
    lr = sweep(**rates)["lr"]
    for held in (made(STEPS[name])(lr=lr), Clip(made(STEPS[name])(lr=lr), norm=1e6)):
        with pytest.raises(ValueError, match=r"step of \w+ .*runs at once"):
            run(held, Q, np.array([1.0, 1.0]), 3)


@pytest.mark.parametrize("name", WRONG)
def test_alone_such_an_objective_runs(name):
    d = 5 if name == "too many coordinates" else 2
    assert not run(SGD(lr=0.01), WRONG[name], np.ones(d), 3).diverged


def test_what_is_right_is_let_through():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 3)), rng.integers(2, size=20)
    net = models.logistic(X, y)
    starts = net.initial(np.arange(4))
    for J in (net, net.batches(5), net.batches(5, seed=np.arange(4)), net + l2(0.1)):
        run(Momentum(), J, starts, 3)
    run(Adam(), net + l2(np.full((4, 1), 0.1)), starts, 3)
    run(Adam(), landscapes.absolute(), np.zeros((3, 2)), 3)
    border = Objective(lambda th: (th - np.log(th)).sum(-1), lambda th: 1 - 1 / th)
    run(SGD(), border, np.array([[0.1, 0.2], [3.0, -1.0]]), 3)


def test_an_objective_that_is_random_by_itself_is_not_called_mixed():
    rng = np.random.default_rng(0)
    J = Objective(lambda th: square(th) + rng.standard_normal(th.shape[:-1]), lambda th: 2 * th)
    assert run(SGD(), J, np.ones((3, 2)), 3).loss.shape == (4, 3)


@pytest.mark.parametrize("runs", [(2,), (3,), (5,), (2, 3)])
def test_an_objective_with_numbers_of_its_own_for_every_run_is_let_through(runs):
    scale = 1 + np.arange(np.prod(runs)).reshape(runs)
    J = Objective(lambda th: square(th) * scale, lambda th: 2 * th * scale[..., None])
    assert run(SGD(lr=0.01), J, np.ones((*runs, 2)), 3).loss.shape == (4, *runs)


def test_such_an_objective_in_a_batch_that_is_cut_is_told_to_say_so(monkeypatch):
    scale = np.arange(1.0, 8.0)
    J = Objective(lambda th: square(th) * scale, lambda th: 2 * th * scale[:, None])
    monkeypatch.setattr(running, "BLOCK", 4)
    with pytest.raises(ValueError, match="separable=False"):
        run(SGD(lr=0.01), J, np.ones((7, 2)), 3)
    J.separable = False
    assert run(SGD(lr=0.01), J, np.ones((7, 2)), 3).loss.shape == (4, 7)


def test_a_swarm_says_that_its_runs_belong_together():
    J = Objective(square, lambda th: th - th.mean(0), separable=False)
    assert run(SGD(lr=0.1), J, np.array([[1.0, 1.0], [3.0, 2.0]]), 3).loss.shape == (4, 2)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 4),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
    st.sampled_from(["norm of all", "mean of the runs", "one rate for all"]),
)
def test_mixing_is_noticed_for_any_number_of_runs_and_coordinates(d, runs, name):
    lr = np.linspace(0.1, 0.2, int(np.prod(runs))).reshape(*runs, 1)
    bowl = Objective(square, lambda th: 2 * th)
    run(Adam(lr=lr), bowl, np.ones(d), 2)
    if name == "one rate for all" and np.prod(runs) == 1:
        return
    with pytest.raises(ValueError, match="runs at once"):
        run(made(STEPS[name])(lr=lr), bowl, np.ones(d), 2)


def value_that_writes(theta):
    theta -= 1
    return square(theta)


def grad_that_writes(theta):
    theta *= 2
    return theta


@pytest.mark.parametrize("start", [np.ones(2), np.ones((3, 2)), np.ones((2, 2, 9))], ids=str)
@pytest.mark.parametrize(
    ("J", "name"),
    [
        (Objective(value_that_writes, lambda th: 2 * th), r"J\(theta\)"),
        (Objective(square, grad_that_writes), r"J\.grad\(theta\)"),
    ],
    ids=["value", "grad"],
)
def test_an_objective_that_writes_into_theta_is_refused_and_theta_stays(J, name, start):
    with pytest.raises(ValueError, match=f"^{name} must not write into theta"):
        run(SGD(), J, start, 3)
    assert (start == 1).all()
