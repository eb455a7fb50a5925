"""The pages of prose that chapters link to, in plain Markdown that every viewer shows.

The site has them from Sphinx. Whoever reads a folder, in JupyterLab or elsewhere, gets these.
"""

import re
from pathlib import Path

from pybtex.database import parse_file
from pybtex.plugin import find_plugin

ROOT = Path(__file__).parents[1]
#: Pages that read well as plain Markdown. The others are made by Sphinx, or are for authors.
PAGES = ("how_to_read", "notation", "glossary")
LINK = re.compile(r"(?<!!)\[([^][]*)\]\(([^()\s#:]+\.(?:md|ipynb))(#[^()\s]*)?\)")
#: An entry of a definition list: its term, what it means, and the indented lines below.
ENTRY = re.compile(r"^(\S.*)\n: (.+)\n\n((?:  .+\n)+)", re.M)
HEADING = re.compile(r"^#{1,4} (.+)$", re.M)


def page(path: Path, there: set[Path]) -> str:
    """A page without the header and the marks that only Sphinx reads."""
    text = re.sub(r"\A---\n.*?\n---\n+", "", path.read_text("utf-8"), flags=re.S)
    text = re.sub(r"^```\{code-cell\}.*\n(?::.*\n)*\n*", "```python\n", text, flags=re.M)
    text = re.sub(r"^\{\.[\w-]+\}\n", "", text, flags=re.M)
    text = ENTRY.sub(lambda m: f"### {m[1]}\n\n{m[2]}\n\n{lines(m[3])}\n", text)
    return relinked(text, path.parent, there)


def slug(heading: str) -> str:
    """How the site names a heading."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub("['’]", "", heading.lower())).strip("-")


def in_lab(text: str, pages: dict[str, str]) -> str:
    """Links to headings of these pages, {name of the file: text}, as JupyterLab names a heading."""
    known = {
        name: {slug(h): h.replace("`", "").replace(" ", "-") for h in HEADING.findall(page)}
        for name, page in pages.items()
    }

    def led(match: re.Match[str]) -> str:
        place = known.get(match[2], {}).get(match[3], match[3])
        return f"]({match[1]}{match[2]}#{place})"

    return re.sub(r"\]\(([^()\s#:]*?)([\w-]+\.md)#([^()\s]+)\)", led, text)


def lines(indented: str) -> str:
    """Lines that stay lines."""
    return "  \n".join(line.strip() for line in indented.splitlines()) + "\n"


def relinked(text: str, folder: Path, there: set[Path]) -> str:
    """The text of a file in `folder`: a link to a file that is not `there` becomes its words."""

    def led(match: re.Match[str]) -> str:
        target = (folder / match[2]).resolve()
        return match[0] if target in there or not target.is_file() else match[1]

    return LINK.sub(led, text)


def references() -> str:
    """The list of sources in plain Markdown, a heading for each key that chapters link to."""
    style = find_plugin("pybtex.style.formatting", "plain")()
    backend = find_plugin("pybtex.backends", "markdown")()
    entries = parse_file(str(ROOT / "book/references.bib")).entries
    found = [entries[key] for key in sorted(entries)]
    parts = [f"## {e.key}\n\n{e.text.render(backend)}\n" for e in style.format_entries(found)]
    return "\n".join(["# References\n", *parts])
