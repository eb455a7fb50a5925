"""`make lab` as a reader meets it, in a real JupyterLab: the start page, a bar while one waits."""

import json
import time

import pytest
from chromium import jupyter_lab, write_notebook
from helpers import loaded
from test_notebooks import ROOT

pytestmark = pytest.mark.browser

lab = loaded(ROOT / ".ci/lab.py")
SLOW = """
from primer import *
from primer.waiting import each

for seed in each(range(30)):
    import time; time.sleep(0.15)
print("over")
"""


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    lab.bring_up_to_date(folder / lab.WORK, lab.editions())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_CONFIG_PATH", str(lab.CONFIG))
        with jupyter_lab(folder) as (address, token):
            yield folder, address, token


def opened(browser, server, path):
    _, address, token = server
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{address}/lab/tree/{path}?reset&token={token}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    return page


def test_the_start_page_is_rendered_alive_and_leads_to_chapters_and_sources(browser, server):
    page = opened(browser, server, f"{lab.WORK}/{lab.START}")
    page.locator(".jp-MarkdownOutput h1", has_text="A Primer").wait_for(timeout=60_000)
    page.wait_for_selector(".px-live", timeout=60_000)
    line = "document.querySelector('.px-line > path').getAttribute('d')"
    before = page.evaluate(line)
    page.locator('.jp-MarkdownCell a[href*="#lr="]').first.click()
    page.wait_for_function(f"d => {line} !== d", arg=before)
    page.get_by_role("link", name="Adam: two memories and an honest start").click()
    title = page.locator(".jp-MarkdownOutput h1", has_text="Adam: two memories")
    title.wait_for(timeout=60_000)
    page.get_by_role("link", name="Kingma and Ba, 2015").first.click()
    entry = page.locator(".jp-MarkdownViewer h2", has_text="kingma2015")
    entry.wait_for(timeout=60_000)
    page.wait_for_function(
        "() => { const h = [...document.querySelectorAll('.jp-MarkdownViewer h2')]"
        ".find(h => h.textContent.includes('kingma2015'));"
        " const top = h.getBoundingClientRect().top; return 0 < top && top < innerHeight }",
        timeout=30_000,
    )
    page.context.close()


def test_who_waits_longer_than_a_second_sees_a_bar_and_no_trace_of_it_is_left(browser, server):
    folder = server[0]
    write_notebook(folder / "slow.ipynb", SLOW)
    page = opened(browser, server, "slow.ipynb")
    page.wait_for_function("document.body.innerText.includes('| Idle')", timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector(".jp-OutputArea-output progress", timeout=90_000)
    told = page.locator(".jp-OutputArea-output", has=page.locator("progress")).text_content()
    assert "of 30 runs" in told
    assert "to go" in told
    page.locator(".jp-OutputArea-output", has_text="over").wait_for(timeout=90_000)
    page.wait_for_function("!document.querySelector('.jp-OutputArea-output progress')")
    page.keyboard.press("Control+s")
    end = time.monotonic() + 30
    while "over" not in (saved := (folder / "slow.ipynb").read_text("utf-8")):
        assert time.monotonic() < end
        page.wait_for_timeout(300)
    (cell,) = (c for c in json.loads(saved)["cells"] if c["cell_type"] == "code")
    assert "of 30 runs" not in json.dumps(cell["outputs"])
    page.context.close()
