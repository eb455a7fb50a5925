"""The checks of the chapter beyond AdamW: right answers pass; near misses, trivial rules do not."""

import numpy as np
import pytest
from helpers import readers_rule

from primer import SGD, SOAP, Adafactor, Adam, AdamW, MatrixRule, Momentum, Muon, Optimizer
from primer.exercise.beyond import (
    check_adafactor,
    check_average,
    check_round,
    check_rows,
    share_of_warmup,
    state_numbers,
)
from primer.exercise.judging import gradients
from primer.fields import leaves
from primer.hyper import Hyper

ENTRIES = 4096 * 1024
BYTES = {
    "AdamW": 2 * 4 * ENTRIES,
    "Muon": 4 * ENTRIES,
    "Adafactor": 4 * (4096 + 1024),
    "SOAP": 2 * 4 * (ENTRIES + 4096**2 + 1024**2),
}
SQUARES = sum(k**2 for k in range(1, 101)) / 100**2
SHARE = SQUARES / (SQUARES + 900)


class Raises:
    def __init__(self, **fields):
        raise RuntimeError("no")


def of_rows(name, update, others=lambda self: SGD().having(lr=self.lr), **more):
    """A rule of matrices with another step or another rule for vectors."""

    def step_matrix(self, G, W, state, t):
        return W - self.lr * update(G), state

    methods = {"step_matrix": step_matrix, "others": others, **more}
    kind = {"__annotations__": {"lr": Hyper}, "lr": 0.1, **methods}
    return readers_rule(type(name, (MatrixRule,), kind))


def unit(G, axis=-1):
    size = np.linalg.norm(G, axis=axis, keepdims=True)
    return G / np.where(size > 0, size, 1)


Rows = of_rows("Rows", unit)


@readers_rule
class ByHand(Optimizer):
    """Without the base class."""

    lr: Hyper = 0.1

    def step(self, J, theta, state, t):
        g, k = J.grad(theta).copy(), 0
        for shape in J.shapes:
            n = int(np.prod(shape))
            if len(shape) == 2:
                G = g[..., k : k + n].reshape(*g.shape[:-1], *shape)
                g[..., k : k + n] = unit(G).reshape(*g.shape[:-1], n)
            k += n
        return theta - self.lr * g, state


@pytest.mark.parametrize(
    "counts", [(6, 18), (6.0, 18.0), (np.int64(6), np.array(18)), (np.float32(6), 18)]
)
def test_the_rounds_are_accepted(counts):
    assert check_round(*counts).right


@pytest.mark.parametrize(
    ("quintic", "cubic", "told"),
    [
        (5, 18, "quintic: after 5 rounds it is 0.241"),
        (7, 18, "quintic: it exceeds 0.5 in an earlier round"),
        (6, 17, "cubic: after 17 rounds it is 0.463"),
        (6, 19, "cubic: it exceeds"),
        (18, 6, "quintic: it exceeds"),
        (5.59, 18, "whole number"),
        (6, 17.04, "whole number"),
        (0, 0, "too few"),
        (-6, 18, "whole number"),
        (10**9, 18, "whole number"),
        (6, np.inf, "cubic must be a number"),
        (6, np.nan, "cubic must be a number"),
        ("six", 18, "quintic must be a number"),
        (6, [18], "cubic must be a number"),
        ({}, 18, "quintic must be a number"),
        (6, Adam, "cubic must be a number"),
    ],
)
def test_another_number_of_rounds_is_told(quintic, cubic, told):
    found = check_round(quintic, cubic)
    assert not found.right
    assert told in found


