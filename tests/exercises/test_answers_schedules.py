"""The checks of the chapter on schedules: right answers, wrong ones, trivial ones, and nonsense."""

import numpy as np
import pytest

from primer import Constant, Cosine, Linear, WarmupCosine, WarmupLinear
from primer.exercise import schedules as asked
from primer.exercise.schedules import final_loss, wandering

T = np.arange(100)
GREEDY = 1 / (T + 1 + 1 / 9)


def mended(t):
    if t < 50:
        return 0.1 * (t + 1) / 50
    return 0.05 * (1 + np.cos(np.pi * min(1, (t - 50) / 450)))


def broken(t):
    return 0.1 * t / 50 if t < 50 else 0.05 * (1 + np.cos(np.pi * t / 500))


def from_zero(t):
    return 0.1 * t / 50 if t < 50 else mended(t)


def jumping(t):
    return mended(t) if t < 50 else 0.05 * (1 + np.cos(np.pi * min(1, t / 500)))


def endless(t):
    return mended(t) if t < 50 else 0.05 * (1 + np.cos(np.pi * (t - 50) / 450))


def line(t):
    return mended(t) if t < 50 else 0.1 * max(0, 1 - (t - 50) / 450)


def path(part):
    return wandering().theta[part].mean(axis=0)


RIGHT = [
    ("floor", 0.4 / 9.4),
    ("floor", np.float32(0.04255)),
    ("floor", "0.0426"),
    ("floor", np.array(0.0426)),
    ("built_in", 19),
    ("built_in", 19.0),
    ("built_in", np.int64(19)),
    ("built_in", np.array(19)),
    ("mended", mended),
    ("mended", lambda t: np.float64(mended(t))),
    ("mended", WarmupCosine(0.1, 50, 500)),
    # the climb may count so that it meets the cosine one step later, too
    ("mended", lambda t: 0.1 * (t + 1) / 51 if t < 50 else mended(t)),
    ("free_rates", GREEDY),
    ("free_rates", GREEDY.tolist()),
    ("free_rates", tuple(GREEDY)),
    ("free_rates", lambda t: 1 / (t + 1 + 1 / 9)),
    ("free_rates", 1 / (T + 1)),
    ("average", path(slice(500, None))),
    ("average", path(slice(None))),
    ("average", path(slice(20, None)).tolist()),
    ("average", path(slice(-150, None))),
]
WRONG = [
    ("floor", 0.4 / 9),  # the approximation
    ("floor", 0.2 / 9.4),
    ("floor", 0.1),
    ("floor", [0.4 / 9.4, 0.4 / 9.4]),
    ("built_in", 10),
    ("built_in", 18),  # the integral
    ("built_in", 20),
    ("built_in", 19.4),
    ("built_in", 9),
    ("mended", broken),
    ("mended", from_zero),
    ("mended", jumping),
    ("mended", endless),
    ("mended", line),
    ("mended", WarmupLinear(0.1, 50, 500)),
    ("mended", WarmupCosine(0.2, 50, 500)),
    ("mended", WarmupCosine(0.1, 60, 500)),
    ("mended", WarmupCosine(0.1, 50, 450)),
    ("free_rates", 0.2 * Cosine(1.0, 100)(T)),
    ("free_rates", Linear(0.3, 0.0, 100)(T)),
    ("free_rates", GREEDY[:99]),
    ("free_rates", np.full((100, 1), 0.02)),
    ("average", path(slice(-10, None))),
    ("average", path(slice(0, 10))),
    ("average", wandering().theta.mean()),
    ("average", wandering().theta[500:]),
]
TRIVIAL = [
    ("floor", 0.0),
    ("built_in", 1),
    ("mended", Constant(0.1)),
    ("mended", lambda t: 0.0),
    ("free_rates", [0.02] * 100),
    ("free_rates", np.zeros(100)),
    ("average", np.zeros(200)),
    ("average", wandering().theta[-1]),
    ("average", 0.1 * wandering().theta[-1]),
]


class Raising:
    def __call__(self, *_):
        raise RuntimeError("no")

    def __float__(self):
        raise RuntimeError("no")


NONSENSE = ["text", "", Raising(), Raising, float("nan"), np.inf, {}, [], [None], object(), True]
NONSENSE += [np.full(200, np.nan), np.full(100, np.nan), np.zeros((3, 3)), lambda: 1, lambda t: "a"]
NONSENSE += [lambda t: float("nan"), lambda t: None, 1j]
CHECKS = ["floor", "built_in", "mended", "free_rates", "average"]


def judged(name, answer):
    return getattr(asked, f"check_{name}")(answer)


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_a_right_answer_is_accepted_in_every_form(name, answer):
    assert judged(name, answer), judged(name, answer)


@pytest.mark.parametrize(("name", "answer"), WRONG + TRIVIAL)
def test_a_wrong_or_trivial_answer_is_refused_with_a_hint(name, answer):
    told = judged(name, answer)
    assert not told
    assert len(told) > len("Not yet. ")


@pytest.mark.parametrize("name", CHECKS)
def test_no_answer_is_not_answered(name):
    assert judged(name, None) == "Not answered yet."


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("answer", NONSENSE, ids=lambda x: type(x).__name__)
def test_nonsense_gets_a_verdict(name, answer):
    assert not judged(name, answer)


def test_each_fault_of_the_schedule_is_named():
    told = [judged("mended", f) for f in (from_zero, jumping, endless, line)]
    for word, text in zip(("step 0", "jump", "from step 500", "half a cosine"), told, strict=True):
        assert word in text


def test_the_numbers_that_the_exercises_quote():
    """The best cosine, the greedy rates, and two averages of the same path."""
    peaks = np.geomspace(0.005, 1.8, 200)
    cosine = min(final_loss(p * Cosine(1.0, 100)(T)) for p in peaks)
    assert round(cosine, 4) == 0.0078
    assert round(final_loss(GREEDY), 5) == 0.00499
    last, field = wandering().loss[-1], asked._field()
    assert 60 < last / field(path(slice(500, None))) < last / field(path(slice(None))) < 200
