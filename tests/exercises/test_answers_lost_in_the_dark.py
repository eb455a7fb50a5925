"""The checks of "Lost in the dark" accept what is right, and nothing else."""

import numpy as np
import pytest
from helpers import readers_rule

from primer import SGD, Newton, Optimizer
from primer.exercise.lost_in_the_dark import (
    check_best,
    check_free,
    check_limit,
    check_memory,
    check_product,
)


def central(J, theta, u, h=1e-5):
    return (J.grad(theta + h * u) - J.grad(theta - h * u)) / (2 * h)


def forward(J, theta, u):
    return (J.grad(theta + 1e-7 * u) - J.grad(theta)) / 1e-7


def of_unit_length(J, theta, u):
    size = np.linalg.norm(u)
    return (size * central(J, theta, u / size)).tolist()


class Product:
    def __call__(self, J, theta, u):
        return central(J, theta, u)


def along(J, theta, change):
    """The slope along each eigenvector, changed with its curvature, put together again."""
    curvature, q = np.linalg.eigh(J.hess(theta))
    parts = (q * J.grad(theta)[..., :, None]).sum(-2)
    return (q * change(parts, curvature)[..., None, :]).sum(-1)


def free(change=lambda part, curvature: part / abs(curvature), scaled=True):
    @readers_rule
    class SaddleFree(Optimizer):
        lr: float = 1.0

        def step(self, J, theta, state, t):
            lr = self.lr if scaled else 1.0
            return theta - lr * along(J, theta, change), {}

    return SaddleFree


@readers_rule
class WithMatrix(Optimizer):
    """The same by solving with Q |Λ| Qᵀ."""

    lr: float = 1.0

    def step(self, J, theta, state, t):
        values, Q = np.linalg.eigh(J.hess(theta))
        H = (Q * abs(values)[..., None, :]) @ np.swapaxes(Q, -1, -2)
        return theta - self.lr * np.linalg.solve(H, J.grad(theta)[..., None])[..., 0], {}


@readers_rule
class Further(WithMatrix):
    """A subclass with a field of its own."""

    extra: float = 0.0


@readers_rule
class Diagonal(Optimizer):
    """Only the diagonal of the Hessian: right along the axes."""

    lr: float = 1.0

    def step(self, J, theta, state, t):
        diagonal = np.diagonal(J.hess(theta), axis1=-2, axis2=-1)
        return theta - self.lr * J.grad(theta) / np.maximum(abs(diagonal), 1e-6), {}


@readers_rule
class Entries(Optimizer):
    """The absolute value of each entry of the Hessian."""

    lr: float = 1.0

    def step(self, J, theta, state, t):
        H = abs(J.hess(theta)) + 1e-9 * np.eye(theta.shape[-1])
        return theta - self.lr * np.linalg.solve(H, J.grad(theta)[..., None])[..., 0], {}


class Raises:
    def __init__(self, *given, **named):
        raise RuntimeError("no")


def raises(*given, **named):
    raise KeyError("no")


RIGHT = [
    (check_limit, 1 / 3),
    (check_limit, 0.333),
    (check_limit, np.float32(1 / 3)),
    (check_limit, np.array(1 / 3)),
    (check_best, (2 / 52, 173)),
    (check_best, [0.0385, 173.0]),
    (check_best, np.array([1 / 26, 173])),
    (check_best, (np.float64(1 / 26), np.int64(173))),
    (check_memory, 141_421),
    (check_memory, 141_421.0),
    (check_memory, np.int64(141_421)),
    (check_product, central),
    (check_product, forward),
    (check_product, of_unit_length),
    (check_product, Product()),
    (check_product, lambda J, theta, u: central(J, theta, u)),
    (check_free, free()),
    (check_free, free(lambda part, curvature: part / (abs(curvature) + 1e-9))),
    (check_free, free(lambda part, curvature: np.sign(curvature) * part / curvature)),
    (check_free, WithMatrix),
    (check_free, Further),
    (check_free, lambda lr=1.0: WithMatrix(lr=lr)),
]
WRONG = [
    (check_limit, 2 / 3),
    (check_limit, 1 / 6),
    (check_limit, 0.34),
    (check_limit, 2),
    (check_best, (2 / 52, 172.6)),
    (check_best, (2 / 52, 172)),
    (check_best, (2 / 52, 174)),
    (check_best, (2 / 50, 173)),
    (check_best, (1 / 50, 173)),
    (check_best, (173, 2 / 52)),
    (check_best, 2 / 52),
    (check_best, (2 / 52, 173, 1)),
    (check_best, (2 / 52, None)),
    (check_memory, 141_422),
    (check_memory, 141_420),
    (check_memory, 141_421.36),
    (check_memory, 100_000),
    (check_memory, 141_000),
    (check_memory, 20_000_000_000),
    (check_product, lambda J, theta, u: J.grad(theta + 1e-5 * u) - J.grad(theta)),
    (check_product, lambda J, theta, u: 2 * central(J, theta, u)),
    (check_product, lambda J, theta, u: -central(J, theta, u)),
    (check_product, lambda J, theta, u: central(J, theta, u / np.linalg.norm(u))),
    (check_product, lambda J, theta, u: central(J, theta, u) @ u),
    (check_product, lambda J, theta: 0),
    (check_free, free(lambda part, curvature: abs(part) / abs(curvature))),
    (check_free, free(lambda part, curvature: part * abs(curvature))),
    (check_free, free(scaled=False)),
    (check_free, Diagonal),
    (check_free, Entries),
    (check_free, free()()),
]
TRIVIAL = [
    (check_product, lambda J, theta, u: J.hess(theta) @ u),
    (check_product, lambda J, theta, u: J.grad(theta)),
    (check_product, lambda J, theta, u: u),
    (check_free, Newton),
    (check_free, SGD),
    (check_free, lambda lr=1.0: SGD(lr=0.1 * lr)),
    (check_free, lambda lr=1.0: free()(lr=1.0)),
]
CHECKS = [check_limit, check_best, check_memory, check_product, check_free]
NONSENSE = ["a text", "", [], {}, (), float("nan"), float("inf"), np.full(2, np.nan), object(),
            np.ones((2, 3)), int, Raises, raises, lambda: None, True, 1j, [None, None]]  # fmt: skip


@pytest.mark.parametrize(("check", "answer"), RIGHT)
def test_a_right_answer_is_right(check, answer):
    told = check(answer)
    assert told.right, told


@pytest.mark.parametrize(("check", "answer"), WRONG + TRIVIAL)
def test_a_wrong_or_trivial_answer_gets_a_hint(check, answer):
    told = check(answer)
    assert not told.right
    assert len(told) > len("Not yet. ")


@pytest.mark.parametrize("check", CHECKS)
def test_no_answer_is_no_mistake(check):
    assert check(None) == "Not answered yet."


@pytest.mark.parametrize("answer", NONSENSE, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("check", CHECKS)
def test_whatever_is_given_a_verdict_comes_back(check, answer):
    assert not check(answer).right


@pytest.mark.parametrize(
    ("check", "answer", "said"),
    [
        (check_best, (2 / 52, 172.6), "whole number"),
        (check_memory, 141_421.36, "whole number"),
        (check_memory, 141_422, "must not exceed"),
        (check_product, lambda J, theta, u: J.hess(theta) @ u, "J.grad only"),
        (check_free, Newton, "negative"),
        (check_free, SGD, "positive"),
        (check_free, free()(), "class itself"),
    ],
)
def test_the_hint_names_what_is_wrong(check, answer, said):
    assert said in check(answer)
