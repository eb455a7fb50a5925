"""A few words in a panel, with an arrow to what they speak of."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import check
from .axes import Axis
from .sheet import Sheet

#: Height of the letters and distance of lines, mean width of a letter, space around, in px.
LETTER, LINE, ACROSS, SPACE = 12, 14.5, 5.6, 4
#: Letters of a line and lines of a note at most: it is a remark, not a text.
LETTERS, LINES = 40, 3


@dataclasses.dataclass(frozen=True)
class Note:
    r"""A few words in a panel of an explorer, with an arrow to what they speak of.

    Parameters
    ----------
    text : str
        At most three lines of 40 letters, separated by ``"\n"``.
    at : (float, float)
        Where the middle of the text stands, in the coordinates of the panel.
    to : (float, float), optional
        Where the arrow points; without it there is none.
    view : str
        Which panel: one of the views, such as "path" or "loss", the label of a `Curve`, or the
        title of a `Plot` or `Heat`.
    on : str
        On which landscape; by default the first.
    always : bool
        A note speaks of the figure as it opens, and is hidden while a setting differs. One that
        stays true, because it speaks of the landscape, is always shown.

    Raises
    ------
    ValueError
        If an argument is not what is described here.

    Examples
    --------
    >>> Note("across the ravine", at=(4, 0.8), to=(1.2, 0.4)).lines
    ('across the ravine',)
    """

    text: str
    at: Sequence[float]
    to: Sequence[float] | None = None
    view: str = "path"
    on: str = ""
    always: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.text, str) and self.text.strip()):
            raise check.refuse("text", self.text, "a few words")
        if len(self.lines) > LINES or max(map(len, self.lines)) > LETTERS:
            raise check.refuse("text", self.text, f"at most {LINES} lines of {LETTERS} letters")
        for name in ("view", "on"):
            if not isinstance(getattr(self, name), str):
                raise check.refuse(name, getattr(self, name), "a text")
        if not isinstance(self.always, bool):
            raise check.refuse("always", self.always, "True or False")
        object.__setattr__(self, "at", check.pair("at", self.at))
        if self.to is not None:
            object.__setattr__(self, "to", check.pair("to", self.to))

    @property
    def lines(self) -> tuple[str, ...]:
        """The text, line by line."""
        return tuple(line.strip() for line in self.text.strip().split("\n"))


def listed(notes: Any) -> list[Note]:
    """The notes asked for; a single one stands for itself, None for none."""
    many = [notes] if isinstance(notes, Note) else notes
    if not isinstance(many, Iterable | None) or isinstance(many, str):
        raise check.refuse("notes", notes, "a list of Note(text, at=(x, y))")
    many = list(many or ())
    for note in many:
        if not isinstance(note, Note):
            raise check.refuse("notes", note, "a list of Note(text, at=(x, y))")
    return many


def refuse_nowhere(notes: Sequence[Note], views: Iterable[str], scenes: Sequence[str]) -> None:
    """Refuse notes in panels and on landscapes that the explorer does not have."""
    known = list(dict.fromkeys(views))
    for note in notes:
        if note.view not in known:
            raise check.refuse("view of a Note", note.view, f"one of {', '.join(known)}")
        if note.on and note.on not in scenes:
            raise check.refuse("on of a Note", note.on, f"one of {', '.join(scenes)}")


def meant(notes: Sequence[Note], names: Iterable[str], scene: str, first: bool) -> list[Note]:
    """Those in the panel that has one of these names, on this landscape."""
    known = set(names)
    return [n for n in notes if n.view in known and (n.on == scene or (first and not n.on))]


def written(notes: Sequence[Note], x: Axis, y: Axis, paper: Sheet) -> str:
    """The notes of a panel as SVG."""
    return "".join(_written(note, x, y, paper) for note in notes)


def _written(note: Note, x: Axis, y: Axis, paper: Sheet) -> str:
    X, Y = _place(note, "at", x, y, paper)
    first = 0.35 - 0.5 * LINE / LETTER * (len(note.lines) - 1)
    lines = "".join(
        f'<tspan x="{X:.1f}" dy="{first if not k else LINE / LETTER:.2f}em">{html.escape(line)}'
        "</tspan>"
        for k, line in enumerate(note.lines)
    )
    arrow = "" if note.to is None else _arrow(note, (X, Y), _place(note, "to", x, y, paper))
    name = "px-remark px-always" if note.always else "px-remark"
    return f'<g class="{name}">{arrow}<text x="{X:.1f}" y="{Y:.1f}">{lines}</text></g>'


def _place(note: Note, name: str, x: Axis, y: Axis, paper: Sheet) -> tuple[float, float]:
    """Where a point of the panel lies, in px; refuses what lies beside its axes."""
    left, top, right, bottom = paper.box
    for letter, value, axis in zip("xy", getattr(note, name), (x, y), strict=True):
        if not axis.low <= value <= axis.high:
            where = f"{letter} from {axis.low:g} to {axis.high:g}, within the axes of {note.view!r}"
            raise check.refuse(f"{name} of the Note {note.text!r}", value, where)
    point = getattr(note, name)
    return float(x.place(point[0], left, right)), float(y.place(point[1], bottom, top))


def _arrow(note: Note, start: tuple[float, float], end: tuple[float, float]) -> str:
    """A slightly bent line from the edge of the text to shortly before the end, with its head."""
    a, b = np.array(start), np.array(end)
    half = np.array([ACROSS * max(map(len, note.lines)), LINE * len(note.lines)]) / 2 + SPACE
    way = b - a
    with np.errstate(divide="ignore"):
        leaves = min(*(half / np.abs(way)), 1.0)
    length = float(np.hypot(*way)) or 1.0
    along, beside = way / length, np.array([-way[1], way[0]]) / length
    a, b = a + leaves * way, b - 5 * along
    middle = (a + b) / 2 + 0.12 * np.hypot(*(b - a)) * beside
    back = (middle - b) / (np.hypot(*(middle - b)) or 1.0)
    wings = [b + 6 * back + side * 3.2 * np.array([-back[1], back[0]]) for side in (1, -1)]
    curve, head = (a, middle, b), (wings[0], b, wings[1])
    return (
        f'<path d="M{_dots(curve[:1])}Q{_dots(curve[1:])}M{"L".join(_dots([p]) for p in head)}"/>'
    )


def _dots(points: Iterable[np.ndarray]) -> str:
    """Places as a path has them."""
    return " ".join(f"{x:.1f} {y:.1f}" for x, y in points)
