"""The family tree of the rules, drawn from the registry when the book is built.

``{family-tree}`` is a nested list of names, years and links, which any browser, printer or screen
reader can read. The style sheet sets it on an axis of time where there is room for one, and as an
indented tree on a phone; `family.js` opens a rule's card by touch and keeps it in the window.
``{timeline}`` lists the same rules, and the schedules, by year.
"""

import html
import itertools
import re

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from rule_live import example
from rule_text import cited, marked
from sphinx.util.docutils import SphinxDirective
from typeset import display

from primer import registry
from primer.derived import TraceError, latex
from primer.plotting.family import family

#: Pixels between two rows, and what the lines' coordinates reach to the right.
ROW, ACROSS = 27, 1000
#: What stands above the roots of a kind that is no rule by itself.
LANES = {"wrapper": "Wrappers, which go around any rule"}

#: The source at the end of a summary, which the citation repeats.
NAMED = re.compile(r" \([^()]*\d{4}[^()]*\)\.$")
#: Years after which a source is no longer the one in which a rule was made public.
TEXTBOOK = 20


def address(name):
    """The document of a rule's page."""
    return f"book/rules/{name}"


def figure(tree, link, alt):
    """The whole figure; `link` makes an address of a rule's name."""
    lists = ""
    for kind, roots in itertools.groupby(tree.roots, key=lambda kin: kin.entry.kind):
        these = list(roots)
        lists += lane(kind, these) + "".join(f"<ul>{item(tree, root, link)}</ul>" for root in these)
    return (
        f'<div class="px-figure px-family" role="group" aria-label="{html.escape(alt)}">'
        f"{axis(tree)}"
        f'<div class="px-stage" style="--tall:{tree.rows * ROW}px">{lines(tree)}{lists}</div></div>'
    )


def lane(kind, roots):
    """What is written above the roots of a kind."""
    if kind not in LANES:
        return ""
    row = min(root.row for root in roots) - 1
    return f'<p class="px-lane" style="--row:{row}">{LANES[kind]}</p>'


def axis(tree):
    """The years, and a mark wherever some are left out."""
    years = "".join(f'<span style="--x:{x:.4f}">{year}</span>' for year, x in tree.years.items())
    cuts = "".join(f'<i style="--x:{x:.4f}"></i>' for x in tree.breaks)
    return f'<div class="px-axis" aria-hidden="true">{years}{cuts}</div>'


def lines(tree):
    """From every parent to every child; dashed where a child hangs from another parent."""
    drawn = "".join(line(*edge) for edge in sorted(tree.edges, key=lambda edge: edge[2]))
    grid = "".join(
        f'<path class="px-grid-line" d="M{x * ACROSS:.1f} 0V{tree.rows * ROW}"/>'
        for x in tree.years.values()
    )
    return (
        f'<svg class="px-lines" viewBox="0 0 {ACROSS} {tree.rows * ROW}"'
        f' preserveAspectRatio="none" aria-hidden="true">{grid}{drawn}</svg>'
    )


def line(parent, child, first):
    (x, y), (to, down) = (point(each) for each in (parent, child))
    names = f'data-from="{parent.name}" data-to="{child.name}"'
    if not first:
        middle = (x + to) / 2
        path = f"M{x:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {down:.1f} {to:.1f} {down:.1f}"
        return f'<path class="px-also" {names} style="stroke:{color(parent)}" d="{path}"/>'
    turn = min(8, to - x)
    bend = 8 if down > y else -8
    path = f"M{x:.1f} {y:.1f}"
    if down != y:
        path += f"V{down - bend:.1f}Q{x:.1f} {down:.1f} {x + turn:.1f} {down:.1f}"
    return f'<path {names} style="stroke:{color(child)}" d="{path}H{to:.1f}"/>'


def point(kin):
    return kin.x * ACROSS, (kin.row + 0.5) * ROW


def color(kin):
    """A wrapper belongs to no branch."""
    return f"var(--px-{'soft' if kin.entry.kind == 'wrapper' else kin.hue})"


