"""ML Optimization: A Primer. Every rule written once, so that it reads like its equation."""

from . import landscapes, registry, rules, schedules
from .card import card, catalogue
from .driver import Run, run
from .hyper import Schedule, Slider, power, sweep
from .objective import Batches, DataObjective, Noisy, Objective, Table, Varying, l2
from .optimizer import Optimizer
from .registry import rule, schedule
from .trace import TraceError, javascript, latex

# Rules and schedules are exported by the registry: a new class in a new file needs no line here.
_registered = {**registry.rules, **registry.schedules}
globals().update({name: entry.make for name, entry in _registered.items()})

__all__ = [  # noqa: PLE0604
    "Batches", "DataObjective", "Noisy", "Objective", "Optimizer", "Run", "Schedule", "Slider",
    "Table", "TraceError", "Varying", "card", "catalogue", "javascript", "l2", "landscapes", "latex", "power",
    "registry", "rule", "rules", "run", "schedule", "schedules", "sweep", *_registered,
]  # fmt: skip
