"""One classic script of the modules in `primer/static`, another one of those in `static/edit`.

A browser refuses modules in a page that is opened from ``file://``, and JupyterLab wants one text.
"""

from __future__ import annotations

import re

from ..plotting.figures import static

ENTRY, EDITOR = "explorer.js", "edit/editor.js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=async |class |const |function )", re.MULTILINE)
EXPORTS = re.compile(r"^export (\{[^}]*\};)", re.MULTILINE)


def script() -> str:
    """What every page with explorers loads: `globalThis.PrimerExplorer`.

    Several copies on a page are one runtime; each copy starts the explorers that wait.

    Examples
    --------
    >>> script().splitlines()[0]
    'globalThis.PrimerExplorer ??= (() => {'
    """
    return _bundled(ENTRY, "PrimerExplorer") + "if (globalThis.document) PrimerExplorer.start();\n"


def editor() -> str:
    """What a page loads when a rule is to be edited: `globalThis.PrimerEdit`.

    Examples
    --------
    >>> editor().splitlines()[0]
    'globalThis.PrimerEdit ??= (() => {'
    """
    return _bundled(EDITOR, "PrimerEdit")


def _bundled(entry: str, name: str) -> str:
    """All modules, each after those that it imports, in one function."""
    texts: dict[str, str] = {}
    _place(entry, texts)
    inside = "\n".join(texts.values())
    return f'globalThis.{name} ??= (() => {{\n"use strict";\n{inside}}})();\n'


def _place(name: str, texts: dict[str, str]) -> None:
    """Append a module after its imports; the names of all modules are told apart by a test."""
    if name in texts:
        return
    text, folder = static(name), name.rpartition("/")[0]
    for other in IMPORT.findall(text):
        _place(f"{folder}/{other}".lstrip("/"), texts)
    texts[name] = EXPORTS.sub(r"return \1", EXPORT.sub("", IMPORT.sub("", text)))
