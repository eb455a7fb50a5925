"""A figure holds whatever comes: divergence, names, windows, undefined losses, matrices."""

import contextlib
import dataclasses
import html
import json
import re
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from primer import (
    SGD,
    Adam,
    Curve,
    Draggable,
    Linear,
    Newton,
    Objective,
    Optimizer,
    Slider,
    card,
    check,
    explore,
    landscapes,
    plotting,
    run,
)
from primer.explorer import Heat, Plot, explore_grid
from primer.plotting.relief import relief

Q = landscapes.quadratic([1.0, 4.0])
EVERY = ("path", "loss", "theta", "step", "state")


def data_of(live):
    text = re.search(r'class="px-data">(.*?)</script>', live.html(), re.S)[1]
    return json.loads(
        text.replace("<\\/", "</").replace("<\\!--", "<!--"), parse_constant=pytest.fail
    )


def check_figure(live):
    """Well-formed SVG without a NaN in a coordinate, finite data, one cell per column."""
    data_of(live)
    for panel in (p for scene in live.drawn for p in scene):
        ET.fromstring(panel.svg)
        places = re.findall(r' (?:d|cx|cy|x|y|transform|points)="([^"]*)"', panel.svg)
        assert not re.search("nan|inf", " ".join(places))
        for low, high, _ in (panel.data["x"], panel.data["y"]):
            assert low < high
    assert all(len(row) == len(live.columns) for row in live.results())
    return live


def told(live):
    return [row[0] for row in live.results()]


# Divergence


@pytest.mark.parametrize(
    ("rule", "J", "start"),
    [
        (Adam(eps=0.0), Q, (1.0, 0.0)),
        (Newton(), landscapes.monkey(), (0.0, 0.0)),
        (Newton(), landscapes.absolute(), None),
        (SGD(lr=1e308), Q, (1.0, 1.0)),
        (SGD(lr=3.0), landscapes.rosenbrock(), None),
    ],
)
def test_a_default_run_that_is_lost_says_at_which_step(rule, J, start):
    live = check_figure(explore(rule, on=J, start=start, views=EVERY))
    lost = int(live.runs()[live.names[0]].diverged_at)
    assert lost > 0
    assert live.results() == [(f"diverged at step {lost}", "–")]


def root(dim, **info):
    return Objective(
        lambda th: np.sqrt(th).sum(-1), lambda th: 0.5 / np.sqrt(th), dim=dim, name="root", **info
    )


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_all_rules_may_be_lost_at_step_0(dim):
    live = explore(SGD(), Adam(), on=root(dim), start=Draggable(*[-1.0] * dim), window=None, views=(
        "loss", "theta", "step"))  # fmt: skip
    assert told(check_figure(live)) == ["diverged at step 0"] * 2


def test_only_the_runs_of_a_sliders_far_end_may_be_lost():
    live = explore(SGD(lr=Slider(1e-3, 1e300, 1e-2, log=True)), on=Q, views=EVERY[:4])
    assert re.fullmatch(r"[\d.e−]+", told(check_figure(live))[0])


VALUES = st.sampled_from([np.nan, np.inf, -np.inf, 1e308, -1e308, 1e-310, 0.0, -0.0, 1.0])


@settings(max_examples=20, deadline=None)
@given(st.lists(VALUES, min_size=3, max_size=3), st.integers(1, 3), VALUES)
def test_losses_and_watched_numbers_of_every_size_are_drawn(values, steps, watched):
    at = np.array(values)
    J = Objective(
        lambda th: np.where(th[..., 0] < 0.5, at[0], np.where(th[..., 0] < 1.5, at[1], at[2])),
        lambda th: -1.0 + 0 * th,
        dim=1,
        start=(0.0,),
    )
    curve = Curve("w", lambda rule, t: watched + 0 * rule.lr)
    live = check_figure(explore(SGD(lr=1.0), on=J, steps=steps, views=("path", "loss", curve)))
    lost = np.flatnonzero(~np.isfinite(at[: steps + 1]))
    expected = f"diverged at step {lost[0]}" if lost.size else None
    assert expected in (None, told(live)[0])


# Names

PIECES = [*"ab$\\{}<>&\"'#%,;:=()[]_^~ \n\tθ°", "$$", "\\frac", "url(#", ' d="', "-->"]
WILD = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
TITLES = [
    "cost ($) and gain ($)",
    r"f in $\unknown$",
    "",
    'x d="12 L 3" style="y" id="z"',
    "a" * 500,
]


def words(live):
    return re.sub(r"<[^>]*>", "", "".join(p.svg for scene in live.drawn for p in scene))


