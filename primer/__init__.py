"""ML Optimization: A Primer. Every rule written once, so that it reads like its equation."""

from typing import Any

from . import blas, data, landscapes, models, registry, rules, schedules
from .card import card, catalogue
from .compare import compare
from .driver import Run, run
from .hyper import PerCoordinate, Slider, power, sweep
from .objective import Batches, DataObjective, Noisy, Objective, Table, Varying, l2
from .optimizer import Optimizer
from .range_test import RangeTest, range_test
from .registry import rule, schedule
from .rules.clip import Clip
from .schedules import Schedule
from .trace import TraceError, javascript, latex

# Rules and schedules are exported by the registry: a new class in a new file needs no line here.
_registered = {**registry.rules, **registry.schedules}
globals().update({name: entry.make for name, entry in _registered.items()})

# What draws is imported when it is first used: matplotlib and the widgets take a second.
_drawing = ("Curve", "Draggable", "Heat", "Plot", "explore", "explore_grid")

__all__ = [  # noqa: PLE0604
    "Batches", "Clip", "DataObjective", "Noisy", "Objective", "Optimizer", "PerCoordinate",
    "RangeTest", "Run", "Schedule", "Slider", "Table", "TraceError", "Varying", "card",
    "catalogue", "compare", "data",
    "javascript", "l2", "landscapes", "latex", "models", "power", "range_test",
    "registry", "rule", "rules", "run", "schedule", "schedules", "sweep", *_drawing, *_registered,
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _drawing:
        from . import explorer

        return getattr(explorer, name)
    raise AttributeError(f"module 'primer' has no attribute {name!r}")
