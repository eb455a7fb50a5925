"""An explorer as HTML: figure, sliders, table of numbers, and the data that its script reads."""

from __future__ import annotations

import base64
import decimal
import hashlib
import html
import json
import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..plotting.figures import building, style_sheet
from ..plotting.palette import Look
from .bundle import script
from .model import Control
from .tasks import block

if TYPE_CHECKING:
    from .base import Base

#: Where book/_ext/try_this.py puts what a chapter says to try.
TRY = "<!--px-try-->"
WITHOUT = "Without JavaScript the figure shows the default settings and its controls are hidden."


#: Looks every half second whether the widget came, failed, or (after 8 s) is not even awaited.
WHEN_LOST = """(kept => {
  const area = kept.closest(".jp-OutputArea") ?? document;
  let left = 120;
  const look = () => {
    const failed = [...area.querySelectorAll(".jp-OutputArea-output, .jupyter-widgets")].filter(
      el => el.textContent.startsWith("Error displaying widget"));
    const awaited = left > 104 || area.textContent.includes("Loading widget");
    if (area.querySelector(".px") || !left--) return;
    if (!failed.length && awaited) return setTimeout(look, 500);
    failed.forEach(el => { el.style.display = "none"; });
    kept.innerHTML = %s;
    PrimerExplorer.start();
  };
  look();
})(document.currentScript.previousElementSibling);"""


def page(explorer: Base, controls: bool = True) -> str:
    """The explorer as one HTML element; `controls=False` leaves the sliders to ipywidgets."""
    some = (
        " px-some" if len(explorer.data.get("shown", explorer.names)) < len(explorer.names) else ""
    )
    return (
        f'<div class="px{some}" id="{explorer.id}">'
        f"{_body(explorer, controls)}"
        f'<noscript><p class="px-note">{WITHOUT}</p></noscript>'
        f'<script type="application/json" class="px-data">{as_json(explorer.data)}</script>'
        f"{_packed(explorer)}{_edits(explorer)}</div>"
    )


def _body(explorer: Base, controls: bool) -> str:
    """What is seen; the style sheet places it by the number of panels, the caption before TRY."""
    title = html.escape(explorer.title)
    known = enumerate(explorer.controls) if controls else ()
    rows = "".join(_row(c, f"{explorer.id}-h{k}") for k, c in known)
    caption = html.escape(explorer.caption)
    pieces = (
        title and f'<div class="px-title">{title}</div>',
        _choice(explorer),
        _scenes(explorer),
        rows and f'<div class="px-controls">{rows}</div>',
        _numbers(explorer),
        block(explorer.task) if building() else "",
        TRY,
        caption and f"<figcaption>{caption}</figcaption>",
    )
    most = max(len(panels) for panels in explorer.drawn)
    race = " data-race" if explorer.data.get("race") else ""
    name = f'aria-label="{title or "Explorer"}"'
    return f'<figure class="px-body" data-panels="{most}"{race} {name}>{"".join(pieces)}</figure>'


def _scenes(explorer: Base) -> str:
    """The panels of every landscape, without the lines of rules that wait in the table."""
    scenes = "".join(_scene(k, scene) for k, scene in enumerate(explorer.drawn))
    shown = explorer.data.get("shown", explorer.names)
    for k, name in enumerate(explorer.names):
        if name not in shown:
            scenes = scenes.replace(
                f'data-rule="{k}" style="', f'data-rule="{k}" style="display:none;'
            )
    return scenes


def standalone(explorer: Base) -> str:
    """The page with its programs, script and style; the book links the latter two."""
    programs = register(explorer.programs)
    text = page(explorer)
    if programs:  # book/_ext/explorers.py moves them to a file
        text += f'<script class="px-programs">{programs}</script>'
    if building():
        return text
    return f"{style_sheet()}{text}<script>{script()}</script>"


def kept(explorer: Base) -> str:
    """What stays in a saved notebook: the explorer again, shown only where its widget is gone.

    JupyterLab has no fallback of its own: it would say "Error displaying widget: model not found".
    """
    text = json.dumps(style_sheet() + page(explorer), ensure_ascii=False).replace("</", "<\\/")
    code = f"{script()}{register(explorer.programs)}{WHEN_LOST % text}"
    return f'<div class="px-kept"></div><script>{code}</script>'


def key(source: str) -> str:
    """The name under which a page knows a program, from its text.

    Examples
    --------
    >>> key("lib => ({})")
    'fdea677bfc17'
    """
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def register(programs: Sequence[str]) -> str:
    """The script that tells a page the programs, each once; it may come before or after figures."""
    known = "".join(f'"{key(source)}": {source},\n' for source in dict.fromkeys(programs))
    if not known:
        return ""
    return (
        f"Object.assign((globalThis.PrimerPrograms ??= {{}}), {{\n{known}}});\n"
        "globalThis.PrimerExplorer?.start();\n"
    )


