"""What is minimised: `Objective` and its kinds."""

from .batches import Batches, DataObjective
from .core import DESCRIPTION, Objective, Sum, Through, l2
from .draws import Draws
from .varying import Noisy, Table, Varying

__all__ = [
    "DESCRIPTION", "Batches", "DataObjective", "Draws", "Noisy", "Objective", "Sum", "Table",
    "Through", "Varying", "l2",
]  # fmt: skip
