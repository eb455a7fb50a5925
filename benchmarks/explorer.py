"""How fast the explorers are: the published page, and JupyterLab against `ipywidgets.interact`.

Needs a Chromium. The figure is the same everywhere: paths on contours and the loss, four rules,
200 steps. In JupyterLab the time runs from the key pressed on the slider to the frame that shows
the new picture; both ways are measured one after the other in one notebook.
"""

from __future__ import annotations

import contextlib
import dataclasses
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from primer import SGD, Adam, Momentum, RMSProp, Slider, explore, landscapes

from .rows import Part, Row, Unavailable
from .timing import ROOT, spread

sys.path.insert(0, str(ROOT / "tests" / "browser"))
from chromium import chromium, jupyter_lab, run_all, write_notebook, write_page

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
async ([step, frames]) => {
  const spent = [], gaps = [];
  let last;
  for (let i = 0; i < frames; i++) await new Promise(done => requestAnimationFrame(now => {
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


@dataclasses.dataclass(frozen=True)
class Size:
    frames: int = 240
    keys: int = 40
    interact_keys: int = 15


def measure(size: Size) -> dict[str, Any]:
    with browser_and_folder() as (browser, folder):
        return published(browser, folder, size) | in_jupyterlab(browser, folder, size)


@contextlib.contextmanager
def browser_and_folder() -> Iterator[tuple[Any, Path]]:
    """A Chromium, and a folder for what it shows."""
    from playwright.sync_api import Error

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            browser = stack.enter_context(chromium())
        except Error as error:
            raise Unavailable("there is no Chromium") from error
        yield browser, folder


def published(browser: Any, folder: Path, size: Size) -> dict[str, Any]:
    """The handler's time for one move of a slider or of the start, and how even the frames are."""
    rate, plain = Slider(1e-3, 1, 0.02, log=True), Slider(1e-5, 0.01, 0.001, log=True)
    rules = SGD(lr=plain), Momentum(lr=plain), RMSProp(lr=rate), Adam(lr=rate)
    page = browser.new_page()
    page.goto(write_page(folder / "page.html", explore(*rules, on=landscapes.rosenbrock())))
    page.wait_for_selector(".px-live")
    found = {}
    for what in ("slider", "start"):
        spent, gaps = page.evaluate(SWEEP, [what, size.frames])
        late = float(np.mean(np.array(gaps) > 25))
        frames = {"frame": float(np.median(gaps)), "late": late}
        found[f"page-{what}"] = spread(spent) | {"p95": p95(spent)} | frames
    page.close()
    return found


def in_jupyterlab(browser: Any, folder: Path, size: Size) -> dict[str, Any]:
    write_notebook(folder / "n.ipynb", FIGURE, INTERACT)
    page = browser.new_context(viewport={"width": 1200, "height": 1800}).new_page()
    with jupyter_lab(folder) as (address, token):
        run_all(page, address, token, "n.ipynb")
        page.wait_for_selector(".px-live", timeout=120_000)
        page.wait_for_selector(".jp-OutputArea img", timeout=120_000)
        page.wait_for_timeout(2000)
        ours = keys(page, 0, size.keys)
        theirs = keys(page, 1, size.interact_keys)
    both = {"ours": np.median(ours) / 1000, "theirs": np.median(theirs) / 1000}
    ratios = np.quantile(theirs, (0.25, 0.5, 0.75)) / np.median(ours)
    named = dict(zip(("low", "result", "high"), ratios.tolist(), strict=True))
    return {
        "lab-key": spread(ours) | {"p95": p95(ours)},
        "lab-interact": named | {k: float(v) for k, v in both.items()} | {"p95": p95(theirs)},
    }


def p95(values: Any) -> float:
    return float(np.quantile(values, 0.95))


def keys(page: Any, cell: int, count: int) -> list[float]:
    """Milliseconds from a key on the last slider of a cell to the frame of its picture."""
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


PARTS = (
    Part(
        "explorer",
        (
            Row("page-slider", "Page, slider moved", "a frame of 60 Hz", "ms", "<= 16.7"),
            Row("page-start", "Page, start dragged", "a frame of 60 Hz", "ms", "<= 16.7"),
            Row("lab-key", "JupyterLab, key to picture", "", "ms", "<= 20"),
            Row("lab-interact", "JupyterLab, key to picture", "interact"),
        ),
        measure, Size(), Size(frames=5, keys=2, interact_keys=2), ("playwright", "jupyterlab"),
    ),
)  # fmt: skip
