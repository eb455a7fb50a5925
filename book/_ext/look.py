"""What the look of the pages needs in their HTML; the look itself is in book/_static/*.css.

- The face of the text is fetched at once.
- A folded cell says what it is the code of: a figure, numbers, the cells below.
- A formula and the bracket or stop that touches it do not part at the end of a line.
- A chapter's number in the list of chapters is an element of its own.
- The theme's icons are drawn by icons.css: its fonts of icons and their rules are dropped.
"""

import re
from pathlib import Path

from built_pages import rewrite
from docutils import nodes

FORMULA = re.compile(
    r'([(\[“‘]*)<span class="math notranslate nohighlight"[^>]*>\\\([^<]*?\\\)</span>'
    r"([,.;:?!)\]…’”]*)"
)
CHAPTER = re.compile(r'(<li class="toctree-l1[^>]*><a [^>]*>)(\d+)\.? ')
NUMBERED = r'\1<span class="section-number">\2</span> '
PROMPT = ' aria-label="Toggle hidden content"'
FIGURE = re.compile(r'<(?:figure|div) class="px')
RULE = re.compile(r"(?<=[{}])[^{}@]*\{[^{}]*\}|@font-face\{[^{}]*\}")
ICON = re.compile(r"\s*\.fa[srlb]?(?=[-.:\s]|$)")


def kind(cell):
    """What a folded cell is the code of."""
    output = cell.children[-1]
    if output.get("nb_element") != "cell_code_output":
        return "Code for the cells below"
    shown = [node.astext() for node in output.findall(nodes.raw)]
    if any(map(FIGURE.search, shown)):
        return "Code for this figure"
    return "Code for what is shown" if shown else "Code for these numbers"


def name_folded(app, doctree):
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code" and cell.get("hide_mode") and cell.children:
            cell["prompt_show"] = cell["prompt_hide"] = kind(cell)


def joined(body):
    """The body in which a formula and the punctuation that touches it stay on one line."""

    def kept(match):
        touched = match[1] or match[2]
        return f'<span class="math-with-stop">{match[0]}</span>' if touched else match[0]

    return FORMULA.sub(kept, body)


def dress(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = joined(context["body"]).replace(PROMPT, "")


def without_icons(sheet):
    """A style sheet without the faces of Font Awesome and the rules for its classes."""

    def left(match):
        selector, _, _ = match[0].partition("{")
        if selector == "@font-face":
            return "" if "Font Awesome" in match[0] else match[0]
        return "" if all(map(ICON.match, selector.split(","))) else match[0]

    return RULE.sub(left, sheet)


def finish(app, exception):
    if exception or app.builder.format != "html":
        return
    rewrite(app.outdir, lambda text, _: CHAPTER.sub(NUMBERED, text))
    for sheet in Path(app.outdir, "_static", "styles").glob("*.css"):
        sheet.write_text(without_icons(sheet.read_text("utf-8")), "utf-8")
    for font in Path(app.outdir, "_static", "vendor", "fontawesome").rglob("*.*"):
        font.unlink()


def setup(app):
    app.connect("doctree-read", name_folded)
    app.connect("html-page-context", dress, priority=870)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
