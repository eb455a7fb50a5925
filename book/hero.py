"""Draw the README's picture, and the card shown with a link to the site.

Five optimizers descend Beale's valley from one start.

Run: python book/hero.py
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from primer import SGD, Adam, Momentum, Nesterov, RMSProp, landscapes, run
from primer.plotting import look

STEPS = 200
RULES = {
    "SGD": (SGD(lr=0.01), "-"),
    "Momentum": (Momentum(lr=0.003, beta=0.9), "-"),
    "Nesterov": (Nesterov(lr=0.003, beta=0.9), "--"),
    "RMSProp": (RMSProp(lr=0.02), "-"),
    "Adam": (Adam(lr=0.1), "-"),
}


def contours(ax, J):
    left, right, bottom, top = J.window
    x, y = np.meshgrid(np.linspace(left, right, 121), np.linspace(bottom, top, 101))
    height = np.log10(J(np.stack([x, y], axis=-1)) + 1e-2)
    ax.contourf(x, y, height, levels=12, cmap="Blues_r", alpha=0.35)


def descent(ax):
    """Draw the valley and the five paths through it."""
    J = landscapes.beale()
    start = np.array([1.0, -1.7])
    contours(ax, J)
    for name, (rule, style) in RULES.items():
        color = look(name).color
        x, y = run(rule, J, start, STEPS).theta.T
        ax.plot(x, y, style, color=color, lw=2, label=name)
        ax.plot(x[-1], y[-1], "o", color=color, ms=6)
    ax.plot(*start, "o", color="white", mec="black", ms=8)
    ax.plot(*np.ravel(J.minimum), "*", color="gold", mec="black", ms=15)
    ax.set(xlim=J.window[:2], ylim=J.window[2:], xlabel="$\\theta_1$", ylabel="$\\theta_2$")


def draw(file):
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
    descent(ax)
    ax.legend(loc="upper left", ncols=5, fontsize=9, framealpha=0.9)
    fig.savefig(file, metadata={"Date": None, "Title": "Five optimizers descend Beale's valley"})


def card(file):
    """Draw the card: 1200 x 630 pixels, the picture below the book's title."""
    fig = Figure(figsize=(12, 6.3), dpi=100, facecolor="white")
    fig.text(0.05, 0.85, "ML Optimization: A Primer", size=40, weight="bold", color="#222832")
    fig.text(0.05, 0.775, "From SGD to Adam and its heirs, in figures you can drag", size=22)
    ax = fig.add_axes((0.05, 0.06, 0.9, 0.66))
    descent(ax)
    ax.set(xticks=[], yticks=[], xlabel="", ylabel="")
    ax.legend(loc="upper left", ncols=5, fontsize=17, framealpha=0.9)
    fig.savefig(file, format="png", metadata={"Software": None})


if __name__ == "__main__":
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "primer"
    draw(Path(__file__).with_name("_static") / "hero.svg")
