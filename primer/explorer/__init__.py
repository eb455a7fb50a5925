"""Live figures: `explore` runs rules in the page, `explore_grid` shows computed ones.

Besides them `chooser`: questions that lead to an optimizer.
"""

from .asking import chooser, decision_table
from .grid import Heat, Plot, explore_grid
from .model import Curve, Draggable
from .notes import Note
from .tasks import Task
from .traced import Explorer, explore

__all__ = [
    "Curve", "Draggable", "Explorer", "Heat", "Note", "Plot", "Task", "chooser",
    "decision_table", "explore", "explore_grid",
]  # fmt: skip
