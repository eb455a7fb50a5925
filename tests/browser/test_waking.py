"""Figures wake near the window, the first one at once; formulas are set after it, bit by bit."""

import functools
import http.server
import threading
from pathlib import Path

import pytest
from chromium import NOT_UNDERSTOOD, bring_mathjax, settings, write_page
from helpers import loaded

from primer import SGD, Slider, explore, landscapes

pytestmark = pytest.mark.browser
BOOK = Path(__file__).parents[2] / "book"
GAP = '<div style="height: 3000px"></div>'
LIVE = "[...document.querySelectorAll('.px-live')].map(root => root.id)"
#: Two frames: observers of the window have spoken.
SEEN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@functools.cache
def figures():
    """Four explorers, each with a slider and programs of its own, the second with a choice."""
    lands = (
        landscapes.beale(),
        (landscapes.rosenbrock(), landscapes.quadratic()),
        landscapes.saddle(),
        landscapes.himmelblau(),
    )
    rates = (Slider(0.001, 0.01, 0.001 * (k + 1), steps=9) for k in range(4))
    return [explore(SGD(lr=r), on=land, steps=5) for r, land in zip(rates, lands, strict=True)]


def far_apart(folder, top="", between="", after=""):
    """The address of a page with a screen and more before every explorer but the first."""
    file = folder / "page.html"
    write_page(file, *figures(), before=top)
    text, files = loaded(BOOK / "_ext" / "explorers.py").split(file.read_text("utf-8"), str)
    heads = (f'{GAP}<h2 id="part-{k}">Part {k}</h2>{between}<div class="px" id' for k in (1, 2, 3))
    first, *others = text.split('<div class="px" id')
    text = f'{first}<div class="px" id' + others[0]
    text += "".join(head + other for head, other in zip(heads, others[1:], strict=True))
    file.write_text(text.replace("</main>", f"{after}{GAP}</main>"), "utf-8")
    for name, code in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, "utf-8")
    return file.as_uri()


@pytest.fixture
def asked(page):
    """The names of the programs that the page asked for."""
    names = []
    page.on("request", lambda r: names.append(r.url) if "/programs/" in r.url else None)
    return names


@pytest.fixture
def opened(page, tmp_path):
    def open_(hash_="", **parts):
        page.goto(far_apart(tmp_path, **parts) + hash_, wait_until="load")
        page.wait_for_selector(".px-live")
        page.evaluate(SEEN)
        return [live.id for live in figures()]

    return open_


def test_after_loading_only_the_figures_near_the_window_are_awake(page, opened, asked):
    ids = opened()
    page.wait_for_timeout(500)
    assert page.evaluate(LIVE) == ids[:1]
    assert len(asked) == 1


def test_the_first_figure_is_awake_however_far_below_it_stands(page, opened):
    ids = opened(top=GAP)
    assert page.evaluate(LIVE) == ids[:1]


def test_every_figure_wakes_when_it_is_scrolled_to(page, opened, asked):
    ids = opened()
    for k, name in enumerate(ids):
        page.locator(f"#{name}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#{name}.px-live")
        assert page.evaluate(LIVE) == ids[: k + 1]
        assert len(asked) == k + 1


def test_a_figure_wakes_when_the_address_names_a_place_beside_it(page, opened):
    ids = opened("#part-2")
    page.wait_for_selector(f"#{ids[2]}.px-live")
    assert page.evaluate(LIVE) == [ids[0], ids[2]]


def test_a_figure_wakes_when_the_address_sets_it(page, opened):
    ids = opened(f"#x={figures()[3].id}&lr=0.005")
    page.wait_for_selector(f"#{ids[3]}.px-live")
    assert page.evaluate(LIVE) == [ids[0], ids[3]]
    assert settings(page, 1)["lr"] == 0.005
    assert page.evaluate("scrollY") > 6000


