"""The live figure on a rule's page, made for any rule: its sliders, its landscapes, its rate.

Nothing here knows a rule by its name. Sliders follow from the domains of the fields; the learning
rate is the one of a ladder that goes farthest on the slowest of the landscapes.
"""

import dataclasses
import typing

import numpy as np

from primer import SGD, Slider, check, explore, landscapes, models, run
from primer.hyper import Hyper
from primer.objective import Through
from primer.optimizer import Optimizer
from primer.plotting import contours, legend, look, show, subplots
from primer.rules.matrices import MatrixRule
from primer.rules.wrappers import innermost

STEPS = 120
#: Rates that are tried, as a reader would write them.
RATES = np.array([float(f"{m}e{k}") for k in range(-4, 3) for m in (1, 2, 5)])
NEARLY = 2.0  # as good as the best, in terms of what is left of the loss
MOST = 6  # sliders
TINY = 1e-5  # a default below it only keeps a division finite
SEEN = 0.02  # a slider whose ends move theta by less than this share of the window is left out


def around(value):
    """A logarithmic slider for what is positive."""
    return Slider(value / 100, max(1.0, 100 * value), value, log=True)


#: A slider for a value, by the domain of its field.
SLIDERS = {
    "rate": lambda x: around(x) if x > 0 else Slider(0, 1, x),
    "positive": around,
    "decay": lambda x: Slider(0, max(0.999, 1 - (1 - x) / 10), x, near_one=True),
    "shrink": lambda x: Slider(min(0.01, x / 2), max(0.99, (1 + x) / 2), x),
    "percent": lambda x: Slider(min(1, x / 2), max(99, 50 + x / 2), x),
    "real": lambda x: Slider(min(-3, 2 * x), max(3, 2 * x), x),
}
#: A value for a field without a default; of several real ones the first is the lowest.
VALUES = {"rate": 0.1, "positive": 1.0, "decay": 0.9, "shrink": 0.5, "percent": 50.0}
#: A value for one without a domain, by the type that it is annotated with.
TYPED = {int: 1, bool: False, float: 1.0, Hyper: 1.0}


def domains(make):
    """The domain of every field that has one, in the order of the class."""
    known = {**check.BY_NAME, **make.domains}
    return {f.name: known[f.name] for f in dataclasses.fields(make) if f.name in known}


def example(entry, inner=None):
    """The registered rule with its defaults; a wrapper around `inner`, by default SGD."""
    known, given = domains(entry.make), {}
    lacking = [f.name for f in dataclasses.fields(entry.make) if f.default is dataclasses.MISSING]
    real = [name for name in lacking if known.get(name) == "real"]
    for name in lacking:
        if name in real:
            given[name] = 2.0 * real.index(name) - (len(real) - 1)
        else:
            given[name] = VALUES[known[name]] if name in known else typed(entry, name, inner)
    return entry.make(**given)


def typed(entry, name, inner):
    """A value for a field of which nothing is known but its type."""
    kind = Optimizer if name == "rule" else typing.get_type_hints(entry.make)[name]
    if kind in TYPED:
        return TYPED[kind]
    if isinstance(kind, type) and not issubclass(kind, Optimizer):
        raise check.refuse(f"{entry.name}.{name}", kind, "a field with a default or a domain")
    return inner or SGD()


def places(rule):
    """Three objectives by name; those for a rule of matrices are about matrices."""
    valley = landscapes.rosenbrock(b=1)
    if not isinstance(rule, MatrixRule):
        found = {
            "a ravine": landscapes.toy(),
            "a curved valley": valley,
            "two wells": landscapes.two_wells(),
        }
        return {name: Through(J, shapes=[(J.dim,)]) for name, J in found.items()}
    bowl = landscapes.quadratic([0.3, 1.0, 3.0, 10.0])
    return {
        "a valley, as one row": Through(valley, shapes=[(1, 2)]),
        "a bowl of 2 × 2": Through(bowl, shapes=[(2, 2)], start=np.ones(4)),
        "a memory of four facts": models.associative_memory(np.arange(1.0, 5) ** -1),
    }


def lowest(J):
    """The loss at the best known minimum; 0 for what is never negative."""
    return 0.0 if J.minimum is None else float(np.min(J(np.asarray(J.minimum, dtype=float))))


def left(rule, J):
    """How much of the loss is left, as a mean over the steps, for every run of a sweep."""
    start = np.asarray(J.start, dtype=float)
    with np.errstate(all="ignore"):
        loss = run(rule, J, start, STEPS).loss - lowest(J)
    share = np.where(np.isfinite(loss), loss / loss[0], np.inf)
    return np.minimum(share, 1.0).mean(axis=0)


