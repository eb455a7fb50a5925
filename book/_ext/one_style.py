"""A page asks for one style sheet: all that it links, in their order, without what no page uses.

A browser paints nothing before the last of them has come, and tries every rule on all that it
paints. The themes bring half a megabyte, for pages of every kind, but what can be seen here is
known when the site is built: a rule goes if it asks for a class or an id that no page and no script
has. A sheet for one medium stands in `@media`. The sheets stay in `_static`, where the next build
reads them again.
"""

import re
from itertools import chain
from pathlib import Path
from posixpath import dirname, join, normpath

import tinycss2
from built_pages import digest, rewrite

LINK = re.compile(
    r'[ \t]*<link(?=[^>]*\brel="stylesheet")(?:(?=[^>]*\bmedia="(?P<media>\w+)")|)'
    r'[^>]*\bhref="(?P<to>[^"?]*_static/)(?P<name>[^"?]+)[^"]*"[^>]*>\n?'
)
MADE = re.compile(r"one-\w+\.css")
IMPORT = re.compile(r'@import "([^"]+)";')
URL = re.compile(r"url\(([\"']?)(?!data:|[a-z]+:|[/#])([^)\"']+)\1\)")
WORD = re.compile(r"[\w-]+")
ASKED = re.compile(r"[.#]((?:\\.|[\w-])+)")
#: Parts of a selector that ask for no name: one of several, what must not be, an attribute.
OPTIONAL = re.compile(r":(?:not|is|where|has)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\[[^\]]*\]")


class Known:
    """The classes and ids that pages have, and those that scripts may put together."""

    def __init__(self, site):
        pages, scripts = Path(site).rglob("*.html"), Path(site, "_static").rglob("*.js")
        self.parts = self.words(scripts)
        self.all = self.parts | self.words(pages)

    @staticmethod
    def words(files):
        return set(chain.from_iterable(WORD.findall(f.read_text("utf-8")) for f in files))

    def __contains__(self, name):
        """Also `bs-tooltip-auto` where a script has `bs-` or `bs-tooltip`, but not for `bs`."""
        ends = [k for k, letter in enumerate(name) if letter == "-" and k]
        return name in self.all or any(
            name[: k + 1] in self.parts or ("-" in name[:k] and name[:k] in self.parts)
            for k in ends
        )


def selectors(prelude):
    """The selectors of a list as texts; commas in brackets part nothing."""
    found = [[]]
    for token in prelude:
        if token == ",":
            found.append([])
        else:
            found[-1].append(token)
    return [tinycss2.serialize(each).strip() for each in found]


def used(rule, known):
    """The text of a rule of a sheet as far as something may be drawn by it."""
    if rule.type == "qualified-rule":
        asked = [s for s in selectors(rule.prelude) if all(n in known for n in names(s))]
        content = [token for token in rule.content if token.type != "comment"]
        head, inside = ",".join(asked), tinycss2.serialize(content).strip()
    elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
        inside = needed(rule.content, known)
        head = inside and f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}"
    else:
        return f"{rule.serialize()}\n"
    return f"{head}{{{inside}}}\n" if head else ""


def names(selector):
    """The classes and ids without which a selector finds nothing.

    >>> names(".a:not(.b) > .c\\\\:d[data-e='.f'], #g")
    ['a', 'c:d', 'g']
    """
    asked = ASKED.findall(OPTIONAL.sub("", selector))
    return [re.sub(r"\\(.)", r"\1", name) for name in asked]


def needed(sheet, known):
    """A sheet, text or tokens, without the rules by which nothing can be drawn."""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return "".join(used(rule, known) for rule in rules)


def read(static, name):
    """The text of a sheet, with those that it imports; what it fetches is named from `static`."""
    text = Path(static, name).read_text("utf-8").removeprefix('@charset "UTF-8";')
    folder = dirname(name)
    text = IMPORT.sub(lambda found: read(static, normpath(join(folder, found[1]))), text)
    return URL.sub(lambda u: f'url("{normpath(join(folder, u[2]))}")', text) if folder else text


def sheets(static, link):
    """What a link brings, as (name, medium): one sheet, or those of one that was made of them."""
    name, media = link["name"], link["media"] or "all"
    if not MADE.fullmatch(name):
        return [(name, media)]
    first = Path(static, name).read_text("utf-8").partition(" */")[0]
    return [tuple(each.split(" ")) for each in first.removeprefix("/* ").split(", ")]


def one(static, parts, known):
    """Write the sheet that stands for these; its name, and what tells its edition."""
    listed = ", ".join(f"{name} {media}" for name, media in parts)
    text = f"/* {listed} */\n"
    for name, media in parts:
        sheet = needed(read(static, name), known)
        text += f"@media {media} {{\n{sheet}}}\n" if media != "all" else sheet
    file = f"one-{digest(listed)}.css"
    Path(static, file).write_text(text, "utf-8")
    return f"{file}?v={digest(text)}"


def combine(app, exception):
    if exception or app.builder.format != "html":
        return
    static, known, made = Path(app.outdir, "_static"), Known(app.outdir), {}

    def change(text, file):
        links = list(LINK.finditer(text))
        if not links or static in file.parents:  # a template of the theme
            return text
        parts = tuple(chain.from_iterable(sheets(static, link) for link in links))
        if parts not in made:
            made[parts] = one(static, parts, known)
        link = iter([f'<link rel="stylesheet" href="{links[0]["to"]}{made[parts]}">\n'])
        return LINK.sub(lambda _: next(link, ""), text)

    rewrite(app.outdir, change)


def setup(app):
    app.connect("build-finished", combine, priority=900)  # the themes write sheets until then
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
