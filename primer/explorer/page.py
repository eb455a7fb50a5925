"""An explorer as HTML: figure, sliders, table of numbers, and the data that its script reads."""

from __future__ import annotations

import html
import json
import os
from typing import TYPE_CHECKING, Any

from ..plotting import Look, static, style_sheet
from .model import Control

if TYPE_CHECKING:
    from . import Explorer

WITHOUT = "Without JavaScript the figure shows the default settings and its controls are hidden."


def page(explorer: Explorer, controls: bool = True) -> str:
    """The explorer as one HTML element; `controls=False` leaves the sliders to ipywidgets."""
    scenes = "".join(_scene(k, scene) for k, scene in enumerate(explorer.drawn))
    rows = "".join(_row(c, explorer.id) for c in explorer.controls) if controls else ""
    sliders = f'<div class="px-controls">{rows}</div>' if rows else ""
    caption = (
        f"<figcaption>{html.escape(explorer.caption)}</figcaption>" if explorer.caption else ""
    )
    title = html.escape(explorer.title)
    heading = f'<div class="px-title">{title}</div>' if title else ""
    return (
        f'<figure class="px" id="{explorer.id}" aria-label="{title or "Explorer"}">'
        f"{heading}{_choice(explorer)}{scenes}{sliders}{_numbers(explorer)}{caption}"
        f"<noscript><style>.px-live-only,.px-controls{{display:none!important}}</style>"
        f'<p class="px-note">{WITHOUT}</p></noscript>'
        f'<script type="application/json" class="px-data">{_json(explorer.data)}</script></figure>'
    )


def standalone(explorer: Explorer) -> str:
    """The page with its script and style, for everything but the book, which links them."""
    text = page(explorer)
    if os.environ.get("PRIMER_BOOK"):
        return text
    return f"{style_sheet()}{text}<script>{static('explorer.js')}</script>"


def _json(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")


def _scene(k: int, panels: list[Any]) -> str:
    inside = "".join(f'<div class="px-panel">{p.svg}</div>' for p in panels)
    return f'<div class="px-panels" data-scene="{k}"{" hidden" if k else ""}>{inside}</div>'


def _choice(explorer: Explorer) -> str:
    if len(explorer.scenes) < 2:
        return ""
    options = "".join(f"<option>{html.escape(scene.name)}</option>" for scene in explorer.scenes)
    return (
        '<label class="px-choice px-live-only"><span>Landscape</span>'
        f"<select>{options}</select></label>"
    )


def _row(control: Control, id_: str) -> str:
    slider, field = control.slider, f"{id_}-{control.key}"
    name = f"<small>{html.escape(control.name)}</small>" if control.name else ""
    value = number(slider.values[slider.index])
    return (
        f'<div class="px-row" data-key="{html.escape(control.key)}">'
        f'<label for="{field}"><b>{html.escape(control.letter)}</b> {name}</label>'
        f'<input type="range" id="{field}" min="0" max="{slider.steps}" step="1"'
        f' value="{slider.index}" aria-valuetext="{value}" autocomplete="off">'
        f'<output for="{field}">{value}</output></div>'
    )


def _numbers(explorer: Explorer) -> str:
    rows = "".join(
        f'<tr data-rule="{k}"><th scope="row"><button type="button" aria-pressed="true"'
        f' title="Show or hide {html.escape(name)}">{_swatch(look)}{html.escape(name)}</button></th>'
        f"<td>{loss}</td><td>{theta}</td></tr>"
        for k, (name, look, (loss, theta)) in enumerate(
            zip(explorer.rules, explorer.looks, explorer.results(), strict=True)
        )
    )
    buttons = "".join(
        f'<button type="button" class="px-{what}">{label}</button>'
        for what, label in (("play", "▶ Play"), ("reset", "Reset"), ("link", "Copy link"))
    )
    return (
        '<div class="px-foot"><div class="px-table"><table><thead><tr><th scope="col">Rule</th>'
        f'<th scope="col">Loss after <span class="px-t">{explorer.steps}</span> steps</th>'
        f'<th scope="col">θ</th></tr></thead><tbody>{rows}</tbody></table></div>'
        f'<div class="px-buttons px-live-only">{buttons}'
        '<span class="px-said" role="status" aria-live="polite"></span></div></div>'
    )


def _swatch(look: Look) -> str:
    dash = f' stroke-dasharray="{" ".join(f"{d:g}" for d in look.dash)}"' if look.dash else ""
    return (
        '<svg viewBox="0 0 26 8" width="26" height="8" aria-hidden="true">'
        f'<path d="M1 4H25" style="stroke:var(--px-{look.hue},{look.color})" stroke-width="2.4"{dash}/></svg>'
    )


def number(value: float) -> str:
    """A setting as its slider shows it: all its digits, in JavaScript's notation."""
    text = repr(float(value)).removesuffix(".0")
    if "e" in text:
        digits, exponent = text.split("e")
        text = f"{digits}e{int(exponent):+d}"
    if abs(value) >= 1e-6 or value == 0:
        text = f"{float(value):.12f}".rstrip("0").rstrip(".") if "e" in text else text
    return text.replace("-", "−")


def rounded(value: float) -> str:
    """A result to four digits, as the script writes it."""
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e5:
        digits, exponent = f"{value:.2e}".split("e")
        text = f"{digits}e{int(exponent):+d}"
    else:
        text = f"{float(f'{value:.4g}'):.12f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")
