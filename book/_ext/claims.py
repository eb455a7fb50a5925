"""The directives of the page of claims.

``{claim}`` is one claim with its verdict. Its classes say verdict, chapter and who tells it, and
sift.js goes by them; its anchor is made of the words of the claim. ``{verdicts}`` says what each
verdict means, counts the claims of the page, and makes room for the controls.
"""

import re

from docutils import nodes
from docutils.parsers.rst import directives
from rule_text import stem_of
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

#: What the badge shows beside the word: a shape of its own for each verdict.
ICONS = {
    "holds": '<circle cx="8" cy="8" r="7"/><path d="M4.5 8.3 7 10.8l4.6-5.3"/>',
    "holds if": '<circle cx="8" cy="8" r="7"/><path class="px-fill" d="M8 1a7 7 0 0 1 0 14z"/>',
    "false": '<rect x="1.5" y="1.5" width="13" height="13"/><path d="m5 5 6 6m0-6-6 6"/>',
    "contested": '<path d="M8 .8 15.2 8 8 15.2.8 8zM5 6.7h6M5 9.5h6"/>',
}
TOLD = {
    "usual": "the usual story",
    "mistake": "a mistake that circulates",
    "book": "taken up by a chapter",
}


class claim(nodes.General, nodes.Element):
    """A claim; its first child is what is said."""


class said(nodes.TextElement):
    """The claim in its own words."""


class verdicts(nodes.General, nodes.Element):
    """The verdicts, what they mean and how often they were given."""


def slug(text):
    """The anchor of a claim: its words, without the markup of formulas."""
    return nodes.make_id(re.sub(r"\\[a-z]+|[$`*_^{}'’]", lambda m: m[0].strip("\\$`*_^{}'’"), text))


def badge(verdict):
    """The verdict as a shape and a word."""
    svg = f'<svg viewBox="0 0 16 16" aria-hidden="true">{ICONS[verdict]}</svg>'
    html = f'<span class="px-verdict px-verdict-{key(verdict)}">{svg}{verdict}</span>'
    return nodes.raw("", html, format="html")


def key(verdict):
    return verdict.replace(" ", "-")


def one_of(allowed):
    return lambda argument: directives.choice(argument, allowed)


class Claim(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {
        "verdict": one_of(ICONS),
        "told": one_of(TOLD),
        "chapter": directives.positive_int,
    }

    def run(self):
        if missing := self.option_spec.keys() - self.options.keys():
            raise self.error(f"a claim without {', '.join(sorted(missing))}")
        words = " ".join(self.arguments[0].split())
        node = claim("", names=[slug(words)], verdict=self.options["verdict"])
        node["classes"] = ["px-item", "px-claim"] + [
            f"px-is-{name}-{key(str(self.options[name]))}" for name in self.option_spec
        ]
        self.set_source_info(node)
        self.state.document.note_explicit_target(node, node)
        text, messages = self.state.inline_text(words, self.lineno)
        node += said(words, "", *text)
        node += badge(self.options["verdict"])
        body = nodes.container(classes=["px-claim-text"])
        self.state.nested_parse(self.content, self.content_offset, body)
        body += self.where()
        node += body
        return [node, *messages]

    def where(self):
        """The chapter, as a link, and who tells the claim."""
        number = self.options["chapter"]
        stem = stem_of(number)
        if not stem:
            raise self.error(f"there is no chapter {number}")
        link = addnodes.pending_xref(
            "",
            nodes.inline("", f"Chapter {number}"),
            refdomain="std",
            reftype="doc",
            reftarget=f"/notebooks/{stem}",
            refdoc=self.env.docname,
            refexplicit=True,
        )
        told = nodes.inline("", TOLD[self.options["told"]], classes=["px-says-told"])
        return nodes.paragraph("", "", link, nodes.Text(" · "), told, classes=["px-claim-where"])


class Verdicts(SphinxDirective):
    """Its content is a list of definitions, one for each verdict."""

    has_content = True

    def run(self):
        node = verdicts(classes=["px-verdicts"])
        self.state.nested_parse(self.content, self.content_offset, node)
        terms = [term.astext() for term in node.findall(nodes.term)]
        if terms != list(ICONS):
            raise self.error(f"the verdicts are {', '.join(ICONS)}, not {', '.join(terms)}")
        return [node, nodes.container(classes=["px-sift", "px-of-claims"])]


def tally(app, doctree):
    """Count the claims of a page, and let links find them."""
    found = list(doctree.findall(claim))
    given = [one["verdict"] for one in found]
    for node in doctree.findall(verdicts):
        node.insert(0, nodes.paragraph("", f"{len(given)} claims", classes=["px-count"]))
        for term in node.findall(nodes.term):
            verdict = term.astext()
            count = nodes.inline("", f"{given.count(verdict)} ", classes=["px-count"])
            term.children = []
            term += [count, badge(verdict)]
    if found:
        slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
        slugs.update({one["ids"][0]: (0, one["ids"][0], one[0].astext()) for one in found})


def open_claim(self, node):
    self.body.append(self.starttag(node, "article"))


def close_claim(self, node):
    self.body.append("</article>\n")


def open_said(self, node):
    self.body.append('<h3 class="px-claim-said"><q>')


def close_said(self, node):
    anchor = node.parent["ids"][0]
    self.body.append(
        f'</q><a class="headerlink" href="#{anchor}" title="Link to this claim">#</a></h3>\n'
    )


def open_verdicts(self, node):
    self.body.append(self.starttag(node, "div"))


def close_verdicts(self, node):
    self.body.append("</div>\n")


def setup(app):
    app.add_node(claim, html=(open_claim, close_claim))
    app.add_node(said, html=(open_said, close_said))
    app.add_node(verdicts, html=(open_verdicts, close_verdicts))
    app.add_directive("claim", Claim)
    app.add_directive("verdicts", Verdicts)
    app.connect("doctree-read", tally)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
