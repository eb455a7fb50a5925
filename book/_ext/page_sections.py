r"""What the search knows of a built page: its sections, each with its place and its words.

A section of the text, an entry of the glossary, a source and a documented name are each a part of
their own. What a reader does not read as text is left out: outputs of cells but their captions,
hidden code, the letters of figures. A formula is its plain text.

>>> page = '<article><section id="a"><h1>A</h1>B <span class="math">\\(\\eta\\)</span></article>'
>>> [(p.place, p.title, p.text) for p in parts(page)]
[('a', 'A', 'B η')]
"""

import dataclasses
import re

from bs4 import BeautifulSoup, NavigableString
from plain_math import plain

#: What is not read: selectors of elements, each of a kind.
UNREAD = (
    ".headerlink, template, noscript, button, input, .px-panels, .px-table,"
    " .px-controls, .px-foot, .admonition.hide, nav, .toctree-wrapper, .px-letters,"
    " .label, table.autosummary, .doctest, .only-print"
)
#: Taken out before a page is taken apart: most of its tags are in drawings and in colored code.
DRAWN = re.compile(r"<(svg|script|style)\b.*?</\1>", re.S)
CODE = re.compile(r"(?<=<pre>).*?(?=</pre>)", re.S)
ARTICLE = re.compile(r"<article\b.*</article>", re.S)
OUTPUT = ".cell_output"
CAPTIONS = "figcaption, .px-title, .px-try"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = re.compile(r"^(p|li|dt|dd|td|th|tr|div|pre|figcaption|section|summary|br|h\d)$")
ALSO = re.compile(r"[Aa]lso called (?:an? |the )?([^.;]+)")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")


@dataclasses.dataclass
class Part:
    """A piece of a page with a place of its own."""

    place: str
    title: str = ""
    kind: str = "section"  # or term, source, name
    level: int = 1
    text: str = ""
    code: str = ""  # names in the code that a reader sees
    terms: list = dataclasses.field(default_factory=list)  # other names; terms explained here
    leads: str = ""  # of a term: where the book explains it


def parts(page):
    """The parts of a page, in its order, from its HTML; none if it has no article."""
    found = ARTICLE.search(DRAWN.sub("", page))
    if not found:
        return []
    lean = CODE.sub(lambda code: re.sub(r"<[^>]+>", "", code[0]), found[0])
    article = BeautifulSoup(lean, "html.parser")
    _clear(article)
    reader = _Reader()
    reader.walk(article)
    return [part for part in reader.found if part.title]


def _clear(article):
    """Take out what is not read, and write formulas as text."""
    for output in article.select(OUTPUT):
        captions = [each.extract() for each in output.select(CAPTIONS)]
        printed = not output.select(".px, .px-figure, .output.text_html, .output.stream, pre")
        if captions or not printed:
            output.clear()
        output.extend(captions)
    for each in article.select(UNREAD):
        each.decompose()
    for each in article.select(".math"):
        tex = each.get_text().strip().removeprefix("\\(").removeprefix("\\[")
        each.string = each.get("data-plain") or plain(tex.removesuffix("\\)").removesuffix("\\]"))


class _Reader:
    """Walks through an article and gathers the words of each part."""

    def __init__(self):
        self.found = []
        self.open = [Part("")]

    def walk(self, node):
        for child in list(node.children):
            if isinstance(child, NavigableString):
                self.open[-1].text += str(child) if type(child) is NavigableString else ""
            else:
                self.enter(child)

    def enter(self, tag):
        classes = tag.get("class", [])
        if tag.name == "section" and tag.get("id"):
            self.inside(Part(tag["id"]), tag)
        elif "citation" in classes and tag.get("id"):
            self.inside(Part(tag["id"], _source(tag), "source", 4), tag)
        elif tag.name == "dl" and ("py" in classes or "glossary" in classes):
            self.entries(tag, "name" if "py" in classes else "term")
        elif tag.name in HEADINGS and not self.open[-1].title:
            self.open[-1].title, self.open[-1].level = words(tag), int(tag.name[1])
        elif tag.name == "pre":
            self.open[-1].code += " " + " ".join(dict.fromkeys(NAME.findall(tag.get_text())))
        else:
            block = " " if BLOCKS.match(tag.name) else ""
            self.open[-1].text += block
            self.walk(tag)
            self.open[-1].text += block

    def inside(self, part, tag):
        self.found.append(part)
        self.open.append(part)
        self.walk(tag)
        self.open.pop()
        part.text = spaced(part.text)
        part.code = spaced(part.code)

    def entries(self, tag, kind):
        """A definition list whose entries have places."""
        for name, told in zip(tag("dt", recursive=False), tag("dd", recursive=False), strict=False):
            if not name.get("id"):
                self.walk(told)
                continue
            part = Part(name["id"], _called(name), kind, 4)
            if kind == "name" and (signature := words(name)) != part.title:
                part.text = f"{signature} "
            part.leads, part.terms = _leads(told), _also(told)
            self.inside(part, told)


def spaced(text):
    """The text on one line.

    >>> spaced(" a  b , c")
    'a b, c'
    """
    return re.sub(r" ([,.;:?!)])(?=\s|$)", r"\1", " ".join(text.split()))


def words(tag):
    return spaced(tag.get_text())


def _called(name):
    """The short name of what a reference documents, else the term."""
    short = name.select_one(".descname")
    return words(short or name)


def _source(tag):
    """Authors and title of a source: what stands before the third sentence that is no initial."""
    sentences = re.split(r"(?<=[a-zà-ž\d?!)]{2}[.?!]) ", words(tag))
    return " ".join(sentences[:2]).rstrip(".")


def _leads(told):
    """Where the line "Read: …" of a term leads."""
    for paragraph in told("p"):
        _, read, after = paragraph.decode_contents().partition("Read:")
        if read and (link := BeautifulSoup(after, "html.parser").find("a", href=True)):
            return link["href"]
    return ""


def _also(told):
    """The other names that a definition gives.

    >>> _also(BeautifulSoup("Its mean. Also called an X average, or XA. More.", "html.parser"))
    ['X average', 'XA']
    """
    found = ALSO.findall(words(told))
    return [name for names in found for name in re.split(r",? or |, ", names)]
