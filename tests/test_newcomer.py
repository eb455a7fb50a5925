"""A newcomer adds an optimizer by one class in one file, as CONTRIBUTING shows; all else follows.

The classes of CONTRIBUTING.md, a rule for vectors and one for matrices, are written into a copy of
the package, a file each; nothing else is touched there.
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
    test_convergence test_bad_input test_docs test_trace test_equations test_family
""".split()
PYTEST = ["-m", "pytest", "-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:nbval"]
#: What is in the equation of each class, by the name that CONTRIBUTING gives it.
EQUATIONS = {
    "Signum": [r"\theta_{t+1} &= \theta_t - \eta", r"\operatorname{sign}"],
    "NormalizedRows": [r"W_{t+1} &= W_t - \eta", r"(M_t \odot M_t)\,\mathbf{1}_n"],
}
every_class = pytest.mark.parametrize("shown", EQUATIONS)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of package and tests with the new files; where it is, and each rule's name there."""
    place = tmp_path_factory.mktemp("newcomer")
    unwanted = shutil.ignore_patterns("__pycache__", "browser", "parity", ".hypothesis")
    for folder in ("primer", "tests"):
        shutil.copytree(ROOT / folder, place / folder, ignore=unwanted)
    for name in ("README.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, place)
    shutil.copytree(ROOT / "book" / "_ext", place / "book" / "_ext", ignore=unwanted)
    shutil.copy(ROOT / "book" / "references.bib", place / "book")
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = re.findall(r"```python\n# (primer/rules/\w+\.py)\n(.*?)```", text, re.DOTALL)
    return place, dict(added(place / file, code) for file, code in shown)


def added(file, code):
    """Write a class into a file of its own; its name in CONTRIBUTING, its name and file here."""
    name = new = re.search(r"^class (\w+)\(", code, re.MULTILINE)[1]
    while file.exists():  # someone has done what CONTRIBUTING shows: another name for the newcomer
        file, new = file.with_stem(f"{file.stem}_too"), f"{new}Too"
    file.write_text(re.sub(rf"\b{name}\b", new, code), encoding="utf-8")
    return name, (new, file)


def python(place, *arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=place, text=True, capture_output=True,
        env={**os.environ, "PYTHONPATH": str(place)},
    )  # fmt: skip


def checked(copy, *arguments):
    """Tests of the copy that have one of the new rules in their names."""
    place, rules = copy
    return python(place, *PYTEST, "-k", " or ".join(name for name, _ in rules.values()), *arguments)


def outcomes(result, name):
    """File and outcome of every test of one rule."""
    found = re.findall(r"^(tests/\w+\.py)::(\S+) (\w+)", result.stdout, re.MULTILINE)
    return [(file, outcome) for file, test, outcome in found if name in test]


@pytest.fixture(scope="module")
def kept(copy):
    """The tests of every promise on the new rules."""
    return checked(copy, "-v", *[f"tests/{promise}.py" for promise in PROMISES])


def test_contributing_shows_one_class_of_each_kind(copy):
    assert set(copy[1]) == set(EQUATIONS)


@every_class
def test_package_catalogue_equation_tree_and_page_know_the_new_rule(copy, shown):
    place, name = copy[0], copy[1][shown][0]
    script = f"""
import json, sys, primer
from primer import *
from primer.plotting.family import family
rule = {name}()
valley = landscapes.rosenbrock()
J = Objective(valley, valley.grad, dim=2, shapes=[(1, 2)])
print(json.dumps({{
    "file": primer.__file__,
    "exported": "{name}" in primer.__all__,
    "registered": registry.rules["{name}"].make is {name},
    "catalogue": catalogue("rules"),
    "card": card(rule),
    "latex": latex(rule),
    "javascript": javascript(rule, J),
    "theta": run(rule, J, [-1.2, 1.0], 3).theta.tolist(),
    "children": [kin.name for kin in family(registry.rules.values()).children("Momentum")],
    "came": difference(Momentum, rule).came,
}}))
"""
    result = python(place, "-c", script)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert Path(told["file"]).is_relative_to(place)
    assert told["exported"]
    assert told["registered"]
    assert re.search(rf"\| {name} \|", told["catalogue"])
    assert name in told["card"]
    for part in EQUATIONS[shown]:
        assert part in told["latex"]
    assert "step(x, s, h, t, w)" in told["javascript"]
    assert len(told["theta"]) == 4
    assert name in told["children"]
    assert told["came"]


@every_class
def test_the_book_gets_a_page_of_the_new_rule_with_a_live_figure(copy, shown):
    place, name = copy[0], copy[1][shown][0]
    script = f"""
import sys
from pathlib import Path
sys.path.insert(0, "book/_ext")
import rule_pages
from primer import registry
print(rule_pages.write(Path(), {{"{name}": registry.rules["{name}"]}}))
"""
    result = python(place, "-c", script)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == f"['{name}.md']"
    page = (place / "book" / "rules" / f"{name}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {name}\n")
    for part in EQUATIONS[shown]:
        assert part in page
    assert f"{name} on three landscapes" in page
    assert page.count('data-key="lr"') == page.count('data-key="beta"') == 1


@every_class
def test_every_promise_is_tested_on_the_new_rule_and_kept(copy, kept, shown):
    found = outcomes(kept, copy[1][shown][0])
    files = {f"tests/{promise}.py" for promise in PROMISES}
    assert {file for file, _ in found} == files, kept.stdout[-3000:] + kept.stderr
    failed = {file for file, outcome in found if outcome == "FAILED"}
    assert not failed, kept.stdout[-3000:]
    assert sum(outcome == "PASSED" for _, outcome in found) > 50


def test_a_rule_that_breaks_a_promise_is_caught(copy):
    """The same classes with steps that remember: the tests of purity and resuming fail."""
    sound = {file: file.read_text(encoding="utf-8") for _, file in copy[1].values()}
    calls = "(_calls.append(1) or 1 + len(_calls))"
    for file, text in sound.items():
        broken = text.replace("@rule(", "_calls = []\n\n\n@rule(", 1)
        assert broken.count("self.beta * state") == 1
        broken = broken.replace("self.beta * state", f"{calls} * self.beta * state")
        file.write_text(broken, encoding="utf-8")
    try:
        result = checked(copy, "-v", "tests/test_pure.py", "tests/test_resume.py")
    finally:
        for file, text in sound.items():
            file.write_text(text, encoding="utf-8")
    assert result.returncode == 1
    for name, _ in copy[1].values():
        failed = {file for file, outcome in outcomes(result, name) if outcome == "FAILED"}
        assert failed == {"tests/test_pure.py", "tests/test_resume.py"}
