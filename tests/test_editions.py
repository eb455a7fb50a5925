"""A new edition of a chapter reaches a reader's copy, and nothing that the reader wrote is lost."""

import json

import pytest
from helpers import loaded
from hypothesis import given
from hypothesis import strategies as st
from test_notebooks import ROOT

editions = loaded(ROOT / ".ci/editions.py")


def cell(name, text, kind="markdown", **more):
    return {"cell_type": kind, "id": name, "metadata": {}, "source": text, **more}


def code(name, text, *outputs):
    return cell(name, text, "code", outputs=list(outputs), execution_count=None)


def notebook(*cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def texts(path):
    return [c["source"] for c in json.loads(path.read_text("utf-8"))["cells"]]


TITLE, ASK, ANSWER, END = (
    cell("title", "# Adam"),
    cell("ask", "What is 2 + 3?"),
    code("answer", "answer = None"),
    cell("end", "Read more"),
)
OLD = notebook(TITLE, ASK, ANSWER, END)
NEW = notebook(cell("title", "# Adam, improved"), ASK, cell("more", "A new hint"), ANSWER, END)
CLASH = notebook(TITLE, ASK, code("answer", "answer = (None, None)"), END)
MINE = notebook(TITLE, ASK, code("answer", "answer = 5"), cell("own", "my note"), END)


@pytest.fixture
def desk(tmp_path):
    """A reader who was given the old edition, and a way to give them another."""

    class Desk:
        path, kept = tmp_path / "06.ipynb", tmp_path / ".editions/06.ipynb"

        def give(self, edition):
            return editions.update(self.path, edition, self.kept)

        def write(self, text):
            self.path.write_text(text, "utf-8")

        def files(self):
            return sorted(p.name for p in tmp_path.glob("*.*") if p.is_file())

    made = Desk()
    assert made.give(OLD) == "new"
    assert made.path.read_text("utf-8") == OLD
    return made


def test_a_second_call_changes_nothing(desk):
    assert desk.give(OLD) == "same"
    assert desk.path.read_text("utf-8") == OLD


def test_a_chapter_that_nobody_edited_becomes_the_new_edition(desk):
    assert desk.give(NEW) == "updated"
    assert desk.path.read_text("utf-8") == json.dumps(json.loads(NEW), indent=1) + "\n"


def test_running_and_saving_is_no_edit_and_what_was_printed_stays_with_its_cell(desk):
    ran = json.loads(OLD)
    ran["metadata"]["language_info"] = {"name": "python", "version": "3.11.2"}
    ran["cells"][2] |= {"outputs": [{"output_type": "stream", "text": "hi"}], "execution_count": 7}
    ran["cells"][2]["metadata"] = {"execution": {}, "scrolled": True}
    desk.write(json.dumps(ran))
    assert desk.give(OLD) == "same"
    assert desk.give(NEW) == "updated"
    cells = json.loads(desk.path.read_text("utf-8"))["cells"]
    assert cells[0]["source"] == "# Adam, improved"
    assert cells[3]["outputs"] == ran["cells"][2]["outputs"]


def test_an_edited_chapter_is_left_alone_while_there_is_no_new_edition(desk):
    desk.write(MINE)
    assert desk.give(OLD) == "same"
    assert desk.path.read_text("utf-8") == MINE


def test_changes_in_other_cells_than_the_edition_s_are_kept_in_the_new_one(desk):
    desk.write(MINE)
    assert desk.give(NEW) == "merged"
    wanted = ["# Adam, improved", "What is 2 + 3?", "A new hint", "answer = 5", "my note"]
    assert texts(desk.path) == [*wanted, "Read more"]
    assert desk.files() == ["06.ipynb"]
    assert desk.give(NEW) == "same"
    assert desk.give(OLD) == "merged"
    assert texts(desk.path) == texts_of(MINE)


def texts_of(text):
    return [c["source"] for c in json.loads(text)["cells"]]


def test_a_clash_leaves_the_reader_s_chapter_and_lays_the_new_edition_beside_it_once(desk):
    desk.write(MINE)
    assert desk.give(CLASH) == "06.new.ipynb"
    assert desk.path.read_text("utf-8") == MINE
    place = desk.path.with_name("06.new.ipynb")
    assert place.read_text("utf-8") == CLASH
    place.unlink()
    assert desk.give(CLASH) == "same"
    assert not place.exists()


def test_what_a_reader_wrote_into_the_new_edition_beside_is_kept_too(desk):
    desk.write(MINE)
    desk.give(CLASH)
    beside = desk.path.with_name("06.new.ipynb")
    again = notebook(TITLE, ASK, code("answer", "answer = ()"), END)
    assert desk.give(again) == "06.new.ipynb"  # nothing was written there
    beside.write_text(MINE.replace("my note", "another note"), "utf-8")
    assert desk.give(CLASH.replace("None, None", "None, 0")) == "06.new2.ipynb"
    assert "another note" in beside.read_text("utf-8")


def test_who_goes_on_in_the_new_edition_has_it_brought_up_to_date_from_there(desk):
    desk.write(MINE)
    desk.give(CLASH)
    desk.write(CLASH.replace("What is 2 + 3?", "What is 2 + 3? (Easy!)"))
    later = CLASH.replace("# Adam", "# Adam again")
    assert desk.give(later) == "merged"
    assert texts(desk.path) == texts_of(later.replace("3?", "3? (Easy!)"))


def test_who_takes_back_their_changes_gets_the_new_edition(desk):
    desk.write(MINE)
    desk.give(CLASH)
    desk.write(OLD)
    assert desk.give(CLASH) == "updated"
    assert texts(desk.path) == texts_of(CLASH)


def test_a_deleted_chapter_comes_back_fresh_and_a_reader_s_own_notebook_stays(desk):
    own = desk.path.with_name("mine.ipynb")
    own.write_text(MINE, "utf-8")
    desk.path.unlink()
    assert desk.give(NEW) == "new"
    assert desk.path.read_text("utf-8") == NEW
    assert own.read_text("utf-8") == MINE


def test_a_copy_whose_edition_is_not_known_is_left_as_it_is(tmp_path):
    path = tmp_path / "06.ipynb"
    path.write_text(MINE, "utf-8")
    assert editions.update(path, NEW, tmp_path / "kept") == "06.new.ipynb"
    assert path.read_text("utf-8") == MINE


@pytest.mark.parametrize(
    "mine",
    [
        "no JSON any more {",
        "[]",
        '{"cells": [{"source": []}]}',
        notebook(TITLE, TITLE, END),  # two cells of one name
        notebook(ASK, TITLE, ANSWER, END),  # another order
        notebook(TITLE, ASK, END),  # an answer left out, which the edition changed
        notebook(TITLE, ASK, code("answer", "answer = 5"), END),
        notebook(TITLE, ASK, {**ANSWER, "attachments": {"a.png": {"image/png": "…"}}}, END),
        notebook(TITLE, ASK, {**ANSWER, "metadata": {"tags": ["mine"]}}, END),
    ],
)
def test_where_somebody_has_to_decide_both_are_there(desk, mine):
    desk.write(mine)
    assert desk.give(CLASH) == "06.new.ipynb"
    assert desk.path.read_text("utf-8") == mine
    assert desk.path.with_name("06.new.ipynb").read_text("utf-8") == CLASH


def test_a_cell_that_was_changed_alike_or_left_out_by_the_reader_alone_is_no_clash(desk):
    desk.write(notebook(TITLE, code("answer", "answer = (None, None)"), cell("own", "my"), END))
    assert desk.give(CLASH.replace("# Adam", "# Adam, improved")) == "merged"
    assert texts(desk.path) == ["# Adam, improved", "answer = (None, None)", "my", "Read more"]


def test_a_file_that_is_no_notebook_is_replaced_only_as_it_was_given(tmp_path):
    path, kept = tmp_path / "results.json", tmp_path / "kept"
    assert editions.update(path, '{"a": 1}', kept) == "new"
    assert editions.update(path, '{"a": 2}', kept) == "updated"
    path.write_text('{"a": "mine"}', "utf-8")
    assert editions.update(path, '{"a": 3}', kept) == "results.new.json"
    assert path.read_text("utf-8") == '{"a": "mine"}'


NAMES = st.sampled_from("abcdef")
CELLS = st.lists(st.tuples(NAMES, st.integers(0, 2)), max_size=6, unique_by=lambda pair: pair[0])


@given(CELLS, CELLS, CELLS)
def test_whatever_was_written_is_somewhere_afterwards(tmp_path_factory, old, mine, new):
    folder = tmp_path_factory.mktemp("desk")
    path, kept = folder / "06.ipynb", folder / "kept"
    first, own, second = (
        notebook(*[cell(name, f"{name}{number}") for name, number in part])
        for part in (old, mine, new)
    )
    editions.update(path, first, kept)
    path.write_text(own, "utf-8")
    editions.update(path, second, kept)
    written = {*texts_of(own)} - {*texts_of(first)}
    there = [t for each in folder.glob("06*.ipynb") for t in texts(each)]
    assert written <= {*there}
    assert {*texts_of(second)} - {*texts_of(first)} <= {*there}
