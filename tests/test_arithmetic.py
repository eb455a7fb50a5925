"""The page's arithmetic is NumPy's, operation by operation, to the sign of zero and NaN.

Every operation is tried on all pairs of special values, whole numbers and truth values, and on
random expressions of them. Operations that IEEE 754 does not round (exp, real powers) are compared
to 1e-14.
"""

import contextlib
import dataclasses
import json
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from helpers import node
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pages import RUNTIME

from primer import Objective, Optimizer, Table, TraceError, power
from primer.derived.javascript import program
from primer.exact import scaled_power

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -7.3, 3.0, 1e308, -1e-320, np.inf, -np.inf, np.nan]
PAIRS = np.array(list(product(SPECIAL, SPECIAL)))
COUNTS = np.array(list(product(range(-3, 4), range(-3, 4))))
FLAT = Objective(lambda th: 0 * th[..., 0], lambda th: 0 * th, dim=1)


@dataclasses.dataclass(frozen=True, eq=False)
class Calculator(Optimizer):
    """Leaves theta where it is and keeps f(a, b, i, j, t) in the state: all pairs at once."""

    f: object = None

    def init(self, theta):
        return {"result": np.zeros(self.f.shape)}

    def step(self, J, theta, state, t):
        a, b = (table[t] for table in self.f.tables)
        i, j = (t + column for column in self.f.counts)
        return theta, {"result": self.f.function(a, b, i, j, t)}


class Expression:
    """A function of floats a and b, whole numbers i and j, and the step t."""

    def __init__(self, text, pairs=PAIRS, counts=COUNTS):
        self.text = text
        self.function = eval(f"lambda a, b, i, j, t: {text}", {"np": np, "power": power})
        self.tables = [Table(column[None]) for column in pairs.T]
        self.counts = counts.T
        self.shape = self.numpy().shape

    def numpy(self):
        with np.errstate(all="ignore"):
            a, b = (table[0] for table in self.tables)
            return np.asarray(self.function(a, b, *(0 + n for n in self.counts), 0))


def in_page(expressions, folder):
    """The number of every expression, by one process of node."""
    jobs = []
    for expression in expressions:
        with np.errstate(all="ignore"):
            made = program(Calculator(f=expression), FLAT)
        one = {"h": [], "start": [0.0]}
        jobs.append({"source": made.source, "steps": 1, "s": len(made.state), "runs": [one]})
    files = folder / "jobs.json", folder / "results.bin"
    files[0].write_text(json.dumps(jobs))
    script = Path(__file__).parent / "exactness.mjs"
    subprocess.run([node(), script, RUNTIME, *files], check=True, timeout=60)
    numbers, found = np.fromfile(files[1], "<f8"), []
    for job in jobs:
        found.append(numbers[5 : 5 + job["s"]])
        numbers = numbers[5 + job["s"] :]
    assert not numbers.size
    return found


def same(page, numpy, rtol=0.0):
    """Where two arrays hold the same number, the sign of zero included."""
    numpy = np.ravel(numpy).astype(float)
    with np.errstate(all="ignore"):
        near = np.abs(page - numpy) <= rtol * np.abs(numpy)
        equal = (page == numpy) & (np.signbit(page) == np.signbit(numpy))
    return equal | near & (rtol > 0) & (numpy != 0) | np.isnan(page) & np.isnan(numpy)


def assert_same(expressions, folder, rtol=0.0):
    for expression, page in zip(expressions, in_page(expressions, folder), strict=True):
        numpy = expression.numpy()
        bad = ~same(page, numpy, rtol)
        assert not bad.any(), (
            f"{expression.text}: {page[bad][:3]} in the page, {np.ravel(numpy)[bad][:3]} in NumPy "
            f"at {np.flatnonzero(bad)[:3]}"
        )


