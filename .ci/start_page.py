"""The page that `make lab` opens: a notebook made from the chapters and the page on how to read.

What it says of a chapter, its title, its reading time, what one learns, is read from the chapter.
The figure is that of `book/how_to_read.md`, the exercise is the first of the first chapter.
"""

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbformat import v4

ROOT = Path(__file__).parents[1]
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
WELCOME = """# ML Optimization: A Primer

Welcome. This page is a notebook like the chapters, and everything on it works: try it out, then
open a chapter.
"""
CHAPTERS = """## The chapters

Every chapter stands alone, so you may begin anywhere. The triangle before a title shows what you
will learn there; the minutes are those of reading, without the exercises.
"""
FIGURE = """## How the figures work

Move a slider, or drag the white dot to another start. Links set a figure for you: {links}.
A click on a name in the table hides its line. The figures need no running Python. To compute all
of a chapter anew, choose *Run*, then *Run All Cells*.
"""
EXERCISE = """## How to check an answer

Replace `None` by your answer, then press <kbd>Shift</kbd> <kbd>Enter</kbd>. The cell says whether
it is right, and otherwise gives a hint. In a chapter, the solution is folded below. This is the
first exercise of chapter 1:
"""
KEEP = """## How to keep your work

You read a copy of the book, the folder `{folder}`. Write into the chapters what you like, and save
with <kbd>Ctrl</kbd> <kbd>S</kbd>.

- **A new edition keeps what you wrote.** After `git pull`, the next `make lab` brings the new text
  into your chapters, cell by cell. Where it has changed a cell that you changed too, your chapter
  stays as it is. The new one then lies beside it, as `06_adam.new.ipynb`.
- **Start over:** delete the chapter in the file browser at the left. The next `make lab` lays a
  fresh one there.
- **Notebooks of your own** are safe anywhere in this folder.
- **Keep a copy** of the whole folder now and then: git does not look into it.
"""
FURTHER = """## To look things up

[How to read and run this book](book/how_to_read.md) introduces the six names that every chapter
uses, such as `run` and `sweep`. There are pages of [symbols](book/notation.md),
[words](book/glossary.md), and [sources](book/references.md).
"""


def start_page(folder: str) -> str:
    """The notebook, as text, with its figure computed.

    Parameters
    ----------
    folder : str
        What the reader's folder is called.
    """
    made = [
        ("welcome", WELCOME),
        ("chapters", contents()),
        ("figure", FIGURE.format(links=figure_links())),
        ("live", figure()),
        ("exercise", EXERCISE + "\n" + exercise()[0]),
        ("answer", v4.new_code_cell(exercise()[1])),
        ("keep", KEEP.format(folder=folder)),
        ("further", FURTHER),
    ]
    cells = [c if isinstance(c, dict) else v4.new_markdown_cell(c.strip()) for _, c in made]
    for (name, _), cell in zip(made, cells, strict=True):
        cell["id"] = f"start-{name}"
    return nbformat.writes(v4.new_notebook(cells=cells, metadata=KERNEL)) + "\n"


def parts() -> list[tuple[str, list[Path]]]:
    """The parts of the book that have chapters, and the chapters' files."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))["parts"]
    found = [(p["caption"], [c["file"] for c in p["chapters"] if "file" in c]) for p in toc]
    chapters = [(title, [f for f in files if f.startswith("notebooks/")]) for title, files in found]
    return [(t, [ROOT / f"{f}.ipynb" for f in files]) for t, files in chapters if files]


def contents() -> str:
    """The chapters by part, each with its link, its reading time, and what one learns."""
    told = [CHAPTERS]
    for title, files in parts():
        numbered = [path for path in files if path.name[0].isdigit()]
        if numbered:
            told += [f"### {title}", *map(entry, numbered)]
    return "\n\n".join(told)


def entry(path: Path) -> str:
    """One chapter in the list."""
    first = source(chapter(path)[0])
    title, minutes = first.splitlines()[0].removeprefix("# "), READING.search(first)
    lessons = LEARN.search(first)
    if minutes is None or lessons is None:
        raise SystemExit(f"{path.name}: the first cell must say what one learns, and how long")
    learn = plain(lessons[1])
    number = int(path.name[:2])
    link = f'<b>{number}</b> · <a href="notebooks/{path.name}">{title}</a> · {minutes[1]} minutes'
    return f"<details><summary>{link}</summary>\n\n{learn}\n\n</details>"


READING = re.compile(r"Reading time: (\d+) minutes")
LEARN = re.compile(r"\*\*You will learn\*\*\n\n(.*?)\n\n", re.S)


def plain(text: str) -> str:
    """Markdown without links, whose targets are written for another folder."""
    return re.sub(r"\[([^][]*)\]\([^()]*\)", r"\1", text)


def chapter(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8"))["cells"]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def exercise() -> tuple[str, str]:
    """The first exercise of the first chapter: its text, and the cell for the answer."""
    path = sorted((ROOT / "notebooks").glob("01_*.ipynb"))[0]
    cells = chapter(path)
    place = next(k for k, cell in enumerate(cells) if "### Exercise 1" in source(cell))
    text = source(cells[place]).partition("### Exercise 1")[2].partition("\n\n")[2]
    code = source(cells[place + 1])
    names = {n.func.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call)}
    module = f"primer.exercise.{path.stem.partition('_')[2]}"
    quoted = "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())
    return quoted, f"from {module} import {', '.join(sorted(names))}\n\n{code}"


def how_to_read() -> str:
    return (ROOT / "book/how_to_read.md").read_text("utf-8")


def figure_links() -> str:
    """The links that set the figure, as the page on how to read has them."""
    return " or ".join(re.findall(r'<a href="#[^"]*">.*?</a>', how_to_read()))


def figure() -> Any:
    """The cell of the first live figure of the page on how to read, with the figure."""
    code = re.search(r"^```\{code-cell\}.*?\n\n(.*?)^```", how_to_read(), flags=re.M | re.S)[1]
    *before, last = ast.parse(code).body
    names: dict[str, Any] = {}
    exec(compile(ast.Module(before, []), "figure", "exec"), names)
    live = eval(compile(ast.Expression(last.value), "figure", "eval"), names)
    shown = v4.new_output("execute_result", {"text/html": live.html()}, execution_count=1)
    cell = v4.new_code_cell(code.strip(), execution_count=1, outputs=[shown])
    cell.metadata = {"jupyter": {"source_hidden": True}}
    return cell
