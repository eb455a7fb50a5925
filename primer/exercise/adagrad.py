"""Chapter 4's exercises, judged."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import data, models
from ..landscapes import quadratic
from ..objective import Objective
from ..optimizer import Optimizer
from ..rules.adagrad import AdaGrad
from ..running import run
from . import Verdict, verdict
from .judging import all_given

#: The one gradient, the rate and the start of the sum of exercise 1.
GRADIENT, RATE, INITIAL = np.array([0.1, 1.0, 10.0]), 0.5, 0.1
#: The steps of exercise 2.
STEPS = 10_000
#: Exercise 3: the ε outside the root, and the first gradient.
EPS, FIRST = 0.01, 0.1
#: Exercise 4: lines of a frequent word; the rate of an odd one, in those of its neighbors.
FREQUENT, ODD = 600, 1.8
#: Exercise 5: so many steps differ by rounding only; later the paths swing without settling.
BRIEF = 12


class OneSum(AdaGrad):
    """AdaGrad with one sum for all coordinates: what the chapter asks for on the page."""

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        G = state["G"] + np.sum(g**2, axis=-1, keepdims=True)
        return theta - self.lr * g / (np.sqrt(G) + self.eps), {"G": G}


def check_first_step(from_zero: Any, from_start: Any) -> Verdict:
    """Judge the two places of exercise 1."""
    right = [1 - RATE * GRADIENT / np.sqrt(start + GRADIENT**2) for start in (0.0, INITIAL)]
    hint = "Each coordinate by itself: what is G after this gradient?"
    return verdict(all_given(from_zero, from_start), right, hint, 1e-3)


def check_distance(answer: Any) -> Verdict:
    """Judge the distance of exercise 2 by walking it."""
    slope = Objective(lambda theta: theta.sum(-1), lambda theta: 1 + 0 * theta, dim=1)
    walked = -run(AdaGrad(lr=1.0), slope, [0.0], STEPS, keep=STEPS).theta[-1, 0]
    return verdict(answer, walked, "What is G after n gradients of 1? Add up the steps.", 0.01)


def check_eps(answer: Any) -> Verdict:
    """Judge the ε of exercise 3 by the two first steps."""

    def same(eps: Any) -> bool:
        inside = _number(eps)
        if inside < 0:
            raise ValueError("ε must not be negative.")
        return abs(FIRST / np.sqrt(FIRST**2 + inside) - FIRST / (FIRST + EPS)) < 1e-3

    return verdict(answer, same, "Set the two denominators equal.")


def check_word(answer: Any) -> Verdict:
    """Judge the word of exercise 4 by its rate, against the ten words next to it in frequency."""

    def odd(word: Any) -> bool:
        if not isinstance(word, str):
            raise ValueError(f"the answer must be one word in quotes, got {word!r}")
        words, frequency, rate = _rates()
        if word.strip().lower() not in words:
            raise ValueError(f"{word!r} is not among the words.")
        j = words.index(word.strip().lower())
        beside = np.r_[rate[max(j - 5, 0) : j], rate[j + 1 : j + 6]]
        return bool(frequency[j] >= FREQUENT and rate[j] > ODD * np.median(beside))

    return verdict(answer, odd, "Multiply each rate by the root of the frequency.")


def check_forgetful(answer: Any) -> Verdict:
    """Judge the rule of exercise 5 by its paths on two bowls, for several rates and memories."""
    return verdict(answer, _forgets)


def _number(answer: Any) -> float:
    if isinstance(answer, (str, bytes)) or np.ndim(answer):
        raise ValueError(f"the answer must be one number, got {answer!r}")
    return float(answer)


@functools.cache
def _rates() -> tuple[list[str], np.ndarray, np.ndarray]:
    """Words, their frequencies, and their effective rates after one pass of AdaGrad."""
    bag, orders = data.bag_of_words(), np.arange(5)
    model, steps = models.sparse_logistic(bag.X, bag.y), -(-len(bag.y) // 64)
    start = model.initial(orders)
    done = run(AdaGrad(lr=0.5), model.batches(64, orders), start, steps, keep=steps)
    return bag.vocabulary, bag.frequency, np.median(0.5 / np.sqrt(done.state["G"][:, :-1]), axis=0)


def _forgets(make: Any) -> bool:
    if isinstance(make, Optimizer) or not callable(make):
        raise ValueError("give the class itself, such as forgetful = Forgetful.")
    _compare(make, {"lr": 0.3, "beta": 0.9})
    _compare(make, {"lr": 0.05, "beta": 0.5})
    _compare(make, {"lr": 0.1}, memory=0.99)
    return True


def _compare(make: Callable[..., Any], fields: dict[str, float], memory: float = 0.0) -> None:
    rule = make(**fields)
    if not isinstance(rule, Optimizer):
        raise ValueError("it must be a class of rules, with @rule and the base class AdaGrad.")
    lr, beta = fields["lr"], fields.get("beta", memory)
    for J, start in (
        (quadratic([1.0, 7.0, 30.0]), np.array([[5.0, -2.0, 1.0], [0.3, 0.2, -4.0]])),
        (quadratic([2.0]), np.array([3.0])),
    ):
        found = run(rule, J, start, BRIEF).theta
        if not _near(found, _path(J, start, lr, beta, 1.0)):
            raise ValueError(_hint(found, J, start, lr, beta))


def _path(J: Any, start: np.ndarray, lr: float, beta: float, share: float) -> np.ndarray:
    """The path whose sum is G <- beta G + share g**2."""
    theta, G = [start], 0 * start
    for _ in range(BRIEF):
        g = J.grad(theta[-1])
        G = beta * G + share * g**2
        theta.append(theta[-1] - lr * g / np.sqrt(G))
    return np.array(theta)


def _near(found: np.ndarray, wanted: np.ndarray) -> bool:
    return bool(np.allclose(found, wanted, rtol=1e-4, atol=1e-4))


def _hint(found: np.ndarray, J: Any, start: np.ndarray, lr: float, beta: float) -> str:
    if _near(found, _path(J, start, lr, 1.0, 1.0)):
        return "this one never forgets: it is AdaGrad."
    if _near(found, _path(J, start, lr, beta, 1 - beta)):
        return "the new square counts in full, without a factor 1 − β: as β goes to 1, AdaGrad."
    return f"with lr = {lr:g} and β = {beta:g} its path is another one: G ← β G + g², then η g/√G."
