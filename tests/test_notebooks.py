"""Every chapter keeps its promises: rhythm, thin cells, numbers that a cell prints."""

import ast
import json
import re
from pathlib import Path

import pybtex.database
import pytest
from pybtex.richtext import Text

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
RHYTHM = [
    "The problem", "The idea", "The code", "Play", "Measured", "When it fails", "In practice",
    "Exercises", "Further reading",
]  # fmt: skip
# A comma or a thin space may part thousands; a space parts two numbers, as in a printed table.
NUMBER = re.compile(r"[-−–]?(?:\d{1,3}(?:[,\u202f]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+−]?\d+)?%?")
#: Columns that a visible cell has in the column of the text, and on a laptop in JupyterLab.
WIDTH = 76
#: And of what it prints: the page has a little more room there.
PRINTED = 82
#: Tags of a cell that needs PyTorch: nbclient, nbval and JupyterLab do without it.
SKIPPED = {"skip-execution", "nbval-skip", "raises-exception"}
chapters = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [c for c in notebook["cells"] if c["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def defined(tree):
    """Names of the functions, classes and modules that a cell makes known."""
    made = (ast.FunctionDef, ast.ClassDef)
    own = {node.name for node in ast.walk(tree) if isinstance(node, made)}
    imports = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    named = {a.asname or a.name.split(".")[0] for node in imports for a in node.names}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return own | named | arguments


def tags(cell):
    return cell["metadata"].get("tags", [])


def shown(cell):
    """What a cell prints, as it is stored."""
    parts = []
    for output in cell["outputs"]:
        parts += output.get("text", []) or output.get("data", {}).get("text/plain", [])
    return "".join(parts)


def printed(path):
    """Everything that the checked cells print."""
    checked = [cell for cell in cells(path, "code") if "nbval-check-output" in tags(cell)]
    return "".join(map(shown, checked))


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
    text = re.sub(r"\[[^]]*\]\(\S*references\.md\S*\)", " ", text)
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


def exercises(path):
    """(number, the cell for the answer, the text of the solution) of every exercise."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for cell, answer, solution in zip(found, found[1:], found[2:], strict=False):
        title = re.search(r"^### Exercise (\d+): \S", source(cell), flags=re.M)
        if title and cell["cell_type"] == "markdown":
            opening = f"<details><summary>Solution {title[1]}</summary>\n\n"
            assert answer["cell_type"] == "code"
            assert source(solution).startswith(opening)
            assert source(solution).endswith("\n\n</details>")
            yield int(title[1]), source(answer), source(solution)


def plain_words(text):
    """A text without addresses and markup; a formula in a line counts as a word."""
    text = re.sub(r"\]\([^)]*\)|</?\w[^>]*>|\$\$.*?\$\$", " ", text, flags=re.S)
    return re.sub(r"\$[^$]*\$", " x ", text)


def authors(entry):
    people = entry.persons.get("author") or entry.persons["editor"]
    last = [
        Text.from_latex(" ".join(p.prelast_names + p.last_names)).render_as("text") for p in people
    ]
    return " and ".join(last) if len(last) < 3 else f"{last[0]} et al."


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
def test_the_chapter_begins_with_title_reading_time_and_the_way_to_the_first_page(path):
    first = source(cells(path, "markdown")[0])
    assert first.startswith("# ")
    assert "Reading time: " in first
    assert "(../book/how_to_read.md)" in first


@chapters
def test_outputs_are_kept_only_where_they_are_checked(path):
    for cell in cells(path, "code"):
        checked = "nbval-check-output" in tags(cell)
        assert checked == bool(cell["outputs"]), source(cell)[:80]


@chapters
def test_a_cell_that_is_skipped_without_pytorch_is_so_everywhere_and_stores_text(path):
    for cell in cells(path, "code"):
        asked = SKIPPED & set(tags(cell))
        assert asked in (set(), SKIPPED), source(cell)[:80]
        imports = re.search(r"^\s*(?:from|import) torch\b", source(cell), flags=re.M)
        assert asked or not imports, source(cell)[:80]
        if asked:
            assert all(o["output_type"] == "stream" for o in cell["outputs"]), source(cell)[:80]


@chapters
def test_no_cell_depends_on_one_that_is_skipped(path):
    """A name that only skipped cells give a value is used by skipped cells alone."""
    given, lent = set(), set()
    for cell in cells(path, "code"):
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "pass", source(cell), flags=re.M))
        names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
        skipped = SKIPPED <= set(tags(cell))
        bound = {n.id for n in names if isinstance(n.ctx, ast.Store)} | defined(tree)
        if not skipped:
            assert not {n.id for n in names} & (lent - given - bound), source(cell)[:80]
        (lent if skipped else given).update(bound)


@chapters
def test_the_text_before_the_first_skipped_cell_says_what_to_install(path):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    first = next((i for i, cell in enumerate(found) if SKIPPED <= set(tags(cell))), None)
    if first is not None:
        assert "pip install torch==" in source(found[first - 1])


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
def test_exercises_are_numbered_from_one_and_each_has_a_cell_for_the_answer_and_a_solution(path):
    found = list(exercises(path))
    assert [number for number, *_ in found] == list(range(1, len(found) + 1))
    assert 3 <= len(found) <= 5


@chapters
def test_a_check_says_so_where_nothing_was_answered_and_accepts_the_printed_solution(path):
    names = {}
    exec(source(cells(path, "code")[0]), names)
    for number, answer, solution in exercises(path):
        assert "= None" in answer or "None, None" in answer, f"exercise {number} shows an answer"
        *given, asked = ast.parse(answer).body
        ask = compile(ast.Expression(asked.value), f"exercise {number}", "eval")
        exec(answer, names)
        assert eval(ask, names) == "Not answered yet."
        blocks = re.findall(r"^```python\n(.*?)^```", solution, flags=re.M | re.S)
        exec("\n".join(blocks), names)
        told = eval(ask, names)
        assert told.right, f"exercise {number}: {told}"


@chapters
def test_code_that_the_page_folds_is_folded_in_jupyterlab_and_none_is_removed(path):
    for cell in cells(path, "code"):
        folded = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
        assert folded == ("hide-input" in tags(cell)), source(cell)[:80]
        assert "remove-cell" not in tags(cell), "JupyterLab shows it: write a test"


@chapters
def test_visible_code_fits_a_laptop(path):
    seen = [source(c) for c in cells(path, "code") if "hide-input" not in tags(c)]
    text = "\n".join(map(source, cells(path, "markdown")))
    seen += re.findall(r"^(?:```|~~~)\w*\n(.*?)^(?:```|~~~)", text, flags=re.M | re.S)
    wide = [line for part in seen for line in part.splitlines() if len(line) > WIDTH]
    assert not wide, wide


@chapters
def test_printed_lines_fit_a_laptop(path):
    wide = [line for line in printed(path).splitlines() if len(line) > PRINTED]
    assert not wide, wide


@chapters
def test_the_text_is_plain_markdown_that_reads_well_anywhere(path):
    """No directive and no role: JupyterLab, VS Code, and GitHub show those as raw text."""
    for cell in cells(path, "markdown"):
        found = re.findall(r"^\s*[`:]{3,}\{.*|\{[\w:]+\}`|^\([\w-]+\)=", source(cell), flags=re.M)
        assert not found, found


@chapters
def test_the_reading_time_is_measured(path):
    """Exercises apart: 200 words a minute, code that is seen included, and a minute a figure."""
    words, figures, counted = 0, 0, True
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        text = source(cell)
        if heading := re.match(r"## (.*)", text):
            counted = not heading[1].startswith("Exercises")
        code = cell["cell_type"] == "code"
        figures += code and len(re.findall(r"\b(?:explore|explore_grid|show)\(", text))
        if counted and "hide-input" not in tags(cell):
            words += len(re.findall(r"\w+" if code else r"[\w'’-]+", plain_words(text)))
    said = re.search(r"Reading time: (\d+) minutes", source(cells(path, "markdown")[0]))
    assert said, "Reading time: … minutes"
    assert int(said[1]) == 5 * -(-(words / 200 + figures) // 5)


@chapters
def test_the_chapter_has_two_explorers(path):
    code = "\n".join(map(source, cells(path, "code")))
    assert len(re.findall(r"\bexplore(?:_grid)?\(", code)) >= 2


@chapters
def test_citations_name_the_authors_and_the_year_of_an_entry(path):
    """Written out, so that they read well without Sphinx; the link leads to the entry."""
    entries = pybtex.database.parse_file(str(ROOT / "book/references.bib")).entries
    text = "\n".join(map(source, cells(path, "markdown")))
    found = re.findall(r"\[([^][]*)\]\(\.\./book/references\.md#([\w-]+)\)", text)
    assert found
    for said, key in found:
        who, year = authors(entries[key]), entries[key].fields["year"]
        assert said in (f"{who} ({year})", f"{who}, {year}"), f"{key}: {said}"


@chapters
def test_a_caption_names_axes_side_by_side_by_their_titles(path):
    """On a phone they stand one below the other, and nothing is left or right."""
    for cell in cells(path, "code"):
        text = source(cell)
        if re.search(r"\bsubplots\(\s*\d+,\s*[2-9]", text):
            caption = text.partition("caption=")[2]
            assert not re.search(r"\b(?:left|right)\b", caption, flags=re.I), caption[:80]


@chapters
def test_a_note_in_the_margin_is_short_and_plain_markdown(path):
    for cell in cells(path, "markdown"):
        text = source(cell)
        notes = re.findall(
            r'^<aside class="margin">\n\n(.+?)\n\n</aside>\n\n', text, flags=re.M | re.S
        )
        assert len(notes) == text.count("<aside") == text.count("</aside>"), text[:80]
        for note in notes:
            assert 15 <= len(plain_words(note).split()) <= 60, note


@chapters
def test_a_chapter_has_three_notes_in_its_margin(path):
    assert "\n".join(map(source, cells(path, "markdown"))).count('<aside class="margin">') >= 3