@pytest.mark.parametrize(
    "answer",
    [
        BYTES,
        {name: float(n) for name, n in BYTES.items()},
        {name: np.int64(n) for name, n in reversed(BYTES.items())},
        BYTES | {"AdamW": 33.6e6},
    ],
)
def test_the_bytes_are_accepted(answer):
    assert check_adafactor(answer).right


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({name: n // 4 for name, n in BYTES.items()}, "how many numbers"),
        ({name: 2 * n for name, n in BYTES.items()}, "float64"),
        ({name: n / 1e6 for name, n in BYTES.items()}, "millions"),
        ({name: n / 2**20 for name, n in BYTES.items()}, "2²⁰"),
        (BYTES | {"AdamW": 3 * 4 * ENTRIES}, "AdamW"),
        (BYTES | {"Muon": 0}, "Muon"),
        (BYTES | {"Adafactor": 4 * 4096 * 2}, "Adafactor"),
        (BYTES | {"Adafactor": 4 * (ENTRIES + 4096 + 1024)}, "Adafactor"),
        (BYTES | {"SOAP": 4 * (2 * ENTRIES + 4096**2 + 1024**2)}, "SOAP"),
        (BYTES | {"SOAP": 8 * (4096**2 + 1024**2)}, "SOAP"),
        (BYTES | {"SOAP": 4 * 6 * ENTRIES}, "SOAP"),
        (BYTES | {"SOAP": None}, "SOAP must be a number"),
        (BYTES | {"SOAP": "much"}, "SOAP must be a number"),
        (BYTES | {"SOAP": np.nan}, "SOAP must be a number"),
        (BYTES | {"Lion": 4 * ENTRIES}, "keys"),
        ({}, "keys"),
        (list(BYTES.values()), "keys"),
        (set(BYTES), "keys"),
        (BYTES["AdamW"], "keys"),
        ("much", "keys"),
        (Adafactor, "keys"),
    ],
)
def test_other_bytes_are_told(answer, told):
    found = check_adafactor(answer)
    assert not found.right
    assert told in found


@pytest.mark.parametrize("rule", [AdamW(), Muon(), Adafactor(), SOAP()])
def test_the_numbers_of_a_state_are_those_that_a_rule_has(rule):
    make = rule.init_matrix if isinstance(rule, MatrixRule) else rule.init
    kept = sum(np.size(part) for _, part in leaves(make(np.ones((7, 3)))))
    assert state_numbers(7, 3)[type(rule).__name__] == kept


@pytest.mark.parametrize("answer", [SHARE, 0.0362, np.float32(SHARE), np.array(0.03623)])
def test_the_share_of_the_warmup_is_accepted(answer):
    assert check_average(answer).right


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (0.1, "plain mean"),
        (50.5 / 950.5, "weighed lr."),
        (SQUARES / 900, "all steps"),
        (100 * SHARE, "percent"),
        (3.62, "percent"),
        (1 - SHARE, "after the warm-up"),
        (100 / 3 / (100 / 3 + 900), "exactly"),
        (sum(k**2 for k in range(100)) / 100**2 / 933.835, "exactly"),
        (0.036, "exactly"),
        (0.0, "exactly"),
        (-SHARE, "exactly"),
        (SQUARES, "exactly"),
        (np.nan, "number"),
        ("few", "number"),
        ([SHARE], "number"),
        ({}, "number"),
        (lambda: SHARE, "number"),
    ],
)
def test_another_share_is_told(answer, told):
    found = check_average(answer)
    assert not found.right
    assert told in found


@pytest.mark.parametrize(("warmup", "steps"), [(1, 2), (10, 11), (100, 1000)])
def test_the_share_is_that_of_the_formula(warmup, steps):
    squares = sum(k**2 for k in range(1, warmup + 1)) / warmup**2
    assert np.isclose(share_of_warmup(warmup, steps), squares / (squares + steps - warmup))


def by_root(G):
    size = np.sqrt(np.sum(G**2, axis=-1, keepdims=True))
    return np.where(size > 0, G / np.where(size > 0, size, 1), 0)


@pytest.mark.parametrize(
    "make",
    [
        Rows,
        Rows(),
        lambda **fields: Rows(**fields),
        ByHand,
        of_rows("ByRoot", by_root),
        of_rows("WithEps", lambda G: G / (np.linalg.norm(G, axis=-1, keepdims=True) + 1e-12)),
        of_rows("Nan", lambda G: np.nan_to_num(G / np.linalg.norm(G, axis=-1, keepdims=True))),
        of_rows("WithState", unit, init_matrix=lambda self, W: {"M": 0 * W}),
    ],
)
def test_normalized_rows_are_accepted(make):
    told = check_rows(make)
    assert told.right, told


def no_lr(self, G, W, state, t):
    return W - 0.3 * unit(G), state


def with_memory(self, G, W, state, t):
    M = 0.9 * state["M"] + 0.1 * G
    return W - self.lr * unit(M), {"M": M}


def of_theta(self, G, W, state, t):
    return W - self.lr * unit(G + W), state


def decaying(self, G, W, state, t):
    return W - self.lr * unit(G) / (t + 1), state


def one_by_one(G):
    return np.stack([row / np.linalg.norm(row) if row.any() else row for row in G])


