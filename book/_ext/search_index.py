"""The book's own search: its index, made from the built pages, and its page.

The index is ``_static/search/index.js``, a script like any other, so that the search works on any
host, where a server allows only scripts that are files of the site, and from ``file://``. Nothing
of it is loaded before a reader searches: `find.js` fetches index, engine and box when the box is
opened. Sphinx's own search is switched off.
"""

import json
import posixpath
from pathlib import Path

from page_sections import Part, parts

PAGE = """\
<section id="search">
<h1>Search</h1>
<div class="px-search" data-search-page></div>
<noscript><p>The search needs JavaScript. Without it, the
<a href="{glossary}">glossary</a>, the <a href="{catalogue}">catalogue</a> of all rules, and the
<a href="{index}">index</a> lead to what the book explains.</p></noscript>
</section>
"""
#: Kind of a page by the folder that holds it; what stands elsewhere is a page like any other.
KINDS = {"notebooks/": "chapter", "book/rules/": "rule", "book/api/": "reference"}
ASIDE = "About the book"


def kind_of(name, caption=""):
    """What a page is: ``chapter``, ``rule``, ``reference``, ``aside`` or ``page``.

    >>> kind_of("notebooks/06_adam"), kind_of("book/notation"), kind_of("book/speed", ASIDE)
    ('chapter', 'page', 'aside')
    """
    found = [kind for folder, kind in KINDS.items() if name.startswith(folder)]
    return found[0] if found else "aside" if caption == ASIDE else "page"


def whole(found):
    """One part of all parts of a page: for pages so short that a section of one says too little."""
    first = found[0]
    told = [f"{each.title}: {each.text}" if each is not first else each.text for each in found]
    codes = " ".join(dict.fromkeys(" ".join(each.code for each in found).split()))
    return Part(first.place, first.title, level=1, text=" ".join(told), code=codes)


def collected(pages):
    """Parts by name of page, from the HTML by name; terms told where the glossary says so."""
    found = {name: parts(text) for name, text in pages.items()}
    found = {name: own for name, own in found.items() if own}
    for name, own in found.items():
        if kind_of(name) == "rule":
            found[name] = [whole(own)]
    places = {(name, part.place): part for name, own in found.items() for part in own}
    for name, own in found.items():
        for part in own:
            if part.leads:
                path, _, place = part.leads.partition("#")
                there = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
                if target := places.get((there.removesuffix(".html"), place)):
                    target.terms += [part.title, *part.terms]
    return found


def index(pages, captions):
    """The index as it is written: pages with title, caption and kind, and their parts.

    Parameters
    ----------
    pages : dict of str
        HTML by name of the page, such as ``notebooks/06_adam``.
    captions : dict of str
        What stands above a page in the list of contents: a caption, or the name of a page.
    """
    found = collected(pages)
    names = list(found)
    titles = {name: own[0].title for name, own in found.items()}
    above = {name: titles.get(captions.get(name), captions.get(name, "")) for name in names}
    return {
        "pages": [[f"{n}.html", titles[n], above[n], kind_of(n, above[n])] for n in names],
        "parts": [
            [k, p.place if p.level > 1 else "", p.title, p.kind, p.level, p.text, p.code, p.terms]
            for k, name in enumerate(names)
            for p in found[name]
        ],
    }


def captions(site, includes):
    """Caption, or name of the page above, by name of each page of the contents, in their order.

    Parameters
    ----------
    site : SiteMap
        The list of contents, of which the root's captions are taken.
    includes : dict of list
        Names of the pages right below a page.
    """
    found = {site.root.docname: ""}

    def put(name, above):
        found[name] = above
        for inside in includes.get(name, ()):
            put(inside, name)

    for tree in site.root.subtrees:
        for name in map(str, tree.items):
            put(name, tree.caption or "")
    return found


def switch_off(app):
    """No search of Sphinx's beside this one."""
    if app.builder.format == "html":
        app.builder.search = False


def add_page(app):
    places = {"glossary": "book/glossary", "catalogue": "book/catalogue", "index": "genindex"}
    links = {name: app.builder.get_target_uri(place) for name, place in places.items()}
    body = PAGE.format(**links)
    yield "search", {"title": "Search", "body": body, "pageurl": None}, "page.html"


def write_index(app, exception):
    if exception or app.builder.format != "html":
        return
    told = captions(app.config.external_site_map, app.env.toctree_includes)
    order = [*told, *sorted(app.env.found_docs - told.keys())]
    files = {name: Path(app.builder.get_outfilename(name)) for name in order}
    pages = {name: file.read_text("utf-8") for name, file in files.items() if file.is_file()}
    folder = Path(app.outdir, "_static", "search")
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("index.js").write_text(script(index(pages, told)), "utf-8")


def script(data):
    """The index as a script that hands it over."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"PrimerSearch.index({text});\n"


def setup(app):
    app.add_js_file("find.js", loading_method="defer")
    app.connect("builder-inited", switch_off)
    app.connect("html-collect-pages", add_page)
    app.connect("build-finished", write_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
