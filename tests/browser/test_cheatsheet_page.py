"""The cheat sheet in a browser: one page of paper, a button that prints, a page on a phone."""

import re
from pathlib import Path

import pytest
from chromium import FORMULAS_SET, SITE

pytestmark = pytest.mark.browser

PAGE = SITE / "book" / "cheatsheet.html"
if not PAGE.exists():
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
HEADINGS = re.findall(
    r"^## (.+)$", (Path(__file__).parents[2] / "book/cheatsheet.md").read_text("utf-8"), re.M
)
SMALLEST = 10  # pixels of CSS: 7.5 points


@pytest.fixture
def sheet(page):
    page.goto(PAGE.as_uri())
    page.wait_for_function(FORMULAS_SET)
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("margin", ["10mm", "0.4in"])
def test_it_prints_on_one_page(sheet, paper, theme, margin):
    sheet.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    sides = dict.fromkeys(("top", "right", "bottom", "left"), margin)
    pdf = sheet.pdf(format=paper, margin=sides, outline=True, tagged=True)
    assert pages(pdf) == 1
    for heading in HEADINGS:
        assert heading.encode() in pdf


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_there_is_room_left_for_a_font_that_runs_wider(sheet, paper):
    sheet.add_style_tag(content="#cheat-sheet { letter-spacing: .03em }")
    sides = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")
    assert pages(sheet.pdf(format=paper, margin=sides)) == 1


@pytest.mark.parametrize("width", [718, 740])  # what 10 mm leave of A4 and Letter
def test_on_paper_nothing_is_small_or_cut_off(sheet, width):
    sheet.set_viewport_size({"width": width, "height": 1000})
    sheet.emulate_media(media="print")
    small, wide = sheet.evaluate(
        """least => {
          const parts = "#cheat-sheet :is(p, li, code, h2, mjx-container)";
          const seen = [...document.querySelectorAll(parts)].filter(
            e => e.getClientRects().length && e.textContent.trim());
          const size = e => parseFloat(getComputedStyle(e).fontSize);
          const within = e => {
            const box = document.querySelector("#cheat-sheet").getBoundingClientRect();
            const fits = r => r.left >= box.left - 1 && r.right <= box.right + 1;
            return [...e.getClientRects()].every(fits);
          };
          return [seen.filter(e => size(e) < least - 0.05), seen.filter(e => !within(e))]
            .map(found => found.map(e => e.outerHTML.slice(0, 200)));
        }""",
        SMALLEST,
    )
    assert not small
    assert not wide


def test_on_paper_there_is_nothing_of_the_theme(sheet):
    sheet.emulate_media(media="print")
    for part in ("header", "footer", ".bd-sidebar-primary", ".bd-sidebar-secondary", "button"):
        assert not sheet.locator(f"{part}:visible").count(), part


def test_the_button_prints_when_the_equations_are_set(page):
    page.add_init_script("window.print = () => { globalThis.printed = (" + FORMULAS_SET + ")(); }")
    page.goto(PAGE.as_uri())
    page.get_by_role("button", name="Print this page").click()
    page.wait_for_function("globalThis.printed !== undefined")
    assert page.evaluate("printed") is True


def test_without_scripts_there_is_no_button(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    assert page.get_by_role("heading", name="Numbers worth remembering").is_visible()
    assert not page.locator(".sheet-print").is_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_on_a_screen_nothing_runs_over(sheet, width):
    sheet.set_viewport_size({"width": width, "height": 900})
    assert sheet.evaluate("document.documentElement.scrollWidth") <= width
