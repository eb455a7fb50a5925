"""Every public name has one place in the book's reference of the package."""

import pytest
from helpers import loaded
from test_docs import HOMES, public
from test_notebooks import ROOT

api = loaded(ROOT / "book" / "_ext" / "api.py")
PAGES = sorted((ROOT / "book" / "api").glob("*.md"))
TOLD = [name for page in PAGES for name, _ in api.names(page.read_text("utf-8"))]


def test_every_public_function_and_class_is_on_one_page():
    known = set(api.places().values())
    assert sorted(TOLD) == sorted(known)


@pytest.mark.parametrize("home", HOMES, ids=lambda h: h.__name__)
def test_every_name_of_a_room_has_a_place(home):
    places = api.places()
    assert {name for name, _ in public(home)} <= places.keys()


def test_every_page_is_in_the_table_of_contents():
    told = (ROOT / "_toc.yml").read_text("utf-8")
    assert PAGES
    assert [p.stem for p in PAGES if f"book/api/{p.stem}\n" not in told] == []


def test_marks_of_a_docstring_are_escaped_and_its_sources_cited():
    lines = [
        "(*batch, d), |g|, ``a*b``, Polyak (polyak1964), x1999",
        "polyak1964",
        ">>> 2 * 3",
        "*",
    ]
    assert api.escaped(lines, {"polyak1964"}) == [
        r"(\*batch, d), \|g\|, ``a*b``, Polyak (:cite:year:`polyak1964`), x1999",
        ":cite:t:`polyak1964`",
        ">>> 2 * 3",
        "*",
    ]
