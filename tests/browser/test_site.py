"""The built book: its explorers, and every page where a server forbids scripts written into it.

Run it after `make book`.
"""

import gzip
import html
import re
import urllib.parse
from pathlib import Path

import pytest
from chromium import FORMULAS_SET, NOT_UNDERSTOOD, SITE, axe, pages_with, paths, unlike, until, wake
from helpers import loaded

from primer import registry

pytestmark = pytest.mark.browser

PAGES = pages_with('class="px-data"')
if not PAGES:
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
NAMES = [str(page.relative_to(SITE)) for page in PAGES]
TEXTS = {str(p.relative_to(SITE)): p.read_text("utf-8") for p in sorted(SITE.rglob("*.html"))}
ALL = [
    name for name, text in TEXTS.items() if "</body>" in text
]  # neither a redirect nor a template
#: The pages of the rules come from one template. What the template writes is looked at on every
#: eleventh of them; that figures are alive, that nothing is too wide or too heavy, on each.
RULES = [name for name in ALL if name.startswith("book/rules/")]
ALIKE = set(ALL) - set(unlike(ALL))
SMALL = 500_000
HTML = "text/html; charset=utf-8"
based = loaded(Path(__file__).parents[2] / "book" / "_ext" / "site_files.py").based
#: What axe may find on a whole page, and why.
KNOWN_TO_AXE = {
    "region": "the theme's link of the logo stands outside all landmarks",
}
#: What MathJax sets takes axe most of its time: one page is asked with it, the others without.
OWN = {"exclude": ["mjx-container"]}
SET = "book/notation.html"
#: A chapter in whole takes axe half a minute: the shortest, and the one that asks questions.
WHOLE = [
    *(name for name in ALL if not name.startswith("notebooks/") and name not in ALIKE),
    "notebooks/09_choosing.html",
    "notebooks/appendix_schedules.html",
]


on_unlike_pages = pytest.mark.parametrize(
    "file", [SITE / name for name in NAMES if name not in ALIKE], ids=lambda file: file.stem
)


@pytest.mark.parametrize("file", PAGES, ids=NAMES)
def test_every_slider_of_the_page_changes_its_lines(page, file):
    page.goto(file.as_uri())
    page.wait_for_selector(".px-live")
    explorers = page.locator(".px")
    for k in range(explorers.count()):
        explorers.nth(k).scroll_into_view_if_needed()
        page.wait_for_function("k => PrimerExplorer.all[k]?.runs", arg=k)
        sliders = explorers.nth(k).locator("input[type=range]")
        for i in range(sliders.count()):
            before, seen = paths(page, k), []
            sliders.nth(i).focus()
            for key in ("Home", "End"):
                page.keyboard.press(key)
                seen.append(paths(page, k))
            assert seen != [before, before], sliders.nth(i).get_attribute("id")
            explorers.nth(k).locator("button[value=reset]").click()


@on_unlike_pages
def test_axe_finds_no_serious_violation_in_its_explorers(page, file):
    page.goto(file.as_uri())
    wake(page)
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        found = axe(page, ".px")
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        assert not [(v["id"], v["nodes"][0]["html"]) for v in serious]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", WHOLE)
def test_axe_finds_nothing_on_the_whole_page_but_what_is_known(page, name, theme):
    page.goto((SITE / name).as_uri(), wait_until="load")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    if (SITE / name) in PAGES:
        wake(page)
    page.wait_for_function(FORMULAS_SET)
    page.wait_for_timeout(400)  # colors change in a transition
    found = axe(page, None if name == SET else OWN)
    new = [v for v in found if v["id"] not in KNOWN_TO_AXE]
    assert not [(v["id"], v["nodes"][0]["html"]) for v in new]
    regions = [node for v in found if v["id"] == "region" for node in v["nodes"]]
    assert all("logo__image" in node["html"] for node in regions)


