"""Scripts and handlers do the same in files as written into a page."""

from pathlib import Path

import pytest
from helpers import loaded

pytestmark = pytest.mark.browser

BOOK = Path(__file__).parents[2] / "book"
PAGE = """<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
<script src="handlers.js"></script><script defer>const seen = ["head"];</script></head>
<body onload="seen.push('load')"><script>seen.push("é")</script> <script>seen.push(2)</script>
<a href="#gone" onclick="seen.push(this.id, event.type); return false" id="a">a</a>
<a href="#there" onclick="seen.push('b') // a comment" id="b"><b>b</b></a>
<select onchange="seen.push(this.value)"><option>x</option><option>y</option></select>
</body></html>"""


@pytest.fixture(params=["as written", "in files"])
def address(request, tmp_path):
    inline = loaded(BOOK / "_ext" / "inline_scripts.py")
    text, files = inline.split(PAGE, ".") if request.param == "in files" else (PAGE, {})
    files["handlers.js"] = (BOOK / "_static" / "handlers.js").read_text("utf-8")
    for name, code in files.items():
        tmp_path.joinpath(name).write_text(code, "utf-8")
    path = tmp_path / "page.html"
    path.write_text(text, "utf-8")
    return path.as_uri()


def test_scripts_and_handlers_do_the_same_in_the_page_and_in_files(page, address):
    page.goto(address)
    page.locator("#a").click()
    assert page.url == address
    page.locator("#b b").click()
    assert page.url == f"{address}#there"
    page.locator("select").select_option("y")
    assert page.evaluate("seen") == ["head", "é", 2, "load", "a", "click", "b", "y"]
