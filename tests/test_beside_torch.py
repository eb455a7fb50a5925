"""The difference between a rule's run and PyTorch's: what it refuses, and what it measures."""

import sys

import numpy as np
import pytest

from primer import (
    SGD,
    Adam,
    Clip,
    Cosine,
    InverseSqrt,
    Lion,
    Momentum,
    NAdam,
    Nesterov,
    Project,
    ReduceOnPlateau,
    WarmupLinear,
    landscapes,
)
from primer.measure import torch_difference

BOWL = landscapes.quadratic(np.geomspace(0.1, 5, 4))
START = np.full(4, 2.0)


@pytest.mark.parametrize(
    ("method", "word"),
    [
        (Lion(), "Lion"),
        (SGD(lr=InverseSqrt(0.1, 5)), "InverseSqrt"),
        (Project(SGD(lr=0.1), low=-1.0, high=1.0), "Project"),
        (Clip(Lion(), norm=1.0), "Lion"),
        (Clip(SGD(lr=0.1), percentile=90.0), "ClipPercentile"),
    ],
)
def test_what_pytorch_does_not_have_is_named(method, word):
    with pytest.raises(ValueError, match=word):
        torch_difference(method, BOWL, START)


def test_a_batch_of_starts_is_refused():
    with pytest.raises(ValueError, match="theta0"):
        torch_difference(SGD(lr=0.1), BOWL, np.ones((3, 4)))


def test_without_pytorch_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="pip install torch"):
        torch_difference(SGD(lr=0.1), BOWL, START, steps=1)


SAME = [
    SGD(lr=0.1),
    Nesterov(lr=0.05),
    NAdam(lr=0.05),
    Adam(lr=Cosine(0.1, 60)),
    SGD(lr=WarmupLinear(0.1, 10, 60)),
    ReduceOnPlateau(Adam(lr=0.5), factor=0.5, patience=2),
    ReduceOnPlateau(SGD(lr=0.3), factor=0.5, patience=2),
]


@pytest.mark.parity
class TestWithPyTorch:
    @pytest.fixture(autouse=True)
    def torch(self):
        return pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")

    @pytest.mark.parametrize("method", SAME, ids=repr)
    def test_rules_and_schedules_that_are_the_same_differ_by_rounding(self, method):
        assert torch_difference(method, BOWL, START, steps=60) < 1e-12

    def test_momentum_under_a_schedule_is_another_rule(self):
        falling = Momentum(lr=Cosine(0.1, 60))
        assert 1e-3 < torch_difference(falling, BOWL, START, steps=60) < 1
        assert torch_difference(Momentum(lr=0.1), BOWL, START, steps=60) < 1e-12

    def test_the_clip_of_pytorch_adds_a_millionth_to_the_norm(self):
        clipped = Clip(SGD(lr=0.1), norm=0.5)
        assert 1e-9 < torch_difference(clipped, BOWL, START, steps=60) < 1e-5

    def test_the_usual_precision_of_pytorch_is_left_as_it_was(self, torch):
        usual = torch.get_default_dtype()
        torch_difference(SGD(lr=0.1), BOWL, START, steps=1)
        assert torch.get_default_dtype() == usual