EXACT = """
a + b | a - b | a * b | a / b | a % b | a // b | -a | abs(a) | +a | np.square(a) | np.sqrt(a)
np.maximum(a, b) | np.minimum(a, b) | np.sign(a) | np.floor(a) | np.ceil(a) | np.copysign(a, b)
np.remainder(a, b) | np.floor_divide(b, a) | a % 3 | a // 3 | a % -2.5 | 7 // a | -3 % a
a < b | a <= b | a > b | a >= b | a == b | a != b | np.isfinite(a) | np.isnan(a) | np.isinf(a)
np.where(a, 1.0, 2.0) | np.where(a > b, a, b) | np.where(np.isfinite(a) == 1, a, b)
np.logical_and(a, b) | np.logical_or(a, b) | np.logical_not(a) | np.logical_xor(a, b)
np.clip(a, b, 2.0) | np.clip(a, -0.0, b) | np.clip(a, 0.0, None) | np.clip(a, None, b)
a**2 | a**0 | a**1 | a**-1 | a**0.5 | a**-0.0 | a**2.0
(a > 0) + (b > 0) | (a > 0) * (b > 0) | (a > 0) * b | a - (b > 0) | (a > 0) + 1 | 2 * (a > 0)
(a > 0) == 1 | (a > 0) != (b > 0) | (a > 0) == b | ~(a > 0) | (a > 0) & (b > 0) | (a > 0) | (b > 0)
(a > 0) ^ (b > 0) | (a > 0) | 2 | (a > 0) & 3 | (a > 0) / (b > 0) | (a > 0) // (b > 0)
(a > 0) % (b > 0) | (a > 0) ** 2 | (a > 0) ** (b > 0) | np.maximum(a > 0, b > 0) | abs(a > 0)
np.minimum(a > 0, b > 0) | np.maximum(a > 0, b) | np.square(a > 0) | (a > 0) < (b > 0)
(a > 0).sum() | (a > b).any() | (a > b).all() | np.all(a == a) | np.any(a) | (a > 0).mean()
(a > 0).astype(float) * b | (a > 0).astype(int) - 1 | a.astype(bool) | a.astype(bool) + (b > 0)
np.where(a > 0, True, b > 0) + (b < 0) | np.where(a > 0, True, 2.5) | np.where(a > 0, 1, b > 0)
np.stack([a > 0, b]) | np.stack([a > 0, b > 0]) + (a > 0) | np.where(np.stack([a > 0, b]), 1, 2)
(a > 0) + True | (a > 0) * True | (a > 0) + np.True_ | (a > 0) & True | (a > 0) + 1.0
(t > -1) + (t > -2) + a | (t > -1) * a | np.where((t > -1) - (t > -2), a, b) | -(t > -1) * a
~(t > -1) + a | ((t > -1) & (a > 0)) + 1 | (t > -1) + (a > 0) | np.where(~(t > -1), a, b)
i + j | i - j | i * j | i / j | i // j | i % j | -i | abs(i) | np.sign(i) | i == j | i < j | ~i
i & j | i | j | i ^ j | i * 0 * -1 | 1 / (i * 0 * -1 + 0.0) | -(i * 0) / 1.0 | i % -2 | i // -2
np.maximum(i, j) | np.where(i, j, 0.5) | i**2 | i**3 | (i > 0) + j | i | (j > 0) | np.square(i)
i * 0.5 % j | (t + 1) // 0.1 + 0 * i | (t + 5) % 3 + i | 2.0**(t - 5) * i | (t + 3)**-1 * i
(t + 7) / 2 * i | -(t * 0) / 1.0 + 0 * i | i // 2 * 2 == i | np.floor(i) | i / 0 | (1 - i) % 0.3
np.max(a) | np.min(b) | np.max(i) | np.max(a[:6]) | np.min(a[:9]) | np.max(np.stack([a, b]), axis=0)
np.prod(i[:5]) | a[3:7].mean() | np.mean(np.stack([a, b]), axis=0) | np.zeros_like(a) - 0.0
np.full_like(a, b) | np.ones_like(a > 0) + (a > 0) | np.zeros_like(a, dtype=bool) + (a > 0)
np.full_like(a > 0, 2) + (b > 0) | a.copy() | a[:3].dot(b[2])
a[:4].reshape((2, 2)).swapaxes(0, 1) | np.squeeze(a[:1, None])
np.sum(np.stack([a, b]), axis=0) | np.sum(a[:2] * 0) | np.sum(-a[:1]) | np.sum(0 * -abs(a[:8]))
power(a, 0) | power(a, 1) | power(a, 2) | power(a, 3) | power(b, 1000) | power(a, t + 5)
a**(t - 1) | 1.0**a | np.power(-1.0, a) + 0 * b | a.clip(0.0, 1.0) | np.outer(a[2:5], b[:3])
"""
NEAR = """
a**b | a**3 | a**-12 | a**-2 | a**2.5 | 2.0**a | np.power(a, b) | np.power(0.5, b) | abs(a)**b
np.exp(a) | np.log(a) | np.cos(a) | np.sin(a) | np.tanh(a) | np.expm1(a) | np.log1p(a)
np.log2(a) | np.log10(a) | np.cbrt(a) | np.hypot(a, b) | np.sinh(a) | np.cosh(a) | np.tan(a)
np.exp(i) | 2.0**i | 1.5**i | (t + 2)**i * 1.0 if False else 2.5**j
"""


