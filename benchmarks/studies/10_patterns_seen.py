"""Loss curves of known pattern on which `primer.measure.diagnose` was made; see 10_patterns.py.

    python benchmarks/studies/10_patterns_seen.py

prints how the function names them, in a few minutes, and stores nothing. The thresholds were chosen
on the curves of DEVELOPMENT. Those of SEEN were meant to be held out, but they had been looked at
before the last change of the function, so they prove nothing about it either.
"""

import collections
import dataclasses
import zlib

import numpy as np
from tqdm import tqdm

from primer import SGD, Adam, Momentum, Nesterov, RMSProp, StepDecay, data, models, run
from primer.measure import diagnose

#: Losses per curve; curves tried per setting, and kept of it.
POINTS, TRIED, KEPT = 60, 12, 6
#: A cure, or going on, has shown if the loss ends lower by this share.
LOWER = 0.1


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a run is told: rate, steps until the rate is cut by `cut`, β, batch, start."""

    lr: object
    batch: int
    every: int = 10**9
    cut: float = 0.5
    beta: float = 0.9
    dead: bool = False

    def rule(self, make):
        own = {"beta": self.beta} if make in (Momentum, Nesterov) else {}
        return make(lr=StepDecay(self.lr, self.cut, self.every), **own)


def digits(**options):
    X, y, *_ = data.digits()
    return models.mlp(X[:240], y[:240], **options)


def tumors():
    X, y, *_ = data.breast_cancer()
    return models.logistic(X, y)


def softmax():
    X, y, *_ = data.digits()
    return models.softmax(X[400:640], y[400:640])


def normalized():
    X, y, *_ = data.digits()
    return models.normalized_mlp(X[900:1140], y[900:1140], hidden=(12,))


#: Name, model, steps, batch size, and rules with a rate that works.
DEVELOPMENT = [
    ("digits, tanh", lambda: digits(hidden=(16,)), 360, 20, {SGD: 0.1, Adam: 0.003}),
    ("tumors", tumors, 300, 16, {Momentum: 0.01, SGD: 0.1}),
]
SEEN = [
    (
        "digits, two layers of relu",
        lambda: digits(hidden=(24, 12), activation=models.relu),
        480, 32, {Momentum: 0.005, Adam: 0.001},
    ),
    ("digits, linear", softmax, 240, 10, {Nesterov: 0.003, RMSProp: 0.001}),
    ("digits, normalized", normalized, 600, 25, {RMSProp: 0.001, Nesterov: 0.01}),
]  # fmt: skip


def trials(good, steps, make):
    """Pattern, wrong setting, right setting."""

    def but(**changes):
        return dataclasses.replace(good, **changes)

    for factor in (100, 1000):
        yield "exploding", but(lr=good.lr * factor), good
    yield "not decreasing", but(lr=good.lr / 1000), good
    yield "not decreasing", but(lr=good.lr / 300), good
    yield "not decreasing", but(dead=True), good
    for factor in (10, 30):
        fast = but(lr=good.lr * factor, batch=4)
        yield "oscillating", fast, dataclasses.replace(fast, every=steps // 2, cut=0.03)
    if make in (Momentum, Nesterov):
        yield "oscillating", but(lr=good.lr * 2, beta=0.995), but(lr=good.lr * 2)
    for part in (0.1, 0.25):
        yield "plateau", but(lr=good.lr * 3, every=int(part * steps), cut=1e-4), but(lr=good.lr * 3)
    floor = but(lr=good.lr * 6)
    yield "plateau", floor, dataclasses.replace(floor, every=steps // 2, cut=0.1)
    yield "falling", good, None
    yield "falling", but(lr=good.lr * 2), None


def train(J, make, setting, seeds, steps, every):
    """The run and its batches; J is recorded at every row kept."""
    batches = J.batches(setting.batch, seeds)
    theta = J.initial(seeds).astype(np.float32)
    if setting.dead:
        theta *= np.float32(1e-3)
    with np.errstate(all="ignore"):
        return run(setting.rule(make), batches, theta, steps, keep=every), batches


def own(done, batches):
    """The losses of the steps' own mini-batches."""
    with np.errstate(all="ignore"):
        return np.array(
            [batches.at(int(t))(x) for t, x in zip(done.steps, done.theta, strict=True)]
        )


def confirmed(pattern, whole, end, better):
    """Whether the run is what its label says, and the intervention shows it, for each seed.

    Both are judged by the loss of all examples, whichever losses the curve shows.
    """
    bad, start = ~np.isfinite(end), whole[0]
    with np.errstate(all="ignore"):
        lower = better < (1 - LOWER) * end
        if pattern == "exploding":
            return (bad | (end > 2 * start)) & (better < start)
        if pattern == "not decreasing":
            return lower & (abs(end / start - 1) < LOWER)
        return lower & (end < (1 - LOWER) * start)


def curves(name, J, steps, batch, make, rate, first_seed):
    """All curves of one model and rule."""
    seeds = np.arange(first_seed, first_seed + TRIED)
    rng = np.random.default_rng([first_seed, zlib.crc32(f"{name} {make.__name__}".encode())])
    lr = rate * 2 ** rng.uniform(-1, 1, (TRIED, 1))
    for number, (pattern, wrong, right) in enumerate(trials(Setting(lr, batch), steps, make)):
        sampled = number % 2 == 1
        every = steps // POINTS
        done, batches = train(J, make, wrong, seeds, steps, every)
        whole, end = done.loss, np.median(done.loss[-(POINTS // 10) :], axis=0)
        longer = steps if right else steps + steps // 2
        better = train(J, make, right or wrong, seeds, longer, longer)[0].loss[-1]
        sure = np.flatnonzero(confirmed(pattern, whole, end, better))[:KEPT]
        shown = (own(done, batches) if sampled else whole)[:POINTS]
        rates = wrong.cut ** (np.arange(POINTS) * every // wrong.every)
        for i in sure:
            yield {
                "pattern": pattern, "model": name, "rule": make.__name__, "sampled": sampled,
                "ended": int((rates == 1).sum()), "losses": short(shown[:, i]),
            }  # fmt: skip


def short(values):
    """Four digits each."""
    return [float(f"{x:.4g}") for x in values]


def study():
    found = {}
    parts = {"development": (DEVELOPMENT, 0), "seen": (SEEN, 1000)}
    jobs = [
        (part, first, *task[:4], make, rate)
        for part, (tasks, first) in parts.items()
        for task in tasks
        for make, rate in task[4].items()
    ]
    for part, first, name, build, steps, batch, make, rate in tqdm(jobs, unit="rule"):
        found.setdefault(part, []).extend(curves(name, build(), steps, batch, make, rate, first))
    return found


def main():
    for part, found in study().items():
        named = [(c["pattern"], diagnose(c["losses"], sampled=c["sampled"]).pattern) for c in found]
        for (made, name), count in sorted(collections.Counter(named).items()):
            print(f"{part:12} made {made:15} named {name:15} {count}")


if __name__ == "__main__":
    main()
