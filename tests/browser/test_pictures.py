"""Fourteen places of the built site look as they did when somebody last looked at them.

Run it after `make book`. Where a look was changed on purpose, `make pictures` takes all of them
anew; look at them before they are committed.
"""

import re
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from chromium import SITE, launched
from pictures import (
    CELL,
    FLAGS,
    FOLDER,
    PATIENCE,
    PLACES,
    Place,
    alike,
    changed,
    marked,
    opened,
    save,
    taken,
    told,
)
from PIL import Image

pytestmark = pytest.mark.browser

if not (SITE / "book" / "index.html").is_file():
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
WEIGHT = 1_500_000


@pytest.fixture(scope="module")
def page(browser):
    """A page of a browser that draws alike everywhere."""
    with launched(browser.browser_type, *FLAGS) as own:
        yield own.new_page()


def kept(name):
    with Image.open(FOLDER / f"{name}.webp") as image:
        return image.convert("RGB")


def test_there_is_one_picture_of_each_place_and_together_they_are_small():
    files = list(FOLDER.glob("*"))
    assert {file.name for file in files} == {f"{name}.webp" for name in PLACES}
    assert sum(file.stat().st_size for file in files) <= WEIGHT


def test_there_are_ten_places_and_more_in_light_dark_and_on_a_phone():
    assert len(PLACES) >= 10
    assert {place.theme for place in PLACES.values()} == {"light", "dark"}
    assert {place.size[0] for place in PLACES.values()} == {1280, 390}


@pytest.mark.parametrize("name", PLACES)
def test_the_place_looks_as_it_did(page, name):
    folder = SITE.parent / "pictures"
    folder.mkdir(exist_ok=True)
    file, where = folder / f"{name}.webp", folder / f"{name}-marked.webp"
    old = kept(name)
    for _ in "12":  # what somebody changed is also seen when the page is opened again
        opened(page, PLACES[name])
        new = taken(page, PLACES[name])
        if alike(old, new):
            return
    save(new, file)
    save(marked(old, new), where)
    pytest.fail(
        f"{name} ({PLACES[name].page}) looks different: {told(old, new)}. See {file}, and {where}"
        " for where. If that is as it should be: make pictures"
    )


#: What somebody may do to a page by mistake, where, and what a reader would see of it.
MISTAKES = {
    "a color": ("chapter", "h1 { color: #3b6fb6 !important }"),
    "a size": ("chapter", ".bd-article p { font-size: 17px !important }"),
    "a face": ("code", ".cell pre { font-family: monospace !important }"),
    "a shift by two pixels": ("chapter", ".bd-article h1 { transform: translateX(2px) }"),
    "a line that is gone": ("two-panels", '.px-line[data-rule="1"] { display: none !important }'),
    "a thinner line": ("two-panels", ".px-line path { stroke-width: 0.5 !important }"),
    "a button that is gone": ("two-panels", ".px-reset { visibility: hidden !important }"),
    "a caption below": ("figure", "figure.px-figure { display: block !important }"),
    "a light page in the dark": ("rule", ".bd-article { background: #eee !important }"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_seen_and_the_same_page_opened_again_is_not(page, mistake):
    name, style = MISTAKES[mistake]
    opened(page, PLACES[name])
    was = taken(page, PLACES[name])
    page.add_style_tag(content=style)
    page.wait_for_timeout(400)
    assert not alike(was, taken(page, PLACES[name]))
    opened(page, PLACES[name])
    assert alike(was, taken(page, PLACES[name]))


def test_edges_of_letters_that_are_drawn_a_little_differently_are_no_change(page):
    opened(page, PLACES["chapter"])
    was = taken(page, PLACES["chapter"])
    page.add_style_tag(content=".bd-article { transform: translateX(0.2px); will-change: opacity }")
    page.wait_for_timeout(400)
    moved = taken(page, PLACES["chapter"])
    assert np.any(np.asarray(was) != np.asarray(moved))
    assert alike(was, moved)


def test_nothing_of_a_figure_sticks_to_the_window_while_its_picture_is_taken(page):
    opened(page, PLACES["phone-explorer"])
    sticks = """() => [...document.querySelectorAll(".px, .px *")]
      .filter(e => getComputedStyle(e).position === "sticky").length"""
    assert page.evaluate(sticks) == 0
    page.reload()
    page.wait_for_selector(".px-live")
    assert page.evaluate(sticks) > 0


def drawn_as(*grays):
    """A page that looks so at one shot after the other."""
    shots = iter(grays)

    def screenshot(**_):
        file = BytesIO()
        Image.new("L", (8, 8), next(shots)).save(file, "png")
        return file.getvalue()

    return SimpleNamespace(screenshot=screenshot, wait_for_timeout=lambda _: None)


def test_a_place_that_still_moves_is_waited_for_and_one_that_never_rests_is_refused():
    place = Place("book/index.html")
    assert taken(drawn_as(0, 80, 160, 160, 240), place).getpixel((0, 0)) == (160, 160, 160)
    with pytest.raises(RuntimeError, match=r"book/index\.html does not come to rest"):
        taken(drawn_as(*range(PATIENCE)), place)


def test_pictures_of_two_sizes_are_not_alike_and_odd_sizes_are_compared_to_their_edge():
    old, new = Image.new("RGB", (41, 30), "white"), Image.new("RGB", (41, 30), "white")
    assert not alike(old, new.resize((41, 31)))
    assert alike(old, new)
    new.putpixel((40, 29), (0, 0, 0))
    assert changed(old, new).sum() == 1
    assert changed(old, new)[29 // CELL, 40 // CELL]
    assert told(old, new) == "1 cells between [40, 28] and [44, 32] of (41, 30)"
    assert told(old, new.resize((41, 31))) == "it was (41, 30), it is (41, 31)"
    assert marked(old, new).getpixel((40, 29)) == (220, 0, 0)


def test_the_command_that_takes_them_is_in_the_makefile_and_where_contributors_read():
    root = FOLDER.parents[2]
    assert re.search(
        r"^pictures:.*\n(\t.*\n)*\t.* tests/browser/pictures\.py$",
        (root / "Makefile").read_text(),
        re.M,
    )
    assert "make pictures" in (root / "CONTRIBUTING.md").read_text("utf-8")