def listed(text):
    """The expressions of a text; a bar between two spaces parts them, unless it is bitwise."""
    found = []
    for line in text.strip().splitlines():
        for part in line.split(" | "):
            lonely = found and (part in ("j", "2", "(b > 0)", "(j > 0)"))
            found[-1:] = [f"{found[-1]} | {part}"] if lonely else [*found[-1:], part]
    return [Expression(part) for part in found]


def test_every_operation_on_special_values_is_numpys(tmp_path):
    assert_same(listed(EXACT), tmp_path)
    assert_same(listed(NEAR), tmp_path, rtol=1e-14)


@pytest.mark.parametrize(
    "text", ["(a > 0) - (b > 0)", "-(a > 0)", "np.sign(a > 0)", "a & b", "~a", "a | 1", "i**-1"]
)
def test_what_numpy_refuses_is_refused_with_its_sentence(text):
    with pytest.raises((TypeError, ValueError)):
        Expression(text)
    with pytest.raises(TraceError, match=r"cannot be traced here|negative powers"):
        program(Calculator(f=Refused(text)), FLAT)


class Refused(Expression):
    shape = (1,)

    def numpy(self):
        return np.zeros(1)


LEAVES = ["t", "0.5", "-2", "3", "True", "-0.0"]
ONE = ["-{}", "abs({})", "~{}", "np.sign({})", "np.sqrt({})", "np.floor({})", "np.square({})",
       "np.logical_not({})", "np.isfinite({})"]  # fmt: skip
TWO = ["{} + {}", "{} - {}", "{} * {}", "{} / {}", "{} % {}", "{} // {}", "{} < {}", "{} == {}",
       "{} & {}", "{} | {}", "np.maximum({}, {})", "np.minimum({}, {})", "np.logical_and({}, {})",
       "np.where({}, {}, 1.5)"]  # fmt: skip


def grown(leaves):
    """Texts of expressions of these variables."""
    return st.recursive(
        st.sampled_from([*leaves, *leaves, *LEAVES]),
        lambda inner: st.one_of(
            st.builds(lambda f, x: f"({f.format(x)})", st.sampled_from(ONE), inner),
            st.builds(lambda f, x, y: f"({f.format(x, y)})", st.sampled_from(TWO), inner, inner),
        ),
        max_leaves=6,
    )


FEW = np.array([(0.0, -0.0), (2.5, -7.3), (-1.0, 0.5), (np.nan, 3.0), (-np.inf, 1e308), (3.0, 3.0)])


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(grown(["a", "b"]) | grown(["i", "j"]), min_size=60, max_size=60))
def test_random_expressions_are_numpys(tmp_path_factory, texts):
    """Where Python or NumPy refuses an expression, or leaves float64, nothing is compared."""
    assert_same([e for e in map(comparable, texts) if e], tmp_path_factory.mktemp("expressions"))


