"""The checks of the chapter on choosing: right answers, wrong ones, trivial ones, and nonsense."""

import numpy as np
import pytest

from primer.exercise import choosing as asked
from primer.exercise.choosing import expected_best, trial_losses

RIGHT_LOSS = expected_best(trial_losses()["Adam"], 3)
FAULTS = {"a": "budget", "b": "seeds", "c": "edge", "d": "moment", "e": "tie"}


def width(rates, losses):
    good = losses <= 1.1 * losses.min()
    low = high = losses.argmin()
    while low > 0 and good[low - 1]:
        low -= 1
    while high < len(rates) - 1 and good[high + 1]:
        high += 1
    return np.log10(rates[high] / rates[low])


def across_gaps(rates, losses):
    usable = rates[losses <= 1.1 * losses.min()]
    return np.log10(usable.max() / usable.min())


def absolute(rates, losses):
    return width(rates, losses) if losses.min() > 0.9 else 0.0


RIGHT = [
    ("trials", 29),
    ("trials", 29.0),
    ("trials", np.int64(29)),
    ("trials", np.array(29)),
    ("best_of_three", ("Adam", RIGHT_LOSS)),
    ("best_of_three", ["Adam", np.float32(RIGHT_LOSS)]),
    ("best_of_three", ("Adam", round(RIGHT_LOSS, 3))),
    ("runs", 50),
    ("runs", 50.0),
    ("runs", np.array(50)),
    ("runs", 51),  # by the t distribution
    ("width", width),
    ("width", lambda rates, losses: np.array(width(rates, losses))),
    ("faults", FAULTS),
    ("faults", {key: word.title() for key, word in FAULTS.items()}),
]
WRONG = [
    ("trials", 28),
    ("trials", 30),
    ("trials", 28.4),
    ("trials", 10),
    ("best_of_three", ("Nesterov", expected_best(trial_losses()["Nesterov"], 3))),
    ("best_of_three", ("Adam", trial_losses()["Adam"].min())),
    ("best_of_three", ("Adam", trial_losses()["Adam"].mean())),
    ("best_of_three", ("Adam", 1.02 * RIGHT_LOSS)),
    ("best_of_three", "Adam"),
    ("best_of_three", (RIGHT_LOSS, "Adam")),
    ("runs", 49),
    ("runs", 49.06),
    ("runs", 20),
    ("runs", 100),
    ("width", across_gaps),
    ("width", absolute),
    ("width", lambda rates, losses: np.log(10) * width(rates, losses)),
    ("width", lambda rates, losses: (losses <= 1.1 * losses.min()).sum()),
    ("width", 2.0),
    ("faults", FAULTS | {"a": "seeds", "b": "budget"}),
    ("faults", FAULTS | {"e": "luck"}),
    ("faults", list(FAULTS.values())),
]
TRIVIAL = [
    ("trials", 1),
    ("best_of_three", ("SGD", 0.0)),
    ("runs", 1),
    ("width", lambda rates, losses: 1.0),
    ("width", lambda rates, losses: np.log10(rates[-1] / rates[0])),
    ("faults", dict.fromkeys(FAULTS, "tie")),
]
NONSENSE = ["?", float("nan"), np.zeros((2, 3)), object(), {}, lambda: 1 / 0, [None, None, None]]
NAMES = ("trials", "best_of_three", "runs", "width", "faults")


def check(name, answer):
    return getattr(asked, f"check_{name}")(answer)


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_a_right_answer_is_accepted_in_every_form(name, answer):
    told = check(name, answer)
    assert told.right, told


@pytest.mark.parametrize(("name", "answer"), WRONG + TRIVIAL)
def test_a_wrong_answer_is_refused_with_a_hint(name, answer):
    told = check(name, answer)
    assert not told.right
    assert len(told) > len("Not yet. ") + 10, told


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("answer", NONSENSE, ids=lambda a: type(a).__name__)
def test_whatever_is_given_gets_a_verdict(name, answer):
    assert not check(name, answer).right


@pytest.mark.parametrize("name", NAMES)
def test_nothing_given_is_told_apart_from_wrong(name):
    assert check(name, None) == "Not answered yet."
    assert check("best_of_three", (None, None)) == "Not answered yet."


def test_the_expected_least_loss_is_that_of_many_draws():
    losses = trial_losses()["Lion"]
    draws = np.random.default_rng(0).choice(losses, (100_000, 3)).min(axis=1)
    assert abs(draws.mean() - expected_best(losses, 3)) < 4 * draws.std() / 100_000**0.5
