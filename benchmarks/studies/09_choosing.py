"""Chapter 9's heavy part: all rules on six tasks, each tuned alike and judged by fresh networks.

    python benchmarks/studies/09_choosing.py
    python benchmarks/studies/09_choosing.py --workers 16

writes notebooks/results/09_choosing.json. A rule on a task is one part; finished parts are kept in
benchmarks/studies/.parts, so that the study, started again after a kill, goes on where it was.

Ten rules are those of chapter 9, the others those of chapter 12. On the tasks without a matrix
(tumors, units, text) a rule for matrices is its rule for vectors.

Every run has the same schedule: a warm-up over a twentieth of its steps, then a straight line to
zero; ScheduleFree, which takes the place of such a schedule, keeps its rate after the warm-up. At a
task's standard budget a rule tries 25 rates over six powers of ten with eight seeds; the rate with
the least median loss on the validation examples trains twenty fresh networks, which are judged on
the test examples. At longer and shorter budgets it tries the nine rates around that one with four
seeds. From that the chapter reads how many steps a rule needs to be at most a tenth worse than
AdamW at the standard budget, with the same seeds.

A seed sets start and order of the mini-batches, the same for every rule. On the tables, which are
small, it also cuts the data anew into 60 % to train on, 20 % to validate and 20 % to test.
"""

import argparse
import functools
import hashlib
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks import machine as here  # noqa: E402
from benchmarks.studies.kept import PARTS, kept, pool
from primer import (
    LAMB,
    SGD,
    SOAP,
    Adafactor,
    AdaGrad,
    Adam,
    AdamW,
    AdEMAMix,
    Lion,
    Momentum,
    Muon,
    NAdam,
    Nesterov,
    Objective,
    Prodigy,
    RAdam,
    RMSProp,
    ScheduleFree,
    Shampoo,
    Sophia,
    WarmupLinear,
    data,
    landscapes,
    models,
    run,
)
from primer.fields import leaves
from primer.objective import Through

OUT = Path(__file__).parents[2] / "notebooks/results/09_choosing.json"
LARGEST = {
    "SGD": 1e3, "AdaGrad": 1e3, "Momentum": 1e2, "Nesterov": 1e2, "Lion": 1.0, "Prodigy": 1e3,
    "Shampoo": 1e2, "LAMB": 1e2, "Adafactor": 1e3,
}  # fmt: skip
CHAPTER_9 = SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW, NAdam, RAdam, Lion
CHAPTER_12 = Muon, Shampoo, SOAP, Adafactor, LAMB, AdEMAMix, ScheduleFree, Prodigy, Sophia
RULES = {rule.__name__: rule() for rule in CHAPTER_9 + CHAPTER_12}
#: Title, mini-batch and standard budget; the longest parts come first.
TASKS = {
    "characters": ("Recurrent net, characters", 16, 800),
    "text": ("Bag of words, sparse", 64, 244),
    "normalized": ("Normalized net, digits", 32, 400),
    "digits": ("Multilayer perceptron, digits", 32, 400),
    "tumors": ("Logistic regression, tumors", 32, 64),
    "units": ("The same in mixed units", 32, 64),
}
STRETCH = 2.0 ** (np.arange(-8, 5) / 4)
TUNING, FRESH, KEEP, CAP = np.arange(100, 108), np.arange(1000, 1020), 40, 99.0
VALIDATION, TEST = 1, 2


def rates(name):
    """25 rates, a quarter of a power of ten apart, up to the largest."""
    return LARGEST.get(name, 10.0) * 10 ** (np.arange(-24, 1) / 4)


def budgets(task):
    return [round(TASKS[task][2] * stretch) for stretch in STRETCH]


def cuts(task, seeds):
    """(split, its seeds): every seed has a split of its own, or all share the only one."""
    return [(0, seeds)] if task in ("text", "characters") else [(s, [s]) for s in seeds]


@functools.cache
def problem(task, split):
    """A model on its training examples, and the same on those to validate and to test."""
    return {"text": bag, "characters": characters}.get(task, table)(task, int(split))


