"""What is measured on rules and objectives: fair comparisons, range tests, noise, curvature."""

from ..derived.card import state_per_parameter
from .choosing import choose
from .compare import Result, compare
from .contest import StepsToTarget, steps_to_target, tied, usable_band
from .following import lag
from .game import Game, play
from .gradients import example_gradients, first_below, noise_scale
from .interval import mean_interval
from .knee import knee, knee_interval
from .range_test import RangeTest, range_test
from .response import feed
from .sharpness import sharpness

__all__ = [
    "Game", "RangeTest", "Result", "StepsToTarget", "choose", "compare", "example_gradients",
    "feed", "first_below", "knee", "knee_interval", "lag", "mean_interval", "noise_scale", "play",
    "range_test", "sharpness", "state_per_parameter", "steps_to_target", "tied", "usable_band",
]  # fmt: skip
