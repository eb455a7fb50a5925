"""Glue between the theme and the book: what each page loads, and what it does not.

- The explorers' script and style go to every page; those of the editor of rules only beside them.
- Thebe, which Jupyter Book always adds, is dropped: it would load from another host, and throws.
- The buttons that unfold a page's subpages in the sidebar get a name.
- Sphinx's search is dropped, and what marks its words: the book has its own (search_index.py).
- Lists stand beside paragraphs, not in them.
- The theme's script of all icons (540 kB compressed) is dropped: its style sheet has them too.
- Scripts of the head that a browser would wait for go to the end of the page.
- Those of the first figure stand behind it, and the browser waits for them there.
- The page knows from its start whether it is light or dark, and need not be styled twice.
"""

import re
from pathlib import Path

from built_pages import rewrite

from primer.explorer.bundle import editor, script
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
#: Neither deferred nor data, and not the theme's first, which must run before anything is seen.
WAITED_FOR = re.compile(
    r"[ \t]*(<script(?![^>]* (?:async|defer|type|data-cfasync)\b)[^>]*>.*?</script>)\n?", re.S
)
RUNTIME = re.compile(r'<script async="async"[^>]* src="([^"]*/explorer\.js[^"]*)"></script>')
#: The end of the first figure; book/_ext/explorers.py writes its program, or where its numbers are.
FIRST = re.compile(
    r'(?P<program><script async src="[^"]*/programs/[^"]*"></script>)'
    r'|<span class="px-grid"[^>]*></span></div>'
)
SPARE = re.compile(r"^\s*//.*\n|^[ \t]+", re.M)
STORED_THEME = 'dataset.theme = localStorage.getItem("theme") || "auto"'
THEME = (
    'dataset.theme = localStorage.getItem("theme") || '
    '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")'
)
UNUSED = [
    *("sphinx-thebe.*", "scripts/fontawesome.js*", "**/*.map"),
    *("searchtools.js", "language_data.js", "sphinx_highlight.js"),
]


def add_explorer_assets(app, config):
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("explorer.js").write_text(without_comments(script()), "utf-8")
    folder.joinpath("explorer.css").write_text(static("explorer.css"), "utf-8")
    folder.joinpath("edit.js").write_text(without_comments(editor()), "utf-8")
    folder.joinpath("edit.css").write_text(static("edit.css"), "utf-8")
    config.html_js_files.append(("explorer.js", {"async": "async", "fetchpriority": "high"}))
    config.html_css_files.append("explorer.css")


def without_comments(script):
    """A script without its lines of comment and the blanks before all others.

    No text in backquotes goes over lines: tests/test_explorer_script.py.

    >>> without_comments("// a\\n  if (x)\\n    y;\\n")
    'if (x)\\ny;\\n'
    """
    return SPARE.sub("", script)


def drop_thebe(app, pagename, templatename, context, doctree):
    for kind in ("script_files", "css_files"):
        files = context.get(kind, [])
        files[:] = [
            f for f in files if "thebe" not in f"{f} {getattr(f, 'attributes', '')}".lower()
        ]


def without_waiting(page):
    """The page with the scripts of its head that a browser would wait for at its end, in order.

    >>> without_waiting("<head><script src=a></script></head><body><p>x</p></body>")
    '<head></head><body><p>x</p><script src=a></script>\\n</body>'
    """
    head, end_of_head, rest = page.partition("</head>")
    body, end_of_body, after = rest.rpartition("</body>")
    if not end_of_body:
        return page
    scripts = "".join(f"{script}\n" for script in WAITED_FOR.findall(head))
    return WAITED_FOR.sub("", head) + end_of_head + body + scripts + end_of_body + after


def first_figure_first(page):
    """The page, read up to its first figure, waits for what brings that to life.

    Where the processor is slow, all the rest takes far longer to be read than the scripts to come.
    """
    script, first = RUNTIME.search(page), FIRST.search(page)
    if not (script and first):
        return page
    early = f'<link rel="preload" as="script" href="{script[1]}" fetchpriority="high">'
    waits = f'<script src="{script[1]}"></script>'
    at = first[0].replace(" async", "")
    behind = waits + at if first["program"] else at + waits
    return page.replace(first[0], behind, 1).replace(script[0], early, 1)


def lean(page):
    """The page without what it does not need."""
    page = TOGGLE.sub(r'\1 aria-label="Pages below: \2">', DEAD_SCRIPTS.sub("", page))
    page = NESTED.sub(r"\1", page)
    return first_figure_first(without_waiting(page.replace(STORED_THEME, THEME)))


def make_lean(app, exception):
    if exception or app.builder.format != "html":
        return
    rewrite(app.outdir, lambda text, _: lean(text))
    for pattern in UNUSED:
        for file in Path(app.outdir, "_static").glob(pattern):
            file.unlink()


def setup(app):
    app.connect("config-inited", add_explorer_assets)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("build-finished", make_lean)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
