"""Glue between the theme and the book: what each page loads, and what it does not.

- The explorers' script and style go to every page.
- Thebe, which Jupyter Book always adds, is dropped: it would load from another host, and throws.
- The buttons that unfold a page's subpages in the sidebar get a name.
- Sphinx's search is dropped, and what marks its words: the book has its own (search_index.py).
- Lists stand beside paragraphs, not in them.
- The theme's script of all icons (540 kB compressed) is dropped: its style sheet has them too.
"""

import re
from pathlib import Path

from primer.explorer.bundle import script
from primer.plotting.figures import static

DEAD_SCRIPTS = re.compile(
    r"[ \t]*<script[^>]*scripts/fontawesome\.js[^>]*></script>\n?"
    r'|[ \t]*<script src="[^"]*(?:searchtools|language_data|searchindex|sphinx_highlight)\.js'
    r"[^>]*></script>\n?"
    r'|[ \t]*<script type="text/x-thebe-config">.*?</script>\n?'
    r"|[ \t]*<script>kernelName = [^<]*</script>\n?",
    re.S,
)
#: Sphinx writes the list of what a function returns into a paragraph, where none may stand.
NESTED = re.compile(r"<p>(<ul\b[^>]*>(?:(?!<p><ul).)*?</ul>)\s*</p>", re.S)
TOGGLE = re.compile(
    r'(<li class="toctree-l\d[^"]*has-children"><a[^>]*>([^<]*)</a><details[^>]*><summary)>'
)
UNUSED = [
    *("sphinx-thebe.*", "scripts/fontawesome.js*", "**/*.map"),
    *("searchtools.js", "language_data.js", "sphinx_highlight.js"),
]


def add_explorer_assets(app, config):
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("explorer.js").write_text(script(), "utf-8")
    folder.joinpath("explorer.css").write_text(static("explorer.css"), "utf-8")
    config.html_js_files.append(("explorer.js", {"defer": "defer"}))
    config.html_css_files.append("explorer.css")


def drop_thebe(app, pagename, templatename, context, doctree):
    for kind in ("script_files", "css_files"):
        files = context.get(kind, [])
        files[:] = [
            f for f in files if "thebe" not in f"{f} {getattr(f, 'attributes', '')}".lower()
        ]


def drop_dead_scripts(app, exception):
    if exception or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text("utf-8")
        lean = TOGGLE.sub(r'\1 aria-label="Pages below: \2">', DEAD_SCRIPTS.sub("", text))
        lean = NESTED.sub(r"\1", lean)
        if lean != text:
            page.write_text(lean, "utf-8")
    for pattern in UNUSED:
        for file in Path(app.outdir, "_static").glob(pattern):
            file.unlink()


def setup(app):
    app.connect("config-inited", add_explorer_assets)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("build-finished", drop_dead_scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
