"""What an explorer is made of: a start, curves, controls, and the numbers of a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import check
from ..derived.trace import Watch, Watcher
from ..fields import mapped, walk
from ..guard import refuse_mixed
from ..hyper import Slider
from ..objective import Objective
from ..optimizer import Optimizer
from ..plotting.palette import KNOWN, PALETTE, Look, look
from ..rules.matrices import MatrixRule
from ..running import Run, checked_step, march

#: Greek letter and plain name of a field, as in book/notation.md.
LABELS = {
    "lr": ("η", "learning rate"),
    "beta": ("β", "memory"),
    "beta1": ("β₁", "memory of g"),
    "beta2": ("β₂", "memory of g²"),
    "beta3": ("β₃", "long memory of g"),
    "eps": ("ε", "floor of the root"),
    "weight_decay": ("λ", "weight decay"),
    "momentum_decay": ("ψ", "momentum decay"),
    "peak": ("η max", "peak rate"),
    "initial": ("η₀", "initial rate"),
    "end": ("η end", "final rate"),
    "factor": ("γ", "factor"),
    "norm": ("c", "largest norm"),
    "value": ("c", "largest value"),
}


@dataclasses.dataclass(frozen=True)
class Draggable:
    """A starting point that the reader can drag.

    Parameters
    ----------
    *point : float
        Where it stands at first, one number per coordinate.

    Raises
    ------
    ValueError
        If a coordinate is not a finite number.

    Examples
    --------
    >>> Draggable(-1, 2.5).point
    (-1.0, 2.5)
    """

    point: tuple[float, ...]

    def __init__(self, *point: float) -> None:
        for value in point:
            check.number("start", value)
            if np.ndim(value):
                raise check.refuse("start", value, "one number per coordinate: Draggable(-1, 2.5)")
        object.__setattr__(self, "point", tuple(map(float, point)))


@dataclasses.dataclass(frozen=True)
class Curve:
    """A view of one's own: a number of every step, drawn against the step.

    Parameters
    ----------
    label : str
        Title of the panel and label of its axis.
    f : str or callable
        The name of a local of the rule's `step`, such as ``"m_hat"``, or a function f(rule, t) of
        the rule (with every schedule resolved at t) and the step t, counted from 0.
    log : bool, optional
        Logarithmic axis; by default where the values are positive and span more than a factor 50.

    Raises
    ------
    ValueError
        If f is neither a name nor a function.

    Examples
    --------
    >>> Curve("effective rate", lambda rule, t: rule.lr / (1 - rule.beta)).label
    'effective rate'
    """

    label: str
    f: str | Callable[[Any, Any], Any]
    log: bool | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.label, str):
            raise check.refuse("label", self.label, "a text")
        if not (callable(self.f) or (isinstance(self.f, str) and self.f.isidentifier())):
            raise check.refuse("f", self.f, "the name of a local of step, or a function f(rule, t)")


@dataclasses.dataclass(frozen=True)
class Control:
    """One slider of the explorer: its key in links, its letter and its name."""

    key: str
    slider: Slider
    letter: str
    name: str


def controls(rules: dict[str, Optimizer]) -> list[Control]:
    """One control per distinct slider; its key is the field, longer only where two share it."""
    found: dict[int, tuple[Slider, tuple[str, ...], list[str]]] = {}
    for name, rule in rules.items():
        for path, slider in walk(rule):
            if not isinstance(slider, Slider):
                continue
            owners = found.setdefault(id(slider), (slider, path, []))[2]
            owners += [name] if name not in owners else []
    short = [path[-1] for _, path, _ in found.values()]
    longer = [f"{owners[0]}.{path[-1]}" for _, path, owners in found.values()]
    longest = [".".join((owners[0], *path)) for _, path, owners in found.values()]
    out: list[Control] = []
    for k, (slider, path, owners) in enumerate(found.values()):
        forms = ((short[k], short), (longer[k], longer), (longest[k], longest))
        key = next((form for form, every in forms if every.count(form) == 1), longest[k])
        key = fresh(key, [control.key for control in out])
        letter, name = described(path[-1], slider)
        shared = key != short[k] and not slider.label
        out.append(Control(key, slider, letter, ", ".join(owners) if shared else name))
    return out


def fresh(name: str, taken: Sequence[str]) -> str:
    """The name, or the name with the first number that makes it different from those taken.

    Examples
    --------
    >>> fresh("Beale", ["Beale", "Beale (2)"])
    'Beale (3)'
    """
    numbered = (f"{name} ({k})" for k in range(2, len(taken) + 3))
    return name if name not in taken else next(form for form in numbered if form not in taken)


def described(field: str, slider: Slider) -> tuple[str, str]:
    """Letter and name of a control: from the slider's own label, else from its field."""
    if slider.label:
        letter, _, name = slider.label.partition(" ")
        return letter, name
    return LABELS.get(field, (field.replace("_", " "), ""))


def substituted(rule: Any, values: dict[int, Any]) -> Any:
    """The rule with every slider replaced by values[id(slider)]."""
    return mapped(lambda leaf: values[id(leaf)] if isinstance(leaf, Slider) else leaf, rule)


