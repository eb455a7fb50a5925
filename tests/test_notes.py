"""Words inside figures: wrapped, inside the picture, never on top of each other."""

import re

import numpy as np
import pytest

from primer.plotting import PALETTE, ends, note, show, subplots

LONG = "At the start all of them take the same step, whatever the curvature is"


def drawn(count=1):
    figure, ax = subplots()
    for k in range(count):
        ax.plot([0, 1], [1, k / 1000], label=f"rule {k}", color=PALETTE["red"])
    return figure, ax


def test_a_note_is_wrapped_and_again_for_a_phone(monkeypatch):
    monkeypatch.setenv("PRIMER_BOOK", "1")
    figure, ax = drawn()
    made = note(ax, LONG, at=(0.5, 0.5), place=(0.4, 0.8))
    on_page = made.get_text().count("\n")
    picture = show(figure, alt="A line with a note.")
    assert made.get_text().count("\n") > on_page
    for svg in (picture.svg, picture.narrow):
        assert set(LONG.split()) <= set(re.sub(r"<[^>]*>", " ", svg).split())


@pytest.mark.parametrize("place", [(0, 0), (0, 1), (1, 0), (1, 1), (0.5, 0.5)])
def test_a_note_stays_inside_the_axes(place):
    figure, ax = drawn()
    made = note(ax, LONG, at=None, place=place)
    figure.draw_without_rendering()
    box, room = made.get_window_extent(), ax.get_window_extent()
    assert (box.x0 >= room.x0 - 1, box.x1 <= room.x1 + 1) == (True, True)
    assert (box.y0 >= room.y0 - 1, box.y1 <= room.y1 + 1) == (True, True)


@pytest.mark.parametrize(
    ("text", "at", "place", "what"),
    [("", (0, 0), (0, 0), "text"), ("a", 3, (0, 0), "at"), ("a", (0, 0), (1, 2, 3), "place")],
)
def test_a_bad_note_is_refused(text, at, place, what):
    with pytest.raises(ValueError, match=rf"^{what}\b"):
        note(drawn()[1], text, at, place)


def test_names_at_the_ends_of_lines_are_seen_whole_and_do_not_touch():
    figure, ax = drawn(6)
    names = ends(ax)
    show(figure, alt="Six lines that end at one point.")
    boxes = [made.get_window_extent() for made in names]
    assert all(figure.bbox.x1 >= box.x1 for box in boxes)
    lows = np.sort([box.y0 for box in boxes])
    assert np.diff(lows).min() >= min(box.height for box in boxes) - 0.5
    assert {made.get_color() for made in names} == {PALETTE["red"]}


def test_a_name_that_no_line_has_is_refused():
    with pytest.raises(ValueError, match="names"):
        ends(drawn()[1], ["nobody"])


def test_long_names_at_the_ends_of_lines_are_a_legend_on_a_phone(monkeypatch):
    monkeypatch.setenv("PRIMER_BOOK", "1")
    figure, ax = drawn()
    ax.plot([0, 1], [0, 1], label="a rule with a long name")
    ends(ax)
    picture = show(figure, alt="Two lines.")
    assert ax.get_legend() is not None
    assert all("a rule with a long name" in svg for svg in (picture.svg, picture.narrow))
