"""One browser for all tests; where there is none they say so, and CI fails."""

import contextlib

import pytest
from chromium import SITE, chromium, required, served_from


@pytest.fixture(scope="session")
def browser():
    with required(chromium(), "no Chromium could be started (set CHROMIUM to one)") as running:
        yield running


@pytest.fixture(scope="module")
def served():
    """The address of the built site, under the policy script-src 'self'."""
    with served_from(SITE) as address:
        yield address


@pytest.fixture
def hosted():
    """A function that serves a folder, until the page is closed, and returns its address."""
    with contextlib.ExitStack() as hosts:
        yield lambda *args: hosts.enter_context(served_from(*args))


@pytest.fixture
def page(browser, hosted):
    """A page; a complaint in its console or a request to another host fails the test."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("request", lambda r: None if _local(r.url) else wrong.append(f"request to {r.url}"))
    yield page
    context.close()
    assert not wrong


def _local(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:", "about:")) or "//127.0.0.1" in url
