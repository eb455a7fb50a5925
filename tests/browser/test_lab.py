"""The explorer in a real JupyterLab: sliders, links, a kernel that knows, an edited rule."""

import subprocess
import sys

import pytest
from chromium import jupyter_lab, run_all, write_notebook

pytestmark = pytest.mark.browser

RULE = """
from primer import Optimizer, Slider, explore, landscapes, rule
from primer.hyper import Hyper

@rule
class Toy(Optimizer):
    lr: Hyper = 0.01

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        return theta - self.lr * g, {}

live = explore(Toy(lr=Slider(1e-4, 0.01, 0.002, log=True)), on=landscapes.beale(), steps=100)
live
"""
ASK = """
result = live.runs()["Toy"]
print("kernel", live.values["lr"], live.start[0], result.loss[-1].item())
"""
TEXT = "%%md\nNow <a href='#lr=0.0005'>take a small rate</a>."


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_lab(folder) as (address, token):
        yield folder, address, token


@pytest.fixture
def lab(browser, server, request):
    folder, address, token = server
    name = f"{request.node.name}.ipynb"
    write_notebook(folder / name, RULE, TEXT, ASK)
    page = browser.new_context(viewport={"width": 1200, "height": 1400}).new_page()
    run_all(page, address, token, name)
    page.wait_for_selector(".px-live", timeout=90_000)
    page.wait_for_selector(".noUi-handle", timeout=30_000)
    yield page
    page.context.close()


def test_slider_link_and_start_move_the_picture_and_the_kernel_knows(lab):
    def shown():
        return lab.evaluate("document.querySelector('.px-line > path').getAttribute('d')")

    def settled(before):
        lab.wait_for_function(
            "d => document.querySelector('.px-line > path').getAttribute('d') !== d", arg=before
        )

    first = shown()
    lab.locator(".noUi-handle").first.focus()
    lab.keyboard.press("ArrowRight")
    settled(first)
    moved = shown()
    lab.locator(".jp-MarkdownCell a").first.click()
    settled(moved)
    assert float(lab.locator(".widget-readout").first.text_content()) == pytest.approx(
        5e-4, rel=0.02
    )
    handle, before = lab.get_by_role("slider", name="Starting point"), shown()
    handle.focus()
    lab.keyboard.press("ArrowRight")
    settled(before)
    page_says = lab.locator(".px tbody tr").first.evaluate("row => row.dataset.loss")
    lr, start, loss = kernel_says(lab)
    assert loss == float(page_says)
    assert start == lab.evaluate("PrimerExplorer.all.at(-1).start[0]")
    assert lr == pytest.approx(5e-4, rel=0.02)
    assert lab.locator(".px").count() == 1
    lab.get_by_role("button", name="Reset").click()
    lab.wait_for_function("document.querySelector('.widget-readout').textContent === '0.002'")


def kernel_says(lab):
    cell = lab.locator(".jp-CodeCell").nth(1)
    cell.locator(".cm-content").click()
    lab.keyboard.press("Control+End")
    lab.keyboard.type("print('again')")
    lab.keyboard.press("Shift+Enter")
    output = cell.locator(".jp-OutputArea-output", has_text="again")
    output.wait_for(timeout=30_000)
    words = output.text_content().split()
    return [float(x) for x in words[1:4]]


def test_an_edited_rule_moves_the_picture_when_its_cell_runs_again(lab):
    before = lab.locator(".px tbody tr").first.evaluate("row => row.dataset.loss")
    cell = lab.locator(".jp-CodeCell").first
    line = cell.locator(".cm-line", has_text="return theta")
    line.click()
    lab.keyboard.press("End")
    for _ in range(len(", {}")):
        lab.keyboard.press("ArrowLeft")
    lab.keyboard.type(" / 2")
    lab.keyboard.press("Shift+Enter")
    lab.wait_for_function(
        "loss => { const row = document.querySelector('.px tbody tr');"
        " return row?.dataset.loss && row.dataset.loss !== loss }",
        arg=before,
        timeout=30_000,
    )


def test_a_saved_notebook_opened_again_shows_the_figure_and_no_error(browser, server):
    folder, address, token = server
    path = folder / "saved.ipynb"
    write_notebook(path, RULE)
    execute(path)
    page = browser.new_context().new_page()
    page.goto(f"{address}/lab/tree/saved.ipynb?reset&token={token}")
    page.wait_for_selector(".px-live", timeout=90_000)
    assert not page.get_by_text("Error displaying widget").is_visible()
    page.locator(".px-row input").focus()
    page.keyboard.press("Home")
    assert page.locator(".px-row output").text_content() == "0.0001"
    page.context.close()


def execute(path):
    """Run, save without the widgets' state as JupyterLab does, and trust."""
    subprocess.run([sys.executable, "-c", EXECUTE, str(path)], cwd=path.parent, check=True)


EXECUTE = """
import sys, nbclient, nbformat, nbformat.sign
notebook = nbclient.execute(nbformat.read(sys.argv[1], as_version=4))
notebook.metadata.pop("widgets", None)
nbformat.write(notebook, sys.argv[1])
nbformat.sign.NotebookNotary().sign(notebook)
"""
