"""The built pages in Firefox and in WebKit: everything moves, and the numbers are those of
Chromium, which at the defaults are those that Python printed.

Run it after `make book`. ENGINES_PAGES=all drives every page that has an explorer instead of one of
each kind.
"""

import os

import pytest
from chromium import FORMULAS_SET, SITE, pages_with, required
from engines import STARTED, Chromium

pytestmark = pytest.mark.browser

#: The cover, a chapter of traced rules, the one with most figures, one with grids, a rule's page.
QUICK = [
    "book/index.html",
    "notebooks/03_momentum.html",
    "notebooks/06_adam.html",
    "notebooks/08_schedules.html",
    "book/rules/Adam.html",
]
ALL = [page.relative_to(SITE).as_posix() for page in pages_with('class="px-data"')]
if not ALL:
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
PAGES = ALL if os.environ.get("ENGINES_PAGES") == "all" else QUICK

#: What the explorers of the page say, in its order: sliders, landscape, the cells of the table.
SAY = """() => PrimerExplorer.all.map(e => ({
  index: [...e.index], place: e.place, start: [...e.start],
  cells: [...e.root.querySelectorAll("tbody tr")].map(row =>
    [...row.cells].map(cell => cell.textContent)),
}))"""
#: The cells of the tables as the file has them, before any script.
PRINTED = """async () => {
  const text = await (await fetch(location.href)).text();
  const page = new DOMParser().parseFromString(text, "text/html");
  return [...page.querySelectorAll(".px")].map(root =>
    [...root.querySelectorAll("tbody tr")].map(row =>
      [...row.cells].map(cell => cell.textContent)));
}"""
#: Brings what a selector finds in the k-th explorer, or the k-th link, to the middle of the window
#: and says where its middle is.
MIDDLE = """const middle = el => {
  el.closest("details:not([open])")?.setAttribute("open", "");
  document.querySelector(".px-sign .px-end")?.click();
  el.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, width, height } = el.getClientRects()[0];
  return [left + width / 2, top + height / 2];
};"""
#: The lines that the k-th explorer draws.
DRAWN = """k => PrimerExplorer.all[k].$(".px-panels:not([hidden]) .px-line > path")
  .map(path => path.getAttribute("d"))"""
PART = (
    "(k, part) => { " + MIDDLE + " return middle(PrimerExplorer.all[k].root.querySelector(part)) }"
)
LINKS = """const links = [...document.querySelectorAll(".bd-article a[href*='#']")].filter(a => {
  const set = Object.fromEntries(new URLSearchParams(a.hash?.slice(1)));
  const own = a.getAttribute("href").startsWith("#") && !set.rule; // an editor comes in its time
  return own && PrimerExplorer.all.some(e => e.fits(set));
});"""
LINK = "k => { " + LINKS + MIDDLE + " return middle(links[k]) }"
FOCUS = """(k, selector, i) => {
  const el = PrimerExplorer.all[k].root.querySelectorAll(selector)[i];
  el.scrollIntoView({ block: "center", behavior: "instant" });
  el.focus({ preventScroll: true });
  return document.activeElement === el;
}"""


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def engine(request):
    with required(STARTED[request.param](), f"{request.param} could not be started") as running:
        yield running


@pytest.fixture(scope="module")
def first(browser):
    """The engine that the others are compared with."""
    return Chromium(browser)


@pytest.fixture(scope="module")
def driven(served):
    """What `drive` says of an engine on a page, each driven once."""
    known = {}

    def of(engine, name):
        key = type(engine).__name__, name
        if key not in known:
            known[key] = drive(engine, f"{served}/{name}")
        return known[key]

    return of


def awake(engine, address):
    """Open a page, wake its explorers, and wait for them and for its formulas."""
    engine.open("about:blank")
    engine.open(address)
    engine.wait("() => document.querySelector('.px-live')")
    engine.wait(FORMULAS_SET, seconds=120)
    engine.ask("() => PrimerExplorer.wake()")
    count = engine.ask("() => document.querySelectorAll('.px').length")
    engine.wait("n => PrimerExplorer.all.length === n", count)
    for k in range(count):
        engine.ask("k => PrimerExplorer.all[k].root.scrollIntoView({ behavior: 'instant' })", k)
        engine.wait("k => PrimerExplorer.all[k].runs", k)
    return count


