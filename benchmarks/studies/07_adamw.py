"""Chapter 7's heavy part: maps over (lr, weight decay) and fair comparisons, on few digits.

    python benchmarks/studies/07_adamw.py

writes notebooks/results/07_adamw.json in some ten minutes.

A network with one hidden layer of 16 units, plain or normalized, learns from 200 digits; the rest
of the data is cut into a validation half and a test half. The runs of a grid train as one batch.
"""

import json
from pathlib import Path

import numpy as np

from primer import (
    Adam,
    AdamL2,
    AdamW,
    Optimizer,
    PerCoordinate,
    data,
    models,
    power,
    rule,
    run,
    sweep,
)

LR = np.geomspace(1e-3, 1e-1, 9)
DECAY = np.geomspace(1e-4, 10, 11)
STEPS, SIZE, OUT = 400, 20, Path(__file__).parents[2] / "notebooks/results/07_adamw.json"
SETS, SPENT, FRESH = range(10), np.arange(100, 104), np.arange(200, 206)


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


@rule
class MomentumL2(Optimizer):
    """Momentum with an L2 penalty in its gradient, and ten times the rate it is told."""

    lr: float = 1e-3
    weight_decay: float = 1e-2
    beta: float = 0.9

    def init(self, theta):
        return {"v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta) + self.weight_decay * theta
        v = self.beta * state["v"] + 10 * self.lr * g
        return theta - v, {"v": v}


def adam(lr, weight_decay):
    """Adam without decay: only its rate is tuned."""
    return AdamW(lr=lr, weight_decay=0 * weight_decay)


def split(build, seed):
    """A net on 200 digits, and on the others in two halves: validation and test."""
    X, y, X_more, y_more = data.digits()
    order = np.random.default_rng(seed).permutation(len(y))
    few, rest = order[:200], order[200:]
    X_rest, y_rest = np.concatenate([X[rest], X_more]), np.concatenate([y[rest], y_more])
    net = build(X[few], y[few], hidden=(16,))
    return net, net.on(X_rest[::2], y_rest[::2]), net.on(X_rest[1::2], y_rest[1::2])


def train(method, net, seeds, held=None, keep=STEPS):
    watch = {} if held is None else {"watch": held}
    theta0 = net.initial(seeds).astype(np.float32)
    with np.errstate(all="ignore"):
        return run(method, net.batches(SIZE, seeds, **watch), theta0, STEPS, keep=keep)


def axes(decays=DECAY):
    return {name: x[..., None] for name, x in sweep(lr=LR, weight_decay=decays).items()}


def norms(net, theta):
    """Lengths (…) of the first layer's weights."""
    with np.errstate(all="ignore"):
        return np.linalg.norm(net.layout.matrices(theta)[0], axis=(-2, -1))


def turned(net, before, after):
    """Angles (…) between the first layer's weights of two steps, in radians."""
    A, B = (net.layout.matrices(theta)[0].astype(float) for theta in (before, after))
    size = np.linalg.norm(A, axis=(-2, -1)) * np.linalg.norm(B, axis=(-2, -1))
    with np.errstate(all="ignore"):
        return np.arccos(np.clip((A * B).sum((-2, -1)) / size, -1, 1))


def medians(parts):
    """Over the last axis, the seeds; a run that diverged counts as the largest number there is."""
    whole = {n: np.nan_to_num(p.astype(float), nan=1e9, posinf=1e9) for n, p in parts.items()}
    return {name: np.round(np.median(p, axis=-1), 4).tolist() for name, p in whole.items()}


def grid(make, net, seeds, only=False, **options):
    """theta (kept, rates, decays, seeds, d) and loss; with `only`, first-layer weights decay."""
    if not only:
        decays = DECAY[:1] if make is adam else DECAY
        done = train(make(**axes(decays)), net, seeds, **options)
        return done.theta, done.loss
    rates = LR[:, None, None]
    methods = [make(lr=rates, weight_decay=only_first(net, x)) for x in DECAY]
    runs = [train(method, net, seeds, **options) for method in methods]
    return np.stack([r.theta for r in runs], axis=-3), np.stack([r.loss for r in runs], axis=-2)


def only_first(net, decay):
    """A decay for the weights before the normalization, and for nothing else."""
    each = np.zeros(net.dim)
    net.layout.matrices(each)[0][...] = decay
    return PerCoordinate(each)


def median_map(make, net, held):
    """Medians over three seeds for every setting: curves, last loss, accuracy, norm."""
    theta, loss = grid(make, net, np.arange(3), held=held, keep=20)
    parts = {"curves": loss, "loss": loss[-1], "accuracy": held.accuracy(theta[-1])}
    return medians(parts | {"norm": np.linalg.norm(theta[-1], axis=-1)})


def map_of_turning(make, net, held, only):
    """Medians over six seeds: curves, last loss, and of the first layer the norms and how far it
    turned in the last twenty steps."""
    theta, loss = grid(make, net, np.arange(6), only, held=held, keep=20)
    parts = {"curves": loss, "loss": loss[-1], "norms": norms(net, theta)}
    return medians(parts | {"turn": turned(net, *theta[-2:])})


def turning(net):
    """Of the first layer, the norm and how far a step turns it: quantiles (3, 100) of twenty seeds.

    Of every fourth step; only this layer decays.
    """
    decay, short = only_first(net, 1.0), {"beta1": 0.0, "beta2": 0.95}
    methods = {
        "Adam": Adam(lr=0.01),
        "AdamL2": AdamL2(lr=0.01, weight_decay=only_first(net, 0.01)),
        "AdamW": AdamW(lr=0.01, weight_decay=decay),
        "AdamW, short memories": AdamW(lr=0.01, weight_decay=decay, **short),
    }
    found = {}
    for name, method in methods.items():
        theta = train(method, net, np.arange(20), keep=1).theta
        parts = {"norm": norms(net, theta[1:]), "angle": turned(net, theta[:-1], theta[1:])}
        share = {k: np.quantile(p[::4], (0.1, 0.5, 0.9), axis=-1) for k, p in parts.items()}
        found[name] = {k: np.round(q.astype(float), 5).tolist() for k, q in share.items()}
    return found


def best_of(make, net, held, test):
    """Tune two numbers on four seeds by validation loss; test six fresh networks once."""
    theta, _ = grid(make, net, SPENT)
    scores = np.nan_to_num(held(theta[-1]), nan=np.inf).mean(axis=-1)
    i, j = np.unravel_index(scores.argmin(), scores.shape)
    method = make(lr=float(LR[i]), weight_decay=float(DECAY[j]))
    theta = train(method, net, FRESH).theta[-1]
    return {
        "lr": round(float(LR[i]), 6),
        "weight_decay": round(float(DECAY[j]), 6),
        "accuracy": np.round(test.accuracy(theta), 5).tolist(),
        "loss": np.round(test(theta).astype(float), 4).tolist(),
        "norm": np.round(norms(net, theta).astype(float), 3).tolist(),
    }


def contest(build, arms):
    """For every arm, what `best_of` says on each of ten training sets."""
    parts = [split(build, seed) for seed in SETS]
    return {name: [best_of(make, *p) for p in parts] for name, make in arms.items()}


def main():
    makes = {"AdamL2": AdamL2, "AdamW": AdamW, "Apart": Apart}
    more = makes | {"Momentum + L2": MomentumL2}
    # Apart is left out: where both numbers are tuned, it is AdamW on another grid.
    rivals = {"Adam": adam, "AdamL2": AdamL2, "AdamW": AdamW, "Momentum + L2": MomentumL2}
    plain, held, _ = split(models.mlp, 0)
    normal, held_normal, _ = split(models.NormalizedMLP, 0)

    def maps(only):
        found = {n: map_of_turning(m, normal, held_normal, only) for n, m in more.items()}
        kept = ("loss", "turn", "curves", "norms") if only else ("loss", "turn")
        return {name: {key: each[key] for key in kept} for name, each in found.items()}

    result = {
        "lr": LR.tolist(),
        "weight_decay": DECAY.tolist(),
        "maps": {n: median_map(make, plain, held) for n, make in makes.items()},
        "normalized": {"all": maps(only=False), "first": maps(only=True)},
        "turning": turning(normal),
        "contest": {
            "plain": contest(models.mlp, rivals),
            "normalized": contest(models.NormalizedMLP, rivals),
        },
    }
    OUT.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
