"""Chapter 12's 80/20 study treats every recipe alike, goes on after a kill, and adds up."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers import loaded

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def study():
    return loaded(ROOT / "benchmarks/studies/12_eighty_twenty.py")


@pytest.fixture(scope="module")
def stored(study):
    return json.loads(study.OUT.read_text(encoding="utf-8"))


def test_tuning_and_reporting_share_no_seed_and_no_example(study):
    assert not set(study.TUNING) & set(study.FRESH)
    assert len(study.FRESH) >= 20
    for task in set(study.TASKS) - {"text"}:  # whose split is that of bag_of_words
        rows = [{x.tobytes() for x in J.X} for J in study.problem(task)]
        assert not rows[1] & rows[2], task
        assert not rows[0] & (rows[1] | rows[2]), task


def test_every_recipe_sees_as_many_examples_and_tries_as_many_rates(study, stored):
    for _, (large, small), examples in study.TASKS.values():
        assert large == 4 * small
        assert examples % large == 0
    assert len(stored["tried"]) == len(study.TRIED)
    assert study.TRIED[0] == study.UNTUNED["default"] == 1


def test_no_best_rate_lies_at_the_end_of_its_range(study, stored):
    for task in stored["tasks"].values():
        for rule, best in task["rates"].items():
            multiples = np.array(best) / study.RULES[rule].lr
            assert multiples.min() > study.TRIED[0], rule
            assert multiples.max() < study.TRIED[-1], rule


def test_schedule_and_warm_up_are_switched_each_by_itself(study):
    t = np.arange(40)
    lr = study.schedules([[2.0]], steps=40)
    curves = np.moveaxis([lr(k)[:, :, 0, 0, 0, 0] for k in t], 0, -1)
    np.testing.assert_array_equal(curves[0, 0], 2)
    np.testing.assert_allclose(curves[1, 0], 1 + np.cos(np.pi * t / 40), atol=1e-6)
    np.testing.assert_allclose(curves[0, 1], 2 * np.minimum((t + 1) / 4, 1))
    np.testing.assert_allclose(curves[1, 1][:4], curves[0, 1][:4])
    np.testing.assert_allclose(curves[1, 1][4:], 1 + np.cos(np.pi * (t[4:] - 4) / 36), atol=1e-6)


def test_one_batch_of_runs_is_the_recipes_one_after_the_other(study):
    """Clipping, schedule and warm-up as switched in the batch, against rules as one writes them."""
    seeds, steps = study.FRESH[:2], study.TASKS["digits"][2] // 128
    found = study.train("digits", "SGD", 128, [0.5], seeds)[1]
    J, _, report = study.problem("digits")
    recipes = {
        (0, 0, 0): study.SGD(lr=0.5),
        (1, 1, 0): study.SGD(lr=study.WarmupCosine(0.5, steps // 10, steps)),
        (1, 0, 1): study.Clip(study.SGD(lr=study.WarmupCosine(0.5, 0, steps)), norm=1.0),
    }
    for place, rule in recipes.items():
        start = J.initial(seeds).astype(np.float32)
        end = study.run(rule, J.batches(128, seeds), start, steps, keep=steps).theta[-1]
        np.testing.assert_allclose(found[(*place, 0)], report(end), rtol=1e-3)


def test_what_diverged_counts_as_guessing(study):
    found = study.train("digits", "SGD", 128, [1e30], study.FRESH[:2])
    assert (found[:, 0, 0, 0] == study.guessing("digits")).all()
    assert study.guessing("text") == pytest.approx(np.log(2))


def test_a_part_of_what_is_stored_comes_out_again(study, stored):
    """The task of the fewest operations: rates, and losses of all its recipes with AdamW."""
    again, task = study.part("digits", "AdamW", 128), stored["tasks"]["digits"]
    assert again["rate"] == task["rates"]["AdamW"][0]
    loss = np.array(task["loss"])[:, :, 1, :, 0, :]  # (rate, schedule, warm-up, clipping, seeds)
    found = np.take(again["loss"], [0, -1], axis=3)  # (schedule, warm-up, clipping, rate, seeds)
    np.testing.assert_allclose(np.moveaxis(found, 3, 0).mean(-1), loss.mean(-1), rtol=0.03)
    np.testing.assert_allclose(np.moveaxis(found, 3, 0)[0], loss[0], rtol=1e-2)


def test_the_stored_shares_are_those_of_the_stored_losses(study, stored):
    for task in stored["tasks"].values():
        loss = np.array(task["loss"])
        assert loss.shape == (*(2,) * len(study.SIX), len(study.FRESH))
        assert (loss <= task["guessing"] + 1e-3).all()
        gain = study.gains(loss)
        for game, table, names in (
            ("four", gain[..., 0, 0, :], study.FOUR),
            ("six", gain, study.SIX),
        ):
            again = study.shares(table, names)
            assert again["gain"] == task[game]["gain"]
            for kind in ("first", "shapley", "last"):
                for name in names:
                    assert again[kind][name] == pytest.approx(task[game][kind][name], abs=2e-4)
        assert study.together(gain) == task["together"]
        assert study.fewest(gain) == task["fewest"]


def test_the_shares_add_up_and_lie_in_their_intervals(stored):
    for task in stored["tasks"].values():
        for told in (task["four"], task["six"], *task["views"].values()):
            assert sum(x[0] for x in told["shapley"].values()) == pytest.approx(1, abs=1e-3)
            for kind in ("first", "shapley", "last"):
                for share, low, high in told[kind].values():
                    assert low <= share <= high
        four = sum(task["six"]["shapley"][name][0] for name in stored["names"]["four"])
        assert task["together"]["shapley"][0] == pytest.approx(four, abs=1e-3)


def made(study, seeds=5):
    """A gain of 3 by the rate, 1 by AdamW if the rate is right, 1 by the batch, and some luck."""
    rate, _, rule, _, batch, _ = np.indices((2,) * len(study.SIX))
    luck = np.random.default_rng(0).normal(1, 0.1, seeds)
    return (3 * rate + rate * rule + batch)[..., None] * luck


def test_first_average_and_last_are_what_a_hand_computes(study):
    told = study.shares(made(study), study.SIX)
    values = {
        kind: {n: x[0] for n, x in told[kind].items() if x[0]} for kind in told if kind != "gain"
    }
    assert values["first"] == pytest.approx({"rate": 0.6, "batch": 0.2})
    assert values["shapley"] == pytest.approx({"rate": 0.7, "AdamW": 0.1, "batch": 0.2})
    assert values["last"] == pytest.approx({"rate": 0.8, "AdamW": 0.2, "batch": 0.2})
    shares = {kind: triple[0] for kind, triple in study.together(made(study)).items()}
    assert shares == pytest.approx({"first": 0.8, "shapley": 0.8, "last": 0.8})


def test_the_fewest_ingredients_are_those_that_gain_most(study):
    told = study.fewest(made(study))
    assert [x["share"][0] for x in told[:3]] == pytest.approx([0.6, 0.8, 1.0])
    assert told[0]["names"] == ["rate"]
    assert told[2]["names"] == ["rate", "AdamW", "batch"]


def test_an_interval_over_seeds_is_as_wide_as_that_of_a_mean(study):
    sample = np.random.default_rng(1).normal(2.0, 1.0, 400)
    _, low, high = study.interval(sample, np.ones(400))
    assert high - low == pytest.approx(2 * 1.96 * sample.std() / 20, rel=0.1)


def test_a_finished_part_is_not_computed_again(study, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(study, "PARTS", tmp_path)
    monkeypatch.setattr(study, "part", lambda *job: calls.append(job) or {"done": list(job)})
    first = study.finished("text", "SGD", 128)
    assert study.finished("text", "SGD", 128) == first == {"done": ["text", "SGD", 128]}
    assert calls == [("text", "SGD", 128)]
    assert set(study.jobs()) == {
        (task, rule, size)
        for task in study.TASKS
        for rule in study.RULES
        for size in study.TASKS[task][1]
    }
