"""``{difference} Adam AdamW``: what a step changed, from the traces of both rules.

The two equations stand side by side, or one below the other on a phone. What went is marked in the
first, what came in the second; letters that mean the same and differ are told.
"""

import html

from docutils import nodes
from rule_live import example
from sphinx.util.docutils import SphinxDirective
from typeset import display, inline

from primer import registry
from primer.derived import TraceError, difference

WENT, CAME = r"\class{px-went}{#}", r"\class{px-came}{#}"
PLAIN = r"\begin{aligned}"


def shown(parent, child):
    """The difference of two registered rules as HTML."""
    entries = registry.rules[parent], registry.rules[child]
    try:
        found = difference(*map(example, entries))
    except TraceError as error:
        return f'<p class="px-no-difference">{html.escape(str(error))}.</p>'
    sides = side(entries[0], found.before(WENT)) + side(entries[1], found.after(CAME))
    label = f"What changed from {parent} to {child}"
    return (
        f'<div class="px-difference" role="group" aria-label="{label}">'
        f'<div class="px-sides">{sides}</div>{notes(found)}</div>'
    )


def side(entry, block):
    return f'<div class="px-side"><p><b>{entry.name}</b> {entry.year}</p>{display(block)}</div>'


def notes(found):
    """What a reader must know to read the two equations as one."""
    told = []
    if found.renamed:
        pairs = ", ".join(f"{inline(a)} is now {inline(b)}" for a, b in found.renamed)
        told.append(f"Only the letter changed: {pairs}.")
    for line in found.lines:
        if line.multiplied_out:
            left = inline(line.left_after)
            told.append(f"The line of {left} is multiplied out, so that its terms can be compared.")
    if found.put_in:
        names = " and ".join(map(inline, found.put_in))
        told.append(f"{names} is written out where it is used.")
    return f"<p>{' '.join(told)}</p>" if told else ""


class Difference(SphinxDirective):
    required_arguments = 2

    def run(self):
        self.env.note_dependency(registry.__file__)
        self.env.note_dependency(__file__)
        for name in self.arguments:
            if name not in registry.rules:
                raise self.error(f"no rule is called {name}")
        return [nodes.raw("", shown(*self.arguments), format="html")]


def setup(app):
    app.add_directive("difference", Difference)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
