"""What to try against each pattern of a loss curve, and the chart that leads there."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Cure:
    """Something to try, what to see if it was right, and the heading that shows it.

    Attributes
    ----------
    do, seen, heading : str
        The sentence without its stop, the rest of "If this was it, …", a heading of chapter 10.
    """

    do: str
    seen: str
    heading: str

    def __str__(self) -> str:
        return f"{self.do}. If this was it, {self.seen}."


#: Every cure by its key; `diagnose` and the chart both take their texts from here.
CURES = {
    "hunt": Cure(
        "Find the first step and the coordinate that are not finite",
        "one operation of that step explains it: log 0, exp of a large number, 0/0",
        "Hunting a NaN",
    ),
    "lower": Cure(
        "Divide the rate by 3 until the loss falls; warm up if the start is steep",
        "the loss falls from the first steps on",
        "Exploding",
    ),
    "clip": Cure(
        "Clip the gradient's norm near its usual size",
        "the spikes of the loss go and the rest of the curve stays as it was",
        "Clipping",
    ),
    "probe": Cure(
        "Try the rate × 10 and ÷ 10 for a few steps",
        "one of the two falls, and the rate was wrong",
        "Not decreasing",
    ),
    "overfit": Cure(
        "Train on one batch of a few examples, over and over",
        "its loss reaches zero; if it does not, the model, the gradient or the start is broken,"
        " and if only the full data fail, look at the labels",
        "Not decreasing",
    ),
    "start": Cure(
        "Start with smaller weights, or look for units that never change",
        "the gradient's norm is no longer tiny and the loss leaves its start",
        "Not decreasing",
    ),
    "steady": Cure(
        "Halve the rate, or lower β",
        "the swings shrink and the loss ends lower",
        "Oscillating",
    ),
    "batch": Cure(
        "Take a larger batch",
        "the swings shrink as the batch grows if they are noise, and stay if they are not",
        "Oscillating",
    ),
    "decay": Cure(
        "Divide the rate by 10 from here on",
        "the loss drops within an epoch: it was a noise floor",
        "Plateau",
    ),
    "longer": Cure(
        "Stretch the schedule: go on from here at its highest rate",
        "the loss falls again: the rate had ended, not the training",
        "Plateau",
    ),
    "push": Cure(
        "Multiply the rate by 3 for a few hundred steps",
        "the loss leaves the flat place; if it does not, it may be the model's best",
        "Plateau",
    ),
    "network": Cure(
        "Look for units that are saturated or dead; normalize the layers, or start with smaller"
        " weights",
        "the loss falls through the plateau at an ordinary rate",
        "Plateau",
    ),
    "precise": Cure(
        "Keep the weights and sums in float32, and ε above the smallest number",
        "the loss moves again where updates had been rounded away",
        "Low precision",
    ),
    "tune": Cure(
        "Go on, and tune the rate before anything else",
        "a better rate shows within a short run",
        "What to tune first",
    ),
    "record": Cure(
        "Record more steps, on the same examples every time",
        "the curve has a trend or swings that stand out of its noise",
        "What to tune first",
    ),
}

#: The questions of chapter 10's chart in their order, and the cure where the answer is yes.
QUESTIONS = (
    ("Is any loss NaN or infinite?", "hunt"),
    ("Do single gradients spike, and the loss with them?", "clip"),
    ("Does it climb far above its start?", "lower"),
    ("Does it swing up and down?", "steady"),
    ("Is it hardly lower than at its start?", "probe"),
    ("Is it flat, and is the rate near zero?", "longer"),
    ("Is it flat at every rate you try?", "network"),
    ("Is it flat at a constant rate?", "decay"),
    ("Do you train in 16 bits?", "precise"),
)


def _chart() -> tuple[dict[str, Any], ...]:
    """Boxes for `primer.plotting.flow`: a question, its cure, the next question."""
    boxes: list[dict[str, Any]] = []
    for number, (question, key) in enumerate(QUESTIONS):
        after = f"question {number + 1}" if number + 1 < len(QUESTIONS) else "tune"
        link = CURES[key].heading
        ask = {"key": f"question {number}", "text": question, "link": link}
        boxes.append(ask | {"yes": key, "no": after})
        boxes.append({"key": key, "text": CURES[key].do, "link": link})
    last = CURES["tune"]
    return (*boxes, {"key": "tune", "text": last.do, "link": last.heading})


#: Chapter 10's flow chart: ``plotting.flow(CHART, alt=…)`` draws it.
CHART = _chart()
