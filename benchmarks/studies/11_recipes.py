"""Chapter 11's recipes against their rivals: equal tuning, fresh seeds, PyTorch on the CPU.

    python benchmarks/studies/11_recipes.py
    python benchmarks/studies/11_recipes.py --workers 16

writes notebooks/results/11_recipes.json. A training is one part; finished parts are kept in
benchmarks/studies/.parts, so that the study, started again after a kill, goes on where it was.

Data, model, loop and evaluation are those of notebooks/recipes/*.py; a rival changes the optimizer
or the schedule alone, and trains as long. Every method tries five rates, half a power of ten apart,
with two seeds. The rate with the least mean validation loss trains eight fresh networks, which are
judged on the test examples; so are eight networks by the recipe as printed, at its untuned rate.

A seed sets start and order of the mini-batches, and cuts digits and lines anew into examples to
train on, to validate and to test. All methods share the seeds. The recurrent net is kept as it was
when its validation loss was least, whatever the method.
"""

import argparse
import functools
import hashlib
import importlib.util
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch
from torch.optim import SGD, Adam, AdamW, lr_scheduler

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks import machine as here  # noqa: E402
from benchmarks.studies.kept import PARTS, kept, pool
from primer.measure import mean_interval, tied

ROOT = Path(__file__).parents[2]
OUT = ROOT / "notebooks/results/11_recipes.json"
TUNING, FRESH, CAP = (100, 101), tuple(range(8)), 99.0
#: Title, and the rate that the recipe prints.
TASKS = {
    "vision": ("Residual net, digits", 0.1),
    "transformer": ("Transformer, next character", 5e-4),
    "recurrent": ("LSTM, author of a line", 1e-3),
}


@functools.cache
def script(task):
    """A recipe as a module, from its file."""
    spec = importlib.util.spec_from_file_location(f"recipe_{task}", source(task))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def source(task):
    return ROOT / "notebooks/recipes" / f"{task}.py"


def printed(task):
    """The recipe of the script itself, at any rate."""
    return lambda model, *length, lr: script(task).recipe(model, *length, lr=lr)


def paired(make, schedule):
    """A recipe from an optimizer and a schedule."""

    def recipe(model, *length, lr):
        optimizer = make(model, lr)
        return optimizer, schedule(optimizer, *length)

    return recipe


def momentum(model, lr):
    return SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=1e-4)


def adam(model, lr):
    return Adam(model.parameters(), lr=lr)


def adamw(model, lr):
    return AdamW(model.parameters(), lr=lr, weight_decay=0.01)


def grouped(model, lr):
    return AdamW(script("transformer").groups(model), lr=lr)


