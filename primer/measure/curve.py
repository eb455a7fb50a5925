"""What is measured on a loss curve: trend, swings, and what rates and norms say."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # its parts load when they are first asked for

#: The share at the end that is judged for its trend: recent, and still a third of the points.
LAST = 0.4
#: A swing is a change of the loss by a fifth, up and down again; noise of a few percent is none.
SWING = 0.2
#: A rate below a hundredth of its peak moves nothing any more.
ENDED = 0.01
#: Norms of a thousandth of their largest, or of the loss, are tiny; ten times the usual, a spike.
TINY, SPIKE = 1e-3, 10.0


class Facts:
    """What is measured on a finite curve, its settings with it."""

    def __init__(self, losses: Any, rates: Any, norms: Any, sampled: bool) -> None:
        self.rates, self.norms, self.sampled = rates, norms, sampled
        finite = losses[np.isfinite(losses)]
        self.unit = float(np.abs(finite).max(initial=0)) or 1.0
        self.losses = losses / self.unit
        self.first = float(np.median(self.losses[: max(1, len(losses) // 20)]))
        self.end = float(np.median(self.losses[-max(3, len(losses) // 10) :]))
        self.cut = len(losses) - max(4, round(LAST * len(losses)))

    @property
    def fall(self) -> float:
        """From the start to the end, as a share of the start; negative if it rose."""
        change = self.first - self.end
        return change / abs(self.first) if self.first else float(np.sign(change))

    @property
    def rise(self) -> float:
        """From the very first loss, for a few steps are enough to explode; a share of it."""
        begin = float(self.losses[0])
        return (self.end - begin) / abs(begin) if begin else float(np.sign(self.end))

    @property
    def ended(self) -> bool:
        """Whether the rate was near zero over half of the last part."""
        if self.rates is None:
            return False
        return bool(np.median(self.rates[self.cut :]) <= ENDED * self.rates.max())

    @property
    def tiny(self) -> bool:
        """Whether the gradient's norm ended, or stayed, far below its largest or the loss."""
        if self.norms is None:
            return False
        last = np.median(self.norms[self.cut :])
        return bool(last <= TINY * max(self.unit, self.norms.max()))

    @property
    def spikes(self) -> bool:
        """Whether a few norms stand far above the usual one."""
        if self.norms is None:
            return False
        usual = np.median(self.norms)
        high = self.norms > SPIKE * usual
        return bool(usual > 0 and high.any() and high.mean() < 0.2)

    def logs(self) -> np.ndarray:
        """Log of the loss; of a loss that is not positive everywhere, its share of the middle."""
        if (self.losses > 0).all():
            return np.log(self.losses)
        return self.losses / (np.median(np.abs(self.losses)) or 1.0)

    def trend(self) -> tuple[float, float, float, np.ndarray]:
        """Change of the log loss over the last part, half its 95 % interval, noise, rest."""
        y = self.logs()[self.cut :]
        n = len(y)
        x = np.linspace(-0.5, 0.5, n)
        slope, level = np.polyfit(x, y, 1)
        rest = y - level - slope * x
        tied = min(max(follows(rest), 0.0), 0.9)
        real = max(n * (1 - tied) / (1 + tied), 3.0)
        error = np.sqrt((rest**2).sum() / (n - 2) / (x**2).sum() * n / real)
        return float(slope), float(scipy.stats.t.ppf(0.975, n - 2) * error), float(rest.std()), rest

    def swings(self) -> int:
        """How often the log loss, after its first third, rises by `SWING` after falling by it."""
        y = self.logs()[len(self.losses) // 3 :]
        up, turn, count = False, y[0], 0
        for value in y[1:]:
            turn = max(turn, value) if up else min(turn, value)
            if (turn - value if up else value - turn) > SWING:
                up, turn = not up, value
                count += up
        return count


def follows(rest: np.ndarray) -> float:
    """How much a number says about the next one: their correlation."""
    total = float((rest**2).sum())
    return float((rest[1:] * rest[:-1]).sum()) / total if total > 0 else 0.0
