"""The book's first page explains what every chapter takes for granted, and its examples run."""

import ast
import dataclasses
import doctest
import html
import re
import urllib.parse
from pathlib import Path

import pytest
from test_notebooks import NOTEBOOKS, RHYTHM, cells, source

import primer
from primer import Run, exercise, measure, plotting, registry

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "book/how_to_read.md").read_text(encoding="utf-8")
#: What is explained under a heading of its own, and what else that section must name.
EXPLAINED = {
    "run": tuple(field.name for field in dataclasses.fields(Run)),
    "sweep": (),
    "keep": (),
    "Noisy": ("batches", "initial", "watch"),
    "@rule": ("step", "init", "state"),
    "explore": ("Slider", "Draggable", "explore_grid"),
}
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
CELLS = re.findall(r"^```\{code-cell\} ipython3\n(?::tags:[^\n]*\n)?(.*?)^```$", PAGE, re.M | re.S)
#: Names that the registry hands to the reader: the chapters are about them.
SUBJECT = {*registry.rules, *registry.schedules, *registry.landscapes}


def section(heading):
    """The text under a heading, up to the next one of its kind or a higher one."""
    marks, rest = re.search(
        rf"^(##+) {re.escape(heading)}\n(.*)", PAGE, re.MULTILINE | re.DOTALL
    ).groups()
    return re.split(rf"^#{{2,{len(marks)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def lines(block):
    """The lines of code in an example, without what they print."""
    return re.findall(r"^(?:>>>|\.\.\.) (.*)$", block, re.MULTILINE)


@pytest.fixture(autouse=True)
def registered():
    """The page adds a rule; the next test meets the registry without it."""
    kept = dict(registry.rules)
    yield
    registry.rules.clear()
    registry.rules.update(kept)


def figure(cell):
    """What the last expression of a cell gives."""
    *body, last = ast.parse(cell).body
    names = {}
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def test_every_example_prints_what_the_page_says():
    parsed = doctest.DocTestParser().get_doctest("\n".join(BLOCKS), {}, "page", None, 0)
    told = []
    result = doctest.DocTestRunner(verbose=False).run(parsed, out=told.append)
    assert not result.failed, "".join(told)
    assert result.attempted == PAGE.count("\n>>> ")


def test_every_example_is_short_and_fits_the_page():
    assert all(len(lines(block)) <= 5 for block in BLOCKS), "at most five lines"
    shown = [*BLOCKS, *re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S), CELLS[-1]]
    wide = [line for block in shown for line in block.splitlines() if len(line) > 74]
    assert not wide


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_name_has_a_section_with_what_it_is_an_example_and_what_belongs_to_it(name):
    text = section(f"`{name}`")
    assert len(re.split(r"^```|^\|", text, flags=re.MULTILINE)[0].split()) > 15
    shown = [*map("\n".join, map(lines, re.findall(r"^```python\n.*?^```$", text, re.M | re.S)))]
    shown += [cell for cell in CELLS if cell in text]
    assert re.search(rf"(?<!\w){re.escape(name)}\b", "\n".join(shown))
    for part in EXPLAINED[name]:
        assert re.search(rf"`[^`]*\b{part}\b[^`]*`", text), part


@pytest.mark.parametrize(
    "cell", CELLS, ids=lambda cell: f"line {PAGE[: PAGE.find(cell)].count(chr(10))}"
)
def test_a_cell_makes_a_live_figure(cell):
    assert isinstance(figure(cell), primer.explorer.Explorer)


def test_the_links_of_the_page_set_sliders_that_its_first_figure_has():
    live = figure(CELLS[0])
    links = re.findall(r'<a href="#([^"]*)">', PAGE)
    assert links
    for link in links:
        settings = dict(urllib.parse.parse_qsl(html.unescape(link)))
        if "rule" in settings:  # tests/browser/test_editing_site.py follows those
            assert settings.pop("rule") in live.names
            assert settings.pop("lines")
        assert settings.keys() <= live.values.keys()
        for control in live.controls:
            wanted = float(settings.get(control.key, control.slider.value))
            assert abs(control.slider.values / wanted - 1).min() < 0.02, f"{control.key} in {link}"


def test_names_that_most_chapters_use_are_on_the_page():
    homes = {*primer.__all__, *measure.__all__, *plotting.__all__, *exercise.__all__} - SUBJECT
    codes = ["\n".join(map(source, cells(path, "code"))) for path in NOTEBOOKS]
    used = [{node.id for node in ast.walk(parsed(code)) if isinstance(node, ast.Name)}
            for code in codes]  # fmt: skip
    often = {name for name in homes if sum(name in names for names in used) > len(used) / 2}
    assert {"run", "explore", "Slider"} <= often
    missing = sorted(name for name in often if not re.search(rf"`[^`]*\b{name}\b[^`]*`", PAGE))
    assert not missing


def parsed(code):
    return ast.parse(re.sub(r"^\s*[%!].*$", "pass", code, flags=re.MULTILINE))


def test_names_in_the_tables_exist():
    homes = (primer, measure, plotting, exercise)
    rows = re.findall(r"^\| (`.*?`) \|", section("And a few more"), re.MULTILINE)
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert len(names) > 10
    for name in names:
        assert any(hasattr(home, name) for home in homes), name


def test_calls_in_the_text_are_python():
    """What stands in backticks with parentheses, outside the examples, can be parsed."""
    text = re.sub(r"^(`{3,}).*?^\1$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    calls = [call for call in re.findall(r"`([^`]+\([^`]*\))`", text) if "**" not in call]
    assert len(calls) > 10
    for call in calls:
        ast.parse(call.replace("…", "..."))


def test_the_sections_of_a_chapter_are_those_that_the_tests_of_the_chapters_ask_for():
    rows = re.findall(r"^\| ([A-Z][\w ]+) \|", section("How a chapter is built"), re.MULTILINE)
    assert rows[1:] == RHYTHM


def test_the_page_comes_first_and_can_be_found():
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    files = re.findall(r"^ +- file: (\S+)$", toc, re.MULTILINE)
    assert files[0] == "book/how_to_read"
    assert "{doc}`how_to_read`" in (ROOT / "book/index.md").read_text(encoding="utf-8")
    assert "book/how_to_read.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_links_of_the_page_lead_to_files():
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE):
        assert (ROOT / "book" / target).is_file(), target


def test_commands_of_the_page_exist_and_the_copies_are_not_tracked():
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make (\w+)", PAGE, re.MULTILINE):
        assert re.search(rf"^{target}:", make, re.MULTILINE), target
    copied = re.search(r"into the folder `(\w+)`, which git ignores", PAGE)[1]
    assert f"/{copied}/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
