"""One look for every figure of the book: colors, line styles, contours, reliefs, alt texts."""

from .figures import (
    Picture,
    band,
    contours,
    frame,
    legend,
    levels,
    save,
    show,
    static,
    style_sheet,
    subplots,
)  # fmt: skip
from .palette import DASHES, KNOWN, NEUTRAL, PALETTE, STYLE, Look, look
from .relief import relief
from .svg import plain_ticks, subscript, superscript, svg

__all__ = [
    "DASHES", "KNOWN", "NEUTRAL", "PALETTE", "STYLE", "Look", "Picture", "band", "contours",
    "frame", "legend", "levels", "look", "plain_ticks", "relief", "save", "show", "static",
    "style_sheet", "subplots", "subscript", "superscript", "svg",
]  # fmt: skip
