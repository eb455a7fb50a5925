"""What the page for teachers says agrees with the chapters and with itself."""

import json
import re

import pytest
from helpers import loaded
from test_notebooks import NOTEBOOKS, ROOT, cells, exercises, source

PAGE = (ROOT / "book/teaching.md").read_text("utf-8")
TOOL = loaded(ROOT / "book/_ext/exercises.py")
ROWS = list(TOOL.rows(ROOT))
FIGURE = re.compile(r"\.\./notebooks/([\w-]+)\.ipynb#cell-id=([\w-]+)&([^)\s]+)\)")
BY_NUMBER = {int(path.name[:2]): path for path in NOTEBOOKS}


def table(heading):
    """The rows of the first table under a heading, as cells."""
    _, _, text = PAGE.partition(
        f"\n## {heading}\n" if "\n## " + heading in PAGE else f"# {heading}\n"
    )
    lines = re.search(r"(?:^\|.*\n)+", text, flags=re.M)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize(
    ("heading", "hours"),
    [("Two hours", 2), ("Six hours", 6), ("Twelve hours", 12)],
)
def test_the_minutes_of_a_path_add_up_to_the_hours_of_its_heading(heading, hours):
    assert sum(int(row[1]) for row in table(heading)) == 60 * hours


def test_the_clock_of_the_two_hours_goes_with_the_minutes():
    at = 0
    for clock, minutes, *_ in table("Two hours"):
        assert clock == f"{at // 60}:{at % 60:02d}"
        at += int(minutes)


@pytest.mark.parametrize("heading", ["Six hours", "Twelve hours"])
def test_the_sessions_of_a_path_are_numbered_and_set_homework_from_their_own_chapters(heading):
    rows = table(heading)
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        treated = {int(n) for n in re.findall(r"\d+", row[2])}
        assert {int(n) for n in re.findall(r"notebooks/(\d\d)_", row[3] + row[5])} <= treated


def test_the_twelve_hours_meet_every_chapter_once():
    met = [int(n) for row in table("Twelve hours") for n in re.findall(r"\d+", row[2])]
    assert sorted(met) == sorted(BY_NUMBER)


def test_the_chapters_take_the_time_that_stands_at_their_heads_and_build_on_what_they_name():
    rows = table("What builds on what")
    assert len(rows) == len(NOTEBOOKS)
    for shown, minutes, before, _ in rows:
        path = BY_NUMBER[int(re.match(r"\d+", shown)[0])]
        head = source(cells(path, "markdown")[0])
        assert f"Reading time: {minutes} minutes" in head
        needed = head[head.index("Reading time") :]
        named = {int(n) for n in re.findall(r"\((\d\d)_\w+\.ipynb\)", needed)}
        assert named <= {int(n) for n in re.findall(r"\d+", before)}, shown


def test_every_exercise_of_every_chapter_is_in_the_tables_exactly_once():
    listed = [(chapter, title) for _, chapter, _, title, *_ in ROWS]
    there = [
        (path.stem, re.search(rf"^### Exercise {number}: (.*)$", text, flags=re.M)[1])
        for path in NOTEBOOKS
        for text in ["\n".join(map(source, cells(path, "markdown")))]
        for number, *_ in exercises(path)
    ]
    assert listed == there
    assert re.findall(r"^```\{exercises\} (\w+)$", PAGE, flags=re.M) == list(TOOL.LEVELS)
    lines = [line for level in TOOL.LEVELS for line in TOOL.table(ROOT, level)[2:]]
    assert len(lines) == len(set(lines)) == len(there)


def test_an_exercise_has_a_level_a_time_an_answer_and_what_it_needs():
    for level, chapter, _, title, minutes, answer, needs in ROWS:
        assert level in TOOL.LEVELS, (chapter, title)
        assert minutes in range(5, 65, 5)
        assert answer
        assert needs


def test_links_to_exercises_name_them_as_the_chapters_do():
    known = {(chapter, TOOL.slugify(heading)): title for _, chapter, heading, title, *_ in ROWS}
    found = re.findall(r"\[([^][]*)\]\(\.\./notebooks/([\w-]+)\.ipynb#(exercise-[\w-]+)\)", PAGE)
    assert found
    for said, chapter, place in found:
        assert said in (known[chapter, place], "second exercise")


@pytest.mark.parametrize(("notebook", "key", "settings"), sorted(set(FIGURE.findall(PAGE))))
def test_a_link_to_a_figure_names_a_cell_that_shows_one_and_settings_that_it_could_have(
    notebook, key, settings
):
    """Whether the figure has these sliders is tested on the built page."""
    path = ROOT / f"notebooks/{notebook}.ipynb"
    (text,) = (source(c) for c in cells(path, "code") if c["id"] == key)
    assert re.search(r"\bexplore(?:_grid)?\(", text)
    code = "\n".join(map(source, cells(path, "code")))
    for pair in settings.split("&"):
        name, _, value = pair.partition("=")
        assert value
        assert name in ("on", "start") or re.search(rf"\b{name.split('.')[-1]}\b", code), pair


def test_there_are_ten_figures_and_enough_questions_and_each_answer_quotes_a_cell():
    figures = PAGE.partition("## Ten figures worth showing")[2].partition("\n## ")[0]
    items = re.split(r"^\d+\. ", figures, flags=re.M)[1:]
    assert len(items) == 10
    for item in items:
        assert "*Ask:*" in item
        assert "*They see" in item
        assert len(FIGURE.findall(item)) >= 2
    asked = r"^```\{admonition\} (\d+)\. [^\n]*\?\n:class: dropdown\n\n(.*?)^```$"
    questions = re.findall(asked, PAGE, flags=re.M | re.S)
    assert [int(n) for n, _ in questions] == list(range(1, len(questions) + 1))
    assert len(questions) >= 15
    for number, answer in questions:
        assert "#cell-id=" in answer, number


def test_the_commands_of_the_page_are_targets_of_the_makefile():
    make = (ROOT / "Makefile").read_text("utf-8")
    for target in set(
        re.findall(
            r"`?make ([a-z]+)", "\n".join(re.findall(r"`make [^`]*`|^make .*$", PAGE, flags=re.M))
        )
    ):
        assert re.search(rf"^{target}:", make, flags=re.M), target
    for path in re.findall(r"pytest (notebooks/\S+\.ipynb)", PAGE):
        assert (ROOT / path).is_file()
    assert json.loads((ROOT / "book/exercises.json").read_text("utf-8")).keys() == {
        p.stem for p in NOTEBOOKS
    }