@pytest.mark.parametrize("name", ALL)
def test_no_page_scrolls_sideways_at_320_pixels(page, name):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto((SITE / name).as_uri(), wait_until="load")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", ["book/index.html", NAMES[0]])
def test_printed_from_the_dark_theme_a_page_is_dark_on_white(page, name):
    page.goto((SITE / name).as_uri(), wait_until="load")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    page.wait_for_timeout(400)
    pale = page.evaluate(
        """() => [...document.querySelectorAll(".bd-article :is(p, li, h2, td, pre, code, text)")]
          .filter(e => e.getClientRects().length && e.textContent.trim())
          .filter(e => {
            const style = getComputedStyle(e);
            const color = e.tagName === "text" ? style.fill : style.color;
            const [r, g, b] = color.match(/[0-9.]+/g).map(Number);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b > 128;
          }).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert not pale


STOP = """() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const drawn = s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
  const beside = e.nextElementSibling ?? e;
  const inside = (e.matches("summary") && e.firstElementChild) || e;  // the theme draws this one
  const styles = [e, inside, beside].map(one => getComputedStyle(one));
  styles.push(getComputedStyle(e, "::after"));
  const box = inside.getBoundingClientRect();
  const named = e.querySelector("img[alt], title") ?? e.labels?.[0] ?? e;
  return {
    html: e.outerHTML.slice(0, 120),
    name: e.ariaLabel || named.alt || named.textContent.trim() || e.title,
    outlined: styles.some(s => drawn(s) || s.boxShadow !== "none"),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


def test_the_keyboard_reaches_everything_and_each_stop_has_a_name_a_place_and_an_outline(page):
    page.goto((SITE / "notebooks" / "09_choosing.html").as_uri())
    wake(page)
    page.keyboard.press("Tab")
    page.wait_for_timeout(400)  # the link that skips the navigation slides in
    stops = []
    while stop := page.evaluate(STOP):
        stops.append(stop)
        page.keyboard.press("Tab")
    assert "Skip to main content" in stops[0]["name"]
    wrong = [s for s in stops if not (s["name"] and s["outlined"] and s["seen"])]
    assert not wrong
    sliders = page.locator(".px input[type=range]:visible, .px-handle:visible").count()
    reached = [s for s in stops if "px-" in s["html"] or 'type="range"' in s["html"]]
    assert len(reached) >= sliders


def test_a_chosen_answer_is_seen_in_forced_colors(browser):
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto((SITE / "notebooks" / "09_choosing.html").as_uri())
    page.wait_for_selector(".px-live")
    look = "e => getComputedStyle(e).backgroundColor"
    chips = page.locator(".px-chip")
    chosen, other = (
        chips.filter(has=page.locator(f"input{state}")).first.locator("span").evaluate(look)
        for state in (":checked", ":not(:checked)")
    )
    assert chosen != other
    context.close()


@on_unlike_pages
def test_every_link_that_sets_sliders_finds_its_explorer(page, file):
    page.goto(file.as_uri())
    wake(page)
    missed = page.evaluate(
        """() => [...document.querySelectorAll("a[href^='#'][href*='=']")].filter(a => {
          const settings = Object.fromEntries(new URLSearchParams(a.hash.slice(1)));
          const { all, choosers } = PrimerExplorer;
          return ![...all, ...choosers].some(listener => listener.fits(settings));
        }).map(a => a.outerHTML)"""
    )
    assert not missed


def links_to_figures(name):
    """The settings of a page's links to figures of other pages, by the file of such a page."""
    found = {}
    for place, settings in re.findall(r'href="([^"#:]+\.html)(#[^"]*=[^"]*)"', TEXTS[name]):
        file = ((SITE / name).parent / place).resolve()
        found.setdefault(file, set()).add(html.unescape(settings))
    return found


@pytest.mark.parametrize(
    ("name", "file"),
    [(name, file) for name in ALL for file in links_to_figures(name)],
    ids=lambda value: getattr(value, "stem", value),
)
def test_every_link_to_a_figure_of_another_page_finds_it_there_and_sets_it(page, name, file):
    first, *others = sorted(links_to_figures(name)[file])
    page.goto(file.as_uri() + first)
    wake(page)
    for settings in (first, *others):
        page.evaluate("hash => { location.hash = hash }", settings)
        wanted = dict(urllib.parse.parse_qsl(settings[1:]))
        found = page.wait_for_function(FOUND, arg=wanted).json_value()
        assert wanted.get("on", found["menu"]) == found["menu"], settings
        for key, value in wanted.items():
            if key in found["sliders"]:
                assert float(value) == pytest.approx(found["sliders"][key], rel=0.15), settings
        assert found["seen"], settings


#: The explorer of the page that an address sets: its sliders, its menu, whether it is in sight.
FOUND = """async wanted => {
  for (const _ of "12") await new Promise(requestAnimationFrame);
  const one = PrimerExplorer.all.find(explorer => explorer.fits(wanted));
  if (!one) return null;
  const sliders = one.data.controls.map((c, k) => [c.key, c.values[one.index[k]]]);
  const box = one.root.getBoundingClientRect();
  return { sliders: Object.fromEntries(sliders), menu: one.menu?.selectedOptions[0].text ?? null,
    seen: box.top < innerHeight && box.bottom > 0 };
}"""


@pytest.mark.parametrize("file", PAGES, ids=NAMES)
def test_the_page_with_its_scripts_and_styles_is_small(file):
    text = file.read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|link|img)[^>]* (?:src|href)="([^"#]+)"', text)
    weight = packed(file)
    for address in sorted(set(loaded)):
        path = (file.parent / urllib.parse.unquote(address.split("?")[0])).resolve()
        if path.is_file() and path.suffix != ".html" and not re.search("mathjax|font", str(path)):
            weight += packed(path)
    assert weight <= SMALL, f"{weight / 1000:.0f} kB"


# Under the policy script-src 'self', and from file://


@pytest.fixture(params=["http", "file"])
def site(request, served):
    return served if request.param == "http" else SITE.as_uri()


@pytest.fixture
def visitor(browser):
    """A page which notes what the policy forbade; other complaints are not of this matter."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, color_scheme="light")
    context.add_init_script(
        """globalThis.violations = [];
        addEventListener("securitypolicyviolation", event => violations.push(
          [event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber].join()));
        new MutationObserver((_, observer) => {
          if (!document.body) return;
          globalThis.firstTheme = document.documentElement.dataset.theme;
          observer.disconnect();
        }).observe(document, { childList: true, subtree: true });"""
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", [n for n in ALL if n not in ALIKE])
def test_the_policy_forbids_nothing_on_any_page(visitor, served, name):
    said = []
    visitor.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    visitor.on("pageerror", lambda error: said.append(str(error)))
    visitor.goto(f"{served}/{name}", wait_until="networkidle")
    until(visitor, FORMULAS_SET)
    explorers = visitor.locator(".px")
    for k in range(explorers.count()):
        explorers.nth(k).scroll_into_view_if_needed()
        until(visitor, "k => violations.length || globalThis.PrimerExplorer?.all[k]?.runs", k)
    assert visitor.evaluate("violations") == []
    assert said == []


@pytest.mark.parametrize("name", [n for n in ALL if n not in NAMES])
def test_every_other_page_has_no_complaint_from_file(page, name):
    page.goto((SITE / name).as_uri(), wait_until="networkidle")


@pytest.mark.parametrize("name", ["genindex.html", NAMES[0]])
def test_the_theme_button_switches_and_the_choice_is_there_before_the_first_paint(
    visitor, site, name
):
    visitor.goto(f"{site}/{name}")
    background = "getComputedStyle(document.body).backgroundColor"
    assert visitor.evaluate("firstTheme") in ("auto", "light")
    seen = {}
    for _ in range(3):
        visitor.locator(".theme-switch-button:visible").click()
        mode, theme = visitor.evaluate("({mode, theme}) => [mode, theme]", _dataset(visitor))
        visitor.wait_for_timeout(300)
        seen[mode] = theme, visitor.evaluate(background)
    assert seen["light"] == seen["auto"] != seen["dark"]
    assert seen["dark"][0] == "dark"
    while _dataset(visitor)["mode"] != "dark":
        visitor.locator(".theme-switch-button:visible").click()
    visitor.reload()
    assert visitor.evaluate("firstTheme") == "dark"


def _dataset(page):
    return page.evaluate("({...document.documentElement.dataset})")


def test_the_buttons_print_and_fullscreen_work(visitor, site):
    visitor.goto(f"{site}/{NAMES[0]}", wait_until="load")
    visitor.evaluate("window.print = () => { globalThis.printed = true; }")
    visitor.locator(".dropdown-download-buttons > button").click()
    visitor.locator(".btn-download-pdf-button").click()
    assert visitor.evaluate("printed") is True
    visitor.locator(".btn-fullscreen-button").click()
    visitor.wait_for_function("document.fullscreenElement !== null")


FOLDED = [n for n in ALL if re.search(r'class="[^"]*\bdropdown admonition', TEXTS[n])]


@pytest.mark.parametrize("name", FOLDED)
def test_every_folded_solution_opens(visitor, site, name):
    visitor.goto(f"{site}/{name}", wait_until="load")
    folded = visitor.locator(".admonition.dropdown")
    for k in range(folded.count()):
        body = folded.nth(k).locator(":scope > :not(.admonition-title)").first
        assert not body.is_visible()
        folded.nth(k).locator(".toggle-button").first.click()
        body.wait_for(state="visible")


MATH = [n for n in ALL if 'class="math ' in TEXTS[n] and n not in ALIKE]


@pytest.mark.parametrize("name", MATH)
def test_mathjax_sets_every_equation_also_from_file(page, name):
    page.goto((SITE / name).as_uri(), wait_until="load")
    until(page, FORMULAS_SET)
    assert page.locator(NOT_UNDERSTOOD).count() == 0
    parts = page.locator("script[src*='/extensions/']").count()
    asked = page.evaluate("MathJax.config.loader.load.filter(name => name.startsWith('[tex]'))")
    assert parts == len(asked)


# The catalogue and the pages of the rules


def test_every_rule_has_a_page_and_the_catalogue_leads_to_it():
    assert {Path(name).stem for name in RULES} == set(registry.rules)
    for name in RULES:
        assert f'href="rules/{Path(name).name}"' in TEXTS["book/catalogue.html"]


@pytest.mark.parametrize("width", [1920, 1280, 1024, 768, 390])
def test_the_tables_of_the_catalogue_fit_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((SITE / "book/catalogue.html").as_uri())
    wide = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.className)"
    assert page.locator("html, .pst-scrollable-table-container").evaluate_all(wide) == []


def _names(page):
    return page.locator(".px-rules tbody tr:visible .px-col-name").all_text_contents()


def test_the_catalogue_sifts_and_sorts_by_mouse_and_by_keyboard(page):
    page.goto((SITE / "book/catalogue.html").as_uri())
    page.locator(".px-rules").get_by_role("button", name="Name").click()
    assert _names(page) == sorted(registry.rules, key=str.lower)
    page.keyboard.press("Enter")
    assert _names(page) == sorted(registry.rules, key=str.lower)[::-1]
    page.get_by_role("group", name="Kind").get_by_role("button", name="Wrapper").focus()
    page.keyboard.press("Space")
    wrappers = [e.name for e in registry.rules.values() if e.kind == "wrapper"]
    assert sorted(_names(page)) == sorted(wrappers)
    page.get_by_label("Find").fill("projected")
    assert _names(page) == ["Project"]
    page.get_by_role("button", name="Show all").click()
    assert len(_names(page)) == len(registry.rules)


def test_the_search_gives_results(visitor, site):
    visitor.goto(f"{site}/search.html?q=momentum")
    visitor.locator(".px-hits li a").first.wait_for()


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


# The heads of the pages, the search, and the page for an address that has none


def test_every_page_of_the_book_has_a_title_of_its_own_and_a_description_that_fits():
    titles = set()
    for name in set(ALL) - {"404.html", "genindex.html", "search.html"}:
        head = TEXTS[name].split("</head>")[0]
        title, told = (
            html.unescape(found[1])
            for found in (
                re.search(r'<meta property="og:title" content="([^"]+)" />', head),
                re.search(r'<meta name="description" content="([^"]+)" />', head),
            )
        )
        assert 20 < len(told) <= 160, name
        assert not re.search(r"[\\{}<>]|\s\s", told), name
        titles.add(title)
        assert ("mathjax_start.js" in head) == ('class="math ' in TEXTS[name]), name
    assert len(titles) == len(set(ALL)) - 3
    assert "<title>ML Optimization: A Primer</title>" in TEXTS["book/index.html"]


def test_no_page_has_an_id_twice(page):
    page.goto((SITE / "genindex.html").as_uri())
    for name in set(ALL) - ALIKE:
        twice = page.evaluate(
            """text => {
              const page = new DOMParser().parseFromString(text, "text/html");
              const ids = [...page.querySelectorAll("[id]")].map(e => e.id);
              return ids.filter((id, k) => ids.indexOf(id) < k);
            }""",
            TEXTS[name],
        )
        assert not twice, name


def test_the_search_shows_formulas_as_text_and_its_magnifier_beside_the_word(visitor, served):
    visitor.goto(f"{served}/search.html?q=learning+rate")
    excerpts = visitor.locator(".px-hit-text")
    excerpts.nth(9).wait_for()
    assert not [text for text in excerpts.all_inner_texts() if re.search(r"\\[(\[a-z]", text)]
    left = """() => {
      const field = document.querySelector(".search-button-field");
      const glass = field.querySelector(".fa-magnifying-glass").getBoundingClientRect();
      const word = field.querySelector(".search-button__default-text").getBoundingClientRect();
      return word.left - glass.right;
    }"""
    assert visitor.evaluate(left) > 2


def test_an_address_without_a_page_shows_one_from_which_everything_is_reached(visitor, served):
    text = based((SITE / "404.html").read_text("utf-8"), "/")
    lost = f"{served}/book/no/such/page.html"
    visitor.route(lost, lambda route: route.fulfill(body=text, status=404, content_type=HTML))
    failed = []
    visitor.on("response", lambda r: failed.append(r.url) if r.status >= 400 else None)
    links = {"The first page": "ML Opt", "The catalogue": "Catalogue", "The search": "Search"}
    for link, title in links.items():
        visitor.goto(lost, wait_until="load")
        assert visitor.evaluate("getComputedStyle(document.body).fontFamily") != "serif"
        visitor.get_by_role("link", name=link, exact=True).click()
        visitor.wait_for_load_state()
        assert visitor.title().startswith(title)
    assert set(failed) == {lost}
    visitor.goto(lost, wait_until="load")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Enter")
    visitor.wait_for_url("**/404.html#main-content")
    visitor.get_by_role("heading", name="Page not found").wait_for()
