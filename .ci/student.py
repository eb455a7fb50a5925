"""Write the folder that a class gets: the chapters without solutions, and all that they need.

Usage: student.py FOLDER [CHAPTER ...]     (06, appendix: how a chapter's file begins; without: all)

FOLDER is written afresh. Every cell is as it was, except that the cells with solutions are left out
and that a link to what is not handed out becomes its text. A notebook in which an exercise is not
followed by an empty answer and a solution as CONTRIBUTING describes them, or in which something
else looks like a solution, is refused before anything is written.
"""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from plain_pages import PAGES, page, references, relinked

ROOT = Path(__file__).parents[1]
SOLUTION = re.compile(r"<details><summary>Solution (\d+)</summary>\n\n.*\n\n</details>\s*", re.S)
EXERCISE = re.compile(r"^### Exercise (\d+): \S", re.M)
UNANSWERED = re.compile(r"= None\b|None, None")
#: What no cell that is handed out may hold.
LIKE_ONE = re.compile(
    r"</?(?:details|summary)\b|^[\s#>*_]*(?:solution|answer)s?[\s*_]*(?:\d|[:.]|$)", re.I | re.M
)
TAGS = {"solution", "answer"}
COPIED = ("LICENSE", "LICENSE-text", "CITATION.cff")
#: What only the chapters' authors need.
AUTHORS = shutil.ignore_patterns("__pycache__", "ruff.toml")
TITLE = "# ML Optimization: A Primer, for a course\n"
README = """
{chapters}

The exercises stand at the end of a chapter. Replace `None` in the cell below an exercise with your answer and run the cell:
it says whether the answer is right. This copy has no solutions.

## Begin

You need Python 3.11 or newer. In this folder, on Linux and macOS:

```sh
python3 -m venv .venv
.venv/bin/python -m pip install ".[lab]"
.venv/bin/jupyter lab notebooks/
```

On Windows, in PowerShell:

```powershell
py -3 -m venv .venv
.venv\\Scripts\\python -m pip install ".[lab]"
.venv\\Scripts\\jupyter lab notebooks\\
```

Where JupyterLab is installed already, `python -m pip install .` in its environment is enough.

Read `book/how_to_read.md` first. It explains the figures and the names that all chapters use. In a chapter, choose *Run*, then *Run All
Cells*: it takes less than a minute.

## What is here

| Folder | What is in it |
|---|---|
| `notebooks` | the chapters; their results of long experiments are stored in `results` |
| `book` | what the chapters link to |
| `primer` | the package in which every optimizer is a short class |

Files under `benchmarks`, which some chapters name, are in the whole book only.

## Licenses

Text and figures are under Creative Commons Attribution 4.0 (`LICENSE-text`), code is under the BSD 3-Clause license (`LICENSE`), © {authors}.
You may copy, change, and pass them on, as long as you say where they come from; `CITATION.cff` says how to cite.
Changed here: the solutions were left out.
"""  # noqa: E501


def without_solutions(notebook: dict[str, Any], name: str = "the notebook") -> dict[str, Any]:
    """The notebook without the cells that hold a solution; SystemExit if one may be overlooked."""
    cells = notebook["cells"]
    for place, cell in enumerate(cells):
        found = EXERCISE.search(text_of(cell))
        if found and cell["cell_type"] == "markdown":
            judge(name, found[1], *cells[place + 1 : place + 3])
    kept = [cell for cell in cells if not SOLUTION.fullmatch(text_of(cell))]
    for cell in kept:
        text = text_of(cell)
        like = LIKE_ONE.search(text)
        if like or TAGS & {*cell["metadata"].get("tags", ())}:
            told = text[like.start() if like else 0 :].strip()[:60]
            raise SystemExit(f"{name}: this looks like a solution: {told!r}")
    return notebook | {"cells": kept}


def judge(name: str, number: str, *below: dict[str, Any]) -> None:
    """Refuse an exercise whose next cells are not an empty answer and its solution."""
    answer, solution = [*below, {}, {}][:2]
    if answer.get("cell_type") != "code" or not UNANSWERED.search(text_of(answer)):
        raise SystemExit(f"{name}: after exercise {number} a code cell must set its answer to None")
    found = SOLUTION.fullmatch(text_of(solution))
    if not found or found[1] != number:
        form = f"'<details><summary>Solution {number}</summary>', an empty line, its text"
        raise SystemExit(
            f"{name}: the second cell after exercise {number} must be {form}, an empty line, and "
            f"'</details>', got {text_of(solution)[:60]!r}"
        )


def text_of(cell: dict[str, Any]) -> str:
    return "".join(cell.get("source", ""))


def handed_out(names: list[str]) -> list[Path]:
    """The chapters whose files begin with one of the names; all of them without a name."""
    known = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for name in names:
        if not any(path.name.startswith(name) for path in known):
            raise SystemExit(f"no chapter begins with {name!r}: {', '.join(p.stem for p in known)}")
    return [path for path in known if path.name.startswith(tuple(names) or "")]


def write_notebook(notebook: dict[str, Any], path: Path, folder: Path, there: set[Path]) -> str:
    """Write one chapter, which has no solutions any more, and return its title."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = relinked("".join(cell["source"]), path.parent, there)
            cell["source"] = text.splitlines(keepends=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    (folder / "notebooks" / path.name).write_text(text, "utf-8")
    return "".join(notebook["cells"][0]["source"]).splitlines()[0].removeprefix("# ")


def write_pages(folder: Path, pages: list[Path], there: set[Path]) -> None:
    """Write the pages of prose that the chapters link to."""
    (folder / "book").mkdir()
    for path in pages:
        (folder / "book" / path.name).write_text(page(path, there), "utf-8")
    (folder / "book/references.md").write_text(references(), "utf-8")


def write_package(folder: Path) -> None:
    """Copy what `pip install` of the folder needs, and the results that the chapters read."""
    shutil.copytree(ROOT / "primer", folder / "primer", ignore=AUTHORS)
    for name in ("results", "recipes"):
        shutil.copytree(ROOT / "notebooks" / name, folder / "notebooks" / name, ignore=AUTHORS)
    for name in COPIED:
        shutil.copy(ROOT / name, folder / name)
    # what follows in the file is for tests and tools, which are not handed out
    project = (ROOT / "pyproject.toml").read_text("utf-8").partition("[tool.pytest")[0]
    (folder / "pyproject.toml").write_text(project, "utf-8")


def cleared(folder: Path) -> None:
    """Remove what this program wrote before, and nothing else."""
    readme = folder / "README.md"
    if folder.exists() and not (readme.is_file() and readme.read_text("utf-8").startswith(TITLE)):
        raise SystemExit(f"{folder} exists, and was not written by this program: name another one")
    shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 1
    folder, chapters = Path(arguments[0]), handed_out(arguments[1:])
    pages = [p for p in (ROOT / f"book/{name}.md" for name in PAGES) if p.is_file()]
    there = {*chapters, *pages, ROOT / "book/references.md"}
    told = {p: without_solutions(json.loads(p.read_text("utf-8")), p.name) for p in chapters}
    cleared(folder)
    (folder / "notebooks").mkdir(parents=True)
    titles = [
        f"- [{write_notebook(told[p], p, folder, there)}](notebooks/{p.name})" for p in chapters
    ]
    write_pages(folder, pages, there)
    write_package(folder)
    authors = "The ML Optimization Primer contributors"
    readme = TITLE + README.format(chapters="\n".join(titles), authors=authors)
    (folder / "README.md").write_text(readme, "utf-8")
    print(f"{len(chapters)} chapters without solutions in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
