"""Write the book's recipes as scripts: cells tagged `recipe-vision` make recipes/vision.py.

Usage: recipes.py [--check]
"""

import json
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
FOLDER = NOTEBOOKS / "recipes"
TAG = "recipe-"
HEAD = '"""Chapter {chapter}\'s {name} recipe; `make recipes` writes it from the cells."""\n\n'
GAP = "\n\n\n"
TAIL = 'if __name__ == "__main__":\n    main()\n'


def scripts(notebook: Path) -> dict[str, str]:
    """The script of every recipe in a chapter, by its name: its cells in their order."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    parts: dict[str, list[str]] = {}
    for cell in cells:
        for tag in cell["metadata"].get("tags", []):
            if tag.startswith(TAG):
                parts.setdefault(tag.removeprefix(TAG), []).append("".join(cell["source"]).strip())
    chapter = notebook.name[:2].lstrip("0")
    return {
        name: HEAD.format(chapter=chapter, name=name) + GAP.join([*sources, TAIL])
        for name, sources in parts.items()
    }


def wanted() -> dict[Path, str]:
    """What should stand in every script that a chapter has the cells of."""
    return {
        FOLDER / f"{name}.py": text
        for notebook in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
        for name, text in scripts(notebook).items()
    }


def main(arguments: list[str]) -> int:
    stale = [
        (file, text)
        for file, text in wanted().items()
        if not file.exists() or file.read_text("utf-8") != text
    ]
    for file, text in stale:
        if "--check" in arguments:
            print(f"{file.name} differs from the cells of its recipe: run make recipes")
        else:
            FOLDER.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
