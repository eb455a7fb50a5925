"""The relief model: what it draws lies where it says, and the front hides the back."""

import numpy as np
import pytest

from primer.landscapes import himmelblau, quadratic, two_wells
from primer.plotting import show, subplots
from primer.plotting.relief import relief


def faces(J, **keywords):
    figure, ax = subplots()
    place = relief(ax, J, **keywords)
    return figure, place, [path.vertices for path in ax.collections[0].get_paths()]


def test_a_higher_point_is_drawn_higher():
    J = two_wells()
    _, place, _ = faces(J, rows=6)
    top, bottom = place(np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert top[1] > bottom[1]
    assert J(np.zeros(2)) > J(np.array([1.0, 0.0]))


def test_strips_come_from_back_to_front():
    _, place, outlines = faces(
        quadratic([1.0, 1.0]), rows=6, bands=3, height=lambda z: 0 * z + z / 99
    )
    flat = [outline[:, 1].min() for outline in outlines]
    assert flat[0] > flat[-1]
    assert place(np.array([[0.0, 3.0]]))[0, 1] > place(np.array([[0.0, -3.0]]))[0, 1]


def test_the_far_edge_looks_shorter_than_the_near_one():
    _, place, _ = faces(quadratic([1.0, 1.0]), rows=4)
    far, near = place(np.array([[5.0, 3.0], [5.0, -3.0]]))[:, 0]
    assert far < near


def test_it_is_a_vector_drawing_of_moderate_size():
    figure, _, outlines = faces(himmelblau(), height=np.log1p)
    text = show(figure, alt="Four pits.").svg
    assert "<image" not in text
    assert len(outlines) > 500
    assert len(text) < 400_000


@pytest.mark.parametrize(("name", "value"), [("rows", 0), ("bands", 1.5), ("window", (0, 1))])
def test_wrong_arguments_are_named(name, value):
    _, ax = subplots()
    with pytest.raises(ValueError, match=name):
        relief(ax, himmelblau(), **{name: value})
