"""Chapter 12's check of the 80/20 rules: what share of the gain each ingredient of a recipe brings.

    python benchmarks/studies/12_eighty_twenty.py
    python benchmarks/studies/12_eighty_twenty.py --workers 2

writes notebooks/results/12_eighty_twenty.json. A part is one rule with one batch size on one task;
finished parts are kept in benchmarks/studies/.parts, so that the study, started again after a kill,
goes on where it was.

The start is naive: SGD at this package's default rate, constant, without warm-up, with large
batches and no clipping. Six ingredients are added to it, in all 64 combinations:

- rate: the best of nine, half a power of ten apart, from the default of the rule that is used up
  to ten thousand times that; every combination tries as many, with seeds of its own;
- schedule: a cosine down to zero instead of a constant rate;
- AdamW: instead of SGD, momentum and all; where the rate is not tuned, at its own default;
- warm-up: the rate rises over the first tenth of the steps;
- batch: a quarter of the size, so four times the steps, since all runs see as many examples;
- clipping: the gradient's norm is at most 1.

The gain of a combination is how much lower its final log loss is than that of the start, on
examples that chose nothing, with twenty fresh seeds common to all combinations; a loss is at most
that of guessing uniformly, which is also what a run that diverged is given. An ingredient's share
is its Shapley value over the whole gain. The rates that are not tuned are also taken ten times as
large, and Momentum in AdamW's place.
"""

import argparse
import functools
import hashlib
import importlib
import inspect
import itertools
import json
import os
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.studies.kept import PARTS, kept, pool
from primer import SGD, AdamW, Clip, Momentum, WarmupCosine, data, models, run
from primer.measure import shapley

tuning = importlib.import_module("benchmarks.studies.10_tuning")
OUT = Path(__file__).parents[2] / "notebooks/results/12_eighty_twenty.json"
FOUR = ("rate", "schedule", "AdamW", "warm-up")
SIX = (*FOUR, "batch", "clipping")
#: Title, batch sizes of the start and of the recipe, and the examples that every run sees.
TASKS = {
    "characters": ("Recurrent net, characters", (64, 16), 4096),
    "text": ("Bag of words, sparse", (128, 32), 8192),
    "normalized": ("Normalized net, digits", (128, 32), 16384),
    "digits": ("Multilayer perceptron, digits", (128, 32), 16384),
}
RULES = {"SGD": SGD(), "AdamW": AdamW(), "Momentum": Momentum()}
#: Multiples of the default rate: what is tried, and what stands for a rate that is not tuned.
TRIED, UNTUNED = 10 ** (np.arange(9) / 2), {"default": 1, "ten times": 10}
#: The largest norm of a gradient, without clipping and with.
NORMS = (1e18, 1.0)
TUNING, FRESH, RESAMPLES = np.arange(100, 105), np.arange(1000, 1020), 4000


@functools.cache
def problem(task):
    """A model on its training examples, and the same on those that choose and those that report."""
    if task == "normalized":
        X, y, X_held, y_held = data.digits(validation=0.4)
        J = models.normalized_mlp(X.astype(np.float32), y, hidden=(16, 16))
        X_held = X_held.astype(np.float32)
        return J, J.on(X_held[::2], y_held[::2]), J.on(X_held[1::2], y_held[1::2])
    if task == "text":
        bag = data.bag_of_words()
        J = models.sparse_logistic(bag.X, bag.y)
        return J, J.on(bag.X_val, bag.y_val), J.on(bag.X_test, bag.y_test)
    return tuning.problem(task)


def guessing(task):
    """The loss of guessing uniformly among the classes."""
    return float(np.log({"text": 2, "characters": 31}.get(task, 10)))


