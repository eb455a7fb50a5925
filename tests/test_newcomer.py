"""A newcomer adds an optimizer by one class in one file, as CONTRIBUTING shows; all else follows.

The class of CONTRIBUTING.md is written into a copy of the package; nothing else is touched there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: The tests that are made from the registry: each must take up a new rule by itself.
PROMISES = """
    test_batch test_resume test_pure test_dtype test_registry test_reductions test_properties
    test_convergence test_bad_input test_docs test_trace test_equations
""".split()
PYTEST = ["-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:nbval"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of package and tests with the one new file; where it is, the rule, its file."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    file, code = re.search(
        r"```python\n# (primer/rules/\w+\.py)\n(.*?)```", text, re.DOTALL
    ).groups()
    place = tmp_path_factory.mktemp("newcomer")
    unwanted = shutil.ignore_patterns("__pycache__", "browser", "parity", ".hypothesis")
    for folder in ("primer", "tests"):
        shutil.copytree(ROOT / folder, place / folder, ignore=unwanted)
    for name in ("README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, place)
    (place / "book").mkdir()
    shutil.copy(ROOT / "book" / "references.bib", place / "book")
    name = re.search(r"^class (\w+)\(", code, re.MULTILINE)[1]
    file, new = place / file, name
    while file.exists():  # someone has done what CONTRIBUTING shows: another name for the newcomer
        file, new = file.with_stem(f"{file.stem}_too"), f"{new}Too"
    file.write_text(re.sub(rf"\b{name}\b", new, code), encoding="utf-8")
    return place, new, file


def python(copy, *arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy[0], text=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(copy[0])},
    )  # fmt: skip


def test_package_catalogue_equation_and_page_know_the_new_rule(copy):
    place, name, _ = copy
    script = f"""
import json, sys, primer
from primer import *
rule = {name}()
print(json.dumps({{
    "file": primer.__file__,
    "exported": "{name}" in primer.__all__,
    "registered": registry.rules["{name}"].make is {name},
    "catalogue": catalogue("rules"),
    "card": card(rule),
    "latex": latex(rule),
    "javascript": javascript(rule, landscapes.rosenbrock()),
    "theta": run(rule, landscapes.rosenbrock(), [-1.2, 1.0], 3).theta.tolist(),
}}))
"""
    result = python(copy, "-c", script)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert Path(told["file"]).is_relative_to(place)
    assert told["exported"]
    assert told["registered"]
    assert re.search(rf"\\| {name} \\|", told["catalogue"])
    assert name in told["card"]
    assert r"\theta_{t+1} &= \theta_t - \eta" in told["latex"]
    assert r"\operatorname{sign}" in told["latex"]
    assert "step(x, s, h, t, w)" in told["javascript"]
    assert len(told["theta"]) == 4


def test_every_promise_is_tested_on_the_new_rule_and_kept(copy):
    files = [f"tests/{promise}.py" for promise in PROMISES]
    result = python(copy, *PYTEST, "-v", "-k", copy[1], *files)
    lines = re.findall(
        r"^(tests/\w+\.py)::(\S+) (PASSED|FAILED|SKIPPED)", result.stdout, re.MULTILINE
    )
    assert {file for file, _, _ in lines} == set(files), result.stdout[-3000:] + result.stderr
    assert all(copy[1] in test for _, test, _ in lines)
    failed = {file for file, _, outcome in lines if outcome == "FAILED"}
    assert not failed, result.stdout[-3000:]
    assert sum(outcome == "PASSED" for _, _, outcome in lines) > 50


def test_a_rule_that_breaks_a_promise_is_caught(copy):
    """The same class with a step that remembers: the tests of purity and resuming fail."""
    _, name, file = copy
    memory = "_calls = []\n\n\n@rule("
    sound = file.read_text(encoding="utf-8")
    broken = sound.replace("@rule(", memory, 1).replace(
        'state["m"] + ', 'state["m"] * (_calls.append(1) or 1 + len(_calls)) + '
    )
    assert broken != sound
    file.write_text(broken, encoding="utf-8")
    try:
        result = python(copy, *PYTEST, "-k", name, "tests/test_pure.py", "tests/test_resume.py")
    finally:
        file.write_text(sound, encoding="utf-8")
    assert result.returncode == 1
    assert re.search(r"FAILED tests/test_pure\.py", result.stdout)
    assert re.search(r"FAILED tests/test_resume\.py", result.stdout)