SAME = of_rows("Same", lambda G: G)
WRONG = [
    (SGD, "steps of SGD"),
    (SGD(), "steps of SGD"),
    (SAME, "steps of SGD"),
    (of_rows("Columns", lambda G: unit(G, -2)), "columns"),
    (of_rows("Axis0", lambda G: unit(G, 0)), "columns"),
    (of_rows("Whole", lambda G: unit(G, (-2, -1))), "whole matrix"),
    (of_rows("Uphill", lambda G: -unit(G)), "uphill"),
    (of_rows("Signs", np.sign), "signs"),
    (of_rows("Nothing", lambda G: 0 * G), "length 0 η"),
    (of_rows("Unguarded", lambda G: G / np.linalg.norm(G, axis=-1, keepdims=True)), "zeros"),
    (of_rows("LargeEps", lambda G: G / (np.linalg.norm(G, axis=-1, keepdims=True) + 0.1)), "η"),
    (of_rows("Mean", lambda G: G / np.sqrt(np.mean(G**2, -1, keepdims=True))), "1.414 η"),
    (of_rows("Sum", lambda G: G / np.abs(G).sum(-1, keepdims=True)), "not η"),
    (of_rows("Squares", lambda G: G / (G**2).sum(-1, keepdims=True)), "not η"),
    (of_rows("Largest", lambda G: G / np.abs(G).max(-1, keepdims=True)), "not η"),
    (of_rows("Turned", lambda G: unit(G[..., ::-1])), "direction"),
    (of_rows("Axis1", lambda G: unit(G, 1)), "batch"),
    (of_rows("RowByRow", one_by_one), "batch"),
    (of_rows("NoRate", unit, step_matrix=no_lr), "ignores lr"),
    (of_rows("OfTheta", unit, step_matrix=of_theta), "earlier gradients"),
    (of_rows("Decaying", unit, step_matrix=decaying), "earlier gradients"),
    (of_rows("Infinite", lambda G: G / 0), "not finite"),
    (
        of_rows("Memory", unit, step_matrix=with_memory, init_matrix=lambda self, W: {"M": 0 * W}),
        "earlier gradients",
    ),
    (of_rows("DefaultRate", unit, others=lambda self: SGD(lr=0.1)), "`others`"),
    (of_rows("AdamToo", unit, others=lambda self: Adam().having(lr=self.lr)), "`others`"),
    (of_rows("NoRule", unit, others=lambda self: None), "AttributeError"),
    (of_rows("ThreeRows", lambda G: unit(G) * np.ones((3, 1))), "Not yet"),
    (of_rows("ThreeByTwo", lambda G: unit(G) * (1 + (G.shape[-2:] != (3, 2)))), "(2, 3)"),
    (of_rows("Text", lambda G: "rows"), "Not yet"),
    (of_rows("Short", lambda G: unit(G)[..., :1, :]), "Not yet"),
    (Muon, "earlier gradients"),
    (Momentum, "earlier gradients"),
    (Adam, "earlier gradients"),
    (Adafactor, "earlier gradients"),
    (MatrixRule, "TypeError"),
    (Raises, "RuntimeError"),
    (unit, "TypeError"),
    ("Rows", "TypeError"),
    (3, "TypeError"),
    (np.nan, "TypeError"),
    ([Rows], "TypeError"),
    (dict, "MatrixRule"),
    (lambda **fields: None, "MatrixRule"),
]


def shown(part):
    """A part of a test's name, alike in every process."""
    return part if isinstance(part, str) else getattr(part, "__name__", type(part).__name__)


@pytest.mark.parametrize(("make", "told"), WRONG, ids=shown)
def test_a_rule_that_does_not_normalize_rows_is_told(make, told):
    found = check_rows(make)
    assert not found.right
    assert told in found


def test_a_rule_without_one_for_vectors_is_told():
    class Half(Rows):
        def others(self):
            return MatrixRule.others(self)

    assert "no rule for vectors" in check_rows(Half)


def test_the_gradients_that_judge_have_no_row_of_zeros_of_their_own():
    assert gradients(6).all()


@pytest.mark.parametrize(
    "found",
    [
        check_round(None, None),
        check_round(6, None),
        check_adafactor(None),
        check_average(None),
        check_rows(None),
    ],
)
def test_nothing_given_is_neither_right_nor_wrong(found):
    assert found == "Not answered yet."