def test_a_link_in_the_text_wakes_the_figure_that_it_sets(page, opened):
    ids = opened(top=f'<p><a href="#x={figures()[2].id}&lr=0.002">Try this</a></p>')
    page.get_by_role("link", name="Try this").click()
    page.wait_for_selector(f"#{ids[2]}.px-live")
    assert page.evaluate(LIVE) == [ids[0], ids[2]]
    assert settings(page, 1)["lr"] == 0.002


def test_a_figure_wakes_when_the_focus_enters_it(page, opened):
    ids = opened()
    page.evaluate(
        "id => document.querySelector(`#${id} input`).focus({ preventScroll: true })", ids[2]
    )
    page.wait_for_selector(f"#{ids[2]}.px-live")
    assert page.evaluate(LIVE) == [ids[0], ids[2]]


def test_a_slider_that_was_moved_before_its_figure_woke_is_obeyed(page, opened):
    ids = opened()
    page.evaluate("id => { document.querySelector(`#${id} input`).value = 9 }", ids[1])
    page.locator(f"#{ids[1]}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{ids[1]}.px-live")
    assert settings(page, 1)["lr"] == 0.01


#: Scripts that the page asks for wait until `come` is called.
LATE = """() => {
  const { head } = document;
  const { append } = head;
  head.append = (script) => {
    globalThis.come = () => append.call(head, script);
  };
}"""


@pytest.fixture
def late(page, opened):
    """The second figure, which a reader sees before its programs have come; and lets them come."""
    name = opened()[1]
    page.evaluate(LATE)
    figure = page.locator(f"#{name}")
    figure.scroll_into_view_if_needed()
    page.wait_for_function("globalThis.come !== undefined")

    def come():
        page.evaluate("come()")
        page.wait_for_selector(f"#{name}.px-live")

    return figure, come


def test_buttons_pressed_before_their_figure_woke_are_obeyed_once_and_in_order(page, late):
    figure, come = late
    page.evaluate("id => { document.querySelector(`#${id} input`).value = 9 }", figures()[1].id)
    rule = figure.locator("tbody button").first
    figure.get_by_role("button", name="Reset").click()
    rule.click()
    assert rule.get_attribute("aria-pressed") == "true"
    come()
    assert rule.get_attribute("aria-pressed") == "false"
    assert settings(page, 1)["lr"] == 0.002
    rule.click()
    assert rule.get_attribute("aria-pressed") == "true"


def test_a_landscape_chosen_before_its_figure_woke_is_shown(page, late):
    figure, come = late
    figure.locator("select").select_option(index=1)
    come()
    place = "([, { place, menu, scene }]) => [place, menu.selectedIndex, scene.el.hidden]"
    assert page.evaluate(f"({place})(PrimerExplorer.all)") == [1, 1, False]


def test_all_wake_when_they_are_called(page, opened):
    ids = opened()
    page.evaluate("PrimerExplorer.wake()")
    page.wait_for_function("PrimerExplorer.all.length === 4")
    assert page.evaluate("PrimerExplorer.all.map(e => e.root.id)") == ids


def test_all_wake_in_a_browser_that_cannot_tell_what_is_near(page, opened):
    page.add_init_script("delete globalThis.IntersectionObserver")
    opened()
    page.wait_for_function("PrimerExplorer.all.length === 4")


def test_the_first_figure_is_alive_while_the_rest_of_the_page_is_still_on_its_way(
    page, hosted, tmp_path
):
    far_apart(tmp_path)
    text = (tmp_path / "page.html").read_bytes()
    cut, rest = text.index(b'id="part-2"'), threading.Event()

    class Slow(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            if not self.path.endswith("page.html"):
                super().do_GET()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text[:cut])
            self.wfile.flush()
            rest.wait(60)
            self.wfile.write(text[cut:])

        def log_message(self, *args):
            pass

    (tmp_path / "favicon.ico").touch()
    try:
        page.goto(f"{hosted(tmp_path, Slow)}/page.html", wait_until="commit")
        page.wait_for_selector(".px-live")
        assert page.evaluate("document.readyState") == "loading"
        assert page.evaluate(LIVE) == [figures()[0].id]
    finally:
        rest.set()
    page.wait_for_load_state()
    page.locator(".px").last.scroll_into_view_if_needed()
    page.wait_for_selector(f"#{figures()[3].id}.px-live")


