"""What a page loads when a reader changes a rule of an explorer: texts, fields, J by itself."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ..derived import alone
from ..derived.abstract import reachable
from ..derived.javascript import binder
from ..derived.trace import Traced, trace_step
from ..derived.writer import literal
from ..objective import Signs
from .rule_text import asks_for, attributes, text_of

if TYPE_CHECKING:
    from .traced import Explorer, Scene


def source(explorer: Explorer) -> str:
    """The script with all that is needed to change the rules of an explorer; "" where none can be.

    It puts a function of `lib` into ``PrimerEdits``, by the explorer's id; see `_whole` for what
    that returns. Noise is that of the explorer's programs, where they have it.

    Examples
    --------
    >>> from primer import SGD, explore, landscapes
    >>> live = explore(SGD(lr=0.5), on=landscapes.quadratic([1.0]), steps=3)
    >>> source(live).splitlines()[0][:31]
    '(globalThis.PrimerEdits ??= {})'
    """
    known = explorer.texts
    if not any(known.values()):
        return ""
    tables: dict[str, str] = {}
    whole = _whole(explorer, known, tables)
    rows = "".join(f"const {name} = [{row}];\n" for row, name in tables.items())
    head = f"(globalThis.PrimerEdits ??= {{}})[{_written(explorer.id)}] = lib =>"
    return _sharing(explorer, f"{head} {{\n{rows}return {whole};\n}};\n")


def _sharing(explorer: Explorer, text: str) -> str:
    """The script with the columns of noise that the page has already taken from its programs."""
    for scene, told in zip(explorer.scenes, explorer.data["scenes"], strict=True):
        for program, known in zip(scene.programs, told["programs"], strict=True):
            for k, rows in enumerate(program.tables):
                place = f'PrimerPrograms["{known["program"]}"](lib).tables[{k}]'
                text = text.replace(f" = [{rows}];\n", f" = {place};\n")
    return text


def text_in(explorer: Explorer, rule: Any) -> str | None:
    """The text of a rule of this explorer; None for one that a page cannot change."""
    own = text_of(rule)
    blocks = max(len(scene.J.shapes or ()) for scene in explorer.scenes)
    if own and blocks > 1 and asks_for(own, "norms"):  # the page knows one block
        return None
    return own


def _whole(explorer: Explorer, known: dict[str, str | None], tables: dict[str, str]) -> str:
    """What `primer/static/edit` reads.

    - ``rules``, in the order of the explorer: null, or {text, fields, slots, values, watched};
      ``watched`` says what stands in w, each {local, size}, where the local null is a function of
      rule and step;
    - ``tables``: rows of random signs, by the class that draws them;
    - ``scenes``: {dim} and the methods of `primer.derived.alone.objective`; with ``watched``, by
      rule, where w is another one than on the first scene;
    - ``task``: null, or {of, says, done, lines, text, goal, sizes}: ``of`` is the place of the rule
      to change, ``goal`` has a program for every scene and ``sizes`` the lengths of its s and w;
      ``text`` is the goal's own where there are no ``lines`` that solve it.
    """
    rules = [_rule(explorer, k, text, tables) for k, text in enumerate(known.values())]
    asked = {name for text in known.values() if text for name in attributes(text)}
    scenes = [_scene(explorer, scene, tables, asked) for scene in explorer.scenes]
    parts = {
        "rules": _array(rules),
        "tables": _tables(explorer, known),
        "scenes": _array(scenes),
        "task": _task(explorer),
    }
    return "{\n" + "".join(f"{name}: {text},\n" for name, text in parts.items()) + "}"


def _rule(explorer: Explorer, k: int, text: str | None, tables: dict[str, str]) -> str:
    if text is None:
        return "null"
    rule = [*explorer.rules.values()][k]
    fields, slots, values = alone.fields(rule, _sliders(explorer), explorer.steps, tables)
    parts = {
        "text": _written(text),
        "fields": _written(fields),
        "slots": str(slots),
        "watched": _written(_watched(explorer.scenes[0], k)),
    }
    return _object(parts, f"values(h, t, f) {{\n{values}}},\n")


def _watched(scene: Scene, k: int) -> list[dict[str, Any]]:
    """What stands in w, in its order: locals, or null, each with how many numbers it is."""
    found = []
    for item in scene.watches[k]:
        name = re.compile(re.escape(item.label) + r"(\[\d+\])?")
        size = sum(bool(name.fullmatch(each)) for each in scene.programs[k].watched)
        if size:
            found.append({"local": None if item.f else item.label, "size": size})
    return found


def _scene(explorer: Explorer, scene: Scene, tables: dict[str, str], asked: set[str]) -> str:
    lists = [[_watched(s, k) for k in range(len(s.programs))] for s in (explorer.scenes[0], scene)]
    parts = {"dim": str(len(scene.start))}
    if lists[0] != lists[1]:
        parts["watched"] = _written(lists[1])
    return _object(parts, alone.objective(scene.J, explorer.steps, tables, asked))


def _tables(explorer: Explorer, known: dict[str, str | None]) -> str:
    """The random signs that editable rules draw in a run."""
    found: dict[tuple[int, int], Signs] = {}
    bind = binder(_sliders(explorer))
    for name, text in known.items():
        if text and asks_for(text, "Signs"):
            for scene in explorer.scenes:
                traced = trace_step(explorer.rules[name], scene.J, len(scene.start), bind)
                found |= _signs(traced)
    rows = [
        {"args": [*key], "rows": signs.written(explorer.steps + 1).tolist()}
        for key, signs in found.items()
    ]
    return _object({"Signs": _written(rows)} if rows else {})


def _signs(traced: Traced) -> dict[tuple[int, int], Signs]:
    used = [n.data for n in reachable(traced.new_theta) if n.op == "lookup"]
    return {(s.seed, s.dim): s for s in used if isinstance(s, Signs)}


def _task(explorer: Explorer) -> str:
    asked = explorer.task
    if asked is None:
        return "null"
    task, programs = asked.task, asked.programs
    sizes = [{"s": len(p.state), "w": len(p.watched)} for p in programs]
    parts = {
        "of": str(explorer.names.index(asked.of)),
        "says": _written(task.says),
        "done": _written(task.done),
        "lines": _written(textwrap.dedent(task.lines).strip()),
        "text": _written(asked.text or None),
        "goal": _array([p.source for p in programs]),
        "sizes": _written(sizes),
    }
    return _object(parts)


def _sliders(explorer: Explorer) -> tuple:
    return tuple(control.slider for control in explorer.controls)


def _array(items: list[str]) -> str:
    return "[\n" + "".join(f"{text},\n" for text in items) + "]"


def _object(parts: dict[str, str], methods: str = "") -> str:
    inside = ", ".join(f"{name}: {text}" for name, text in parts.items())
    return f"{{{inside},\n{methods}}}" if methods else f"{{{inside}}}"


def _written(value: Any) -> str:
    """Texts, numbers, and lists and dicts of them in JavaScript; nothing in it ends a script."""
    if isinstance(value, dict):
        return _object({key: _written(each) for key, each in value.items()})
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, int | float | np.number):
        return literal(float(value))
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
