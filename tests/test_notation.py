"""The page of symbols is true: every symbol of a chapter stands there, its own letters with it."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
PAGE = (ROOT / "book" / "notation.md").read_text(encoding="utf-8")
OWN = "## Letters of one chapter"
WORDS = re.compile(
    r"\\(?:text|textbf|textit|mathrm|operatorname\*?|textcolor|begin|end)\{[^}]*\}|\\(?:min|max|ln|log|exp|cos|sin|tr)\b"
)
SYMBOL = re.compile(
    r"\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi"
    r"|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Sigma|Phi|Psi|Omega|ell)(?![a-zA-Z])"
    r"|\\math(?:cal|bb)\s*\{?[A-Z]\}?|(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])"
)


def symbols(text):
    """The letters in the formulas of a text, without words and the names of functions."""
    formulas = re.findall(r"\$\$(.+?)\$\$|\$([^$]+)\$", text, flags=re.S)
    bare = " ".join(WORDS.sub(" ", block or line) for block, line in formulas)
    return {re.sub(r"[\s{}]", "", found) for found in SYMBOL.findall(bare)}


def first_columns(text):
    return [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| ")]


def own_letters():
    """{chapter: its own letters}, from the last table of the page."""
    found = {}
    for line in PAGE.partition(OWN)[2].splitlines():
        if row := re.match(r"\| (\d+) \| (.+?) \| ", line):
            found.setdefault(int(row[1]), set()).update(symbols(row[2]))
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_symbol_of_a_chapter_is_on_the_page_of_symbols(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    common = symbols(" ".join(first_columns(PAGE.partition(OWN)[0])))
    lost = symbols(text) - common - own_letters().get(int(path.stem[:2]), set())
    assert not lost, f"write into book/notation.md what they mean: {sorted(lost)}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_letter_listed_for_a_chapter_occurs_in_it(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert own_letters().get(int(path.stem[:2]), set()) <= symbols(text)
