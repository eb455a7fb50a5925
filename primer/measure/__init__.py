"""What is measured on rules and objectives: fair comparisons, range tests, noise, curvature."""

from ..derived.card import state_per_parameter
from .compare import Result, compare
from .cures import CHART, CURES, Cure
from .diagnose import Diagnosis, diagnose
from .following import lag
from .game import Game, play
from .gradients import example_gradients, first_below, noise_scale
from .interval import mean_interval
from .knee import knee, knee_interval
from .range_test import RangeTest, range_test
from .response import feed
from .sharpness import sharpness

__all__ = [
    "CHART", "CURES", "Cure", "Diagnosis", "Game", "RangeTest", "Result", "compare", "diagnose",
    "example_gradients", "feed", "first_below", "knee", "knee_interval", "lag", "mean_interval",
    "noise_scale", "play", "range_test", "sharpness", "state_per_parameter",
]  # fmt: skip
