"""Notes in the panels of explorers: where they stand, when they are shown, what is refused."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from primer import SGD, Adam, Curve, Note, Slider, explore, explore_grid, landscapes
from primer.explorer import Heat, Plot

Q = landscapes.quadratic([1.0, 4.0])
RATE = Slider(0.01, 0.4, 0.1)


def live(*notes, **keywords):
    return explore(SGD(lr=RATE), on=keywords.pop("on", Q), steps=5, notes=notes, **keywords)


def remarks(drawn):
    return re.findall(r'<g class="(px-remark[^"]*)">(.*?)</g>', drawn.svg, re.S)


def test_a_note_stands_in_its_panel_at_its_place():
    made = live(Note("low & flat\nhere", at=(2, 1), to=(0, 0)), Note("falls", (2, 1), view="loss"))
    (path, loss) = made.drawn[0]
    ((name, inside),) = remarks(path)
    assert name == "px-remark"
    assert "low &amp; flat" in inside
    (left, top, right, bottom), (low, high, _) = path.data["box"], path.data["x"]
    x, y = map(float, re.search(r'<text x="([\d.]+)" y="([\d.]+)"', inside).groups())
    assert x == pytest.approx(left + (right - left) * (2 - low) / (high - low), abs=0.06)
    low, high, _ = path.data["y"]
    assert y == pytest.approx(bottom + (top - bottom) * (1 - low) / (high - low), abs=0.06)
    assert "<path" in inside
    assert "<path" not in remarks(loss)[0][1]
    ET.fromstring(path.svg)


def test_the_arrow_ends_shortly_before_what_it_points_at():
    (_, inside) = remarks(live(Note("there", at=(3, 2), to=(-2, -2))).drawn[0][0])[0]
    panel = live().drawn[0][0].data
    (left, top, right, bottom), x, y = panel["box"], panel["x"], panel["y"]
    aim = np.array(
        [
            left + (right - left) * (-2 - x[0]) / (x[1] - x[0]),
            bottom + (top - bottom) * (-2 - y[0]) / (y[1] - y[0]),
        ]
    )
    numbers = [float(v) for v in re.search(r'd="([^"]*)"', inside)[1].translate(SPACED).split()]
    assert 4 < np.hypot(*(np.array(numbers[4:6]) - aim)) < 6


SPACED = str.maketrans("MQL", "   ")


def test_notes_belong_to_one_landscape_and_some_are_always_true():
    both = {"a": Q, "b": landscapes.quadratic([1.0, 9.0])}
    first, second = live(
        Note("here", (1, 1)), Note("b", (1, 1), on="b", always=True), on=both
    ).drawn
    assert [name for name, _ in remarks(first[0])] == ["px-remark"]
    assert [name for name, _ in remarks(second[0])] == ["px-remark px-always"]


def middle(low, high, log):
    return np.sqrt(low * high) if log else (low + high) / 2


def test_every_panel_can_be_named():
    curve = Curve("my rate", lambda rule, t: rule.lr + 0 * t)
    views = ("path", "loss", "theta", "step", "state", "correction", "rate", curve)
    made = explore(Adam(lr=RATE), on=Q, steps=5, views=views)
    for place, view in [(0, "path"), (1, "loss"), (6, "correction"), (7, "rate"), (8, "my rate")]:
        panel = made.drawn[0][place].data
        at = [
            np.sqrt(low * high) if log else (low + high) / 2
            for low, high, log in (panel["x"], panel["y"])
        ]
        again = explore(Adam(lr=RATE), on=Q, steps=5, views=views, notes=Note("x", at, view=view))
        assert [len(remarks(d)) for d in again.drawn[0]] == [int(k == place) for k in range(9)]


def test_a_grid_calls_its_panels_by_their_titles():
    def compute(lr, b):
        total = (lr + b)[..., 0]
        return {"a": np.ones(3)[:, None, None] * total, "end": total}

    made = explore_grid(
        {"lr": Slider(0.1, 1, 0.5, steps=4), "b": Slider(0, 1, 0, steps=2)},
        compute,
        [Plot("Loss"), Heat("End", "end")],
        notes=[Note("best", (1, 1), view="End")],
    )
    assert [len(remarks(d)) for d in made.drawn[0]] == [0, 1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Note("", (0, 0)), "text must be a few words, got ''"),
        (lambda: Note("x" * 41, (0, 0)), "text must be at most 3 lines of 40 letters"),
        (lambda: Note("a\nb\nc\nd", (0, 0)), "text must be at most 3 lines of 40 letters"),
        (lambda: Note("a", 3), r"at must be a point \(x, y\) of two finite numbers, got 3"),
        (lambda: Note("a", (0, np.nan)), "at must be a point"),
        (lambda: Note("a", (0, 0), to="up"), "to must be a point .*, got 'up'"),
        (lambda: Note("a", (0, 0), view=1), "view must be a text, got 1"),
        (lambda: Note("a", (0, 0), always=1), "always must be True or False, got 1"),
        (lambda: live("here"), "notes must be a list of Note"),
        (lambda: live(Note("a", (99, 0))), "at of the Note 'a' must be x from .*, got 99.0"),
        (lambda: live(Note("a", (0, 0), to=(0, 99))), "to of the Note 'a' must be y from"),
        (lambda: live(Note("a", (0, 0), view="los")), "view of a Note must be one of path, loss,"),
        (lambda: live(Note("a", (0, 0), on="c")), "on of a Note must be one of .*, got 'c'"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(make, message):
    with pytest.raises(ValueError, match=message):
        make()
