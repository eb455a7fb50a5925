"""How fast the explorers are: the published page, and JupyterLab against `ipywidgets.interact`.

    python benchmarks/explorer.py

Needs a Chromium. The figure is the same everywhere: paths on contours and the loss, four rules,
200 steps. In JupyterLab the time runs from the key pressed on the slider to the frame that shows
the new picture; both ways are measured one after the other in one notebook.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from chromium import chromium, jupyter_lab, run_all, write_notebook, write_page

from primer import SGD, Adam, Momentum, RMSProp, Slider, explore, landscapes

FIGURE = """
from primer import SGD, Adam, Momentum, RMSProp, Slider, explore, landscapes, plotting, run
rate = Slider(1e-3, 1, 0.02, log=True)
plain = Slider(1e-5, 0.01, 0.001, log=True)
J = landscapes.rosenbrock()
explore(SGD(lr=plain), Momentum(lr=plain), RMSProp(lr=rate), Adam(lr=rate), on=J)
"""
INTERACT = """
import ipywidgets
import matplotlib.pyplot as plt

def draw(lr):
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2))
    plotting.contours(left, J)
    rules = SGD(lr=0.001), Momentum(lr=0.001), RMSProp(lr=lr), Adam(lr=lr)
    for rule in rules:
        result = run(rule, J, J.start, 200)
        look = plotting.look(type(rule).__name__).line
        left.plot(*result.theta.T, **look)
        right.semilogy(result.loss, **look)
    plt.show()

ipywidgets.interact(draw, lr=ipywidgets.SelectionSlider(options=list(rate.values), value=0.02));
"""
SWEEP = """
async step => {
  const spent = [], gaps = [];
  let last;
  for (let i = 0; i < 240; i++) await new Promise(done => requestAnimationFrame(now => {
    if (last) gaps.push(now - last);
    last = now;
    const before = performance.now();
    if (step === "slider") slide(i);
    else PrimerExplorer.all[0].put([Math.cos(i / 20), 1 + Math.sin(i / 20)]);
    spent.push(performance.now() - before);
    done();
  }));
  return [spent, gaps];
  function slide(i) {
    const input = document.querySelectorAll(".px-row input")[1];
    input.value = i % 200;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
"""
#: Resolves with the time from the next key to the frame after the picture under `root` changed.
KEY = """
root => new Promise(done => {
  let pressed;
  const press = event => { pressed = event.timeStamp; };
  addEventListener("keydown", press, { capture: true, once: true });
  const seen = new MutationObserver(async changes => {
    const nodes = changes.flatMap(c => [c.target, ...c.addedNodes]);
    const image = nodes.map(n => n.tagName === "IMG" ? n : n.querySelector?.("img")).find(Boolean);
    const path = changes.some(c => c.attributeName === "d");
    if (pressed === undefined || !(path || image)) return;
    seen.disconnect();
    await image?.decode();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - pressed);
      port2.postMessage(0);
    });
  });
  const attributeFilter = ["d", "src"];
  seen.observe(root, { subtree: true, childList: true, attributeFilter });
})
"""


def percentiles(values):
    return np.quantile(values, (0.5, 0.95))


def row(name, values, note=""):
    middle, high = percentiles(values)
    print(f"| {name} | {middle:.1f} | {high:.1f} | {note} |")


def published(browser, folder):
    rate, plain = Slider(1e-3, 1, 0.02, log=True), Slider(1e-5, 0.01, 0.001, log=True)
    rules = SGD(lr=plain), Momentum(lr=plain), RMSProp(lr=rate), Adam(lr=rate)
    page = browser.new_page()
    page.goto(write_page(folder / "page.html", explore(*rules, on=landscapes.rosenbrock())))
    page.wait_for_selector(".px-live")
    for what in ("slider", "start"):
        spent, gaps = page.evaluate(SWEEP, what)
        late = np.mean(np.array(gaps) > 25)
        row(f"page, {what} moved: handler", spent)
        row(f"page, {what} moved: between frames", gaps, f"{late:.1%} over 25 ms")
    page.close()


def in_jupyterlab(browser, folder):
    write_notebook(folder / "n.ipynb", FIGURE, INTERACT)
    page = browser.new_context(viewport={"width": 1200, "height": 1800}).new_page()
    with jupyter_lab(folder) as (address, token):
        run_all(page, address, token, "n.ipynb")
        page.wait_for_selector(".px-live", timeout=120_000)
        page.wait_for_selector(".jp-OutputArea img", timeout=120_000)
        page.wait_for_timeout(2000)
        ours = keys(page, 0, 40)
        theirs = keys(page, 1, 15)
    row("JupyterLab, explore: key to pixels", ours)
    row("JupyterLab, interact: key to pixels", theirs)
    ratios = percentiles(theirs) / percentiles(ours)
    print(f"\nexplore is {ratios[0]:.0f} times (p95: {ratios[1]:.0f} times) as fast as interact")


def keys(page, cell, count):
    area = page.locator(".jp-CodeCell").nth(cell).locator(".jp-Cell-outputArea")
    handle = area.locator(".noUi-handle").last
    handle.scroll_into_view_if_needed()
    times = []
    for k in range(count + 3):
        handle.focus()
        root = area.element_handle()
        page.evaluate("([root, watch]) => { window.waited = eval(watch)(root) }", [root, KEY])
        page.keyboard.press("ArrowLeft" if k % 2 else "ArrowRight")
        times.append(page.evaluate("window.waited"))
        page.wait_for_timeout(60)
    return times[3:]


def main():
    print("| ms | p50 | p95 | |\n|---|---:|---:|---|")
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        published(browser, Path(name))
        in_jupyterlab(browser, Path(name))


if __name__ == "__main__":
    main()
