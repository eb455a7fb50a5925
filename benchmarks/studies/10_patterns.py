"""Chapter 10's held-out loss curves of known pattern.

    python benchmarks/studies/10_patterns.py

writes notebooks/results/10_patterns.json in a minute or two and prints how
`primer.measure.diagnose` names the curves, from the losses alone and with what else is known.

Labels. Every curve is a training with a setting made wrong on purpose, and its label is what was
done to it. It is kept only where the loss of all examples bears the label out and an intervention
confirms it: the same start with the setting put right (`confirmed` has the conditions). Curves
between the patterns are dropped, so a share of right answers is of clear cases. That an explosion
ends above twice its start, and that a loss within a tenth of its start has not decreased, are
definitions that the function shares: for these two classes the curves test how it copes with
noise, gaps and odd shapes, not where the borders are.

Blind. The function and its thresholds were frozen before this set was designed. The set was fixed
by looking at the final losses of each model at several rates and at counts of confirmed curves,
never at what the function says; then the function was run on it. The curves on which the thresholds
were chosen, or that were seen before their last change, are those of `10_patterns_seen.py`.

Shared with the curves seen: the data set of the tumors (with other models), the classes MLP and
NormalizedMLP (with other data), the rules SGD, Momentum and Nesterov, some ways (a rate too high or
too low, β too high, a small batch, a start near zero, a noise floor), and the author's idea of the
patterns. Not shared: pairs of data and model, seeds, numbers of steps and of points, batch sizes,
the rules Adamax, AdaGrad, Lion and NAdam, and the other ways.

Not independent. The curves of one way, model and rule differ in seed and rate only; an interval
that treats all curves as independent is too narrow. How often each pattern and way occurs was
chosen (`KEPT`), so a share right over all of them is of this mixture and of no reader's.
"""

import collections
import dataclasses
import itertools
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import primer
from primer import SGD, AdaGrad, Adamax, Lion, Momentum, NAdam, Nesterov, data, models, run

OUT = Path(__file__).parents[2] / "notebooks/results/10_patterns.json"
PATTERNS = ("exploding", "not decreasing", "oscillating", "plateau", "falling")
#: The first seed; every model and rule has a hundred of its own.
FIRST = 5000
#: Curves tried per setting, and kept of it at most, so that every class gets its 40.
TRIED = 8
KEPT = {"exploding": 3, "not decreasing": 2, "oscillating": 6, "plateau": 2, "falling": 2}
#: A cure, or going on, has shown if the loss ends lower by this share.
LOWER = 0.1
#: Scatter of the log loss over the second half: below the first it is quiet, above the other wild.
QUIET, WILD = 0.12, 0.15


def recurrent():
    text = data.characters(length=10)
    return models.rnn(text.X[:32], text.y[:32], hidden=16, symbols=31)


def words():
    bag = data.bag_of_words()
    return models.sparse_logistic(bag.X[:300], bag.y[:300])


def letters():
    text = data.characters(length=3)
    X = np.eye(31)[text.X[:240]].reshape(240, -1)
    return models.mlp(X, text.y[:240, -1], hidden=(20,), activation=models.relu, classes=31)


def normalized():
    X, y, *_ = data.breast_cancer()
    return models.normalized_mlp(X[:200], y[:200], hidden=(10,), activation=models.relu)


def squares():
    X, y, *_ = data.breast_cancer()
    return models.linear(X[:300], 2.0 * y[:300] - 1)


@dataclasses.dataclass(frozen=True)
class Task:
    """Data and model, steps, points of a curve, batch size, and rules with a rate that works."""

    data: str
    model: str
    build: Any
    steps: int
    points: int
    batch: int
    rates: dict


#: What each rule calls its momentum.
BETA = {Momentum: "beta", Nesterov: "beta", NAdam: "beta1", Adamax: "beta1", Lion: "beta1"}

HELD_OUT = [
    Task("characters", "recurrent net", recurrent, 250, 50, 6, {Nesterov: 0.03, NAdam: 0.003}),
    Task("words", "sparse logistic", words, 405, 45, 24, {SGD: 1.0, AdaGrad: 0.1}),
    Task("characters", "relu net", letters, 385, 55, 30, {Nesterov: 0.02, Adamax: 0.005}),
    Task("tumors", "normalized relu net", normalized, 180, 36, 12, {Nesterov: 0.002, Lion: 5e-4}),
    Task("tumors", "least squares", squares, 270, 30, 15, {Momentum: 0.002, NAdam: 0.002}),
]


@dataclasses.dataclass(frozen=True)
class Setting:
    """Rates (TRIED, 1), batch size, rate's shape over time, β, and a factor on the start."""

    lr: Any
    batch: int
    shape: Any = None
    beta: float | None = None
    start: float = 1.0

    def but(self, **changes):
        return dataclasses.replace(self, **changes)

    def rule(self, make):
        own = {} if self.beta is None else {BETA[make]: self.beta}
        return make(lr=self.lr if self.shape is None else self.shape * self.lr, **own)


