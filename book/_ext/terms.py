"""Lets a chapter link a word to its entry in the glossary, by a link that works everywhere.

``[momentum](../book/glossary.md#momentum)`` leads to the entry ``momentum`` of that page, which is
a definition list of the class ``glossary``: a term is known by its name in small letters, with
hyphens. On the built page such a link also carries the first sentence of the entry, which
``glossary.js`` shows beside it.
"""

import html
import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

PAGE = "book/glossary"
LINK = re.compile(r'<a class="reference internal" href="([^"#]*\bglossary\.html#([^"]+))">')


def slug(term: str) -> str:
    """Return the name by which links know a term.

    Examples
    --------
    >>> slug("Nesterov's rule"), slug("Newton–Schulz iteration")
    ('nesterovs-rule', 'newton-schulz-iteration')
    """
    return re.sub(r"[^a-z0-9]+", "-", re.sub("['’]", "", term.lower())).strip("-")


def first_sentence(text: str) -> str:
    return re.match(r".*?[.](?= |$)", " ".join(text.split()))[0]


class NameTerms(SphinxTransform):
    """Tell MyST where the entries stand, before it resolves the links from one to another."""

    default_priority = 870

    def apply(self):
        if self.env.docname != PAGE:
            return
        names, told = {}, {}
        for item in self.document.findall(nodes.definition_list_item):
            term, definition = item[0], item[-1]
            (key,) = term["ids"]
            names[slug(term.astext())] = (term.line or 0, key, term.astext())
            told[key] = first_sentence(definition[0].astext())
        self.document.myst_slugs = {**getattr(self.document, "myst_slugs", {}), **names}
        known = self.env.metadata[PAGE]
        known.setdefault("myst_slugs", {}).update(names)
        known["terms"] = told


def tell(app, pagename, templatename, context, doctree):
    """Give every link to an entry the first sentence of the entry."""
    told = app.env.metadata.get(PAGE, {}).get("terms", {})

    def telling(match):
        if match[2] not in told:
            return match[0]
        sentence = html.escape(told[match[2]], quote=True)
        return f'<a class="px-term" data-term="{sentence}" href="{match[1]}">'

    if "body" in context:
        context["body"] = LINK.sub(telling, context["body"])


def setup(app):
    app.add_transform(NameTerms)
    app.add_js_file("glossary.js", loading_method="defer")
    app.connect("html-page-context", tell)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
