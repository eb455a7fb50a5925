"""Live figures: `explore` runs rules in the page, `explore_grid` shows computed ones."""

from .grid import Heat, Plot, explore_grid
from .model import Curve, Draggable
from .traced import Explorer, explore

__all__ = ["Curve", "Draggable", "Explorer", "Heat", "Plot", "explore", "explore_grid"]
