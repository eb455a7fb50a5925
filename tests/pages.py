"""Runs of a rule by the page's JavaScript and by NumPy, at random positions of its sliders."""

import dataclasses
import json
import subprocess
from pathlib import Path

import numpy as np
from chaos import Shaken
from helpers import Beside, domains, node

import primer
from primer import Schedule, Slider, registry, run
from primer.derived.javascript import binder, program
from primer.derived.trace import trace_step

STEPS = 200
RUNTIME = Path(primer.__file__).parent / "static" / "explorer.js"
#: Operations that IEEE 754 rounds correctly, or that do not round: alike in NumPy and JavaScript.
EXACT = {
    "theta", "state", "t", "const", "slider", "lookup", "gather", "add", "subtract", "multiply",
    "divide", "sqrt", "square", "ipow", "negative", "absolute", "sign", "maximum", "minimum",
    "where", "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "logical_and",
    "logical_or", "logical_not", "isfinite", "floor", "floor_divide", "remainder", "sum",
    "scaled_power",
}  # fmt: skip
#: Rules with NumPy work that is not in the graph: LAPACK may fuse a product and a sum.
LAPACK = {"Newton": "np.linalg.solve"}


def slider(domain: str, place: int) -> Slider:
    if domain == "real":
        return Slider(4.0 * place - 2.5, 4.0 * place - 1.5, 4.0 * place - 2)
    return {
        "rate": Slider(1e-4, 10, 0.01, log=True),
        "decay": Slider(0, 0.999, 0.9, near_one=True),
        "positive": Slider(0.1, 10, 1, log=True),
        "shrink": Slider(0.05, 0.95, 0.5),
    }[domain]


def with_sliders(name: str, inner=None):
    """The rule of that name with a Slider in every field that a test varies."""
    entry, reals = registry.rules[name], 0
    fields = {"rule": inner or with_sliders("SGD")} if entry.kind == "wrapper" else {}
    for field, domain in domains(entry.make).items():
        fields[field] = slider(domain, reals)
        reals += domain == "real"
    return entry.make(**fields)


def put(holder, values: dict):
    """The rule or schedule with every slider in it, however deep, replaced by values[slider]."""
    if isinstance(holder, Slider):
        return values[holder]
    if not hasattr(holder, "having"):
        return holder
    return holder.having(**{n: put(v, values) for n, v in holder.fields().items()})


def operations(rule, J, sliders) -> set[str]:
    """Every operation in the graph of the next theta, its state and the loss."""
    traced = trace_step(rule, J, J.dim, binder(sliders))
    found, seen, waiting = set(), set(), [traced.new_theta, traced.loss]
    waiting += [*_leaves(traced.new_state), *_leaves(traced.start)]
    while waiting:
        node_ = waiting.pop()
        if id(node_) not in seen:
            seen.add(id(node_))
            found.add(node_.op)
            waiting += node_.args
    return found


def _leaves(tree):
    return [x for v in tree.values() for x in _leaves(v)] if isinstance(tree, dict) else [tree]


@dataclasses.dataclass
class Pair:
    """One rule on one landscape: `runs` settings, in NumPy and (later) in JavaScript.

    `theta` (3, steps + 1, runs, d): the run itself, and two shaken by rounding (see `Shaken`).
    """

    name: str
    exact: bool
    job: dict
    theta: np.ndarray
    loss: np.ndarray
    state: np.ndarray
    lost: np.ndarray


def pair(name: str, rule, J, runs: int, seed: int = 0) -> Pair:
    return pairs(rule, {name: J}, runs, seed)[0]


def pairs(rule, grounds: dict, runs: int, seed: int = 0) -> list[Pair]:
    """The rule on every landscape, those of one dimension in one run of NumPy."""
    made = []
    for dim in sorted({J.dim for J in grounds.values()}):
        flat = {name: J for name, J in grounds.items() if J.dim == dim}
        made += _beside(rule, flat, runs, seed)
    return made