@settings(max_examples=12, deadline=None)
@given(WILD, WILD, WILD, WILD)
@example(TITLES[0], TITLES[1], TITLES[2], TITLES[3])
@example(TITLES[3], TITLES[4], TITLES[0], TITLES[1])
def test_every_name_is_shown_as_it_is(where, rule, label, title):
    J = Objective(
        lambda th: (th**2).sum(-1), dim=2, window=(-1, 2, -1, 1), start=(1, 0.5), name=where
    )
    names = [rule if rule.strip() else "a", "b,  c"]
    if names[0] == names[1]:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        live = explore(
            SGD(lr=Slider(0.01, 1, 0.1, label=label)), Adam(), on=[J, J], names=names, steps=3,
            title=title, caption=title, views=("path", Curve(label, lambda rule, t: rule.lr)),
        )  # fmt: skip
    text = check_figure(live).html()
    assert len(set(live.scene_names)) == 2
    for name in (*names, *live.scene_names):
        assert html.escape(name) in text
    short = " ".join(f"Path on {live.scene_names[0]}".split())[:40]
    assert short in html.unescape(words(live))
    ids = re.findall(r' id="([^"]*)"', re.sub(r">[^<]*<", "><", text))
    assert all(re.fullmatch(r"[\w-]+", found) for found in ids)
    assert len(set(ids)) == len(ids)


def test_landscapes_of_one_name_are_all_offered():
    live = explore(SGD(), on=[Q, landscapes.quadratic([1.0, 9.0]), Q], steps=3)
    assert live.scene_names == ["Quadratic", "Quadratic (2)", "Quadratic (3)"]
    nameless = Objective(lambda th: (th**2).sum(-1), dim=1, start=[1.0])
    assert explore(SGD(), on={"": nameless}, steps=3).scene_names == ["landscape 1"]


def test_keys_of_sliders_stay_different():
    a, b, c = (Slider(0.0, 1.0, 0.1) for _ in range(3))
    live = explore(SGD(lr=a), SGD(lr=b), SGD(lr=Linear(c, 0.1, 5)), on=Q, names=["p", "q", "r.lr"])
    assert len(live.values) == 3


# Windows

WINDOW = st.one_of(
    st.lists(st.floats(), min_size=0, max_size=5).map(tuple),
    st.sampled_from([None, 3, "abcd", (None, 1), ((0, 1), (0, 1)), {}, True]),
)


@settings(max_examples=200, deadline=None)
@given(WINDOW, st.sampled_from([1, 2, None]))
def test_a_window_is_taken_as_floats_or_refused_by_name(window, dim):
    made = []
    with contextlib.suppress(ValueError):
        made.append(Objective(lambda th: (th**2).sum(-1), dim=dim, window=window))
    if not made:
        with pytest.raises(ValueError, match="(?s)window must be .*got"):
            check.window(window, dim)
        return
    J = made[0]
    assert J.window is None or all(
        a < b for a, b in zip(J.window[::2], J.window[1::2], strict=True)
    )


BAD = [(2, -2, -1, 1), (2, 2, -1, 1), (-1, np.inf, 0, 1), (np.nan, 1, 0, 1), (0, 1), (), 3, "abcd"]


@pytest.mark.parametrize("window", BAD, ids=repr)
def test_every_figure_refuses_a_window_that_is_none(window):
    _, ax = plotting.subplots()
    for draw in (
        lambda: explore(SGD(), on=Q, window=window),
        lambda: explore(SGD(), on=[Q, landscapes.beale()], window=window),
        lambda: relief(ax, Q, window=window),
        lambda: plotting.contours(ax, Q, window=window),
    ):
        with pytest.raises(ValueError, match="window must be"):
            draw()


def test_one_pair_is_a_window_of_one_dimension():
    J = Objective(lambda th: th[..., 0] ** 2, dim=1, start=[0.5], window=(-1, 1))
    for live in (
        explore(SGD(), on=J),
        explore(SGD(), on=landscapes.quadratic([1.0]), window=(-1, 1)),
    ):
        assert check_figure(live).drawn[0][0].data["x"][:2] == [-1.0, 1.0]
    with pytest.raises(ValueError, match="window must be"):
        relief(plotting.subplots()[1], J)
    assert "SGD" in card(SGD())


# Losses undefined, constant, negative


def barrier(dim):
    window = (-1, 3) * dim
    return Objective(
        lambda th: (th - np.log(th)).sum(-1), lambda th: 1 - 1 / th, dim=dim, window=window,
        start=(2.0,) * dim, name="barrier",
    )  # fmt: skip


@pytest.mark.parametrize("dim", [1, 2])
def test_what_is_defined_is_drawn(dim):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel = check_figure(explore(SGD(lr=0.1), on=barrier(dim))).drawn[0][0]
    assert panel.data["kind"] == ("map" if dim == 2 else "graph")
    assert len(panel.svg) > 4000


FLAT = [np.nan, np.inf, -np.inf, 0.0, -5.0, 1e20, -1e300, 5e-324]


