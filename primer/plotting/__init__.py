"""One look for every figure of the book: colors, line styles, contours, reliefs, alt texts."""

from .figures import Picture, band, contours, frame, legend, save, show, subplots
from .flow import flow
from .notes import ends, note
from .palette import NEUTRAL, PALETTE, Look, look
from .relief import relief

__all__ = [
    "NEUTRAL", "PALETTE", "Look", "Picture", "band", "contours", "ends", "flow", "frame",
    "legend", "look", "note", "relief", "save", "show", "subplots",
]  # fmt: skip