# Formulas

UNSET = "[...document.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container'))"
FORMULAS = "".join(
    f'<p>Here <span class="math notranslate nohighlight">\\(x_{{{k}}}^2\\)</span> is one.</p>'
    '<div class="math notranslate nohighlight">'
    f"\\[\\sum_i \\class{{px-ink}}{{\\frac{{{k}}}{{i}}}}\\]</div>"
    for k in range(40)
)


@pytest.fixture
def with_formulas(page, tmp_path):
    """Opens the page with formulas in every part, and MathJax as the book loads it."""
    scripts = bring_mathjax(tmp_path)

    def open_(hash_="", **how):
        address = far_apart(tmp_path, between=FORMULAS, top=FORMULAS, after=scripts)
        page.goto(address + hash_, **how)

    return open_


def test_mathjax_is_asked_for_after_the_first_figure(page, with_formulas):
    page.add_init_script(
        """addEventListener("px-awake", () => {
          globalThis.early ??= document.querySelectorAll("script[src*='mathjax/']").length;
        })"""
    )
    with_formulas()
    page.wait_for_function("document.querySelector('mjx-container')")
    assert page.evaluate("early") == 0


def test_in_the_end_every_formula_is_set(page, with_formulas):
    with_formulas()
    page.wait_for_function(f"!{UNSET}.length")
    assert page.locator("mjx-container").count() == 320
    assert page.locator(NOT_UNDERSTOOD).count() == 0


def test_two_may_have_formulas_set_while_a_part_of_mathjax_is_late(page, with_formulas):
    held = []
    page.route("**/extensions/*.js", lambda route: held.append(route))
    with page.expect_request("**/extensions/*.js"):
        with_formulas(wait_until="commit")
    page.evaluate("void PrimerFormulas()")
    page.wait_for_timeout(500)
    held.pop().continue_()
    page.wait_for_function(f"!{UNSET}.length")
    assert page.locator("mjx-math .px-ink").count() == 160
    assert page.locator(NOT_UNDERSTOOD).count() == 0


@pytest.fixture
def held(page):
    """In a page that is never idle only the formulas near the window are set."""
    page.add_init_script("globalThis.requestIdleCallback = () => {}")


def test_those_near_the_window_come_first(page, with_formulas, held):
    with_formulas("#part-2")
    near = "document.querySelector('#part-2').nextElementSibling"
    page.wait_for_function(f"{near}.querySelector('mjx-container')")
    assert page.evaluate(f"{UNSET}.length") > 160


def test_before_the_page_is_printed_all_are_set(page, with_formulas, held):
    with_formulas()
    page.wait_for_function("document.querySelector('mjx-container')")
    page.wait_for_timeout(500)
    assert page.evaluate(f"{UNSET}.length") > 160
    assert (
        page.evaluate(f"() => {{ dispatchEvent(new Event('beforeprint')); return {UNSET}.length }}")
        == 0
    )


def test_a_place_far_below_stays_in_the_window_while_formulas_are_set(page, with_formulas):
    with_formulas("#part-3")
    page.wait_for_function(f"!{UNSET}.length")
    page.evaluate(SEEN)
    top = page.evaluate("document.querySelector('#part-3').getBoundingClientRect().top")
    assert -10 <= top <= 300


def test_without_a_figure_that_wakes_formulas_come_all_the_same(page, with_formulas):
    page.route("**/explorer.js", lambda route: route.fulfill(body=""))
    with_formulas()
    page.wait_for_function("document.querySelector('mjx-container')")
