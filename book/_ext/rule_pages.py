"""Writes a page for every registered rule, book/rules/NAME.md, before Sphinx looks for pages.

The pages are made from the registry and belong to no checkout: a new class gives a new page, and
the page of a class that is gone goes too. They are made again when the package, the bibliography
or this extension changed; one whose text is the same is not written, so that Sphinx leaves it.
"""

import hashlib
import os
from pathlib import Path

from rule_live import example, live, still
from rule_text import page
from sphinx.util import logging
from sphinx_external_toc.api import Document, FileItem

from primer import registry

FOLDER = Path("book", "rules")
STAMP = ".made-from"
SOURCES = ("primer/**/*.py", "primer/**/*.js", "primer/**/*.css", "book/_ext/rule_*.py")
logger = logging.getLogger(__name__)


def digest(root):
    """A name for the state of all that the pages are made from."""
    files = [*(f for pattern in SOURCES for f in root.glob(pattern)), root / "book/references.bib"]
    told = hashlib.sha256()
    for file in sorted(files):
        told.update(file.read_bytes())
    return told.hexdigest()


def made(entry):
    """The text of a rule's page."""
    try:
        figure = still(entry) if entry.no_page else live(entry).html()
        return page(entry, example(entry), figure)
    except Exception as error:
        why = str(error) or type(error).__name__
        raise ValueError(f"the page of the rule {entry.name} cannot be made: {why}") from error


def write(root, entries):
    """Bring the folder up to date; returns the names of the pages that were written."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    wanted = {f"{name}.md": entry for name, entry in entries.items()}
    for file in folder.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    stamp, now = folder / STAMP, digest(root)
    known = stamp.exists() and stamp.read_text("utf-8") == now
    written = []
    for name, entry in wanted.items():
        file = folder / name
        if known and file.exists():
            continue
        text = made(entry)
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            written.append(name)
    stamp.write_text(now, "utf-8")
    return written


def generate(app, config):
    before = os.environ.get("PRIMER_BOOK")
    os.environ["PRIMER_BOOK"] = "1"  # explorers without script and style, which the site has
    try:
        written = write(Path(app.srcdir), registry.rules)
    finally:
        if before is None:
            del os.environ["PRIMER_BOOK"]
    logger.info("pages of the rules: %d written", len(written))


def order(app, config):
    """In the table of contents AdaGrad stands before AMSGrad, as in a book's index."""
    site = config.external_site_map
    (group,) = site["book/catalogue"].subtrees
    names = [f"book/rules/{name}" for name in sorted(registry.rules, key=str.lower)]
    for name in names:
        site[name] = Document(name)
    group.items[:] = map(FileItem, names)


def setup(app):
    app.connect("config-inited", generate)  # before sphinx_external_toc, at 900
    app.connect("config-inited", order, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
