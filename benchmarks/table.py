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
#: Columns that are set to the right.
NUMBERS = {
    "Ours", "Theirs", "Ratio", "Result (quartiles)", "Measured",
    "Ours, µs a step", "torch.optim, µs a step",
}  # fmt: skip
SIGNS = {"x": "×", "share": "%"}


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


def amount(value: float, unit: str, *around: float) -> str:
    """A number with its unit, to about three digits, and the range around it.

    >>> amount(0.5432, "x"), amount(3512, "x"), amount(0.0913, "s"), amount(0.31, "share")
    ('0.54 ×', '3,512 ×', '91 ms', '31 %')
    >>> amount(17.71, "x", 14.3, 24), amount(131, "ms", 131, 131)
    ('17.7 × (14.3–24.0)', '131 ms')
    """
    factor, sign = 1, SIGNS.get(unit, unit)
    if unit == "s" and abs(value) < 1:
        factor, sign = 1000, "ms"
    if unit == "share":
        factor = 100
    size = abs(factor * value)
    digits = 0 if size >= 50 or unit == "share" else 2 if size < 3 else 1
    main, *sides = (f"{factor * number:,.{digits}f}" for number in (value, *around))
    return f"{main} {sign} ({'–'.join(sides)})" if len({main, *sides}) > 1 else f"{main} {sign}"


def against(row: dict[str, Any]) -> str:
    """What a row compares with, and how much of it was timed.

    >>> against({"against": "a loop of run", "part": 5}), against({"against": "optax"})
    ('a loop of run (extrapolated from 5 runs)', 'optax')
    """
    few = f" (extrapolated from {row['part']} runs)" if "part" in row else ""
    return row["against"] + few


def cells(row: dict[str, Any]) -> dict[str, str]:
    """A row's entries, by column."""
    return {
        "What": row["name"],
        "Compared with": against(row),
        "Ours": amount(row["ours"], "s") if "ours" in row else "",
        "Theirs": amount(row["theirs"], "s") if "theirs" in row else "",
        "Result (quartiles)": amount(row["result"], row["unit"], row["low"], row["high"]),
        "Aim": _aim(row),
        "Measured": row["date"],
    }


def _aim(row: dict[str, Any]) -> str:
    if not row["aim"]:
        return ""
    sign, bound = row["aim"].split()
    verdict = "met" if meets(row["aim"], row["result"]) else "missed"
    value, unit = float(bound), row["unit"]
    plain = f"{100 * value:g} %" if unit == "share" else f"{value:g} {SIGNS.get(unit, unit)}"
    return f"{'≥' if sign == '>=' else '≤'} {plain}, {verdict}"


def overview(result: dict[str, Any], *columns: str) -> str:
    """The one table of all rows, in Markdown, with these columns or all."""
    lines = [cells(row) for row in result["rows"]]
    return markdown([{c: line[c] for c in columns or line} for line in lines])


def section(*rows: dict[str, Any]) -> str:
    """A table of some rows without their aims, and without what they all share.

    Of a name only the parts that differ are said; the date only where the rows have several.
    """
    names = [row["name"].split(", ") for row in rows]
    common = sum(len(set(parts)) == 1 for parts in zip(*names, strict=False))
    lines = []
    for row, name in zip(rows, names, strict=True):
        line = cells(row)
        said = [", ".join(name[common:]), line["Compared with"]]
        lines.append(line | {"Compared with": ": ".join(filter(None, said))})
    dates = {row["date"] for row in rows}
    left_out = {"What", "Aim", *({"Measured"} if len(dates) == 1 else ())}
    columns = [c for c in lines[0] if c not in left_out and any(line[c] for line in lines)]
    return markdown([{c: line[c] for c in columns} for line in lines])


def per_rule(row: dict[str, Any]) -> str:
    """The table of a row that was measured for several rules, in microseconds a step."""
    return markdown(
        [
            {
                "Rule": name,
                "Ours, µs a step": f"{1e6 * one['ours'] / row['steps']:.1f}",
                "torch.optim, µs a step": f"{1e6 * one['theirs'] / row['steps']:.0f}",
                "Ratio": amount(one["result"], "x"),
            }
            for name, one in row["rules"].items()
        ]
    )


def some(result: dict[str, Any], *keys: str) -> list[dict[str, Any]]:
    """The rows with these keys; one that was never measured is left out."""
    known = {row["key"]: row for row in result["rows"]}
    return [known[key] for key in keys if key in known]


def markdown(lines: list[dict[str, str]]) -> str:
    """A table whose columns are padded, so that it also reads well as text.

    >>> print(markdown([{"Rule": "SGD", "Ours": "17"}, {"Rule": "Adam", "Ours": "31"}]))
    | Rule | Ours |
    |:-----|-----:|
    | SGD  |   17 |
    | Adam |   31 |
    """
    texts = [list(lines[0]), *(list(line.values()) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    to_right = [column in NUMBERS for column in lines[0]]

    def joined(texts: list[str]) -> str:
        sides = [">" if right else "<" for right in to_right]
        padded = [f"{t:{s}{w}}" for t, s, w in zip(texts, sides, widths, strict=True)]
        return f"| {' | '.join(padded)} |"

    rule = [
        "-" * (w + 1) + ":" if right else ":" + "-" * (w + 1)
        for w, right in zip(widths, to_right, strict=True)
    ]
    return "\n".join([joined(texts[0]), f"|{'|'.join(rule)}|", *map(joined, texts[1:])])
