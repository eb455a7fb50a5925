"""When the first figure of every page of the built site is alive, on a slowed processor.

python -m benchmarks.pages [--site FOLDER] [--slower 4] [--runs 3] [PAGE ...]

Run it after `make book`, on a machine that does nothing else. Each line: the median of the seconds
from asking for the page to its first live figure, then to the first paint, to all of its formulas,
and how much the layout moved meanwhile (0 is nothing). Without PAGE, all pages with figures.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import statistics
import sys
import threading
from pathlib import Path
from typing import Any

from .timing import ROOT

sys.path.insert(0, str(ROOT / "tests" / "browser"))
from chromium import SITE, chromium, until

WATCH = """
globalThis.seen = { moved: 0 };
addEventListener("px-awake", () => { seen.live ??= performance.now(); }, true);
const watch = (type, note) => new PerformanceObserver(
  list => list.getEntries().forEach(note)).observe({ type, buffered: true });
watch("layout-shift", entry => { if (!entry.hadRecentInput) seen.moved += entry.value; });
watch("paint", entry => { seen.paint ??= entry.startTime; });
"""
SET = """() => [...document.querySelectorAll(".math")].every(e => e.querySelector("mjx-container"))
  && (seen.formulas ??= performance.now())"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass


def opened(browser: Any, address: str, slower: float) -> dict[str, float]:
    """One visit: milliseconds to what is watched."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(WATCH)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(address, wait_until="commit")
    until(page, "() => globalThis.seen?.live")
    until(page, SET)
    found: dict[str, float] = page.evaluate("seen")
    context.close()
    return found


def measured(browser: Any, address: str, slower: float, runs: int) -> dict[str, float]:
    visits = [opened(browser, address, slower) for _ in range(runs)]
    return {key: statistics.median(visit[key] for visit in visits) for key in visits[0]}


def with_figures(site: Path) -> list[str]:
    pages = sorted(site.rglob("*.html"))
    return [str(p.relative_to(site)) for p in pages if 'class="px-data"' in p.read_text("utf-8")]


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.pages")
    parser.add_argument("pages", nargs="*", metavar="PAGE")
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--slower", type=float, default=4, help="how many times")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    handler = functools.partial(Quiet, directory=options.site)
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        chromium() as browser,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print("live    paint   formulas moved  page")
        for name in options.pages or with_figures(options.site):
            address = f"http://127.0.0.1:{server.server_port}/{name}"
            found = measured(browser, address, options.slower, options.runs)
            seconds = (f"{found[key] / 1000:5.2f} s" for key in ("live", "paint", "formulas"))
            print(*seconds, f"{found['moved']:7.3f}", name, flush=True)
        server.shutdown()


if __name__ == "__main__":
    main()