def tenths(optimizer, epochs):
    return lr_scheduler.MultiStepLR(optimizer, [epochs // 2, epochs * 3 // 4], gamma=0.1)


def warm_linear(optimizer, steps):
    warmup = steps // 10
    return lr_scheduler.LambdaLR(
        optimizer, lambda t: min((t + 1) / warmup, (steps - t) / (steps - warmup))
    )


def constant(optimizer, steps):
    return lr_scheduler.LambdaLR(optimizer, lambda t: 1.0)


def plateau(optimizer):
    return lr_scheduler.ReduceLROnPlateau(optimizer, patience=5)


def never(optimizer):
    """A constant rate, told of the validation loss."""
    return lr_scheduler.ReduceLROnPlateau(optimizer, patience=10**6)


#: Recipe and middle of its five rates, by task and name; the book's own recipe comes first.
METHODS = {
    "vision": {
        "SGD, steps": (printed("vision"), 0.1),
        "SGD, cosine": (paired(momentum, lr_scheduler.CosineAnnealingLR), 0.1),
        "AdamW, steps": (paired(adamw, tenths), 10**-1.5),
        "AdamW, cosine": (paired(adamw, lr_scheduler.CosineAnnealingLR), 10**-1.5),
    },
    "transformer": {
        "AdamW, linear": (printed("transformer"), 5e-4 * 10**1.5),
        "AdamW, constant": (paired(grouped, constant), 5e-4 * 10**1.5),
        "SGD, linear": (paired(momentum, warm_linear), 10**-0.5),
    },
    "recurrent": {
        "Adam, plateau": (printed("recurrent"), 0.01),
        "Adam, constant": (paired(adam, never), 0.01),
        "SGD, plateau": (paired(momentum, plateau), 10**-0.5),
    },
}


def rates(task, method):
    """Five rates, half a power of ten apart."""
    middle = METHODS[task][method][1]
    return [float(f"{middle * 10 ** (k / 2):.4g}") for k in range(-2, 3)]


@functools.cache
def examples(task, seed):
    """Examples to train on, to validate and to test."""
    cut = {} if task == "transformer" else {"seed": seed}
    return script(task).examples(**cut)


def trained(task, method, lr, seed, **length):
    """Loss and accuracy of a network on the validation and on the test examples."""
    torch.set_num_threads(1)
    training, validation, test = examples(task, seed)
    seen = (training, validation) if task == "recurrent" else training
    recipe = functools.partial(METHODS[task][method][0], lr=lr)
    model = script(task).train(seed, *seen, recipe=recipe, **length)
    found = [script(task).evaluate(model, *part) for part in (validation, test)]
    return {"validation": rounded(found[0]), "test": rounded(found[1])}


def rounded(numbers):
    """As JSON has them: a run that diverged has the loss 99."""
    return np.round(np.nan_to_num(np.minimum(numbers, CAP), nan=CAP), 5).tolist()


@functools.cache
def version(task):
    """Parts of another version of the recipe or of this study have other names."""
    texts = Path(__file__).read_bytes() + source(task).read_bytes()
    return hashlib.sha256(texts).hexdigest()[:12]


def finished(task, method, lr, seed):
    """The training, done unless it was done before."""
    name = f"11-{version(task)}-{task}-{method.replace(', ', '-')}-{lr:g}-{seed}.json"
    return kept(PARTS / name, lambda: trained(task, method, lr, seed))


def tuning():
    return [
        (task, method, lr, seed)
        for task, methods in METHODS.items()
        for method in methods
        for lr in rates(task, method)
        for seed in TUNING
    ]


def tries(task, method):
    """Validation losses (rate, seed)."""
    return [
        [finished(task, method, lr, seed)["validation"][0] for seed in TUNING]
        for lr in rates(task, method)
    ]


def best(task, method):
    return rates(task, method)[int(np.mean(tries(task, method), axis=1).argmin())]


def fresh():
    """Eight networks of every method at its tuned rate, and of the recipe as printed."""
    chosen = [(task, method, best(task, method)) for task in METHODS for method in METHODS[task]]
    untuned = [(task, next(iter(METHODS[task])), lr) for task, (_, lr) in TASKS.items()]
    return [(*job, seed) for job in dict.fromkeys(chosen + untuned) for seed in FRESH]


def all_parts(workers):
    with pool(workers, len(tuning())) as ready:
        ready(finished, tuning())
    with pool(workers, len(fresh())) as ready:
        ready(finished, fresh())


def judged(task, method, lr):
    losses, accuracies = zip(*(finished(task, method, lr, s)["test"] for s in FRESH), strict=True)
    return {"rate": lr, "loss": losses, "accuracy": accuracies}


def gathered():
    tasks = {}
    for task, (title, lr) in TASKS.items():
        found = {
            name: {"rates": rates(task, name), "tuning": tries(task, name)}
            | judged(task, name, best(task, name))
            for name in METHODS[task]
        }
        untuned = judged(task, next(iter(METHODS[task])), lr)
        tasks[task] = {"title": title, "methods": found, "printed": untuned}
    return tasks


def summary(told):
    """Lines of a table: means on the test examples, their intervals, and who is tied."""
    rows = {**told["methods"], "as printed": told["printed"]}
    for measure, sign in (("loss", 1), ("accuracy", -1)):
        tuned = told["methods"].items()
        best_ones = tied({name: sign * np.array(row[measure]) for name, row in tuned})
        yield f"{told['title']}, {measure}; tied with the best: {'; '.join(best_ones)}"
        for name, row in rows.items():
            mean, half = mean_interval(row[measure])
            yield f"  {name:18}{row['rate']:9.4g}{mean:9.4f} ± {half:.4f}"


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    all_parts(asked.parse_args().workers)
    tasks = gathered()
    machine = here.machine() | here.versions()
    OUT.write_text(json.dumps({"machine": machine, "tasks": tasks}) + "\n", encoding="utf-8")
    print(*(line for told in tasks.values() for line in summary(told)), sep="\n")


if __name__ == "__main__":
    main()
