"""The notebooks that the site offers: a first cell that installs, links that lead to the site."""

import json
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest
from helpers import loaded
from test_notebooks import ROOT

downloads = loaded(ROOT / "book" / "_ext" / "downloads.py")
wheel_file = loaded(ROOT / "book" / "_ext" / "wheel_file.py")
SITE, REPOSITORY = "https://example.org/primer/", "https://example.com/someone/book"
PACKAGE = wheel_file.name(ROOT)
CHAPTERS = sorted(ROOT.glob("notebooks/*.ipynb"))
PLACES = {("book/references", "kingma2015"): "id93", ("book/glossary", "saddle"): "term-saddle"}


def place(page, slug):
    return PLACES.get((page, slug), "")


def test_with_the_sites_address_package_and_results_come_from_there():
    text = downloads.installing(PACKAGE, ["results/09.json"], SITE, REPOSITORY)
    assert f"%pip install --quiet {SITE}_downloads/{PACKAGE}\n" in text
    assert f'urlretrieve("{SITE}_downloads/" + name, name)' in text
    assert "['results/09.json']" in text
    assert "git" not in text


def test_with_a_repository_alone_the_package_comes_from_it():
    text = downloads.installing(PACKAGE, ["results/09.json"], "", REPOSITORY, "trunk")
    assert f"git clone --quiet --depth 1 --branch trunk {REPOSITORY} primer-book" in text
    assert "%pip install --quiet ./primer-book" in text
    assert 'copytree("primer-book/notebooks/results"' in text


def test_without_either_it_says_which_files_to_put_beside_it():
    text = downloads.installing(PACKAGE, ["results/09.json"])
    assert f"# {PACKAGE}, results/09.json\n" in text
    assert text.endswith(f"%pip install --quiet ./{PACKAGE}\n")


@pytest.mark.parametrize("given", [{}, {"repository": REPOSITORY}, {"address": SITE}])
def test_a_chapter_without_stored_results_fetches_none(given):
    text = downloads.installing(PACKAGE, [], **given)
    assert "results" not in text
    assert text.count("%pip install") == 1


@pytest.mark.parametrize("file", CHAPTERS, ids=lambda file: file.stem)
@pytest.mark.parametrize("address", ["", SITE])
def test_every_chapter_becomes_a_valid_notebook_that_is_the_same_after_its_first_cell(
    file, address
):
    notebook = json.loads(file.read_text("utf-8"))
    results = downloads.read_by(notebook)
    assert all(ROOT.joinpath("notebooks", name).is_file() for name in results)
    install = downloads.installing(PACKAGE, results, address)
    made = downloads.portable(notebook, f"notebooks/{file.stem}", install, address, place)
    nbformat.validate(nbformat.from_dict(made))
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])
    first, *rest = made["cells"]
    assert first["cell_type"] == "code"
    assert "%pip install" in "".join(first["source"])
    assert [c["id"] for c in rest] == [c["id"] for c in notebook["cells"]]
    if not address:
        assert rest == notebook["cells"]


@pytest.mark.parametrize(
    ("link", "led"),
    [
        ("[a](../book/references.md#kingma2015)", f"[a]({SITE}book/references.html#id93)"),
        ("[a](../book/glossary.md#saddle)", f"[a]({SITE}book/glossary.html#term-saddle)"),
        ("[a](07_adamw.ipynb#unknown)", f"[a]({SITE}notebooks/07_adamw.html)"),
        ("[a](07_adamw.ipynb)", f"[a]({SITE}notebooks/07_adamw.html)"),
        ("[a](https://example.net/b.md)", "[a](https://example.net/b.md)"),
        ("[a](#here)", "[a](#here)"),
    ],
)
def test_a_link_to_a_file_of_the_book_leads_to_its_page(link, led):
    assert downloads.linked(link, "notebooks/06_adam", SITE, place) == led
    assert downloads.linked(link, "notebooks/06_adam", "", place) == link


def test_the_notebooks_of_the_repository_have_no_such_cell():
    assert not [file.stem for file in CHAPTERS if "pip install" in first_cell(file)]


def first_cell(file):
    cells = json.loads(file.read_text("utf-8"))["cells"]
    return "".join(next(c["source"] for c in cells if c["cell_type"] == "code"))


def test_the_wheel_is_the_same_twice_and_can_be_installed_and_used_elsewhere(tmp_path):
    name, data = wheel_file.wheel(ROOT)
    assert wheel_file.wheel(ROOT) == (name, data)
    file = tmp_path / name
    file.write_bytes(data)
    assert zipfile.ZipFile(file).testzip() is None
    there = tmp_path / "there"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", there, file], check=True, cwd=tmp_path)
    code = f"import sys; sys.path.insert(0, {str(there)!r}); import primer; print(primer.__file__)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.startswith(str(there))


def test_the_wheel_has_every_file_of_the_package_and_asks_for_what_it_needs():
    files = wheel_file.contents(ROOT)
    held = {name for name in files if name.startswith("primer/")}
    assert {"primer/__init__.py", "primer/data/README.md", "primer/static/draw.js"} <= held
    assert not [name for name in held if "__pycache__" in name]
    about = files[f"{wheel_file.stem(wheel_file.project_of(ROOT))}.dist-info/METADATA"].decode()
    for needed in wheel_file.project_of(ROOT)["dependencies"]:
        assert f"Requires-Dist: {needed}\n" in about


def test_what_tools_leave_in_the_package_is_not_in_the_wheel(tmp_path):
    before = wheel_file.wheel(ROOT)
    package = tmp_path / "primer"
    shutil.copytree(ROOT / "primer", package)
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for folder in (".ruff_cache", ".ipynb_checkpoints", "__pycache__"):
        package.joinpath("rules", folder).mkdir(exist_ok=True)
        package.joinpath("rules", folder, "left.txt").write_text("left")
    assert wheel_file.wheel(tmp_path) == before
