"""An objective that stands for another takes over all that it does not change."""

import numpy as np
import pytest

from primer import (
    SGD,
    Adam,
    Clip,
    Draws,
    Noisy,
    Objective,
    ReduceOnPlateau,
    Table,
    Varying,
    landscapes,
    models,
    range_test,
    run,
)
from primer.objective import DESCRIPTION, Sum, Through, l2
from primer.rules.wrappers import Seen

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((12, 2)), RNG.integers(2, size=12)
NET = models.logistic(X, Y)
FULL = Objective(
    lambda th: (th**2).sum(-1),
    lambda th: 2 * th,
    lambda th: 2 * np.broadcast_to(np.eye(3), (*th.shape, 3)),
    dim=3,
    minimum=(0.0, 0.0, 0.0),
    name="full",
    start=(1.0, 2.0, 3.0),
    axes=("a", "b", "c"),
    shapes=[(1, 2), (1,)],
    separable=False,
)
STANDS = {
    "Through": Through,
    "Noisy": lambda J: Noisy(J, 0.1),
    "Noisy at a step": lambda J: Noisy(J, 0.1).at(3),
    "Seen": lambda J: Seen(J, lambda g: g),
    "Seen at a step": lambda J: Seen(J, lambda g: g).at(3),
    "twice": lambda J: Noisy(Seen(J, lambda g: g), 0.1),
    "with another seed": lambda J: Noisy(J, 0.1).with_seed(5),
}


def same(one, other):
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


@pytest.mark.parametrize("name", STANDS)
@pytest.mark.parametrize("J", [FULL, landscapes.phase_plane(), landscapes.beale()], ids=repr)
def test_every_description_is_taken_over(name, J):
    stand = STANDS[name](J)
    for what in DESCRIPTION:
        assert same(getattr(stand, what), getattr(J, what)), what
    theta = np.ones(J.dim)
    assert stand(theta) == J(theta)
    assert (stand.hess(theta) == J.hess(theta)).all()
    assert not stand.made_of_examples


def test_what_is_changed_is_changed_and_nothing_else():
    J = Through(FULL, name="other", grad=lambda theta: -theta)
    assert J.name == "other"
    assert J.grad(np.ones(3)).tolist() == [-1.0, -1.0, -1.0]
    assert J.axes == FULL.axes
    with pytest.raises(TypeError, match="color"):
        Through(FULL, color="red")
    with pytest.raises(ValueError, match=r"J must be an Objective.*got 3"):
        Through(3)


def test_the_noise_of_a_phase_plane_keeps_the_names_of_its_axes():
    assert Noisy(landscapes.phase_plane(), 0.1).axes == ("position x", "velocity u")


def test_a_penalty_of_its_own_for_every_run_forbids_to_cut_the_batch():
    lam = np.array([[0.0], [0.1], [1.0]])
    bowl = landscapes.quadratic([1.0, 4.0])
    for J in (Noisy(bowl + l2(lam), 0.1), Seen(bowl + l2(lam), lambda g: g)):
        assert not J.separable
        assert not J.at(2).separable
    assert run(SGD(), Noisy(bowl + l2(lam), 0.1), np.ones((3, 2)), 4).loss.shape == (5, 3)


def test_mini_batches_keep_what_the_model_says_of_itself():
    for B in (NET.batches(4), Draws(NET, 4), Noisy(NET, 0.1).batches(4)):
        assert B.shapes == NET.shapes == ((2,), (1,))
        assert B.dim == NET.dim
        assert B.made_of_examples
    J = Noisy(NET, 0.0).batches(4, seed=3)
    theta = np.ones(3)
    assert (J.at(2).grad(theta) == NET.batches(4, seed=3).at(2).grad(theta)).all()


def test_a_sum_has_the_axes_shapes_and_cuts_of_its_parts():
    total = l2(0.1) + FULL
    assert isinstance(total, Sum)
    assert (total.axes, total.shapes, total.separable) == (FULL.axes, FULL.shapes, False)


def test_a_moving_objective_has_the_axes_of_its_first_step():
    plane = landscapes.phase_plane()
    assert Varying(lambda t: plane, dim=2).axes == plane.axes
    assert not Varying(lambda t: FULL, dim=3).separable
    with pytest.raises(ValueError, match=r"at\(0\) must be an Objective, got 3"):
        Varying(lambda t: 3)


def test_a_table_of_ones_own_stays_with_the_noise():
    J = Noisy(NET, 1.0)
    J.table = Table(np.ones((5, 3)))
    theta = np.zeros(3)
    assert (J.batches(12).at(1).grad(theta) == NET.grad(theta) + 1).all()


@pytest.mark.parametrize("wrap", [lambda r: Clip(r, norm=1.0), lambda r: ReduceOnPlateau(r)])
def test_a_rule_inside_sees_the_shapes(wrap):
    seen = []

    class Looks(Adam):
        def step(self, J, theta, state, t):
            seen.append(J.shapes)
            return super().step(J, theta, state, t)

    run(wrap(Looks()), NET, NET.initial(), 1)
    range_test(wrap(Looks()), NET.batches(4), NET.initial(), steps=3)
    assert set(seen) == {NET.shapes}


@pytest.mark.parametrize(
    ("name", "value"), [("axes", ["x"]), ("shapes", [(2, 2)]), ("shapes", [(1,), (1, 3)])]
)
def test_axes_and_shapes_must_add_up_to_the_dimension(name, value):
    with pytest.raises(ValueError, match=rf"{name} must be for 2 coordinates.*got"):
        Objective(lambda th: th.sum(-1), dim=2, **{name: value})
