"""The built page of claims: what a reader sifts, where a link leads. Run it after `make book`."""

import re

import pytest
from chromium import SITE, axe

pytestmark = pytest.mark.browser
PAGE = SITE / "book" / "claims.html"
if not PAGE.exists():
    pytest.skip(f"no built page {PAGE}: run 'make book' first", allow_module_level=True)


@pytest.fixture
def opened(page):
    page.goto(PAGE.as_uri())
    page.wait_for_selector(".px-sift-bar")
    return page


@pytest.mark.parametrize("verdict", ["holds", "holds if", "false", "contested"])
def test_a_verdict_shows_its_claims_and_no_others(opened, verdict):
    term = opened.locator(f".px-verdicts dt:has(.px-verdict-{verdict.replace(' ', '-')})")
    told = int(term.locator(".px-count").inner_text())
    buttons = opened.get_by_role("group", name="Verdict").get_by_role("button")
    buttons.filter(has_text=re.compile(rf"^{verdict}\s*\d+$", re.I)).click()
    seen = opened.locator(".px-claim:visible > .px-verdict").all_text_contents()
    assert set(seen) == {verdict}
    assert len(seen) == told
    assert opened.locator(".px-sift-count").inner_text().startswith(f"{told} of ")


def test_a_link_to_a_claim_shows_it_whatever_was_sifted(page):
    page.goto(
        f"{PAGE.as_uri()}?verdict=contested#without-bias-correction-adams-first-steps-are-tiny"
    )
    claim = page.locator("#without-bias-correction-adams-first-steps-are-tiny")
    claim.wait_for(state="visible")
    assert "false" in claim.locator(".px-verdict").inner_text()


def test_all_claims_are_there_without_scripts(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    claims = page.locator(".px-claim")
    assert claims.count() >= 40
    assert claims.evaluate_all("all => all.every(one => one.offsetHeight > 0)")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_serious_violation_among_the_claims(opened, theme):
    opened.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    found = axe(opened, ".bd-article")
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not [(v["id"], v["nodes"][0]["html"]) for v in serious]


def test_the_page_does_not_scroll_sideways_on_a_phone(opened):
    opened.set_viewport_size({"width": 390, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
