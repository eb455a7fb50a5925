"""Chapter 5's heavy part: a recurrent net reads Shakespeare with SGD, AdaGrad and RMSProp.

    python benchmarks/studies/05_rmsprop.py

writes notebooks/results/05_rmsprop.json in a few minutes.

Every rule tries seven rates with three seeds for 3200 steps at a constant rate. The best rate is
chosen twice, by the validation loss after 400 steps and by the one after 3200, and each choice then
trains ten networks from fresh seeds.
"""

import json
from pathlib import Path

import numpy as np

from primer import SGD, AdaGrad, RMSProp, data, models, run

STEPS, SHORT, SIZE, HIDDEN, KEEP = 3200, 400, 16, 32, 100
GRID = 10 ** (np.arange(7) / 3)
RULES = {
    "SGD": (SGD(), 0.1 * GRID),
    "AdaGrad": (AdaGrad(), 0.01 * GRID),
    "RMSProp": (RMSProp(beta=0.9), 0.001 * GRID),
    "RMSProp, β = 0.99": (RMSProp(beta=0.99), 0.001 * GRID),
}
FRESH, SPENT = np.arange(10), np.arange(100, 103)
OUT = Path(__file__).parents[2] / "notebooks/results/05_rmsprop.json"


def train(method, rates, seeds, steps):
    """Validation losses (kept, rates, seeds); every rate and seed is one network of a batch."""
    text = data.characters(length=24)
    net = models.rnn(text.X, text.y, hidden=HIDDEN)
    held = net.on(text.X_val[:300], text.y_val[:300])
    lr = np.asarray(rates, np.float32)[:, None, None]
    settings = {name: getattr(method, name) for name in method.fields()} | {"lr": lr}
    start = np.broadcast_to(net.initial(seeds), (len(lr), len(seeds), net.dim)).astype(np.float32)
    batches = net.batches(SIZE, seeds, watch=held)
    loss = run(type(method)(**settings), batches, start, steps, keep=KEEP).loss
    return np.nan_to_num(loss.astype(float), nan=99.0, posinf=99.0)


def study(method, rates):
    tuning = train(method, rates, SPENT, STEPS)
    result = {"rates": rates.tolist(), "tuning": np.round(tuning[-1], 4).tolist()}
    for name, steps in (("short", SHORT), ("long", STEPS)):
        best = np.median(tuning[steps // KEEP], axis=-1).argmin()
        curves = train(method, rates[[best]], FRESH, steps)[:, 0]
        result[name] = {
            "rate": float(rates[best]),
            "at_edge": bool(best in (0, len(rates) - 1)),
            "curves": np.round(curves, 4).tolist(),
        }
    return result


def main():
    results = {}
    for name, (method, rates) in RULES.items():
        results[name] = study(method, rates)
    OUT.write_text(json.dumps({"keep": KEEP, "rules": results}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
