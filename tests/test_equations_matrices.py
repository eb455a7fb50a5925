"""Equations of rules for matrices: what is printed, what is refused, what stands beside them."""

import numpy as np
import pytest
from helpers import lively, matrices
from latex_reader import lines
from test_equations import MATRICES, agrees, slopes, toy

from primer import (
    Clip,
    Curve,
    Slider,
    TraceError,
    card,
    explore,
    javascript,
    landscapes,
    latex,
    registry,
)
from primer.derived.card import state_per_parameter
from primer.derived.latex import legend
from primer.explorer.model import locals_of
from primer.registry import _frozen
from primer.rules.matrices import MatrixRule, blocks, transposed
from primer.rules.written import written

RULES = [n for n, e in registry.rules.items() if issubclass(e.make, MatrixRule)]
every_matrix_rule = pytest.mark.parametrize("name", RULES)


def made(step, states=("M",), **fields):
    """A rule for matrices with this step_matrix; every state starts at 0, like W."""

    def init_matrix(self, W):
        return dict.fromkeys(states, 0 * W)

    names = {"lr": 0.1, "beta": 0.9, **fields}
    body = {"__annotations__": dict.fromkeys(names, object), **names, "step_matrix": step}
    body |= {"init_matrix": init_matrix, "others": lambda self: registry.rules["SGD"].make()}
    return _frozen(type("Toy", (MatrixRule,), body))()


def moved(value):
    """A step_matrix that subtracts this function of self, G and W from W."""
    return made(lambda self, G, W, state, t: (W - value(self, G, W), {}), ())


def test_muon_and_shampoo_are_printed_as_their_papers_print_them():
    assert (
        latex(registry.rules["Muon"].make)
        == r"""\begin{aligned}
G_t &= \nabla J(W_t) \\
M_t &= \beta\,M_{t-1} + G_t \\
O_t &= \operatorname{NS}_5(M_t) \\
\mathrm{scale} &= \sqrt{\max\left(1, \frac{n}{m}\right)} \\
W_{t+1} &= W_t - \eta\,(\mathrm{scale}\,O_t + \lambda\,W_t)
\end{aligned}"""
    )
    assert dict(lines(latex(registry.rules["Shampoo"].make))) == {
        "G_{t}": r"\nabla J(W_t)",
        "L_{t}": r"L_{t-1} + G_t\,G_t^\top",
        "R_{t}": r"R_{t-1} + G_t^\top\,G_t",
        r"\mathrm{step}_{t}": r"L_t^{-1/4}\,G_t\,R_t^{-1/4}",
        "W_{t+1}": r"W_t - \eta\,\mathrm{step}_t",
    }


@every_matrix_rule
def test_the_gradient_comes_first_and_the_legend_tells_rows_and_columns(name):
    block, letters = latex(registry.rules[name].make), legend(registry.rules[name].make)
    assert ("G_{t}", r"\nabla J(W_t)") in lines(block)[:2]
    sides = {key: letters[key] for key in ("rows", "cols") if key in letters}
    assert bool(sides) == any(word in block for word in (r"{n}", r"\,n", r"\mathbf{1}_n"))


#: A wrong equation of a rule: what stands in it, and what is put there instead.
WRONG = [
    ("Muon", r"\operatorname{NS}_5", r"\operatorname{NS}_4"),
    ("Muon", r"\frac{n}{m}", r"\frac{m}{n}"),
    ("Shampoo", r"L_t^{-1/4}", r"L_t^{-1/2}"),
    ("Shampoo", r"L_{t-1} + G_t\,G_t^\top", r"L_{t-1} + G_t^\top\,G_t"),
    ("Adafactor", r"G_t \odot G_t + \varepsilon_1", r"G_t \odot G_t"),
    ("Adafactor", r"R_t C_t^\top", r"R_{t-1} C_t^\top"),
    ("Adafactor", r"S_t\,\mathbf{1}_n", r"S_t^\top\,\mathbf{1}_m"),
    ("Adafactor", r"\lVert W_t \rVert_F^2", r"\lVert W_t \rVert_F"),
    ("SOAP", r"\,N_t\,", r"\,\tilde{M}_t\,"),
    ("SOAP", r"K_t \odot K_t", r"G_t \odot G_t"),
    ("SOAP", r"\operatorname{qr}(R_t, Q_{\mathrm{R},t-1})", r"Q_{\mathrm{R},t-1}"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), WRONG)
