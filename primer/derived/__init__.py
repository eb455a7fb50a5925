"""What is derived from the one text of a rule: its equation, its JavaScript, its card."""

from . import functions  # NumPy's functions on nodes
from .calls import torch_lines
from .card import card, catalogue
from .difference import difference
from .graph import TraceError
from .javascript import Program, javascript, program
from .latex import latex
from .trace import sliders_of

__all__ = [
    "Program", "TraceError", "card", "catalogue", "difference", "javascript", "latex", "program",
    "sliders_of", "torch_lines",
]  # fmt: skip
