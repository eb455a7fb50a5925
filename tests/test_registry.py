"""Every registered class says what the book needs to know of it, and is found everywhere."""

import dataclasses
import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from helpers import cases, every_rule

import primer
from primer import Optimizer, Schedule, catalogue, registry

ROOT = Path(__file__).parents[1]
TABLES = {
    "rules": registry.rules,
    "schedules": registry.schedules,
    "landscapes": registry.landscapes,
}
every_entry = pytest.mark.parametrize(
    "entry", [pytest.param(e, id=n) for table in TABLES.values() for n, e in table.items()]
)
ISSUE = """
    SGD Momentum Nesterov AdaGrad RMSProp Adadelta Adam AdamL2 AdamW AMSGrad Adamax NAdam RAdam Lion
    Newton ConjugateGradient Constant StepDecay Exponential Cosine CosineRestarts Linear
    WarmupCosine WarmupLinear OneCycle WarmupStableDecay InverseSqrt ReduceOnPlateau
    quadratic rosenbrock beale himmelblau rastrigin saddle ravine
""".split()


def keys():
    text = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    return set(re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE))


def test_everything_that_was_promised_is_registered():
    assert set(ISSUE) <= {name for table in TABLES.values() for name in table}


@every_entry
def test_an_entry_has_citation_year_and_chapter(entry):
    assert entry.cite in keys(), f"{entry.cite!r} is not in book/references.bib"
    assert 1700 <= entry.year <= 2026
    assert 1 <= entry.chapter <= 12
    assert entry.name == entry.make.__name__


@pytest.mark.parametrize("entry", [*registry.rules.values(), *registry.schedules.values()],
                         ids=lambda e: e.name)  # fmt: skip
def test_an_entry_has_a_call_in_torch_and_optax_or_the_reason_why_none_exists(entry):
    for call, reason in ((entry.torch, entry.no_torch), (entry.optax, entry.no_optax)):
        assert bool(call) != bool(reason), "exactly one of the call and the reason"
        assert len(call or reason) > 5


@every_rule
def test_a_call_names_only_fields_and_what_the_tests_provide(name):
    entry = registry.rules[name]
    fields = {f.name for f in dataclasses.fields(entry.make)}
    for call in filter(None, (entry.torch, entry.optax)):
        code = compile(call, name, "eval")
        callee = re.match(r"[\w.]+", call)[0].split(".")
        assert set(code.co_names) - {*callee} <= fields | {"params", "optimizer"}


@every_rule
def test_a_rule_is_a_frozen_dataclass_with_pure_steps_of_its_own(name):
    make = registry.rules[name].make
    assert issubclass(make, Optimizer)
    assert dataclasses.is_dataclass(make)
    assert make.__dataclass_params__.frozen
    assert make.step is not Optimizer.step
    assert list(inspect.signature(make.step).parameters) == ["self", "J", "theta", "state", "t"]


@every_rule
def test_the_defaults_make_a_rule(name):
    entry = registry.rules[name]
    if entry.kind == "rule":
        assert isinstance(entry.make(), Optimizer)


@pytest.mark.parametrize("name", registry.rules)
def test_the_text_of_a_rule_fits_the_page(name):
    """A method, as chapters print it, has lines of at most 79 columns."""
    cls = getattr(primer, name)
    for method in (m for m in (cls.__dict__.get("init"), cls.__dict__.get("step")) if m):
        assert max(map(len, inspect.getsource(method).splitlines())) - 4 <= 79


def test_every_public_optimizer_and_schedule_of_the_package_is_registered():
    def below(base):
        return {s for sub in base.__subclasses__() for s in (sub, *below(sub))}

    known = {e.make for e in (*registry.rules.values(), *registry.schedules.values())}
    made_by_operators, bases = {"Then", "Product"}, {"Schedule", "MatrixRule"}
    for cls in below(Optimizer) | below(Schedule):
        own = cls.__module__.startswith(("primer.rules", "primer.schedules"))
        steps = "step" in cls.__dict__ or "value" in cls.__dict__
        if own and steps and cls.__name__ not in made_by_operators | bases:
            assert cls in known, f"{cls.__name__} is not registered"


@every_entry
def test_an_entry_is_exported(entry):
    home = primer.landscapes if entry.kind == "landscape" else primer
    assert getattr(home, entry.name) is entry.make
    assert entry.name in home.__all__


@pytest.mark.parametrize("kind", TABLES)
def test_the_catalogue_has_a_row_for_every_entry(kind):
    rows = [line for line in catalogue(kind).splitlines() if line.startswith("|")]
    for name in TABLES[kind]:
        assert any(re.search(rf"\b{name}\b", row) for row in rows), name


@every_rule
def test_state_is_a_dict_of_arrays_that_follow_the_batch(name):
    for shape in ((2,), (3, 2), (4, 3, 2)):
        state = cases()[name].init(np.ones(shape))
        assert isinstance(state, dict)
        for part in state.values():
            assert isinstance(part, dict) or np.shape(part)[:-1] == shape[:-1]


def test_a_second_class_of_the_same_name_takes_the_place_of_the_first():
    """So that a rule can be edited and run again in a notebook."""
    kept = registry.rules["SGD"]
    try:

        @primer.rule(cite="x", year=2000)
        class SGD(Optimizer):
            """Another."""

        assert registry.rules["SGD"].make is SGD
        assert registry.rules["SGD"].summary == "Another."
    finally:
        registry.rules["SGD"] = kept
