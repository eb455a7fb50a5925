"""Rules that nobody wrote: small random steps, as source text, for tests of the equation."""

import re

import numpy as np
from hypothesis import strategies as st

import primer
from primer import Optimizer
from primer.registry import _frozen
from primer.rules.wrappers import Wrapper

FIELDS = ["lr", "beta", "beta1", "rho", "final_rate", "weight_decay", "momentum", "k2", "lam"]
STATES = ["m", "v", "x_old", "v_max", "beta2", "mu"]
LOCALS = [
    "g", "m", "v", "theta", "t", "m_hat", "g_inf", "beta1", "x1", "t_new", "lambda_", "J_loss",
    "v_max", "_", "d", "_m", "x_old", "I", "m_new", "v_next", "mu_next", "theta_new", "é", "β",
    "x_1", "step2", "very_long_name", "m_tilde", "i", "out_2_b",
]  # fmt: skip

#: What an expression may be, by its kind: a number of one axis "s", a vector "v", a matrix "M", a
#: condition "c". In angle brackets stand parts of some kind, a capital one for a leaf.
SHAPES = {
    "s": [
        "(<s> + <s>)", "(<s> * <s>)", "-<s>", "np.sum(<v> * <v>, axis=-1, keepdims=True)",
        "<v>[..., :1]", "np.sqrt(np.sum(<v>**2, axis=-1, keepdims=True))", "(t % 3 + <s>)",
        "J<v>[..., None]", "np.exp(-np.abs(<s>))", "(0.9 ** (t + 1) - <s>)", "<v>[..., 1:2]",
        "np.where(<s> > <S>, <S>, <s>)", "(<s> / (1 + np.abs(<s>)))", "<v>[..., -1:]",
        "(<S> - (<s> - <S>))", "(<s> // 2)", "2.0 ** (t % 4)", "power(0.9, t % 4 + 1)",
        "np.sum(<v>, axis=-1, keepdims=True) / theta.shape[-1]", "<S> * (t % 4)",
    ],
    "c": [
        "(<c> & <c>)", "(<c> | <c>)", "~<c>", "np.isfinite(<V>)", "(<V> < <v>)", "(<V> >= <S>)",
        "((<V> > 0) == (<V> < <S>))", "(<V> != <S>)",
    ],
    "v": [
        "(<v> + <v>)", "(<v> - <v>)", "<v> * <v>", "(<s> * <v>)", "-<v>", "<v>**2",
        "(<v> / (1 + np.abs<v>))", "J.grad(np.tanh<v>)", "np.sqrt(np.abs<v>)",
        "np.where(<c>, <v>, <v>)", "np.maximum(<v>, <v>)", "np.minimum(<v>, <s>)", "<c> * <v>",
        "np.sign<v>", "np.abs<v>**0.5", "(<v>**2)**2", "<v>**-1", "<v>[..., ::-1]",
        "(<M> @ <v>[..., None])[..., 0]", "np.abs<v>**<s>", "(<V> - (<v> - <V>))",
        "np.concatenate([<v>[..., :1], <v>[..., 1:]], axis=-1)", "2.0 ** np.tanh<v>",
        "np.sum(<M> * <v>[..., None, :], axis=-1)", "(<s> + <v>) * (<v> + <s>)",
        "np.broadcast_to(<s>, theta.shape) * <v>", "np.ones_like(theta) * <s>",
        "np.stack([<M>[..., k, k] for k in range(theta.shape[-1])], axis=-1)",
        "(<V>[..., None, :] @ <M>)[..., 0, :]", "np.linalg.solve(<SPD>, <v>[..., None])[..., 0]",
    ],
    "M": [
        "(<M> + <M>)", "(<M> - <M>)", "(<M> @ <M>)", "<v>[..., :, None] * <v>[..., None, :]",
        "np.swapaxes(<M>, -1, -2)", "<S> * np.eye(theta.shape[-1])", "-<M>", "(<M> * <M>)",
        "(<M> / (1 + t))", "<v>[..., :, None] * <M>", "J.hess(np.tanh<v>)",
        "np.where(<S> > <S>, <M>, <M>)", "<S> * <M>",
    ],
}  # fmt: skip
LEAVES = {
    "c": ["(<V> < <V>)", "(<V> > <S>)"], "M": ["np.eye(theta.shape[-1])", "J.hess(theta)"],
    "s": ["t", "theta.shape[-1]", "2", "3.0", "0.25", "1e-3", "(-1.5)", "1 / 3"],
    "v": [],
}  # fmt: skip
SPD = "(J.hess(0 * theta) + 9 * np.eye(theta.shape[-1]))"


