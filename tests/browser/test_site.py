"""Every page of the built book that holds an explorer. Run it after `make book`."""

import gzip
import os
import re
import urllib.parse
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import paths

pytestmark = pytest.mark.browser

SITE = Path(os.environ.get("PRIMER_SITE", Path(__file__).parents[2] / "_build" / "html"))
PAGES = sorted(
    page for page in SITE.rglob("*.html") if 'class="px-data"' in page.read_text(encoding="utf-8")
)
if not PAGES:
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
NAMES = [str(page.relative_to(SITE)) for page in PAGES]
SMALL = 500_000


@pytest.mark.parametrize("file", PAGES, ids=NAMES)
def test_every_slider_of_the_page_changes_its_lines(page, file):
    page.goto(file.as_uri())
    page.wait_for_selector(".px-live")
    explorers = page.locator(".px")
    for k in range(explorers.count()):
        explorers.nth(k).scroll_into_view_if_needed()
        page.wait_for_function("k => PrimerExplorer.all[k].runs", arg=k)
        sliders = explorers.nth(k).locator("input[type=range]")
        for i in range(sliders.count()):
            before, seen = paths(page, k), []
            sliders.nth(i).focus()
            for key in ("Home", "End"):
                page.keyboard.press(key)
                seen.append(paths(page, k))
            assert seen != [before, before], sliders.nth(i).get_attribute("id")


@pytest.mark.parametrize("file", PAGES, ids=NAMES)
def test_axe_finds_no_serious_violation_in_its_explorers(page, file):
    page.goto(file.as_uri())
    page.wait_for_selector(".px-live")
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        found = Axe().run(page, context=".px", options={"preload": False}).response["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        assert not [(v["id"], v["nodes"][0]["html"]) for v in serious]


@pytest.mark.parametrize("file", PAGES, ids=NAMES)
def test_every_link_that_sets_sliders_finds_its_explorer(page, file):
    page.goto(file.as_uri())
    page.wait_for_selector(".px-live")
    missed = page.evaluate(
        """() => [...document.querySelectorAll("a[href^='#'][href*='=']")].filter(a => {
          const settings = Object.fromEntries(new URLSearchParams(a.hash.slice(1)));
          return !PrimerExplorer.all.some(explorer => explorer.fits(settings));
        }).map(a => a.outerHTML)"""
    )
    assert not missed


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


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))
