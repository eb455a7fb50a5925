"""Every chapter keeps its promises: rhythm, thin cells, numbers that a cell prints."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
RHYTHM = [
    "The problem", "The idea", "The code", "Play", "Measured", "When it fails", "In practice",
    "Exercises", "Further reading",
]  # fmt: skip
# A comma or a thin space may part thousands; a space parts two numbers, as in a printed table.
NUMBER = re.compile(r"[-−–]?(?:\d{1,3}(?:[,\u202f]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+−]?\d+)?%?")
chapters = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [c for c in notebook["cells"] if c["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def tags(cell):
    return cell["metadata"].get("tags", [])


def printed(path):
    """Everything that the checked cells print."""
    parts = []
    for cell in cells(path, "code"):
        if "nbval-check-output" in tags(cell):
            for output in cell["outputs"]:
                parts += output.get("text", []) or output.get("data", {}).get("text/plain", [])
    return "".join(parts)


def plain(text):
    return (
        text.replace("−", "-")
        .replace("–", "-")
        .replace("\u202f", "")
        .replace(",", "")
        .replace(" ", "")
    )


def numbers(text):
    """The numbers of a text, as floats; dates, links, code and formulas are left out."""
    text = re.sub(r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)|<[^>]*>", " ", text)
    found = []
    for match in NUMBER.findall(text):
        token = plain(match).rstrip("%")
        if token not in ("", "-"):
            found.append((match.strip(), float(token)))
    return found


def agrees(value, shown, text, pool):
    """True if some printed number, rounded as the prose rounds it, is this number."""
    digits = len(plain(shown).rstrip("%").partition(".")[2])
    candidates = [p * f for p in pool for f in ((1, 100) if "%" in shown else (1,))]
    return any(abs(round(c, digits) - value) < 0.5 * 10.0 ** (-digits - 1) for c in candidates)


def quoted(path):
    """Numbers in bold and in tables of the prose."""
    for cell in cells(path, "markdown"):
        text = source(cell)
        if re.match(r"\s*##\s+Further reading", text):
            continue
        text = re.sub(r"^(`{3,}|:{3,}).*?$", "", text, flags=re.M)
        for bold in re.findall(r"\*\*(.+?)\*\*", text):
            yield from ((shown, value, bold) for shown, value in numbers(bold))
        rows = [line for line in text.splitlines() if line.strip().startswith("|")]
        for row in rows[2:]:
            yield from ((shown, value, row) for shown, value in numbers(row))


def test_there_are_chapters():
    assert NOTEBOOKS


@chapters
def test_numbers_in_bold_and_in_tables_are_printed_by_a_checked_cell(path):
    pool = [value for _, value in numbers(printed(path))]
    lost = [f"{shown} in {where!r}" for shown, value, where in quoted(path)
            if not agrees(value, shown, where, pool)]  # fmt: skip
    assert not lost, lost


@chapters
def test_the_chapter_keeps_the_rhythm_of_the_book(path):
    headings = re.findall(r"^## (.*)$", "\n".join(map(source, cells(path, "markdown"))), flags=re.M)
    found = [name for heading in headings for name in RHYTHM if heading.startswith(name)]
    assert list(dict.fromkeys(found)) == RHYTHM, headings


@chapters
def test_the_chapter_begins_with_title_and_reading_time(path):
    first = source(cells(path, "markdown")[0])
    assert first.startswith("# ")
    assert re.search(r"[Rr]eading time", first)


@chapters
def test_outputs_are_kept_only_where_they_are_checked(path):
    for cell in cells(path, "code"):
        checked = "nbval-check-output" in tags(cell)
        assert checked == bool(cell["outputs"]), source(cell)[:80]


@chapters
def test_no_widget_state_is_stored(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}


@chapters
def test_functions_are_short_and_cells_thin(path):
    for cell in cells(path, "code"):
        assert source(cell).count("\n") < 25, source(cell)[:80]
        for node in ast.walk(ast.parse(re.sub(r"^\s*[%!].*$", "pass", source(cell), flags=re.M))):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 12, node.name


@chapters
def test_every_figure_is_shown_with_alternative_text_and_caption(path):
    for cell in cells(path, "code"):
        text = source(cell)
        if "subplots(" in text:
            missing = [part for part in ("show(", "alt=", "caption=") if part not in text]
            assert not missing, text[:80]


@chapters
def test_exercises_have_solutions_and_checks(path):
    text = "\n".join(map(source, cells(path, "markdown")))
    exercises = re.findall(r"^[`:]{3,}\{exercise\}.*\n:label: (\S+)", text, flags=re.M)
    solutions = re.findall(r"^[`:]{3,}\{solution\} (\S+)", text, flags=re.M)
    assert 3 <= len(exercises) <= 5
    assert sorted(exercises) == sorted(solutions)
    code = "\n".join(map(source, cells(path, "code")))
    assert code.count("check_") >= len(exercises), "each exercise needs a check"


@chapters
def test_the_chapter_has_two_explorers(path):
    code = "\n".join(map(source, cells(path, "code")))
    assert len(re.findall(r"\bexplore(?:_grid)?\(", code)) >= 2


@chapters
def test_the_chapter_cites_sources_that_exist(path):
    text = "\n".join(map(source, cells(path, "markdown")))
    keys = {
        k.strip()
        for group in re.findall(r"\{cite:?[a-z]*\}`([^`]+)`", text)
        for k in group.split(",")
    }
    known = set(
        re.findall(r"^@\w+\{([^,]+),", (ROOT / "book/references.bib").read_text(), flags=re.M)
    )
    assert keys
    assert keys <= known
