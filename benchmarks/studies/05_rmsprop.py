"""Chapter 5's heavy part: a recurrent net reads Shakespeare with SGD, AdaGrad and RMSProp.

    python benchmarks/studies/05_rmsprop.py

writes notebooks/results/05_rmsprop.json in a quarter of an hour.

Every rule tries thirteen rates with five seeds, for 3200 steps at a constant rate, and once more
with a rate that falls linearly to zero. The best rate is chosen three times: by the validation loss
after 400 steps, by that after 3200, and by that at the end of the falling rate. Each choice then
trains 24 networks from fresh seeds.
"""

import json
from pathlib import Path

import numpy as np

from primer import SGD, AdaGrad, Linear, RMSProp, data, models, run

STEPS, SHORT, SIZE, HIDDEN, KEEP = 3200, 400, 16, 32, 100
GRID = 10 ** (np.arange(13) / 6)
RULES = {
    "SGD": (SGD(), 0.1 * GRID),
    "AdaGrad": (AdaGrad(), 0.01 * GRID),
    "RMSProp": (RMSProp(beta=0.9), 0.001 * GRID),
    "RMSProp, β = 0.99": (RMSProp(beta=0.99), 0.001 * GRID),
}
TUNING, FRESH = np.arange(100, 105), np.arange(1000, 1024)
OUT = Path(__file__).parents[2] / "notebooks/results/05_rmsprop.json"


def train(method, rates, seeds, steps, falling=False):
    """Validation losses (kept, rates, seeds); every rate and seed is one network of a batch."""
    text = data.characters(length=24)
    net = models.rnn(text.X, text.y, hidden=HIDDEN)
    held = net.on(text.X_val[:300], text.y_val[:300])
    rates = np.asarray(rates, np.float32)[:, None, None]
    lr = Linear(rates, 0 * rates, steps) if falling else rates
    start = np.broadcast_to(net.initial(seeds), (len(rates), len(seeds), net.dim))
    batches = net.batches(SIZE, seeds, watch=held)
    loss = run(method.having(lr=lr), batches, start.astype(np.float32), steps, keep=KEEP).loss
    return np.nan_to_num(loss.astype(float), nan=99.0, posinf=99.0)


def report(method, rates, tuning, steps, falling):
    """The best rate by the tuning seeds' losses (rates, seeds), and fresh networks at it."""
    best = np.median(tuning, axis=-1).argmin()
    curves = train(method, rates[[best]], FRESH, steps, falling)[:, 0]
    return {
        "rate": float(rates[best]),
        "at_edge": bool(best in (0, len(rates) - 1)),
        "tuning": np.round(np.median(tuning, axis=-1), 4).tolist(),
        "curves": np.round(curves, 4).tolist(),
    }


def study(method, rates):
    constant = train(method, rates, TUNING, STEPS)
    falling = train(method, rates, TUNING, STEPS, falling=True)
    return {
        "rates": rates.tolist(),
        "short": report(method, rates, constant[SHORT // KEEP], SHORT, False),
        "long": report(method, rates, constant[-1], STEPS, False),
        "falling": report(method, rates, falling[-1], STEPS, True),
    }


def main():
    results = {}
    for name, (method, rates) in RULES.items():
        results[name] = study(method, rates)
    OUT.write_text(json.dumps({"keep": KEEP, "rules": results}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
