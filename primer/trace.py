"""One rule, run once on symbols: its equation (`latex`) and its JavaScript (`javascript`)."""

from .equation import latex
from .graph import TraceError, sliders_of
from .script import Program, javascript, program

__all__ = ["Program", "TraceError", "javascript", "latex", "program", "sliders_of"]
