"""The one-cycle schedule."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..hyper import Hyper
from ..registry import schedule
from .base import Schedule
from .cosine import half_cosine
from .decay import blend


@schedule(
    cite="smith2018",
    year=2017,
    chapter=8,
    torch="OneCycleLR(optimizer, max_lr=peak, total_steps=steps, pct_start=rise,"
    " div_factor=start_ratio, final_div_factor=end_ratio, cycle_momentum=False)",
    no_optax="optax.cosine_onecycle_schedule ends at t = steps and turns at int(rise * steps);"
    " torch's, followed here, ends at t = steps - 1 and turns at rise * steps - 1",
)
class OneCycle(Schedule):
    """One cosine up, one cosine down to almost nothing (Smith & Topin), in torch's conventions.

    Equation: s(t) = arc(low, peak, t / max(turn, 1)) if t <= turn
    else arc(peak, end, (t - turn) / (steps - 1 - turn)),
    with arc(a, b, x) = b + (a - b) * (1 + cos(pi * min(x, 1))) / 2,
    low = peak / start_ratio, end = low / end_ratio, turn = rise * steps - 1.

    Parameters
    ----------
    peak : hyperparameter
        Largest value, >= 0.
    steps : int, or a sweep or slider of ints
        Steps in all, >= 2.
    rise : hyperparameter
        Share of the steps that rise, in (0, 1).
    start_ratio : hyperparameter
        Peak over first value, > 0.
    end_ratio : hyperparameter
        First value over last value, > 0.

    Raises
    ------
    ValueError
        If a value is outside its range.

    Notes
    -----
    Same as torch's OneCycleLR (pct_start = rise, div_factor = start_ratio, final_div_factor =
    end_ratio, cosine annealing, momentum left alone), which raises past its end; this one stays
    there. The paper's cycle is made of straight lines and turns momentum the other way. Source:
    smith2018.

    Examples
    --------
    >>> OneCycle(1.0, 10)(np.array([0, 1, 2, 9, 50])).round(9).tolist()
    [0.04, 0.52, 1.0, 4e-06, 4e-06]
    """

    peak: Hyper
    steps: Any
    rise: Hyper = 0.3
    start_ratio: Hyper = 25.0
    end_ratio: Hyper = 1e4

    counts: ClassVar[dict[str, int]] = {"steps": 2}
    domains: ClassVar[dict[str, str]] = {
        "rise": "shrink",
        "start_ratio": "positive",
        "end_ratio": "positive",
    }

    def value(self, t: Any) -> Any:
        low = self.peak / self.start_ratio
        turn = self.rise * self.steps - 1
        up = np.minimum(t / np.maximum(turn, 1), 1)
        # turn lies between two steps, so the span down may be shorter than 1.
        down = np.minimum(np.maximum(t - turn, 0) / (self.steps - 1 - turn), 1)
        falling = blend(self.peak, low / self.end_ratio, half_cosine(down))
        return np.where(t <= turn, blend(low, self.peak, half_cosine(up)), falling)

    @property
    def length(self) -> Any:
        return self.steps