def bag(task, split):
    bag = data.bag_of_words(seed=split)
    J = models.sparse_logistic(bag.X, bag.y)
    return J, J.on(bag.X_val, bag.y_val), J.on(bag.X_test, bag.y_test)


def characters(task, split):
    text = data.characters(length=24)
    order = np.random.default_rng(split).permutation(len(text.X_val))
    J = models.rnn(text.X, text.y, hidden=32)
    return J, *(J.on(text.X_val[p], text.y_val[p]) for p in (order[:400], order[400:800]))


def table(task, split):
    load = data.breast_cancer if task in ("tumors", "units") else data.digits
    X, y, X_held, y_held = load(validation=0.4, seed=split)
    units = 10 ** np.random.default_rng(0).uniform(-1, 1, X.shape[1]) if task == "units" else 1.0
    X, X_held = X * units, X_held * units
    build = {"digits": models.mlp, "normalized": models.normalized_mlp}.get(task)
    J = build(X, y, hidden=(32,)) if build else models.logistic(X, y)
    return J, J.on(X_held[::2], y_held[::2]), J.on(X_held[1::2], y_held[1::2])


def train(task, method, peaks, seeds, steps, watch=VALIDATION, keep=None):
    """A network for every peak and seed: kept steps, losses (kept, rates, seeds), last thetas."""
    lr = paced(method, np.asarray(peaks, np.float32)[:, None, None], steps)
    losses, thetas = [], []
    for split, own in cuts(task, seeds):
        J = problem(task, split)[0]
        start = np.broadcast_to(J.initial(own), (len(peaks), len(own), J.dim)).astype(np.float32)
        batches = J.batches(TASKS[task][1], own, watch=problem(task, split)[watch])
        with np.errstate(all="ignore"):
            done = run(method.having(lr=lr), batches, start, steps, keep=keep or steps)
        losses.append(done.loss)
        thetas.append(done.theta[-1])
    return done.steps, known(np.concatenate(losses, axis=-1)), thetas


def paced(method, peaks, steps):
    """The schedule of a rule's rate."""
    end = peaks if isinstance(method, ScheduleFree) else 0.0
    return WarmupLinear(peaks, round(0.05 * steps), steps, end)


def judged(task, thetas, seeds):
    """Training loss and test accuracy of the last thetas, (rates, seeds)."""
    found = []
    for (split, _), theta in zip(cuts(task, seeds), thetas, strict=True):
        J, _, test = problem(task, split)
        with np.errstate(all="ignore"):
            found.append((J(theta), test.accuracy(theta)))
    trained, accuracy = (np.concatenate(each, axis=-1) for each in zip(*found, strict=True))
    return known(trained), accuracy


def known(losses):
    """As numbers that JSON has: a run that diverged has the loss 99."""
    return np.minimum(np.nan_to_num(np.asarray(losses, float), nan=CAP, posinf=CAP), CAP)


def tune(task, name, grid, seeds, steps):
    losses = train(task, RULES[name], grid, seeds, steps)[1][-1]
    return losses, float(grid[np.median(losses, axis=1).argmin()])


def standard(task, name):
    """The rule at the standard budget: its tuning, and twenty fresh networks in detail."""
    steps = TASKS[task][2]
    tuning, rate = tune(task, name, rates(name), TUNING, steps)
    kept, curves, thetas = train(task, RULES[name], [rate], FRESH, steps, TEST, keep=steps // KEEP)
    trained, accuracy = judged(task, thetas, FRESH)
    shares = dict(zip(("low", "median", "high"), (0.1, 0.5, 0.9), strict=True))
    curve = {key: rounded(np.quantile(curves[:, 0], q, axis=-1)) for key, q in shares.items()}
    return {
        "rates": [significant(rate) for rate in rates(name)],
        "tuning": rounded(tuning),
        "rate": {steps: significant(rate)},
        "loss": {steps: rounded(curves[-1, 0])},
        "train": rounded(trained[0]),
        "accuracy": rounded(accuracy[0]),
        "curve": {"steps": kept.tolist(), **curve},
    }


def part(task, name):
    """All of one rule on one task: the standard budget, and the others around its rate."""
    found, middle = standard(task, name), TASKS[task][2]
    around = found["rate"][middle] * 10 ** (np.arange(-4, 5) / 4)
    for steps in set(budgets(task)) - {middle}:
        _, rate = tune(task, name, around, TUNING[:4], steps)
        losses = train(task, RULES[name], [rate], FRESH, steps, TEST)[1][-1, 0]
        found["rate"][steps], found["loss"][steps] = significant(rate), rounded(losses)
    return found | {key: dict(sorted(found[key].items())) for key in ("rate", "loss")}


def rounded(x, digits=5):
    return np.round(np.asarray(x, float), digits).tolist()


def significant(rate):
    return float(f"{rate:.6g}")


#: Parts of another version of this study have other names.
VERSION = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]


