"""The same rule in torch and in optax: runs of the calls that the registry names."""

import functools
import importlib
import importlib.metadata
import math

import chaos
import numpy as np
import papers
from helpers import matrices, shaped

from primer import Muon, Noisy, Objective, landscapes, power, registry
from primer.measure import beside_torch
from primer.objective import Through
from primer.rules.wrappers import Seen, Wrapper

STEPS = 500


def logistic() -> Objective:
    """A small logistic regression with a penalty, so that its minimum is finite."""
    rng = np.random.default_rng(5)
    X, noise = rng.standard_normal((25, 3)), rng.standard_normal(25)
    y = np.where(X @ np.array([2.0, -1.0, 0.5]) + noise > 0, 1.0, -1.0)

    def value(theta):
        margin = y * (X * theta[..., None, :]).sum(-1)
        return np.logaddexp(0, -margin).mean(-1) + 0.005 * np.square(theta).sum(-1)

    def grad(theta):
        margin = y * (X * theta[..., None, :]).sum(-1)
        weight = -y / (1 + np.exp(margin)) / len(y)
        return (weight[..., None] * X).sum(-2) + 0.01 * theta

    return Objective(value, grad, dim=3, start=np.full(3, -0.5))


#: The libraries get theta in its blocks: matrices of several shapes, and vectors.
GROUNDS = {
    "quadratic": shaped(landscapes.quadratic(np.geomspace(0.1, 10, 4))),
    "rosenbrock": shaped(landscapes.rosenbrock(5)),
    "moving valley": shaped(landscapes.moving_valley(period=150, radius=0.5, kappa=5)),
    "logistic": shaped(logistic()),
    "noise": Through(Noisy(landscapes.quadratic([1.0, 9.0]), 0.5, seed=1), shapes=[(2,)]),
    "matrices": matrices(),
}


def cut(J, theta) -> list:
    """The blocks of theta in their shapes."""
    ends = np.cumsum([math.prod(shape) for shape in J.shapes])[:-1]
    return [x.reshape(s) for x, s in zip(np.split(np.array(theta), ends), J.shapes, strict=True)]


def flat(parts) -> np.ndarray:
    """The blocks one after the other, a copy."""
    return np.concatenate([np.ravel(part) for part in parts])


class TorchClipNorm(registry.rules["ClipNorm"].make):
    """ClipNorm with the 1e-6 that torch adds to the norm."""

    def step(self, J, theta, state, t):
        def clip(g):
            length = np.sqrt(np.sum(g**2, axis=-1, keepdims=True))
            return g * np.minimum(self.norm / (length + 1e-6), 1)

        return self.rule.step(Seen(J, clip), theta, state, t)


class OptaxMuon(Muon):
    """Muon whose momentum is a corrected mean, with eps in its norm, as in optax."""

    def step_matrix(self, G, W, state, t):
        M = self.beta * state["M"] + (1 - self.beta) * G
        M_hat = M / (1 - power(self.beta, t + 1))
        O = papers.newton_schulz(M_hat, self.eps)
        scale = max(1, W.shape[-1] / W.shape[-2]) ** 0.5
        return W - self.lr * (scale * O + self.weight_decay * W), {"M": M}


#: What a library does differently although it has the call: the same rule with that difference.
ADAPTED = {("ClipNorm", "torch"): TorchClipNorm, ("Muon", "optax"): OptaxMuon}


def entry(rule):
    """What the registry knows of the rule, or of the one that it adapts."""
    names = [cls.__name__ for cls in type(rule).__mro__]
    return next(registry.rules[name] for name in names if name in registry.rules)


def layers(rule) -> list:
    """The wrappers from the outermost to the innermost, then the rule that they hold."""
    return [rule, *layers(rule.rule)] if isinstance(rule, Wrapper) else [rule]


def has(rule, library: str) -> bool:
    """Whether every layer has a call in that library."""
    return all(getattr(entry(part), library) for part in layers(rule))


def spelled(rule) -> list:
    """Name and numbers of every layer, to be written down: [["Clip", {...}], ["SGD", {...}]]."""
    return [
        [type(r).__name__, {k: v for k, v in r.fields().items() if k != "rule"}]
        for r in layers(rule)
    ]


def built(parts: list):
    """The rule that was spelled."""
    (name, fields), *rest = parts
    return registry.rules[name].make(**({"rule": built(rest)} if rest else {}), **fields)


def adapted(rule, library: str):
    """The rule with the library's known differences, on which the two must agree."""
    if isinstance(rule, Wrapper):
        rule = rule.having(rule=adapted(rule.rule, library))
    other = ADAPTED.get((type(rule).__name__, library))
    return other(**rule.fields()) if other else rule


def calm(rule, J, start, steps=STEPS) -> int:
    """How many steps the run takes before it is chaotic (see `chaos`)."""
    three = seen(rule, chaos.Shaken(J), np.stack([start] * 3), steps)
    wild = chaos.departures(three) > 1e-12
    return int(wild.argmax()) if wild.any() else steps + 1


def assert_near(ours, theirs, what="") -> None:
    """Relative difference of at most 1e-10, of coordinates that are not lost in a large theta."""
    scale = np.maximum(np.abs(theirs), 0.01 * np.abs(theirs).max(-1, keepdims=True) + 0.01)
    worst = (np.abs(ours - theirs) / scale).max()
    assert worst <= 1e-10, f"{what}: relative difference {worst:.1e}"