def test_a_wrong_equation_would_be_noticed(name, right, wrong):
    rule = lively(name, **({"eps1": 0.1} if name == "Adafactor" else {}))
    block = latex(rule)
    assert right in block
    agrees(rule, slopes((4, 3)), MATRICES[4, 3], block, steps=12)
    with pytest.raises((AssertionError, ValueError)):
        agrees(rule, slopes((4, 3)), MATRICES[4, 3], block.replace(right, wrong), steps=12)


#: What stands for the step when it is this function of self, G and W.
SAYS = {
    r"\frac{G_t}{\sqrt{W_t \odot W_t} + \varepsilon}": lambda s, G, W: G / (np.sqrt(W**2) + s.eps),
    r"\operatorname{sign}(G_t)": lambda s, G, W: np.sign(G),
    r"(\left|G_t\right| \odot W_t)": lambda s, G, W: np.abs(G) * W,
    r"\max(G_t, \varepsilon)": lambda s, G, W: np.maximum(G, s.eps),
    r"(G_t \odot G_t + 1)^{\odot 0.25}": lambda s, G, W: (G**2 + 1) ** 0.25,
    r"G_t\,G_t^\top\,W_t": lambda s, G, W: G @ transposed(G) @ W,
    r"\frac{G_t}{\lVert G_t \rVert_F}": lambda s, G, W: (
        G / np.sqrt(np.sum(G**2, axis=(-2, -1), keepdims=True))
    ),
    r"\operatorname{diag}(G_t\,\mathbf{1}_n)\,W_t": lambda s, G, W: (
        np.sum(G, axis=-1, keepdims=True) * W
    ),
    r"W_t\,\operatorname{diag}(G_t^\top\,\mathbf{1}_m)": lambda s, G, W: (
        np.sum(G, axis=-2, keepdims=True) * W
    ),
    r"\left(G_t - \mathbf{1}_m \left(\frac{G_t^\top\,\mathbf{1}_m}{m}\right)^\top\right)": (
        lambda s, G, W: G - np.mean(G, axis=-2, keepdims=True)
    ),
    r"\frac{G_t}{G_t\,\mathbf{1}_n \mathbf{1}_n^\top}": lambda s, G, W: (
        G / np.sum(G, axis=-1, keepdims=True)
    ),
    r"\mathbf{1}_m^\top\,G_t\,\mathbf{1}_n\,W_t": lambda s, G, W: (
        np.sum(G, axis=(-2, -1), keepdims=True) * W
    ),
    r"(G_t\,G_t^\top + \varepsilon\,I)^{-1}\,W_t": lambda s, G, W: np.linalg.solve(
        G @ transposed(G) + s.eps * np.eye(W.shape[-2]), W
    ),
    r"\left(\begin{cases} G_t & \text{if } G_t > W_t \\ 0 & \text{otherwise} \end{cases}\right)": (
        lambda s, G, W: np.where(G > W, G, 0)
    ),
    r"\frac{m\,G_t}{n}": lambda s, G, W: W.shape[-2] * G / W.shape[-1],
}


@pytest.mark.parametrize("text", SAYS)
def test_what_a_step_does_is_what_its_equation_says(text):
    step = SAYS[text]
    rule = made(lambda self, G, W, state, t: (W - self.lr * step(self, G, W), {}), (), eps=0.1)
    block = latex(rule)
    assert dict(lines(block))["W_{t+1}"] == rf"W_t - \eta\,{text}"
    for shape, start in MATRICES.items():
        agrees(rule, slopes(shape), start, block, steps=3)


@pytest.mark.parametrize(
    ("step", "message"),
    {
        "an eigenbasis": (lambda s, G, W: np.linalg.eigh(G @ transposed(G))[1] @ W, "written"),
        "tall apart": (lambda s, G, W: G if W.shape[-2] > W.shape[-1] else 2 * G, "np.where"),
        "one size apart": (lambda s, G, W: G * 2 if int(W.shape[-2]) == 11 else G, "another one"),
        "a power of entries": (lambda s, G, W: np.abs(G) ** W, "exponent"),
    }.values(),
)
def test_what_has_no_notation_is_refused(step, message):
    with pytest.raises(TraceError, match=message):
        latex(moved(step))


