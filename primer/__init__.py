"""ML Optimization: A Primer. Every rule written once, so that it reads like its equation.

An afternoon's reading, the subject itself: `rules/sgd.py`, `rules/momentum.py`, `rules/adam.py`
(a rule is one class in one file), `optimizer.py` (what all rules share), `objective/core.py` (what
they see), `running.py` (the loop), `hyper.py` (a hyperparameter is a number, a schedule, a sweep or
a slider). After that `schedules/` and `landscapes/`.

The machinery stands apart: `derived/` traces a rule and prints it as equation, JavaScript and card;
`explorer/` and `plotting/` draw; `measure/` compares; `models/` and `data/` are what is trained on.
"""

from typing import Any

from . import blas, data, landscapes, measure, models, registry, rules, schedules
from .derived import TraceError, card, catalogue, javascript, latex
from .exact import power
from .hyper import PerCoordinate, Slider, sweep
from .measure import RangeTest, compare, range_test
from .objective import Batches, DataObjective, Draws, Noisy, Objective, Table, Varying, l2
from .optimizer import Optimizer
from .registry import rule, schedule
from .rules.clip import Clip
from .running import Run, run
from .schedules import Schedule

# Rules and schedules are exported by the registry: a new class in a new file needs no line here.
# For a type checker `make format` writes all names into __init__.pyi.
_registered = {**registry.rules, **registry.schedules}
globals().update({name: entry.make for name, entry in _registered.items()})

# What draws is imported when it is first used: matplotlib and the widgets take a second.
_drawing = ("Curve", "Draggable", "Heat", "Plot", "explore", "explore_grid")

__all__ = [  # noqa: PLE0604
    "Batches", "Clip", "DataObjective", "Draws", "Noisy", "Objective", "Optimizer", "PerCoordinate",
    "RangeTest", "Run", "Schedule", "Slider", "Table", "TraceError", "Varying", "card", "catalogue",
    "compare", "data", "javascript", "l2", "landscapes", "latex", "measure", "models", "power",
    "range_test", "registry", "rule", "rules", "run", "schedule", "schedules", "sweep",
    *_drawing, *_registered,
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _drawing:
        from . import explorer

        return getattr(explorer, name)
    raise AttributeError(f"module 'primer' has no attribute {name!r}")