def as_json(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")


def _packed(explorer: Base) -> str:
    """The numbers of a grid; book/_ext/grids.py moves them to a file that is loaded when needed."""
    if not explorer.packed:
        return ""
    return f'<script type="text/plain" class="px-grid">{explorer.packed}</script>'


def _edits(explorer: Base) -> str:
    """What changes the rules, deflated; book/_ext/explorers.py writes it to a file, inflated."""
    edits = explorer.edits() if building() else ""
    packed = base64.b64encode(zlib.compress(edits.encode(), 9)).decode()
    return edits and f'<script type="text/plain" class="px-edits">{packed}</script>'


def _scene(k: int, panels: list[Any]) -> str:
    inside = "".join(f'<div class="px-panel">{p.svg}</div>' for p in panels)
    return f'<div class="px-panels" data-scene="{k}"{" hidden" if k else ""}>{inside}</div>'


def _choice(explorer: Base) -> str:
    if len(explorer.scene_names) < 2:
        return ""
    options = "".join(map(_option, explorer.scene_names))
    return (
        '<label class="px-choice px-live-only"><span>Landscape</span>'
        f'<select autocomplete="off">{options}</select></label>'
    )


def _option(name: str) -> str:
    name = html.escape(name)
    return f'<option value="{name}">{name}</option>'


def _row(control: Control, field: str) -> str:
    slider = control.slider
    name = f"<small>{html.escape(control.name)}</small>" if control.name else ""
    value = number(slider.values[slider.index])
    return (
        f'<div class="px-row" data-key="{html.escape(control.key)}">'
        f'<label for="{field}"><b>{html.escape(control.letter)}</b> {name}</label>'
        f'<input type="range" id="{field}" min="0" max="{slider.steps}" step="1"'
        f' value="{slider.index}" aria-valuetext="{value}" autocomplete="off"'
        f' style="--at:{slider.index / slider.steps:.4g}">'
        f'<output for="{field}">{value}</output></div>'
    )


def _numbers(explorer: Base) -> str:
    known = zip(explorer.names, explorer.looks, explorer.results(), strict=True)
    shown = explorer.data.get("shown", explorer.names)
    rows = "".join(_result(k, *item, item[0] in shown) for k, item in enumerate(known))
    heads = "".join(f'<th scope="col">{head}</th>' for head in (explorer.first, *explorer.columns))
    play = [] if explorer.packed else [("play", "▶ Play")]
    edit = [("edit", "Edit this rule")] if building() and explorer.editable else []
    buttons = "".join(
        f'<button type="button" class="px-{what}" value="{what}">{label}</button>'
        for what, label in (*play, ("reset", "Reset"), ("link", "Copy link"), *edit)
    )
    return (
        f'<div class="px-foot"><div class="px-table"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        f'<div class="px-buttons px-live-only">{buttons}'
        '<span class="px-said" role="status" aria-live="polite"></span></div></div>'
    )


def _result(k: int, name: str, look: Look, numbers: tuple[str, ...], shown: bool) -> str:
    name = html.escape(name)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "<wbr>", name)  # where a narrow column may break it
    cells, pressed = "".join(f"<td>{number}</td>" for number in numbers), str(shown).lower()
    return (
        f'<tr data-rule="{k}"><th scope="row"><button type="button" aria-pressed="{pressed}"'
        f' title="Show or hide {name}">{swatch(look)}{words}</button></th>{cells}</tr>'
    )


def swatch(look: Look) -> str:
    """A piece of a rule's line, in its color and dashes."""
    dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in look.dash)}"' if look.dash else ""
    return (
        '<svg viewBox="0 0 26 8" width="26" height="8" aria-hidden="true">'
        f'<path d="M1 4H25" style="stroke:var(--px-{look.hue},{look.color})"'
        f' stroke-width="2.4"{dash}/></svg>'
    )


def number(value: float) -> str:
    """A setting as its slider shows it: all its digits, in JavaScript's notation.

    Examples
    --------
    >>> number(0.1), number(-1e-7), number(1e21), number(-0.0)
    ('0.1', '−1e−7', '1e+21', '0')
    """
    text = repr(float(value) + 0.0)
    if 1e-6 <= abs(value) < 1e21:
        text = f"{decimal.Decimal(text):f}".removesuffix(".0")
    return _minus(_power(text) if "e" in text else text.removesuffix(".0"))


def rounded(value: float) -> str:
    """A result to four digits, as the script writes it; a tie goes away from zero, as there.

    Examples
    --------
    >>> rounded(1234.5), rounded(1e-7), rounded(-0.0), rounded(np.nan), rounded(-np.inf)
    ('1235', '1.00e−7', '0', 'NaN', '−∞')
    """
    if value == 0 or not np.isfinite(value):
        return number(value)
    plain = 1e-3 <= abs(value) < 1e5
    digits = decimal.Context(prec=4 if plain else 3, rounding=decimal.ROUND_HALF_UP)
    exact = digits.create_decimal_from_float(float(value))
    return _minus(f"{exact.normalize():f}" if plain else f"{exact:.2e}")


def _power(text: str) -> str:
    digits, exponent = text.split("e")
    return f"{digits}e{int(exponent):+d}"


def _minus(text: str) -> str:
    return text.replace("-", "−").replace("inf", "∞").replace("nan", "NaN")
