"""Results as they are stored, and as one table."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

from .machine import machine, versions
from .rows import Part, meets

STORE = Path(__file__).parents[1] / "book" / "measured" / "speed.json"
HEAD = ("What", "Compared with", "Ours", "Theirs", "Result", "Quartiles", "Aim", "Measured")


def entries(part: Part, found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a part with what was measured, its date and the versions it stands on."""
    own = {k: v for k, v in versions().items() if k in {"python", "numpy", *part.needs}}
    when = {"date": datetime.date.today().isoformat(), "versions": own}
    return [dataclasses.asdict(row) | found[row.key] | when for row in part.rows]


def stored(file: Path = STORE) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def merged(old: dict[str, Any], rows: list[dict[str, Any]], order: list[str]) -> dict[str, Any]:
    """What to store: the new rows, and those of the old ones that come from this machine."""
    here = machine()
    kept = old.get("rows", []) if old.get("machine") == here else []
    all_rows = {row["key"]: row for row in [*kept, *rows]}
    return {
        "date": datetime.date.today().isoformat(),
        "machine": here,
        "versions": old.get("versions", {}) | versions() if kept else versions(),
        "rows": [all_rows[key] for key in order if key in all_rows],
    }


def where(result: dict[str, Any]) -> str:
    """One line: date, machine, versions."""
    computer = "{processor}, {cores} cores, {system}".format(**result["machine"])
    return f"{result['date']} · {computer} · " + ", ".join(
        f"{name} {number}" for name, number in result["versions"].items()
    )


def amount(value: float, unit: str) -> str:
    """A number with its unit, to about three digits.

    >>> amount(0.5432, "x"), amount(3512, "x"), amount(0.0913, "s"), amount(0.31, "share")
    ('0.54 ×', '3,512 ×', '91 ms', '31 %')
    """
    if unit == "s" and abs(value) < 1:
        value, unit = 1000 * value, "ms"
    if unit == "share":
        value, unit = 100 * value, "%"
    digits = 0 if abs(value) >= 20 or unit == "%" else 1 if abs(value) >= 3 or unit == "ms" else 2
    return f"{value:,.{digits}f} {'×' if unit == 'x' else unit}"


def cells(row: dict[str, Any]) -> list[str]:
    """A row's entries under HEAD."""
    unit, aim = row["unit"], ""
    if row["aim"]:
        sign, bound = row["aim"].split()
        verdict = "met" if meets(row["aim"], row["result"]) else "missed"
        aim = f"{'≥' if sign == '>=' else '≤'} {_plain(float(bound), unit)}, {verdict}"
    both = [amount(row[k], "s") if k in row else "" for k in ("ours", "theirs")]
    quartiles = f"{amount(row['low'], unit)} – {amount(row['high'], unit)}"
    result = amount(row["result"], unit)
    return [row["name"], row["against"], *both, result, quartiles, aim, row["date"]]


def _plain(bound: float, unit: str) -> str:
    return f"{100 * bound:g} %" if unit == "share" else f"{bound:g} {'×' if unit == 'x' else unit}"


def markdown(rows: list[dict[str, Any]]) -> str:
    """The table; columns are padded, so that it also reads well as text."""
    lines = [list(HEAD), *map(cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    numbers = range(2, 6)

    def joined(line: list[str]) -> str:
        padded = [
            text.rjust(width) if i in numbers else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * (w - 1) + ":" if i in numbers else "-" * w for i, w in enumerate(widths)]
    return "\n".join([joined(lines[0]), joined(rule), *map(joined, lines[1:])])
