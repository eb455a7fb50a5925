"""Every lesson names what supports it and what stops it, and quotes no number without its cell."""

import ast
import html
import re
import urllib.parse

import pybtex.database
import pytest
from test_notebooks import NUMBER, ROOT, authors

PAGE = (ROOT / "book/lessons.md").read_text(encoding="utf-8")
CELL = re.compile(r"\]\(\.\./notebooks/\w+\.ipynb#cell-id=[\w-]+\)")
CITATION = re.compile(r"\[([^][]*)\]\(references\.md#([\w-]+)\)")
FIGURES = re.compile(r"^```\{code-cell\} ipython3\n(?::tags:[^\n]*\n)?(.*?)^```$", re.M | re.S)
LESSONS = dict(re.findall(r"^## ([^\n]*)\n\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
lessons = pytest.mark.parametrize("lesson", LESSONS)


def parts(lesson):
    """What stands before the first label in bold, and what stands behind each label."""
    support, *rest = re.split(r"^\*\*(.+?)[.?]\*\* ", LESSONS[lesson], flags=re.M)
    return {"support": support, **dict(zip(rest[::2], rest[1::2], strict=True))}


def test_there_are_nine_to_twelve_lessons_and_the_first_table_names_them_all():
    assert 9 <= len(LESSONS) <= 12
    named = re.findall(r"^\| \[([^][]+)\]\(#([\w-]+)\) \| [^|]+ \|$", PAGE, re.M)
    slugs = [re.sub(r"[^\w -]", "", lesson).lower().replace(" ", "-") for lesson in LESSONS]
    assert named == list(zip(LESSONS, slugs, strict=True))


@lessons
def test_a_lesson_has_support_a_limit_and_advice_and_then_perhaps_people(lesson):
    found = list(parts(lesson))
    assert found[:3] == ["support", "Where it stops", "For your training"]
    assert found[3:] in ([], ["And people"])


@lessons
def test_its_support_is_a_cell_and_its_limit_a_cell_or_a_source(lesson):
    found = parts(lesson)
    assert CELL.search(found["support"])
    assert CELL.search(found["Where it stops"]) or CITATION.search(found["Where it stops"])


@lessons
def test_what_is_said_of_people_has_a_source(lesson):
    said = parts(lesson).get("And people")
    assert said is None or CITATION.search(said)


@lessons
def test_no_decimal_or_percentage_stands_outside_a_link(lesson):
    text = FIGURES.sub("", LESSONS[lesson])
    bare = re.sub(r"\[[^][]*\]\([^()]*\)|<a [^>]*>|`[^`]*`|\$[^$]*\$", " ", text)
    assert not [number for number in NUMBER.findall(bare) if "." in number or "%" in number]


def test_citations_name_the_authors_and_the_year_of_an_entry():
    entries = pybtex.database.parse_file(str(ROOT / "book/references.bib")).entries
    for said, key in CITATION.findall(PAGE):
        who, year = authors(entries[key]), entries[key].fields["year"]
        assert said in (f"{who} ({year})", f"{who}, {year}"), f"{key}: {said}"


def test_its_figures_can_be_drawn_and_its_links_name_what_they_have():
    """The links below a figure, up to the next one, are that figure's."""
    names = {}
    for cell in FIGURES.findall(PAGE):
        *body, last = ast.parse(cell).body
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        live = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        below = PAGE.partition(cell)[2].partition("{code-cell}")[0]
        links = re.findall(r'<a href="#([^"]*)">', below)
        assert links
        for link in links:
            settings = dict(urllib.parse.parse_qsl(html.unescape(link)))
            assert settings.pop("on") in live.scene_names
            for key, value in settings.items():
                control = next(c for c in live.controls if c.key == key)
                assert abs(control.slider.values / float(value) - 1).min() < 0.02, link
