"""What the tests made from the registry share: sample settings of every rule, and comparisons."""

import contextlib
import dataclasses
import importlib.util
import os
import re
import shutil
import sys
import types
import urllib.parse
from pathlib import Path

import numpy as np
import pytest

from primer import Objective, check, registry
from primer.objective import Through
from primer.optimizer import Optimizer

#: A lively range per domain of `primer.check`, and whether its values spread by ratios.
RANGES = {
    "rate": (1e-3, 0.1, True),
    "decay": (0.0, 0.95, False),
    "positive": (0.2, 3.0, True),
    "percent": (5.0, 95.0, False),
    "shrink": (0.1, 0.9, False),
    "real": (-0.5, 0.5, False),
}


def loaded(path):
    """The module of a file in no package, such as a study; it may import its neighbors."""
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


def moved_by_the_book(*explorers, folder):
    """The body of a page with these explorers, whose files the book writes below the folder."""
    path = Path(__file__).parents[1] / "book" / "_ext" / "explorers.py"
    body = "".join(live.html() for live in explorers)
    context = {"body": body, "pathto": lambda name, resource: "../" + name}
    loaded(path).move(types.SimpleNamespace(outdir=folder), "p", "t", context, None)
    return context["body"]


def file_links(path, text):
    """Links of a file's Markdown to other files: each with the file it leads to, and its place."""
    text = re.sub(r"^```.*?^```|`[^`\n]*`|\$[^$]*\$", "", text, flags=re.M | re.S)
    for target in map("".join, re.findall(r'\]\(([^()\s]+)\)|<a href="([^"#]+)"', text)):
        file, _, place = urllib.parse.unquote(target).partition("#")
        if not re.match(r"https?:|\\?$", file):
            yield target, (path.parent / file).resolve(), place


@contextlib.contextmanager
def registry_as_before():
    """What enters the registry meanwhile leaves it again."""
    tables = (registry.rules, registry.schedules)
    before = [dict(table) for table in tables]
    try:
        yield
    finally:
        for table, entries in zip(tables, before, strict=True):
            table.clear()
            table.update(entries)


def readers_rule(cls):
    """A rule as a reader writes it, out of the registry, which other tests go through."""
    with registry_as_before():
        return registry.rule(cls)


def with_step(name, step, base):
    """A subclass of a rule with another step, not entered in the registry."""
    return type(name, (base,), {"step": step})


def sample(domain: str, place: int, rng, size=None):
    """Numbers inside a domain; those of the k-th real field lie around 4k - 2, so ascend."""
    low, high, ratio = RANGES[domain]
    if ratio:
        return np.exp(rng.uniform(np.log(low), np.log(high), size))
    return rng.uniform(low, high, size) + (4.0 * place - 2.0) * (domain == "real")


def domains(make) -> dict[str, str]:
    """Domain of every field that tests vary: those known by name, and those without a default.

    A field of a rule's own (a threshold, a constant of a line search) may depend on others, so it
    keeps its default.
    """
    known = {**check.BY_NAME, **getattr(make, "domains", {})}
    return {
        f.name: known[f.name]
        for f in dataclasses.fields(make)
        if f.name in known and (f.name in check.BY_NAME or f.default is dataclasses.MISSING)
    }


def settings(make, rng, size=None) -> dict:
    """A value inside its domain for every such field; arrays of shape (size, 1) with a size."""
    shape = None if size is None else (size, 1)
    reals = [name for name, domain in domains(make).items() if domain == "real"]
    place = {name: i for i, name in enumerate(reals)}
    drawn = {n: sample(d, place.get(n, 0), rng, shape) for n, d in domains(make).items()}
    return {n: float(v) if size is None else v for n, v in drawn.items()}


def seed_of(name: str) -> int:
    """A seed that depends on the name alone."""
    return sum(ord(c) * 31**i for i, c in enumerate(name)) % 2**32


def lively(name: str, size=None, inner: Optimizer | None = None, **changes) -> Optimizer:
    """The rule of that name with settings that make it move; a wrapper holds `inner` (SGD)."""
    entry, rng = registry.rules[name], np.random.default_rng(seed_of(name))
    held = {}
    if entry.kind == "wrapper":
        held["rule"] = lively("SGD", size) if inner is None else inner
    return entry.make(**{**held, **settings(entry.make, rng, size), **changes})


def cases(size=None) -> dict[str, Optimizer]:
    """Every rule of the registry, wrappers around SGD and around Adam."""
    made = {}
    for name, entry in registry.rules.items():
        made[name] = lively(name, size)
        if entry.kind == "wrapper":
            made[f"{name}(Adam)"] = lively(name, size, lively("Adam", size))
    return made


every_case = pytest.mark.parametrize("name", cases())
every_rule = pytest.mark.parametrize("name", registry.rules)


def bare(name: str) -> str:
    """The registered name in the name of a case."""
    return name.split("(")[0]


