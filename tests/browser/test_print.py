"""The book on paper: every page as a browser prints it, and the PDF that `make pdf` binds.

Run it after `make book`; it binds the PDF itself where `make pdf` has not.
"""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from chromium import SITE

pypdfium2 = pytest.importorskip("pypdfium2")
pypdf = pytest.importorskip("pypdf")
CI = Path(__file__).parents[2] / ".ci"
sys.path.insert(0, str(CI))
import pdf  # noqa: E402

pytestmark = pytest.mark.browser

if not (SITE / "book" / "index.html").exists():
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
PARTS = pdf.parts(SITE.resolve())
CHAPTERS = [part for part in PARTS if re.match(r"\d\d_", part.path.name)]
NAMES = [part.path.stem for part in PARTS]
FILE = SITE.parent / "primer.pdf"
#: A chapter has at most so many sheets of A4.
SHEETS = 25
#: Sheets of a chapter that may be less than half full: before a figure that is kept whole.
HALF_EMPTY = 1
#: What fits between the margins of A4, in pixels.
INSIDE = 688
#: Buttons in a table name its rows and columns: on paper they are words.
CONTROLS = "button:not(th button), input, select, .px-handle, .headerlink, .toggle-button"
WIDE = ".bd-article :is(pre, table, figure, mjx-container[display=true])"
INNER = (
    ".bd-article :is(details, .admonition):not(.hide, .px-choose *) > :not(script, style, button)"
)
PRINTED = """([controls, wide, inner]) => {
  const shown = e => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
    && e.getClientRects().length > 0;
  const all = selector => [...document.querySelectorAll(selector)];
  const told = e => `${e.tagName} ${e.getAttribute("class")} ${e.textContent.trim().slice(0, 60)}`;
  const edge = document.documentElement.clientWidth + 1;
  const drawn = figure => [...figure.querySelectorAll(".px-panel > svg")].some(shown);
  const cut = e => e.getBoundingClientRect().right > edge
    || e.matches("pre") && e.scrollWidth > e.clientWidth + 2;
  return {
    buttons: all(controls).filter(shown).map(told),
    folded: all(".bd-article details.hide:not([open])").filter(shown).map(told),
    blind: all(".bd-article .px").filter(figure => !drawn(figure)).map(told),
    hidden: all(inner).filter(e => e.textContent.trim() && !shown(e)).map(told),
    cut: all(wide).filter(shown).filter(cut).map(told),
    paper: [getComputedStyle(document.body).backgroundColor,
      getComputedStyle(document.querySelector(".bd-article h1")).color],
  };
}"""


def is_dark(color: str) -> bool:
    return sum(map(float, re.findall(r"[\d.]+", color)[:3])) < 3 * 80


@pytest.fixture(scope="module", params=["light", "dark"])
def sheets(request, browser):
    """A page as the printer gets it, for a reader of either theme."""
    context = browser.new_context(
        viewport={"width": INSIDE, "height": 900}, color_scheme=request.param
    )
    page = context.new_page()
    page.emulate_media(media="print")
    yield page
    context.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_fit_for_paper(sheets, name):
    """No controls, no folds, no cut lines, every picture, dark on white from either theme."""
    sheets.goto((next(p.path for p in PARTS if p.path.stem == name)).as_uri())
    sheets.wait_for_function("document.readyState === 'complete'")
    found = sheets.evaluate(PRINTED, [CONTROLS, WIDE, INNER])
    paper, ink = found.pop("paper")
    assert not any(found.values()), found
    assert paper in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert is_dark(ink)


@pytest.fixture(scope="module")
def book():
    """The PDF: made by `make pdf`, or made now if there is none of this site."""
    if not FILE.exists() or FILE.stat().st_mtime < (SITE / "index.html").stat().st_mtime:
        pdf.main(str(SITE), str(FILE))
    return pypdf.PdfReader(FILE)


def starts(book) -> list[tuple[str, int]]:
    """The pages of the site in the book, each with the sheet on which it begins."""
    inner = [entry for entry in book.outline if isinstance(entry, list)]
    entries = [e for group in inner for e in group if not isinstance(e, list)]
    return [(str(e.title), book.get_destination_page_number(e)) for e in entries]


def lengths(book) -> dict[str, range]:
    """The sheets of each page of the site."""
    begun = starts(book)
    ends = [sheet for _, sheet in begun[1:]] + [len(book.pages)]
    return {title: range(first, end) for (title, first), end in zip(begun, ends, strict=True)}


def test_every_page_is_in_the_book(book):
    assert [title for title, _ in starts(book)] == [part.title for part in PARTS]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda part: part.path.stem)
def test_a_chapter_has_at_most_25_sheets(book, chapter):
    assert len(lengths(book)[chapter.title]) <= SHEETS


def words(text: str) -> str:
    return re.sub(r"\W+", "", text)


def test_the_contents_tell_the_number_of_the_sheet(book):
    """Title and number stand in the contents; the sheet of that number begins with the title."""
    front = starts(book)[0][1]
    contents = words("".join(book.pages[k].extract_text() for k in range(1, front)))
    for title, sheet in starts(book):
        number = book.page_labels[sheet]
        assert number == str(sheet - front + 1)
        assert words(title) + number in contents
        assert words(title.lstrip("0123456789. ")) in words(book.pages[sheet].extract_text())


def test_links_lead_into_the_book_or_to_the_net(book):
    sheets = {page.indirect_reference for page in book.pages}
    inside = 0
    for page in book.pages:
        for link in (link.get_object() for link in page.get("/Annots", [])):
            if "/Dest" in link:
                assert link["/Dest"][0] in sheets
                inside += 1
            else:
                assert str(link["/A"]["/URI"]).startswith(("http://", "https://", "mailto:"))
    assert inside > 1000


def fill(sheet) -> float:
    """How far down a sheet there is ink, 0 to 1, without its head and its number."""
    pixels = sheet.render(scale=0.25, grayscale=True).to_numpy().squeeze()
    rows = len(pixels)
    inner = pixels[round(rows * 0.045) : round(rows * 0.945)]
    inked = np.flatnonzero((inner < 200).any(axis=1))
    return float(inked[-1] / len(inner)) if len(inked) else 0.0


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda part: part.path.stem)
def test_no_sheet_is_half_empty(book, chapter):
    """But the last of a chapter, and rarely one before a figure that is kept whole."""
    document = pypdfium2.PdfDocument(FILE)
    sheets = lengths(book)[chapter.title]
    empty = [k - sheets[0] + 1 for k in sheets[:-1] if fill(document[k]) < 0.5]
    assert len(empty) <= HALF_EMPTY, f"less than half full: sheets {empty}"
