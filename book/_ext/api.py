"""The reference of the package, from its docstrings.

A page says in a block ``{api}`` which names it holds: ``primer.landscapes`` or, for those of
`primer` itself, the rooms in which they are written, ``primer: rules optimizer``. Every public name
has one place: that of the shortest name. A name in single backticks, in a docstring, is a link if
it is public, and code if it is not.
"""

import functools
import importlib
import inspect
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

ROOMS = ("landscapes", "models", "data", "schedules", "measure", "plotting", "exercise")
BLOCK = re.compile(r"^```\{api\}\n(.*?)\n```$", re.M | re.S)
MARKS = re.compile(r"([*|]|_\b)")
KEY = re.compile(r"(\()?\b([a-z]+\d{4}[a-z0-9]*)\b")
LITERAL = re.compile(r"(`+[^`]+`+)")
PAGES = "```{api-pages}\n```"
#: Rooms whose classes have nothing to show but their docstring: the fields are explained in it.
PLAIN = ("rules", "schedules")


def home_of(thing):
    """The room in which a thing is written: ``rules`` for primer.rules.adam.Adam."""
    return inspect.getmodule(thing).__name__.split(".")[1]


def documented(module):
    """Public name and thing of every function and class whose place is this module."""
    here = importlib.import_module(module)
    above = set() if module == "primer" else set(importlib.import_module("primer").__all__)
    for name in sorted(here.__all__, key=str.lower):
        thing = getattr(here, name)
        written = inspect.isclass(thing) or inspect.isfunction(thing)
        if written and name not in above and thing.__module__.startswith("primer"):
            yield name, thing


def names(page):
    """Full name and thing of everything that the text of a page asks for."""
    lines = [line for block in BLOCK.findall(page) for line in block.splitlines()]
    for module, _, rooms in (line.partition(":") for line in lines):
        for name, thing in documented(module):
            if not rooms or home_of(thing) in rooms.split():
                yield f"{module}.{name}", thing


def listed(match):
    """The directives of autodoc for the names of a block."""
    blocks, told = [], []
    for name, thing in names(match[0]):
        kind = "class" if inspect.isclass(thing) else "function"
        members = "\n   :members:" * (kind == "class" and home_of(thing) not in PLAIN)
        blocks.append(f".. auto{kind}:: {name}{members}")
        told.append(f"   {name}")
    blocks.insert(0, "\n".join([".. autosummary::", "   :nosignatures:", "", *told]))
    return "```{eval-rst}\n" + "\n\n".join(blocks) + "\n```"


def told(path):
    """A page with its first paragraph and its names, for the list of all pages."""
    title, about, *_ = path.read_text("utf-8").split("\n\n")
    known = dict.fromkeys(name for name, _ in names(path.read_text("utf-8")))
    links = ", ".join(f"{{py:obj}}`{name.rpartition('.')[2]} <{name}>`" for name in known)
    return f"[{title.removeprefix('# ')}](api/{path.name})\n: {about}\n\n  {links}\n"


def expand(app, docname, source):
    source[0] = BLOCK.sub(listed, source[0])
    if PAGES in source[0]:
        (inside,) = app.config.external_site_map[docname].subtrees
        paths = [Path(app.srcdir, f"{name}.md") for name in inside.items]
        source[0] = source[0].replace(PAGES, "\n".join(map(told, paths)))


@functools.cache
def places():
    """The full public name of every name that a docstring may use, the shortest first come."""
    found = {}
    for module in ("primer", *(f"primer.{room}" for room in ROOMS)):
        for name, _ in documented(module):
            found.setdefault(name, f"{module}.{name}")
            found[f"{module}.{name}"] = f"{module}.{name}"
    return found


def escape(app, what, full, thing, options, lines):
    lines[:] = escaped(lines, app.env.get_domain("cite").bibdata.data.entries)


def escaped(lines, known):
    """A docstring whose stars, bars and hanging underscores stand as they are meant, as in *batch.

    A key of the bibliography, one of those known, becomes a citation.
    """
    result, example = [], False
    for line in lines:
        example = (example and bool(line.strip())) or line.lstrip().startswith(">>>")
        parts = LITERAL.split(line)
        parts[::2] = [MARKS.sub(r"\\\1", part) for part in parts[::2]]
        marked = KEY.sub(lambda found: cited(*found.groups(), known), "".join(parts))
        result.append(line if example else marked)
    return result


def cited(bracket, key, known):
    """In brackets, after the names of the authors, the year alone."""
    role = "year" if bracket else "t"
    return f"{bracket or ''}:cite:{role}:`{key}`" if key in known else f"{bracket or ''}{key}"


def name(role, rawtext, text, lineno, inliner, options=None, content=None):
    """The default role: a link to the public name, else code."""
    code = nodes.literal(rawtext, text)
    target = places().get(text)
    if target is None:
        return [code], []
    link = addnodes.pending_xref(
        rawtext, code, refdomain="py", reftype="obj", reftarget=target, refexplicit=True
    )
    return [link], []


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.autosummary")
    app.setup_extension("sphinx.ext.napoleon")
    app.add_role("name", name)
    app.connect("autodoc-process-docstring", escape, priority=100)  # before napoleon's own marks
    app.connect("source-read", expand)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
