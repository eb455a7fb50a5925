"""Chapter 7's heavy part: maps over (lr, weight decay) and a fair comparison, on few digits.

    python benchmarks/studies/07_adamw.py

writes notebooks/results/07_adamw.json in about a minute.

A network with one hidden layer of 16 units learns from 200 digits; the rest of the data is cut into
a validation half and a test half. Every grid trains as one batch.
"""

import json
from pathlib import Path

import numpy as np

from primer import AdamL2, AdamW, Momentum, Optimizer, data, l2, models, power, rule, run, sweep

LR = np.geomspace(1e-3, 1e-1, 9)
DECAY = np.geomspace(1e-4, 10, 11)
STEPS, SIZE, OUT = 400, 20, Path(__file__).parents[2] / "notebooks/results/07_adamw.json"


@rule
class Apart(Optimizer):
    """AdamW with a decay of its own: 0.01 * weight_decay per step, whatever lr is."""

    lr: float = 1e-3
    weight_decay: float = 1e-2
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def init(self, theta):
        return {"m": 0 * theta, "v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * g**2
        m_hat = m / (1 - power(self.beta1, t + 1))
        v_hat = v / (1 - power(self.beta2, t + 1))
        theta = (1 - 0.01 * self.weight_decay) * theta - self.lr * m_hat / (
            np.sqrt(v_hat) + self.eps
        )
        return theta, {"m": m, "v": v}


def split():
    """200 digits to learn from, and the others in two halves: validation and test."""
    X, y, X_more, y_more = data.digits()
    order = np.random.default_rng(0).permutation(len(y))
    few, rest = order[:200], order[200:]
    X_rest, y_rest = np.concatenate([X[rest], X_more]), np.concatenate([y[rest], y_more])
    net = models.mlp(X[few], y[few], hidden=(16,))
    return net, net.on(X_rest[::2], y_rest[::2]), net.on(X_rest[1::2], y_rest[1::2])


def train(make, net, held, seeds, keep=STEPS, **settings):
    theta0 = net.initial(seeds).astype(np.float32)
    return run(make(**settings), net.batches(SIZE, seeds, watch=held), theta0, STEPS, keep=keep)


def momentum_l2(lr, weight_decay):
    return Momentum(lr=lr)


def grid(make, net, held, seeds, rates=LR):
    """Runs over rates x decays x seeds; SGD's penalty is part of its objective."""
    axes = {k: v[..., None] for k, v in sweep(lr=rates, weight_decay=DECAY).items()}
    if make is not momentum_l2:
        return train(make, net, held, seeds, keep=20, **axes)
    J = net.batches(SIZE, seeds, watch=held) + l2(axes["weight_decay"].astype(np.float32))
    shape = (len(rates), len(DECAY), *net.initial(seeds).shape)
    theta0 = np.broadcast_to(net.initial(seeds), shape).astype(np.float32)
    return run(Momentum(lr=axes["lr"]), J, theta0, STEPS, keep=STEPS)


def median_map(make, net, held):
    """Medians over three seeds for every setting: curves, last loss, accuracy, norm."""
    done = grid(make, net, held, np.arange(3))
    last = done.theta[-1]
    parts = {"curves": done.loss, "loss": done.loss[-1], "accuracy": held.accuracy(last)}
    parts["norm"] = np.linalg.norm(last, axis=-1)
    return {name: np.round(np.median(p, axis=-1), 4).tolist() for name, p in parts.items()}


def best_of(make, net, held, test, rates):
    """Tune (lr, decay) on three seeds by validation loss; test ten fresh networks once."""
    spent, fresh = np.arange(100, 103), np.arange(10)
    tuned = grid(make, net, held, spent, rates)
    scores = np.median(np.nan_to_num(held(tuned.theta[-1]), nan=np.inf), axis=-1)
    i, j = np.unravel_index(scores.argmin(), scores.shape)
    if make is momentum_l2:
        J = net.batches(SIZE, fresh) + l2(float(DECAY[j]))
        done = run(Momentum(lr=float(rates[i])), J, net.initial(fresh), STEPS, keep=STEPS)
    else:
        done = train(make, net, held, fresh, lr=float(rates[i]), weight_decay=float(DECAY[j]))
    theta = done.theta[-1]
    return {
        "lr": float(rates[i]),
        "weight_decay": float(DECAY[j]),
        "accuracy": test.accuracy(theta).tolist(),
        "loss": test(theta).tolist(),
        "norm": np.linalg.norm(theta, axis=-1).tolist(),
    }


def adam(lr, weight_decay):
    """Adam without decay. Its trials over the decay are copies, so that only its rate is tuned."""
    return AdamW(lr=lr, weight_decay=0 * weight_decay)


def main():
    net, held, test = split()
    makes = {"AdamL2": AdamL2, "AdamW": AdamW, "Apart": Apart}
    maps = {name: median_map(make, net, held) for name, make in makes.items()}
    contest = {"Adam": adam, **makes, "Momentum + L2": momentum_l2}
    rates = {name: 10 * LR if make is momentum_l2 else LR for name, make in contest.items()}
    best = {n: best_of(make, net, held, test, rates[n]) for n, make in contest.items()}
    result = {"lr": LR.tolist(), "weight_decay": DECAY.tolist(), "maps": maps, "best": best}
    OUT.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