def seen(rule, J, start, steps=STEPS) -> np.ndarray:
    """Our run, (steps + 1, d), of what torch and optax iterate in place of theta."""
    theta, sees = np.array(start, dtype=float), entry(layers(rule)[-1]).sees
    return beside_torch.seen(sees, rule, J, theta, steps)


def in_torch(rule, J, start, steps=STEPS, call=None) -> np.ndarray:
    with beside_torch.doubles() as torch:
        return _in_torch(torch, rule, J, start, steps, call)


def _in_torch(torch, rule, J, start, steps, call) -> np.ndarray:
    *outer, inner = layers(rule)
    params = [torch.tensor(part, requires_grad=True) for part in cut(J, start)]
    names = {"params": params, **vars(torch.optim), **vars(torch.nn.utils)}
    names["optimizer"] = eval(call or entry(inner).torch, {**names, **inner.fields()})
    schedulers, clips = [], []
    for wrapper in outer:
        text, scope = entry(wrapper).torch, {**names, **wrapper.fields()}
        if hasattr(torch.nn.utils, text.split("(")[0]):
            clips.append((text, scope))
        else:
            schedulers.append(eval(text, {**scope, **vars(torch.optim.lr_scheduler)}))
    rows = [np.array(start)]
    for t in range(steps):
        here = rows[-1]
        for x, slope in zip(params, cut(J, J.at(t).grad(here)), strict=True):
            x.grad = torch.tensor(slope)
        for text, scope in clips:
            eval(text, scope)
        for scheduler in schedulers:
            scheduler.step(float(J.at(t)(here)))
        names["optimizer"].step()
        rows.append(flat(x.detach().numpy() for x in params))
    return np.array(rows)


def in_optax(rule, J, start, steps=STEPS, call=None) -> np.ndarray:
    jax, optax = importlib.import_module("jax"), importlib.import_module("optax")
    importlib.import_module("optax.contrib")
    importlib.import_module("optax.projections")
    *outer, inner = layers(rule)
    with jax.enable_x64(True):
        # else Adafactor keeps its memory in float32
        precise = {"adafactor": functools.partial(optax.adafactor, decay_rate=np.float64(0.8))}
        names = {**vars(optax), **precise}
        chain = [eval(call or entry(inner).optax, {**names, **inner.fields()})]
        boxes = []
        for wrapper in outer[::-1]:
            text, scope = entry(wrapper).optax, {**vars(optax), **wrapper.fields()}
            if "params" in text:
                boxes.append((text, scope))
            else:
                made = eval(text, scope)
                chain = [*chain, made] if "plateau" in text else [made, *chain]
        whole = optax.with_extra_args_support(optax.chain(*chain))

        @jax.jit
        def step(gradient, state, x, loss):
            change, state = whole.update(gradient, state, x, value=loss)
            x = optax.apply_updates(x, change)
            for text, scope in boxes:
                x = [eval(text, {**scope, "params": part}) for part in x]
            return state, x

        x = [jax.numpy.asarray(part) for part in cut(J, start)]
        state, rows = whole.init(x), [np.array(start)]
        for t in range(steps):
            now = J.at(t)
            state, x = step(cut(J, now.grad(rows[-1])), state, x, float(now(rows[-1])))
            rows.append(flat(x))
    return np.array(rows)


RUNNERS = {"torch": in_torch, "optax": in_optax}


def versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("numpy", "torch", "jax", "optax")}


#: Two settings of every rule: its defaults, and a large eps, so that a misplaced one shows.
#: Both are calm: near a minimum a small second moment makes a run chaotic.
SETTINGS = {
    "default": {"norm": 0.5, "value": 0.3, "low": -0.4, "high": 0.9},
    "large eps": {
        "lr": 0.02, "beta": 0.8, "beta1": 0.8, "beta2": 0.98, "eps": 0.1, "weight_decay": 0.1,
        "momentum_decay": 0.05, "norm": 0.5, "value": 0.3, "factor": 0.5, "patience": 5,
        "low": -0.4, "high": 0.9, "beta3": 0.95, "alpha": 2.0, "d0": 0.01, "gamma": 0.1,
    },
}  # fmt: skip

#: A rate at which a rule is still on its way after all steps: near a minimum, steps of a fixed
#: length make a run chaotic.
RATES = {"Muon": 0.002}


def made(name: str, setting: str, inner: str = "SGD"):
    """The rule of that name with this setting; a wrapper holds `inner`."""
    make, numbers = registry.rules[name].make, dict(SETTINGS[setting])
    if name in RATES:
        numbers["lr"] = RATES[name]
    fields = {k: v for k, v in numbers.items() if k in make.__dataclass_fields__}
    if issubclass(make, Wrapper):
        fields["rule"] = made(inner, setting)
    return make(**fields)


def cases() -> list:
    """(name, setting, inner) of everything that is compared."""
    return [
        (name, setting, inner)
        for name, known in registry.rules.items()
        for inner in (("SGD", "Adam") if known.kind == "wrapper" else ("",))
        for setting in SETTINGS
    ]
