"""TODO contract: see Program."""

from __future__ import annotations

import dataclasses
from typing import Any

from .hyper import Slider


@dataclasses.dataclass(frozen=True)
class Program:
    """A traced rule on a traced objective, as JavaScript on float64.

    `source` is a JavaScript arrow function ``lib => ({init, step, loss})``:

    - ``init(x, s, h)`` fills s with the state before step 0;
    - ``step(x, s, h, t, w)`` overwrites x and s with theta_{t+1} and its state and fills w with
      the watched numbers of this step;
    - ``loss(x, h, t)`` is the loss that `run` records.

    x, s, h, w are arrays (Float64Array will do); h holds the values of `sliders` in order; `lib`
    has the exact integer power ``P(b, n)`` and is defined in static/explorer.js.
    """

    source: str
    sliders: tuple[Slider, ...]
    dim: int
    state: tuple[str, ...]  # layout of s, such as ("m[0]", "m[1]", "v[0]", "v[1]")
    watched: tuple[str, ...]  # layout of w, such as ("m_hat[0]", "m_hat[1]", "1 - beta1^t")


def program(
    rule: Any, J: Any, sliders: tuple[Slider, ...] = (), watch: tuple[Any, ...] = (), steps: int = 1000
) -> Program:
    """`watch`: names of locals of the rule's step ("m_hat"), or pairs (label, f(rule, t))."""
    raise NotImplementedError


def javascript(rule: Any, J: Any) -> str:
    return program(rule, J).source


def latex(rule: Any) -> str:
    raise NotImplementedError
