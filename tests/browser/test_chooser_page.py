"""Which optimizer for me, in a real browser: answers, address, keyboard, links, access."""

import pytest
from chromium import axe, jupyter_lab, run_all, write_notebook, write_page

from primer import SGD, Slider, chooser, decision_table, explore, landscapes
from primer.measure import choose
from primer.measure.decisions import ROWS

pytestmark = pytest.mark.browser
LINKS = '<a href="#for=vision&trials=one">Images, one run</a> <a href="#lr=0.05">A rate</a>'
COMPLEX = "#for=transformer&trials=many&with=memory,large"


@pytest.fixture
def opened(page, tmp_path, monkeypatch):
    """Opens a page with a chooser; `more` stands before it."""
    monkeypatch.setenv("PRIMER_BOOK", "1")

    def open_(hash_="", more="", theme="light", explorers=()):
        made = more + chooser()
        address = write_page(tmp_path / "page.html", *explorers, before=made, theme=theme)
        page.goto("about:blank")
        page.goto(address + hash_)
        page.wait_for_selector(".px-asks")
        return address

    return open_


def cited(page):
    return page.locator(".px-row-link").all_text_contents()


def expected(**answers):
    return [row.situation for row in choose({**answers}).rows]


def checked(page):
    return page.locator(".px-ask input:checked").evaluate_all("all => all.map(i => i.value)")


def test_answers_change_card_rows_and_address_and_a_reload_keeps_them(page, opened):
    opened()
    assert cited(page) == ["Starting out"]
    assert "#" not in page.url
    page.get_by_text("A recurrent net", exact=True).first.click()
    page.get_by_text("Memory is tight", exact=True).click()
    assert page.url.endswith("#for=recurrent&with=memory")
    assert page.locator(".px-name").text_content() == "RMSProp"
    assert "torch.optim.RMSprop(" in page.locator(".px-card").text_content()
    names = expected(**{"for": "recurrent", "with": "memory"})
    assert cited(page) == names
    assert page.locator(".px-spoken").text_content() == f"RMSProp, because of: {'; '.join(names)}."
    page.reload()
    page.wait_for_selector(".px-asks")
    assert checked(page) == ["recurrent", "some", "memory"]
    assert cited(page) == names
    page.get_by_role("button", name="Start over").click()
    assert checked(page) == ["start", "some"]
    assert page.url.endswith("#for=start")


def test_the_keyboard_alone_chooses(page, opened):
    opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "start"
    page.keyboard.press("ArrowRight")
    assert checked(page) == ["vision", "some"]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert checked(page) == ["vision", "one", "memory"]
    assert page.url.endswith("#for=vision&trials=one&with=memory")
    ring = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    assert page.evaluate(ring) == "solid"


def test_the_form_has_names_for_those_who_hear_it(page, opened):
    opened()
    for question, kind, count in (
        ("What do you train?", "radio", 5),
        ("How many runs can you spend on tuning?", "radio", 3),
        ("What else is true? (any number)", "checkbox", 4),
    ):
        group = page.get_by_role("group", name=question, exact=True)
        assert group.get_by_role(kind).count() == count
    assert page.get_by_role("status").count() == 2


def test_a_link_opens_its_answer_and_one_in_the_text_sets_it(page, opened):
    address = opened(COMPLEX, more=LINKS)
    assert checked(page) == ["transformer", "many", "memory", "large"]
    assert len(cited(page)) == 4
    page.get_by_text("Images, one run").click()
    assert checked(page) == ["vision", "one"]
    assert page.url == f"{address}#for=vision&trials=one"
    page.evaluate("location.hash = '#for=sparse'")
    page.wait_for_function("document.querySelector('.px-name').textContent === 'AdaGrad'")
    page.get_by_role("button", name="Copy link").click()
    assert page.url.endswith("#for=sparse")
    assert page.locator(".px-said").text_content()


@pytest.mark.parametrize("hash_", ["#for=cars", "#lr=1", "#for=vision&lr=1", "#row-one", "#with"])
def test_an_address_that_means_something_else_leaves_the_defaults(page, opened, hash_):
    opened(hash_)
    assert checked(page) == ["start", "some"]


def test_beside_an_explorer_each_hears_its_own_links(page, opened):
    live = explore(SGD(lr=Slider(0.01, 0.1, 0.02)), on=landscapes.beale(), steps=5)
    opened(more=LINKS, explorers=[live])
    page.wait_for_selector(".px-live")
    page.get_by_role("link", name="A rate").click()
    assert page.locator(".px-row output").text_content() == "0.05"
    assert checked(page) == ["start", "some"]
    page.get_by_text("Images, one run").click()
    assert checked(page) == ["vision", "one"]
    assert page.locator(".px-row output").text_content() == "0.05"


def test_a_cited_row_leads_to_its_place_below_or_in_the_table_of_the_page(page, opened):
    opened("#for=vision")
    assert not page.locator("details tr").first.is_visible()
    page.locator(".px-row-link").click()
    assert page.evaluate("document.activeElement.dataset.row") == "vision"
    assert page.url.endswith("#for=vision")
    opened("#for=sparse", more=str(decision_table()))
    page.locator(".px-row-link").click()
    assert page.evaluate("document.activeElement.id") == "row-sparse"
    assert not page.locator("details").is_visible()


def test_without_javascript_all_rows_can_be_read(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("PRIMER_BOOK", "1")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(write_page(tmp_path / "page.html", before=str(chooser())))
    for row in ROWS:
        assert page.get_by_text(row.advice).is_visible()
        assert page.get_by_text(row.why).is_visible()
    assert not page.locator("form, .px-answer").first.is_visible()
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_screen_fingers_and_those_who_see_badly(page, opened, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    opened(COMPLEX, theme=theme)
    page.add_style_tag(content=BODY[theme])
    page.evaluate("document.querySelector('details').open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    chips = page.locator(".px-chip")
    for k in range(chips.count()):
        assert chips.nth(k).bounding_box()["height"] >= 44
    page.wait_for_timeout(1000)  # the flash of a link
    found = axe(page, ".px-choose")
    assert not [(v["id"], v["nodes"][0]["html"]) for v in found]


BODY = {
    "light": "body { background: #fff }",
    "dark": "body { background: #14181e; color: #e8ebf1 }",
}


def test_it_is_alive_where_a_server_forbids_scripts_written_into_a_page(
    page, opened, hosted, tmp_path
):
    opened()
    file, icon = tmp_path / "page.html", '<link rel="icon" href="data:,">'
    file.write_text(file.read_text("utf-8").replace("<title>", f"{icon}<title>"), "utf-8")
    page.goto(f"{hosted(tmp_path)}/page.html#for=vision")
    page.wait_for_selector(".px-asks")
    assert page.locator(".px-name").text_content() == "Momentum"


def test_in_jupyterlab_it_is_alive_and_leaves_the_address_alone(browser, tmp_path):
    write_notebook(
        tmp_path / "choosing.ipynb",
        "from primer import chooser\nchooser()",
        f"%%md\n{LINKS}",
    )
    with jupyter_lab(tmp_path) as (address, token):
        page = browser.new_context(viewport={"width": 1200, "height": 1400}).new_page()
        run_all(page, address, token, "choosing.ipynb")
        page.wait_for_selector(".px-asks", timeout=90_000)
        before = page.url
        page.get_by_text("Sparse text, embeddings", exact=True).first.click()
        assert page.locator(".px-name").text_content() == "AdaGrad"
        page.locator(".jp-MarkdownCell a", has_text="Images").click()
        assert checked(page) == ["vision", "one"]
        assert page.url == before
        page.context.close()
