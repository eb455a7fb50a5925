"""What a reader sifts and sorts: by mouse, by keyboard, by its address, and without scripts."""

from pathlib import Path

import pytest
from chromium import axe

pytestmark = pytest.mark.browser
STATIC = Path(__file__).parents[2] / "book" / "_static"

PAGE = """<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sift</title>
<link rel="stylesheet" href="sift.css">
<style>:root {{ --pst-color-primary: #1f6483; --pst-color-background: #fff;
--pst-color-border: #ccc; --pst-color-text-base: #222; --pst-color-text-muted: #555 }}</style>
<script defer src="sift.js"></script><body><main><h1>Claims</h1>{body}</main></body></html>"""
CLAIMS = """<div class="px-sift px-of-claims"></div>
<section><h2>Early</h2>
<div class="px-item px-is-verdict-false px-is-chapter-2" id="one">Naïve steps
  <b class="px-says-verdict">false</b></div>
<div class="px-item px-is-verdict-holds-if px-is-chapter-10">Big steps
  <b class="px-says-verdict">holds if …</b></div></section>
<section><h2>Late</h2>
<div class="px-item px-is-verdict-false px-is-chapter-2 px-is-chapter-10" id="three">Small steps
  <b class="px-says-verdict">false</b></div></section>"""
RULES = """<div class="px-sift px-of-rules"><table class="px-sort"><thead><tr>
<th class="px-sorted">Name</th><th>State</th><th class="px-unsorted">What</th></tr></thead><tbody>
<tr class="px-item px-is-kind-rule"><th>Adam</th><td>2 numbers</td><td>a</td></tr>
<tr class="px-item px-is-kind-wrapper"><th>Clip</th><td></td><td>b</td></tr>
<tr class="px-item px-is-kind-rule"><th>Newton</th><td>100 numbers</td><td>c</td></tr>
<tr class="px-item px-is-kind-rule"><th>SGD</th><td>10 numbers</td><td>d</td></tr>
</tbody></table></div>"""


@pytest.fixture
def opened(page, tmp_path):
    """Opens a page that holds the lists, at an address such as ``?verdict=false``."""
    for name in ("sift.js", "sift.css"):
        tmp_path.joinpath(name).write_text(STATIC.joinpath(name).read_text("utf-8"), "utf-8")

    def open_(*lists, at=""):
        file = tmp_path / "page.html"
        file.write_text(PAGE.format(body="".join(lists)), encoding="utf-8")
        page.goto("about:blank")
        page.goto(file.as_uri() + at)
        page.wait_for_selector(".px-sift-bar")

    return open_


def shown(page):
    return [el.inner_text().split("\n")[0] for el in page.locator(".px-item:visible").all()]


def names(page):
    return page.locator("tbody tr:visible th").all_text_contents()


def pressed(page, group):
    buttons = page.get_by_role("group", name=group).locator("[aria-pressed=true]")
    return buttons.evaluate_all("all => all.map(b => b.firstChild.textContent)")


def press(page, group, label):
    page.get_by_role("group", name=group).get_by_role("button", name=label).click()


def status(page):
    return page.get_by_role("status").first.text_content()


def test_groups_labels_and_counts_come_from_the_items(page, opened):
    opened(CLAIMS)
    said = page.locator(".px-sift-group").evaluate_all(
        "all => all.map(g => [...g.querySelectorAll('button')].map(b => b.textContent))"
    )
    assert said == [["All", "False2", "Holds if …1"], ["All", "22", "102"]]
    assert status(page) == "3 of 3 claims"
    assert not page.get_by_role("button", name="Show all").is_visible()


def test_values_of_a_group_add_up_and_groups_narrow_each_other(page, opened):
    opened(CLAIMS)
    press(page, "Verdict", "False")
    press(page, "Chapter", "10")
    assert len(shown(page)) == 1
    assert status(page) == "1 of 3 claims"
    assert not page.get_by_role("heading", name="Early").is_visible()
    press(page, "Verdict", "Holds if")
    assert len(shown(page)) == 2
    assert page.url.endswith("?verdict=false,holds-if&chapter=10")
    page.reload()
    assert (pressed(page, "Verdict"), pressed(page, "Chapter")) == (["False", "Holds if …"], ["10"])
    press(page, "Verdict", "All")
    press(page, "Chapter", "10")
    assert len(shown(page)) == 3
    assert page.url.endswith("page.html")


