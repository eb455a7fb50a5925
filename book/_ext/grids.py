"""Moves the numbers of precomputed explorers into scripts that a page loads when it needs them.

`primer.explorer.explore_grid` writes them into the page as ``<script class="px-grid">``; here each
becomes ``_static/grids/<hash>.js``, which explorer-grid.js asks for when the figure comes near the
window. A script rather than a data file, so that it also works from ``file://``.
"""

import hashlib
import re
from pathlib import Path

GRID = re.compile(r'<script type="text/plain" class="px-grid">([^<]*)</script>')


def move_grids(app, pagename, templatename, context, doctree):
    if "px-grid" not in context.get("body", ""):
        return
    folder = Path(app.outdir, "_static", "grids")
    folder.mkdir(parents=True, exist_ok=True)

    def moved(match):
        name = hashlib.sha256(match[1].encode()).hexdigest()[:16]
        folder.joinpath(f"{name}.js").write_text(f'PrimerParts.deliver("{name}","{match[1]}");\n')
        source = context["pathto"](f"_static/grids/{name}.js", resource=True)
        return f'<span class="px-grid" data-name="{name}" data-src="{source}" hidden></span>'

    context["body"] = GRID.sub(moved, context["body"])


def setup(app):
    app.connect("html-page-context", move_grids)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
