"""One rule, run once on symbols: its equation (`latex`) and its JavaScript (`javascript`)."""

from .equation import latex
from .graph import TraceError
from .script import Program, javascript, program
from .tracing import sliders_of

__all__ = ["Program", "TraceError", "javascript", "latex", "program", "sliders_of"]
