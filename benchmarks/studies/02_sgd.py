"""Chapter 2's study of a network: steps to a target and sharpness of the end, against batch size.

``python benchmarks/studies/02_sgd.py`` writes notebooks/results/02_sgd.json in a few minutes.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from primer import SGD, data, models, run
from primer.measure import first_below, noise_scale, sharpness

X, y, X_VAL, Y_VAL = data.digits()
MODEL = models.mlp(X[:1024].astype(np.float32), y[:1024], hidden=(32,))
SIZES = (1, 4, 16, 64, 256, 1024)
RATES = 2.0 ** np.arange(-6, 3)
TARGETS = (0.7, 0.5, 0.25)
#: Training loss at which the ends are compared, and the one rate of the second comparison.
END, ONE_RATE = 0.05, 0.125
TUNING, FRESH = np.arange(100, 103), np.arange(20)
OUT = Path(__file__).parents[2] / "notebooks" / "results" / "02_sgd.json"


def train(size, rate, seeds, steps, keep):
    start = MODEL.initial(seeds).astype(np.float32)
    order = 0 if size == len(MODEL.X) else seeds  # a full batch has no order to draw
    batches = MODEL.batches(size, order, watch=MODEL)
    return run(SGD(lr=rate), batches, start, steps, keep=keep, progress=False)


def to_targets(size):
    """Tune the rate for every target, then count the steps of fresh seeds."""
    steps = 120 + 2000 // size
    keep = max(1, steps // 120)
    trial = train(size, RATES[:, None, None], TUNING, steps, keep)
    out = {}
    for target in TARGETS:
        rate = RATES[np.median(first_below(trial, target), axis=1).argmin()]
        result = train(size, rate, FRESH, steps, keep)
        when = first_below(result, target)
        scales = [at_crossing(result, target, seed) for seed in FRESH]
        out[str(target)] = {"rate": rate, "steps": when.round(2).tolist(), "scale": scales}
    return out


def at_crossing(result, target, seed):
    k = (result.loss[:, seed] <= target).argmax()
    return float(f"{noise_scale(MODEL, result.theta[k, seed]):.4g}")


def ends(size, rate):
    """Sharpness and validation accuracy where the training loss first reaches END."""
    steps = round(500 / rate * (1 + 8 / size))
    result = train(size, rate, FRESH, steps, max(1, steps // 150))
    reached = first_below(result, END)
    rows = (result.loss <= END).argmax(0)
    theta = np.stack([result.theta[k, seed] for seed, k in enumerate(rows)]).astype(float)
    theta = theta[np.isfinite(reached)]
    return {
        "rate": rate,
        "reached": int(np.isfinite(reached).sum()),
        "sharpness": sharpness(MODEL, theta, 40).round(3).tolist() if len(theta) else [],
        "accuracy": MODEL.accuracy(theta, X_VAL, Y_VAL).round(4).tolist() if len(theta) else [],
    }


def main():
    found = {str(size): {"targets": to_targets(size)} for size in SIZES}
    for size in SIZES:
        tuned = found[str(size)]["targets"]["0.25"]["rate"]
        found[str(size)]["tuned"] = ends(size, tuned)
        found[str(size)]["one rate"] = ends(size, ONE_RATE)
        print(size, json.dumps(found[str(size)])[:2000], flush=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
