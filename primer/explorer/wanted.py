"""Which views an explorer is asked for, and what the rules must write down for them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import check
from ..hyper import power
from .model import Curve, locals_of

RATE = "rate η"
VIEWS = ("path", "loss", "theta", "step", "state", "correction", "rate")


def expanded(views: Sequence[Any], rules: Sequence[Any], dim: int | None) -> list[str | Curve]:
    """The views asked for, "state" and "correction" turned into curves."""
    out: list[str | Curve] = []
    for view in views:
        if view == "state":
            out += [Curve(_pretty(name), name) for name in _state_names(rules, dim or 2)]
        elif view == "correction":
            if not any({"beta1", "beta2"} & {*r.fields()} for r in rules):
                raise check.refuse("views", view, "for rules with beta1 or beta2")
            out += [Curve("bias correction 1 − βᵗ⁺¹", correction, log=True)]
        elif view == "rate":
            for rule in rules:
                _rate(rule, 0)
            out.append(Curve(RATE, _rate, log=False))
        elif isinstance(view, Curve):
            if isinstance(view.f, str) and not any(view.f in locals_of(r) for r in rules):
                known = sorted(set().union(*(locals_of(r) for r in rules)))
                raise check.refuse("views", view.f, f"a local of a rule's step: {', '.join(known)}")
            out.append(view)
        elif isinstance(view, str) and view in VIEWS:
            out += [view] if view != "path" or dim in (1, 2) else []
        else:
            raise check.refuse("views", view, f"one of {', '.join(VIEWS)} or a Curve")
    if not out:
        what = f"at least one that these rules have in {dim} dimensions, such as 'loss'"
        raise check.refuse("views", views, what)
    _refuse_doubles([view for view in out if isinstance(view, Curve)])
    return out


def _refuse_doubles(curves: Sequence[Curve]) -> None:
    """Two curves of one label would be taken for one."""
    known = {(c.f if isinstance(c.f, str) else c.label): c.f for c in curves}
    for curve in curves:
        name = curve.f if isinstance(curve.f, str) else curve.label
        if known[name] != curve.f or any(name.startswith(f"{other}[") for other in known):
            raise check.refuse("views", name, "Curves of different labels")


def _state_names(rules: Sequence[Any], dim: int) -> list[str]:
    """What a rule keeps, by the names its step gives them; m_hat stands for m."""
    names: dict[str, None] = {}
    for rule in rules:
        known = locals_of(rule)
        for key in _keys(rule.at(0).init(np.zeros(dim))):
            forms = [name for name in (f"{key}_hat", key) if name in known]
            names |= dict.fromkeys(forms[:1])
    return list(names)


def _keys(state: dict[str, Any]) -> list[str]:
    """Names in a state, those of a wrapped rule included."""
    return [
        name
        for key, value in state.items()
        for name in (_keys(value) if isinstance(value, dict) else [key])
    ]


def correction(rule: Any, t: Any, field: str = "beta1") -> Any:
    return 1 - power(rule.fields()[field], t + 1)


def _rate(rule: Any, t: Any) -> Any:
    while "lr" not in rule.fields():
        if "rule" not in rule.fields():
            raise check.refuse("views", "rate", "for rules with a learning rate lr")
        rule = rule.fields()["rule"]
    return rule.lr


def watched(views: Sequence[str | Curve], rule: Any) -> list[Any]:
    """What a rule's program is to write down for these views."""
    known = locals_of(rule)
    out: list[Any] = []
    for view in dict.fromkeys(views):
        if not isinstance(view, Curve):
            continue
        if isinstance(view.f, str):
            out += [view.f] if view.f in known and view.f not in out else []
        elif view.f is correction:
            out += [
                (f"{view.label}[{i}]", functools.partial(correction, field=field))
                for i, field in enumerate(("beta1", "beta2"))
                if field in rule.fields()
            ]
        else:
            inner = ("inner",) if view.f is _rate else ()  # what a ReduceOnPlateau has left of it
            out.append((view.label, view.f, *inner))
    return out


def _pretty(name: str) -> str:
    """m_hat as m̂, v_max as v max."""
    return name.replace("_hat", "\u0302").replace("_", " ")