def finished(task, name):
    """The part, computed unless it is there already."""
    return kept(PARTS / f"09-{VERSION}-{task}-{name}.json", lambda: part(task, name))


def all_parts(workers):
    jobs = [(task, name) for task in TASKS for name in RULES]
    with pool(workers, len(jobs)) as ready:
        ready(finished, jobs)
    return {job: finished(*job) for job in jobs}


def costs(names, repeats=30):
    """Time of a step against SGD's, quartiles, and numbers of state per parameter."""
    steps = {"network": net_steps(), "rule": long_steps()}
    found, order = {name: {} for name in names}, np.random.default_rng(0)
    for kind, step in steps.items():
        ratios = {name: [] for name in names}
        for _ in range(repeats):
            base = step["SGD"]()
            for name in order.permutation(list(names)):
                ratios[name].append(step[name]() / base)
        for name, sample in ratios.items():
            found[name][kind] = rounded(statistics.quantiles(sample, n=4), 2)
    J = landscapes.quadratic(np.ones(10**4))
    for name in names:
        state = RULES[name].begin(Through(J, shapes=[(100, 100)]), np.ones(J.dim))
        found[name]["state"] = round(sum(np.size(x) for _, x in leaves(state)) / J.dim, 2)
    return found


def net_steps():
    """Fifty training steps of a network with 20,000 parameters, for every rule."""
    X, y, *_ = data.digits()
    J = models.mlp(X, y, hidden=(256,))
    batches, start = J.batches(32, 0, watch=landscapes.quadratic(np.ones(J.dim))), J.initial(0)
    return {n: timed(r, batches, start.astype(np.float32), 50) for n, r in RULES.items()}


def long_steps():
    """Twenty steps of a million parameters, in matrices of 100 rows and columns, on a bowl: the
    rule's own arithmetic and little else."""
    start = np.random.default_rng(0).standard_normal(10**6).astype(np.float32)
    bowl = landscapes.quadratic(np.ones(10**6))
    J = Objective(bowl, bowl.grad, dim=10**6, shapes=[(100, 100)] * 100)
    return {name: timed(rule, J, start, 20) for name, rule in RULES.items()}


def timed(rule, J, start, steps):
    def seconds():
        begin = time.perf_counter()
        run(rule.having(lr=1e-4), J, start, steps, keep=steps)
        return time.perf_counter() - begin

    return seconds


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    asked.add_argument("--costs", nargs="*", metavar="RULE", help="measure only these costs, again")
    told = asked.parse_args()
    old = {"costs": {}} if told.costs is None else json.loads(OUT.read_text(encoding="utf-8"))
    tasks = old.get("tasks") or gathered(all_parts(told.workers))
    known = old["costs"] | costs(told.costs or list(RULES))
    found = {name: known[name] for name in RULES if name in known}
    result = {"machine": here.machine() | here.versions(), "costs": found, "tasks": tasks}
    OUT.write_text(json.dumps(result) + "\n", encoding="utf-8")


def gathered(parts):
    tasks = {}
    for task, (title, size, steps) in TASKS.items():
        found = {name: parts[task, name] for name in RULES}
        shape = {"title": title, "dim": problem(task, 0)[0].dim, "size": size}
        tasks[task] = shape | {"budgets": budgets(task), "budget": steps, "rules": found}
    return tasks


if __name__ == "__main__":
    main()
