"""The search of the built book: what it finds, how it is used, and what it marks.

Run it after `make book`.
"""

import re
import urllib.parse

import pytest
from chromium import SITE, axe
from questions import QUESTIONS, UNSEEN

pytestmark = pytest.mark.browser

INDEX = SITE / "_static" / "search" / "index.js"
if not INDEX.is_file():
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
CHAPTER = "notebooks/06_adam.html"
#: Of the questions that were never tuned on, so many may be missed.
MISSED = 3


def opened(page, address):
    page.goto(address)
    page.keyboard.press("Control+k")
    page.wait_for_selector(".px-search-dialog[open] input")


def asked(page, question):
    page.locator(".px-search input").fill(question)
    page.wait_for_function(
        "q => PrimerSearch.ready && document.querySelector('.px-search').dataset.asked === q",
        arg=question,
    )


def places(page, question):
    """Where the results of a question lead, without the words to be marked."""
    return page.evaluate(
        "q => PrimerSearch.find(q).map(({address, place}) => address + (place && `#${place}`))",
        question,
    )


@pytest.fixture(scope="module")
def engine(browser, served):
    """A page on which the search is ready."""
    page = browser.new_page()
    page.goto(f"{served}/search.html")
    page.wait_for_function("window.PrimerSearch?.ready")
    yield page
    page.close()


def reached(page, question, wanted, within):
    return [
        place
        for place in places(page, question)[:within]
        if any(place.startswith(each) for each in wanted)
    ]


@pytest.mark.parametrize(("question", "wanted", "within"), QUESTIONS, ids=[q[0] for q in QUESTIONS])
def test_a_question_leads_where_the_answer_is(engine, question, wanted, within):
    assert reached(engine, question, wanted, within), places(engine, question)[:5]


def test_nearly_all_questions_that_were_never_tuned_on_do_too(engine):
    missed = [question for question, *rest in UNSEEN if not reached(engine, question, *rest)]
    assert len(missed) <= MISSED, missed


def test_every_place_of_the_index_is_there(engine):
    found = engine.evaluate("PrimerSearch.places()")
    ids = {}
    for address, place in found:
        if address not in ids:
            ids[address] = set(re.findall(r'\bid="([^"]+)"', SITE.joinpath(address).read_text()))
        assert not place or place in ids[address], (address, place)
    assert len(found) > 500


def test_nothing_of_the_search_is_loaded_before_it_is_opened(page, served):
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto(f"{served}/{CHAPTER}")
    page.wait_for_load_state("networkidle")
    assert not [url for url in seen if "/search/" in url or "minisearch" in url]


@pytest.mark.parametrize("way", ["served", "file"])
def test_with_the_keyboard_alone_from_any_page_to_the_words_that_are_marked(page, served, way):
    root = served if way == "served" else SITE.as_uri()
    opened(page, f"{root}/{CHAPTER}")
    asked(page, "bias correction")
    assert page.locator(".px-search-said").inner_text().endswith("places")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.className") == "px-hit"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector(".px-marks")
    address = urllib.parse.urlsplit(page.url)
    assert address.path.endswith("notebooks/06_adam.html")
    assert address.fragment == "the-corrections"
    assert "find=" not in address.query
    assert page.evaluate("CSS.highlights.get('px-found').size") > 0
    page.keyboard.press("Escape")
    assert not page.locator(".px-marks").count()
    assert not page.evaluate("CSS.highlights.has('px-found')")


def test_a_result_says_where_it_stands_and_shows_no_tex(page, served):
    opened(page, f"{served}/{CHAPTER}")
    asked(page, "bias correction")
    first = page.locator(".px-hit").first.inner_text().split("\n")
    assert first[:2] == ["The corrections", "A rate of one's own › 6 " + title(CHAPTER)]
    for question in ("learning rate", "beta2", "second moment", "condition number"):
        asked(page, question)
        told = "\n".join(page.locator(".px-hit").all_inner_texts())
        assert not re.search(r"\\[a-zA-Z(\[]|\{|\}_", told), question


def title(name):
    text = SITE.joinpath(name).read_text("utf-8")
    return re.search(r'<h1><span class="section-number">6 </span>([^<]+)<', text)[1]


def test_marks_leave_the_settings_of_a_figure_in_the_address_alone(page, served):
    page.goto(f"{served}/{CHAPTER}?find=momentum&a=1#lr=0.1")
    page.wait_for_selector(".px-marks")
    assert page.url == f"{served}/{CHAPTER}?a=1#lr=0.1"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_dialog(page, served, theme, width):
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, f"{served}/book/notation.html")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    asked(page, "weight decay")
    page.wait_for_timeout(400)
    found = axe(page, ".px-search-dialog")
    assert not [(v["id"], v["nodes"][0]["html"]) for v in found]
    box = page.locator(".px-search-dialog").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    inside = page.evaluate("document.querySelector('.px-hits').scrollWidth")
    assert inside <= box["width"]


def test_the_page_of_the_search_answers_the_question_in_its_address(page, served):
    page.goto(f"{served}/search.html?q=nestrov")  # cspell:ignore nestrov
    page.wait_for_selector(".px-hit")
    assert "Nesterov" in page.locator(".px-hit-title").first.inner_text()
    asked(page, "zzzz")
    assert "Nothing found for “zzzz”" in page.locator(".px-search-said").inner_text()
    assert page.url.endswith("?q=zzzz")


def test_escape_closes_the_dialog_and_what_was_asked_is_kept(page, served):
    opened(page, f"{served}/{CHAPTER}")
    asked(page, "momentum")
    page.keyboard.press("Escape")
    page.wait_for_selector(".px-search-dialog:not([open])", state="attached")
    page.keyboard.press("Control+k")
    assert page.locator(".px-search-dialog input").input_value() == "momentum"


def test_without_scripts_the_button_leads_to_a_page_that_says_what_else_helps(browser, served):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{served}/{CHAPTER}")
    page.locator(".px-search-open:visible").first.click()
    told = page.locator("noscript p")
    told.wait_for()
    assert told.inner_text().startswith("The search needs JavaScript.")
    page.get_by_role("main").get_by_role("link", name="glossary").click()
    assert page.url.endswith("book/glossary.html")
    context.close()
