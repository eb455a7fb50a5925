"""The printed equation says what the code does, and both say what the paper says."""

import re

import numpy as np
import pytest
from helpers import cases, every_case
from latex_reader import computed, known_before, lines, named, states_after
from papers import PAPERS

from primer import TraceError, landscapes, latex, registry, run
from primer.equation import legend

GROUNDS = [landscapes.rosenbrock(5), landscapes.himmelblau()]
STARTS = np.array([[-1.2, 1.0], [0.7, -1.1], [1.3, 1.9]])
EARLY = {n for n, e in registry.rules.items() if 2 <= e.chapter <= 7}
NOT_TRACED = {n for n, e in registry.rules.items() if e.no_page}


@every_case
def test_the_printed_equation_computes_what_the_code_computes(name):
    rule = cases()[name]
    if name.split("(")[0] in NOT_TRACED:
        with pytest.raises(TraceError):
            latex(rule)
        return
    block, letters = latex(rule), legend(rule)
    for J in GROUNDS:
        for theta in STARTS:
            state = rule.init(theta)
            for t in range(8):
                after = computed(block, known_before(letters, rule, theta, state, t), J)
                with np.errstate(all="ignore"):
                    theta, state = rule.step(J, theta, state, t)
                if not np.isfinite(theta).all():
                    break
                np.testing.assert_allclose(after[r"\theta_{t+1}"], theta, rtol=1e-9)
                for letter, value in states_after(letters, state).items():
                    np.testing.assert_allclose(after[letter], value, rtol=1e-9, atol=1e-300)


@every_case
def test_every_symbol_is_defined_once_and_before_it_is_used(name):
    rule = cases()[name]
    if name.split("(")[0] in NOT_TRACED:
        pytest.skip("not traced: its step branches on values")
    given = set(known_before(legend(rule), rule, STARTS[0], rule.init(STARTS[0]), 0))
    seen = set()
    for left, _ in lines(latex(rule)):
        assert left not in seen | given, f"{left} means two things in {name}"
        seen.add(left)
    assert left == r"\theta_{t+1}" or r"\theta_{t+1}" in seen


@every_case
def test_braces_brackets_and_environments_are_matched(name):
    if name.split("(")[0] in NOT_TRACED:
        pytest.skip("not traced: its step branches on values")
    text = latex(cases()[name])
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\left") - text.count(r"\leq") == text.count(r"\right")
    opened = re.findall(r"\\begin\{(\w+)\}", text)
    assert sorted(opened) == sorted(re.findall(r"\\end\{(\w+)\}", text))
    assert text.count("(") == text.count(")")
    for line in text.splitlines():
        assert len(line) < 400


def test_every_rule_of_chapters_2_to_7_has_its_paper_here():
    assert EARLY <= set(PAPERS)


@pytest.mark.parametrize("name", PAPERS)
def test_the_rule_is_the_papers_equation(name):
    rule = cases()[name]
    numbers = {n: v for n, v in rule.fields().items() if n != "rule"}
    for J in GROUNDS:
        for start in STARTS:
            ours = run(rule, J, start, 40).theta
            with np.errstate(all="ignore"):
                theirs = np.array([start, *PAPERS[name](J, start, 40, **numbers)])
            kept = np.cumprod(np.abs(theirs).max(-1) < 1e3).astype(bool)
            assert kept.sum() > 3
            np.testing.assert_allclose(ours[kept], theirs[kept], rtol=1e-7, atol=1e-9)


def test_the_reader_reads_as_a_mathematician_does():
    known = {"t": 4.0, "a": 3.0, r"\beta_{1}": 0.5}
    for text, value in {
        r"t + 1 \bmod a = 0": False,
        r"(t + 1) \bmod a": 2.0,
        r"1 - \beta_1^{t+1}": 1 - 0.5**5,
        r"-a^2": -9.0,
        r"\frac{1}{2}\,a + 10^{-2}": 1.51,
        r"\left(a - 1\right) \cdot 2 - 1": 3.0,
        r"\begin{cases} 1 & \text{if } a > t \\ 2 & \text{otherwise} \end{cases}": 2.0,
    }.items():
        block = "\\begin{aligned}\nx &= " + text + "\n\\end{aligned}"
        assert computed(block, known, None)["x"] == pytest.approx(value)
    assert named(r"\rho_\infty") == r"\rho_{\infty}"


def test_a_wrong_equation_would_be_noticed():
    rule, J = cases()["Adam"], GROUNDS[0]
    wrong = latex(rule).replace(
        r"\sqrt{\hat{v}_t} + \varepsilon", r"\sqrt{\hat{v}_t + \varepsilon}"
    )
    assert wrong != latex(rule)
    known = known_before(legend(rule), rule, STARTS[0], rule.init(STARTS[0]), 0)
    right = rule.step(J, STARTS[0], rule.init(STARTS[0]), 0)[0]
    assert np.abs(computed(wrong, known, J)[r"\theta_{t+1}"] - right).max() > 1e-9
