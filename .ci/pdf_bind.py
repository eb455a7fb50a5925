"""Bind printed pages into one PDF: sheets, page labels, outline, and links inside the book."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, Fit, FloatObject, NameObject
from pypdf.generic import TextStringObject as Text

TOP = 842.0


@dataclass
class Part:
    """A page of the site in the book: where it is, what it is called, and how it was set."""

    path: Path
    title: str
    caption: str
    first: int = 1
    headings: list[dict] = field(default_factory=list)
    pdf: PdfReader = field(default=None, repr=False)


@dataclass
class Bound:
    """A book in the making: the sheet on which each page of the site begins, and the site."""

    writer: PdfWriter
    starts: dict[Path, tuple[int, Part]]
    root: Path
    site: str


def point(found) -> tuple[float, float]:
    """Left and top of a destination of a part."""
    return float(found.left or 0), float(TOP if found.top is None else found.top)


def where(part: Part, name: str) -> tuple[int, float, float] | None:
    """The sheet and the point of a named place of a part; None where it has no such place."""
    if not name:
        return 0, 0.0, TOP
    found = part.pdf.named_destinations.get(f"/{name}")
    return found and (part.pdf.get_destination_page_number(found), *point(found))


def lead_inside(link: DictionaryObject, book: Bound, sheet: int, left: float, top: float) -> None:
    """Make a link lead to a point of the book."""
    link.pop("/A", None)
    page = book.writer.pages[sheet].indirect_reference
    at = [FloatObject(left), FloatObject(top), FloatObject(0)]
    link[NameObject("/Dest")] = ArrayObject([page, NameObject("/XYZ"), *at])


def lead_outside(link: DictionaryObject, address: str) -> None:
    """Make a link lead to an address."""
    link.pop("/Dest", None)
    action = {"/S": NameObject("/URI"), "/URI": Text(address)}
    link[NameObject("/A")] = DictionaryObject({NameObject(k): v for k, v in action.items()})


def address(link: DictionaryObject, own: Path) -> str:
    """The address to which Chromium let a link lead; a place of its own page has only a name."""
    if "/Dest" in link:
        return f"{own.as_uri()}#{str(link['/Dest']).removeprefix('/')}"
    return str(link["/A"].get_object().get("/URI", ""))


def led(link: DictionaryObject, own: Path, book: Bound) -> bool:
    """Let a link lead into the book, else to the site; False if it can lead nowhere."""
    whole = address(link, own)
    split = urlsplit(whole)
    if split.scheme != "file":
        return True
    path, name = Path(unquote(split.path)), unquote(split.fragment)
    start, part = book.starts.get(path, (0, None))
    if part and (found := where(part, name)):
        lead_inside(link, book, start + found[0], *found[1:])
        return True
    if book.site and path.is_relative_to(book.root):
        place = path.relative_to(book.root).as_posix()
        lead_outside(link, f"{book.site}{place}{split.fragment and '#'}{split.fragment}")
        return True
    return False


def lead(book: Bound, first: int, count: int, own: Path) -> None:
    """Let every link of some sheets lead somewhere; one that cannot becomes plain text."""
    for page in book.writer.pages[first : first + count]:
        links = [link for link in page.get("/Annots", []) if led(link.get_object(), own, book)]
        page[NameObject("/Annots")] = ArrayObject(links)


def add_headings(book: Bound, start: int, part: Part, above) -> None:
    """The headings of a part in the outline, below its title."""
    levels = {1: above}
    for heading in part.headings:
        level, found = heading["level"], where(part, heading["id"]) or (0, 0.0, TOP)
        parent = levels.get(level - 1, above)
        levels[level] = book.writer.add_outline_item(
            heading["title"], start + found[0], parent, fit=Fit.xyz(*found[1:]), is_open=False
        )


def add_outline(book: Bound) -> None:
    """One outline of the whole book: captions, pages below them, headings below those."""
    captions = {}
    for start, part in book.starts.values():
        if part.caption not in captions:
            captions[part.caption] = book.writer.add_outline_item(part.caption, start)
        top = book.writer.add_outline_item(part.title, start, captions[part.caption], is_open=False)
        add_headings(book, start, part, top)


def bind(cover: PdfReader, parts: list[Part], root: Path, site: str) -> PdfWriter:
    """The cover's sheets, numbered i, ii, …, and those of all parts, numbered 1, 2, …"""
    writer, starts = PdfWriter(), {}
    for sheet in cover.pages:
        writer.add_page(sheet)
    for part in parts:
        starts[part.path] = len(writer.pages), part
        for sheet in part.pdf.pages:
            writer.add_page(sheet)
    book = Bound(writer, starts, root, site)
    lead(book, 0, len(cover.pages), root / "book" / "index.html")
    for path, (start, part) in starts.items():
        lead(book, start, len(part.pdf.pages), path)
    add_outline(book)
    writer.set_page_label(0, len(cover.pages) - 1, style="/r")
    writer.set_page_label(len(cover.pages), len(writer.pages) - 1, style="/D", start=1)
    writer.root_object[NameObject("/Lang")] = Text("en")
    writer.page_mode = "/UseOutlines"
    writer.compress_identical_objects()
    return writer
