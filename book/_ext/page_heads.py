"""What the head of a page tells those who get its link, and what it need not load.

- The description is the page's first paragraph, as far as it fits, with formulas as plain text.
- Open Graph: title, description, kind of page and name of the site; address and picture only where
  the site's address is known, since they must be absolute (see site_files.py).
- The first page has the book's name as its title, once.
- MathJax, which Sphinx also loads on the pages above one with formulas, comes only with formulas.
- Formulas in the text carry their plain text, which the search finds and shows (page_sections.py).
"""

import html
import re

from docutils import nodes
from plain_math import plain

LENGTH = 160
INLINE = re.compile(r'(<span class="math notranslate nohighlight")(>\\\((.*?)\\\)</span>)', re.S)
TAG = re.compile(r"<[^>]*>")
CARD = "summary_large_image"
UNREAD = (nodes.raw, nodes.image, nodes.footnote_reference, nodes.system_message)


def words(node):
    """The text of a node as a reader says it."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math):
        return plain(node.astext())
    return "" if isinstance(node, UNREAD) else "".join(map(words, node.children))


def first_paragraph(doctree):
    """The text of the first paragraph that stands in no list, note or table; "" without one."""
    for node in doctree.findall(nodes.paragraph):
        if isinstance(node.parent, nodes.section | nodes.document) and (text := words(node)):
            return text
    return ""


def shortened(text, length=LENGTH):
    """The text on one line, cut behind a word or a sentence where it is longer than that."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    kept = text[:length].rpartition(" ")[0].rstrip(" ,;:–—(")
    return kept if kept.endswith((".", "?", "!")) else f"{kept}…"


def tags(named, properties):
    """The <meta> tags of a page; what is empty has none."""
    pairs = [("name", *p) for p in named.items()] + [("property", *p) for p in properties.items()]
    lines = [f'<meta {a}="{key}" content="{html.escape(v)}" />' for a, key, v in pairs if v]
    return "\n    ".join(["", *lines])


def head(title, description, site, first, address="", url=""):
    """The tags of a page; `address` is that of the site, `url` that of the page."""
    picture = f"{address}_static/card.png" if address else ""
    about = {
        "og:title": title,
        "og:description": description,
        "og:type": "website" if first else "article",
        "og:site_name": site,
        "og:url": url,
        "og:image": picture,
        "og:image:width": picture and "1200",
        "og:image:height": picture and "630",
        "og:image:alt": picture and f"{site}: the paths of five optimizers through a valley",
    }
    return tags({"description": description, "twitter:card": picture and CARD}, about)


def readable(body):
    """The body whose inline formulas carry their plain text."""

    def told(match):
        text = plain(html.unescape(match[3]))
        return f'{match[1]} data-plain="{html.escape(text)}"{match[2]}'

    return INLINE.sub(told, body)


def needs_mathjax(body):
    return 'class="math ' in body


def loads_mathjax(file):
    """Whether a script of the page is MathJax or its settings."""
    return "mathjax" in f"{file} {getattr(file, 'attributes', '')}".lower()


def describe(app, pagename, context, doctree):
    """Add the tags of a page that was written, and give the first page its plain title."""
    title, site = html.unescape(TAG.sub("", context["title"])), context["docstitle"]
    first, address = pagename == app.config.root_doc, app.config.html_baseurl
    description = shortened(first_paragraph(doctree))
    told = head(title, description, site, first, address, context.get("pageurl") or "")
    context["metatags"] = context.get("metatags", "") + told
    if title == site:
        context["docstitle"] = ""


def fill(app, pagename, templatename, context, doctree):
    if doctree is not None:
        describe(app, pagename, context, doctree)
    if "body" in context:
        context["body"] = readable(context["body"])
    if not needs_mathjax(context.get("body", "")):
        files = context.get("script_files", [])
        files[:] = [file for file in files if not loads_mathjax(file)]


def setup(app):
    app.connect("html-page-context", fill, priority=850)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
