"""Notes in the margin, written so that JupyterLab shows them as well.

``<aside class="margin">``, a blank line, Markdown, a blank line, ``</aside>``: a chapter's note. On
the page it becomes what the theme's directive ``{margin}`` makes: ``aside.margin.sidebar``.
"""

import re

from docutils import nodes
from sphinx.util import logging

OPENS = re.compile(r'\s*<aside\s+class="margin"\s*>(.*)', re.S)
CLOSES = re.compile(r"(.*)</aside>\s*", re.S)
logger = logging.getLogger(__name__)


def is_html(node):
    return isinstance(node, nodes.raw) and "html" in node.get("format", "").split()


def kept(text):
    """What stands in the lines of a tag, as a paragraph of HTML; nothing for the tag alone."""
    return [nodes.raw("", f"<p>{text.strip()}</p>", format="html")] if text.strip() else []


def content(first, following):
    """The nodes of a note that begins with `first`, and how many of `following` belong to it.

    (None, 0) if it never ends.
    """
    text = OPENS.fullmatch(first.astext())[1]
    if closed := CLOSES.fullmatch(text):
        return kept(closed[1]), 0
    inside = kept(text)
    for k, node in enumerate(following, start=1):
        if is_html(node) and (closed := CLOSES.fullmatch(node.astext())):
            return [*inside, *kept(closed[1])], k
        inside.append(node)
    return None, 0


def turn(first):
    """Put a note in place of the nodes that it was written as."""
    parent, at = first.parent, first.parent.index(first)
    inside, count = content(first, parent.children[at + 1 :])
    if inside is None:
        logger.warning('<aside class="margin"> without </aside>', location=first)
        return
    del parent.children[at : at + count + 1]
    parent.insert(at, nodes.sidebar("", *inside, classes=["margin"]))


def notes(app, doctree):
    for node in list(doctree.findall(is_html)):
        if OPENS.fullmatch(node.astext()):
            turn(node)


def setup(app):
    app.connect("doctree-read", notes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
