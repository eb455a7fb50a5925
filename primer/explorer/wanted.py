"""Which views an explorer is asked for, and what the rules must write down for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import check
from ..derived.trace import Watch
from ..exact import power
from ..objective import Objective
from .model import Curve, locals_of

RATE = "rate η"
VIEWS = ("path", "loss", "theta", "step", "state", "correction", "rate")


@dataclasses.dataclass(frozen=True)
class Series:
    """A view of numbers that the rules write down at every step.

    `watch(rule)` says what a rule writes down for it, under the name `key`, or `key[0]`, `key[1]` …
    for several; `letters` are their names, where they are not components.
    """

    label: str
    key: str
    watch: Callable[[Any], tuple[Watch, ...]]
    log: bool | None = None
    letters: tuple[str, ...] = ()


def expanded(views: Sequence[Any], rules: Sequence[Any], J: Objective) -> list[str | Series]:
    """The views asked for; all but those of theta and the loss as series."""
    dim = J.dim
    out: list[str | Series] = []
    for view in views:
        if view == "state":
            out += [_local(_pretty(name), name) for name in _state_names(rules, J)]
        elif view == "correction":
            if not any({"beta1", "beta2"} & {*r.fields()} for r in rules):
                raise check.refuse("views", view, "for rules with beta1 or beta2")
            out.append(CORRECTION)
        elif view == "rate":
            for rule in rules:
                _rate(rule, 0)
            out.append(Series(RATE, RATE, lambda rule: (Watch(RATE, _rate, inner=True),), False))
        elif isinstance(view, Curve):
            out.append(_curve(view, rules))
        elif isinstance(view, str) and view in VIEWS:
            out += [view] if view != "path" or dim in (1, 2) else []
        else:
            raise check.refuse("views", view, f"one of {', '.join(VIEWS)} or a Curve")
    if not out:
        what = f"at least one that these rules have in {dim} dimensions, such as 'loss'"
        raise check.refuse("views", views, what)
    _refuse_doubles([view for view in views if isinstance(view, Curve)])
    return out


def _curve(curve: Curve, rules: Sequence[Any]) -> Series:
    f = curve.f
    if not isinstance(f, str):
        return Series(curve.label, curve.label, lambda rule: (Watch(curve.label, f),), curve.log)
    if not any(f in locals_of(r) for r in rules):
        known = sorted(set().union(*(locals_of(r) for r in rules)))
        raise check.refuse("views", f, f"a local of a rule's step: {', '.join(known)}")
    return _local(curve.label, f, curve.log)


def _local(label: str, name: str, log: bool | None = None) -> Series:
    """The local of that name, of the rules that have it."""
    return Series(label, name, lambda rule: (Watch(name),) * (name in locals_of(rule)), log)


def _corrections(rule: Any) -> tuple[Watch, ...]:
    """1 - beta^(t+1) for every beta that the rule has."""

    def factor(field: str) -> Callable[[Any, Any], Any]:
        return lambda rule, t: 1 - power(rule.fields()[field], t + 1)

    both = enumerate(("beta1", "beta2"))
    return tuple(Watch(f"{_LABEL}[{i}]", factor(name)) for i, name in both if name in rule.fields())


_LABEL = "bias correction 1 − βᵗ⁺¹"
CORRECTION = Series(_LABEL, _LABEL, _corrections, True, ("β₁", "β₂"))


def _refuse_doubles(curves: Sequence[Curve]) -> None:
    """Two curves of one label would be taken for one."""
    known = {(c.f if isinstance(c.f, str) else c.label): c.f for c in curves}
    for curve in curves:
        name = curve.f if isinstance(curve.f, str) else curve.label
        if known[name] != curve.f or any(name.startswith(f"{other}[") for other in known):
            raise check.refuse("views", name, "Curves of different labels")


def _state_names(rules: Sequence[Any], J: Objective) -> list[str]:
    """What a rule keeps, by the names its step gives them; m_hat stands for m."""
    names: dict[str, None] = {}
    for rule in rules:
        known = locals_of(rule)
        for key in _keys(rule.at(0).begin(J.at(0), np.zeros(J.dim or 2))):
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


def _rate(rule: Any, t: Any) -> Any:
    while "lr" not in rule.fields():
        if "rule" not in rule.fields():
            raise check.refuse("views", "rate", "for rules with a learning rate lr")
        rule = rule.fields()["rule"]
    return rule.lr


def spoken(view: str | Series) -> tuple[str, ...]:
    """What a note calls the panel of a view: its word, or the label or name of what it shows.

    Examples
    --------
    >>> spoken("path"), spoken(CORRECTION)[0]
    (('path',), 'correction')
    """
    if isinstance(view, str):
        return (view,)
    word = {RATE: ("rate",), _LABEL: ("correction",)}.get(view.key, ())
    return tuple(dict.fromkeys((*word, view.label, view.key)))


def watched(views: Sequence[str | Series], rule: Any) -> tuple[Watch, ...]:
    """What a rule is to write down for these views, each thing once."""
    found = {
        item.label: item for view in views if isinstance(view, Series) for item in view.watch(rule)
    }
    return tuple(found.values())


def _pretty(name: str) -> str:
    """m_hat as m̂, v_max as v max."""
    return name.replace("_hat", "\u0302").replace("_", " ")
