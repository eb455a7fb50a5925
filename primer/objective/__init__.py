"""What is minimized: `Objective` and its kinds."""

from .batches import Batches, DataObjective
from .compound import DESCRIPTION, Sum, Through, l2
from .core import Objective
from .draws import Draws
from .varying import Noisy, Signs, Table, Varying

__all__ = [
    "DESCRIPTION", "Batches", "DataObjective", "Draws", "Noisy", "Objective", "Signs", "Sum",
    "Table", "Through", "Varying", "l2",
]  # fmt: skip
