"""Which optimizer for me, as HTML: questions, an answer that cites its rows, and all rows below.

Without a script, and where a notebook is not trusted, only the rows show. `static/chooser.js` finds
the rows of an answer by the same conditions as `primer.measure.choose`.
"""

from __future__ import annotations

import html
from typing import Any

from ..derived.calls import torch_lines, written
from ..derived.card import state_per_parameter
from ..measure.choosing import Advice, Question, Row, choose, possible
from ..measure.decisions import QUESTIONS, ROWS
from ..plotting.figures import building, style_sheet
from ..plotting.palette import look
from ..rules.wrappers import innermost
from .base import unique
from .bundle import script
from .page import as_json, number, swatch

#: How a rate changes, by the class of what changes it.
PACES = {
    "Constant": "constant",
    "StepDecay": "times {factor:g} after every {every:,} steps",
    "WarmupCosine": "warm-up over {warmup:,} steps, then a cosine to {end:g} at step {steps:,}",
    "WarmupLinear": "warm-up over {warmup:,} steps, then a line to {end:g} at step {steps:,}",
    "WarmupStableDecay": "warm-up over {warmup:,} steps, constant, then a line to {end:g}"
    " over the last {decay:,} of {steps:,} steps",
    "ReduceOnPlateau": "times {factor:g} after more than {patience} epochs without progress",
}
HEADS = "If", "Then", "Why", "Evidence"


class Element(str):
    """A piece of a page, which a notebook shows as such."""

    told: str

    def __new__(cls, text: str, told: str) -> Element:
        self = super().__new__(cls, text)
        self.told = told
        return self

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return self.told


def decision_table() -> Element:
    """The decision matrix as a table: a cell's last line.

    Returns
    -------
    Element
        Its rows can be linked to, as ``#row-vision``.

    Examples
    --------
    >>> decision_table()
    The decision matrix: 17 rows
    """
    text = f'<figure class="px-figure">{_table(ids=True)}</figure>'
    return Element(style_sheet() + text, f"The decision matrix: {len(ROWS)} rows")


def chooser() -> Element:
    """Which optimizer for me: questions, and an answer that cites rows of the decision matrix.

    Links set it, in the page's text or its address: ``#for=vision&trials=one&with=memory,large``.

    Returns
    -------
    Element
        Alive wherever scripts run, without a kernel; without scripts all rows of the matrix.

    Examples
    --------
    >>> chooser()
    Which optimizer for me: 3 questions, 17 rows
    """
    name = unique("px-choose")
    fields = "".join(_field(question, name) for question in QUESTIONS)
    cards = {_card_key(a): a for a in map(choose, possible(QUESTIONS))}
    text = (
        f'<figure class="px-figure px-choose" id="{name}" aria-label="Which optimizer for me?">'
        f'<form class="px-ask" autocomplete="off" hidden>{fields}</form>'
        '<div class="px-answer" hidden><div class="px-card"></div>'
        '<p class="px-because">Because of these rows of the decision matrix:</p>'
        '<ol class="px-cited"></ol><div class="px-buttons">'
        '<button type="button" value="reset">Start over</button>'
        '<button type="button" class="px-link" value="link">Copy link</button>'
        '<span class="px-said" role="status" aria-live="polite"></span></div></div>'
        '<p class="px-spoken" role="status" aria-live="polite"></p>'
        f"<details open><summary>All rows of the decision matrix</summary>{_table()}</details>"
        f"{''.join(_template(key, advice) for key, advice in cards.items())}"
        f'<script type="application/json" class="px-choices">{as_json(data())}</script></figure>'
    )
    alive = "" if building() else f"<script>{script()}</script>"
    told = f"Which optimizer for me: {len(QUESTIONS)} questions, {len(ROWS)} rows"
    return Element(style_sheet() + text + alive, told)