def item(tree, kin, link):
    """A rule, its card, and below it what hangs from it."""
    below = "".join(item(tree, child, link) for child in tree.children(kin.name))
    place = f"--x:{kin.x:.4f};--row:{kin.row};--hue:{color(kin)}"
    head = " px-head" * (kin.branch == kin.name)
    return (
        f'<li style="{place}"><div class="px-who{head}" id="kin-{kin.name}">'
        f'<a class="px-name" href="{link(kin.name)}" aria-describedby="kin-{kin.name}-what">'
        f'{kin.name}</a> <span class="px-year">{kin.entry.year}</span>{also(kin)}'
        f"{card(kin, link)}</div>{f'<ul>{below}</ul>' if below else ''}</li>"
    )


def also(kin):
    """The parents from which a rule does not hang, in words."""
    others = " and ".join(kin.entry.parents[1:])
    return f' <span class="px-from">also from {others}</span>' if others else ""


def card(kin, link):
    """What a rule is: shown when it is pointed at, focused or touched."""
    entry = kin.entry
    origin = f"From {' and '.join(entry.parents)}. " if entry.parents else ""
    told = html.escape(entry.summary.replace("`", ""))
    return (
        f'<div class="px-card"><p id="kin-{entry.name}-what"><b>{entry.name}</b>, {entry.year}. '
        f"{origin}{told}</p>{equation(entry)}"
        f'<p><a class="px-go" tabindex="-1" href="{link(entry.name)}">The page of {entry.name}</a>'
        "</p></div>"
    )


def equation(entry):
    """The equation, for the page's MathJax, or why there is none."""
    try:
        text = latex(example(entry))
    except TraceError as error:
        return f"<p>No equation: {html.escape(entry.no_page or str(error))}.</p>"
    return display(text)


class FamilyTree(SphinxDirective):
    """``{family-tree}``: its text is the caption, `alt` says what a reader who cannot see needs."""

    has_content = True
    option_spec = {"alt": directives.unchanged_required}

    def run(self):
        self.env.note_dependency(registry.__file__)
        self.env.note_dependency(__file__)
        drawn = figure(family(registry.rules.values()), self.link, self.options["alt"])
        caption = nodes.container("", classes=["px-family-caption"])
        self.state.nested_parse(self.content, self.content_offset, caption)
        return [nodes.raw("", drawn, format="html"), caption]

    def link(self, name):
        return self.env.app.builder.get_relative_uri(self.env.docname, address(name))


class Timeline(SphinxDirective):
    """``{timeline}``: every year with what it brought."""

    def run(self):
        self.env.note_dependency(registry.__file__)
        self.env.note_dependency(__file__)
        entries = [*registry.rules.values(), *registry.schedules.values()]
        entries.sort(key=lambda e: (e.year, e.kind, e.name))
        body = nodes.container("", classes=["px-timeline"])
        text = [
            line
            for year, these in itertools.groupby(entries, key=lambda e: e.year)
            for line in (str(year), *told(these), "")
        ]
        self.state.nested_parse(StringList(text, "timeline"), self.content_offset, body)
        return [body]


def told(entries):
    """The lines of one year, as the items of a definition list."""
    for entry in entries:
        page = (
            f"rules/{entry.name}.md" if entry.name in registry.rules else "catalogue.md#schedules"
        )
        made = re.search(r"\d{4}", entry.cite)
        late = made and int(made[0]) - entry.year > TEXTBOOK
        source = f" {cited(entry.cite)}" if entry.cite and not late else ""
        what = NAMED.sub(".", entry.summary) if source else entry.summary
        yield f": [{entry.name}]({page}): {marked(what, entry.name, 'rules/')}{source}"


def setup(app):
    app.add_directive("family-tree", FamilyTree)
    app.add_directive("timeline", Timeline)
    app.connect("html-page-context", load)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def load(app, pagename, templatename, context, doctree):
    if re.search("px-family|px-difference", context.get("body", "")):
        app.add_js_file("family.js", loading_method="defer")
