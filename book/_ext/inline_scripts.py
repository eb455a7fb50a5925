"""Moves every script written into a page into a file, so that a server may forbid inline scripts.

With the header ``Content-Security-Policy: script-src 'self'`` a browser runs only scripts which are
files of the site. Theme and extensions write small ones into the page: each becomes
``_static/inline/<hash>.js``, at the same place and in the same order. An attribute such as
``onclick="window.print()"`` is a script too: the element gets ``data-onclick="<hash>"``, and the
code becomes a function in a file at the page's end, which book/_static/handlers.js ties to the
element. Data (``type="application/json"`` and the like) stays. So does what a file cannot replace,
and `.ci/check_site.py` reports it: modules and import maps, which do not work from ``file://``, and
an image's or a link's ``onload`` and ``onerror``, which may come before the file is read.
"""

import html
import os
import re
from html.parser import HTMLParser
from pathlib import Path

from built_pages import digest, rewrite

CLASSIC = re.compile(r"\s*((text|application)/(x-)?(java|ecma)script)?\s*", re.I)
HANDLER = re.compile(r"on[a-z]+")
EARLY = {"onload", "onerror"}
FOLDER = "_static/inline"


class Cuts(HTMLParser):
    """What to replace in a page: inline scripts, tags with handlers, and where the body ends."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.page = page
        self.lines = [0, *(match.end() for match in re.finditer("\n", page))]
        self.scripts: list[tuple[int, int, str, str]] = []  # start, end, start tag, code
        self.tags: list[tuple[int, int, str]] = []  # start, end, the new start tag
        self.handlers: dict[tuple[str, str], str] = {}  # code by type of event and hash
        self.end = len(page)
        self.opened = None
        self.feed(page)
        self.close()

    def at(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag, attrs, closing=""):
        start, end = self.at(), self.at() + len(self.get_starttag_text())
        if tag == "script" and "src" not in dict(attrs):
            self.opened = start, end, attrs
            return
        tied = [self.tied(tag, *pair) for pair in attrs]
        if tied != attrs:
            self.tags.append((start, end, start_tag(tag, tied, closing)))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs, closing="/")

    def handle_endtag(self, tag):
        if tag == "script" and self.opened:
            start, code, attrs = self.opened
            if CLASSIC.fullmatch(dict(attrs).get("type") or ""):
                end = self.page.index(">", self.at()) + 1
                kept = [pair for pair in attrs if pair[0] not in ("defer", "async")]
                text = self.page[code : self.at()]
                self.scripts.append((start, end, start_tag(tag, kept), text))
            self.opened = None
        elif tag == "body":
            self.end = self.at()

    def tied(self, tag, name, value):
        if not HANDLER.fullmatch(name) or (name in EARLY and tag != "body"):
            return name, value
        key = digest(value or "")
        self.handlers[name[2:], key] = value or ""
        return f"data-{name}", key


def start_tag(tag, attrs, closing=""):
    written = (name if value is None else f'{name}="{html.escape(value)}"' for name, value in attrs)
    return f"<{' '.join([tag, *written])}{closing}>"


def merged(page, scripts):
    """Return the scripts with neighbors of equal tags, nothing but white space between, as one."""
    result = []
    for start, end, tag, code in scripts:
        if result and result[-1][2] == tag and not page[result[-1][1] : start].strip():
            first, _, _, before = result.pop()
            start, code = first, f"{before}\n;{code}"
        result.append((start, end, tag, code))
    return result


def split(page: str, folder: str) -> tuple[str, dict[str, str]]:
    """Return the page without inline scripts, and the code by name of file in `folder`."""
    files: dict[str, str] = {}

    def filed(tag, code):
        name = f"{digest(code)}.js"
        files[name] = code
        return f'{tag[:-1]} src="{folder}/{name}"></script>'

    cuts = Cuts(page)
    edits = [(start, end, filed(tag, code)) for start, end, tag, code in merged(page, cuts.scripts)]
    if cuts.handlers:
        calls = "".join(
            f'onElements("{event}", "{key}", function (event) {{\n{code}\n}});\n'
            for (event, key), code in sorted(cuts.handlers.items())
        )
        edits.append((cuts.end, cuts.end, filed("<script>", calls) + "\n"))
    for start, end, new in sorted(edits + cuts.tags, reverse=True):
        page = page[:start] + new + page[end:]
    return page, files


def move_inline_scripts(app, exception):
    if exception or app.builder.format != "html":
        return
    inline = Path(app.outdir, FOLDER)
    inline.mkdir(parents=True, exist_ok=True)

    def moved(text, file):
        page, files = split(text, Path(os.path.relpath(inline, file.parent)).as_posix())
        for name, code in files.items():
            inline.joinpath(name).write_text(code, "utf-8")
        return page

    rewrite(app.outdir, moved)


def setup(app):
    app.add_js_file("handlers.js")
    app.connect("build-finished", move_inline_scripts, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