def named(rules: Sequence[Any], names: Sequence[str] | None) -> dict[str, Optimizer]:
    """The rules by the name they have in the legend; equal names are numbered."""
    if not rules:
        raise ValueError("rules must be at least one rule such as Adam(lr=Slider(…)), got none")
    for rule in rules:
        if not isinstance(rule, Optimizer):
            raise check.refuse("rules", rule, "Optimizer instances such as Adam(lr=Slider(…))")
    if names is not None and not _one_each(names, len(rules)):
        raise check.refuse("names", names, f"{len(rules)} different names, one per rule")
    out: dict[str, Optimizer] = {}
    for k, rule in enumerate(rules):
        name = names[k] if names is not None else label_of(rule)
        count = sum(other == name or other.startswith(f"{name} (") for other in out)
        out[name if not count else f"{name} ({count + 1})"] = rule
    return out


def _one_each(names: Any, count: int) -> bool:
    """Whether these are `count` different texts, none of them empty."""
    listed = isinstance(names, (list, tuple, np.ndarray)) and all(
        isinstance(name, str) for name in names
    )
    return listed and all(map(str.strip, names)) and len(set(names)) == len(names) == count


def label_of(rule: Any) -> str:
    """Adam, or Clip(Adam) for a wrapper."""
    inner = [v for v in rule.fields().values() if isinstance(v, Optimizer)]
    return type(rule).__name__ + (f"({label_of(inner[0])})" if inner else "")


def looks(rules: dict[str, Optimizer]) -> list[Look]:
    """The book's look of every name or rule; a second rule of the same look gets a free hue."""
    out: list[Look] = []
    for name, rule in rules.items():
        mine = look(name if name in KNOWN else label_of(rule).split("(")[-1].rstrip(")"))
        if mine in out or (name not in KNOWN and any(other.hue == mine.hue for other in out)):
            free = [hue for hue in PALETTE if all(other.hue != hue for other in out)]
            mine = Look(free[0] if free else mine.hue, mine.dash or (6, 2))
        out.append(mine)
    return out


@dataclasses.dataclass(frozen=True)
class Record:
    """Numbers of a run by channel: "x", "loss", and watched ones; row t is step t."""

    theta: np.ndarray  # (steps + 1, *batch, d)
    loss: np.ndarray  # (steps + 1, *batch)
    watched: dict[str, np.ndarray]  # (steps, *batch), by names such as "m_hat[0]"


def record(rule: Any, J: Objective, theta0: Any, steps: int, watch: Sequence[Watch]) -> Record:
    """Run a rule and keep the watched numbers, as the traced program does in the page."""
    theta = np.asarray(theta0, dtype=float)
    kept: list[dict[str, np.ndarray]] = []
    watcher = Watcher()

    def noted(now: Any, at: Any, theta: Any, state: Any, t: int) -> Any:
        new = checked_step(now, at, theta, state, t)
        kept.append(_seen(watch, now, watcher.taken(), t, theta.shape[:-1]))
        return new

    def whole() -> Run:
        return march(rule, J, theta, None, 0, steps, keep=1, step=noted)

    refuse_mixed(rule, J, theta, 0)
    inside = any(item.f is None or item.inner for item in watch)  # of a step, not of its rule
    done = watcher.run(whole) if inside else whole()
    names = kept[0] if kept else {}
    return Record(
        done.theta, done.loss, {name: np.stack([row[name] for row in kept]) for name in names}
    )


def _seen(watch: Sequence[Watch], rule: Any, calls: Any, t: int, batch: tuple[int, ...]) -> dict:
    """The watched numbers of one step, one entry per component, named as in `Program.watched`."""
    out: dict[str, np.ndarray] = {}
    for item in watch:
        numbers = _components(np.asarray(item.of(rule, calls, t), dtype=float), batch)
        single = len(numbers) == 1
        names = [item.label if single else f"{item.label}[{i}]" for i in range(len(numbers))]
        out |= dict(zip(names, numbers, strict=True))
    return out


def _components(value: np.ndarray, batch: tuple[int, ...]) -> list[np.ndarray]:
    """The numbers of one step, each of shape batch: of a number, a vector or a matrix, row by row.

    Examples
    --------
    >>> [x.tolist() for x in _components(np.array([[1.0, 2.0], [3.0, 4.0]]), (2,))]
    [[1.0, 3.0], [2.0, 4.0]]
    """
    leading = value.shape[: len(batch)]
    if value.ndim > len(batch) and all(n in (1, m) for n, m in zip(leading, batch, strict=True)):
        flat = value.reshape(*leading, -1)
    elif value.shape == batch or value.size == 1:
        flat = value.reshape(*value.shape, 1)
    else:  # an array that no setting changes
        flat = value.reshape((1,) * len(batch) + (-1,))
    spread = np.broadcast_to(flat, (*batch, flat.shape[-1]))
    return [spread[..., i] for i in range(flat.shape[-1])]


def locals_of(rule: Any) -> set[str]:
    """Names of the local variables of a rule's step and of the rules it holds.

    Those of a rule for matrices are what it computes of a matrix; of several the first is meant.
    """
    rules = [rule, *(value for _, value in walk(rule) if isinstance(value, Optimizer))]
    steps = [type(x).step_matrix if isinstance(x, MatrixRule) else type(x).step for x in rules]
    codes = [getattr(step, "__code__", None) for step in steps]
    names = {name for code in codes if code for name in code.co_varnames}
    return names - {"self", "J", "theta", "W", "state", "t"}
