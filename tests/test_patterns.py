"""The curves that judge `diagnose` are new to it, and what is stored is what the study makes."""

import collections
import json
from pathlib import Path

import numpy as np
import pytest
import scipy
from helpers import loaded

ROOT = Path(__file__).parents[1]
STORED = json.loads((ROOT / "notebooks/results/10_patterns.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def study():
    return loaded(ROOT / "benchmarks/studies/10_patterns.py")


@pytest.fixture(scope="module")
def seen():
    return loaded(ROOT / "benchmarks/studies/10_patterns_seen.py")


def test_no_pair_of_data_and_model_was_seen(study, seen):
    old = {
        (name.split(",")[0], type(build()).__name__)
        for name, build, *_ in seen.DEVELOPMENT + seen.SEEN
    }
    new = {(task.data, type(task.build()).__name__) for task in study.HELD_OUT}
    assert len(new) == len(study.HELD_OUT)
    assert not old & new


def test_no_seed_length_or_batch_was_seen(study, seen):
    old = {*range(seen.TRIED), *range(1000, 1000 + seen.TRIED)}
    assert not old & {curve["seed"] for curve in STORED["held_out"]}
    tasks = seen.DEVELOPMENT + seen.SEEN
    assert not {steps for _, _, steps, *_ in tasks} & {task.steps for task in study.HELD_OUT}
    assert not {task[3] for task in tasks} & {task.batch for task in study.HELD_OUT}


def test_every_pattern_has_forty_curves_of_several_models(study):
    for pattern in study.PATTERNS:
        found = [curve for curve in STORED["held_out"] if curve["pattern"] == pattern]
        assert len(found) >= 40
        assert len({(curve["data"], curve["model"]) for curve in found}) >= 4
        assert len({curve["way"] for curve in found}) >= 3


def test_some_stored_curves_are_made_again(study):
    ways = {"rate grows", "schedule ends early", "β too high"}
    task, make, rate, first = study.groups()[8]
    made = list(study.curves(task, make, rate, first, ways))
    stored = [
        curve
        for curve in STORED["held_out"]
        if curve["model"] == task.model and curve["rule"] == make.__name__ and curve["way"] in ways
    ]
    assert len({curve["way"] for curve in made}) == 3
    for new, old in zip(made, stored, strict=True):
        labels = ("pattern", "way", "seed", "sampled", "rates")
        assert [new[key] for key in labels] == [old[key] for key in labels]
        early = slice(0, 10)
        for key, rtol in (("losses", 0.002), ("norms", 0.11)):
            one, two = (np.array(curve[key][early], float) for curve in (new, old))
            np.testing.assert_allclose(one, two, rtol=rtol)


def test_the_file_is_small_and_every_curve_complete():
    assert (ROOT / "notebooks/results/10_patterns.json").stat().st_size < 300_000
    for curve in STORED["held_out"]:
        n = len(curve["losses"])
        assert n <= 60
        assert len(curve["norms"]) == n
        assert curve["rates"] is None or len(curve["rates"]) == n


def test_a_share_has_the_interval_of_wilson(study):
    for right, n in ((81, 263), (15, 148), (20, 20)):
        low, high = scipy.stats.binomtest(right, n).proportion_ci(method="wilson")
        np.testing.assert_allclose(study.wilson(right, n), (right / n, low, high), atol=5e-5)


def test_a_table_counts_every_curve_once(study):
    few = STORED["held_out"][::20]
    for settings in (False, True):
        counts = study.table(few, settings)
        assert sum(counts.values()) == len(few)
        assert {made for made, _ in counts} <= set(study.PATTERNS)
    assert collections.Counter(curve["pattern"] for curve in few).total() == len(few)


@pytest.mark.parametrize(("settings", "least"), [(False, 235), (True, 230)])
def test_the_function_names_no_fewer_than_when_it_was_judged(study, settings, least):
    counts = study.table(STORED["held_out"], settings)
    assert sum(counts[pattern, pattern] for pattern in study.PATTERNS) >= least
