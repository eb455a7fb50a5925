"""Chapter 10's heavy part: a full factorial sweep over what one tunes, on two tasks.

    python benchmarks/studies/10_tuning.py
    python benchmarks/studies/10_tuning.py --workers 16

writes notebooks/results/10_tuning.json. A part is one rule with one schedule and one batch size on
one task; finished parts are kept in benchmarks/studies/.parts, so that the study, started again
after a kill, goes on where it was.

Every run sees the same number of examples: four times the batch has a quarter of the steps. Five
factors are crossed, with eight seeds, which set start and order and are common to all cells:

- optimizer: five rules;
- rate: nine multiples of the rule's own tuned rate, half a power of ten apart, from 1/100 to 100,
  its half and its double, and the default of this package;
- schedule: constant; divided by 10 at half and at three quarters of the steps; cosine to zero;
  warm-up over a tenth of the steps, then linear to zero;
- batch: a quarter of the usual size, the usual one, 4 and 16 times as much;
- own parameter: the memory of the gradient or of its square, a third, once and three times its
  default, as 1 / (1 - beta). SGD has none: its three levels are the same runs.

A rule's tuned rate is the best of 13 at the defaults of all else, with seeds of its own. A score is
the log loss on held-out examples, at most that of guessing uniformly, which is also what a run that
diverged is given. Half of the held-out examples choose, the other half report.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import inspect
import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.studies.tuning_analysis import AXES, Sweep, everything
from primer import (
    SGD,
    Adam,
    Constant,
    Cosine,
    Lion,
    Momentum,
    RMSProp,
    StepDecay,
    WarmupLinear,
    data,
    models,
    run,
)

OUT = Path(__file__).parents[2] / "notebooks/results/10_tuning.json"
PARTS = Path(__file__).parent / ".parts"
#: Title, usual batch size, and the examples that every run sees.
TASKS = {
    "digits": ("Multilayer perceptron, digits", 32, 16384),
    "characters": ("Recurrent net, characters", 16, 4096),
}
#: Each rule, and the parameter of its own that is varied.
RULES = {
    "SGD": (SGD(), None),
    "Momentum": (Momentum(), "beta"),
    "RMSProp": (RMSProp(), "beta"),
    "Adam": (Adam(), "beta1"),
    "Lion": (Lion(), "beta1"),
}
SCHEDULES = ("constant", "steps", "cosine", "warm-up, linear")
STRETCH = (1 / 4, 1, 4, 16)
MEMORY = {"short": 1 / 3, "default": 1, "long": 3}
#: Multiples of the tuned rate. After these comes the default rate.
MULTIPLES = (*(10 ** (k / 2) for k in range(-4, 5)), 0.5, 2)
TRIED = 10 ** (np.arange(-4, 9) / 2)
TUNING, SEEDS = np.arange(100, 108), np.arange(8)
#: Where nothing is tuned: Adam, a constant rate, the usual batch, the package's own numbers.
DEFAULT = (3, 0, 1, len(MULTIPLES), 1)
#: Places among the rates: a wide prior, a usual grid, and the last step of tuning.
WIDE, NEAR, CLOSE = range(9), range(2, 7), (9, 4, 10)


@functools.cache
def problem(task):
    """A model on its training examples, and the same on those that choose and those that report."""
    if task == "digits":
        X, y, X_held, y_held = data.digits(validation=0.4)
        J, X_held = models.mlp(X.astype(np.float32), y, hidden=(16,)), X_held.astype(np.float32)
        return J, J.on(X_held[::2], y_held[::2]), J.on(X_held[1::2], y_held[1::2])
    text = data.characters(length=16)
    order = np.random.default_rng(0).permutation(len(text.X_val))
    J = models.rnn(text.X, text.y, hidden=16)
    return J, *(J.on(text.X_val[p], text.y_val[p]) for p in (order[:400], order[400:800]))


def guessing(task):
    """The loss of guessing uniformly among the classes."""
    return float(np.log({"digits": 10, "characters": 31}[task]))


def schedule(name, steps):
    """A factor for the rate, 1 at its peak."""
    falling = Constant(1.0).then(StepDecay(0.1, 0.1, every=max(1, steps // 4)), after=steps // 2)
    return {
        "constant": Constant(1.0),
        "steps": falling,
        "cosine": Cosine(1.0, steps),
        "warm-up, linear": WarmupLinear(1.0, max(1, steps // 10), steps),
    }[name]


def memories(rule):
    """Values of the rule's own parameter, or None."""
    method, own = RULES[rule]
    shorter = (1 - getattr(method, own)) / np.array(list(MEMORY.values())) if own else None
    return None if own is None else 1 - shorter


def train(task, rule, name, size, steps, rates, own, seeds):
    """Scores (2, rates, own, seeds) of those that choose and those that report."""
    J, *held = problem(task)
    method, field = RULES[rule]
    lr = schedule(name, steps) * np.asarray(rates, np.float32)[:, None, None, None]
    swept = {} if own is None else {field: np.asarray(own, np.float32)[:, None, None]}
    shape = (len(rates), 1 if own is None else len(own), len(seeds), J.dim)
    start = np.broadcast_to(J.initial(seeds), shape).astype(np.float32)
    batches = J.batches(size, seeds, watch=held[0])
    with concurrent.futures.ThreadPoolExecutor(1) as one, np.errstate(all="ignore"):
        end = run(method.having(lr=lr, **swept), batches, start, steps, keep=steps, executor=one)
        losses = np.array([half(end.theta[-1]) for half in held], float)
    most = guessing(task)
    return np.minimum(np.nan_to_num(losses, nan=most, posinf=most), most)


