"""Run a notebook with its cells for PyTorch and store what they print, or compare it.

Without PyTorch those cells are skipped (the tags in `SKIPPED`) and the notebook shows what is
stored. The numbers of another computer differ in the last digits, which `differences` allows for.

Usage: run_torch.py [--check] NOTEBOOK ...
"""

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

SKIPPED = {"skip-execution", "nbval-skip", "raises-exception"}
NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
TIMEOUT = 180
#: Relative difference that two processors may show after some hundred steps of float32.
TOLERANCE = 0.2
#: What is smaller counts as rounding, whatever its size.
ROUNDING = 1e-9


def skipped(cell) -> bool:
    return cell.cell_type == "code" and SKIPPED <= set(cell.metadata.get("tags", []))


def executed(notebook, folder: Path):
    """A copy of the notebook after all of its cells were run."""
    copy = nbformat.from_dict(notebook)
    client = NotebookClient(
        copy,
        timeout=TIMEOUT,
        skip_cells_with_tag="",
        allow_errors=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    for cell in copy.cells:
        if skipped(cell):
            # an error in one of these is an error here
            cell.metadata.tags = sorted(set(cell.metadata.tags) - {"raises-exception"})
    return client.execute()


def text(cell) -> str:
    """What a cell prints or returns."""
    told = [o for o in cell.outputs if o.get("name") != "stderr"]
    return "".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in told)


def alike(stored: str, new: str) -> bool:
    """Whether two printed numbers are the same up to another processor's rounding."""
    a, b = (float(number.replace("−", "-")) for number in (stored, new))
    if abs(a) < ROUNDING and abs(b) < ROUNDING:
        return True
    if "e" in stored:
        return max(abs(a), abs(b)) <= 10 * min(abs(a), abs(b))
    unit = 10.0 ** -len(stored.partition(".")[2])
    return abs(a - b) <= TOLERANCE * abs(a) + 1.5 * unit


def differences(stored: str, new: str) -> list[str]:
    """What two outputs differ in beyond rounding."""
    if NUMBER.sub("#", stored).split() != NUMBER.sub("#", new).split():
        return [f"stored:\n{stored}\nnow:\n{new}"]
    pairs = zip(NUMBER.findall(stored), NUMBER.findall(new), strict=True)
    return [f"{a} is now {b}" for a, b in pairs if not alike(a, b)]


def check(path: Path) -> list[str]:
    """The differences between what a notebook stores and what its cells for PyTorch print now."""
    stored = nbformat.read(path, as_version=4)
    now = executed(stored, path.parent)
    found = []
    for old, new in zip(stored.cells, now.cells, strict=True):
        if skipped(old):
            found += [f"{path.name}, {old.id}: {d}" for d in differences(text(old), text(new))]
    return found


def store(path: Path) -> None:
    """Write what the cells for PyTorch print now into the notebook."""
    stored = nbformat.read(path, as_version=4)
    now = executed(stored, path.parent)
    for old, new in zip(stored.cells, now.cells, strict=True):
        if skipped(old):
            old.outputs = [o for o in new.outputs if o.get("name") != "stderr"]
    path.write_text(nbformat.writes(stored) + "\n", "utf-8")


def main(arguments: list[str]) -> int:
    paths = [Path(a) for a in arguments if a != "--check"]
    if "--check" not in arguments:
        for path in paths:
            store(path)
        return 0
    found = [difference for path in paths for difference in check(path)]
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
