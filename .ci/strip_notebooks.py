"""Strip the notebooks: outputs stay only in cells tagged `nbval-check-output` (they are tested).

Usage: strip_notebooks.py [--check] FILE_OR_FOLDER ...
"""

import sys
from pathlib import Path

import nbformat
from nbstripout import strip_output

CHECKED = "nbval-check-output"
KEPT = "keep_output"  # the tag that nbstripout knows
NOISE = [
    "metadata.language_info",
    "metadata.signature",
    "metadata.widgets",
    "cell.metadata.execution",
]


def stripped(text: str) -> str:
    notebook = nbformat.reads(text, as_version=4)
    checked = [c for c in notebook.cells if CHECKED in c.metadata.get("tags", [])]
    for cell in checked:
        cell.metadata.tags.append(KEPT)
    notebook = strip_output(
        notebook, keep_output=False, keep_count=False, keep_id=True, extra_keys=NOISE
    )
    for cell in checked:
        cell.metadata.tags.remove(KEPT)
        # nbval refuses outputs without a count; a constant one keeps the diff small.
        cell.execution_count = 1 if cell.outputs else None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = 1
    return nbformat.writes(notebook) + "\n"


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    paths = [Path(a) for a in arguments if a != "--check"]
    files = sorted(f for p in paths for f in (p.rglob("*.ipynb") if p.is_dir() else [p]))
    changed = []
    for file in (f for f in files if ".ipynb_checkpoints" not in f.parts):
        before = file.read_text("utf-8")
        after = stripped(before)
        if after != before:
            changed.append(file)
            if not check:
                file.write_text(after, "utf-8")
    for file in changed:
        print(f"{file}: {'needs stripping (make format)' if check else 'stripped'}")
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
