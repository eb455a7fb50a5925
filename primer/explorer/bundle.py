"""One classic script of the modules in `primer/static`.

A browser refuses modules in a page that is opened from ``file://``, and JupyterLab wants one text.
"""

from __future__ import annotations

import re

from ..plotting.figures import static

ENTRY = "explorer.js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=async |class |const |function )", re.MULTILINE)
EXPORTS = re.compile(r"^export (\{[^}]*\};)", re.MULTILINE)


def script() -> str:
    """All modules, each after those that it imports, in one function: `globalThis.PrimerExplorer`.

    Several copies on a page are one runtime; each copy starts the explorers that wait.

    Examples
    --------
    >>> script().splitlines()[0]
    'globalThis.PrimerExplorer ??= (() => {'
    """
    texts: dict[str, str] = {}
    _place(ENTRY, texts)
    inside = "\n".join(texts.values())
    return (
        f'globalThis.PrimerExplorer ??= (() => {{\n"use strict";\n{inside}}})();\n'
        "if (globalThis.document) PrimerExplorer.start();\n"
    )


def _place(name: str, texts: dict[str, str]) -> None:
    """Append a module after its imports; the names of all modules are told apart by a test."""
    if name in texts:
        return
    text = static(name)
    for other in IMPORT.findall(text):
        _place(other, texts)
    texts[name] = EXPORTS.sub(r"return \1", EXPORT.sub("", IMPORT.sub("", text)))
