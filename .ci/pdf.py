"""Print the built site as a book: title, contents, one chapter after the other, as a PDF.

Usage: pdf.py FOLDER FILE

Chromium sets each page with the site's own style for paper (`book/_static/print.css`); pypdf binds
the sheets, and turns a link between two pages of the site into a link inside the book. A link to a
page that the book leaves out leads to the site, where the site's address is known (its canonical
address, from PRIMER_ADDRESS or `html: baseurl` in `_config.yml`), and is plain text otherwise.
"""

import html
import re
import sys
from collections import defaultdict
from datetime import date
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from check_links import Page
from pdf_bind import Part, bind, where
from pypdf import PdfReader

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "browser"))

#: Looked up on the site, not read: one page per rule and per module, and what is about the site.
LEFT_OUT = re.compile(r"book/(rules/|api|speed|scaling|decisions|accessibility|teaching|index)")
CAPTION = re.compile(r'<span class="caption-text">(.*?)</span>')
ENTRY = re.compile(r'<li class="toctree-l1[^"]*"><a class="[^"]*" href="([^"#]*)">(.*?)</a>', re.S)
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)"')
#: Scripts of the live figures: on paper stands the picture that is drawn before they run.
LIVE = re.compile(r"/_static/(?:explorer|programs|grids)[^?]*\.js")
SHEET = {"format": "A4", "prefer_css_page_size": True, "print_background": True}
TITLE = "ML Optimization: A Primer"


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()


def parts(root: Path) -> list[Part]:
    """The pages of the book in the order of the sidebar, each below the caption it has there."""
    first = root / "book" / "index.html"
    sidebar = first.read_text("utf-8").partition('class="bd-links')[2].partition("</nav>")[0]
    found, caption = [], ""
    for match in re.finditer(f"{CAPTION.pattern}|{ENTRY.pattern}", sidebar, re.S):
        if match[1]:
            caption = plain(match[1])
            continue
        path = (first.parent / match[2]).resolve()
        if not LEFT_OUT.match(path.relative_to(root).as_posix()):
            found.append(Part(path, plain(match[3]), caption))
    if not found:
        raise SystemExit(f"{first}: no page of the book was found in its sidebar.")
    return found


def address(root: Path) -> str:
    """The site's address with a slash at its end; "" where the site does not know it."""
    found = CANONICAL.search((root / "book" / "index.html").read_text("utf-8"))
    return found[1].removesuffix("book/index.html") if found else ""


def wanted(book: list[Part]) -> dict[Path, set[str]]:
    """Of each page, the places to which other pages lead."""
    places = defaultdict(set)
    for part in book:
        for link in Page(part.path.read_text("utf-8")).links:
            split = urlsplit(urljoin(part.path.as_uri(), link))
            if split.scheme == "file" and split.fragment:
                places[Path(unquote(split.path))].add(unquote(split.fragment))
    return places


def running_head(part: Part) -> str:
    """The style of the sheets of a part: its title above, its numbers go on from the one before."""
    title = part.title.replace("\\", "").replace('"', "”")
    return (
        f"html {{ counter-reset: page {part.first - 1} }}"
        f'@page book {{ @top-left {{ content: "{title}" }} }}'
        "@page book:first { @top-left { content: none } }"
    )


def set_part(page, part: Part, places: set[str], site: str) -> None:
    """Print one page of the site."""
    page.goto(part.path.as_uri(), wait_until="load")
    given = {"address": site, "wanted": sorted(places)}
    part.headings = page.evaluate((HERE / "pdf_page.js").read_text("utf-8"), given)
    page.evaluate("globalThis.PrimerFormulas?.()")
    page.add_style_tag(content=running_head(part))
    part.pdf = PdfReader(BytesIO(page.pdf(**SHEET)))


def set_parts(page, book: list[Part], site: str) -> None:
    """Print every page, each with the number behind the last one's."""
    page.route(LIVE, lambda route: route.abort())
    places, first = wanted(book), 1
    for part in book:
        part.first = first
        set_part(page, part, places[part.path], site)
        first += len(part.pdf.pages)
        print(f"{part.first:5}  {part.title}", flush=True)


def line(part: Part, title: str, name: str = "") -> str:
    """A line of the contents, for a part or a named place in it."""
    found = where(part, name) or (0,)
    href, number = f"{part.path.as_uri()}#{name}", part.first + found[0]
    return f'<a href="{href}"><span>{html.escape(title)}</span><span>{number}</span></a>'


def contents(book: list[Part]) -> str:
    """The list of contents: parts, chapters, and the sections of numbered chapters."""
    lines, caption = [], None
    for part in book:
        if part.caption != caption:
            lines.append(f"{'</ul>' if caption else ''}<h2>{html.escape(part.caption)}</h2><ul>")
            caption = part.caption
        below = part.headings if part.path.parent.name == "notebooks" else []
        entries = [line(part, h["title"], h["id"]) for h in below if h["level"] == 2]
        inner = "".join(f"<li>{entry}</li>" for entry in entries)
        lines.append(f"<li>{line(part, part.title)}{inner and f'<ul>{inner}</ul>'}</li>")
    return "".join(lines) + "</ul>"


def front(book: list[Part], root: Path, site: str) -> str:
    """Title and contents as HTML."""
    picture = (root / "_static" / "hero.svg").as_uri()
    live = f"The figures live at {html.escape(site)}." if site else "The figures live on the site."
    return f"""<div class="front-title"><h1>{TITLE.replace(": ", ":<br>")}</h1>
<p>From stochastic gradient descent to Adam and its heirs: every rule is one readable class,
every number is printed by a cell.</p><img src="{picture}" alt="">
<footer><p>The ML Optimization Primer contributors, {date.today():%B %Y}</p>
<p>{live} On paper each shows its first picture.</p>
<p>Text and figures: CC BY 4.0. Code: BSD 3-Clause.</p></footer></div>
<div class="front-contents"><h1>Contents</h1>{contents(book)}</div>"""


def set_front(page, book: list[Part], root: Path, site: str) -> PdfReader:
    """Print title and contents, in the style of the site."""
    page.goto((root / "book" / "index.html").as_uri())
    page.evaluate(
        "text => { document.body.className = 'front'; document.body.innerHTML = text }",
        front(book, root, site),
    )
    page.add_style_tag(content=(HERE / "pdf.css").read_text("utf-8"))
    page.evaluate("document.fonts.ready")
    return PdfReader(BytesIO(page.pdf(**SHEET)))


def main(folder: str, file: str) -> None:
    from chromium import chromium

    root = Path(folder).resolve()
    book, site = parts(root), address(root)
    with chromium() as browser:
        page = browser.new_page()
        set_parts(page, book, site)
        cover = set_front(page, book, root, site)
    bound = bind(cover, book, root, site)
    bound.add_metadata({"/Title": TITLE, "/Author": "The ML Optimization Primer contributors"})
    bound.write(file)
    print(f"{file}: {len(bound.pages)} pages")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