def _beside(rule, grounds: dict, runs: int, seed: int) -> list[Pair]:
    programs = [program(rule, J, steps=STEPS) for J in grounds.values()]
    settings = [
        _settings(made, J, runs, seed) for made, J in zip(programs, grounds.values(), strict=True)
    ]
    h, starts = (np.concatenate(parts) for parts in zip(*settings, strict=True))
    swept = put(rule, {s: h[:, k : k + 1] for k, s in enumerate(programs[0].sliders)})
    ours = run(swept, Shaken(Beside(grounds.values())), np.stack([starts] * 3), STEPS)
    leaves = [_rows(v, len(h)) for v in _leaves(ours.state)]
    state = np.concatenate(leaves, -1) if leaves else np.empty((len(h), 0))
    made = []
    for k, (name, J) in enumerate(grounds.items()):
        own = slice(k * runs, (k + 1) * runs)
        made.append(
            Pair(
                name,
                operations(rule, J, programs[k].sliders) <= EXACT
                and not name.startswith(tuple(LAPACK)),
                _job(programs[k], *settings[k]),
                np.moveaxis(ours.theta[:, :, own], 1, 0),
                ours.loss[:, 0, own],
                state[own],
                ours.diverged_at[0, own],
            )
        )
    return made


def _rows(leaf, runs: int) -> np.ndarray:
    """A part of the state of (3, runs) runs as (runs, numbers), of the first of the three."""
    own = leaf.shape[2:] if leaf.ndim > 2 else leaf.shape[-1:]
    return np.broadcast_to(leaf, (3, runs, *own))[0].reshape(runs, -1)


def _settings(made, J, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the sliders and starts, the first of either the default."""
    rng = np.random.default_rng(seed)
    tables = [s.values for s in made.sliders]
    h = np.array([[rng.choice(t) for t in tables] for _ in range(runs)]).reshape(runs, len(tables))
    h[0] = [s.value for s in made.sliders]
    width = (J.window[1] - J.window[0]) / 8 if J.window else 0.5
    starts = J.start + rng.uniform(-width, width, (runs, J.dim))
    starts[0] = J.start
    return h, starts


def _job(made, h: np.ndarray, starts: np.ndarray) -> dict:
    runs = [{"h": a.tolist(), "start": b.tolist()} for a, b in zip(h, starts, strict=True)]
    return {"source": made.source, "steps": STEPS, "s": len(made.state), "runs": runs}


def in_node(pairs: list[Pair], folder: Path) -> list[list[tuple]]:
    """For every pair and run: (lost, theta, loss, last state) from JavaScript."""
    jobs, results = folder / "jobs.json", folder / "results.bin"
    jobs.write_text(json.dumps([p.job for p in pairs]))
    script = Path(__file__).parent / "exactness.mjs"
    subprocess.run([node(), script, RUNTIME, jobs, results], check=True)
    numbers, place, found = np.fromfile(results, "<f8"), 0, []
    for p in pairs:
        d = p.theta.shape[-1]
        lengths = np.cumsum([1, (STEPS + 1) * d, STEPS + 1])
        size = lengths[-1] + p.job["s"]
        block = numbers[place : place + len(p.job["runs"]) * size].reshape(-1, size)
        place += block.size
        parts = [np.split(row, lengths) for row in block]
        found.append([(int(a[0]), x.reshape(-1, d), loss, s) for a, x, loss, s in parts])
    assert place == numbers.size
    return found


def schedules() -> dict[str, Schedule]:
    """One of every registered schedule, with sliders in the fields that are rates."""
    counts = {"warmup": 10, "decay": 30, "steps": 120, "every": 25}
    made = {}
    for name, entry in registry.schedules.items():
        fields = {}
        for field in dataclasses.fields(entry.make):
            if field.default is not dataclasses.MISSING:
                continue
            domain = entry.make.domains.get(field.name, "rate")
            if field.name in entry.make.counts:
                fields[field.name] = counts.get(field.name, 40)
            else:
                fields[field.name] = Slider(1e-3, 1, 0.1, log=True) if domain == "rate" else 0.5
        made[name] = entry.make(**fields)
    return made
