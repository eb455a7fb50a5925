"""The family tree as a reader meets it: by mouse, keyboard and touch, wide and narrow."""

import itertools
import sys
from pathlib import Path

import pytest
from chromium import axe

sys.path.insert(0, str(Path(__file__).parents[1]))
from helpers import loaded  # noqa: E402
from test_family import FAMILIES  # noqa: E402

from primer import registry  # noqa: E402
from primer.plotting.family import WIDTH, family  # noqa: E402
from primer.plotting.figures import static  # noqa: E402

pytestmark = pytest.mark.browser
BOOK = Path(__file__).parents[2] / "book"
PAGE = """<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Family</title>
<style>{styles}
body {{ margin: 0 16px; font: 16px "DejaVu Sans", sans-serif; background: {paper} }}
:root {{ --pst-color-background: {paper}; --pst-color-border: #888 }}</style>
<script defer src="family.js"></script><body><main><h1>Family</h1>{body}
<div style="height: 40rem"></div></main></body></html>"""
PAPER = {"light": "#ffffff", "dark": "#14181e"}


@pytest.fixture(scope="module")
def maker():
    """The extension that makes the figure."""
    return loaded(BOOK / "_ext" / "family_tree.py")


@pytest.fixture
def opened(page, tmp_path, maker, monkeypatch):
    """Opens a page with the figure of these entries, at a width."""
    script, style = (BOOK.joinpath("_static", f"family.{kind}") for kind in ("js", "css"))
    tmp_path.joinpath("family.js").write_text(script.read_text("utf-8"), encoding="utf-8")
    styles = static("explorer.css") + style.read_text("utf-8")

    def open_(entries=None, size=(1000, 900), theme="light"):
        entries = list(registry.rules.values()) if entries is None else entries
        if any(e.name not in registry.rules for e in entries):
            monkeypatch.setattr(maker, "equation", lambda entry: "")
        drawn = maker.figure(family(entries), lambda name: f"#{name}", "A family tree.")
        file = tmp_path / "page.html"
        text = PAGE.format(styles=styles, body=drawn, theme=theme, paper=PAPER[theme])
        file.write_text(text, encoding="utf-8")
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")

    return open_


def boxes(page, what):
    return {el.inner_text(): el.bounding_box() for el in page.locator(what).all()}


def apart(one, other):
    return (
        one["x"] + one["width"] <= other["x"] + 0.5
        or other["x"] + other["width"] <= one["x"] + 0.5
        or one["y"] + one["height"] <= other["y"] + 0.5
        or other["y"] + other["height"] <= one["y"] + 0.5
    )


@pytest.mark.parametrize("size", [WIDTH + 32, 1000, 1600, 390])
@pytest.mark.parametrize("which", ["registry", "invented 3"])
def test_no_two_names_overlap_and_all_are_in_the_window(page, opened, which, size):
    opened(FAMILIES[which], size=(size, 900))
    names = boxes(page, ".px-name")
    assert len(names) == len(FAMILIES[which])
    for one, other in itertools.combinations(names.values(), 2):
        assert apart(one, other)
    assert page.evaluate("document.documentElement.scrollWidth") <= size
    assert all(box["height"] >= 24 for box in names.values())


@pytest.mark.parametrize("size", [WIDTH + 32, 1600])
def test_years_do_not_overlap_and_every_edge_is_drawn(page, opened, size):
    opened(size=(size, 900))
    years = page.locator(".px-axis span").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(r => [r.left, r.right])"
    )
    assert all(a[1] < b[0] for a, b in itertools.pairwise(years))
    drawn = page.locator(".px-lines path[data-to]").evaluate_all(
        "all => all.map(e => [e.dataset.from, e.dataset.to])"
    )
    wanted = [[p, e.name] for e in registry.rules.values() for p in e.parents]
    assert sorted(drawn) == sorted(wanted)


@pytest.mark.parametrize("size", [(1000, 700), (760, 500), (390, 700)])
def test_every_card_opens_by_keyboard_inside_the_window_and_closes_by_escape(page, opened, size):
    opened(size=size)
    for name in page.locator(".px-name").all():
        name.focus()
        shown = page.locator(".px-card:visible")
        assert shown.count() == 1
        box = shown.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size[1]
    page.keyboard.press("Escape")
    assert page.locator(".px-card:visible").count() == 0


def test_a_card_opens_when_pointed_at_and_the_pointer_can_go_into_it(page, opened):
    opened()
    page.locator("#kin-Adam .px-name").hover()
    card = page.locator("#kin-Adam .px-card")
    assert card.is_visible()
    assert "2014. From RMSProp and Momentum." in card.inner_text()
    box = card.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20, steps=8)
    assert card.is_visible()
    page.mouse.move(2, 2)
    assert not card.is_visible()


def test_the_name_is_a_link_that_a_click_follows(page, opened):
    opened()
    page.locator("#kin-Lion .px-name").click()
    assert page.url.endswith("#Lion")


def test_a_first_touch_opens_the_card_and_the_link_in_it_leads_on(browser, page, opened):
    opened(size=(390, 800))
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    try:
        phone = context.new_page()
        phone.goto(page.url)
        phone.locator("#kin-Adam .px-name").tap()
        assert phone.locator("#kin-Adam .px-card").is_visible()
        assert "#" not in phone.url
        phone.locator("#kin-AdamW .px-name").scroll_into_view_if_needed()
        phone.locator("h1").tap()
        assert phone.locator(".px-card:visible").count() == 0
        phone.locator("#kin-Nesterov .px-name").tap()
        phone.locator("#kin-Nesterov .px-go").tap()
        assert phone.url.endswith("#Nesterov")
    finally:
        context.close()


@pytest.mark.parametrize("theme", PAPER)
@pytest.mark.parametrize("size", [(1000, 900), (390, 800)])
def test_axe_finds_nothing_to_complain_of(page, opened, theme, size):
    opened(size=size, theme=theme)
    page.locator("#kin-Adam .px-name").focus()
    assert axe(page, ".px-family", preload=True) == []


def test_without_scripts_every_name_year_and_link_is_there(browser, page, opened):
    opened()
    context = browser.new_context(java_script_enabled=False)
    try:
        plain = context.new_page()
        plain.goto(page.url)
        for name, entry in registry.rules.items():
            link = plain.get_by_role("link", name=name, exact=True)
            assert link.get_attribute("href") == f"#{name}"
            assert str(entry.year) in plain.locator(f"#kin-{name}").inner_text()
    finally:
        context.close()


def test_on_paper_no_card_is_in_the_way(page, opened):
    opened()
    page.locator("#kin-Adam .px-name").focus()
    page.emulate_media(media="print")
    assert page.locator(".px-card:visible").count() == 0
