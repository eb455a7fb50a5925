"""Measure, print one table, store it.

python -m benchmarks            what needs neither torch nor JAX
python -m benchmarks --all      every row but the slow ones
python -m benchmarks --slow     also how long the book, the tests and the notebooks take
python -m benchmarks --only single --only import
python -m benchmarks --quick    tiny sizes, to see that everything runs; nothing is stored
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from .parts import PARTS
from .rows import Part, Unavailable
from .table import STORE, entries, merged, overview, stored, where


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    form = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser("python -m benchmarks", formatter_class=form)
    parser.add_argument("--all", action="store_true", help="also against torch, JAX and optax")
    parser.add_argument("--slow", action="store_true", help="also book, tests and notebooks")
    names = [part.name for part in PARTS]
    parser.add_argument("--only", action="append", choices=names, help="this part; repeatable")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, nothing stored")
    parser.add_argument("--out", type=Path, default=STORE, help="where the table is stored")
    return parser.parse_args(words)


def chosen(options: argparse.Namespace) -> list[Part]:
    if options.only:
        return [part for part in PARTS if part.name in options.only]
    return [
        part
        for part in PARTS
        if (options.all or not part.large) and (options.slow or not part.slow)
    ]


def measured(part: Part, quick: bool) -> list[dict[str, Any]]:
    """The part's rows; none, and a word why, where something is missing."""
    if missing := part.missing():
        tqdm.write(f"{part.name}: left out, {', '.join(missing)} not installed", sys.stderr)
        return []
    try:
        return entries(part, part.measure(part.quick if quick else part.full))
    except Unavailable as reason:
        tqdm.write(f"{part.name}: left out, {reason}", sys.stderr)
        return []


def write(file: Path, result: dict[str, Any]) -> None:
    file.parent.mkdir(exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Each part is stored as soon as it is measured."""
    options = arguments()
    order = [row.key for part in PARTS for row in part.rows]
    result: dict[str, Any] = {} if options.quick else stored(options.out)
    bar = tqdm(chosen(options), unit="part")
    for part in bar:
        bar.set_description(part.name)
        result = merged(result, measured(part, options.quick), order)
        if not options.quick:
            write(options.out, result)
    print(f"{where(result)}\n\n{overview(result)}")


if __name__ == "__main__":
    main()
