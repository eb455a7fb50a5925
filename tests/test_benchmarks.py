"""Every benchmark runs, at a tiny size; the page shows what is stored. No timing is tested."""

import concurrent.futures
import dataclasses
import doctest
import json
import math
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]
from chromium import REQUIRED  # noqa: E402

from benchmarks import __main__ as entry  # noqa: E402
from benchmarks import machine, networks, rows, single, sweep, table  # noqa: E402
from benchmarks.parts import PARTS  # noqa: E402

PAGE = ROOT / "book" / "speed.md"
KEYS = [row.key for part in PARTS for row in part.rows]
BY_NAME = {part.name: part for part in PARTS}


def marked(part):
    marks = [pytest.mark.parity] * part.large + [pytest.mark.browser] * (part.name == "explorer")
    return pytest.param(part, marks=marks, id=part.name)


@pytest.mark.parametrize("part", [marked(part) for part in PARTS])
def test_a_part_runs_at_its_quick_size_and_finds_all_its_rows(part):
    if part.missing():
        pytest.skip(f"{', '.join(part.missing())} not installed")
    try:
        # in a thread of its own, where no other test has a browser
        with concurrent.futures.ThreadPoolExecutor(1) as thread:
            found = table.entries(part, thread.submit(part.measure, part.quick).result())
    except rows.Unavailable as reason:
        pytest.fail(str(reason)) if REQUIRED else pytest.skip(str(reason))
    assert [row["key"] for row in found] == [row.key for row in part.rows]
    for row in found:
        assert row["low"] <= row["result"] <= row["high"]
        assert all(map(math.isfinite, (row["low"], row["high"])))
        if row["unit"] == "x":
            assert row["low"] > 0
            assert min(row["ours"], row["theirs"]) > 0
    assert table.overview({"rows": found}).count("\n") == len(found) + 1
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("module", [rows, table], ids=lambda m: m.__name__)
def test_the_examples_run(module):
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed


def test_keys_and_names_are_unique():
    assert len(set(KEYS)) == len(KEYS)
    assert len(BY_NAME) == len(PARTS)


def test_the_stored_table_has_every_row_with_its_date_machine_and_versions():
    kept = table.stored()
    slow = {row.key for part in PARTS if part.slow for row in part.rows}
    assert {row["key"] for row in kept["rows"]} >= set(KEYS) - slow
    assert {"processor", "cores"} <= set(kept["machine"])
    assert {"python", "numpy", "torch", "jax", "optax"} <= set(kept["versions"])
    for part in PARTS:
        for row in table.some(kept, *(row.key for row in part.rows)):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])
            libraries = {*part.needs} & set(machine.LIBRARIES)
            assert {"python", "numpy", *libraries} == set(row["versions"])
    asked = {row.key: dataclasses.asdict(row) for part in PARTS for row in part.rows}
    for row in kept["rows"]:
        assert {name: row[name] for name in asked[row["key"]]} == asked[row["key"]]


def test_the_page_shows_every_row_and_types_no_result():
    text = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r'"([\w-]+)"', " ".join(re.findall(r"^show\(([^)]*)\)", text, re.MULTILINE)))
    assert sorted(shown) == sorted(KEYS)
    prose = re.sub(r"^```.*?^```$|^---.*?^---$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert not re.findall(r"\d+\.\d+|\d+ ?(?:×|%|ms|s|MB|times)\b", prose)


def test_what_is_not_measured_anew_stays_with_its_own_date_if_the_machine_is_the_same():
    old = {"machine": machine.machine(), "versions": {"torch": "1"}, "rows": [
        {"key": "a", "date": "2001-01-01"}, {"key": "b", "date": "2001-01-01"},
    ]}  # fmt: skip
    new = [{"key": "b", "date": "2002-02-02"}]
    both = table.merged(old, new, ["a", "b"])
    assert [row["date"] for row in both["rows"]] == ["2001-01-01", "2002-02-02"]
    elsewhere = table.merged(old | {"machine": {"processor": "another"}}, new, ["a", "b"])
    assert elsewhere["rows"] == new


def test_what_is_chosen():
    def names(*words):
        return {part.name for part in entry.chosen(entry.arguments(list(words)))}

    assert names() == {"sweep", "recording", "import", "explorer", "editing"}
    assert names("--all") == {part.name for part in PARTS if not part.slow}
    assert names("--all", "--slow") == set(BY_NAME)
    assert names("--only", "import", "--only", "single") == {"import", "single"}


@pytest.mark.parity
def test_both_sides_do_the_same_work():
    """The sweeps agree with optax where a run is not chaotic yet, single runs with torch."""
    pytest.importorskip("optax")
    pytest.importorskip("torch")
    assert sweep.agreement(sweep.Size(side=6, steps=100)) == 1
    rule = single.registry.rules["Adam"].make(lr=single.LR)
    theirs = single.in_torch(rule, 50).detach().numpy()
    ours = single.run(rule, single.J, single.START, 50).theta[-1]
    assert abs(ours - theirs).max() < 1e-10


@pytest.mark.parity
def test_stacked_networks_in_torch_end_where_ours_do():
    pytest.importorskip("torch")
    size = networks.Size(seeds=2, epochs=1)
    ours = networks.ours(size, "float64", keep=size.steps).theta[-1]
    theirs = networks.torch_func(size, "float64")()
    flat = networks.np.concatenate([part.reshape(2, -1) for part in theirs], 1)
    assert abs(ours - flat).max() < 1e-9


def entry_of(name, against, date="2026-01-01", **more):
    numbers = {"unit": "x", "aim": "", "result": 2.0, "low": 1.0, "high": 3.0, "date": date}
    return {"name": name, "against": against, **numbers, **more}


def test_a_section_says_of_names_what_differs_and_no_date_that_all_share():
    alike = entry_of("10,000 runs, both", "JAX"), entry_of("10,000 runs, both, the end", "JAX")
    text = table.section(*alike)
    assert "| JAX " in text
    assert "| the end: JAX " in text
    assert "10,000" not in text
    assert "2026" not in text
    other = table.section(alike[0], entry_of("10,000 runs, both", "torch", "2026-01-02"))
    assert "2026-01-01" in other
    assert "2026-01-02" in other
    assert "| A: |" not in table.section(entry_of("A", ""), entry_of("B", ""))
    assert "| A " in table.section(entry_of("A", ""), entry_of("B", ""))
