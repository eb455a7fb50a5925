"""The checks of the chapter on debugging: right answers, wrong ones, trivial ones, and nonsense."""

import numpy as np
import pytest

from primer import run
from primer.exercise import debugging as asked
from primer.exercise.debugging import broken, gap, unknown

NAMES = ["exploding", "plateau", "oscillating", "not decreasing"]


def angle(g, c):
    cut = np.clip(g, -c, c)
    cosine = (g * cut).sum() / np.sqrt((g**2).sum() * (cut**2).sum())
    return np.degrees(np.arccos(np.minimum(cosine, 1.0)))


def in_radians(g, c):
    return np.radians(angle(g, c))


def of_the_norm(g, c):
    return 0.0


def of_one_side(g, c):
    cut = np.minimum(g, c)
    cosine = g @ cut / np.linalg.norm(g) / np.linalg.norm(cut)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def cosine(g, c):
    return np.cos(np.radians(angle(g, c)))


RIGHT = [
    ("patterns", (NAMES,)),
    ("patterns", (tuple(NAMES),)),
    ("patterns", (np.array(NAMES),)),
    ("patterns", ([name.upper() for name in NAMES],)),
    ("patterns", ([name.replace(" ", "_") for name in NAMES],)),
    ("patterns", (dict(zip(("I", "II", "III", "IV"), NAMES, strict=True)),)),
    ("stable", (0.5, 0.9)),
    ("stable", (np.float32(0.5), "0.9")),
    ("stable", (np.array(0.5), 9 / 10)),
    ("lost", (2**-10, 2**-7)),
    ("lost", (0.000977, 0.00781)),
    ("lost", (np.float32(2**-10), np.array(2**-7))),
    ("fault", (83, 7)),
    ("fault", (np.int64(83), np.array(7))),
    ("fault", (83.0, 7.0)),
    ("angle", (angle,)),
    ("angle", (lambda g, c: float(angle(g, c)),)),
    ("angle", (lambda g, c: np.array(angle(g, c)),)),
]
WRONG = [
    ("patterns", (NAMES[::-1],)),
    ("patterns", (NAMES[:3],)),
    ("patterns", ([*NAMES, "plateau"],)),
    ("patterns", (["exploding", "not decreasing", "oscillating", "plateau"],)),
    ("patterns", ("exploding",)),
    ("patterns", ({"I": "exploding"},)),
    ("stable", (4.0, 0.9)),  # of the shallow direction
    ("stable", (0.5, 0.1)),  # η/(1-β) = 2/L
    ("stable", (0.5, 0.5)),
    ("stable", (0.25, 0.9)),
    ("lost", (2**-9, 2**-6)),  # the whole gap
    ("lost", (2**-10, 2**-10)),  # a gap does depend on the weight
    ("lost", (2**-8 * 0.375, 2**-8 * 3)),
    ("lost", (2**-7, 2**-10)),
    ("fault", (84, 7)),
    ("fault", (82, 7)),
    ("fault", (83, 8)),
    ("fault", (83.5, 7)),
    ("fault", (83, 0)),
    ("angle", (in_radians,)),
    ("angle", (of_one_side,)),
    ("angle", (cosine,)),
]
TRIVIAL = [
    ("patterns", (["plateau"] * 4,)),
    ("stable", (0.0, 0.0)),
    ("stable", (1.0, 1.0)),
    ("lost", (0, 0)),
    ("lost", (1e-8, 1e-8)),
    ("fault", (0, 0)),
    ("fault", (199, 0)),
    ("angle", (of_the_norm,)),
    ("angle", (lambda g, c: 45.0,)),
]


class Raising:
    def __call__(self, *_):
        raise RuntimeError("no")

    def __float__(self):
        raise RuntimeError("no")

    def __str__(self):
        raise RuntimeError("no")


NONSENSE = ["text", "", Raising(), float("nan"), np.inf, {}, [], [None], object(), True, 1j]
NONSENSE += [np.zeros((3, 3)), lambda: 1, lambda g, c: "a", lambda g, c: None, [Raising()] * 4]
CHECKS = {"patterns": 1, "stable": 2, "lost": 2, "fault": 2, "angle": 1}


def judged(name, answers):
    return getattr(asked, f"check_{name}")(*answers)


@pytest.mark.parametrize(("name", "answers"), RIGHT)
def test_a_right_answer_is_accepted_in_every_form(name, answers):
    assert judged(name, answers), judged(name, answers)


@pytest.mark.parametrize(("name", "answers"), WRONG + TRIVIAL)
def test_a_wrong_or_trivial_answer_is_refused_with_a_hint(name, answers):
    told = judged(name, answers)
    assert not told
    assert len(told) > 20, told


@pytest.mark.parametrize(("name", "count"), CHECKS.items())
def test_nothing_given_is_said_to_be_nothing(name, count):
    assert judged(name, [None] * count) == "Not answered yet."


@pytest.mark.parametrize(("name", "count"), CHECKS.items())
@pytest.mark.parametrize("answer", NONSENSE, ids=lambda x: type(x).__name__)
def test_nonsense_gets_a_verdict(name, count, answer):
    assert not judged(name, [answer] * count)


def test_each_fault_is_told_from_the_others():
    assert "degrees" in judged("angle", (in_radians,))
    assert "before it is clipped" in judged("fault", (83, 3))
    assert "which step made it" in judged("fault", (84, 7))
    assert "II and IV" in judged("patterns", ([NAMES[0], NAMES[3], NAMES[2], NAMES[1]],))
    assert "Momentum" in judged("stable", (0.5, 0.5))


def test_the_curves_are_what_the_exercise_says():
    """I falls before it explodes, II lies still, III rises many times, IV does not move."""
    one, two, three, four = unknown().values()
    assert one[:30].min() < 0.3 * one[0] < one[-1]
    assert two[40] < 0.5 * two[0]
    assert two[-1] > 0.95 * two[100]
    assert (np.diff(three) > 0).sum() > 60
    assert four[-1] > 0.95 * four[0]


def test_the_fault_spreads_from_one_coordinate_of_a_gradient_to_all_of_theta():
    rule, J, theta = broken()
    result = run(rule, J, theta, 100)
    assert result.diverged_at.item() == 84
    assert np.isnan(result.theta[84]).all()
    gradient = J.at(83).grad(result.theta[83])
    assert np.flatnonzero(np.isnan(gradient)).tolist() == [7]


@pytest.mark.parametrize("weight", [0.375, 1.0, 3.0, 100.0])
def test_half_a_gap_is_the_largest_update_that_is_lost(weight):
    """Rounded as bfloat16 does it: to eight binary digits, ties to even."""

    def rounded(x):
        return np.round(x / gap(weight)) * gap(weight)

    even = round(weight / gap(weight)) % 2 == 0
    assert even
    assert rounded(weight + gap(weight) / 2) == weight
    assert rounded(weight + 0.51 * gap(weight)) > weight
