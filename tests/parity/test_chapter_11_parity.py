"""The chapters with cells for PyTorch, run for real: what those print is what is stored."""

from pathlib import Path

import nbformat
import pytest
from helpers import loaded

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(
    p for p in (ROOT / "notebooks").glob("*.ipynb") if "skip-execution" in p.read_text("utf-8")
)


@pytest.fixture(scope="module")
def tool():
    """The tool that stores the outputs, as a module."""
    return loaded(ROOT / ".ci/run_torch.py")


def test_there_is_a_chapter_with_cells_for_pytorch():
    assert NOTEBOOKS


@pytest.mark.parity
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_the_stored_outputs_are_what_the_cells_print_now(tool, path):
    pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    assert tool.check(path) == []


@pytest.mark.parametrize(
    ("stored", "now", "same"),
    [
        ("loss 0.25", "loss 0.25", True),
        ("loss 0.25", "loss 0.26", True),
        ("loss 0.25", "loss 0.35", False),
        ("loss 31.24", "loss 32.0", True),
        ("apart 4e-16", "apart 0e+00", True),
        ("apart 4e-16", "apart 3e-08", False),
        ("apart 1e-02", "apart 3e-02", True),
        ("apart 1e-02", "apart 4e-16", False),
        ("a -0.5", "a 0.5", False),
        ("above 1", "0.97", False),
        ("a 1 2", "a 1", False),
        ("a   1", "a 1", True),
        ("a 1", "b 1", False),
    ],
)
def test_numbers_may_differ_by_another_processors_rounding_and_nothing_else(
    tool, stored, now, same
):
    assert (tool.differences(stored, now) == []) == same


def test_only_cells_with_all_tags_are_stored(tool):
    cell = nbformat.v4.new_code_cell("1", metadata={"tags": ["skip-execution"]})
    assert not tool.skipped(cell)
    cell.metadata.tags = sorted(tool.SKIPPED)
    assert tool.skipped(cell)
