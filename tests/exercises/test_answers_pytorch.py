"""The checks of the chapter on PyTorch: right answers, wrong ones, trivial ones, and nonsense."""

import dataclasses
import itertools

import numpy as np
import pytest

from primer import SGD, Momentum, Optimizer
from primer.exercise import pytorch as asked
from primer.exercise.pytorch import BEFORE, LINES, dampened, parameters

MATRICES = [name for name, shape in parameters().items() if len(shape) == 2]


# Not entered in the registry by @rule: the tests of every rule would run on it.
@dataclasses.dataclass(frozen=True, eq=False)
class Dampened(Optimizer):
    """torch.optim.SGD with momentum and dampening."""

    lr: float = 0.01
    beta: float = 0.9
    dampening: float = 0.0
    domains = {"dampening": "decay"}

    def init(self, theta):
        return {"b": 0 * theta}

    def step(self, J, theta, state, t):
        share = 1 - self.dampening
        b = self.beta * state["b"] + np.where(t == 0, 1, share) * J.grad(theta)
        return theta - self.lr * b, {"b": b}


class DampedAtOnce(Dampened):
    """The first gradient is damped, too."""

    def step(self, J, theta, state, t):
        b = self.beta * state["b"] + (1 - self.dampening) * J.grad(theta)
        return theta - self.lr * b, {"b": b}


class NotDampened(Dampened):
    """dampening does nothing."""

    def step(self, J, theta, state, t):
        b = self.beta * state["b"] + J.grad(theta)
        return theta - self.lr * b, {"b": b}


class Plain(Dampened):
    """SGD."""

    def step(self, J, theta, state, t):
        return theta - self.lr * J.grad(theta), state


class Mixing(Dampened):
    """Looks at all runs of a batch at once."""

    def step(self, J, theta, state, t):
        new, state = super().step(J, theta, state, t)
        return new - 1e-3 * np.ptp(theta, axis=0) * (theta.ndim > 1), state


RIGHT = [
    ("order", (list(LINES),)),
    ("order", (LINES,)),
    ("order", (" ".join(LINES),)),
    ("order", (np.array(LINES),)),
    ("order", ([*LINES[1:], "zero_grad"],)),
    ("order", (["backward", "unscale", "clip", "step", "zero_grad", "schedule"],)),
    ("accumulated", (0.05, 0.001)),
    ("accumulated", (0.2 / 4, "0.001")),
    ("accumulated", (np.float32(0.05), np.array(1e-3))),
    ("groups", (MATRICES,)),
    ("groups", (set(MATRICES),)),
    ("groups", (tuple(MATRICES[::-1]),)),
    ("groups", (MATRICES[1:],)),  # without the embedding
    ("groups", (dict.fromkeys(MATRICES),)),
    ("groups", (np.array(MATRICES),)),
    ("dampened", (Dampened,)),
]
WRONG = [
    ("order", (["backward", "zero_grad", "unscale", "clip", "step", "schedule"],)),
    ("order", (["backward", "unscale", "clip", "zero_grad", "step", "schedule"],)),
    ("order", (["zero_grad", "backward", "clip", "unscale", "step", "schedule"],)),
    ("order", (["zero_grad", "backward", "unscale", "step", "clip", "schedule"],)),
    ("order", (["zero_grad", "backward", "unscale", "clip", "schedule", "step"],)),
    ("order", (["schedule", "zero_grad", "backward", "unscale", "clip", "step"],)),
    ("order", (["unscale", "zero_grad", "backward", "clip", "step", "schedule"],)),
    ("order", (LINES[1:],)),
    ("order", ([*LINES, "step"],)),
    ("accumulated", (0.8, 0.001)),
    ("accumulated", (0.2, 0.001)),
    ("accumulated", (0.05, 0.00025)),
    ("accumulated", (0.1, 0.0005)),
    ("groups", (list(parameters()),)),
    ("groups", ([n for n in parameters() if n.endswith("weight")],)),  # gains, too
    ("groups", (MATRICES[:-1],)),
    ("groups", ([*MATRICES, "head.bias"],)),
    ("groups", ([*MATRICES, "tail.weight"],)),
    ("dampened", (DampedAtOnce,)),
    ("dampened", (NotDampened,)),
    ("dampened", (Mixing,)),
    ("dampened", (Dampened(),)),
]
TRIVIAL = [
    ("order", ([],)),
    ("order", (sorted(LINES),)),
    ("accumulated", (0, 0)),
    ("groups", ([],)),
    ("dampened", (Plain,)),
    ("dampened", (SGD,)),
    ("dampened", (Momentum,)),
]


class Raising:
    def __call__(self, *_):
        raise RuntimeError("no")

    def __float__(self):
        raise RuntimeError("no")

    def __str__(self):
        raise RuntimeError("no")


NONSENSE = ["text", "", Raising(), float("nan"), np.inf, {}, [], [None], object(), True, 1j]
NONSENSE += [np.zeros((3, 3)), lambda: 1, [Raising()] * 6, int, Optimizer]
CHECKS = {"order": 1, "accumulated": 2, "groups": 1, "dampened": 1}


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


def trained(lines, turns=8, scale=8.0):
    """A loop in NumPy with its lines in this order: where it ends."""
    memory = {"theta": np.array([3.0, -2.0]), "grad": np.zeros(2), "t": 0}

    def backward(m):
        return m["grad"] + scale * np.array([1.0, 9.0]) * m["theta"]

    def clip(m):
        return m["grad"] / max(1.0, np.linalg.norm(m["grad"]) / 12.0)

    for _ in range(turns):
        for line in lines:
            if line == "step":
                memory["theta"] = memory["theta"] - 0.1 * 0.8 ** memory["t"] * memory["grad"]
            elif line == "schedule":
                memory["t"] += 1
            else:
                changes = {
                    "zero_grad": lambda m: 0 * m["grad"],
                    "backward": backward,
                    "unscale": lambda m: m["grad"] / scale,
                    "clip": clip,
                }
                memory["grad"] = changes[line](memory)
    return memory["theta"]


def test_an_order_is_right_if_and_only_if_its_loop_ends_where_the_right_one_does():
    """All 720 orders, run."""
    right = trained(LINES)
    for order in itertools.permutations(LINES):
        same = np.allclose(trained(order), right)
        assert bool(judged("order", (order,))) == same, order


def test_what_must_come_first_is_told():
    for first, second in BEFORE:
        lines = [line for line in LINES if line != second]
        lines.insert(lines.index(first), second)
        assert f"{second} comes before {first}" in judged("order", (lines,))


def test_four_pieces_without_a_division_are_a_rate_four_times_too_high():
    g = np.random.default_rng(0).standard_normal((20, 3))
    np.testing.assert_allclose(0.05 * 4 * g, 0.2 * g)


@pytest.mark.parity
def test_the_formula_is_what_torch_does():
    torch = pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    gradients = np.random.default_rng(1).standard_normal((9, 2))
    x = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1, momentum=0.7, dampening=0.4)
    path = [x.detach().numpy().copy()]
    for g in gradients:
        x.grad = torch.tensor(g)
        optimizer.step()
        path.append(x.detach().numpy().copy())
    ours = dampened(gradients, lr=0.1, beta=0.7, dampening=0.4)
    np.testing.assert_allclose(np.diff(path, axis=0), ours, rtol=1e-12, atol=1e-15)