def test_words_are_found_without_accents_and_nothing_found_can_be_undone(page, opened):
    opened(CLAIMS)
    page.get_by_label("Find").fill("NAIVE step")
    assert shown(page) == ["Naïve steps false"]
    page.get_by_label("Find").fill("nowhere")
    assert shown(page) == []
    assert page.get_by_text("Nothing found.").is_visible()
    page.get_by_role("button", name="Show all").click()
    assert len(shown(page)) == 3
    assert page.evaluate("document.activeElement.type") == "search"


def test_a_keyboard_is_enough(page, opened):
    opened(RULES)
    for key in ("Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    assert names(page) == ["Clip"]
    page.keyboard.press("Space")
    assert len(names(page)) == 4
    for key in ("Tab", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    assert names(page) == ["Adam", "SGD", "Newton", "Clip"]


def test_heads_sort_as_text_or_as_numbers_and_say_so(page, opened):
    opened(RULES)
    heads = page.locator("thead th")
    assert heads.first.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="State").click()
    assert names(page) == ["Adam", "SGD", "Newton", "Clip"]
    page.get_by_role("button", name="State").click()
    assert names(page) == ["Newton", "SGD", "Adam", "Clip"]
    assert heads.nth(1).get_attribute("aria-sort") == "descending"
    assert heads.first.get_attribute("aria-sort") is None
    assert not heads.nth(2).locator("button").count()
    assert page.url.endswith("?sort=-state")
    page.reload()
    assert names(page) == ["Newton", "SGD", "Adam", "Clip"]


def test_settings_of_figures_and_other_words_of_the_address_stay(page, opened):
    opened(RULES, at="?q=1#lr=0.1")
    press(page, "Kind", "Rule")
    assert page.url.endswith("?q=1&kind=rule#lr=0.1")


def test_two_lists_of_a_page_do_not_disturb_each_other(page, opened):
    opened(CLAIMS, RULES, at="?find-2=sgd")
    assert len(names(page)) == 1
    assert status(page) == "3 of 3 claims"


def test_an_item_that_is_linked_to_shows_whatever_was_sifted(page, opened):
    opened(CLAIMS, at="?verdict=holds-if#three")
    assert len(shown(page)) == 3
    press(page, "Verdict", "Holds if")
    page.evaluate("location.hash = 'one'")
    page.wait_for_function("!document.getElementById('one').hidden")


def test_a_badly_written_address_is_no_error(page, opened):
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    opened(CLAIMS, RULES, at="?verdict=unknown,&chapter=77&sort=-nothing&kind-2=%#100%")
    assert (len(shown(page)), len(names(page))) == (7, 4)
    page.evaluate("location.hash = '%E0%A4%A'")
    page.wait_for_timeout(100)
    assert errors == []


def test_words_are_taken_as_they_are_written(page, opened):
    item = '<div class="px-item">a*b (c) [d] $e$ \\f "g" É <i>h</i>&nbsp;i</div>'
    opened(f'<div class="px-sift px-of-x"></div>{item}{item.replace("b", "z")}')
    for words in ("a*b", "(c", "[D] $", "\\f", '"g"', "e\u0301 a*B", "é", "h i", "  "):
        page.get_by_label("Find").fill(words)
        assert len(shown(page)) == (1 if "b" in words.lower() else 2), words
    page.get_by_label("Find").fill("a.b")
    assert shown(page) == []


def test_numbers_stand_by_size_before_a_value_that_is_none(page, opened):
    items = "".join(
        f'<div class="px-item px-is-chapter-{n}">{n}</div>' for n in ["none"] * 3 + [10, 10, 2]
    )
    opened(f'<div class="px-sift px-of-x"></div>{items}')
    said = page.locator(".px-sift-value").evaluate_all("all => all.map(b => b.textContent)")
    assert said == ["All", "21", "102", "None3"]


def test_axe_finds_no_serious_violation(page, opened):
    opened(CLAIMS, RULES, at="?verdict=false")
    found = axe(page)
    assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")]


def test_without_scripts_all_of_it_shows(browser, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(body=CLAIMS + RULES), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator(".px-item:visible").count() == 7
    context.close()
