"""Chapter 9's study treats every rule alike, goes on after a kill, and stored what it computes."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers import loaded

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def study():
    return loaded(ROOT / "benchmarks/studies/09_choosing.py")


@pytest.fixture(scope="module")
def stored(study):
    return json.loads(study.OUT.read_text(encoding="utf-8"))


def test_tuning_and_reporting_share_no_seed(study):
    assert not set(study.TUNING) & set(study.FRESH)
    assert len(study.FRESH) >= 20
    assert len(study.TUNING) >= 8


def test_what_is_tuned_on_is_not_what_is_reported(study):
    J, validation, test = study.problem("digits", 3)
    rows = [{row.tobytes() for row in part.X} for part in (J, validation, test)]
    assert sum(map(len, rows)) == len(set.union(*rows))


def test_every_rule_tries_as_many_rates_over_as_wide_a_range(study):
    grids = [study.rates(name) for name in study.RULES]
    assert {len(grid) for grid in grids} == {25}
    assert {round(float(np.log10(grid[-1] / grid[0])), 9) for grid in grids} == {6.0}


def test_no_best_rate_lies_at_the_end_of_its_range(stored):
    for task in stored["tasks"].values():
        for name, found in task["rules"].items():
            best = found["rate"][str(task["budget"])]
            assert found["rates"][0] < best < found["rates"][-1], name


def test_all_rules_of_all_tasks_are_stored_with_their_runs(study, stored):
    assert set(stored["tasks"]) == set(study.TASKS)
    assert len(study.TASKS) >= 5
    for name, task in stored["tasks"].items():
        assert set(task["rules"]) == set(study.RULES) == set(stored["costs"])
        for found in task["rules"].values():
            assert [int(b) for b in found["loss"]] == study.budgets(name) == task["budgets"]
            assert {len(losses) for losses in found["loss"].values()} == {len(study.FRESH)}
            assert np.shape(found["tuning"]) == (25, len(study.TUNING))


@pytest.mark.parametrize("rule", ["SGD", "AdamW"])
def test_the_stored_numbers_are_what_the_study_computes(study, stored, rule):
    """The smallest task again, at its standard budget."""
    again, task = study.standard("tumors", rule), stored["tasks"]["tumors"]
    kept, steps = task["rules"][rule], task["budget"]
    np.testing.assert_allclose(again["tuning"][:18], kept["tuning"][:18], rtol=2e-3, atol=2e-4)
    assert again["rate"][steps] == kept["rate"][str(steps)]
    np.testing.assert_allclose(again["loss"][steps], kept["loss"][str(steps)], atol=2e-4)


def test_a_finished_part_is_not_computed_again(study, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(study, "PARTS", tmp_path)
    monkeypatch.setattr(study, "part", lambda *job: calls.append(job) or {"done": list(job)})
    first = study.finished("text", "SGD")
    assert study.finished("text", "SGD") == first == {"done": ["text", "SGD"]}
    assert calls == [("text", "SGD")]
    assert len(list(tmp_path.iterdir())) == 1
