"""The page on scaling says what its study measured, and its code does what it says."""

import ast
import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import loaded

from primer import spread

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "book/scaling.md").read_text(encoding="utf-8")
STUDY = json.loads((ROOT / "book/measured/scaling.json").read_text(encoding="utf-8"))
CELLS = re.findall(
    r"^```\{code-cell\} ipython3\n(?::tags:[^\n]*\n\n)?(.*?)^```$", PAGE, re.M | re.S
)
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)


def measured(part, **wanted):
    rows = [row for row in STUDY["rows"] if row["part"] == part]
    return [row for row in rows if all(row[k] == v for k, v in wanted.items())]


def shown(folder, monkeypatch):
    """What the page's cells print and show, and their variables, run beside a folder `measured`."""
    monkeypatch.chdir(folder)
    names, out = {"__name__": "page"}, io.StringIO()
    with contextlib.redirect_stdout(out):
        for cell in CELLS:
            *body, last = ast.parse(cell).body
            value = isinstance(last, ast.Expr)
            rest = ast.Module(body if value else [*body, last], [])
            exec(compile(rest, "cell", "exec"), names)
            if value:
                result = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
                print(getattr(result, "data", result))
    return out.getvalue(), names


def test_the_numbers_of_the_page_are_those_of_the_study(tmp_path, monkeypatch):
    text, names = shown(ROOT / "book", monkeypatch)
    million = measured("cores", on="threads")[0]
    hours = 1e9 * million["seconds"] * million["workers"] / STUDY["side"] ** 2 / 3600
    assert names["core_hours"] == pytest.approx(hours)
    assert f"| core-hours | {hours:.1f} |" in text
    slower = json.loads(json.dumps(STUDY))
    for row in slower["rows"]:
        row["seconds"] = 10 * row["seconds"]
    shutil.copytree(ROOT / "book/measured", tmp_path / "measured")
    (tmp_path / "measured/scaling.json").write_text(json.dumps(slower), encoding="utf-8")
    other, names = shown(tmp_path, monkeypatch)
    assert names["core_hours"] == pytest.approx(10 * hours)
    assert f"| core-hours | {10 * hours:.1f} |" in other


def test_the_study_bears_out_what_the_page_says():
    one, *_, last, most = measured("runs")
    by_count = {row["runs"]: row["seconds"] for row in measured("runs")}
    assert by_count[1000] < 5 * one["seconds"], "the curve starts out flat"
    assert 0.5 < most["seconds"] / last["seconds"] / 10 < 2, "the time per run settles"
    assert most["memory"] < 2000 * most["runs"], "nothing of the past is held"
    few = {row["dim"]: row["seconds"] for row in measured("dim", runs=1)}
    many = {row["dim"]: row["seconds"] for row in measured("dim", runs=STUDY["dim_runs"])}
    assert many[100] < 3 * few[100]
    assert many[10**6] > 4 * few[10**6]
    assert len({row["digest"] for row in measured("cores")}) == 1
    assert {row["on"] for row in measured("cores")} >= {"threads", "process pool", "loky", "Dask"}
    for name in ("date", "processor", "cores", "python", "numpy"):
        assert STUDY[name], name


def test_more_threads_than_four_do_not_help_and_more_processes_do():
    more = json.loads((ROOT / "book/measured/workers.json").read_text(encoding="utf-8"))
    seconds = {(row["on"], row["workers"]): row["seconds"] for row in more["rows"]}
    most = max(workers for _, workers in seconds)
    assert most > spread.THREADS == 4
    threads = {workers: s for (on, workers), s in seconds.items() if on == "threads"}
    assert min(threads, key=threads.get) == spread.THREADS
    processes = {workers: s for (on, workers), s in seconds.items() if on == "process pool"}
    assert min(processes, key=processes.get) == most


def test_a_small_row_measured_again_has_the_bytes_of_the_formula(monkeypatch):
    scaling = study()
    monkeypatch.setattr(scaling, "KEPT_RUNS", 50)
    monkeypatch.setattr(scaling, "STEPS", 20)
    for keep, kept in ((1, 21), (7, 4), (20, 2)):
        found = scaling.measure_keep({"keep": keep})
        assert found["kept"] == kept
        assert found["bytes"] == 8 * (2 + 1) * 50 * kept


def study():
    return loaded(ROOT / "benchmarks/studies/scaling.py")


def test_a_study_that_was_killed_goes_on_where_it_was(tmp_path):
    scaling, out = study(), tmp_path / "scaling.json"
    rows = [{"part": "runs", "runs": 1}, {"part": "runs", "runs": 2}]
    head = scaling.machine() | scaling.settings()
    before = rows[0] | {"seconds": -1.0, "memory": 0}
    half = json.dumps(rows[1])[:-3]
    part = out.with_suffix(".part")
    part.write_text(f"{json.dumps(head)}\n{json.dumps(before)}\n{half}", encoding="utf-8")
    scaling.study(out, rows)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["rows"][0] == before
    assert found["rows"][1]["runs"] == 2
    assert found["rows"][1]["seconds"] > 0
    assert found["rows"][1]["memory"] > 0
    assert not part.exists()


def test_a_study_of_another_machine_is_not_gone_on_with(tmp_path):
    scaling, part = study(), tmp_path / "scaling.part"
    part.write_text('{"processor": "abacus"}\n{"part": "runs"}\n', encoding="utf-8")
    assert scaling.finished(part, scaling.machine()) == []


def test_the_executors_of_the_page_run_as_printed():
    pytest.importorskip("distributed")
    pytest.importorskip("loky")
    for block in BLOCKS:
        compile(block, "block", "exec")
    pools = [block for block in BLOCKS if "ProcessPool" in block or "loky" in block]
    local = [block for block in BLOCKS if "LocalCluster" in block]
    assert len(pools) == 2
    assert len(local) == 1
    before = (
        "import warnings; from primer import *; warnings.simplefilter('error', RuntimeWarning)\n"
        "rule, J, start = Adam(**sweep(lr=[0.1, 0.2, 0.3])), landscapes.beale(), [1.0, -1.7]\n"
        "alone = run(rule, J, start, steps=500, keep=500)\n"
    )
    after = "\nassert (result.theta == alone.theta).all()\ndel result\n"
    script = before + "".join(block + after for block in pools + local)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_warning_of_the_page_is_that_of_the_package():
    source = (ROOT / "primer/spread.py").read_text(encoding="utf-8")
    assert "pieces are computed in this process" in PAGE
    assert "pieces are computed in this process" in source