def trials(good, task, make, n, rng):
    """Pattern, way, wrong setting, right setting; None if going on is the intervention."""
    steps, lr = task.steps, good.lr

    def times(low, high):
        return lr * np.exp(rng.uniform(np.log(low), np.log(high), lr.shape))

    late_cut = primer.StepDecay(1.0, 0.03, steps // 2)
    growing = primer.Exponential(1.0, 3000 ** (1 / steps))
    slip = primer.StepDecay(1.0, 300.0, int(0.6 * steps))
    yield "exploding", "rate far too high", good.but(lr=times(30, 3000)), good
    yield "exploding", "rate too high", good.but(lr=times(3, 30)), good
    yield "exploding", "rate too high, all examples", good.but(lr=times(3, 300), batch=n), good
    yield "exploding", "rate grows", good.but(shape=growing), good
    yield "exploding", "rate multiplied late", good.but(shape=slip), good

    warmup = primer.Linear(0.0, 1 / 100, steps)
    yield "not decreasing", "rate far too low", good.but(lr=times(1 / 3000, 1 / 100)), good
    low = good.but(lr=times(1 / 3000, 1 / 100), batch=n)
    yield "not decreasing", "rate far too low, all examples", low, good
    yield "not decreasing", "warmup without end", good.but(shape=warmup), good
    yield "not decreasing", "start at zero", good.but(start=0.0), good

    fast = good.but(lr=times(10, 300), batch=n)
    yield "oscillating", "rate too high, all examples", fast, fast.but(shape=late_cut)
    fast = good.but(lr=times(10, 300))
    yield "oscillating", "rate too high", fast, fast.but(shape=late_cut)
    small = good.but(lr=times(5, 100), batch=2)
    yield "oscillating", "small batch", small, small.but(batch=4 * task.batch)
    if make in BETA:
        for factor, beta in itertools.product((1, 4), (0.99, 0.998)):
            heavy = good.but(lr=factor * lr, beta=beta)
            yield "oscillating", "β too high", heavy, heavy.but(beta=0.9)

    for low, high in ((4, 20), (10, 60)):
        floor = good.but(lr=times(low, high))
        yield "plateau", "noise floor", floor, floor.but(shape=late_cut)
        floor = good.but(lr=times(low / 3, high / 3), batch=3)
        yield "plateau", "noise floor, small batch", floor, floor.but(shape=late_cut)
    quick = good.but(lr=times(1, 4))
    cosine, full = (primer.Cosine(1.0, int(part * steps)) for part in (0.3, 1.0))
    yield "plateau", "schedule ends early", quick.but(shape=cosine), quick.but(shape=full)
    decay = primer.Exponential(1.0, np.exp(-15 / steps))
    yield "plateau", "rate decays too fast", quick.but(shape=decay), quick
    yield "plateau", "start at zero", good.but(start=0.0), good
    yield "plateau", "saturated start", good.but(start=20.0), good

    yield "falling", "healthy", good, None
    yield "falling", "healthy, all examples", good.but(lr=times(1, 3), batch=n), None
    yield "falling", "healthy, twice the rate", good.but(lr=2 * lr), None
    slow = primer.Cosine(1.0, 3 * steps)
    yield "falling", "healthy, slow schedule", good.but(lr=2 * lr, shape=slow), None


def train(J, make, setting, seeds, steps, every):
    """The run, with the loss of all examples in every row kept, and its batches."""
    batches = J if setting.batch == len(J.y) else J.batches(setting.batch, seeds, watch=J)
    theta = (setting.start * J.initial(seeds)).astype(np.float32)
    with np.errstate(all="ignore"):
        return run(setting.rule(make), batches, theta, steps, keep=every), batches


def scatter(whole):
    """Of the log loss around a line, over the second half; shape (seeds,)."""
    with np.errstate(all="ignore"):
        y = np.log(whole[len(whole) // 2 :])
    x = np.linspace(-1, 1, len(y))[:, None]
    return (y - y.mean(0) - x * (x * (y - y.mean(0))).sum(0) / (x**2).sum()).std(0)


def level(whole, begin, end):
    return np.median(whole[int(begin * len(whole)) : int(end * len(whole))], axis=0)


def confirmed(pattern, whole, better):
    """For each seed: whether the loss of all examples is what the label says, and the cure works.

    `whole` (points, seeds) is the wrong run, `better` the one with the setting put right, or the
    same run going on.
    """
    start, end, cured = whole[0], level(whole, 0.9, 1), level(better, 0.9, 1)
    with np.errstate(all="ignore"):
        lower, fell = cured < (1 - LOWER) * end, end < (1 - LOWER) * start
        quiet = scatter(whole) < QUIET
        if pattern == "exploding":
            return (~np.isfinite(end) | (end > 2 * start)) & (cured < start)
        if pattern == "not decreasing":
            return lower & quiet & (abs(whole / start - 1) < LOWER).all(0)
        if pattern == "oscillating":
            wild = (scatter(whole) > WILD) & (end < 2 * start)
            return lower & wild & (scatter(better) < scatter(whole) / 2)
        if pattern == "plateau":
            return lower & quiet & fell & (abs(level(whole, 0.5, 0.6) / end - 1) < LOWER)
        return lower & quiet & fell


def seen(done, batches, points):
    """The loss and the gradient's norm of each step's own mini-batch, (2, points, seeds)."""
    rows = []
    with np.errstate(all="ignore"):
        for t, theta in zip(done.steps[:points].tolist(), done.theta, strict=False):
            now = batches.at(t)
            rows.append((now(theta), np.linalg.norm(now.grad(theta).astype(float), axis=-1)))
    return np.moveaxis(np.array(rows), 1, 0)


def relative(setting, task):
    """Rates at the points as shares of the highest, or None if constant."""
    if setting.shape is None:
        return None
    rates = np.array([setting.shape(t) for t in range(task.steps)])
    return short(rates[:: task.steps // task.points] / rates.max(), 3)


def groups():
    """Task, rule, its good rate, its first seed."""
    pairs = [(task, *pair) for task in HELD_OUT for pair in task.rates.items()]
    return [(*pair, FIRST + 100 * i) for i, pair in enumerate(pairs)]


def curves(task, make, rate, first, ways=None):
    """The curves of one model and rule, of all ways or of those named."""
    J, seeds = task.build(), np.arange(first, first + TRIED)
    rng = np.random.default_rng([first, zlib.crc32(make.__name__.encode())])
    good = Setting(rate * 2 ** rng.uniform(-1, 1, (TRIED, 1)), task.batch)
    wrongs = trials(good, task, make, len(J.y), rng)
    healthy, _ = train(J, make, good, seeds, task.steps, task.steps // task.points)
    for number, (pattern, way, wrong, right) in enumerate(wrongs, first // 100):
        if ways and way not in ways:
            continue
        every, n = task.steps // task.points, task.points
        steps = task.steps if right else task.steps * 3 // 2
        done, batches = train(J, make, wrong, seeds, steps, every)
        better = healthy if right is good else done
        if right is not None and right is not good:
            better, _ = train(J, make, right, seeds, steps, every)
        sure = np.flatnonzero(confirmed(pattern, done.loss[:n], better.loss))[: KEPT[pattern]]
        sampled = bool(number % 2) and wrong.batch < len(J.y)
        losses, norms = seen(done, batches, n)
        shown = losses if sampled else done.loss[:n]
        for i in sure:
            yield {
                "pattern": pattern, "way": way, "data": task.data, "model": task.model,
                "rule": make.__name__, "seed": int(seeds[i]), "sampled": sampled,
                "losses": short(shown[:, i]), "norms": short(norms[:, i], 2),
                "rates": relative(wrong, task),
            }  # fmt: skip


def short(values, digits=4):
    """So many digits each; NaN and infinity as null, which every reader of JSON takes."""
    return [float(f"{x:.{digits}g}") if np.isfinite(x) else None for x in values]


def study():
    return [c for group in tqdm(groups(), unit="rule") for c in curves(*group)]


def given(curve, settings):
    """What `diagnose` is told of a curve: the losses alone, or whether sampled, rates, norms."""
    told = {"losses": np.array(curve["losses"], float)}
    if settings:
        told["sampled"] = curve["sampled"]
        told["norms"] = np.array(curve["norms"], float)
        told["rates"] = np.array(curve["rates"] or np.ones(len(told["losses"])))
    return told


def table(found, settings):
    """Counts of (label, name given)."""
    return collections.Counter(
        (curve["pattern"], primer.measure.diagnose(**given(curve, settings)).pattern)
        for curve in found
    )


def cures(found, settings):
    """Counts of (label, way, first cure), of the curves that are named rightly."""
    named = [(c, primer.measure.diagnose(**given(c, settings))) for c in found]
    return collections.Counter(
        (c["pattern"], c["way"], d.keys[0]) for c, d in named if c["pattern"] == d.pattern
    )


def wilson(right, n):
    """A share and its 95 % interval, as if the n were independent."""
    p, z = right / n, 1.96
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p, (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


def report(counts, title):
    names = [*PATTERNS, "cannot tell"]
    print(f"{title}\n{'made (rows), named (columns)':30}" + "".join(f"{n:>15}" for n in names))
    for made in PATTERNS:
        print(f"{made:30}" + "".join(f"{counts[made, name]:15}" for name in names))
    right, n = sum(counts[p, p] for p in PATTERNS), sum(counts.values())
    silent = sum(counts[p, "cannot tell"] for p in PATTERNS)
    for text, of in (("of all", n), ("of those named", n - silent)):
        share, low, high = wilson(right, of)
        print(f"right {text}: {right} of {of} = {share:.0%} ({low:.0%} to {high:.0%})")


def main():
    found = study()
    saved = {"lower": LOWER, "held_out": found}
    OUT.write_text(json.dumps(saved, separators=(",", ":")) + "\n", encoding="utf-8")
    report(table(found, False), "From the losses alone")
    report(table(found, True), "With sampled, rates and norms")
    for (pattern, way, cure), count in sorted(cures(found, True).items()):
        print(f"{pattern:15} made by {way:32} first cure {cure:8} {count:3}")


if __name__ == "__main__":
    main()