@pytest.mark.parametrize("level", FLAT)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_a_loss_may_be_the_same_everywhere(level, dim):
    window = (-1, 1) * dim if dim < 3 else None
    J = Objective(lambda th: level + 0 * th.sum(-1), lambda th: 0 * th, dim=dim, window=window)
    live = check_figure(explore(SGD(), on=J, start=[5.0] * dim, steps=2))
    assert told(live)[0].startswith("diverged at step 0") == (not np.isfinite(level))


def test_a_start_outside_the_window_is_seen_at_its_edge():
    svg = explore(SGD(), on=Q, start=[100.0, 0.0], window=(-1, 1, -1, 1)).drawn[0][0].svg
    assert re.search(r'class="px-start" cx="424"', svg)


def test_a_relief_shows_what_is_defined():
    for J in (barrier(2), Objective(lambda th: 1 + 0 * th[..., 0], dim=2, window=(-1, 1, -1, 1))):
        _, ax = plotting.subplots()
        place = relief(ax, J, rows=4)
        assert np.isfinite(place(np.array([[0.5, 0.5]]))).all()
    with pytest.raises(ValueError, match="J must be defined somewhere in the window"):
        relief(plotting.subplots()[1], root(2, window=(-2, -1, -2, -1)))


# States


def test_a_state_may_be_a_matrix_a_number_or_a_vector():
    @dataclasses.dataclass(frozen=True, eq=False)
    class Keeps(Optimizer):
        lr: float = 0.01

        def init(self, theta):
            return {"B": theta[..., :, None] * theta[..., None, :], "n": 0.0, "m": 0 * theta}

        def step(self, J, theta, state, t):
            B, n, m = state["B"] + 1, state["n"] + 1, J.grad(theta)
            return theta - self.lr * m, {"B": B, "n": n, "m": m}

    live = explore(
        Keeps(lr=Slider(0.01, 0.1, 0.05)), on=Q, start=[1.0, 2.0], views=("state",), steps=4
    )
    check_figure(live)
    assert [len(p.data["lines"]) for p in live.drawn[0]] == [3, 1, 2]
    watched = live.defaults[0][0].watched
    assert list(watched) == ["B[0]", "B[1]", "B[2]", "B[3]", "n", "m[0]", "m[1]"]
    assert watched["B[1]"].tolist() == [3.0, 4.0, 5.0, 6.0]
    assert len(live.scenes[0].programs[0].watched) == 7


@pytest.mark.parametrize("dim", [1, 2, 3, 7])
def test_every_view_fits_every_dimension(dim):
    J = landscapes.quadratic(np.arange(1.0, dim + 1))
    for steps in (1, 4):
        views = (*EVERY, "correction", "rate")
        check_figure(explore(Adam(lr=Slider(0.01, 1, 0.1)), on=J, steps=steps, views=views))


# Grids

TWO = {"lr": Slider(0.01, 0.4, 0.1, steps=3), "beta": Slider(0, 0.9, 0.5, steps=2)}


@settings(max_examples=20, deadline=None)
@given(st.lists(VALUES, min_size=12, max_size=12), st.booleans())
def test_a_grid_of_any_numbers_is_drawn(values, log):
    heat = np.array(values).reshape(4, 3)
    curves = np.stack([heat, heat[::-1]])
    live = explore_grid(
        TWO,
        lambda lr, beta: {"a": curves, "e": heat},
        [Plot("L", log=log), Heat("H", "e", log=log)],
    )
    check_figure(live)
    defined = np.isfinite(live.curves()["a"]).all()
    assert (live.results() == [("diverged",)]) == (not defined)


def test_curves_of_different_lengths_keep_their_own():
    lengths = {"a": 5, "b": 9}
    live = explore_grid(
        TWO,
        lambda lr, beta: {
            n: (lr + beta)[None, ..., 0] + np.zeros((k, 1, 1)) for n, k in lengths.items()
        },
        [Plot("A", curves="a", x=np.arange(5) * 3), Plot("both")],
    )
    data = data_of(check_figure(live))
    assert data["steps"] == 8
    assert [len(at) for at in data["grid"]["at"]] == [5, 9]


def test_a_still_grid_tells_what_the_packed_curves_say():
    curve = np.array([1.0, 123.456])[:, None, None] + np.zeros((1, 4, 3))
    live = explore_grid(TWO, lambda lr, beta: {"a": curve}, Plot("A"), title=None, caption=None)
    assert live.results() == [("123",)]


def test_runs_of_numpy_and_of_a_figure_agree_where_a_loss_is_undefined():
    J = barrier(1)
    live = explore(SGD(lr=3.0), on=J, steps=9)
    assert live.runs()["SGD"].diverged_at == run(SGD(lr=3.0), J, [2.0], 9).diverged_at