def comparable(text):
    refused = (ZeroDivisionError, OverflowError, TypeError, ValueError)
    with np.errstate(all="ignore"), contextlib.suppress(*refused):
        found = Expression(text, FEW, COUNTS[::8])
        try:
            program(Calculator(f=found), FLAT)
        except TraceError as error:
            return None if "float64" in str(error) else pytest.fail(f"{text}: {error}")
        return found


SUMS = [f"np.sum(a[:{n}]) + 0 * b[:1]" for n in (1, 2, 7, 8, 9, 15, 16, 17, 31, 64, 130)] + [
    "np.reshape(a[:120], (10, 12)).sum(0)", "np.reshape(a[:120], (10, 12)).sum(1)",
    "np.sum(np.reshape(a[:120], (10, 12)))", "np.reshape(a[:120], (2, 5, 12)).sum((1, 2))",
    "np.reshape(a[:120], (2, 5, 12)).sum((0, 2))", "np.reshape(a[:120], (2, 5, 12)).sum((0, 1))",
    "np.reshape(a[:120], (3, 10, 4)).sum(1, keepdims=True)", "np.mean(a[:13])",
    "np.reshape(a[:120], (2, 60, 1)).sum(1)", "np.sum(a[:9] * b[:9], axis=-1)",
    "np.linalg.norm(np.stack([a, b]), axis=-1)", "np.linalg.norm(np.stack([a, b]), axis=0)",
    "np.prod(a[:20])", "np.sum(a)", "np.sum(np.concatenate([a, b]))", "np.sum(a[1:60:2])",
]  # fmt: skip


def test_sums_are_added_up_in_numpys_order(tmp_path):
    scales = 10.0 ** np.arange(-2, 2).repeat(100)
    numbers = np.random.default_rng(0).standard_normal((400, 2)) * scales[:, None]
    assert_same([Expression(text, numbers) for text in SUMS], tmp_path)


PRODUCTS = [
    f"{left} @ {right}"
    for left in ("a[:4]", "np.reshape(a[:12], (3, 4))", "np.reshape(a[:24], (2, 3, 4))")
    for right in ("b[:4]", "np.reshape(b[:8], (4, 2))", "np.reshape(b[:16], (2, 4, 2))")
] + [
    "np.dot(a[:3], b[:3])", "np.outer(a[:3], b[:2]) @ a[:2]", "np.matmul(a[:1], b[:1])",
    "np.linalg.solve(np.reshape(a[:9], (3, 3)), b[:3])", "np.linalg.solve(a[:1, None], b[:1])",
    "np.linalg.solve(np.reshape(a[:36], (6, 6)), np.reshape(b[:12], (6, 2)))",
    "np.linalg.solve(np.reshape(a[:16], (4, 4)) * (np.eye(4)[::-1] + 1e-3), b[:4, None])",
    "np.swapaxes(np.reshape(a[:6], (2, 3)), -1, -2) @ b[:2, None]",
]  # fmt: skip


def test_matrix_products_and_systems_agree_up_to_the_order_of_blas(tmp_path):
    numbers = np.random.default_rng(1).uniform(0.5, 2.0, (40, 2))
    assert_same([Expression(text, numbers) for text in PRODUCTS], tmp_path, rtol=1e-11)


