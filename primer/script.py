"""The door to `primer.derived.javascript` for scripts outside the project."""

from .derived.javascript import Program, program

__all__ = ["Program", "program"]
