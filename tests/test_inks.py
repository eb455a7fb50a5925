"""Symbols in the color of their curve: of the palette, readable, beside a figure that uses it."""

import json
import re
from pathlib import Path

import pytest
from docutils import nodes
from docutils.utils import new_document
from helpers import loaded
from test_explore import contrast

from primer.plotting import PALETTE, look
from primer.plotting.palette import KNOWN

ROOT = Path(__file__).parents[1]
inks = loaded(ROOT / "book/_ext/inks.py")
plain = loaded(ROOT / "book/_ext/plain_math.py").plain
STYLE = (ROOT / "book/_static/inks.css").read_text(encoding="utf-8")
COLORED = re.compile(r"\\textcolor\{([^{}]*)\}")
#: Cells before and after an equation among which the figure is that has the curves.
NEAR = 5


def notebooks():
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def hues(code):
    """Names of the colors that a cell draws with."""
    words = set(re.findall(r"\"(\w+)\"", code))
    return (words & {*PALETTE}) | {look(name).hue for name in words & {*KNOWN}}


@pytest.mark.parametrize("path", notebooks(), ids=lambda p: p.stem)
def test_a_colored_symbol_has_the_color_of_a_curve_nearby(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    for i, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        if cell["cell_type"] == "markdown":
            near = set().union(*map(hues, texts[max(0, i - NEAR) : i + NEAR + 1]))
            for color in COLORED.findall(text):
                assert inks.HUES[color] in near, f"{color} in {text[:80]!r}"


def test_the_page_gets_a_class_in_place_of_a_color():
    document = new_document("page")
    tex = rf"\textcolor{{{PALETTE['red']}}}{{v_t}} + g"
    document += [nodes.math_block(tex, tex), nodes.math("x", "x")]
    inks.ink(None, document)
    assert [node.astext() for node in document] == [r"\class{px-ink-red}{v_t} + g", "x"]


def test_a_color_that_is_not_of_the_palette_is_refused():
    with pytest.raises(KeyError, match="#123456"):
        inks.inked(r"\textcolor{#123456}{m}")


@pytest.mark.parametrize("hue", PALETTE)
def test_every_hue_has_a_readable_ink_in_both_themes(hue):
    light, dark = re.findall(rf"--px-ink-{hue}: (#\w+);", STYLE)
    assert contrast(light, "#fefefd") >= 4.5
    assert contrast(dark, "#14181e") >= 4.5
    assert f".px-ink-{hue} {{ color: var(--px-ink-{hue}); }}" in STYLE


@pytest.mark.parametrize("color", [r"\textcolor{#2a78c2}", r"\class{px-ink-blue}"])
def test_plain_text_has_no_trace_of_a_color(color):
    tex = rf"\frac{{{color}{{\hat{{m}}_t}}}}{{\sqrt{{{color}{{v_t}}}}}} - {color}{{m}}_{{t}}"
    assert plain(tex) == plain(r"\frac{\hat{m}_t}{\sqrt{v_t}} - m_{t}")
