"""A flow chart from data, drawn as SVG: real text, and every box a link."""

from __future__ import annotations

import html
import textwrap
import zlib
from collections.abc import Sequence
from typing import Any

from .. import check
from .figures import Picture, building, needs_alt
from .palette import NEUTRAL, PALETTE

#: Widths of the page, of a box and of the gap for an arrow; the first fits a phone.
WIDE, BOX, GAP = 360, 162, 36
#: Size of the text, of a line, of the room around it, and the letters that fit a line.
FONT, LINE, PAD, LETTERS = 13, 17, 9, 21


def flow(boxes: Sequence[dict[str, Any]], alt: str, caption: str = "") -> Picture:
    """A flow chart of questions, from top to bottom, each with its answer to the right.

    Parameters
    ----------
    boxes : sequence of dict
        Each with a "key" and a "text". A question has the key of another box under "yes", which is
        drawn to its right, and one under "no", which is drawn below it. "link" is a heading of the
        page, to which the box leads.
    alt : str
        What a reader who cannot see it needs to know; required.
    caption : str
        What to see in it.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If alt is empty, a box has no key or text, or yes and no do not name boxes.

    Examples
    --------
    >>> chart = [
    ...     {"key": "ask", "text": "Does the loss fall?", "yes": "go", "no": "stop"},
    ...     {"key": "go", "text": "Go on", "link": "What to tune first"},
    ...     {"key": "stop", "text": "Try the rate × 10"},
    ... ]
    >>> flow(chart, alt="A question with two answers.", caption="One question.")
    Picture('One question.')
    """
    needs_alt(alt, "chart")
    known = _by_key(boxes)
    places = layout(list(known.values()))
    drawn = [_arrows(box, places) for box in known.values() if "yes" in box]
    drawn += [_box(box, places[key]) for key, box in known.items()]
    name = f"f{zlib.crc32(alt.encode()):08x}"
    tall = max(y + height for _, y, _, height in places.values()) + 2
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="px-svg px-flow" role="group"'
        f' viewBox="0 0 {WIDE} {tall}" style="--w:{WIDE * 1.25:g}px"'
        f' font-size="{FONT}" aria-labelledby="{name}-alt">'
        f'<title id="{name}-alt">{html.escape(alt)}</title>'
    )
    return Picture(head + "".join(drawn) + "</svg>", caption)


def layout(boxes: Sequence[dict[str, Any]]) -> dict[str, tuple[int, int, int, int]]:
    """Where each box stands: left, top, width and height, by its key."""
    known = _by_key(boxes)
    places: dict[str, tuple[int, int, int, int]] = {}
    top = 1
    for key, box in known.items():
        if key in places:
            continue
        answer = known.get(box.get("yes", ""))
        row = [box] if answer is None or answer["key"] in places else [box, answer]
        height = max(len(lines(each["text"])) for each in row) * LINE + 2 * PAD
        for column, each in enumerate(row):
            places[each["key"]] = (1 + column * (BOX + GAP - 2), top, BOX, height)
        top += height + 28
    return places


def lines(text: str) -> list[str]:
    """A text cut into lines that fit a box."""
    return textwrap.wrap(text, LETTERS) or [""]


def slug(heading: str) -> str:
    """The id of a heading: as the book writes it while it is built, otherwise as JupyterLab does.

    Examples
    --------
    >>> slug("Hunting a NaN").lower()
    'hunting-a-nan'
    """
    joined = "-".join(heading.split())
    return joined.lower() if building() else joined


def _by_key(boxes: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for box in boxes:
        if not all(isinstance(box.get(part), str) and box[part] for part in ("key", "text")):
            raise check.refuse("boxes", box, "dicts with a key and a text")
    known = {box["key"]: box for box in boxes}
    for box in boxes:
        for answer in ("yes", "no"):
            if ("yes" in box or "no" in box) and box.get(answer) not in known:
                raise check.refuse(answer, box.get(answer), "the key of a box")
    return known


def _color(name: str) -> str:
    return f"var(--px-{name},{(PALETTE | NEUTRAL)[name]})"


def _box(box: dict[str, Any], place: tuple[int, int, int, int]) -> str:
    """The frame and the text, inside a link where there is one."""
    x, y, width, height = place
    told = lines(box["text"])
    first = y + (height - LINE * len(told)) / 2 + FONT
    hue, round_ = ("blue", 14) if "yes" in box else ("green", 3)
    words = " ".join(
        f'<tspan x="{x + width / 2:g}" y="{first + LINE * i:g}">{html.escape(line)}</tspan>'
        for i, line in enumerate(told)
    )
    shape = (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{round_}"'
        f' style="fill:{_color(hue)};fill-opacity:.09;stroke:{_color(hue)};stroke-width:1.3"/>'
        f'<text text-anchor="middle" style="fill:{_color("ink")}">{words}</text>'
    )
    if "link" not in box:
        return shape
    return f'<a href="#{slug(box["link"])}" style="text-decoration:none">{shape}</a>'


def _arrows(box: dict[str, Any], places: dict[str, tuple[int, int, int, int]]) -> str:
    """The arrow to the right, yes, and the one down, no."""
    x, y, width, height = places[box["key"]]
    right, below = places[box["yes"]], places[box["no"]]
    middle, center = y + height / 2, x + width / 2
    if right[0] == x or below[0] != x:
        raise check.refuse("boxes", box["key"], "so ordered that no leads down and yes to the side")
    return (
        _arrow(
            f"M{x + width} {middle:g}H{right[0] - 1}", f"M{right[0] - 7} {middle - 4:g}l6 4l-6 4"
        )
        + _word("yes", x + width + 5, middle - 5)
        + _arrow(
            f"M{center:g} {y + height}V{below[1] - 1}", f"M{center - 4:g} {below[1] - 7}l4 6l4-6"
        )
        + _word("no", center + 7, y + height + 18)
    )


def _arrow(line: str, point: str) -> str:
    style = f"fill:none;stroke:{_color('soft')};stroke-width:1.3"
    return f'<path d="{line}{point}" style="{style}"/>'


def _word(text: str, x: float, y: float) -> str:
    return f'<text x="{x:g}" y="{y:g}" style="fill:{_color("soft")}">{text}</text>'
