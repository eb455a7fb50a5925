"""Chapter 10's sweep: every run costs the same, a kill loses one part, the analysis adds up."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from helpers import loaded

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "benchmarks/studies/10_tuning.py"


@pytest.fixture(scope="module")
def study():
    return loaded(STUDY)


@pytest.fixture(scope="module")
def analysis(study):
    return sys.modules[study.Sweep.__module__]


@pytest.fixture(scope="module")
def stored(study):
    return json.loads(study.OUT.read_text(encoding="utf-8"))


@pytest.fixture
def emptied(study, tmp_path, monkeypatch):
    """No part is finished yet."""
    monkeypatch.setattr(study, "PARTS", tmp_path / "parts")
    return tmp_path / "parts"


def test_tuning_and_reporting_share_no_seed_and_no_example(study):
    assert not set(study.TUNING) & set(study.SEEDS)
    assert len(study.SEEDS) >= 8
    for task in study.TASKS:
        examples = [np.reshape(J.X, (len(J.X), -1)) for J in study.problem(task)]
        train, choose, report = ({row.tobytes() for row in rows} for rows in examples)
        assert not choose & report, task
        assert not train & (choose | report), task


def test_every_run_of_a_task_sees_the_same_number_of_examples(study):
    for _, size, examples in study.TASKS.values():
        for stretch in study.STRETCH:
            batch = round(size * stretch)
            assert batch == size * stretch
            assert examples // batch * batch == examples


def test_every_schedule_starts_or_peaks_at_one_and_ends_lower_unless_it_is_constant(study):
    for steps in (16, 32, 2048):
        curves = {name: study.schedule(name, steps)(np.arange(steps)) for name in study.SCHEDULES}
        for name, curve in curves.items():
            assert curve.max() == 1
            assert name == "constant" or curve[-1] < 0.2, name
        assert np.unique(curves["steps"].round(12)).tolist() == [0.01, 0.1, 1]
        assert (curves["steps"] == 1).sum() == steps / 2


def test_a_memory_is_a_third_once_and_three_times_its_default(study):
    assert study.memories("SGD") is None
    for rule in ("Momentum", "RMSProp", "Adam", "Lion"):
        np.testing.assert_allclose(study.memories(rule), [0.7, 0.9, 1 - 0.1 / 3])


def test_what_diverged_and_what_is_worse_than_guessing_counts_as_guessing(study):
    rates = [1.0, 1e30]
    found = study.train("digits", "SGD", "constant", 512, 8, rates, None, study.SEEDS[:2])
    assert found.shape == (2, 2, 1, 2)
    assert (found[:, 1] == study.guessing("digits")).all()
    assert (found[:, 0] < study.guessing("digits")).all()
    assert study.guessing("digits") == pytest.approx(np.log(10))


def test_a_part_of_what_is_stored_comes_out_again(study, stored, emptied):
    told = stored["tasks"]["digits"]
    assert study.rates("digits", "SGD") == told["rates"][0]
    found = np.mean(study.cells("digits", "SGD", "constant", 16)["scores"][1], axis=-1)
    kept = np.array(told["mean"])[0, 0, 3]
    stable = np.array(told["rates"][0]) <= told["rates"][0][4]
    np.testing.assert_allclose(np.tile(found, 3)[stable], kept[stable], atol=2e-3)


def test_what_is_stored_is_a_full_factorial_sweep(study, stored):
    levels = [len(stored["levels"][name]) for name in stored["levels"]]
    levels[3] += 1  # the default rate comes after the multiples
    assert list(stored["tasks"]) == list(study.TASKS)
    assert study.OUT.stat().st_size < 150_000
    for told in stored["tasks"].values():
        mean = np.array(told["mean"])
        assert mean.shape == tuple(levels)
        assert (mean <= told["guessing"] + 1e-3).all()
        assert (mean[0] == mean[0, ..., :1]).all(), "SGD has no parameter of its own"
        assert np.shape(told["rates"]) == (levels[0], levels[3])
        assert len(told["orders"]["ends"]) == 120


def test_the_stored_shares_add_up_and_agree_with_the_stored_means(stored):
    for told in stored["tasks"].values():
        for view in told["shares"].values():
            assert sum(share for share, _, _ in view["main"].values()) == pytest.approx(1, abs=1e-3)
            for name, (share, low, high) in view["main"].items():
                assert low <= share <= high
                if name not in ("interactions", "noise"):
                    assert share <= view["total"][name][0] + 0.01
        mean = np.array(told["mean"])[:, :, :, 2:7]
        main = told["shares"]["1/10 to 10"]["main"]
        sizes = {
            name: mean.mean(tuple(k for k in range(5) if k != axis)).var()
            for axis, name in enumerate(stored["levels"])
        }
        for name in ("batch", "optimizer"):
            ratio = main[name][0] / main["rate"][0]
            assert ratio == pytest.approx(sizes[name] / sizes["rate"], rel=0.1, abs=0.02)


def test_a_part_that_is_finished_is_not_computed_again(study, emptied, monkeypatch):
    asked = []

    def slow(task, rule):
        asked.append((task, rule))
        if len(asked) == 2:
            raise KeyboardInterrupt
        return {"scores": [len(asked)]}

    monkeypatch.setitem(study.KINDS, "steps", slow)
    study.finished("steps", "digits", "SGD")
    with pytest.raises(KeyboardInterrupt):
        study.finished("steps", "digits", "Adam")
    assert study.finished("steps", "digits", "SGD") == {"scores": [1]}
    assert study.finished("steps", "digits", "Adam") == {"scores": [3]}
    assert asked == [("digits", "SGD"), ("digits", "Adam"), ("digits", "Adam")]


KILLED = """
import importlib.util, pathlib, sys, time
spec = importlib.util.spec_from_file_location("study", sys.argv[1])
study = sys.modules["study"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(study)
folder = pathlib.Path(sys.argv[2])

def part(task, rule):
    with (folder / "log").open("a") as file:
        file.write(rule + "\\n")
    time.sleep(float(sys.argv[3]))
    return {}

study.PARTS, study.KINDS = folder / "parts", {"steps": part}
study.jobs = lambda: ([("steps", "digits", rule) for rule in study.RULES],)
if __name__ == "__main__":
    study.all_parts(1)
"""


@pytest.mark.skipif(os.name != "posix", reason="a kill that cannot be caught is of POSIX")
def test_a_killed_study_loses_only_the_part_under_way(study, tmp_path):
    script = tmp_path / "driver.py"
    script.write_text(KILLED, encoding="utf-8")
    command = [sys.executable, str(script), str(STUDY), str(tmp_path)]
    log, parts = tmp_path / "log", tmp_path / "parts"
    first = subprocess.Popen([*command, "0.5"], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while len(list(parts.glob("*.json"))) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    time.sleep(1.6)  # the worker has noticed
    begun, ready = log.read_text().split(), len(list(parts.glob("*.json")))
    assert 2 <= ready <= len(begun) < len(study.RULES)
    subprocess.run([*command, "0"], stderr=subprocess.DEVNULL, check=True)
    assert len(list(parts.glob("*.json"))) == len(study.RULES)
    assert len(log.read_text().split()) - len(begun) == len(study.RULES) - ready


def made(analysis, seed=0, spread=0.0):
    """A sweep whose loss is a sum: 1 for a wrong rate of a power of ten, less for the others."""
    rng = np.random.default_rng(seed)
    rates = np.array([[0.1, 1.0, 10.0, 0.01], [1.0, 10.0, 100.0, 1.0]])
    loss = np.zeros((2, 2, 2, 4, 2))
    loss += np.abs(np.log10(rates) - np.array([[0.0], [1.0]]))[:, None, None, :, None]
    loss += 0.5 * np.arange(2)[:, None, None, None, None]  # optimizer
    loss += 0.2 * np.arange(2)[::-1, None, None, None]  # schedule
    loss += 0.1 * np.arange(2)[::-1, None, None]  # batch
    choose, report = loss[..., None] + rng.normal(0, spread, (2, *loss.shape, 4))
    return analysis.Sweep(choose, report, rates, (1, 0, 0, 3, 0), (0, 1, 2), (0, 1, 2), (0, 1, 2))


def test_regrets_are_what_a_sum_of_losses_makes_them(analysis):
    told = analysis.regrets(made(analysis))
    assert told["default"] == [pytest.approx(1.8), 0]
    assert told["best"] == [0, 0]
    never = {name: mean for name, (mean, _) in told["never tuned"].items()}
    # The second optimizer's default rate is off by ten, the first one's by a hundred.
    assert never == pytest.approx(
        {"optimizer": 0.5, "schedule": 0.2, "batch": 0.1, "rate": 1.5, "own parameter": 0}
    )
    gain = {name: mean for name, (mean, _) in told["only one tuned"].items()}
    assert gain == pytest.approx(
        {"optimizer": 0, "schedule": 0.2, "batch": 0.1, "rate": 1, "own parameter": 0}
    )
    beside = {name: mean for name, (mean, _) in told["tuned with the rate"].items()}
    assert beside == pytest.approx(
        {"optimizer": 0.5, "schedule": 0.2, "batch": 0.1, "own parameter": 0}
    )


def test_a_new_optimizer_takes_over_by_how_much_the_rate_exceeds_its_default(analysis):
    sweep = made(analysis)
    assert analysis.carried(sweep, (1, 0, 0, 1, 0), 0) == (0, 0, 0, 0, 0)  # ten times
    assert analysis.carried(sweep, (0, 0, 0, 1, 0), 1) == (1, 0, 0, 2, 0)  # a hundred times
    assert analysis.carried(sweep, (1, 1, 0, 3, 1), 0) == (0, 1, 0, 3, 1)  # the default itself


def test_tuning_one_after_the_other_can_miss_what_only_two_together_reach(analysis):
    told = analysis.orders(made(analysis))
    # The usual order tunes the rate of the second optimizer and then stays with it, since ten
    # times the first one's default is as far from its best as the first one is better.
    assert [mean for mean, _ in zip(*told["usual"], strict=True)] == pytest.approx(
        [1.8, 0.8, 0.7, 0.5, 0.5, 0.5]
    )
    assert min(told["ends"]) >= 0
    assert analysis.trials(made(analysis)) == 1 + 1 + 1 + 1 + 3 + 1


def test_a_choice_is_never_reported_by_the_seed_and_examples_that_made_it(analysis):
    """With noise alone, the chosen cell is no better than any other."""
    gaps = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        tables = rng.normal(size=(2, 2, 2, 2, 4, 2, 8))
        sweep = analysis.Sweep(*tables, np.ones((2, 4)), (0,) * 5, (0, 1, 2), (0, 1), (0, 1, 2))
        gaps.append(sweep.best(sweep.all_levels).mean())
    assert abs(np.mean(gaps)) < 4 / np.sqrt(40 * 8)


def test_rates_common_to_all_optimizers_stand_where_they_are_for_each(analysis):
    sweep = made(analysis)
    shared, places = analysis.common(sweep)
    assert (shared, places) == (["1", "10"], [[1, 2], [0, 1]])
    picked = analysis.one_list(sweep)
    np.testing.assert_array_equal(picked[1, :, :, 0], sweep.report[1, :, :, 0])
    np.testing.assert_array_equal(picked[0, :, :, 0], sweep.report[0, :, :, 1])


def test_the_share_of_a_pair_is_that_of_its_interaction_alone(analysis):
    rng = np.random.default_rng(2)
    a, b, c = (rng.normal(size=n) for n in (3, 4, 2))
    a, b, c = a - a.mean(), b - b.mean(), c - c.mean()
    parts = {
        "a": a[:, None, None],
        "b": b[:, None],
        "c": c,
        "a x b": 3 * a[:, None, None] * b[:, None],
        "b x c": b[:, None] * c,
    }
    table = sum(part + np.zeros((3, 4, 2)) for part in parts.values())
    found = analysis.shares(table[..., None] + np.zeros(3), ["a", "b", "c"])
    whole = sum((part**2).mean() for part in parts.values())
    for name in ("a x b", "b x c", "a x c"):
        size = (parts[name] ** 2).mean() / whole if name in parts else 0
        assert found["pairs"][name] == pytest.approx(size, abs=1e-4)
