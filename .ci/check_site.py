"""Fail if a built page would load anything from another host, or has a script written into it.

A plain link to another host is fine. A script in the page, an attribute such as onclick and an
address javascript:… do not run where a server sends ``Content-Security-Policy: script-src 'self'``.

Usage: check_site.py FOLDER
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

FOREIGN = re.compile(r"^\s*(?:https?:|wss?:)?//", re.I)
CSS_LOAD = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"])\s*((?:https?:)?//[^'")\s]+)""", re.I)
SCRIPT_LOAD = re.compile(
    r"""(?:import\s*\(?|from|importScripts\(|fetch\(|src\s*=|href\s*=)\s*['"`]((?:https?:)?//[^'"`\s]+)"""
)
# The attributes through which a tag loads something. A link's meaning depends on its rel.
LOADS = {
    "script": ["src"],
    "img": ["src", "srcset"],
    "iframe": ["src", "srcdoc"],
    "source": ["src", "srcset"],
    "video": ["src", "poster"],
    "audio": ["src"],
    "track": ["src"],
    "embed": ["src"],
    "object": ["data"],
    "input": ["src"],
    "image": ["href", "xlink:href"],
    "use": ["href", "xlink:href"],
}
# What a browser runs or obeys; a script of any other type is data.
SCRIPT_TYPE = re.compile(
    r"\s*(|(text|application)/(x-)?(java|ecma|live|j)script.*|module|importmap|speculationrules)\s*",
    re.I,
)
HANDLER = re.compile(r"on[a-z]+")
HARMLESS_RELS = {"canonical", "next", "prev", "author", "license", "search", "index", "help", "me"}


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inside = ""
        self.found: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        names = list(LOADS.get(tag, []))
        if tag == "link" and not set(values.get("rel", "").lower().split()) <= HARMLESS_RELS:
            names.append("href")
        for name in names:
            parts = values.get(name, "").split(",") if name == "srcset" else [values.get(name, "")]
            self.found += [f"<{tag} {name}={p.strip()}>" for p in parts if FOREIGN.match(p)]
        self.found += [f"style: {u}" for u in CSS_LOAD.findall(values.get("style", ""))]
        self.inline += [f"line {self.getpos()[0]}: {item}" for item in inline_in(tag, values)]
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "style":
            self.found += [f"<style> {u}" for u in CSS_LOAD.findall(data)]
        elif self.inside == "script":
            self.found += [f"<script> {u}" for u in SCRIPT_LOAD.findall(data)]


def inline_in(tag: str, values: dict[str, str]) -> list[str]:
    """Return what a tag holds that `script-src 'self'` forbids."""
    found = [
        f'<{tag} {name}="{value}">'
        for name, value in values.items()
        if HANDLER.fullmatch(name) or re.match(r"\s*javascript:", value, re.I)
    ]
    if tag == "script" and "src" not in values and SCRIPT_TYPE.fullmatch(values.get("type", "")):
        found.append(f"<script{''.join(f' {name}={v!r}' for name, v in values.items())}>")
    return found + inline_scripts(values.get("srcdoc", ""))


def inline_scripts(text: str) -> list[str]:
    """Return what a page's text holds that `script-src 'self'` forbids."""
    page = Page()
    page.feed(text)
    return page.inline


def foreign_loads(file: Path) -> list[str]:
    text = file.read_text("utf-8", errors="replace")
    if file.suffix == ".html":
        page = Page()
        page.feed(text)
        return page.found
    if file.suffix == ".css":
        return CSS_LOAD.findall(text)
    return SCRIPT_LOAD.findall(text)


def faults(file: Path) -> list[str]:
    found = [f"loads from another host: {load}" for load in foreign_loads(file)]
    if file.suffix == ".html":
        scripts = inline_scripts(file.read_text("utf-8", errors="replace"))
        found += [f"holds a script that belongs into a file: {script}" for script in scripts]
    return found


def main(folder: str) -> int:
    root = Path(folder)
    files = [f for f in sorted(root.rglob("*")) if f.suffix in {".html", ".css", ".js", ".svg"}]
    pages = sum(f.suffix == ".html" for f in files)
    if not pages:
        print(f"{folder}: no page found")
        return 1
    found = [f"{file.relative_to(root)}: {fault}" for file in files for fault in faults(file)]
    print("\n".join(found) or f"{pages} pages load nothing from another host and hold no script.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