REFUSED = {
    "np.sum(a, where=a > 0)": r"np\.sum cannot be traced like this: .*where",
    "np.add(a, b, where=a > 0)": r"np\.add\(…, where=…\) cannot be traced: use np\.where",
    "a[:2] + b[:3]": r"np\.add of the shapes \(2,\) and \(3,\): they do not broadcast",
    "a[999]": r"an index cannot be traced like this: index 999 is out of bounds",
    "a[a > 0]": r"a traced value as an index: use np\.where",
    "np.where(a)": r"np\.where cannot be traced like this",
    "a[:2] @ b[:3]": r"np\.matmul cannot be traced like this: .*mismatch",
    "np.matmul(a, 2.0)": r"a matrix product with a number: write \*",
    "(a[:2] > 0) @ (b[:2] > 0)": r"a matrix product of truth values",
    "np.stack([a[:2], b[:3]])": r"np\.stack cannot be traced like this: .*broadcast",
    "np.concatenate([a, t])": r"np\.concatenate cannot be traced like this: all the input",
    "np.sum(a, axis=3)": r"np\.sum cannot be traced like this: axis 3 is out of bounds",
    "np.reshape(a, (2, 5))": r"np\.reshape cannot be traced like this: cannot reshape",
    "np.linalg.solve(np.reshape(a[:49], (7, 7)), b[:7])": r"solve of 7 unknowns is too long",
    "np.linalg.solve(a[:2], b[:2])": r"solve of the shapes \(2,\) and \(2,\) cannot be traced",
    "np.linalg.norm(np.reshape(a[:4], (2, 2)), 2)": r"np\.linalg\.norm with ord = 2",
    "np.exp(a > 0)": r"computes in float16, not in float64: write np\.where",
    "a.astype(int)": r"\.astype\(int64\) of numbers cannot be traced: use np\.floor",
    "np.float32(2) * t + a": r"computes in float32, not in float64",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_page_cannot_compute_is_refused_with_a_sentence(text):
    with pytest.raises(TraceError, match=REFUSED[text]):
        program(Calculator(f=Refused(text)), FLAT)


BASES = [0.0, -0.0, 1.0, -1.0, 0.999, 1 - 2**-53, 2.5, -7.3, 1e154, -1e155, 1e301, 1e-320, 5e-324,
         np.finfo(float).max, np.finfo(float).tiny, np.inf, -np.inf, np.nan]  # fmt: skip
TWINS = [*BASES, *10.0 ** np.random.default_rng(0).uniform(-320, 308, 40)]
COUNTED = [0, 1, 2, 3, 7, 12, 100, 103, 1000, 1024, 1075, 5000, 10**6, 2**31, 2**53, 10**18]


def called(expression, arguments):
    """The runtime's function at each row of arguments; within ten seconds."""
    script = (
        f"const {{ lib }} = require({str(RUNTIME)!r}), fs = require('fs');"
        "const rows = new Float64Array(new Uint8Array(fs.readFileSync(0)).buffer), out = [];"
        f"for (let k = 0; k < rows.length; k += 3) out.push({expression});"
        "process.stdout.write(Buffer.from(Float64Array.from(out).buffer));"
    )
    rows = np.array(arguments, dtype=float).tobytes()
    done = subprocess.run([node(), "-e", script], input=rows, capture_output=True, timeout=10)
    assert not done.returncode, done.stderr
    return np.frombuffer(done.stdout)


def test_the_power_has_the_same_bits_in_the_page():
    cases = [(b, n, a) for b in TWINS for n in COUNTED for a in (-0.0, 3e-200)]
    page = (
        called("lib.P(rows[k], rows[k + 1])", cases),
        called("lib.S(rows[k], rows[k + 1], rows[k + 2])", cases),
    )
    assert same(page[0], [power(b, n) for b, n, _ in cases]).all()
    assert same(page[1], [scaled_power(a, b, n) for b, n, a in cases]).all()


@pytest.mark.parametrize(
    "n",
    [-1, -2, -12, -1075, -(2.0**53), -1e300, 1e300, -0.0, 0.5, -0.5, 1.5, -7.25, 1e-300, np.nan,
     np.inf, -np.inf],
)  # fmt: skip
def test_every_power_of_the_page_ends_with_the_value_of_numpy(n):
    page = called("lib.P(rows[k], rows[k + 1])", [(b, n, 0.0) for b in TWINS])
    with np.errstate(all="ignore"):
        numpy = np.power(np.array(TWINS), np.full(len(TWINS), n))
        tiny = np.abs(page - numpy) <= 5e-324
    assert (same(page, numpy, rtol=1e-15) | tiny).all()