@every_matrix_rule
def test_a_rule_around_a_rule_for_matrices_has_no_equation_and_says_so(name):
    around = Clip(registry.rules[name].make(), norm=1.0)
    with pytest.raises(TraceError, match=rf"around {name}.*such as latex\({name}\(\)\)"):
        latex(around)
    assert f"around {name}" in card(around)


def test_a_step_that_reads_shapes_is_told_what_to_write():
    def looped(self, J, theta, state, t):
        parts = [theta[..., : shape[0]] for shape in J.shapes]
        return np.concatenate(parts, axis=-1), {}

    def cut(self, J, theta, state, t):
        return theta * len(blocks(self, J, theta)), {}

    with pytest.raises(TraceError, match=r"J\.shapes.*MatrixRule.*written"):
        latex(toy(looped))
    with pytest.raises(TraceError, match=r"shapes must be given"):
        latex(toy(cut))
    assert "(No equation: shapes" in card(toy(cut))


def test_rows_and_columns_have_letters_that_mean_nothing_else():
    def step(self, G, W, state, t):
        m = self.beta * state["m"] + G * W.shape[-2]
        return W - m / W.shape[-1], {"m": m}

    rule = made(step, ("m",))
    assert lines(latex(rule))[1:] == [
        ("m_{t}", r"\beta\,m_{t-1} + G_t\,p"),
        ("W_{t+1}", r"W_t - \frac{m_t}{q}"),
    ]
    assert {"rows": "p", "cols": "q"}.items() <= legend(rule).items()
    agrees(rule, slopes((4, 3)), MATRICES[4, 3], latex(rule))


@written(r"\operatorname{half}(#1)^{-#2}")
def halved(M, count):
    return M / 2**count


@written(r"#1^{\circ}")
def ringed(M):
    return M / 2


def test_a_function_is_printed_as_it_says_and_computes_what_its_code_says():
    rule = moved(lambda s, G, W: halved(G + W, s.lr) @ transposed(ringed(G - W)) @ ringed(W))
    assert dict(lines(latex(rule)))["W_{t+1}"] == (
        r"W_t - \operatorname{half}(G_t + W_t)^{-\eta}\,((G_t - W_t)^{\circ})^\top\,W_t^{\circ}"
    )
    assert halved(np.ones(2), 1).tolist() == [0.5, 0.5]
    J = matrices()
    plain = moved(lambda s, G, W: G / 2)
    assert javascript(moved(lambda s, G, W: ringed(G)), J) == javascript(plain, J)


def test_functions_without_code_for_a_page_say_which():
    unregistered = type("Mine", (registry.rules["Shampoo"].make,), {})
    with pytest.raises(TraceError, match="inverse_fourth_root has no code for a page: np.eigh"):
        javascript(unregistered(), matrices())


def test_the_card_tells_what_happens_to_the_other_blocks():
    assert "for every other block `AdamW`." in card(registry.rules["Muon"].make)
    assert "for every other block `SGD`." in card(moved(lambda s, G, W: G))
    assert "taken for a matrix of one row." in card(registry.rules["Adafactor"].make)


def test_state_per_parameter_is_that_of_a_matrix():
    told = {name: state_per_parameter(registry.rules[name].make()) for name in RULES}
    assert told["Muon"] == "1 number per parameter of a 100 x 100 matrix (M: m x n)"
    assert told["Adafactor"] == (
        "0.02 numbers per parameter of a 100 x 100 matrix (R: m x 1, C: 1 x n)"
    )
    assert state_per_parameter(Clip(registry.rules["Muon"].make(), norm=1.0)) == told["Muon"]


def test_an_explorer_shows_the_state_of_a_matrix():
    muon = registry.rules["Muon"].make(lr=Slider(0.01, 1.0, 0.1, log=True))
    assert {"G", "M", "O", "scale"} <= locals_of(muon)
    shown = explore(muon, on=matrices(), steps=5, views=["loss", "state", Curve("turned", "O")])
    page = shown._repr_mimebundle_()["text/html"]
    assert "turned" in page
    with pytest.raises(ValueError, match="shapes must be given for Muon"):
        explore(muon, on=landscapes.rosenbrock(), steps=5, views=["state"])


def test_lamb_is_printed_with_the_norm_of_a_block():
    assert dict(lines(latex(registry.rules["LAMB"].make)))[r"\mathrm{length}_{t}"] == (
        r"\lVert r_t \rVert_{\mathrm{block}}"
    )
