"""The built site is light: each page, what a browser waits for before it shows one, the whole.

Run it after `make book`.
"""

import gzip
import re
import urllib.parse

import pytest
from chromium import SITE

TEXTS = {p.relative_to(SITE): p.read_text("utf-8") for p in sorted(SITE.rglob("*.html"))}
PAGES = [name for name, text in TEXTS.items() if "</body>" in text]
if not PAGES:
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
PAGE, WHOLE = 600_000, 40_000_000
LOADED = re.compile(r'<(?:script|link|img)\b[^>]*? (?:src|href)="([^"#]+)"')
LATER = re.compile(r'<span class="px-(?:grid|programs)"[^>]* data-src="([^"]+)"')
SCRIPT = re.compile(r"<script\b[^>]*>")


def packed(path):
    return len(gzip.compress(path.read_bytes(), 6))


def files(name, pattern):
    """The files of the site that a page names so."""
    found = {urllib.parse.unquote(each.split("?")[0]) for each in pattern.findall(TEXTS[name])}
    paths = {(SITE / name).parent.joinpath(each).resolve() for each in found}
    return {path for path in paths if path.is_file() and path.suffix != ".html"}


SHARED = set.intersection(*(files(name, LOADED) for name in PAGES))


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_a_page_with_all_that_only_it_needs_is_light(name):
    """Also with what its figures ask for when they wake; without what every page shares."""
    own = (files(name, LOADED) | files(name, LATER)) - SHARED
    weight = packed(SITE / name) + sum(map(packed, own))
    assert weight <= PAGE, f"{weight / 1000:.0f} kB"


def test_the_site_is_light():
    sizes = [path.stat().st_size for path in SITE.rglob("*") if path.is_file()]
    assert sum(sizes) <= WHOLE, f"{sum(sizes) / 1e6:.1f} MB"


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_a_browser_waits_for_no_script_but_the_one_that_knows_the_theme(name):
    head = TEXTS[name].split("</head>")[0]
    waited = [tag for tag in SCRIPT.findall(head) if not re.search(" (async|defer|type)", tag)]
    assert [("data-cfasync" in tag, "_static/inline/" in tag) for tag in waited] == [(True, True)]


@pytest.mark.parametrize("name", PAGES, ids=str)
def test_a_page_reads_on_when_its_first_figure_is_alive(name):
    text = TEXTS[name]
    scripts = SCRIPT.findall(text)
    [runtime] = [tag for tag in scripts if "/explorer.js" in tag]
    programs = [tag for tag in scripts if "/programs/" in tag]
    assert len(programs) <= 1
    if 'class="px-data"' not in text:
        assert "async" in runtime
        return
    figures = [found.start() for found in re.finditer('class="px-data"', text)] + [len(text)]
    first, second = figures[:2]
    ends = [text.find(mark) for mark in ("/programs/", 'class="px-grid"') if mark in text]
    assert first < min(ends) < second
    assert "async" not in runtime
    assert first < text.index(runtime) < second
    assert text.index('rel="preload" as="script"') < text.index("</head>")
