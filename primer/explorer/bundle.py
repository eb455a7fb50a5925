"""One classic script of the modules in `primer/static`, another one of those in `static/edit`.

A browser refuses modules in a page that is opened from ``file://``, and JupyterLab wants one text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ..plotting.figures import static

ENTRY, EDITOR = "explorer.js", "edit/editor.js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
IMPORTED = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async |class |const |function\*? )+(\w+))", re.MULTILINE)
EXPORTS = re.compile(r"^export (\{[^}]*\};)", re.MULTILINE)


def script() -> str:
    """What every page with explorers loads: `globalThis.PrimerExplorer`.

    Several copies on a page are one runtime; each copy starts the explorers that wait.

    Examples
    --------
    >>> script().splitlines()[0]
    'globalThis.PrimerExplorer ??= (() => {'
    """
    texts = [IMPORT.sub("", static(name)) for name in _order(ENTRY)]  # their names differ
    flat = [EXPORTS.sub(r"return \1", EXPORT.sub("", text)) for text in texts]
    return _wrapped(flat, "PrimerExplorer") + "if (globalThis.document) PrimerExplorer.start();\n"


def editor() -> str:
    """What a page loads when a rule is to be edited: `globalThis.PrimerEdit`.

    Each module keeps its names to itself.

    Examples
    --------
    >>> editor().splitlines()[0]
    'globalThis.PrimerEdit ??= (() => {'
    """
    *others, last = [(name, static(name)) for name in _order(EDITOR)]
    apart = [f"const ${Path(name).stem} = (() => {{\n{_own(text)}}})();\n" for name, text in others]
    return _wrapped([*apart, _own(last[1])], "PrimerEdit")


def _own(text: str) -> str:
    """A module as the inside of a function that returns what it exports."""
    lists = [names[1:-2].strip(" \n,") for names in EXPORTS.findall(text)]
    taken = IMPORTED.sub(lambda m: f"const {m[1].replace(' as ', ': ')} = ${m[2]};\n", text)
    inside = EXPORTS.sub("", EXPORT.sub("", taken))
    return f"{inside}return {{ {', '.join([*EXPORT.findall(text), *lists])} }};\n"


def _wrapped(texts: Sequence[str], name: str) -> str:
    inside = "\n".join(texts)
    return f'globalThis.{name} ??= (() => {{\n"use strict";\n{inside}}})();\n'


def _order(entry: str) -> list[str]:
    """The files of all modules, each after those that it imports."""
    known: dict[str, None] = {}

    def place(name: str) -> None:
        folder = name.rpartition("/")[0]
        for other in IMPORT.findall(static(name)):
            if (path := f"{folder}/{other}".lstrip("/")) not in known:
                place(path)
        known[name] = None

    place(entry)
    return [*known]
