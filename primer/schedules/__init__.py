"""Schedules: hyperparameters as pure functions of the step, which counts from 0.

A schedule is a frozen dataclass and a function: ``Cosine(peak=0.1, steps=100)(t)``. Plotting one
cannot change a training, since nothing in it changes. t may be an int, an array of ints, or the
symbol that stands for the step when a rule is traced; so the formulas here never branch on t.
The paragraphs "Equation:" are Python in the fields and a number t; a test evaluates them.

How the calls named in the registry are read (tests/parity/test_schedule_parity.py does it):

- ``torch`` is evaluated with the names of `torch.optim.lr_scheduler`, the fields by their names and
  ``optimizer``, a torch optimizer whose lr is the schedule's first field. The schedule's value at t
  is the rate of the optimizer's step t (counted from 0), with one ``scheduler.step()`` after each.
- ``optax`` is evaluated with the names of `optax` and the fields; the result is called with t.
"""

from .base import Schedule
from .combine import Product, Then
from .cosine import Cosine, CosineRestarts, half_cosine
from .counts import whole
from .decay import Constant, Exponential, Linear, StepDecay
from .inverse_sqrt import InverseSqrt
from .one_cycle import OneCycle
from .warmup import WarmupCosine, WarmupLinear, WarmupStableDecay

__all__ = [
    "Constant", "Cosine", "CosineRestarts", "Exponential", "InverseSqrt", "Linear", "OneCycle",
    "Product", "Schedule", "StepDecay", "Then", "WarmupCosine", "WarmupLinear",
    "WarmupStableDecay", "half_cosine", "whole",
]  # fmt: skip
