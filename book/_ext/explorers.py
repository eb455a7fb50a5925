"""Moves what explorers carry along into files: their programs, and numbers computed beforehand.

`primer.explorer` writes the programs of an explorer into the page as ``<script
class="px-programs">``: each becomes a ``_static/programs/<hash>.js``, so that a server may forbid
scripts in pages. `primer.explorer.explore_grid` writes its numbers as ``<script class="px-grid">``:
each becomes ``_static/grids/<hash>.js``. The explorer asks for its files when it comes near the
window; the page itself loads the programs of its first explorer.

What changes the rules of an explorer, deflated in ``<script class="px-edits">``, becomes
``_static/edits/<hash>.js``. That is asked for when a reader presses a button, and so are the
editor, its style sheet, the parser of Python, and what sets formulas where a page has none.

Scripts rather than data files, so that they also work from ``file://``.
"""

import base64
import re
import zlib
from pathlib import Path

from built_pages import digest

PROGRAMS = re.compile(r'<script class="px-programs">(.*?)</script>', re.S)
GRID = re.compile(r'<script type="text/plain" class="px-grid">([^<]*)</script>')
EDITS = re.compile(r'<script type="text/plain" class="px-edits">([^<]*)</script>')
#: Files that the editor needs, by what the page calls their addresses.
EDITOR = {
    "script": "_static/edit.js",
    "style": "_static/edit.css",
    "code": "codemirror/codemirror.js",
    "math": "_static/mathjax_start.js",
}


def split(body, address):
    """Return the body without programs, grids and edits, and the text of every file by its name.

    `address` turns a name such as ``_static/edit.js`` into what the page calls it.
    """
    files = {}

    def grid(match):
        key = digest(match[1])
        name = f"_static/grids/{key}.js"
        files[name] = f'PrimerExplorer.deliver("{key}","{match[1]}");\n'
        return f'<span class="px-grid" data-name="{key}" data-src="{address(name)}" hidden></span>'

    def programs(match):
        name = f"_static/programs/{digest(match[1])}.js"
        first = not files
        files[name] = match[1]
        if first:
            return f'<script async src="{address(name)}"></script>'
        return f'<span class="px-programs" data-src="{address(name)}" hidden></span>'

    def edits(match):
        text = zlib.decompress(base64.b64decode(match[1])).decode()
        name = f"_static/edits/{digest(text)}.js"
        files[name] = text
        places = {"src": name, **EDITOR}
        told = " ".join(f'data-{key}="{address(place)}"' for key, place in places.items())
        return f'<span class="px-edits" {told} hidden></span>'

    body = GRID.sub(grid, PROGRAMS.sub(programs, body))
    return EDITS.sub(edits, body), files


def move(app, pagename, templatename, context, doctree):
    def address(name):
        return context["pathto"](name, resource=True)

    if "body" not in context:
        return
    context["body"], files = split(context["body"], address)
    for name, text in files.items():
        file = Path(app.outdir, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def setup(app):
    app.connect("html-page-context", move)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
