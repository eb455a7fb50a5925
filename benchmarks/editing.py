"""How fast a rule is edited in the page: from the press to the editor, from a key to the picture.

Needs a Chromium. The figure is that of the explorers: paths on contours and the loss, 200 steps.
"""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterator
from typing import Any

from primer import Adam, Slider, explore, landscapes

from .explorer import browser_and_folder, p95
from .rows import Part, Row
from .timing import ROOT, spread

sys.path.insert(0, str(ROOT / "tests" / "browser"))
from chromium import served_from, write_site

#: Milliseconds from the press to the frame that shows the editor, with a line in the picture.
OPEN = """
() => new Promise(done => {
  let pressed;
  addEventListener("click", event => { pressed = event.timeStamp; }, { capture: true, once: true });
  const seen = new MutationObserver(() => {
    if (!document.querySelector(".px-yours .cm-focused")) return;
    seen.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - pressed);
      port2.postMessage(0);
    });
  });
  seen.observe(document, { subtree: true, childList: true, attributeFilter: ["class"] });
  setTimeout(() => document.querySelector("button[value=edit]").click());
})
"""
#: The same from every key to the lines that it has drawn; a frame may show them at once.
KEYS = """
() => {
  globalThis.spent = [];
  let pressed;
  addEventListener("keydown", event => { pressed = event.timeStamp; }, true);
  const seen = new MutationObserver(() => {
    if (pressed !== undefined) spent.push(performance.now() - pressed);
    pressed = undefined;
  });
  const picture = document.querySelector(".px-panels");
  seen.observe(picture, { subtree: true, attributeFilter: ["d"] });
}
"""
#: A digit of the rule's text, and what is written in its place, one key after the other.
PLACE = """
() => {
  const { view, text } = PrimerExplorer.all[0].editor.writing;
  const at = text.indexOf("np.sqrt(v_hat)");
  view.dispatch({ selection: { anchor: at } });
  view.focus();
}
"""
WRITTEN = "1.25 * 0.5 + "


@dataclasses.dataclass(frozen=True)
class Size:
    opened: int = 9
    written: int = 6


def measure(size: Size) -> dict[str, Any]:
    rule = Adam(lr=Slider(1e-3, 1, 0.1, log=True))
    with browser_and_folder() as (browser, folder):
        write_site(folder, explore(rule, on=landscapes.rosenbrock()))
        with served_from(folder) as address:
            first = [opened(browser, address) for _ in range(size.opened)]
            keys = written(browser, address, size.written)
    return {
        "edit-open": spread(first) | {"p95": p95(first)},
        "edit-key": spread(keys) | {"p95": p95(keys)},
    }


@contextlib.contextmanager
def live(browser: Any, address: str) -> Iterator[Any]:
    """The page with its figure alive, in a browser that has seen nothing before."""
    with contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(f"{address}/page.html")
        page.wait_for_selector(".px-live")
        yield page


def opened(browser: Any, address: str) -> float:
    """Milliseconds to the editor in a browser that has none of its files."""
    with live(browser, address) as page:
        return float(page.evaluate(OPEN))


def written(browser: Any, address: str, times: int) -> list[float]:
    """Milliseconds of every key that changed the picture."""
    with live(browser, address) as page:
        page.evaluate(OPEN)
        page.wait_for_timeout(1000)
        page.evaluate(PLACE)
        page.evaluate(KEYS)
        for _ in range(times):
            page.keyboard.type(WRITTEN, delay=120)
            for _ in WRITTEN:
                page.keyboard.press("Backspace", delay=120)
        found: list[float] = page.evaluate("spent")
        return found


PARTS = (
    Part(
        "editing",
        (
            Row("edit-open", "Page, a rule's editor opened", "", "ms", "<= 400"),
            Row("edit-key", "Page, rule edited, key to picture", "a frame of 60 Hz", "ms", "<= 16"),
        ),
        measure, Size(), Size(opened=1, written=1), ("playwright",),
    ),
)  # fmt: skip