def frozen(value):
    """A copy whose arrays cannot be written to."""
    if isinstance(value, dict):
        return {k: frozen(v) for k, v in value.items()}
    if not isinstance(value, np.ndarray):
        return value
    copy = value.copy()
    copy.flags.writeable = False
    return copy


def assert_same(one, other, what="") -> None:
    """Equal to the last bit, NaN at the same places, same shape and dtype; trees too."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), what
        for key in one:
            assert_same(one[key], other[key], f"{what}[{key}]")
        return
    one, other = np.asarray(one), np.asarray(other)
    assert one.shape == other.shape, f"{what}: shapes {one.shape}, {other.shape}"
    assert one.dtype == other.dtype, f"{what}: dtypes {one.dtype}, {other.dtype}"
    differ = ~((one == other) | ((one != one) & (other != other)))
    assert not differ.any(), f"{what}: {differ.sum()} of {one.size} numbers differ"


def assert_same_run(one, other) -> None:
    for part in ("theta", "loss", "state", "t", "steps", "diverged_at"):
        assert_same(getattr(one, part), getattr(other, part), part)


def taken(tree, pick, one):
    """The part of a state that belongs to one run of the batch; what has no batch axis stays.

    `one` is the state of a single run, which has an axis less where there is one for the batch.
    """
    if isinstance(tree, dict):
        return {k: taken(v, pick, one[k]) for k, v in tree.items()}
    return tree[pick] if np.ndim(tree) > np.ndim(one) else tree


def leaves(tree):
    """The arrays and numbers of a state."""
    return [x for v in tree.values() for x in leaves(v)] if isinstance(tree, dict) else [tree]


def required() -> bool:
    """Whether a missing tool is a failure: in CI it is."""
    return bool(os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"))


def lacking(what: str) -> None:
    """Skip the test for want of a tool, or fail where all tools are required."""
    (pytest.fail if required() else pytest.skip)(what)


def node() -> str:
    """The node on the path, or the one that Playwright brings along."""
    found = shutil.which("node")
    if not found:
        try:
            from playwright._impl._driver import compute_driver_executable

            found = str(compute_driver_executable()[0])
        except ImportError:
            lacking("node is needed to run the JavaScript: none on the path, no Playwright either")
    if not os.path.exists(found):
        lacking(f"node is needed to run the JavaScript: {found} is missing")
    return found


#: Blocks of theta by its length, for the rules that need to know: matrices and vectors.
SHAPES = {1: [(1,)], 2: [(2, 1)], 3: [(1, 2), (1,)], 4: [(2, 2)], 5: [(2, 2), (1,)]}


def shaped(J: Objective) -> Objective:
    """J, with blocks for the rules of matrices if it has none of its own."""
    if J.shapes is not None:
        return J
    rest = [(J.dim - 6,)] if J.dim > 6 else []
    return Through(J, shapes=SHAPES.get(J.dim, [(3, 2), *rest]))


def matrices() -> Objective:
    """A matrix of three rows and two columns, a vector of two, and what ties them together."""
    rng = np.random.default_rng(8)
    A = rng.standard_normal((8, 8))
    H = A @ A.T / 8 + 0.3 * np.eye(8)
    return Objective(
        lambda theta: (theta * _times(H, theta)).sum(-1) / 2 + np.cos(theta).sum(-1),
        lambda theta: _times(H, theta) - np.sin(theta),
        lambda theta: H + _diagonal(-np.cos(theta)),
        dim=8,
        start=rng.uniform(-1, 1, 8),
        name="matrices",
        shapes=[(3, 2), (2,)],
    )


def _times(H, theta):
    """H theta, summed alike for one run and for a batch."""
    return (H * theta[..., None, :]).sum(-1)


def _diagonal(values):
    return values[..., None] * np.eye(values.shape[-1])


class Beside(Objective):
    """Landscapes of one dimension side by side, each for its share of the runs of theta's batch."""

    def __init__(self, grounds):
        self.grounds = list(grounds)
        super().__init__(
            lambda theta: self._each(lambda J, own: J(own), theta, -1),
            lambda theta: self._each(lambda J, own: J.grad(own), theta, -2),
            lambda theta: self._each(lambda J, own: J.hess(own), theta, -3),
            self.grounds[0].dim,
            shapes=self.grounds[0].shapes,
        )

    def hvp(self, theta, u):
        return self._each(lambda J, own: J.hvp(own, u), theta, -2)

    def at(self, t):
        return Beside(J.at(t) for J in self.grounds)

    def watch(self, theta, t):
        return self._each(lambda J, own: J.watch(own, t), theta, -1)

    def _each(self, of, theta, axis):
        shares = np.split(theta, len(self.grounds), axis=-2)
        return np.concatenate([of(*pair) for pair in zip(self.grounds, shares, strict=True)], axis)
