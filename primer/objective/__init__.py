"""What is minimised: `Objective` and its kinds."""

from .batches import Batches, DataObjective
from .core import Objective, Sum, Through, l2
from .varying import Noisy, Table, Varying

__all__ = [
    "Batches", "DataObjective", "Noisy", "Objective", "Sum", "Table", "Through", "Varying", "l2",
]  # fmt: skip
