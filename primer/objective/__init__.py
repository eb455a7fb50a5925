"""What is minimised: `Objective` and its kinds."""

from .batches import Batches, DataObjective
from .core import Objective, Sum, l2
from .varying import Noisy, Table, Varying

__all__ = ["Batches", "DataObjective", "Noisy", "Objective", "Sum", "Table", "Varying", "l2"]
