"""A word of the glossary says what it means, to a mouse and to the keyboard; a tap follows it."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "book" / "_static"
PAGE = """<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="glossary.css"><script defer src="glossary.js"></script></head>
<body style="margin: 0"><article class="bd-article"><p style="text-align: right">
<a class="px-term" data-term="What a rule remembers." href="#term-state">state</a></p>
<p style="height: 3000px"></p><p>
<a class="px-term" data-term="A step." href="#term-step">step</a> <a href="#other">other</a></p>
</article></body></html>"""


@pytest.fixture
def address(tmp_path):
    for name in ("glossary.css", "glossary.js"):
        tmp_path.joinpath(name).write_text((STATIC / name).read_text("utf-8"), "utf-8")
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    return path.as_uri()


def test_a_mouse_over_the_word_shows_its_meaning_on_the_page_until_it_leaves(page, address):
    page.goto(address)
    tip, word = page.locator("#px-term-tip"), page.locator("a").first
    assert not tip.is_visible()
    word.hover()
    assert tip.inner_text() == "What a rule remembers."
    assert word.get_attribute("aria-describedby") == "px-term-tip"
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1000
    assert box["y"] >= word.bounding_box()["y"]
    tip.hover()
    page.wait_for_timeout(300)
    assert tip.is_visible()
    page.mouse.move(5, 500)
    tip.wait_for(state="hidden")
    assert word.get_attribute("aria-describedby") is None


def test_the_keyboard_shows_it_above_the_word_where_there_is_no_room_below(page, address):
    page.goto(address)
    tip = page.locator("#px-term-tip")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert tip.inner_text() == "A step."
    assert tip.bounding_box()["y"] < page.locator("a").nth(1).bounding_box()["y"]
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.keyboard.press("Shift+Tab")
    assert tip.inner_text() == "What a rule remembers."
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert not tip.is_visible()


def test_a_tap_follows_the_link(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(address)
    page.locator("a").first.tap()
    assert page.url.endswith("#term-state")
    assert not page.locator("#px-term-tip").is_visible()
    context.close()
