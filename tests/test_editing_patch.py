"""Lines that a link changes in a rule's text: each takes its place, and the text stays Python."""

import ast
import json
import subprocess
import time
from pathlib import Path

import pytest
from helpers import node

import primer
from primer import SGD, Adam, Lion, Momentum, Newton, RMSProp
from primer.explorer.rule_text import text_of

PATCH = Path(primer.__file__).parent / "static" / "edit" / "patch.js"


def patched(*pairs):
    """Every text with its lines changed."""
    code = (
        f"import {{ patched }} from {json.dumps(PATCH.as_uri())};"
        f"console.log(JSON.stringify({json.dumps(pairs)}.map(([a, b]) => patched(a, b))));"
    )
    done = subprocess.run(
        [node(), "--input-type=module", "-e", code], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def function(text, name="step"):
    """The statements of a function of a text."""
    (found,) = [f for f in ast.parse(text).body if getattr(f, "name", None) == name]
    return [ast.unparse(statement) for statement in found.body]


def changed(rule, lines, name="step"):
    """What a patch takes from a function and what it brings, in order."""
    text = text_of(rule)
    (new,) = patched((text, lines))
    before, after = function(text, name), function(new, name)
    return [x for x in before if x not in after], [x for x in after if x not in before], after


def test_a_line_takes_the_place_of_that_which_gives_the_same_name_a_value():
    gone, new, after = changed(Adam(), "m_hat = m\nv_hat = v")
    assert new == ["m_hat = m", "v_hat = v"]
    assert [line.split(" = ")[0] for line in gone] == ["m_hat", "v_hat"]
    assert after[3:5] == new


def test_a_return_takes_the_place_of_the_return_and_that_of_a_dict_of_init():
    gone, new, after = changed(Momentum(), "return theta, state")
    assert (new, after[-1]) == (["return (theta, state)"], "return (theta, state)")
    gone, new, _ = changed(Momentum(), 'return {"v": theta}', "init")
    assert new == ["return {'v': theta}"]
    assert len(gone) == 1


def test_a_new_name_comes_before_it_is_needed_and_at_the_latest_before_the_return():
    _, new, after = changed(Adam(), "u = 2 * m\nm_hat = u")
    assert after.index("u = 2 * m") == after.index("m_hat = u") - 1
    _, new, after = changed(Adam(), "u = 2 * m")
    assert after[-2:] == ["u = 2 * m", after[-1]]


def test_a_field_goes_to_the_top():
    (new,) = patched((text_of(RMSProp()), "rho = 0.5\nv = self.rho * g"))
    assert new.startswith("rho = 0.5\n\ndef init(")
    assert "v = self.rho * g" in function(new)


def test_what_changes_a_name_follows_it():
    _, new, after = changed(Adam(), "m *= 2")
    assert after.index("m *= 2") == 1 + after.index(
        next(line for line in after if line.startswith("m = "))
    )


def test_statements_over_lines_are_replaced_whole_and_a_set_in_line_belongs_to_its_statement():
    text = (
        "def step(self, J, theta, state, t):\n"
        "    g = J.grad(theta)  # ) here = (\n"
        "    v = (g\n        + 1\n    )\n"
        "    if self.lr:\n        v = 2 * g\n    else:\n        v = 3 * g\n"
        "    return theta - v, {}\n"
    )
    whole, over = patched((text, "v = g"), (text, "v = (g\n     * 2)"))
    assert function(whole)[1:2] == ["v = g"]
    assert "v = 2 * g" not in whole
    assert "v = 3 * g" not in whole
    assert whole.count("v = g\n") == 3
    assert function(over)[1] == "v = g * 2"


@pytest.mark.parametrize("rule", [SGD(), Momentum(), RMSProp(), Adam(), Lion(), Newton()])
def test_whatever_is_patched_the_text_stays_python(rule):
    text = text_of(rule)
    names = [line.split(" = ")[0] for line in function(text) if " = " in line]
    lines = [f"{name} = 0 * theta" for name in names if name.isidentifier()]
    for new in patched(*[(text, line) for line in [*lines, "z = 1\nz = 2", "", "\n", "  # no"]]):
        ast.parse(new)


def test_hostile_lines_take_no_time():
    begun = time.perf_counter()
    patched()
    idle = time.perf_counter() - begun
    lines = [
        "(" * 9999,
        "a" + " " * 9999 + "b",
        "x" * 9999 + "=1",
        '"' * 9999,
        "\\" * 9999,
        "=" * 99,
    ]
    assert len(patched(*[(text_of(Adam()), line) for line in lines])) == len(lines)
    assert time.perf_counter() - begun < 3 * idle + 1
