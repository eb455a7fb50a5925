"""Powers from a table of coming steps have the bits of powers asked for one by one."""

import concurrent.futures

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primer import Adam, ahead, exact, landscapes, power, run, sweep

BASES = st.one_of(
    st.floats(0, 1, exclude_min=True, exclude_max=True),
    st.floats(1e-3, 1),
    st.integers(1, 2**20).map(lambda k: 1 - 1 / (k + 1)),
    st.sampled_from([0.0, -0.0, 0.9, 0.999, 0.5, 1e-200, -0.7, 1.0, 2.5, -1e10, np.inf, np.nan]),
)
COUNT = {np.float64: np.uint64, np.float32: np.uint32}


def alike(a, b):
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    kind = COUNT[a.dtype.type]
    same = (a.view(kind) == b.view(kind)) | (np.isnan(a) & np.isnan(b))
    assert same.all(), (a[~same], b[~same])


def frozen(values, dtype=float):
    array = np.array(values, dtype)
    array.flags.writeable = False
    return array


def both(b, steps):
    alone = [power(b, n) for n in steps]
    with ahead.tables():
        together = [power(b, n) for n in steps]
    for one, other in zip(alone, together, strict=True):
        assert type(one) is type(other)
        alike(one, other)


@settings(max_examples=30, deadline=None)
@given(st.lists(BASES, min_size=1, max_size=12), st.integers(0, 5000), st.sampled_from("df"))
def test_arrays(bases, start, kind):
    both(frozen(bases, kind)[:, None], range(start, start + 70))


@settings(max_examples=30, deadline=None)
@given(BASES, st.one_of(st.integers(0, 3000), st.integers(2**30, 2**40)))
def test_numbers(b, start):
    both(b, range(start, start + 300))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=2, max_size=60), st.integers(0, 60))
def test_any_order_of_questions(asked, start):
    steps = [*range(start, start + 20), *asked, *range(start + 10, start + 40)]
    both(0.97, steps)
    both(frozen([0.0, 0.3, 0.97]), steps)


@pytest.mark.parametrize("size", [1, 3, 100, 2000, 20_000])
def test_tables_of_every_length(size):
    both(frozen(np.linspace(0, 0.9999, size)), range(100, 140))


def test_a_table_is_asked_and_its_rows_are_copies(monkeypatch):
    made = []
    monkeypatch.setattr(exact, "_powers", lambda *a, f=exact._powers: made.append(a[1:]) or f(*a))
    b = frozen([0.5, 0.9])
    with ahead.tables():
        for n in range(1, 300):
            got = power(b, n)
            got *= 0
            power(0.9, n)
    assert {first for first, _ in made} == {0, 256}
    assert len(made) == 4


def test_an_array_that_may_change_and_one_outside_a_run_have_no_table():
    b = np.array([0.5, 0.9])
    with ahead.tables():
        power(b, 1), power(b, 2)
        b[0] = 0.25
        assert power(b, 3)[0] == 0.25**3
    view = b.view()
    view.flags.writeable = False
    with ahead.tables():
        power(view, 1), power(view, 2)
        b[0] = 0.75
        assert power(view, 3)[0] == 0.75**3


def test_many_bases_do_not_fill_the_memory():
    with ahead.tables():
        for k in range(1000):
            b = frozen([k / 1000])
            power(b, 1), power(b, 2)
        assert len(ahead._run.tables) < 40


def test_threads_have_tables_of_their_own():
    rule = Adam(**sweep(lr=[0.01, 0.1], beta1=np.linspace(0, 0.99, 50)))
    J = landscapes.rosenbrock()
    alone = run(rule, J, J.start, 200)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in pool.map(lambda _: run(rule, J, J.start, 200), range(8)):
            np.testing.assert_array_equal(done.theta, alone.theta)
