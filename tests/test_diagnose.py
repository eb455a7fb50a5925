"""Loss curves get their pattern and their cure; the chart of chapter 10 leads to the same ones."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from primer.measure import CHART, CURES, diagnose
from primer.plotting import flow
from primer.plotting.flow import FONT, layout, lines

ROOT = Path(__file__).parents[1]
CHAPTER = ROOT / "notebooks/10_debugging.ipynb"
T = np.arange(50)
NOISE = np.random.default_rng(5).standard_normal(50)
COSINE = 0.05 * (1 + np.cos(np.pi * np.minimum(T / 15, 1)))

#: What a reader brings, the pattern, and the cure that comes first.
TEN = {
    "the rate is far too high": (
        {"losses": [0.9, 1.4, 3.1, 8.8, 30, 111, 420, 1600, 6100, 23000, 88000]},
        "exploding", "lower",
    ),
    "it ends in NaN": (
        {"losses": [2.1, 1.9, 1.8, 1.7, 1.6, 4.2, np.inf, np.nan], "rates": [0.5] * 8},
        "exploding", "lower",
    ),
    "NaN from the first loss on": ({"losses": [np.nan] * 12}, "exploding", "hunt"),
    "one gradient in a recurrent net bursts": (
        {
            "losses": [3.0, 2.8, 2.6, 2.5, 2.4, 2.3, 2.2, 2.2, 2.1, 9.0, 11.0, 10.5, 11.2],
            "norms": [1.1, 1.0, 0.9, 1.2, 1.0, 1.1, 0.9, 1.0, 95.0, 4.0, 2.0, 1.5, 1.0],
        },
        "exploding", "clip",
    ),
    "the rate is a thousandth of a good one": (
        {"losses": 2.303 - 0.0004 * T, "rates": [1e-6] * 50, "norms": [0.8] * 50},
        "not decreasing", "probe",
    ),
    "all units are dead": (
        {"losses": [2.303] * 50, "rates": [0.1] * 50, "norms": [0.0] * 50, "chance": np.log(10)},
        "not decreasing", "start",
    ),
    "heavy-ball momentum with β = 0.99": (
        {"losses": 0.1 + np.exp(-T / 30) * (1 + 0.9 * np.cos(0.8 * T)), "rates": [0.1] * 50},
        "oscillating", "steady",
    ),
    "bouncing at twice the stable rate": (
        {"losses": 0.5 + 0.2 * (-1.0) ** T + 1.5 * np.exp(-T / 4)}, "oscillating", "steady",
    ),
    "the schedule ended after fifteen epochs": (
        {"losses": 0.6 + 1.7 * np.exp(-np.minimum(T, 15) / 9), "rates": COSINE},
        "plateau", "longer",
    ),
    "a noise floor at a constant rate": (
        {
            "losses": 0.4 + 1.9 * np.exp(-T / 3) + 0.008 * NOISE,
            "rates": [0.1] * 50, "norms": 1 + 0.1 * NOISE, "sampled": True,
        },
        "plateau", "decay",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TEN)
def test_ten_readers_are_led_to_the_right_cure(name):
    given, pattern, first = TEN[name]
    found = diagnose(**given)
    assert (found.pattern, found.keys[0]) == (pattern, first), str(found)
    assert CURES[first].do in str(found)


def test_an_explosion_within_the_first_steps_is_one():
    assert diagnose([0.7, *(40 + 15 * NOISE)]).pattern == "exploding"


def test_a_healthy_curve_is_falling():
    assert diagnose(2.3 * np.exp(-T / 20)).pattern == "falling"
    assert diagnose(2.3 * np.exp(-T / 20) * (1 + 0.03 * NOISE), sampled=True).pattern == "falling"


@pytest.mark.parametrize("factor", [1e-9, 0.37, 1e12])
@pytest.mark.parametrize("name", TEN)
def test_the_unit_of_the_loss_does_not_matter(name, factor):
    given = dict(TEN[name][0])
    expected = diagnose(**given)
    given["losses"] = factor * np.asarray(given["losses"])
    if "norms" in given:
        given["norms"] = factor * np.asarray(given["norms"])
    if "chance" in given:
        given["chance"] *= factor
    assert diagnose(**given).keys == expected.keys


def test_a_negative_loss_is_served():
    assert diagnose(-5 + 4 * np.exp(-T / 3)).pattern == "plateau"
    assert diagnose(-5 + 0.002 * NOISE).pattern == "not decreasing"


def test_a_short_or_a_doubtful_curve_gets_no_name():
    assert diagnose([2.3, 1.0, 0.5]).pattern == "cannot tell"
    doubtful = 0.4 + 1.9 * np.exp(-T / 3) + 0.07 * NOISE
    assert diagnose(doubtful, sampled=True).pattern == "cannot tell"


def test_what_the_losses_leave_open_is_said():
    assert "look alike" in str(diagnose(2.303 - 0.0004 * T))
    assert "look alike" in str(diagnose(0.4 + 1.9 * np.exp(-T / 3)))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"losses": []}, "losses"),
        ({"losses": [[1.0, 2.0]]}, "losses"),
        ({"losses": ["a", "b"]}, "losses"),
        ({"losses": [1.0, 2.0], "rates": [0.1]}, "rates"),
        ({"losses": [1.0, 2.0], "rates": [0.1, -0.1]}, "rates"),
        ({"losses": [1.0, 2.0], "norms": "no"}, "norms"),
        ({"losses": [1.0, 2.0], "chance": np.nan}, "chance"),
        ({"losses": [1.0, 2.0], "sampled": "yes"}, "sampled"),
    ],
)
def test_wrong_input_is_named(given, told):
    with pytest.raises(ValueError, match=told):
        diagnose(**given)


def test_boxes_of_the_chart_do_not_overlap_and_hold_their_text():
    places = list(layout(CHART).items())
    texts = {box["key"]: box["text"] for box in CHART}
    for i, (key, (x, y, width, height)) in enumerate(places):
        assert max(map(len, lines(texts[key]))) * 0.56 * FONT <= width
        assert x >= 0
        assert x + width <= 360
        for _, (x2, y2, w2, h2) in places[:i]:
            assert x + width < x2 or x2 + w2 < x or y + height < y2 or y2 + h2 < y


def test_every_box_is_a_link_and_its_text_is_text():
    svg = flow(CHART, alt="Questions and cures.").svg
    assert svg.count("<a href=") == len(CHART) == len(layout(CHART))
    words = " ".join(re.sub("<[^>]*>", " ", svg).split())
    assert all(box["text"].replace("'", "&#x27;") in words for box in CHART)


def test_a_chart_that_makes_no_sense_is_refused():
    ask = {"key": "a", "text": "?", "yes": "b", "no": "c"}
    with pytest.raises(ValueError, match="key of a box"):
        flow([ask], alt="One box.")
    with pytest.raises(ValueError, match="alt"):
        flow(CHART, alt=" ")
    with pytest.raises(ValueError, match="key and a text"):
        flow([{"key": "a"}], alt="One box.")


@pytest.mark.skipif(not CHAPTER.exists(), reason="the chapter is not there yet")
def test_every_link_of_the_chart_is_a_heading_of_the_chapter():
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    headings = set(re.findall(r"^#+ (.*?) *$", text, re.MULTILINE))
    assert {box["link"] for box in CHART} <= headings
