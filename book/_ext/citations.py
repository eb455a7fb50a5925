"""Lets a chapter cite by a plain link, which also reads well in JupyterLab.

``[Kingma and Ba (2015)](../book/references.md#kingma2015)`` leads to the entry ``kingma2015`` of
the page of references: every key of the bibliography becomes a name of its place on that page.
Links in the HTML that a cell shows, ``<a class="px-source" href="06_adam.ipynb#in-practice">``, are
led to the built page in the same way; one that leads nowhere is a warning. The bibliography's roles
become those of a plain list: `doc-biblioentry` is deprecated, and a list may hold nothing else.
"""

import html
import posixpath
import re

from sphinx.util import logging

PAGE = "book/references"
SOURCE = re.compile(r'<a class="px-source" href="([^"#]+)\.(?:ipynb|md)#([^"]+)">')
ENTRY = ' role="doc-biblioentry"'
logger = logging.getLogger(__name__)


def name_entries(app, env):
    """Tell MyST where on the page each entry stands."""
    places = {c.key: (0, c.citation_id, c.key) for c in env.get_domain("cite").citations}
    env.metadata[PAGE].setdefault("myst_slugs", {}).update(places)


def lead(app, pagename, templatename, context, doctree):
    """Turn links to source files in the page's raw HTML into links to pages and their sections."""

    def led(match):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(pagename), match[1]))
        slugs = app.env.metadata.get(name, {}).get("myst_slugs", {})
        slug = html.unescape(match[2])
        if slug not in slugs:
            logger.warning("no place %s in %s, linked from %s", slug, name, pagename)
            return match[0]
        page = "" if name == pagename else context["pathto"](name)
        return f'<a class="px-source" href="{page}#{slugs[slug][1]}">'

    if "body" in context:
        context["body"] = SOURCE.sub(led, context["body"])
        context["body"] = context["body"].replace(ENTRY, ' role="listitem"')


def setup(app):
    app.connect("html-page-context", lead)
    app.connect("env-updated", name_entries, priority=900)  # after the bibliography was read
    return {"parallel_read_safe": True, "parallel_write_safe": True}
