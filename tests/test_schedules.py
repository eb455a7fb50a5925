"""Schedules: their reference values, their seams, what they combine to, and what they refuse."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primer import SGD, Slider, registry, run, sweep
from primer import schedules as s
from primer.derived import program
from primer.landscapes import quadratic

FEW = settings(max_examples=40, deadline=None, derandomize=True)
POSITIVE = st.floats(1e-6, 1e3)
COUNT = st.integers(1, 400)
SHARE = st.floats(0, 1)


def one_of_each(peak=0.5, end=0.05, warmup=10, steps=60):
    """One schedule of every kind, with a length where it has one."""
    return [
        s.Constant(peak),
        s.StepDecay(peak, 0.5, every=7),
        s.Exponential(peak, 0.97),
        s.Linear(peak, end, steps),
        s.Cosine(peak, steps, end),
        s.CosineRestarts(peak, warmup, 2, end),
        s.WarmupCosine(peak, warmup, steps, end),
        s.WarmupLinear(peak, warmup, steps, end),
        s.WarmupStableDecay(peak, warmup, steps // 3, steps, end),
        s.OneCycle(peak, steps),
        s.InverseSqrt(peak, warmup),
    ]


def name(value):
    return type(value).__name__


def test_one_of_each_covers_the_registry():
    assert {name(x) for x in one_of_each()} == set(registry.schedules)


# Reference numbers


def test_the_cosine_has_the_reference_values():
    reference = [
        1, 0.9755282581, 0.9045084972, 0.7938926261, 0.6545084972, 0.5, 0.3454915028,
        0.2061073739, 0.09549150281, 0.02447174185, 0,
    ]  # fmt: skip
    assert s.Cosine(1.0, 10)(np.arange(11)) == pytest.approx(reference, abs=1e-9)


def test_one_cycle_has_the_reference_values():
    reference = [
        0.04, 0.52, 1, 0.950484632, 0.8117456539, 0.6112620219, 0.3887419781, 0.1882583461,
        0.04951936799, 4e-6,
    ]  # fmt: skip
    assert s.OneCycle(1.0, 10)(np.arange(10)) == pytest.approx(reference, abs=1e-9)


def test_warm_restarts_have_the_reference_values():
    reference = [1, 0.8535533906, 0.5, 0.1464466094, 1, 0.9619397663]
    assert s.CosineRestarts(1.0, 4, 2)(np.arange(6)) == pytest.approx(reference, abs=1e-9)


@pytest.mark.parametrize("factor", [1, 2, 3, 10])
def test_restarts_come_where_the_lengths_say(factor):
    schedule = s.CosineRestarts(1.0, 5, factor)
    starts = np.cumsum([0] + [5 * factor**k for k in range(6)])
    assert (schedule(starts) == 1).all()
    assert (schedule(starts[1:] - 1) < 0.1).all()


def test_step_decay_drops_by_its_factor_at_each_multiple():
    values = s.StepDecay(1.0, 0.1, every=30)(np.array([0, 29, 30, 59, 60]))
    assert values == pytest.approx([1, 1, 0.1, 0.1, 0.01], rel=1e-15)


def test_the_inverse_square_root_is_the_transformers():
    d, n, t = 512, 4000, np.array([0, 100, 3999, 4000, 50_000])
    paper = d**-0.5 * np.minimum((t + 1.0) ** -0.5, (t + 1) * n**-1.5)
    assert s.InverseSqrt((d * n) ** -0.5, n)(t) == pytest.approx(paper, rel=1e-14)


# Seams


@FEW
@given(POSITIVE, SHARE, COUNT, COUNT)
def test_a_warm_up_loses_no_step_and_reaches_its_peak_without_a_jump(peak, share, warmup, rest):
    steps, end = warmup + rest, share * peak
    for kind in (s.WarmupCosine, s.WarmupLinear):
        values = kind(peak, warmup, steps, end)(np.arange(steps + 20))
        assert values[0] == pytest.approx(peak / warmup)
        assert values[warmup - 1] == values[warmup] == peak
        assert (values[steps:] == end).all()
        assert (np.diff(values[:warmup]) > 0).all()
        assert (np.diff(values[warmup:]) <= 1e-15 * peak).all()


@FEW
@given(POSITIVE, SHARE, COUNT, COUNT, st.integers(0, 100))
def test_the_stable_phase_is_flat_and_the_decay_ends_on_time(peak, share, warmup, decay, stable):
    steps, end = warmup + stable + decay, share * peak
    values = s.WarmupStableDecay(peak, warmup, decay, steps, end)(np.arange(steps + 5))
    assert (values[warmup - 1 : steps - decay + 1] == peak).all()
    assert (values[steps:] == end).all()
    assert np.abs(np.diff(values[steps - decay :])).max() <= (peak - end) / decay * (1 + 1e-9)


@FEW
@given(POSITIVE, SHARE, COUNT)
def test_decays_start_at_the_peak_end_exactly_at_the_end_and_never_rise(peak, share, steps):
    end = share * peak
    for schedule in (s.Cosine(peak, steps, end), s.Linear(peak, end, steps)):
        values = schedule(np.arange(3 * steps + 3))
        assert values[0] == peak
        assert (values[steps:] == end).all()
        assert (np.diff(values) <= 1e-15 * peak).all()


def test_a_line_starts_exactly_where_the_user_asked():
    schedule = s.Linear(0, 0.3, 100)
    assert schedule(0) == 0
    assert schedule(100) == schedule(1000) == 0.3


@FEW
@given(POSITIVE, st.integers(2, 300), st.floats(0.05, 0.95))
def test_one_cycle_stays_at_its_end(peak, steps, rise):
    values = s.OneCycle(peak, steps, rise)(np.arange(2 * steps))
    assert (values[steps - 1 :] == peak / 25 / 1e4).all()
    assert values.max() <= peak * (1 + 1e-15)


@FEW
@given(POSITIVE, COUNT, COUNT, st.integers(1, 60))
def test_no_schedule_that_climbs_loses_its_first_step(peak, warmup, rest, decay):
    steps = warmup + rest + decay
    for schedule in (
        s.WarmupCosine(peak, warmup, steps),
        s.WarmupLinear(peak, warmup, steps),
        s.WarmupStableDecay(peak, warmup, decay, steps),
        s.InverseSqrt(peak, warmup),
    ):
        values = schedule(np.arange(warmup + 2))
        assert values[0] == pytest.approx(peak / warmup)
        assert values[warmup - 1] == pytest.approx(peak)
        assert schedule.peak_step(2 * steps) == warmup - 1
        # from the peak to the next step it falls by less than a decay over two steps would
        assert peak / 2 <= values[warmup] <= peak * (1 + 1e-15)
    assert s.OneCycle(peak, steps + 1)(0) > 0


@FEW
@given(POSITIVE, st.integers(20, 300), st.floats(0.1, 0.9))
def test_one_cycle_has_no_jump_where_it_turns(peak, steps, rise):
    values = s.OneCycle(peak, steps, rise)(np.arange(steps))
    steepest = np.pi / 2 / (min(rise, 1 - rise) * steps - 1)
    assert np.abs(np.diff(values)).max() <= peak * steepest


@FEW
@given(POSITIVE, st.integers(2, 300))
def test_the_inverse_square_root_comes_down_without_a_jump(peak, warmup):
    values = s.InverseSqrt(peak, warmup)(np.arange(10 * warmup))
    assert (np.diff(values[: warmup - 1]) > 0).all()
    assert (np.diff(values[warmup - 1 :]) <= 0).all()
    assert np.abs(np.diff(values)).max() <= peak / warmup * (1 + 1e-9)


@pytest.mark.parametrize("schedule", one_of_each(), ids=name)
def test_nothing_leaves_its_bounds_or_grows_after_the_end(schedule):
    values = schedule(np.arange(5000))
    assert (values >= 0).all()
    assert values.max() <= 0.5
    if schedule.length is not None:
        assert (np.diff(values[schedule.length :]) == 0).all()


@pytest.mark.parametrize("warmup", [0, 1])
def test_a_warm_up_of_no_or_one_step_starts_at_the_peak(warmup):
    for schedule in (s.WarmupCosine(1.0, warmup, 9), s.WarmupStableDecay(1.0, warmup, 2, 9)):
        assert schedule(0) == 1


# Purity and shapes


@pytest.mark.parametrize("schedule", [*one_of_each(), s.Cosine(1.0, 9).then(s.Constant(0.1)) * 2])
def test_an_array_of_steps_gives_the_values_of_its_steps_in_its_shape(schedule):
    t = np.array([[0, 9, 10], [59, 60, 1000]])
    values = schedule(t)
    assert values.shape == t.shape
    assert (values == [[schedule(int(k)) for k in row] for row in t]).all()


@pytest.mark.parametrize("schedule", one_of_each(), ids=name)
def test_calling_changes_nothing_and_a_step_gives_a_plain_float(schedule):
    before = repr(schedule)
    values = [schedule(t) for t in (5, 60, 5)]
    assert type(values[0]) is float
    assert values[0] == values[2]
    assert repr(schedule) == before
    assert pickle.loads(pickle.dumps(schedule))(5) == values[0]


def test_no_formula_divides_by_zero_on_the_branch_it_does_not_use():
    with np.errstate(all="raise"):
        for schedule in [*one_of_each(), s.OneCycle(1.0, 3), s.WarmupCosine(1.0, 0, 1)]:
            schedule(np.arange(200))


@pytest.mark.parametrize("schedule", one_of_each(), ids=name)
def test_float32_stays_float32(schedule):
    result = run(SGD(lr=schedule), quadratic([1.0]), np.ones(1, np.float32), 3)
    assert result.theta.dtype == np.float32


# Fields that are sweeps, sliders and schedules


def test_a_swept_field_runs_the_batch_as_single_schedules_would():
    peaks = np.array([0.1, 0.2, 0.4])
    whole = run(SGD(lr=s.Cosine(**sweep(peak=peaks), steps=20)), quadratic([1.0]), [1.0], 25)
    for i, peak in enumerate(peaks):
        alone = run(SGD(lr=s.Cosine(peak, 20)), quadratic([1.0]), [1.0], 25)
        assert (whole.theta[:, i] == alone.theta).all()


def test_step_counts_can_be_swept_too():
    grid = sweep(peak=[0.1, 0.2], warmup=[1, 5, 10])
    result = run(SGD(lr=s.WarmupLinear(**grid, steps=30)), quadratic([1.0]), [1.0], 30)
    alone = run(SGD(lr=s.WarmupLinear(0.2, 5, 30)), quadratic([1.0]), [1.0], 30)
    assert result.theta.shape == (31, 2, 3, 1)
    assert result.theta[:, 1, 1] == pytest.approx(alone.theta, rel=1e-14)
    drops = s.StepDecay(1.0, 0.5, every=sweep(every=[2, 3])["every"])
    assert drops(np.arange(6)).tolist() == [[1, 1, 0.5, 0.5, 0.25, 0.25], [1, 1, 1, 0.5, 0.5, 0.5]]


def test_a_sweep_deep_inside_a_combination_is_found_by_the_driver():
    peak = sweep(peak=[0.1, 0.2])["peak"]
    lr = (s.Linear(0, peak, 5).then(s.Cosine(peak, 20))) * 0.5
    result = run(SGD(lr=lr), quadratic([1.0]), np.ones(1, np.float32), 25)
    alone = run(
        SGD(lr=s.Linear(0, 0.2, 5).then(s.Cosine(0.2, 20)) * 0.5), quadratic([1.0]), [1.0], 25
    )
    assert result.theta.shape == (26, 2, 1)
    assert result.theta.dtype == np.float32
    assert result.theta[:, 1] == pytest.approx(alone.theta, rel=1e-5)


def test_a_slider_stands_for_its_value():
    lr, n = Slider(0.0, 1.0, 0.4), Slider(10, 50, 20, steps=40)
    moved = s.Linear(0, lr, n).then(s.Cosine(lr, n))
    fixed = s.Linear(0, 0.4, 20).then(s.Cosine(0.4, 20))
    assert (moved(np.arange(60)) == fixed(np.arange(60))).all()


def test_a_field_may_follow_a_schedule():
    assert s.Cosine(peak=s.Linear(1.0, 0.0, 10), steps=10)(5) == pytest.approx(0.25)


@pytest.mark.parametrize(
    "schedule", one_of_each(Slider(0.1, 1, 0.5), warmup=Slider(5, 15, 10, steps=10)), ids=name
)
def test_every_schedule_can_run_in_the_page(schedule):
    moved = program(SGD(lr=schedule * 0.5), quadratic([1.0, 2.0])).sliders
    assert [x.value for x in moved] in ([0.5], [0.5, 10])


# Combining


def test_then_continues_where_the_first_ends():
    values = s.Linear(0, 1.0, 100).then(s.Cosine(1.0, 900))(np.arange(1200))
    assert values[:101].tolist() == s.Linear(0, 1.0, 100)(np.arange(101)).tolist()
    assert values[100:] == pytest.approx(s.Cosine(1.0, 900)(np.arange(1100)), abs=0)
    assert np.abs(np.diff(values)).max() <= 0.01 + 1e-12


def test_then_is_associative_and_knows_its_length():
    a, b, c = s.Linear(0, 1.0, 5), s.Linear(1.0, 0.5, 10), s.Cosine(0.5, 20)
    left, right = a.then(b).then(c), a.then(b.then(c))
    assert left.length == right.length == 35
    assert (left(np.arange(50)) == right(np.arange(50))).all()
    assert (a.then(b) * 2).length == 15


def test_products_take_numbers_from_either_side():
    t = np.arange(20)
    schedule = s.Cosine(1.0, 10)
    for product in (schedule * 0.1, 0.1 * schedule, np.float64(0.1) * schedule):
        assert isinstance(product, s.Schedule)
        assert (product(t) == 0.1 * schedule(t)).all()
    both = schedule * s.StepDecay(1.0, 0.5, 5)
    assert (both(t) == schedule(t) * s.StepDecay(1.0, 0.5, 5)(t)).all()


def test_area_and_peak_describe_a_schedule():
    assert s.Constant(0.5).area(10) == 5
    assert s.Linear(1.0, 0.0, 10).area(10) == pytest.approx(5.5)
    assert s.WarmupCosine(1.0, 7, 50).peak_step(50) == 6
    assert s.Constant(sweep(rate=[1.0, 2.0])["rate"]).area(3).tolist() == [3, 6]


# Bad input

BAD = [
    (lambda: s.Constant(-1.0), r"rate must be a finite number >= 0, got -1.0"),
    (lambda: s.Constant(np.nan), r"rate must be .*got nan"),
    (lambda: s.Constant(True), r"rate must be .*got True"),
    (lambda: s.Constant(np.array([0.1, 0.2])), r"rate must be .*shape \(2,\)"),
    (lambda: s.StepDecay(1.0, 0.0, 3), r"factor must be a finite number > 0, got 0.0"),
    (lambda: s.StepDecay(1.0, 0.5, 0), r"every must be an integer >= 1, got 0"),
    (lambda: s.StepDecay(1.0, 0.5, 2.5), r"every must be an integer >= 1, got 2.5"),
    (lambda: s.Exponential(1.0, np.inf), r"factor must be .*got inf"),
    (lambda: s.Linear("0", 1.0, 10), r"start must be .*got '0'"),
    (lambda: s.Linear(0.0, 1.0, np.array([[1.5]])), r"steps must be integers >= 1"),
    (lambda: s.Cosine(1.0, True), r"steps must be an integer >= 1, got True"),
    (lambda: s.Cosine(1.0, 10, end=-0.1), r"end must be .*got -0.1"),
    (lambda: s.Cosine(1.0, Slider(1, 10, 5)), r"steps must be a Slider over integers"),
    (lambda: s.Cosine(Slider(-1, 1, 0.5), 10), r"peak must be .*got -1"),
    (lambda: s.CosineRestarts(1.0, 4, 1.5), r"factor must be an integer >= 1, got 1.5"),
    (lambda: s.WarmupCosine(1.0, 10, 10), r"steps must be > warmup = 10, got 10"),
    (lambda: s.WarmupCosine(1.0, -1, 10), r"warmup must be an integer >= 0, got -1"),
    (lambda: s.WarmupLinear(1.0, Slider(0, 50, 5, steps=50), 50), r"steps must be > warmup = 50"),
    (lambda: s.WarmupStableDecay(1.0, 5, 6, 10), r"steps must be >= warmup \+ decay = 11, got 10"),
    (lambda: s.WarmupStableDecay(1.0, 5, 0, 10), r"decay must be an integer >= 1, got 0"),
    (lambda: s.OneCycle(1.0, 1), r"steps must be an integer >= 2, got 1"),
    (lambda: s.OneCycle(1.0, 10, rise=1.0), r"rise must be in \(0, 1\), got 1.0"),
    (lambda: s.OneCycle(1.0, 10, end_ratio=0), r"end_ratio must be .*got 0"),
    (lambda: s.InverseSqrt(1.0, 0), r"warmup must be an integer >= 1, got 0"),
    (
        lambda: s.Constant(1.0).then(s.Constant(2.0)),
        r"after must be given, got None: Constant",
    ),
    (lambda: s.CosineRestarts(1.0, 4).then(s.Constant(2.0)), r"after must be given, got None"),
    (lambda: s.Cosine(1.0, 4).then(0.1), r"following must be a schedule, got 0.1"),
    (lambda: s.Cosine(1.0, 4).then(s.Constant(1.0), after=0), r"after must be .*got 0"),
    (lambda: s.Cosine(1.0, 4) * -1.0, r"right must be .*got -1.0"),
    (lambda: s.Cosine(1.0, 4) * "2", r"right must be .*got '2'"),
    (lambda: s.Cosine(1.0, 4).area(0), r"steps must be an integer >= 1, got 0"),
    (lambda: s.Cosine(1.0, 4).peak_step(2.0), r"steps must be an integer >= 1, got 2.0"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[m for _, m in BAD])
def test_bad_input_is_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()
