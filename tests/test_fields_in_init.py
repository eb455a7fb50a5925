"""`init` meets the numbers of the first step, whatever a hyperparameter was."""

import dataclasses

import numpy as np
import pytest

from primer import (
    Clip,
    Constant,
    Cosine,
    Linear,
    Optimizer,
    PerCoordinate,
    Slider,
    landscapes,
    range_test,
    run,
    sweep,
)

Q, START = landscapes.quadratic([1.0, 4.0]), [1.0, 1.0]


@dataclasses.dataclass(frozen=True, eq=False)
class Starting(Optimizer):
    """AdaGrad whose accumulator starts at its rate."""

    lr: float = 0.1

    def init(self, theta):
        return {"G": self.lr + 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        G = state["G"] + g**2
        return theta - self.lr * g / np.sqrt(G), {"G": G}


def plain(first, rates):
    """The same in a loop: the accumulator starts at `first`."""
    theta, G = np.array(START), first + np.zeros(2)
    for lr in rates:
        g = Q.grad(theta)
        G = G + g**2
        theta = theta - lr * g / np.sqrt(G)
    return theta


@pytest.mark.parametrize(
    "lr",
    [
        0.2,
        Slider(0.1, 1.0, 0.2),
        Constant(0.2),
        Cosine(0.2, 10),
        Linear(0.0, 0.2, 5),
        Cosine(Slider(0.1, 1.0, 0.2), 10),
    ],
    ids=lambda lr: type(lr).__name__,
)
def test_init_meets_a_number(lr):
    rates = [Starting(lr=lr).at(t).lr for t in range(5)]
    for held in (Starting(lr=lr), Clip(Starting(lr=lr), norm=1e9)):
        assert (run(held, Q, START, 5).theta[-1] == plain(rates[0], rates)).all()


def test_init_meets_the_value_of_the_step_at_which_the_run_begins():
    lr = Cosine(0.2, 10)
    late = run(Starting(lr=lr), Q, START, 3, t0=4).theta[-1]
    assert (late == plain(lr(4), [lr(t) for t in (4, 5, 6)])).all()


def test_init_meets_a_sweep_and_a_sweep_in_a_schedule():
    rates = np.array([0.1, 0.2, 0.4])
    for held in (Starting(**sweep(lr=rates)), Starting(lr=Constant(rates[:, None]))):
        result = run(held, Q, START, 5).theta[-1]
        for k, lr in enumerate(rates):
            assert (result[k] == plain(lr, [lr] * 5)).all()


def test_init_meets_values_per_coordinate():
    lr = np.array([0.1, 0.3])
    result = run(Starting(lr=PerCoordinate(lr)), Q, START, 5).theta[-1]
    assert (result == plain(lr, [lr] * 5)).all()


def test_a_range_test_may_hold_such_a_rule():
    assert np.isfinite(range_test(Starting(), Q, START, 1e-3, 1.0, 20).losses).all()
