"""One browser for all tests; where there is none they say so, and CI fails."""

import pytest
from chromium import SITE, chromium, required, under_policy


@pytest.fixture(scope="session")
def browser():
    with required(chromium(), "no Chromium could be started (set CHROMIUM to one)") as running:
        yield running


@pytest.fixture(scope="module")
def served():
    """The address of the built site, under the policy script-src 'self'."""
    with under_policy(SITE) as address:
        yield address


@pytest.fixture
def page(browser):
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
