"""The cheat sheet says what the package says: equations, defaults, calls, advice, curves, cures."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
from helpers import loaded

from primer import latex, registry
from primer.derived.calls import torch_lines
from primer.derived.latex import legend
from primer.fields import leaves
from primer.measure.cures import CURES
from primer.measure.decisions import ROWS
from primer.measure.diagnose import diagnose
from primer.rules.matrices import MatrixRule

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "book" / "cheatsheet.md").read_text("utf-8")
sheet = loaded(ROOT / "book" / "_ext" / "cheatsheet.py")


def named(kind):
    """What the page asks a directive to show."""
    return re.search(rf"```{{sheet-{kind}}}\n(.*?)```", PAGE, re.S)[1]


RULES = named("rules").split()
SHOWN = {one.name: one for one in sheet.shown(RULES)}
every_rule = pytest.mark.parametrize("name", RULES)
PATTERNS = named("curves").strip().split("\n")


def test_the_sheet_shows_the_main_line():
    line = "SGD Momentum Nesterov AdaGrad RMSProp Adam AdamW".split()
    assert RULES[: len(line)] == line
    assert [registry.rules[n].year for n in RULES] == sorted(registry.rules[n].year for n in RULES)


@every_rule
def test_the_lines_of_a_rule_are_those_of_its_equation(name):
    one = SHOWN[name]
    lines = latex(registry.rules[name].make).splitlines()[1:-1]
    lines = [line.removesuffix(r" \\") for line in lines]
    told = [line for line in lines if line in (*one.lines, *one.left_out)]
    assert [line for line in lines if line not in told] in ([], [sheet.GRADIENT])
    assert sorted(told) == sorted((*one.lines, *one.left_out))
    assert [line for line in lines if line in one.lines] == [*one.lines]


@every_rule
def test_what_is_left_out_stands_whole_with_the_rule_that_is_named(name):
    one = SHOWN[name]
    if one.left_out:
        assert RULES.index(one.like) < RULES.index(name)
        assert set(one.left_out) <= set(SHOWN[one.like].lines)
        text = "\n".join(sheet.rule_card(one))
        assert f"of {one.like}, then" in text


@every_rule
def test_the_card_holds_equation_defaults_state_and_call(name):
    text = "\n".join(sheet.rule_card(SHOWN[name]))
    assert " \\\\\n".join(SHOWN[name].lines) in text
    fields = {f.name: f.default for f in dataclasses.fields(registry.rules[name].make)}
    told = re.search(r"\[(.*)\]{\.sheet-defaults}", text)[1]
    pairs = dict(re.findall(r"\$(\S+) = (.+?)\$", told))
    symbols = {key: s for key, s in legend(registry.rules[name].make).items() if key in fields}
    assert set(pairs) == set(symbols.values())
    for key, symbol in symbols.items():
        assert value(pairs[symbol]) == pytest.approx(fields[key], rel=1e-12)


def value(text):
    """The number that LaTeX such as ``10^{-8}`` or ``2 \\cdot 10^{3}`` writes."""
    if "10^" not in text:
        return float(text)
    mantissa, exponent = re.fullmatch(r"(?:(\S+) \\cdot )?10\^{(-?\d+)}", text).groups()
    return float(f"{mantissa or 1}e{exponent}")


@pytest.mark.parametrize("number", [1e-8, 0.001, 2e-7, 0.0, 0.9, 1e-10])
def test_a_default_is_written_as_it_is(number):
    assert value(sheet.number(number)) == pytest.approx(number, rel=1e-12)


@every_rule
def test_a_rule_keeps_as_many_numbers_as_its_state_has(name):
    count, names = sheet.state(name)
    rule = registry.rules[name].make()
    if isinstance(rule, MatrixRule):
        kept = rule.init_matrix(np.zeros((7, 7)))
    else:
        kept = rule.init(np.zeros(49))
    assert float(count) == sum(np.size(array) for _, array in leaves(kept)) / 49
    assert names == [*kept]


@every_rule
def test_the_call_is_pytorchs_or_says_why_there_is_none(name):
    call, known = sheet.torch_call(name)
    lines = torch_lines(registry.rules[name].make())
    assert known == bool(registry.rules[name].torch)
    if known:
        bare = re.sub(r"\s", "", lines).replace(",)", ")").replace("model.parameters()", "params")
        assert re.sub(r"\s", "", call) == bare.removeprefix("optimizer=torch.optim.")
    else:
        assert call == registry.rules[name].no_torch


def test_the_advice_is_that_of_the_matrix():
    keys = named("advice").split()
    assert {"start", "vision", "transformer", "recurrent", "sparse"} <= set(keys)
    assert set(keys) <= {row.key for row in ROWS}


def test_the_schedules_are_those_that_the_matrix_recommends():
    for name, schedule in sheet.schedules(named("schedules").split()).items():
        assert type(schedule).__name__ == name
        values = sheet.schedule_curve(schedule)
        assert values.max() == 1
        assert (values >= 0).all()


def test_the_patterns_are_all_that_a_bad_curve_can_have():
    assert sorted(PATTERNS) == sorted(sheet.RUNS)
    assert {"falling", "cannot tell"}.isdisjoint(PATTERNS)


@pytest.mark.parametrize("name", PATTERNS)
def test_a_run_shows_its_pattern_and_the_cures_are_those_of_the_diagnosis(name):
    found = diagnose(sheet.pattern_losses(name))
    assert found.pattern == name
    told = sheet.cures(name)
    assert [str(cure) for cure in told] == [*found.cures[: len(told)]]
    assert all(cure in CURES.values() for cure in told)


def test_a_training_step_has_its_lines_in_the_order_that_chapter_11_found_right():
    cells = json.loads((ROOT / "notebooks" / "11_pytorch.ipynb").read_text("utf-8"))["cells"]
    source = "".join(next(c for c in cells if c.get("id") == "train-in")["source"])
    names = {}
    exec(source[source.index("\norders = ") :], names)
    right = names["scaled_orders"]["scaled, unscale, clip"].split()
    spelled = {"schedule": "scheduler.step()", "step": "scaler.step(optimizer)"}
    code = re.search(r"```python\n(.*?)```", PAGE, re.S)[1]
    places = [code.index(spelled.get(word, word)) for word in right]
    assert places == sorted(places)


def test_a_sketch_stays_within_its_frame_and_says_what_it_shows():
    drawn = sheet.sketch([3.0, 1.0, 0.5], "A <curve>", "red", start=True)
    points = re.search(r'points="([^"]*)"', drawn)[1].split()
    for x, y in (map(float, point.split(",")) for point in points):
        assert 0 <= x <= sheet.WIDTH
        assert 0 <= y <= sheet.HEIGHT
    assert 'aria-label="A &lt;curve&gt;"' in drawn
