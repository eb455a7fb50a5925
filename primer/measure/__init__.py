"""What is measured on rules and objectives: fair comparisons, range tests, noise, curvature."""

from ..derived.card import state_per_parameter
from .beside_torch import torch_difference
from .choosing import choose
from .compare import Result, compare
from .contest import StepsToTarget, steps_to_target, tied, usable_band
from .cures import CHART, CURES, Cure
from .diagnose import Diagnosis, diagnose
from .evolution import Evolved
from .following import lag
from .game import Game, play
from .gradients import example_gradients, first_below, noise_scale
from .hunt import Finding, first_bad
from .interval import mean_interval
from .knee import knee, knee_interval
from .learned import Learned
from .meta import MetaLoss, decades, meta_train
from .precision import FORMATS, Format, rounded, rounded_at_random
from .range_test import RangeTest, range_test
from .response import feed
from .shapley import shapley
from .sharpness import sharpness
from .stored import Compensated, MasterCopy, RoundNearest, RoundState, RoundStochastic, to_bits
from .tasks import of_seeds, random_bowls
from .variance import variance_shares

__all__ = [
    "CHART", "CURES", "Compensated", "Cure", "Diagnosis", "Evolved", "FORMATS", "Finding",
    "Format", "Game", "Learned", "MasterCopy", "MetaLoss", "RangeTest", "Result",
    "RoundNearest", "RoundState", "RoundStochastic", "StepsToTarget", "choose", "compare",
    "decades", "diagnose", "example_gradients", "feed", "first_bad", "first_below", "knee",
    "knee_interval", "lag", "mean_interval", "meta_train", "noise_scale", "of_seeds", "play",
    "random_bowls", "range_test", "rounded", "rounded_at_random", "shapley", "sharpness",
    "state_per_parameter", "steps_to_target", "tied", "to_bits", "torch_difference",
    "usable_band", "variance_shares",
]  # fmt: skip
