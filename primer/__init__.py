"""ML Optimization: A Primer. Every rule written once, so that it reads like its equation.

An afternoon's reading, the subject itself: `rules/sgd.py`, `rules/momentum.py`, `rules/adam.py`
(a rule is one class in one file), `optimizer.py` (what all rules share), `objective/core.py` (what
they see), `running.py` (the loop), `hyper.py` (a hyperparameter is a number, a schedule, a sweep or
a slider). After that `schedules/` and `landscapes/`.

The machinery stands apart: `derived/` traces a rule and prints it as equation, JavaScript and card;
`explorer/` and `plotting/` draw; `measure/` compares; `models/` and `data/` are what is trained on.
"""

import importlib
from typing import Any

from . import blas, landscapes, registry, rules, schedules
from .exact import power
from .hyper import PerCoordinate, Slider, sweep
from .objective import Batches, DataObjective, Draws, Noisy, Objective, Table, Varying, l2
from .optimizer import Optimizer
from .registry import rule, schedule
from .rules.clip import Clip
from .rules.matrices import MatrixRule
from .running import Run, run
from .schedules import Schedule

# Rules and schedules are exported by the registry: a new class in a new file needs no line here.
# For a type checker `make format` writes all names into __init__.pyi.
_registered = {**registry.rules, **registry.schedules}
globals().update({name: entry.make for name, entry in _registered.items()})

# What a run does without is imported when it is first used: a start takes half the time, and
# matplotlib and the widgets alone would take a second.
_rooms = ("data", "derived", "measure", "models")
_later = {
    "derived": (
        "TraceError", "card", "catalogue", "difference", "javascript", "latex", "torch_lines",
    ),
    "explorer": (
        "Curve", "Draggable", "Heat", "Note", "Plot", "Task", "chooser", "decision_table",
        "explore", "explore_grid",
    ),
    "measure": ("RangeTest", "compare", "range_test"),
}  # fmt: skip
_home = {name: room for room, names in _later.items() for name in names}

__all__ = [  # noqa: PLE0604
    "Batches", "Clip", "DataObjective", "Draws", "MatrixRule", "Noisy", "Objective", "Optimizer",
    "PerCoordinate", "Run", "Schedule", "Slider", "Table", "Varying", "data", "l2", "landscapes",
    "measure", "models", "power", "registry", "rule", "rules", "run", "schedule", "schedules",
    "sweep", *_home, *_registered,
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _rooms:
        return importlib.import_module(f".{name}", __name__)
    if name in _home:
        return getattr(importlib.import_module(f".{_home[name]}", __name__), name)
    raise AttributeError(f"module 'primer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_rooms, *_home})
