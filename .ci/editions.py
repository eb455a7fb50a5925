"""Bring a file in which a reader works up to a new edition, and lose nothing that the reader wrote.

Beside the file lie the editions that the reader was given, in a folder of their own. What the
reader changed is what differs from the nearest of them. If no cell was changed both by the reader
and by the new edition, the two are put together cell by cell; otherwise the file stays as it is and
the new edition is laid beside it.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Cell = dict[str, Any]


def update(path: Path, new: str, kept: Path) -> str:
    """Bring one file up to date; returns what was done.

    Parameters
    ----------
    path : Path
        The file in which the reader works; it need not exist.
    new : str
        The new edition of its text.
    kept : Path
        The folder of the editions that the reader was given of this file.

    Returns
    -------
    str
        "new" where there was no file, "same", "updated", "merged" where the reader's changes were
        kept in a new edition, or the name of the file in which it was laid beside.
    """
    known = {each.read_text("utf-8") for each in kept.glob("*") if each.is_file()}
    mine = path.read_text("utf-8") if path.exists() else None
    if mine is not None and new in known and not any(unedited(mine, e) for e in known - {new}):
        return "same"
    text = new if mine is None else together(mine, new, known)
    if text is None:
        remember(kept, {*known, new})
        return beside(path, new, known).name
    if text != mine:
        write(path, text)
    remember(kept, {new})
    return done(mine, text, new, known)


def write(path: Path, text: str) -> None:
    """Write a file in one go: whoever pulls the plug has the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, "utf-8")
    part.replace(path)


def done(mine: str | None, text: str, new: str, known: set[str]) -> str:
    if mine is None:
        return "new"
    if text == mine:
        return "same"
    return "updated" if any(unedited(mine, edition) for edition in known) else "merged"


def remember(kept: Path, editions: set[str]) -> None:
    """Keep these editions of a file and no other."""
    names = {hashlib.sha256(text.encode()).hexdigest()[:16]: text for text in editions}
    for name, text in names.items():
        write(kept / name, text)
    for old in kept.glob("*"):
        if old.name not in names:
            old.unlink()


def beside(path: Path, new: str, known: set[str]) -> Path:
    """Lay the new edition beside the file, under a name at which the reader wrote nothing."""
    number = 1
    while True:
        place = path.with_suffix(f".new{'' if number == 1 else number}{path.suffix}")
        if not place.exists() or any(
            unedited(place.read_text("utf-8"), edition) for edition in {*known, new}
        ):
            write(place, new)
            return place
        number += 1


def cells(text: str) -> list[Cell] | None:
    """The cells of a notebook; None where the text is none, or its cells have no names."""
    try:
        found = json.loads(text)["cells"]
        names = [cell["id"] for cell in found]
        [essence(cell) for cell in found]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if len(set(names)) == len(names) else None


def essence(cell: Cell) -> Any:
    """What a person writes of a cell: not its outputs, its count, or how it is folded."""
    tags = tuple(cell.get("metadata", {}).get("tags", ()))
    return cell["cell_type"], plain(cell["source"]), json.dumps(cell.get("attachments", {})), tags


def plain(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def unedited(mine: str, edition: str) -> bool:
    """Whether the reader wrote nothing into this edition."""
    ours, theirs = cells(mine), cells(edition)
    if ours is None or theirs is None:
        return mine == edition
    return [essence(cell) for cell in ours] == [essence(cell) for cell in theirs]


def together(mine: str, new: str, known: Iterable[str]) -> str | None:
    """The new edition with the reader's changes; None where somebody has to decide."""
    if unedited(mine, new):
        return mine
    ours, theirs = cells(mine), cells(new)
    if ours is None or theirs is None:
        return new if mine in known else None
    bases = [base for base in map(cells, known) if base is not None]
    if not bases:
        return None
    base = max(bases, key=lambda base: shared(ours, base))
    merged = merge(base, ours, theirs)
    if merged is None:
        return None
    return json.dumps(json.loads(new) | {"cells": merged}, indent=1, ensure_ascii=False) + "\n"


def shared(ours: list[Cell], base: list[Cell]) -> int:
    """How many cells of an edition are in the reader's notebook as they were."""
    return len({(c["id"], essence(c)) for c in ours} & {(c["id"], essence(c)) for c in base})


def merge(base: list[Cell], ours: list[Cell], theirs: list[Cell]) -> list[Cell] | None:
    """The cells of the new edition, each as the reader left it if the edition left it alone.

    Cells of the reader's own follow the cell that they followed. None where a cell was changed,
    or left out, by both in different ways, or where the reader put cells into another order.
    """
    was, mine, new = ({cell["id"]: cell for cell in part} for part in (base, ours, theirs))
    if order(ours, was) != order(base, mine):
        return None
    merged = []
    for cell in theirs:
        name = cell["id"]
        chosen = pick(was.get(name), mine.get(name), cell)
        if chosen is None and not (name in was and same(was[name], cell)):
            return None
        merged += [chosen] if chosen is not None else []
    for name in was.keys() & mine.keys() - new.keys():  # left out of the new edition
        if not same(was[name], mine[name]):
            return None
    return with_own(merged, ours, was.keys() | new.keys())


def order(cells: list[Cell], others: dict[str, Cell]) -> list[str]:
    return [cell["id"] for cell in cells if cell["id"] in others]


def same(one: Cell, other: Cell) -> bool:
    return essence(one) == essence(other)


def pick(was: Cell | None, mine: Cell | None, new: Cell) -> Cell | None:
    """One cell of the new edition; None where the reader left it out, or both changed it."""
    if mine is None:
        return new if was is None else None
    if same(mine, new):
        ran = was is not None and mine.get("outputs") != was.get("outputs")
        return mine if ran else new
    if was is not None and same(was, mine):
        return new
    return mine if was is not None and same(was, new) else None


def with_own(merged: list[Cell], ours: list[Cell], given: set[str]) -> list[Cell]:
    """The cells with those of the reader's own, each after the one that it followed."""
    result, before = list(merged), -1
    for cell in ours:
        place = next((k for k, c in enumerate(result) if c["id"] == cell["id"]), None)
        if place is not None:
            before = place
        elif cell["id"] not in given:
            before += 1
            result.insert(before, cell)
    return result
