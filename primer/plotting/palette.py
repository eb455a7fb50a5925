"""The book's colors and line styles: one look per optimizer, and matplotlib's settings."""

from __future__ import annotations

import dataclasses
import zlib
from typing import Any

from cycler import cycler

#: Ten hues after matplotlib's petroff10, darkened to a contrast of 3:1 on white.
PALETTE = {
    "blue": "#2a78c2",
    "orange": "#d97b00",
    "red": "#bd1f01",
    "purple": "#832db6",
    "teal": "#0c8a8d",
    "brown": "#a0614f",
    "olive": "#857a2e",
    "pink": "#cf4a8c",
    "slate": "#5b6475",
    "green": "#3d8b3d",
}
#: Text, quiet text, grid lines and the tint of contours.
NEUTRAL = {"ink": "#1f2430", "soft": "#5a6272", "faint": "#dde1e8", "tint": "#3f6aa8"}
DASHES: tuple[tuple[float, ...], ...] = ((), (7, 2.5), (2, 2), (8, 2.5, 2, 2.5))
#: Color and dash pattern of the optimizers of chapters 2-7 and of the schedules of chapter 8;
#: others draw theirs from their name.
KNOWN = {
    "SGD": ("slate", 0),
    "Momentum": ("blue", 0),
    "Nesterov": ("teal", 1),
    "AdaGrad": ("olive", 3),
    "RMSProp": ("orange", 0),
    "Adadelta": ("brown", 1),
    "Adam": ("red", 0),
    "AdamL2": ("pink", 1),
    "AdamW": ("purple", 0),
    "AMSGrad": ("green", 1),
    "Adamax": ("brown", 2),
    "NAdam": ("teal", 3),
    "RAdam": ("blue", 2),
    "Lion": ("green", 0),
    "Muon": ("brown", 0),
    "Newton": ("teal", 0),
    "ConjugateGradient": ("pink", 0),
    "Constant": ("slate", 0),
    "StepDecay": ("orange", 1),
    "Exponential": ("olive", 3),
    "Linear": ("blue", 1),
    "Cosine": ("red", 0),
    "CosineRestarts": ("pink", 2),
    "WarmupCosine": ("red", 1),
    "WarmupLinear": ("blue", 2),
    "WarmupStableDecay": ("purple", 0),
    "OneCycle": ("green", 0),
    "InverseSqrt": ("teal", 0),
    "ReduceOnPlateau": ("brown", 3),
}
STYLE: Any = {
    "axes.edgecolor": NEUTRAL["soft"],
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": NEUTRAL["soft"],
    "axes.labelsize": 11,
    "axes.linewidth": 0.7,
    "axes.prop_cycle": cycler(color=list(PALETTE.values())),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": NEUTRAL["ink"],
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.titlesize": 13,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "font.size": 11,
    "grid.color": NEUTRAL["faint"],
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "svg.hashsalt": "primer",
    "text.color": NEUTRAL["ink"],
    "xtick.color": NEUTRAL["soft"],
    "xtick.labelsize": 10.5,
    "xtick.major.width": 0.7,
    "ytick.color": NEUTRAL["soft"],
    "ytick.labelsize": 10.5,
    "ytick.major.width": 0.7,
}


@dataclasses.dataclass(frozen=True)
class Look:
    """Color and dash pattern of one optimizer, the same in the whole book; what `look` returns.

    ``ax.plot(t, loss, **look("Adam").line)`` draws with it.

    Attributes
    ----------
    hue : str
        A name in `PALETTE`.
    dash : tuple of float
        Lengths of strokes and gaps in points; empty for an unbroken line.
    """

    hue: str
    dash: tuple[float, ...]

    @property
    def color(self) -> str:
        """The hue as a color that matplotlib knows."""
        return PALETTE[self.hue]

    @property
    def line(self) -> dict[str, Any]:
        """Keyword arguments for ``ax.plot``."""
        return {"color": self.color, "linestyle": (0, self.dash) if self.dash else "-"}


def look(name: str) -> Look:
    """The color and line style of an optimizer (or anything else with a name).

    Parameters
    ----------
    name : str
        Its name in the registry. A name that is not in the table gets a look computed from it.

    Returns
    -------
    Look

    Examples
    --------
    >>> look("Adam")
    Look(hue='red', dash=())
    >>> look("MyOwn") == look("MyOwn")
    True
    """
    if name in KNOWN:
        hue, dash = KNOWN[name]
    else:
        number = zlib.crc32(name.encode())
        hue, dash = list(PALETTE)[number % len(PALETTE)], number // 16 % len(DASHES)
    return Look(hue, DASHES[dash])
