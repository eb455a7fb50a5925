"""Every printed equation is rendered without an error by the MathJax that the book brings along."""

import functools
import html

import pytest
from chromium import bring_mathjax
from helpers import cases
from hypothesis import HealthCheck, Phase, given, settings
from inventing import LOCALS, made, sources

from primer import TraceError, latex

pytestmark = pytest.mark.browser


def invented():
    """Rules that nobody wrote, the same in every run, and one with every odd name as a local."""
    names = [name for name in LOCALS if name not in ("theta", "t", "_")]
    lines = [f"{a} = {b} * {b}" for a, b in zip(names, ["theta", *names], strict=False)]
    step = [*lines, f"return theta - {names[-1]}**2, {{}}"]
    found = {"names": made({"fields": {}, "states": [], "lines": step, "held": False})}

    @settings(max_examples=40, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(sources(), sources(held=True))
    def invent(inner, outer):
        found[f"invented {len(found)}"] = made(outer, made(inner))

    invent()
    return found


@functools.cache
def equations():
    """One per case that has an equation, and two that must fail."""
    found = {}
    for name, rule in {**cases(), **invented()}.items():
        try:
            found[name] = latex(rule)
        except TraceError:
            continue
    return {**found, "wrong": r"\begin{aligned} x \end{cases}", "unknown": r"\nosuchmacro + 1"}


@pytest.fixture
def errors(page, tmp_path):
    """For every equation: what MathJax complains of, and the height of what it drew."""
    blocks = "".join(
        f'<div class="math" id="{html.escape(name)}">\\[{html.escape(text)}\\]</div>'
        for name, text in equations().items()
    )
    file = tmp_path / "equations.html"
    file.write_text(
        f'<!doctype html><meta charset="utf-8"><body>{blocks}{bring_mathjax(tmp_path)}',
        encoding="utf-8",
    )
    page.goto(file.as_uri())
    page.evaluate("PrimerFormulas()")
    return page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('div[id]')].map(div => {"
        " const error = div.querySelector('mjx-merror, [data-mjx-error]');"
        " const drawn = div.querySelector('mjx-container');"
        " const unknown = div.textContent.includes('\\\\') && 'unknown macro';"
        " const text = error ? error.dataset.mjxError || 'error' : unknown;"
        " return [div.id, [text, drawn ? drawn.offsetHeight : 0]] }))"
    )


def test_every_equation_renders(errors):
    for name in ("wrong", "unknown"):
        assert errors.pop(name)[0], "MathJax must complain of a wrong equation"
    assert set(errors) == set(equations()) - {"wrong", "unknown"}
    for name, (complaint, height) in errors.items():
        assert not complaint, f"{name}: {complaint}"
        assert height > (0 if name.startswith("invented") else 30), f"{name} was not drawn"
