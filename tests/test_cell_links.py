"""A link to a cell leads to a checked one, which prints the numbers that the link stands for."""

import json
import re

import pytest
from test_notebooks import ROOT, agrees, cells, numbers, shown, source, tags

LINK = re.compile(r"\[([^][]*)\]\(([^()\s]*?)([\w-]+)\.ipynb#cell-id=([\w-]+)\)")
PAGES = sorted((ROOT / "book").rglob("*.md")) + sorted((ROOT / "notebooks").glob("*.ipynb"))


def text_of(path):
    if path.suffix == ".md":
        return path.read_text("utf-8")
    return "\n".join(source(cell) for cell in cells(path, "markdown"))


LINKS = [
    (path, *found)
    for path in PAGES
    for found in LINK.findall(text_of(path))
]  # fmt: skip


def cell(notebook, key):
    known = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))["cells"]
    found = [one for one in known if one.get("id") == key]
    assert found, f"no cell {key} in {notebook}"
    return found[0]


@pytest.mark.parametrize(
    ("path", "said", "folder", "notebook", "key"),
    LINKS,
    ids=[
        f"{path.stem}-{notebook}-{key}-{k}" for k, (path, _, _, notebook, key) in enumerate(LINKS)
    ],
)
def test_a_link_to_a_cell_leads_to_a_checked_one_that_prints_its_numbers(
    path, said, folder, notebook, key
):
    assert (path.parent / folder / f"{notebook}.ipynb").is_file()
    one = cell(notebook, key)
    assert "nbval-check-output" in tags(one), "its output is not checked"
    pool = [value for _, value in numbers(shown(one))]
    lost = [number for number, value in numbers(said) if not agrees(value, number, said, pool)]
    assert not lost, f"{lost} not in what {key} prints"


def test_a_number_that_its_cell_does_not_print_is_seen():
    pool = [value for _, value in numbers("ratio 6.569 at 12")]
    assert agrees(6.57, "6.57", "6.57", pool)
    assert not agrees(6.58, "6.58", "6.58", pool)