def rated(rule, scenes):
    """The rule at a rate of the ladder that leaves little of the loss on the slowest landscape.

    Of the rates that are nearly as good as the best one: the default; else the smallest, whose path
    is the calmest, but for a wrapper, which is there to help a rule at a high rate, the largest.
    """
    usual = innermost(rule).fields().get("lr")
    if usual is None:
        return rule
    tried = with_rate(rule, RATES[:, None])
    worst = np.max([left(tried, J) for J in scenes.values()], axis=0)
    good = RATES[worst <= NEARLY * worst.min()]
    rate = usual if usual in good else good[-1 if hasattr(rule, "rule") else 0]
    return with_rate(rule, float(rate))


def with_rate(rule, rate):
    if hasattr(rule, "rule"):
        return rule.having(rule=with_rate(rule.rule, rate))
    return rule.having(lr=rate)


def slid(rule, J):
    """The rule with sliders for those fields that change what is seen on J, the tiny ones last."""
    inner = {}
    if hasattr(rule, "rule"):
        inner["rule"] = rule.rule.having(lr=SLIDERS["rate"](rule.rule.lr))
    numbers = {n: d for n, d in domains(type(rule)).items() if plain(getattr(rule, n))}
    offered = {n: SLIDERS[d](getattr(rule, n)) for n, d in numbers.items()}
    seen = {n: slider for n, slider in offered.items() if matters(rule, n, slider, J)}
    chosen = sorted(seen, key=lambda n: 0 < abs(seen[n].value) < TINY)[: MOST - len(inner)]
    return rule.having(**inner, **{n: s for n, s in seen.items() if n in chosen})


def plain(value):
    """Whether a setting is a number, and no schedule or array."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def matters(rule, name, slider, J):
    """Whether theta goes elsewhere on J with the slider at an end."""
    start = np.asarray(J.start, dtype=float)
    low, high = (J.window or (-1.0, 1.0))[:2]
    with np.errstate(all="ignore"):
        ends, default = (
            [run(rule.having(**{name: x}), J, start, STEPS).theta for x in values]
            for values in ((slider.low, slider.high), (slider.value,))
        )
        apart = [np.abs(end - default[0]).max() for end in ends]
    return not max(apart) < SEEN * (high - low)


def live(entry):
    """The explorer of a registered rule, beside SGD; a wrapper's beside the rule that it holds."""
    rule = example(entry)
    scenes = places(rule)
    rule = rated(rule, scenes)
    shown = slid(rule, next(iter(scenes.values())))
    rules = [shown, shown.rule if hasattr(shown, "rule") else rated(SGD(), scenes)]
    return explore(
        *(rules if entry.make is not SGD else rules[:1]),
        on=scenes,
        steps=STEPS,
        title=f"{entry.name} on three landscapes",
        caption=caption(rule),
    )


def still(entry):
    """The same three landscapes as a still figure, for a rule that cannot run in a page."""
    rule = example(entry)
    scenes = places(rule)
    rules = [rated(rule, scenes), rated(SGD(), scenes)]
    figure, axes = subplots(1, 3, size=(12.8, 4.2))
    for ax, (name, J) in zip(axes, scenes.items(), strict=True):
        for each in rules:
            done = run(each, J, np.asarray(J.start, dtype=float), STEPS)
            drawn = done.theta.T if J.dim == 2 else (np.arange(len(done.loss)), done.loss)
            label = type(each).__name__
            ax.plot(*drawn, label=label, **look(label).line)
        if J.dim == 2:
            contours(ax, J)
        else:
            ax.set(xlabel="step t", ylabel="J(θ)", yscale="log")
        ax.set_title(name)
    legend(axes[0])
    told = f"{entry.name} and SGD on {', '.join(scenes)}: paths on maps, and losses."
    return show(figure, alt=told, caption=caption(rule))._repr_html_()


def caption(rule):
    if hasattr(rule, "rule"):
        name = type(rule.rule).__name__
        return f"{type(rule).__name__} around {name}, and {name} alone at the same rate."
    if "lr" not in rule.fields():
        return f"{type(rule).__name__} needs no rate; that of SGD comes from a small search."
    whose = "The rate comes" if type(rule) is SGD else "Both rates come"
    return f"{whose} from a small search: what works on the slowest of the three landscapes."
