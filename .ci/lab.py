"""Open the book in JupyterLab, in a copy that is the reader's own.

Usage: lab.py [--update-only] [OPTION OF JUPYTERLAB ...]

The copy is the folder `work`, which git ignores. Each call brings it up to date with the chapters
and loses nothing that the reader wrote there: see `editions.py`.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from editions import update
from nbformat.sign import NotebookNotary
from plain_pages import PAGES, in_lab, page, references, relinked
from start_page import start_page

ROOT = Path(__file__).parents[1]
WORK, EDITIONS, START = "work", ".editions", "start.ipynb"
OPTIONS = ["--ServerApp.ip=127.0.0.1", "--LabApp.extension_manager=readonly"]
CONFIG = Path(__file__).parent / "jupyter"


def editions() -> dict[str, str]:
    """{name of a file in the reader's folder: its present text}."""
    chapters = sorted((ROOT / "notebooks").glob("*.ipynb"))
    pages = [ROOT / f"book/{name}.md" for name in PAGES]
    there = {*chapters, *pages, ROOT / "book/references.md"}
    prose = {p.name: page(p, there) for p in pages} | {"references.md": references()}
    made = {f"book/{name}": in_lab(text, prose) for name, text in prose.items()}
    for path in chapters:
        text = relinked(path.read_text("utf-8"), path.parent, there)
        made[f"notebooks/{path.name}"] = in_lab(text, prose)
    for path in sorted((ROOT / "notebooks").glob("re*/*")):  # results and recipes
        if path.suffix in (".json", ".py"):
            made[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
    return made | {START: start_page(WORK)}


def bring_up_to_date(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Update every file of the reader's folder; returns sentences on what a reader should know."""
    told = []
    if not folder.exists():
        told.append(f"Your copy of the book is {folder.name}/. Write into it what you like.")
    for name, text in wanted.items():
        path, trusted = folder / name, signed(folder / name)
        outcome = update(path, text, folder / EDITIONS / name)
        if path.suffix == ".ipynb" and trusted and outcome in ("new", "updated", "merged"):
            sign(path)
        told += sentence(f"{folder.name}/{name}", outcome)
    return told


def signed(path: Path) -> bool:
    """Whether JupyterLab may run the scripts in a notebook's outputs; one that we make, it may."""
    if not path.exists() or path.suffix != ".ipynb":
        return True
    with contextlib.suppress(Exception):  # a file that is no notebook any more
        return NotebookNotary().check_signature(nbformat.read(path, as_version=4))
    return False


def sign(path: Path) -> None:
    with contextlib.suppress(Exception):
        NotebookNotary().sign(nbformat.read(path, as_version=4))


def sentence(name: str, outcome: str) -> list[str]:
    """What a reader should know about one file; nothing where nothing of theirs was touched."""
    if outcome == "merged":
        return [f"{name}: a new edition, with what you wrote."]
    if outcome in ("new", "same", "updated"):
        return []
    return [
        f"{name}: you changed what the new edition changed too. Yours stays as it is; the new "
        f"edition lies beside it, {outcome}."
    ]


def jupyter(options: list[str]) -> list[str]:
    """The command that opens the start page."""
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    place = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{WORK}/{START}"]
    return [sys.executable, "-m", "jupyterlab", *OPTIONS, *place, *root, *options]


def main(arguments: list[str]) -> int:
    for line in bring_up_to_date(ROOT / WORK, editions()):
        print(line, flush=True)
    if "--update-only" in arguments:
        return 0
    paths = filter(None, [str(CONFIG), os.environ.get("JUPYTER_CONFIG_PATH")])
    env = os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}
    print(f"JupyterLab opens in your browser, at {WORK}/{START}. Ctrl+C here ends it.", flush=True)
    try:
        return subprocess.call(jupyter(arguments), env=env)
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
