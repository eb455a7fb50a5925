"""How large a panel is drawn, and where its axes stand."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Sheet:
    """Width and height of a panel in px, and left, top, right, bottom of its axes."""

    width: float
    height: float
    box: tuple[float, float, float, float]

    @property
    def inches(self) -> tuple[float, float]:
        """What matplotlib calls the size of the figure."""
        return self.width / 72, self.height / 72

    @property
    def axes(self) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of the axes as shares of the figure.

        Examples
        --------
        >>> Sheet(100, 200, (10.0, 20.0, 90.0, 150.0)).axes
        (0.1, 0.25, 0.8, 0.65)
        """
        left, top, right, bottom = self.box
        return (
            left / self.width,
            1 - bottom / self.height,
            (right - left) / self.width,
            (bottom - top) / self.height,
        )


#: Sizes of a panel that stands alone, of one of two, of one of more; for none the page is wide.
SIZES = (550, 380), (440, 352), (340, 282)
#: The room around the axes, and for what their colors or dashes mean.
LEFT, TOP, RIGHT, BOTTOM, BAR = 44.0, 50.0, 16.0, 44.0, 20.0
#: Baseline of the title, and height above the axes of the name of the vertical one.
TITLE, OVER = 19.0, 8.0


def sheet(panels: int = 2, bar: bool = False) -> Sheet:
    """The sheet of one of so many panels; `bar` where there are colors.

    Examples
    --------
    >>> sheet().box
    (44.0, 50.0, 424.0, 308.0)
    """
    width, height = SIZES[min(panels, len(SIZES)) - 1]
    top = TOP + BAR if bar else TOP
    return Sheet(width, height, (LEFT, top, width - RIGHT, height - BOTTOM))