def tuned(task, rule):
    """The best rate at the defaults of all else; no seed of it is used again."""
    _, size, examples = TASKS[task]
    rates = RULES[rule][0].lr * TRIED
    found = train(task, rule, "constant", size, examples // size, rates, None, TUNING)
    return {"rate": significant(rates[found[0, :, 0].mean(-1).argmin()])}


def rates(task, rule):
    """The levels of the rate."""
    best = finished("tuned", task, rule)["rate"]
    return [*(significant(best * multiple) for multiple in MULTIPLES), RULES[rule][0].lr]


def cells(task, rule, name, stretch):
    """All rates and memories of one rule, schedule and batch size."""
    _, usual, examples = TASKS[task]
    size = round(usual * stretch)
    found = train(
        task, rule, name, size, examples // size, rates(task, rule), memories(rule), SEEDS
    )
    return {"scores": rounded(found)}


def steps(task, rule):
    """Where the number of steps is held fixed, not that of examples: every batch size, cosine."""
    _, usual, examples = TASKS[task]
    few = np.take(rates(task, rule), NEAR)
    found = [
        train(task, rule, "cosine", round(usual * s), examples // usual, few, None, SEEDS)
        for s in STRETCH
    ]
    return {"scores": rounded(np.stack(found, axis=1)[:, :, :, 0])}


def significant(rate):
    return float(f"{rate:.6g}")


def rounded(x, digits=4):
    return np.round(np.asarray(x, float), digits).tolist()


KINDS = {kind.__name__: kind for kind in (tuned, cells, steps)}


def version():
    """Of all that a part depends on."""
    made = (problem, guessing, schedule, memories, train, tuned, rates, cells, steps, rounded)
    told = [inspect.getsource(f) for f in made]
    told += map(repr, (TASKS, RULES, STRETCH, MEMORY, MULTIPLES, TRIED.tolist(), NEAR))
    told += map(repr, (TUNING.tolist(), SEEDS.tolist()))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


VERSION = version()


def place(kind, *which):
    """Where a finished part is kept; parts of another version of this study have other names."""
    name = "-".join(str(x).replace(", ", "+") for x in which)
    return PARTS / f"10-{VERSION}-{kind}-{name}.json"


def finished(kind, *which):
    """The part, computed unless it is there already."""
    file = place(kind, *which)
    if not file.exists():
        PARTS.mkdir(exist_ok=True)
        written = file.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(KINDS[kind](*which)), encoding="utf-8")
        written.replace(file)
    return json.loads(file.read_text(encoding="utf-8"))


def jobs():
    """Parts in two waves: the second needs the first's rates."""
    pairs = list(itertools.product(TASKS, RULES))
    first = [("tuned", *pair) for pair in pairs]
    slow = [("steps", *pair) for pair in pairs]
    grid = itertools.product(TASKS, RULES, SCHEDULES, STRETCH)
    return first, [*slow, *(("cells", *cell) for cell in grid)]


def leave_with(parent):
    """A worker ends when the study is killed, instead of waiting for more."""

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def all_parts(workers):
    waves, parent = jobs(), (os.getpid(),)
    with (
        concurrent.futures.ProcessPoolExecutor(
            workers, initializer=leave_with, initargs=parent
        ) as pool,
        tqdm(total=sum(map(len, waves)), unit="part") as bar,
    ):
        for wave in waves:
            for done in concurrent.futures.as_completed([pool.submit(finished, *j) for j in wave]):
                done.result()
                bar.update()


def scores(task):
    """Scores (2, *AXES, seeds)."""
    shape = (2, len(MULTIPLES) + 1, len(MEMORY), len(SEEDS))
    table = [
        [[finished("cells", task, r, name, s)["scores"] for s in STRETCH] for name in SCHEDULES]
        for r in RULES
    ]
    full = [np.broadcast_to(part, shape) for row in table for line in row for part in line]
    grid = (len(RULES), len(SCHEDULES), len(STRETCH))
    return np.moveaxis(np.reshape(full, (*grid, *shape)), 3, 0)


def read(task):
    """What the finished parts of a task say."""
    told = np.array([rates(task, rule) for rule in RULES])
    sweep = Sweep(*scores(task), told, DEFAULT, tuple(WIDE), tuple(NEAR), CLOSE)
    equal_steps = np.array([finished("steps", task, rule)["scores"] for rule in RULES])
    title, size, examples = TASKS[task]
    about = {
        "title": title,
        "dim": problem(task)[0].dim,
        "batch": [round(size * stretch) for stretch in STRETCH],
        "examples": examples,
        "guessing": round(guessing(task), 4),
        "rates": told.tolist(),
    }
    return about | everything(sweep, *np.moveaxis(equal_steps, 1, 0))


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    all_parts(asked.parse_args().workers)
    levels = (list(RULES), list(SCHEDULES), list(STRETCH), MULTIPLES, list(MEMORY))
    result = {
        "levels": dict(zip(AXES, levels, strict=True)),
        "default": DEFAULT,
        "own": {rule: own for rule, (_, own) in RULES.items()},
        "seeds": len(SEEDS),
        "tasks": {task: read(task) for task in TASKS},
    }
    OUT.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
