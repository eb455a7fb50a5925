"""Fail if a link of a built page leads to no file of the site, or to a place that its page has not.

An address of another host is not visited. What follows ``#`` is a place of the page, unless it has
an equals sign: such a link sets a figure, and `tests/browser` follows it.

Usage: check_links.py FOLDER
"""

import sys
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

ADDRESSES = {"a": "href", "link": "href", "img": "src", "script": "src", "area": "href"}


class Page(HTMLParser):
    """The places of a page, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.places: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.places += [values[key] for key in ("id", "name") if values.get(key)]
        if tag in ADDRESSES and values.get(ADDRESSES[tag]):
            self.links.append(values[ADDRESSES[tag]])


def lost(file: Path, pages: dict[Path, Page]) -> list[str]:
    """Return the links of a page that lead nowhere."""
    found = []
    for link in dict.fromkeys(pages[file].links):
        address = urllib.parse.urlsplit(link)
        if address.scheme or address.netloc:
            continue
        path = urllib.parse.unquote(address.path)
        target = (file.parent / path).resolve() if path else file
        place = urllib.parse.unquote(address.fragment)
        known = pages[target].places if target in pages else []
        if not target.is_file():
            found.append(f"{link}: no such file")
        elif place and "=" not in place and target in pages and place not in known:
            found.append(f"{link}: no such place")
    return found


def main(folder: str) -> int:
    root = Path(folder).resolve()
    files = [f for f in sorted(root.rglob("*.html")) if "_static" not in f.parts]
    pages = {file: Page(file.read_text("utf-8")) for file in files}
    if not pages:
        print(f"{folder}: no page found")
        return 1
    found = [f"{file.relative_to(root)}: {fault}" for file in pages for fault in lost(file, pages)]
    links = sum(len(page.links) for page in pages.values())
    print("\n".join(found) or f"{links} links of {len(pages)} pages lead to a place.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