def schedules(peaks, steps):
    """Constant or cosine, without warm-up or with: axes (schedule, warm-up) before the last three
    of the peaks (..., clipping, rates, seeds)."""
    peak = np.asarray(peaks, np.float32)[..., None]
    off_on = np.array([1, 0], np.float32)
    end = peak * off_on[:, None, None, None, None, None]
    warmup = np.array([0, steps // 10])[:, None, None, None, None]
    return WarmupCosine(peak, warmup, steps, end)


def train(task, rule, size, peaks, seeds):
    """Losses (2, schedule, warm-up, clipping, rates, seeds) of those that choose and report.

    peaks: (rates,), or (schedule, warm-up, clipping, rates).
    """
    J, *held = problem(task)
    steps, peaks = TASKS[task][2] // size, np.asarray(peaks)
    method = RULES[rule].having(lr=schedules(peaks[..., None], steps))
    method = Clip(method, norm=np.array(NORMS, np.float32)[:, None, None, None])
    shape = (2, 2, 2, peaks.shape[-1], len(seeds), J.dim)
    start = np.broadcast_to(J.initial(seeds), shape).astype(np.float32)
    with np.errstate(all="ignore"):
        end = run(method, J.batches(size, seeds, watch=held[0]), start, steps, keep=steps)
        losses = np.array([part(end.theta[-1]) for part in held], float)
    most = guessing(task)
    return np.minimum(np.nan_to_num(losses, nan=most, posinf=most), most)


def part(task, rule, size):
    """Eight combinations: mean log losses while tuning, the rates chosen, and the final losses."""
    default = RULES[rule].lr
    choosing = np.log(train(task, rule, size, default * TRIED, TUNING)[0]).mean(-1)
    best = (default * TRIED)[choosing.argmin(-1)]
    fixed = [np.full(best.shape, default * multiple) for multiple in UNTUNED.values()]
    fresh = train(task, rule, size, np.stack([*fixed, best], axis=-1), FRESH)[1]
    told = {"tuning": choosing, "rate": np.vectorize(tuning.significant)(best), "loss": fresh}
    return {key: tuning.rounded(x, 6 if key == "rate" else 4) for key, x in told.items()}


MADE = (tuning.problem, problem, guessing, schedules, train, part)


def version():
    """Of all that a part depends on."""
    told = [inspect.getsource(f) for f in MADE]
    told += map(repr, (TASKS, RULES, TRIED.tolist(), UNTUNED, NORMS))
    told += map(repr, (TUNING.tolist(), FRESH.tolist()))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


VERSION = version()


def finished(task, rule, size):
    """The part, computed unless it is there already."""
    return kept(PARTS / f"12-{VERSION}-{task}-{rule}-{size}.json", lambda: part(task, rule, size))


def jobs():
    return [(task, rule, size) for task in TASKS for rule in RULES for size in TASKS[task][1]]


def losses(task, rule="AdamW", untuned="default"):
    """Final losses (*SIX, seeds), each ingredient left out or used; the rule in AdamW's place."""
    rates = [list(UNTUNED).index(untuned), -1]
    table = [
        [np.take(finished(task, used, size)["loss"], rates, axis=3) for size in TASKS[task][1]]
        for used in ("SGD", rule)
    ]  # (rule, batch, schedule, warm-up, clipping, rate, seeds)
    return np.transpose(table, (5, 2, 0, 3, 1, 4, 6))


def gains(table):
    """How much lower the log loss is than that of the start, for every seed."""
    return np.log(table[(0,) * len(SIX)]) - np.log(table)


def orders(gain, names):
    """What an ingredient adds to the start alone, on average over all orders, and to all others:
    (3, names, seeds)."""
    n = len(names)
    alone, rest = np.eye(n, dtype=int), 1 - np.eye(n, dtype=int)
    first = [gain[tuple(row)] - gain[(0,) * n] for row in alone]
    last = [gain[(1,) * n] - gain[tuple(row)] for row in rest]
    return np.array([first, list(shapley(gain, names).values()), last])


def interval(parts, whole):
    """Ratio of two means over seeds, (..., 3): itself, then its 95 % interval, for which the seeds
    are drawn anew many times."""
    drawn = np.random.default_rng(0).integers(len(whole), size=(RESAMPLES, len(whole)))
    again = parts[..., drawn].mean(-1) / whole[drawn].mean(-1)
    low, high = np.quantile(again, (0.025, 0.975), axis=-1)
    return tuning.rounded(np.stack([parts.mean(-1) / whole.mean(), low, high], axis=-1))


def shares(gain, names):
    """The whole gain, and for each ingredient its share if added first, on average, and last."""
    whole = gain[(1,) * len(names)]
    found = interval(orders(gain, names), whole)
    told = {
        kind: dict(zip(names, rows, strict=True))
        for kind, rows in zip(("first", "shapley", "last"), found, strict=True)
    }
    return {"gain": interval(whole, np.ones(len(whole)))} | told


def together(gain):
    """Share of the four in the gain of all six: taken first, on average, and taken last."""
    whole = gain[(1,) * len(SIX)]
    values = shapley(gain, SIX)
    mean = sum(values[name] for name in FOUR)
    kinds = [gain[1, 1, 1, 1, 0, 0], mean, whole - gain[0, 0, 0, 0, 1, 1]]
    return dict(zip(("first", "shapley", "last"), interval(np.array(kinds), whole), strict=True))


def fewest(gain):
    """For every number of ingredients the set that gains most, and its share of the best gain.

    For every seed, the other seeds choose set and best combination.
    """
    every = list(itertools.product((0, 1), repeat=len(SIX)))
    flat = np.array([gain[one] for one in every])
    others = (flat.sum(-1, keepdims=True) - flat) / (flat.shape[-1] - 1)
    sizes, seeds, told = np.sum(every, axis=1), range(flat.shape[-1]), []
    best = flat[others.argmax(0), seeds]
    for size in range(1, len(SIX) + 1):
        allowed = np.where(sizes[:, None] == size, others, -np.inf)
        most = every[np.where(sizes == size, flat.mean(-1), -np.inf).argmax()]
        names = [name for name, used in zip(SIX, most, strict=True) if used]
        share = interval(flat[allowed.argmax(0), seeds], best)
        told.append({"names": names, "share": share})
    return told


def views(task):
    """The shares by other measures and from other starts."""
    table = losses(task)
    six, ten = gains(table), gains(losses(task, untuned="ten times"))
    drop = table[(0,) * len(SIX)] - table
    return {
        "ten times the rates": shares(ten[..., 0, 0, :], FOUR),
        "the loss, not its logarithm": shares(drop[..., 0, 0, :], FOUR),
        "small batches and clipping from the start": shares(added(six[..., 1, 1, :]), FOUR),
        "tuned rates from the start": shares(added(six[1]), SIX[1:]),
    }


def added(gain):
    """The gain on what the first combination of these gains."""
    return gain - gain[(0,) * (gain.ndim - 1)]


def momentum(task):
    """What Momentum would add in AdamW's place, as a share of what AdamW adds."""
    value = {
        rule: shapley(gains(losses(task, rule))[..., 0, 0, :], FOUR)["AdamW"]
        for rule in ("Momentum", "AdamW")
    }
    return interval(value["Momentum"], value["AdamW"])


def read(task):
    """What the finished parts of a task say."""
    table, (title, size, examples) = losses(task), TASKS[task]
    gain = gains(table)
    return {
        "title": title,
        "dim": problem(task)[0].dim,
        "batch": size,
        "examples": examples,
        "guessing": round(guessing(task), 4),
        "rates": {rule: [finished(task, rule, s)["rate"] for s in size] for rule in RULES},
        "loss": tuning.rounded(table),
        "four": shares(gain[..., 0, 0, :], FOUR),
        "six": shares(gain, SIX),
        "together": together(gain),
        "fewest": fewest(gain),
        "views": views(task),
        "momentum": momentum(task),
    }


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    with pool(asked.parse_args().workers, len(jobs())) as ready:
        ready(finished, jobs())
    result = {
        "names": {"four": FOUR, "six": SIX},
        "tuning seeds": len(TUNING),
        "seeds": len(FRESH),
        "tried": tuning.rounded(TRIED, 6),
        "tasks": {task: read(task) for task in TASKS},
    }
    OUT.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
