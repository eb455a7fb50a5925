"""Files of the site beside its pages: the one for an address that has no page, and the sitemap.

The address of the site comes from the environment variable ``PRIMER_ADDRESS``, such as
``https://example.org/primer/``, or from ``html: baseurl`` in ``_config.yml``. Without one nothing
that must be absolute is written: no sitemap, no picture for those who get a link, no canonical
address. A server shows ``404.html`` at any address, however deep; with the site's address it has a
``<base>``, so that styles, scripts and links lead there. Without, it works at the top level only.
"""

import html
import os
import runpy
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.errors import ConfigError

LOST = """\
<section id="page-not-found">
<h1>Page not found</h1>
<p>There is no page at this address. It may have moved, or the link is misspelled.</p>
<ul>
<li><a href="{first}">The first page</a> shows all chapters, and so does the sidebar.</li>
<li><a href="{catalogue}">The catalogue</a> lists every optimizer, wrapper, and schedule.</li>
<li><a href="{search}">The search</a> finds a word in all pages.</li>
</ul>
</section>
"""


def checked(address):
    """The address with a slash at its end, "" for none; raises ConfigError for anything else."""
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            f"The site's address (PRIMER_ADDRESS, or html: baseurl) is {address!r}; "
            "write it whole, such as https://example.org/primer/."
        )
    return address.rstrip("/") + "/"


def set_address(app, config):
    config.html_baseurl = checked(os.environ.get("PRIMER_ADDRESS") or config.html_baseurl)


def add_lost(app):
    """Yield the page for an address that has none."""
    places = {"first": app.config.root_doc, "catalogue": "book/catalogue", "search": "search"}
    links = {name: app.builder.get_target_uri(place) for name, place in places.items()}
    context = {"title": "Page not found", "body": LOST.format(**links), "pageurl": None}
    yield "404", context, "page.html"


def based(page, path, name="404.html"):
    """The page with every relative address taken from `path`, its own places from `path` + `name`.

    >>> based('<head><link href="a.css"></head><a href="#main">', "/primer/")
    '<head><base href="/primer/"><link href="a.css"></head><a href="404.html#main">'
    """
    base = f'<base href="{html.escape(path)}">'
    return page.replace("<head>", f"<head>{base}", 1).replace('href="#', f'href="{name}#')


def sitemap(addresses):
    """The sitemap of pages with these addresses."""
    rows = "".join(f"  <url><loc>{html.escape(each)}</loc></url>\n" for each in sorted(addresses))
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{space}">\n{rows}</urlset>\n'


def write_files(app, exception):
    address = app.config.html_baseurl
    if exception or app.builder.format != "html" or not address:
        return
    out = Path(app.outdir)
    pages = [address + app.builder.get_target_uri(name) for name in app.env.found_docs]
    out.joinpath("sitemap.xml").write_text(sitemap(pages), "utf-8")
    lost = out / "404.html"
    lost.write_text(based(lost.read_text("utf-8"), urlsplit(address).path), "utf-8")
    draw = runpy.run_path(str(Path(__file__).parents[1] / "hero.py"))["card"]
    draw(out / "_static" / "card.png")


def setup(app):
    app.connect("config-inited", set_address)
    app.connect("html-collect-pages", add_lost)
    app.connect("build-finished", write_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