class Writer:
    """Draws expressions over the names bound so far."""

    def __init__(self, draw, scalars, vectors) -> None:
        self.draw, self.known = draw, {"s": list(scalars), "v": list(vectors), "M": [], "c": []}

    def bind(self, name: str, kind: str) -> None:
        for names in self.known.values():
            names[:] = [n for n in names if n != name]
        self.known[kind].append(name)

    def expression(self, kind: str, depth: int) -> str:
        leaves = self.known[kind] * 3 + LEAVES[kind]
        shape = self.draw(st.sampled_from(SHAPES[kind] if depth > 0 else leaves))

        def part(match) -> str:
            kind, leaf = match[1].lower(), match[1] in "SVC"
            inner = self.expression("M" if kind == "m" else kind, 0 if leaf else depth - 1)
            return inner if leaf else f"({inner})"

        return re.sub(r"<([svcMSVC])>", part, shape.replace("<SPD>", SPD))


@st.composite
def sources(draw, held: bool = False) -> dict:
    """Fields, states and the lines of a step; `held` for one around another rule."""
    fields = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True))
    states = draw(st.lists(st.sampled_from(STATES), max_size=2, unique=True))
    writer = Writer(
        draw,
        [f"self.{name}" for name in fields],
        ["theta", *["new"] * held, *(f'state["{name}"]' for name in states)],
    )
    lines = ["new, inner = self.rule.step(J, theta, state['rule'], t)"] if held else []
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(LOCALS))
        kind = {"theta": "v", "t": "s"}.get(name) or draw(st.sampled_from("vvvsMc"))
        value = "t + 1" if name == "t" else writer.expression(kind, draw(st.integers(1, 3)))
        lines.append(f"{name} = {value}")
        writer.bind(name, kind)
    if "theta" not in writer.known["v"]:
        writer.bind("theta", "v")
    kept = [f'"{name}": np.tanh({writer.expression("v", 1)})' for name in states]
    plain = [f'"{name}": {draw(st.sampled_from(writer.known["v"]))}' for name in states]
    chosen = [draw(st.sampled_from(pair)) for pair in zip(kept, plain, strict=True)]
    inside = ['"rule": inner'] * held
    lines.append(f"return {writer.expression('v', 1)}, {{{', '.join([*inside, *chosen])}}}")
    values = {name: draw(st.sampled_from([0.5, 0.25, 0.9])) for name in fields}
    return {"fields": values, "states": states, "lines": lines, "held": held}


def text(source: dict) -> str:
    """The source as a reader of a failing test wants to see it."""
    return "\n".join(
        ["def step(self, J, theta, state, t):", *("    " + x for x in source["lines"])]
    )


def made(source: dict, inner: Optimizer | None = None) -> Optimizer:
    """The rule of a source, around `inner` if it is one that holds a rule; not registered."""
    space = {"np": np, "power": primer.power}
    exec(text(source), space)

    def init(self, theta):
        own = dict.fromkeys(source["states"], 0 * theta + 0.5)
        return {"rule": self.rule.init(theta), **own} if source["held"] else own

    names = [*["rule"] * source["held"], *source["fields"]]
    body = {"__annotations__": dict.fromkeys(names, object), "step": space["step"], "init": init}
    base, name = (Wrapper, "Around") if source["held"] else (Optimizer, "Invented")
    held = {"rule": inner} if source["held"] else {}
    return _frozen(type(name, (base,), body))(**held, **source["fields"])
