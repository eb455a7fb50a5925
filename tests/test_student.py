"""What `make student` hands out: chapters without solutions, all else as it was, and running."""

import json
import os
import re
import subprocess
import sys

import pytest
from helpers import file_links, loaded
from test_notebooks import NOTEBOOKS, ROOT, exercises, source

TOOL = loaded(ROOT / ".ci/student.py")
ALL = sorted((ROOT / "notebooks").glob("*.ipynb"))
QUICK = "appendix_schedules"


def cells_of(path):
    return json.loads(path.read_text("utf-8"))["cells"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("class") / "student"
    assert TOOL.main([str(made)]) == 0
    return made


def test_every_chapter_and_the_appendix_are_handed_out(folder):
    assert [p.name for p in sorted((folder / "notebooks").glob("*.ipynb"))] == [p.name for p in ALL]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_no_line_of_a_solution_is_left_but_exercise_answer_cell_and_check_are(folder, path):
    handed = (folder / "notebooks" / path.name).read_text("utf-8")
    assert "<details" not in handed
    assert "</summary>" not in handed
    assert "folded solution" not in handed
    text = "\n".join(source(cell) for cell in json.loads(handed)["cells"])
    others = "\n".join(source(c) for c in cells_of(path) if "<summary>" not in source(c))
    for number, answer, solution in exercises(path):
        assert re.search(rf"^### Exercise {number}: ", text, flags=re.M)
        assert answer in text
        own = [line for line in solution.splitlines()[2:-2] if line.strip() and line not in others]
        assert own, "nothing of the solution is its own"
        assert not [line for line in own if line in text]


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_all_other_cells_are_as_they_were_but_for_links_to_what_is_not_handed_out(folder, path):
    handed = json.loads((folder / "notebooks" / path.name).read_text("utf-8"))
    before = json.loads(path.read_text("utf-8"))
    kept = [c for c in before.pop("cells") if "<details><summary>Solution" not in source(c)]
    there = {p.resolve() for p in [*ALL, *(ROOT / "book").glob("*.md")]}
    assert len(kept) == len(handed["cells"])
    for cell, was in zip(handed.pop("cells"), kept, strict=True):
        if was["cell_type"] == "markdown":
            gone = there - {ROOT / "book" / p.name for p in (folder / "book").glob("*.md")} - {*ALL}
            plain = source(was)
            for file in gone:
                plain = re.sub(rf"\[([^][]*)\]\(\.\./book/{file.name}[^)]*\)", r"\1", plain)
            assert source(cell) == plain
            assert {**cell, "source": []} == {**was, "source": []}
        else:
            assert cell == was
    assert handed == before


def test_every_link_in_the_folder_leads_to_a_file_and_a_place_in_it(folder):
    texts = {p: p.read_text("utf-8") for p in folder.rglob("*.md") if "primer" not in p.parts}
    for path in (folder / "notebooks").glob("*.ipynb"):
        texts[path] = "\n".join(source(c) for c in cells_of(path) if c["cell_type"] == "markdown")
    for path, text in texts.items():
        for target, led, place in file_links(path, text):
            assert led.is_file(), f"{path.name}: {target}"
            if place and led.name == "references.md":
                assert f"## {place}\n" in texts[led], f"{path.name}: {target}"
            if place.startswith("cell-id="):
                assert place.removeprefix("cell-id=") in [c.get("id") for c in cells_of(led)]


def test_the_folder_has_licenses_instructions_and_a_package_that_can_be_installed(folder):
    readme = (folder / "README.md").read_text("utf-8")
    for told in ('pip install ".[lab]"', "CC BY", "BSD 3-Clause", "book/how_to_read.md"):
        assert told in readme.replace("Creative Commons Attribution", "CC BY")
    for name in ("LICENSE", "LICENSE-text", "CITATION.cff", "pyproject.toml", "primer/static"):
        assert (folder / name).exists()
    modules = {p.relative_to(ROOT) for p in (ROOT / "primer").rglob("*.py")}
    assert modules == {p.relative_to(folder) for p in (folder / "primer").rglob("*.py")}
    assert "[tool.pytest" not in (folder / "pyproject.toml").read_text("utf-8")


def test_one_chapter_alone_names_the_others_without_a_link(tmp_path):
    assert TOOL.main([str(tmp_path / "one"), "06"]) == 0
    (only,) = (tmp_path / "one/notebooks").glob("*.ipynb")
    text = "\n".join(map(source, cells_of(only)))
    assert only.name == "06_adam.ipynb"
    assert "idea of momentum (Chapter 3)" in text
    assert "(03_momentum.ipynb" not in text
    assert "[Kingma and Ba (2015)](../book/references.md#kingma2015)" in text


def test_a_chapter_that_does_not_exist_is_told_and_a_folder_of_others_is_left_alone(tmp_path):
    with pytest.raises(SystemExit, match="no chapter begins with '66'"):
        TOOL.main([str(tmp_path / "none"), "66"])
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(SystemExit, match="was not written by this program"):
        TOOL.main([str(tmp_path), "06"])
    assert (tmp_path / "mine.txt").read_text() == "kept"


FOLDED = "<details><summary>Solution 1</summary>\n\nSECRET\n\n</details>"
#: What may stand in place of a solution, or after it.
OTHERWISE = {
    "open": [("markdown", FOLDED.replace("<details>", "<details open>"))],
    "in the cell of the exercise": [("markdown", "### Exercise 2: More\n\n" + FOLDED)],
    "upper case": [("markdown", FOLDED.upper())],
    "on two lines": [("markdown", FOLDED.replace("><", ">\n<"))],
    "another word": [("markdown", FOLDED.replace("Solution 1", "Hint"))],
    "bold": [("markdown", FOLDED.replace("Solution 1", "<b>Solution 1</b>"))],
    "of another exercise": [("markdown", FOLDED.replace("Solution 1", "Solution 2"))],
    "a heading": [("markdown", "#### Solution\n\nSECRET")],
    "plain": [("markdown", "SECRET")],
    "code": [("code", "# Solution 1\nanswer = SECRET")],
    "code in between": [("markdown", FOLDED[:36]), ("code", "SECRET"), ("markdown", "</details>")],
    "something behind": [("markdown", FOLDED + "\n\nSECRET")],
    "nothing": [],
    "a second one in code": [("markdown", FOLDED), ("code", "# Solution:\nSECRET")],
    "a second one that is open": [("markdown", FOLDED), ("markdown", f"Look: {FOLDED}")],
}


def notebook(*cells):
    made = [{"cell_type": kind, "source": [text], "metadata": {}} for kind, text in cells]
    return {"cells": made}


ASKED = ("markdown", "### Exercise 1: Half"), ("code", "answer = None\ncheck(answer)")


@pytest.mark.parametrize("cells", OTHERWISE.values(), ids=OTHERWISE)
def test_a_solution_in_another_form_is_refused_and_not_handed_out(cells):
    with pytest.raises(SystemExit, match=r"^07\.ipynb: .*(solution|Solution|answer to None)"):
        TOOL.without_solutions(notebook(*ASKED, *cells), "07.ipynb")


def test_an_answer_that_is_there_and_a_cell_with_the_tag_of_a_solution_are_refused():
    with pytest.raises(SystemExit, match="after exercise 1 a code cell must set its answer to Non"):
        TOOL.without_solutions(notebook(ASKED[0], ("code", "answer = 1"), ("markdown", FOLDED)))
    tagged = notebook(*ASKED, ("markdown", FOLDED), ("code", "SECRET"))
    tagged["cells"][-1]["metadata"] = {"tags": ["solution"]}
    with pytest.raises(SystemExit, match="this looks like a solution: 'SECRET'"):
        TOOL.without_solutions(tagged)


@pytest.mark.parametrize("folded", [FOLDED, f"{FOLDED}\n\n{FOLDED.replace('n 1', 'n 2')}"])
def test_what_the_contract_allows_is_left_out_wholly(folded):
    rest = "So the\nanswer is a\nsolution of the equation.\n"
    found = TOOL.without_solutions(notebook(*ASKED, ("markdown", folded), ("markdown", rest)))
    assert [source(c) for c in found["cells"]] == [*(text for _, text in ASKED), rest]


def test_it_can_be_written_again_and_is_the_same(tmp_path):
    def written():
        assert TOOL.main([str(tmp_path / "again"), "05"]) == 0
        found = sorted(p for p in (tmp_path / "again").rglob("*") if p.is_file())
        return [(p, p.read_bytes()) for p in found]

    assert written() == written()


def test_a_chapter_runs_with_the_package_of_the_folder_and_prints_what_is_stored(folder):
    options = "--nbval-lax --nbval-current-env -q -p no:cacheprovider".split()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"notebooks/{QUICK}.ipynb"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:]
