"""What `make lab` lays out for a reader: a start page, the chapters, and all that they lead to."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import file_links, loaded
from test_notebooks import NOTEBOOKS, ROOT, source

lab = loaded(ROOT / ".ci/lab.py")
install = loaded(ROOT / ".ci/install.py")


@pytest.fixture(scope="module")
def wanted():
    return lab.editions()


@pytest.fixture(scope="module")
def folder(wanted, tmp_path_factory):
    made = tmp_path_factory.mktemp("reader") / "work"
    (told,) = lab.bring_up_to_date(made, wanted)
    assert told.startswith("Your copy of the book is work/.")
    return made


def texts(folder):
    """Every page and chapter of the copy, as one text of Markdown."""
    found = {p: p.read_text("utf-8") for p in (folder / "book").glob("*.md")}
    for path in [folder / "start.ipynb", *(folder / "notebooks").glob("*.ipynb")]:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        found[path] = "\n\n".join(source(c) for c in cells if c["cell_type"] == "markdown")
    return found


def test_every_chapter_with_what_it_reads_is_there_and_runs_from_there(folder):
    for kind in ("*.ipynb", "results/*.json", "recipes/*.py"):
        there = {p.name for p in (folder / "notebooks").glob(kind)}
        assert there == {p.name for p in (ROOT / "notebooks").glob(kind)}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        code = [c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
        copy = json.loads((folder / "notebooks" / path.name).read_text("utf-8"))["cells"]
        assert code == [c for c in copy if c["cell_type"] == "code"]


def test_every_link_of_the_copy_leads_to_a_file_and_a_heading_in_it(folder):
    for path, text in texts(folder).items():
        for target, led, place in file_links(path, text):
            assert led.is_file(), f"{path.name}: {target}"
            if place and led.suffix == ".md":
                heads = re.findall(r"^#+ (.+)$", led.read_text("utf-8"), flags=re.M)
                named = {h.replace("`", "").replace(" ", "-") for h in heads}
                assert place in named, f"{path.name}: {target}"


def test_pages_are_plain_markdown(folder):
    for path in (folder / "book").glob("*.md"):
        found = re.findall(
            r"^.*(?:\{[\w:.-]+\}`|^[`:]{3,}\{|^\{\.).*$", path.read_text("utf-8"), re.M
        )
        assert not found, path.name


def test_a_second_call_writes_nothing_and_says_nothing(folder, wanted):
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*.ipynb")}
    assert lab.bring_up_to_date(folder, wanted) == []
    assert before == {p: p.stat().st_mtime_ns for p in folder.rglob("*.ipynb")}


def test_what_a_reader_should_know_is_said_in_a_sentence(tmp_path):
    name, cell = "notebooks/06.ipynb", {"cell_type": "markdown", "metadata": {}}

    def edition(*texts):
        cells = [{**cell, "id": f"c{k}", "source": text} for k, text in enumerate(texts)]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    work, own = tmp_path / "work", tmp_path / "work/notebooks/own.ipynb"
    lab.bring_up_to_date(work, {name: edition("title", "text")})
    own.write_text(edition("mine"), "utf-8")
    (work / name).write_text(edition("title", "text, and my note"), "utf-8")
    (told,) = lab.bring_up_to_date(work, {name: edition("new title", "text")})
    assert told == f"work/{name}: a new edition, with what you wrote."
    (told,) = lab.bring_up_to_date(work, {name: edition("new title", "new text")})
    assert told.startswith(f"work/{name}: you changed what the new edition changed too.")
    assert told.endswith("06.new.ipynb.")
    assert own.read_text("utf-8") == edition("mine")


def test_the_start_page_lists_every_chapter_as_the_chapter_says(folder):
    text = texts(folder)[folder / "start.ipynb"]
    for path in NOTEBOOKS:
        first = source(json.loads(path.read_text("utf-8"))["cells"][0])
        title, minutes = first.splitlines()[0][2:], re.search(r"(\d+) minutes", first)[1]
        link = f'<a href="notebooks/{path.name}">{title}</a> · {minutes} minutes'
        assert f"<b>{int(path.name[:2])}</b> · {link}</summary>" in text
        lesson = re.search(r"^- (.*)$", first, flags=re.M)[1]
        assert re.sub(r"\[([^][]*)\]\([^()]*\)", r"\1", lesson) in text


def test_the_start_page_has_a_live_figure_that_its_links_set_and_an_answer_to_check(folder):
    cells = json.loads((folder / "start.ipynb").read_text("utf-8"))["cells"]
    live, answer = (c for c in cells if c["cell_type"] == "code")
    page = "".join(live["outputs"][0]["data"]["text/html"])
    assert 'class="px"' in page
    assert live["metadata"]["jupyter"]["source_hidden"]
    assert re.search(r'<a href="#lr=[\d.]+', texts(folder)[folder / "start.ipynb"])
    names = {}
    *given, asked = source(answer).splitlines()
    exec("\n".join(given), names)
    assert eval(asked, names) == "Not answered yet."


def test_the_start_page_is_the_same_whenever_it_is_made():
    script = f"import sys; sys.path.insert(0, {str(ROOT / '.ci')!r}); import start_page as s"
    command = [sys.executable, "-c", f"{script}; print(s.start_page('work'))"]
    one, other = (subprocess.run(command, capture_output=True, check=True) for _ in range(2))
    assert one.stdout == other.stdout


def test_jupyterlab_opens_on_the_start_page_and_on_this_machine_only():
    command = lab.jupyter(["--no-browser"])
    assert "--LabApp.default_url=/lab/tree/work/start.ipynb" in command
    assert "--ServerApp.ip=127.0.0.1" in command
    assert command[-1] == "--no-browser"


def test_git_ignores_the_copy_and_the_readme_says_what_happens_to_it():
    assert f"/{lab.WORK}/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    for told in ("the folder `work`", "keeps what you wrote", "`06_adam.new.ipynb`"):
        assert told in readme
    assert readme.count(".ci/lab.py") == 1
    assert readme.count(".ci\\lab.py") == 1


def test_who_installs_sees_how_far_it_is():
    lock = str(ROOT / "requirements.lock")
    count = install.wanted(["-r", lock])
    assert count > 100
    lines = ["Ignoring colorama: …", "Collecting numpy==2.4.1", "Installing collected packages: …"]
    _, fetching, writing = install.progress(lines, count)
    assert fetching == f"fetching 1 of {count - 1}: numpy"
    assert "writing" in writing


def test_an_installation_that_fails_shows_what_pip_printed(tmp_path):
    command = [sys.executable, str(ROOT / ".ci/install.py"), sys.executable, "-c"]
    script = "print('Collecting x'); print('ERROR: no such thing'); raise SystemExit(3)"
    done = subprocess.run([*command, script], capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 3
    assert "ERROR: no such thing" in done.stderr
    assert "ERROR" not in done.stdout


def test_the_settings_of_the_lab_show_markdown_as_a_page():
    settings = json.loads(
        (Path(lab.CONFIG) / "labconfig/default_setting_overrides.json").read_text("utf-8")
    )
    viewers = settings["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    assert viewers == {"markdown": "Markdown Preview"}