def data() -> dict[str, Any]:
    """What the script needs: the questions' answers, and when each row applies."""
    return {
        "questions": [
            {"key": q.key, "answers": list(q.answers), "several": q.several} for q in QUESTIONS
        ],
        "rows": [
            {
                "key": row.key,
                "when": row.when,
                "unless": row.unless,
                "rule": row.rule is not None,
                "schedule": row.schedule is not None,
            }
            for row in ROWS
        ],
    }


def _field(question: Question, name: str) -> str:
    kind = "checkbox" if question.several else "radio"
    chips = "".join(
        f'<label class="px-chip"><input type="{kind}" name="{name}-{question.key}" value="{key}"'
        f"{' checked' if not (k or question.several) else ''}><span>{html.escape(text)}</span>"
        "</label>"
        for k, (key, text) in enumerate(question.answers.items())
    )
    legend = f"<legend>{html.escape(question.text)}</legend>"
    return f'<fieldset>{legend}<div class="px-chips">{chips}</div></fieldset>'


def _card_key(advice: Advice) -> str:
    return f"{advice.chosen.key}/{advice.paced.key}"


def _template(key: str, advice: Advice) -> str:
    return f'<template data-card="{key}">{_card(advice)}</template>'


def _card(advice: Advice) -> str:
    rule, schedule = advice.chosen.rule, advice.paced.schedule
    facts = {
        **_settings(advice.chosen),
        "Schedule": PACES[type(schedule).__name__].format(**_plain(schedule)),
        "State": state_per_parameter(rule),
    }
    listed = "".join(f"<div><dt>{k}</dt><dd>{html.escape(v)}</dd></div>" for k, v in facts.items())
    name = type(innermost(rule)).__name__
    lines = {
        "In this book": written(advice.recipe),
        "In PyTorch": torch_lines(advice.recipe, advice.chosen.penalty),
    }
    code = "".join(
        f'<p class="px-where">{where}</p><pre tabindex="0"><code>{html.escape(line)}</code></pre>'
        for where, line in lines.items()
    )
    return f'<p class="px-name">{swatch(look(name))}{name}</p><dl>{listed}</dl>{code}'


def _settings(row: Row) -> dict[str, str]:
    """The rate and what else is set, as a reader knows it."""
    rule = innermost(row.rule)
    told = {"lr": "Rate", "beta": "Momentum", "weight_decay": "Decay"}
    if type(rule).__name__ != "Momentum":
        del told["beta"]
    found = {label: number(rule.fields()[k]) for k, label in told.items() if k in rule.fields()}
    if row.penalty:
        found["L2 penalty"] = number(row.penalty)
    if rule is not row.rule:
        found["Clipping"] = f"at norm {number(row.rule.norm)}"
    return found


def _plain(schedule: Any) -> dict[str, Any]:
    return {name: value for name, value in schedule.fields().items() if name != "rule"}


def _table(ids: bool = False) -> str:
    heads = "".join(f'<th scope="col" role="columnheader">{head}</th>' for head in HEADS)
    rows = "".join(_row(row, f' id="row-{row.key}"' if ids else "") for row in ROWS)
    return (
        f'<table class="px-matrix" role="table"><thead><tr role="row">{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(row: Row, name: str) -> str:
    rule = f"<b>{_headline(row)}</b> " if row.rule is not None else ""
    links = "".join(
        f'<li><a class="px-source" href="{html.escape(link)}">{html.escape(text)}</a></li>'
        for text, link in row.evidence
    )
    return (
        f'<tr role="row" data-row="{row.key}" tabindex="-1"{name}>'
        f'<th scope="row" role="rowheader">{html.escape(row.situation)}</th>'
        f'<td role="cell" class="px-then">{rule}<span>{html.escape(row.advice)}</span></td>'
        f'<td role="cell" class="px-why">{html.escape(row.why)}</td>'
        f'<td role="cell" class="px-evidence"><ul>{links}</ul></td></tr>'
    )


def _headline(row: Row) -> str:
    settings = ", ".join(f"{k.lower()} {v}" for k, v in _settings(row).items())
    return f"{type(innermost(row.rule)).__name__}, {settings}".replace("l2", "L2")
