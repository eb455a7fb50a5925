"""Figures with powers, remainders and truth values load, and their numbers are NumPy's."""

import dataclasses

import numpy as np
import pytest
from chromium import numbers, write_page

from primer import SGD, Noisy, Objective, Optimizer, Slider, explore, landscapes

pytestmark = pytest.mark.browser
WELL = Objective(
    lambda th: 4 * (th[..., 0] ** -12 - th[..., 0] ** -6),
    lambda th: 24 * th**-7 - 48 * th**-13,
    dim=1,
    start=(1.5,),
    window=(0.9, 3, -2, 2),
    name="Lennard-Jones",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Sawtooth(Optimizer):
    """A rate that falls within every ten steps and counts which gradients point upwards."""

    lr: float = 0.1

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        rate = self.lr * (1 + t % 10) ** -1 * 2.0 ** -(t // 10)
        return theta - rate * ((g > 0) + (g < 0)) * g, {}


CASES = {
    "negative powers of theta": (SGD(lr=Slider(1e-3, 0.1, 0.01, log=True)), WELL, 1e-9),
    "remainders and truth values": (Sawtooth(), landscapes.quadratic([1.0, 4.0]), 0),
    "noise beyond its rows": (SGD(lr=0.1), Noisy(landscapes.ravine(9), 0.1, steps=50), 0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_figure_loads_and_its_numbers_are_numpys(page, tmp_path, name):
    rule_, J, rtol = CASES[name]
    live = explore(rule_, on=J, steps=150)
    page.goto(write_page(tmp_path / "page.html", live))
    page.wait_for_selector(".px-live", timeout=10_000)
    (row,), (ours,) = numbers(page), live.runs().values()
    np.testing.assert_allclose(row["theta"], ours.theta[-1], rtol=rtol)
    np.testing.assert_allclose(row["loss"], ours.loss[-1], rtol=rtol)
