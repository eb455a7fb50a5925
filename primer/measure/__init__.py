"""What is measured on rules and objectives: fair comparisons, range tests, noise, curvature."""

from ..derived.card import state_per_parameter
from .compare import Result, compare
from .following import lag
from .gradients import example_gradients, first_below, noise_scale
from .range_test import RangeTest, range_test
from .response import feed
from .sharpness import sharpness

__all__ = [
    "RangeTest", "Result", "compare", "example_gradients", "feed", "first_below", "lag",
    "noise_scale", "range_test", "sharpness", "state_per_parameter",
]  # fmt: skip
