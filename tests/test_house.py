"""Where things stand: the subject at the top of `primer`, machinery in rooms of its own."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import primer
from primer import registry

ROOT = Path(primer.__file__).parents[1]
PACKAGE = ROOT / "primer"
#: What a chapter may import from: documented, and in tests/test_docs.HOMES.
OPEN = {"primer", "primer.plotting", "primer.measure", "primer.exercise"}
#: Modules at the top of the package, and why each stands there.
TOP = {
    "__init__": "the public names, in the order of reading",
    "fields": "what has hyperparameters",
    "optimizer": "what all rules share",
    "hyper": "number, schedule, sweep, slider",
    "exact": "powers, alike everywhere",
    "ahead": "powers of the coming steps",
    "layout": "a batch in memory",
    "running": "the loop",
    "spread": "pieces of a batch",
    "waiting": "a bar for who waits",
    "guard": "what the loop refuses",
    "check": "arguments",
    "registry": "one table of everything",
    "blas": "one thread",
    "script": "the door for scripts outside",
}
#: Who may import whom at the time of import: a room knows those before it, never those after.
ROOMS = [
    {"check", "blas", "registry", "fields", "exact", "ahead", "layout", "waiting"},
    {"hyper", "objective", "data"},
    {"optimizer", "schedules", "landscapes", "models"},
    {"guard", "spread", "running", "rules"},
    {"derived", "measure", "plotting", "script"},
    {"explorer", "exercise"},
]


def modules():
    return [p for p in sorted(PACKAGE.rglob("*.py")) if "__pycache__" not in p.parts]


def room(dotted: str) -> str:
    return dotted.split(".")[0]


def imports(path: Path):
    """Modules of the package that a file imports when it is imported, as dotted names."""
    here = ["primer", *path.relative_to(PACKAGE).with_suffix("").parts]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    late = {id(n) for function in lazy for n in ast.walk(function)}
    guarded = {
        id(n)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for n in ast.walk(block)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.level or id(node) in late | guarded:
            continue
        base = here[: len(here) - node.level]
        if node.module:
            yield ".".join([*base, *node.module.split(".")][1:])
        else:
            yield from (".".join([*base, alias.name][1:]) for alias in node.names)


def test_the_top_of_the_package_holds_the_subject_and_nothing_else():
    assert {p.stem for p in PACKAGE.glob("*.py")} == set(TOP)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_knows_only_those_before_it(path):
    mine = room(path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."))
    if mine == "__init__":
        return
    level = next(k for k, names in enumerate(ROOMS) if mine in names)
    for other in map(room, imports(path)):
        known = next((k for k, names in enumerate(ROOMS) if other in names), None)
        assert known is not None, f"{other} has no room"
        assert known <= level, f"{mine} imports {other}"


def test_the_reading_order_names_files_that_exist():
    told = re.findall(r"`([\w/]+(?:\.py|/))`", primer.__doc__)
    assert len(told) >= 10
    for name in told:
        assert (PACKAGE / name).exists(), name


def test_the_subject_is_an_afternoon_of_reading():
    """Lines of code, docstrings apart, of the files that the package's docstring names first."""
    named = re.findall(r"`([\w/]+\.py)`", primer.__doc__)
    count = 0
    for name in named:
        text = (PACKAGE / name).read_text(encoding="utf-8")
        tree = ast.parse(text)
        docs = {
            line
            for n in ast.walk(tree)
            if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(n)
            for line in range(n.body[0].lineno, n.body[0].end_lineno + 1)
        }
        lines = text.splitlines()
        count += sum(bool(x.strip()) for i, x in enumerate(lines, 1) if i not in docs)
    assert 400 < count < 700


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_chapter_imports_from_the_open_rooms_only(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    used = set(re.findall(r"^\s*(?:from|import) (primer[\w.]*)", code, re.MULTILINE))
    topic = path.stem[3:]  # a chapter asks for the checks of its own exercises
    assert used <= OPEN | {f"primer.exercise.{topic}"}


def test_a_type_checker_knows_the_exported_names_and_refuses_a_misspelt_one(tmp_path):
    pytest.importorskip("mypy")
    file = tmp_path / "use.py"
    file.write_text(
        "from primer import Adam, explore\nreveal_type(Adam)\nfrom primer import Adma\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(file)],
        cwd=ROOT, text=True, capture_output=True,
    )  # fmt: skip
    assert "primer.rules.adam.Adam" in done.stdout
    assert 'Module "primer" has no attribute "Adma"' in done.stdout
    assert done.stdout.count("error:") == 1


def test_the_stub_names_what_is_exported_but_for_what_is_newly_registered():
    """`make lint` wants it to the letter; a new rule in a file alone does not turn tests red."""
    stub = (PACKAGE / "__init__.pyi").read_text(encoding="utf-8")
    named = set(re.findall(r"import (\w+) as \1$", stub, re.MULTILINE))
    assert named <= set(primer.__all__)
    assert set(primer.__all__) - named <= {*registry.rules, *registry.schedules}


def test_a_start_imports_what_a_run_needs_and_every_name_is_there_all_the_same():
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT, text=True, capture_output=True,
    )  # fmt: skip
    assert done.stdout.split() == ["[]", "[]", "[]"], done.stderr


def test_the_modules_that_run_first_exist():
    names = {path.name for folder in ("tests", "notebooks") for path in (ROOT / folder).rglob("*")}
    text = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    listed = re.search(r'LONG = """(.*?)"""', text, re.DOTALL)[1].split()
    assert len(listed) == len(set(listed))
    assert set(listed) <= names


START = """
import sys, primer
late = ["scipy", "matplotlib", "primer.derived", "primer.measure", "primer.models", "primer.data"]
print([name for name in late if name in sys.modules])
print([name for name in primer.__all__ if name not in dir(primer)])
print([name for name in primer.__all__ if not hasattr(primer, name)])
"""
