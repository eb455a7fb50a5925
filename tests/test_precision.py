"""Numbers of few bits against NumPy, bit arithmetic and ml_dtypes; rules that store them."""

import numpy as np
import pytest
from helpers import assert_same
from pages import in_node, pair

from primer import SGD, Adam, Momentum, Slider, landscapes, latex, run
from primer.measure import (
    FORMATS,
    Compensated,
    MasterCopy,
    RoundNearest,
    RoundState,
    RoundStochastic,
    rounded,
    rounded_at_random,
    to_bits,
)

STORED = (RoundNearest, RoundState, Compensated, MasterCopy)
EDGES = [0.0, -0.0, np.inf, -np.inf, np.nan, 65519.99, 65520.0, 464.0, 464.01, 57344.0, 61440.0]


def many() -> np.ndarray:
    """Numbers of every size, ties of every format, and the edges, all of them float32's."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, 100_000, dtype=np.uint32).view(np.float32)
    ties = [rng.integers(-(2**14), 2**14, 20_000) * 2.0**k for k in (-30, -20, -9, -4, 0, 5)]
    plain = rng.standard_normal(50_000)
    with np.errstate(all="ignore"):
        return np.concatenate([bits, *ties, plain, EDGES]).astype(np.float32)


def same(one, other):
    return ((one == other) & (np.signbit(one) == np.signbit(other))) | (
        np.isnan(one) & np.isnan(other)
    )


def test_float16_is_numpys():
    x = np.concatenate([many().astype(float), np.random.default_rng(1).standard_normal(50_000)])
    with np.errstate(all="ignore"):
        assert same(rounded(x, "float16"), x.astype(np.float16).astype(float)).all()
        assert same(rounded(x, "float32"), x.astype(np.float32).astype(float)).all()


def test_bfloat16_is_the_upper_half_of_float32_rounded_to_even():
    x = many()
    x = x[~np.isnan(x)]
    raw = x.view(np.uint32).astype(np.uint64)
    upper = (raw + 0x7FFF + ((raw >> 16) & 1)) & 0xFFFF0000
    assert same(rounded(x), upper.astype(np.uint32).view(np.float32)).all()


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_a_format_is_that_of_ml_dtypes(name):
    library = pytest.importorskip("ml_dtypes")
    kind, x, form = getattr(library, name), many(), FORMATS[name]
    with np.errstate(all="ignore"):
        assert same(rounded(x, name), x.astype(kind).astype(np.float32)).all()
    told = library.finfo(kind)
    facts = form.epsilon, form.smallest_normal, form.smallest, form.largest
    assert facts == tuple(
        map(float, (told.eps, told.smallest_normal, told.smallest_subnormal, told.max))
    )


@pytest.mark.parametrize("name", ["float16", "float32"])
def test_the_facts_of_a_format_are_numpys(name):
    told, form = np.finfo(name), FORMATS[name]
    facts = form.epsilon, form.smallest_normal, form.smallest, form.largest
    assert facts == tuple(
        map(float, (told.eps, told.smallest_normal, told.smallest_subnormal, told.max))
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_number_of_a_format_stays_itself_also_at_random(name):
    x = rounded(many().astype(float), name)
    assert same(rounded(x, name), x).all()
    np.testing.assert_array_equal(rounded_at_random(x, name, seed=3), x)


def test_rounding_at_random_picks_a_neighbor_and_is_right_in_the_mean():
    form = FORMATS["bfloat16"]
    for x in (1.001, -0.37, 3e-39, 200.3):
        draws = rounded_at_random(np.full(40_000, x), seed=1)
        low, high = draws.min(), draws.max()
        assert low < x < high
        assert set(draws.tolist()) == {low, high}
        spacing = max(np.spacing(np.abs(x)) * 2.0**45, form.smallest)
        assert high - low <= spacing * (1 + 1e-9)
        assert abs(draws.mean() - x) < 5 * (high - low) / 2 / 200


def test_the_seed_decides():
    x = np.random.default_rng(0).standard_normal(100)
    assert_same(rounded_at_random(x, seed=2), rounded_at_random(x, seed=2))
    assert (rounded_at_random(x, seed=2) != rounded_at_random(x, seed=3)).any()
    rng = np.random.default_rng(2)
    assert_same(rounded_at_random(x, seed=rng), rounded_at_random(x, seed=2))
    assert (rounded_at_random(x, seed=rng) != rounded_at_random(x, seed=2)).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rounded([1.0], "float17"), "to must be one of float32, bfloat16"),
        (lambda: rounded(["a"]), "x must be real numbers"),
        (lambda: rounded_at_random([1.0], seed=-1), "seed must be an integer >= 0, got -1"),
        (lambda: RoundNearest(SGD(), bits=12), "bits must be an integer from 2 to 11, got 12"),
        (lambda: RoundNearest(SGD(), bits=7.5), "bits must be an integer >= 2, got 7.5"),
        (lambda: Compensated(SGD, bits=8), "rule must be an Optimizer instance"),
        (lambda: RoundStochastic(SGD(), seed=0.5), "seed must be an integer >= 0, got 0.5"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bits", range(2, 12))
def test_splitting_rounds_as_bit_arithmetic_does(bits, dtype):
    x = many()
    x = x[np.isfinite(x) & (np.abs(x) < 1e30) & (np.abs(x) > 1e-25)].astype(dtype)
    mantissa, exponent = np.frexp(x)
    right = np.ldexp(np.rint(np.ldexp(mantissa, bits)), exponent - bits)
    found = to_bits(x, bits)
    assert found.dtype == dtype
    assert same(found, right).all()
    swept = to_bits(x[:, None], np.array([float(bits), 2.0]))
    assert swept.dtype == dtype
    assert same(swept[:, 0], right).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", [*STORED, RoundStochastic])
def test_what_a_rule_stores_has_few_bits(make, dtype):
    rule = make(Adam(lr=0.01), bits=8)
    end = run(rule, landscapes.rosenbrock(), np.array([-1.2, 1.0], dtype), 50)
    assert end.theta.dtype == dtype
    low = {
        RoundState: [end.state.get("m"), end.state.get("v")],
        Compensated: [end.theta[1:], end.state.get("lost")],
    }.get(make, [end.theta[1:]])
    for numbers in low:
        assert same(rounded(numbers), numbers).all()


def test_an_update_below_half_of_the_spacing_is_lost():
    for share, moves in ((0.49, False), (0.51, True)):
        lr = share * 2.0**-8  # numbers below 1 lie 2**-8 apart
        result = run(RoundNearest(SGD(lr=lr)), landscapes.quadratic([1.0]), [1.0], 1)
        assert (result.theta[1, 0] < 1) == moves


def test_stochastic_rounding_compensation_and_a_master_copy_restore_lost_updates():
    J, steps = landscapes.quadratic([1.0]), 2000
    exact = 0.999**steps
    ends = {
        make: run(make(SGD(lr=0.001)), J, [1.0], steps).theta[-1, 0]
        for make in (RoundNearest, Compensated, MasterCopy)
    }
    assert ends[RoundNearest] == 1
    assert ends[MasterCopy] == pytest.approx(exact, rel=2.0**-7)
    assert ends[Compensated] == pytest.approx(exact, rel=2.0**-7)
    seeds = np.arange(200.0)[:, None]
    many_ends = run(RoundStochastic(SGD(lr=0.001), seed=seeds), J, [1.0], steps).theta[-1]
    assert many_ends.mean() == pytest.approx(exact, rel=0.02)


def test_stochastic_runs_are_a_pure_function_of_seed_and_step():
    J, start = landscapes.rosenbrock(), [-1.2, 1.0]
    seeds = np.array([[3.0], [5.0]])
    both = run(RoundStochastic(Momentum(lr=1e-3), seed=seeds), J, start, 40).theta
    alone = RoundStochastic(Momentum(lr=1e-3), seed=5)
    whole = run(alone, J, start, 40)
    assert_same(both[:, 1], whole.theta)
    half = run(alone, J, start, 20)
    rest = run(alone, J, half.theta[-1], 20, state=half.state, t0=20)
    assert_same(rest.theta[-1], whole.theta[-1])


def test_bits_may_be_swept():
    bits = np.array([[4.0], [8.0], [11.0]])
    J = landscapes.rosenbrock()
    for make in (*STORED, RoundStochastic):
        many_runs = run(make(Momentum(lr=1e-3), bits=bits), J, [-1.2, 1.0], 30).theta
        for k, b in enumerate((4, 8, 11)):
            assert_same(
                many_runs[:, k], run(make(Momentum(lr=1e-3), bits=b), J, [-1.2, 1.0], 30).theta
            )


@pytest.mark.parametrize("make", STORED)
def test_a_page_computes_the_same_bits(make, tmp_path):
    bits = Slider(2, 11, 8, steps=9)
    J = landscapes.rosenbrock()
    rule = make(Momentum(lr=Slider(1e-4, 1e-2, 1e-3, log=True)), bits=bits)
    assert "2^{53" in latex(make(Adam(), bits=bits))
    page = pair(make.__name__, rule, J, 5)
    for k, (_, theta, *_rest) in enumerate(in_node([page], tmp_path)[0]):
        np.testing.assert_array_equal(theta, page.theta[0, :, k])
