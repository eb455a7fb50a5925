"""A slider reaches both ends and its start, in order, and its numbers read alike everywhere."""

import contextlib
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from helpers import node
from hypothesis import example, given, settings
from hypothesis import strategies as st

import primer
from primer import Slider
from primer.explorer.page import number, rounded

FINITE = st.floats(allow_nan=False, allow_infinity=False)
KINDS = st.sampled_from([{}, {"log": True}, {"near_one": True}])


def check_positions(slider):
    values = slider.values
    assert values.shape == (slider.steps + 1,)
    assert (values[0], values[-1]) == (slider.low, slider.high)
    assert (values[:-1] < values[1:]).all()
    assert values[slider.index] == slider.value
    assert not slider.near_one or values.max() < 1


@settings(max_examples=300, deadline=None)
@given(FINITE, FINITE, FINITE, st.integers(2, 220), KINDS)
@example(0.0, 0.001, 1.0, 200, {})
@example(0.0, 0.999, 1.0, 200, {})
@example(1e-4, 1.001e-4, 1.0, 200, {"log": True})
@example(0.9, 0.99, 1 - 1e-13, 200, {"near_one": True})
@example(-1e308, 0.0, 1e308, 200, {})
@example(5e-324, 1.0, 1e308, 200, {"log": True})
def test_positions_ascend_from_end_to_end_through_the_start(a, b, c, steps, kind):
    low, value, high = sorted((a, b, c))
    try:
        slider = Slider(low, high, value, steps=steps, **kind)
    except ValueError:
        return
    check_positions(slider)


@settings(max_examples=300, deadline=None)
@given(st.floats(-1e3, 1e3), st.integers(1, 300), st.integers(0, 300), st.integers(2, 220))
def test_a_range_with_few_numbers_in_it_has_that_many_positions_or_is_refused(low, k, m, steps):
    line = [low]
    for _ in range(k):
        line.append(float(np.nextafter(line[-1], np.inf)))
    if 2 * steps > k:
        with contextlib.suppress(ValueError):
            check_positions(Slider(low, line[-1], line[min(m, k)], steps=steps))
    else:
        check_positions(Slider(low, line[-1], line[min(m, k)], steps=steps))


def test_a_range_too_narrow_for_its_positions_is_refused():
    with pytest.raises(ValueError, match="steps must be fewer, for want of different numbers"):
        Slider(1.0, np.nextafter(1.0, 2.0), 1.0)


def test_round_numbers_stay_where_a_start_beside_an_end_comes_in():
    values = Slider(0, 1, 0.001).values
    assert values[:4].tolist() == [0.0, 0.001, 0.01, 0.015]


# As JavaScript writes them

TIES = st.builds(lambda k, e: (k + 0.5) * 10.0**e, st.integers(-99_999, 99_999), st.integers(-3, 3))
PLAIN = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1e21, 1e16, 123456789012345680000.0]
EDGES = [99999.99, 1e5, 9.9995e4, 9.995e-4, 1e-6, 9.999999e-7, 1234.5, -1234.5, 0.00125]


def test_every_float_reads_alike_in_python_and_in_javascript():
    found = [*PLAIN, *EDGES]

    @settings(max_examples=2000, deadline=None)
    @given(st.one_of(st.floats(), TIES, st.integers(-(10**6), 10**6).map(lambda k: k / 16)))
    def collect(value):
        found.append(value)

    collect()
    for value, texts in zip(found, written_by_javascript(found), strict=True):
        assert [number(value), rounded(value)] == texts, value


def written_by_javascript(values):
    script = Path(primer.__file__).with_name("static") / "explorer.js"
    code = (
        f"import * as P from {json.dumps(script.as_uri())};"
        'import { readFileSync } from "node:fs";'
        'const values = readFileSync(0, "utf8").split(",").map(Number);'
        "console.log(JSON.stringify(values.map(v => [P.minus(v), P.rounded(v)])));"
    )
    text = ",".join(repr(float(v)).replace("inf", "Infinity") for v in values)
    done = subprocess.run(
        [node(), "--input-type=module", "-e", code], input=text, capture_output=True, text=True
    )
    assert not done.stderr
    return json.loads(done.stdout)