def drive(engine, address):
    """Use every slider, menu, knob and link of a page; what the explorers say after each."""
    before = len(engine.complaints())
    count = awake(engine, address)
    told = {"printed": engine.ask(PRINTED), "default": engine.ask(SAY)}
    told["sliders"] = {(k, *key): say for k in range(count) for key, say in slid(engine, k)}
    told["menus"] = {(k, i): say for k in range(count) for i, say in chosen(engine, k)}
    told["dragged"] = {k: pair for k in range(count) for pair in dragged(engine, k)}
    told["reset"] = engine.ask(SAY)
    links = engine.ask(f"() => {{ {LINKS} return links.length }}")
    told["links"] = [clicked(engine, k) for k in range(links)]
    told["complaints"] = engine.complaints()[before:]
    return told


def say(engine, k):
    return engine.ask(SAY)[k]


def reset(engine, k):
    """Press the button, as a reader does."""
    engine.click(*engine.ask(PART, k, "button[value=reset]"))


def slid(engine, k):
    """Every slider of the k-th explorer at its ends, by the keyboard."""
    number = engine.ask("k => PrimerExplorer.all[k].$('input[type=range]').length", k)
    for i in range(number):
        assert engine.ask(FOCUS, k, "input[type=range]", i)
        for key in ("Home", "End"):
            engine.press(key)
            yield (i, key), say(engine, k)
        reset(engine, k)


def chosen(engine, k):
    """Every landscape of the k-th explorer's menu, by the keyboard."""
    number = engine.ask("k => PrimerExplorer.all[k].menu?.options.length ?? 0", k)
    for i in range(1, number):
        assert engine.ask(FOCUS, k, "select", 0)
        engine.press("ArrowDown")
        yield i, say(engine, k)
    if number:
        engine.ask("k => PrimerExplorer.all[k].show(0)", k)


def dragged(engine, k):
    """The start of the k-th explorer and its lines, before and after its knob is pulled."""
    knob = ".px-panels:not([hidden]) .px-handle"
    if not engine.ask("(k, knob) => PrimerExplorer.all[k].$(knob).length", k, knob):
        return
    x, y = engine.ask(PART, k, knob)
    was = say(engine, k)["start"], engine.ask(DRAWN, k)
    engine.drag((x, y), (x + 5, y - 4), (x + 24, y - 16))
    yield was, (say(engine, k)["start"], engine.ask(DRAWN, k))
    reset(engine, k)


def clicked(engine, k):
    engine.click(*engine.ask(LINK, k))
    return engine.ask(SAY)


@pytest.mark.parametrize("name", PAGES)
def test_every_explorer_opens_with_the_numbers_that_python_printed(driven, engine, first, name):
    for one in (first, engine):
        told = driven(one, name)
        assert [each["cells"] for each in told["default"]] == told["printed"]
        assert told["reset"] == told["default"]


@pytest.mark.parametrize("name", PAGES)
def test_every_slider_says_what_it_says_in_chromium(driven, engine, first, name):
    assert driven(engine, name)["sliders"] == driven(first, name)["sliders"]


@pytest.mark.parametrize("name", PAGES)
def test_every_menu_says_what_it_says_in_chromium(driven, engine, first, name):
    menus = driven(engine, name)["menus"]
    assert menus == driven(first, name)["menus"]
    assert all(one["place"] == i for (_, i), one in menus.items())


@pytest.mark.parametrize("name", PAGES)
def test_every_knob_can_be_dragged(driven, engine, first, name):
    dragged = driven(engine, name)["dragged"]
    assert dragged.keys() == driven(first, name)["dragged"].keys()
    for before, after in dragged.values():
        assert before[0] != after[0]
        assert before[1] != after[1]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_says_what_it_says_in_chromium(driven, engine, first, name):
    assert driven(engine, name)["links"] == driven(first, name)["links"]


@pytest.mark.parametrize("name", PAGES)
def test_the_console_stays_empty(driven, engine, name):
    assert driven(engine, name)["complaints"] == []
