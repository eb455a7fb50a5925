"""A Chromium, a page that holds explorers, a JupyterLab to drive: for tests and benchmarks."""

import contextlib
import functools
import http.server
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from primer.explorer.bundle import editor, script
from primer.plotting.figures import static

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BOOK = Path(__file__).parents[2] / "book"
#: Where `make book` puts the site.
SITE = Path(os.environ.get("PRIMER_SITE", Path(__file__).parents[2] / "_build" / "html"))
REQUIRED = bool(os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"))


#: True when every formula of the page is set.
FORMULAS_SET = """() =>
  [...document.querySelectorAll(".math")].every(e => e.querySelector("mjx-container"))"""

#: What MathJax shows of a formula that it does not understand.
NOT_UNDERSTOOD = "mjx-merror, mjx-math [style*='red']"


def pages_with(text: str) -> list[Path]:
    """The pages of the built site that hold a text; none where it is not built."""
    return [page for page in sorted(SITE.rglob("*.html")) if text in page.read_text("utf-8")]


def unlike(names) -> list[str]:
    """Names of pages; of those of the rules, which one template writes, every eleventh."""
    rules = [name for name in names if name.startswith("book/rules/")]
    return [name for name in names if name not in rules or rules.index(name) % 11 == 0]


@contextlib.contextmanager
def required(starting, told: str):
    """What a context gives; where it cannot be started, tests are skipped, and fail in CI."""
    import pytest

    try:
        running = starting.__enter__()
    except Exception as error:
        text = f"{told}: {str(error).splitlines()[0]}"
        pytest.fail(text) if REQUIRED else pytest.skip(text)
    yield running
    starting.__exit__(None, None, None)


@contextlib.contextmanager
def program(command, seconds: float = 20, **options):
    """A program that ends with the block."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


@contextlib.contextmanager
def chromium(*flags):
    """A running headless browser: CHROMIUM, one on the PATH, or Playwright's own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, launched(playwright.chromium, *flags) as browser:
        yield browser


@contextlib.contextmanager
def launched(kind, *flags):
    """One more browser of a Playwright that is running."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    browser = kind.launch(executable_path=found, args=[*FLAGS, *flags])
    yield browser
    browser.close()


def write_page(path: Path, *explorers, before: str = "", theme: str = "light") -> str:
    """A page with explorers as the book makes them; returns its file:// address."""
    os.environ["PRIMER_BOOK"] = "1"
    try:
        body = before + "".join(e.html() for e in explorers)
    finally:
        del os.environ["PRIMER_BOOK"]
    path.with_name("explorer.js").write_text(script(), encoding="utf-8")
    path.write_text(
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Explorers</title>'
        f"<style>{static('explorer.css')} body {{ max-width: 800px; margin: auto }}</style>"
        '<script async src="explorer.js"></script>'
        f"<body><main><h1>Explorers</h1>{body}</main></body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


def write_site(folder: Path, *explorers, before: str = "", theme: str = "light") -> None:
    """The same as `folder/page.html`, with all scripts, and the editor of rules, as files."""
    sys.path.insert(0, str(BOOK / "_ext"))
    import explorers as extension

    write_page(folder / "page.html", *explorers, before=before, theme=theme)
    body, files = extension.split((folder / "page.html").read_text("utf-8"), str)
    files |= {
        "page.html": body.replace("<meta", '<link rel="icon" href="data:,"><meta', 1),
        "_static/edit.js": editor(),
        "_static/edit.css": static("edit.css"),
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(BOOK / "vendor" / "codemirror", folder / "codemirror", dirs_exist_ok=True)
    bring_mathjax(folder)


def bring_mathjax(folder: Path) -> str:
    """Put into a folder what sets formulas on the site; the tag by which its pages ask for it."""
    name = "_static/mathjax_start.js"
    (folder / name).parent.mkdir(exist_ok=True)
    shutil.copy(BOOK / name, folder / name)
    shutil.copytree(BOOK / "vendor" / "mathjax", folder / "mathjax", dirs_exist_ok=True)
    return f'<script defer src="{name}"></script>'


class UnderPolicy(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as a careful host does: only scripts which are files of it may run."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", "script-src 'self'")
        super().end_headers()

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def served_from(folder: Path, handler=UnderPolicy):
    """Serve a folder; yields its address.

    A server that ends while a page still asks resets the connections it has not taken up, and
    the page complains: tests use the fixtures `served` and `hosted`, which outlive their page.
    """
    handler = functools.partial(handler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def until(page, condition: str, arg=None, seconds: float = 60) -> None:
    """Wait for a JavaScript function to be true, also where a server forbids `eval`."""
    text = (
        "async arg => { const end = performance.now() + %d; let met; do {"
        " met = (%s)(arg); await new Promise(done => setTimeout(done, 50)); }"
        " while (!met && performance.now() < end); return !!met }"
    )
    assert page.evaluate(text % (1000 * seconds, condition), arg), condition


def wake(page) -> None:
    """Wake every explorer of the page, also those far from the window, and wait for them."""
    page.wait_for_selector(".px-live")
    page.evaluate("PrimerExplorer.wake()")
    page.wait_for_function("!document.querySelector('.px:not(.px-live)')")


def axe(page, context=None, preload: bool = False) -> list[dict]:
    """What axe finds wrong on a page or a part of it; to list what is right only takes it time."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"preload": preload, "resultTypes": ["violations"]}
    return Axe().run(page, context, options).response["violations"]


def settings(page, k: int = 0) -> dict:
    """Sliders by key, as the page's k-th explorer has them."""
    return page.evaluate(
        "k => { const e = PrimerExplorer.all[k];"
        " const pairs = e.data.controls.map((c, i) => [c.key, c.values[e.index[i]]]);"
        " return Object.fromEntries(pairs) }",
        k,
    )


def numbers(page, k: int = 0) -> list[dict]:
    """The table of the page's k-th explorer: loss and theta to the last bit."""
    rows = page.locator(".px").nth(k).locator("tbody tr")
    data = [rows.nth(i).evaluate("row => ({...row.dataset})") for i in range(rows.count())]
    return [
        {
            "loss": float(row["loss"]),
            "theta": [float(x) for x in row["theta"].split(",") if x],
            "lost": int(row["lost"]),
        }
        for row in data
    ]


def paths(page, k: int = 0) -> list[str]:
    """The `d` of every moving line that is shown in the page's k-th explorer."""
    return (
        page.locator(".px")
        .nth(k)
        .evaluate(
            "root => [...root.querySelectorAll('.px-panels:not([hidden]) .px-line > path')]"
            ".map(path => path.getAttribute('d'))"
        )
    )


@contextlib.contextmanager
def jupyter_lab(folder: Path):
    """A JupyterLab over `folder`, on this machine only; yields its address and token."""
    token = secrets.token_hex(16)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = str(Path(__file__).resolve().parents[2])
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / ".config"),
        "JUPYTER_RUNTIME_DIR": str(folder / ".runtime"),
        "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")])),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1"]
    command += [f"--port={port}", f"--IdentityProvider.token={token}", "--LabApp.news_url=None"]
    command += [
        "--allow-root",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.extension_manager=readonly",
    ]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with program(command, seconds=30, env=env, **silent) as server:
        _wait(f"http://127.0.0.1:{port}/api?token={token}", server)
        yield f"http://127.0.0.1:{port}", token


def _wait(address: str, server, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(address, timeout=2)
            return
        time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not answer within {seconds} s")


def write_notebook(path: Path, *cells: str) -> None:
    """Cells are Python; one that begins with ``%%md`` is Markdown."""
    from nbformat import v4

    made = [
        v4.new_markdown_cell(cell.removeprefix("%%md\n"))
        if cell.startswith("%%md")
        else v4.new_code_cell(cell)
        for cell in cells
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path.write_text(
        __import__("nbformat").writes(v4.new_notebook(cells=made, metadata=kernel)),
        encoding="utf-8",
    )


def run_all(page, address: str, token: str, notebook: str) -> None:
    """Open a notebook in JupyterLab and run all its cells."""
    page.goto(f"{address}/lab/tree/{notebook}?reset&token={token}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    page.wait_for_function("document.body.innerText.includes('| Idle')", timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
