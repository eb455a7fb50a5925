"""A downloaded chapter begins with a cell that installs what it needs, and works wherever it lies.

The notebooks of the repository have no such cell: there, everything is installed. The copies that
the site offers, in ``_sources``, get it when the site is built. What it installs from:

- the site itself, if its address is known (`site_files.py`): the package lies there as a wheel,
  with the stored results that chapters read, and links to other pages lead to the site;
- else the repository, if ``repository: url`` in ``_config.yml`` names it;
- else the wheel beside the notebook, where a reader puts it: the page offers it for download.
"""

import json
import posixpath
import re
from pathlib import Path

from wheel_file import name, wheel

FOLDER = "_downloads"
CELL = "install-the-package"
RESULTS = re.compile(r"results/[\w.]+\.json")
LINK = re.compile(r"(?<!!)(\]\()([^()\s#:]+)\.(md|ipynb)(?:#([^()\s]*))?(?=\))")
PLACED = """\
# This chapter runs on the book's package, and was downloaded from a copy of the book that has no
# address on the web. The page has it under the same button: put these files beside the notebook
# {files}
# and run this cell.
"""
FROM_SITE = """\
# What this chapter needs: the book's package{also}. Run this cell once.
"""
FETCH = """
from pathlib import Path
from urllib.request import urlretrieve

Path("results").mkdir(exist_ok=True)
for name in {names}:
    urlretrieve("{address}" + name, name)
"""
CLONE = """\
# What this chapter needs: the book's package{also}. Run this cell once.
!git clone --quiet --depth 1 --branch {branch} {repository} primer-book
%pip install --quiet ./primer-book
"""
COPY = """
import shutil

shutil.copytree("primer-book/notebooks/results", "results", dirs_exist_ok=True)
"""


def read_by(notebook):
    """The files of stored results that a notebook reads."""
    code = "".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    return sorted(set(RESULTS.findall(code)))


def installing(package, results, address="", repository="", branch="main"):
    """The text of the cell that installs.

    Parameters
    ----------
    package : str
        The wheel's name.
    results : list of str
        Files that the chapter reads, relative to it.
    address, repository : str
        Where the site and the repository are, as far as that is known.
    branch : str
        The branch of the repository.
    """
    also = " and its stored results" * bool(results)
    if address:
        there = f"{address}{FOLDER}/"
        text = f"{FROM_SITE.format(also=also)}%pip install --quiet {there}{package}\n"
        return text + FETCH.format(names=results, address=there) * bool(results)
    if repository:
        text = CLONE.format(also=also, branch=branch, repository=repository)
        return text + COPY * bool(results)
    files = ", ".join([package, *results])
    return f"{PLACED.format(files=files)}%pip install --quiet ./{package}\n"


def linked(text, name, address, places):
    """Markdown of the page of that name, whose links to other files lead to the site.

    Parameters
    ----------
    places : callable
        The id of a place on a built page, by its name and what the link says; "" for none.
    """

    def led(found):
        page = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[2]))
        place = found[4] and places(page, found[4])
        return f"{found[1]}{address}{page}.html{place and f'#{place}' or ''}"

    return LINK.sub(led, text) if address else text


def portable(notebook, name, install, address="", places=lambda page, place: ""):
    """The notebook as it is offered: the cell first, its links to the site."""
    first = {"cell_type": "code", "id": CELL, "execution_count": None, "outputs": []}
    made = {**first, "metadata": {}, "source": install.rstrip().splitlines(keepends=True)}
    cells = [made]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = linked("".join(cell["source"]), name, address, places)
            cell = {**cell, "source": text.splitlines(keepends=True)}
        cells.append(cell)
    return {**notebook, "cells": cells}


def placed(env):
    """Where a link to a source file leads on its built page."""

    def place(page, slug):
        slugs = env.metadata.get(page, {}).get("myst_slugs", {})
        return slugs[slug][1] if slug in slugs else ""

    return place


def offer(app, exception):
    """Write the notebooks that the site offers, and what they install."""
    if exception or app.builder.format != "html":
        return
    out, source = Path(app.outdir), Path(app.srcdir)
    options = app.config.html_theme_options
    address, repository = app.config.html_baseurl, options.get("repository_url") or ""
    package, data = wheel(source)
    folder = out / FOLDER
    folder.mkdir(exist_ok=True)
    folder.joinpath(package).write_bytes(data)
    for page in sorted(n for n in app.env.found_docs if n.startswith("notebooks/")):
        notebook = json.loads(source.joinpath(f"{page}.ipynb").read_text("utf-8"))
        results = read_by(notebook)
        branch = options.get("repository_branch") or "main"
        install = installing(package, results, address, repository, branch)
        made = portable(notebook, page, install, address, placed(app.env))
        copy = out / "_sources" / f"{page}.ipynb"
        copy.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")
        for file in results:
            kept = folder / file
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(source.joinpath("notebooks", file).read_bytes())


def offer_package(app, pagename, templatename, context, doctree):
    """Where a notebook can say no address, its page offers the package and the results too."""
    options = app.config.html_theme_options
    known = app.config.html_baseurl or options.get("repository_url")
    groups = [b for b in context.get("header_buttons", []) if b.get("label") == "download-buttons"]
    if known or not groups or not pagename.startswith("notebooks/"):
        return
    notebook = json.loads(Path(app.srcdir, f"{pagename}.ipynb").read_text("utf-8"))
    package = name(app.srcdir)
    for file in [package, *read_by(notebook)]:
        groups[0]["buttons"].insert(-1, button(context["pathto"](f"{FOLDER}/{file}", 1), file))


def button(url, file):
    kind = Path(file).suffix
    about = "Download the package that the notebook installs"
    if kind == ".json":
        about = "Download stored results that the notebook reads"
    found = {"type": "link", "url": url, "text": kind, "icon": "fas fa-file", "tooltip": about}
    return {**found, "label": "download-package-button"}


def setup(app):
    app.connect("html-page-context", offer_package, priority=900)
    app.connect("build-finished", offer)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
