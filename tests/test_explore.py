"""Explorers and figures: controls, numbers, HTML and looks. tests/browser drives them."""

import json
import re
import subprocess
import sys
import types
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
from helpers import moved_by_the_book, shaped
from matplotlib.backends.backend_agg import FigureCanvasAgg

import primer
from primer import (
    SGD,
    Adam,
    Clip,
    Cosine,
    Curve,
    Draggable,
    Momentum,
    Optimizer,
    ReduceOnPlateau,
    RMSProp,
    Slider,
    WarmupCosine,
    explore,
    landscapes,
    latex,
    plotting,
    registry,
    rule,
    run,
)
from primer.explorer import Heat, Plot, explore_grid
from primer.explorer.packing import packed
from primer.explorer.page import number, rounded
from primer.hyper import Hyper
from primer.plotting.svg import svg as drawn_svg

J = landscapes.beale()
STATIC = Path(primer.__file__).parent / "static"


def data_of(html):
    text = re.search(r'class="px-data">(.*?)</script>', html, re.S)[1]
    return json.loads(text.replace("<\\/", "</").replace("<\\!--", "<!--"))


@pytest.fixture
def in_book(monkeypatch):
    monkeypatch.setenv("PRIMER_BOOK", "1")


# Controls


def test_one_slider_in_two_rules_is_one_control():
    rate = Slider(0.001, 1, 0.1, log=True)
    live = explore(SGD(lr=rate), Adam(lr=rate, beta2=Slider(0.9, 0.999, 0.99)), on=J, steps=5)
    assert [c.key for c in live.controls] == ["lr", "beta2"]
    assert [c.letter for c in live.controls] == ["η", "β₂"]
    assert live.values == {"lr": 0.1, "beta2": 0.99}


def test_two_sliders_of_one_field_get_longer_keys():
    live = explore(SGD(lr=Slider(0, 1, 0.1)), Momentum(lr=Slider(0, 1, 0.2)), on=J, steps=5)
    assert live.values == {"SGD.lr": 0.1, "Momentum.lr": 0.2}
    same = explore(SGD(lr=Slider(0, 1, 0.1)), SGD(lr=Slider(0, 1, 0.2)), on=J, names=("a", "b"))
    assert same.values == {"a.lr": 0.1, "b.lr": 0.2}


def test_sliders_inside_schedules_and_wrappers_are_found():
    peak, norm = Slider(0.01, 1, 0.1), Slider(0.1, 10, 1.0)
    wrapped = Clip(SGD(lr=WarmupCosine(peak=peak, warmup=2, steps=10)), norm=norm)
    live = explore(wrapped, on=J, steps=10, views=("path", "rate"))
    assert set(live.values) == {"peak", "norm"}
    assert live.names == ["ClipNorm(SGD)"]


def test_label_of_a_slider_is_its_letter_and_its_name():
    live = explore(SGD(lr=Slider(0, 1, 0.1, label="η of the step")), on=J, steps=3)
    assert (live.controls[0].letter, live.controls[0].name) == ("η", "of the step")


def test_ranges_and_positions_are_the_same_in_the_page_and_in_jupyterlab():
    rate = Slider(1e-4, 1, 0.1, log=True, steps=50)
    live = explore(SGD(lr=rate), on=J, steps=5)
    page = re.search(r'<input type="range"[^>]*>', live.html())[0]
    assert 'min="0" max="50" step="1"' in page
    assert f'value="{rate.index}"' in page
    assert data_of(live.html())["controls"][0]["values"] == rate.values.tolist()
    assert live.widget.children
    slider = live._lab.sliders[0]
    assert isinstance(slider, ipywidgets.SelectionSlider)
    assert [value for _, value in slider.options] == rate.values.tolist()
    assert slider.index == rate.index


# Numbers


def test_runs_are_numpys_own_at_the_present_settings():
    live = explore(Adam(lr=Slider(0.01, 1, 0.1)), on=J, start=Draggable(0.5, 0.5), steps=30)
    expected = run(Adam(lr=0.1), J, [0.5, 0.5], 30)
    assert np.array_equal(live.runs()["Adam"].theta, expected.theta)


def test_moving_a_widget_in_jupyterlab_changes_values_and_runs():
    rate = Slider(0.01, 1, 0.1)
    live = explore(SGD(lr=rate), on=[J, landscapes.himmelblau()], steps=10)
    assert live.widget.children
    live._lab.figure.set_state({"i0": 200, "start": [0.5, 0.25], "place": 1})
    assert live.values == {"lr": 1.0}
    assert live.start == (0.5, 0.25)
    assert live.scene.name == "Himmelblau"
    assert live.runs()["SGD"].theta[0].tolist() == [0.5, 0.25]


def test_table_shows_the_default_runs_and_says_where_one_diverged():
    live = explore(SGD(lr=50.0), Adam(lr=0.1), on=landscapes.rosenbrock(), steps=50)
    runs = live.runs()
    (lost, _), (loss, theta) = live.results()
    assert lost == f"diverged at step {runs['SGD'].diverged_at}"
    assert loss == rounded(runs["Adam"].loss[-1])
    assert theta == ", ".join(rounded(x) for x in runs["Adam"].theta[-1])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-1.5, "−1.5"),
        (123456.0, "1.23e+5"),
        (1e-7, "1.00e−7"),
        (0.0012345, "0.001234"),
    ],
)
def test_results_are_written_to_four_digits(value, text):
    assert rounded(value) == text


@pytest.mark.parametrize("value", [0.1, 1e-7, 1.5e-5, 0.99995, 12345.5, 1.0])
def test_settings_are_written_as_javascript_writes_numbers(value):
    node = ["node", "-e", f"process.stdout.write(String({value!r}))"]
    try:
        text = subprocess.run(node, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("node is not installed")
    assert number(value) == text.replace("-", "−")


# Views


def test_every_registered_rule_has_an_explorer_with_all_its_views():
    for name, entry in registry.rules.items():
        if entry.no_page or entry.kind == "wrapper":
            continue
        fields = {"lr": Slider(1e-3, 0.1, 0.01)} if "lr" in entry.make.__annotations__ else {}
        live = explore(
            entry.make(**fields), on=shaped(J), steps=12, views=("path", "loss", "step", "state")
        )
        assert all("NaN" not in p.svg and "nan" not in p.svg for p in live.drawn[0]), name


def test_state_shows_corrected_moments_and_correction_both_factors():
    live = explore(Adam(lr=0.1), on=J, steps=5, views=("state", "correction"))
    assert live.scenes[0].programs[0].watched[:4] == (
        "m_hat[0]",
        "m_hat[1]",
        "v_hat[0]",
        "v_hat[1]",
    )
    watched = live.defaults[0][0].watched
    factors = [watched[name] for name in list(watched)[4:]]
    np.testing.assert_allclose(factors[0], 1 - 0.9 ** np.arange(1, 6))
    np.testing.assert_allclose(factors[1], 1 - 0.999 ** np.arange(1, 6))


def test_curve_of_a_local_and_of_a_function():
    views = (Curve("g", "g"), Curve("rate", lambda rule, t: rule.lr / (1 + t)))
    live = explore(SGD(lr=0.1), on=J, steps=4, views=views)
    watched = live.defaults[0][0].watched
    assert watched["g[0]"][0] == J.grad(J.start)[0]
    np.testing.assert_allclose(watched["rate"], 0.1 / np.arange(1, 5))


def test_one_dimension_has_a_graph_and_many_have_no_path():
    one = explore(SGD(lr=0.1), on=landscapes.quadratic([1.0]), steps=5, views=("path", "theta"))
    assert [p.data["kind"] for p in one.drawn[0]] == ["graph", "time"]
    many = explore(SGD(lr=0.1), on=landscapes.quadratic([1.0, 2.0, 3.0]), steps=5)
    assert [p.data["kind"] for p in many.drawn[0]] == ["time"]


def test_the_rate_view_and_the_table_see_what_a_plateau_has_left_of_the_rate():
    flat = landscapes.quadratic([1.0])
    rules = SGD(lr=Cosine(0.8, 8)), ReduceOnPlateau(SGD(lr=0.5), factor=0.5, patience=0)
    live = explore(
        *rules, on=flat, start=[0.0], steps=8, views=("rate",), table=("area", "peak", "loss")
    )
    halved = live.defaults[0][1].watched["rate η"]
    assert halved[[0, 1, 2, 3]].tolist() == [0.5, 0.25, 0.125, 0.0625]
    assert live.results() == [("3.6", "0", "0"), (rounded(halved.sum()), "0", "0")]
    assert live.columns[:2] == ("Area Σ η", "Peak at step")
    assert [p["r"] for p in live.data["scenes"][0]["programs"]] == [0, 0]


def test_the_colors_of_a_map_may_be_given():
    from primer.explorer.grid import _norm

    shares = np.array([0.0] * 9 + [1.0])
    assert _norm(shares, False).vmax < 1e-6
    assert (_norm(shares, False, (0, 1)).vmin, _norm(shares, False, (0, 1)).vmax) == (0, 1)


def test_names_that_are_not_shown_wait_in_the_table(in_book):
    live = explore(SGD(lr=0.1), Adam(lr=0.1), on=J, steps=3, shown=["Adam"])
    assert len(re.findall(r'data-rule="0" style="display:none;', live.html())) == 2
    assert len(re.findall(r'aria-pressed="false"', live.html())) == 1
    assert data_of(live.html())["shown"] == ["Adam"]


def test_unknown_columns_and_names_are_refused():
    for change, message in (
        ({"table": ["loss", "size"]}, "table must be one of loss, theta, area, peak, got 'size'"),
        ({"table": ["area"]}, "table must be asked for together with the view 'rate', got 'area'"),
        ({"shown": ["Adam"]}, r"shown must be among the names \['SGD'\], got 'Adam'"),
    ):
        with pytest.raises(ValueError, match=message):
            explore(SGD(lr=0.1), on=J, steps=3, **change)


def test_schedules_have_looks_of_their_own():
    looks = [plotting.look(name) for name in [*registry.schedules, "ReduceOnPlateau"]]
    assert len(set(looks)) == len(looks)


# HTML


def test_one_explorer_of_four_rules_weighs_at_most_100_kb(in_book):
    rate = Slider(1e-3, 1, 0.02, log=True)
    rules = SGD(lr=rate), Momentum(lr=rate), RMSProp(lr=rate), Adam(lr=rate)
    for make in (landscapes.rosenbrock, landscapes.rastrigin, landscapes.himmelblau):
        assert len(explore(*rules, on=make()).html().encode()) <= 100_000


def test_while_the_book_is_built_there_is_html_only(in_book):
    live = explore(SGD(lr=Slider(0, 1, 0.1)), on=J, steps=3)
    assert set(live._repr_mimebundle_()) == {"text/html", "text/plain"}
    assert "<script src" not in live.html()
    assert "<style>/*" not in live.html()
    assert live._lab is None


def test_jupyterlab_gets_the_widget_and_html_that_is_alive_by_itself():
    live = explore(SGD(lr=Slider(0, 1, 0.1)), on=J, steps=3)
    bundle = live._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "PrimerExplorer" in bundle["text/html"]


def test_every_panel_has_an_accessible_name_and_every_slider_a_label(in_book):
    html = explore(SGD(lr=Slider(0, 1, 0.1)), on=J, steps=3, title="A < B").html()
    for svg in re.findall(r"<svg [^>]*px-svg.*?</svg>", html, re.S):
        name = re.search(r'role="img".*?aria-labelledby="([^"]+)"', svg)[1]
        assert re.search(rf'<title id="{name}">[^<]+</title>', svg)
    assert re.search(r'<label for="([^"]+)">.*?<input type="range" id="\1"', html)
    assert "A &lt; B" in html


def test_ids_are_unique_on_a_page_and_the_same_in_the_next_build(in_book):
    code = (
        "from primer import *\n"
        "from primer.landscapes import beale\n"
        "print(explore(SGD(lr=0.1), on=beale(), steps=3).html()"
        " + explore(SGD(lr=0.1), on=beale(), steps=3).html())"
    )
    built = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert built[0] == built[1]
    ids = re.findall(r' id="([^"]+)"', built[0])
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', built[0])) <= set(ids)


def test_runtime_is_short_and_asks_no_other_host():
    for path in (*STATIC.glob("*.js"), STATIC / "explorer.css"):
        text = path.read_text(encoding="utf-8")
        assert "http" not in text, path.name
        assert path.suffix == ".css" or len(text.splitlines()) <= 250, path.name


def test_importing_primer_does_not_import_matplotlib_and_exploring_does_not_import_pyplot():
    code = (
        "import sys, primer; assert 'matplotlib' not in sys.modules;"
        "from primer import *; from primer.landscapes import beale;"
        "explore(SGD(lr=0.1), on=beale(), steps=2); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# One text


def test_editing_one_line_of_a_rule_changes_run_equation_and_page_together(monkeypatch):
    def made(text):
        module = types.ModuleType("toy")
        monkeypatch.setitem(sys.modules, "toy", module)
        source = (
            f"def step(self, J, theta, state, t):\n    g = J.grad(theta)\n    return {text}, {{}}\n"
        )
        exec(source, module.__dict__)
        body = {"__annotations__": {"lr": Hyper}, "lr": 0.1, "step": module.step}
        toy = type("Toy", (Optimizer,), body)
        toy.__module__ = "toy"
        monkeypatch.setattr(registry, "rules", dict(registry.rules))
        toy = rule(toy)(lr=Slider(1e-4, 0.01, 0.001))
        live = explore(toy, on=J, steps=5)
        return (
            live.runs()["Toy"].theta[-1],
            latex(toy),
            live.scenes[0].programs[0].source,
            live.drawn,
        )

    before, after = made("theta - self.lr * g"), made("theta - self.lr * g / 2")
    assert not np.array_equal(before[0], after[0])
    for a, b in zip(before[1:], after[1:], strict=True):
        assert a != b


# Grids


def losses(lr, beta):
    result = run(Momentum(lr=lr, beta=beta), landscapes.quadratic([1.0, 9.0]), [1.0, 1.0], 15)
    return {"Momentum": result.loss, "end": result.loss[-1]}


SLIDERS = {"lr": Slider(0.01, 0.2, 0.1, steps=19), "beta": Slider(0, 0.9, 0.5, steps=9)}


def unpacked(ranges, text):
    import base64
    import zlib

    planes = np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=np.uint8).astype(int)
    q = np.cumsum(planes[: len(planes) // 2] + 256 * planes[len(planes) // 2 :]) % 65536
    out = []
    for r in ranges:
        part, q = q[: r["count"]], q[r["count"] :]
        low, high = r["low"], r["high"]
        scaled = (
            low * (high / low) ** (part / 65534) if r["log"] else low + (high - low) * part / 65534
        )
        out.append(np.where(part == 65535, np.nan, scaled))
    return out


def test_packed_curves_come_back_to_a_ten_thousandth_of_their_range_and_lost_ones_as_nan():
    curves = [
        np.random.default_rng(0).normal(size=(30, 4, 5)),
        np.geomspace(1e-6, 1, 60).reshape(6, 10),
    ]
    curves[0][7, 1, 1] = np.inf
    ranges, text = packed(curves)
    for curve, back in zip(curves, unpacked(ranges, text), strict=True):
        flat = np.moveaxis(curve, 0, -1).ravel()
        assert np.array_equal(np.isnan(back), ~np.isfinite(flat))
        fine = np.isfinite(flat)
        np.testing.assert_allclose(back[fine], flat[fine], atol=1e-4 * np.ptp(flat[fine]))
    np.testing.assert_allclose(back, flat, rtol=2e-4)


def test_grid_calls_its_function_once_with_the_whole_sweep():
    calls = []

    def compute(lr, beta):
        calls.append((lr.shape, beta.shape))
        return losses(lr, beta)

    live = explore_grid(SLIDERS, compute, [Plot("Loss"), Heat("End", "end")])
    assert calls == [((20, 10, 1), (20, 10, 1))]
    single = losses(0.1, 0.5)["Momentum"]
    np.testing.assert_allclose(live.curves()["Momentum"], single)
    assert set(live.values) == {"lr", "beta"}
    assert "px-grid" in live.html()


@pytest.mark.parametrize("log", [False, True])
def test_the_label_of_a_color_scale_is_drawn_whole(log, monkeypatch):
    drawn = []

    def watched(figure, alt, prefix):
        FigureCanvasAgg(figure).draw()
        drawn.extend((bar, figure.bbox) for ax in figure.axes for bar in ax.child_axes)
        return drawn_svg(figure, alt, prefix)

    monkeypatch.setattr("primer.explorer.figure.svg", watched)
    panels = [Plot("Loss"), Heat("End", "end", log=log, label="share that fails")]
    explore_grid(SLIDERS, losses, panels).html()
    [(bar, whole)] = drawn
    box = bar.get_tightbbox()
    assert whole.y0 <= box.y0 < box.y1 <= whole.y1
    assert whole.x0 <= box.x0 < box.x1 <= whole.x1


def test_curves_that_differ_in_an_addition_share_their_color():
    def two(lr):
        loss = run(SGD(lr=lr), J, J.start, 3).loss
        return {"mine": loss, "mine (by examples)": loss, "other": loss}

    first, second, third = explore_grid({"lr": Slider(0.01, 0.1, 0.1, steps=2)}, two).looks
    assert first == second
    assert first != third


@pytest.mark.parametrize(
    ("sliders", "compute", "panels", "message"),
    [
        ({}, losses, [Plot("a")], "sliders must be a dict of Slider"),
        (SLIDERS, 3, [Plot("a")], "compute must be a function"),
        (
            SLIDERS,
            lambda lr, beta: {"a": np.ones((5, 3))},
            [Plot("a")],
            r"compute\(\)\['a'\] must be",
        ),
        (SLIDERS, losses, [Plot("a", curves=("x",))], "panels must be among what compute returned"),
        (SLIDERS, losses, [Plot("a", x=[1.0])], r"x must be of shape \(16,\)"),
    ],
)
def test_grid_refuses_what_it_cannot_show(sliders, compute, panels, message):
    with pytest.raises(ValueError, match=message):
        explore_grid(sliders, compute, panels)


def test_book_moves_grids_into_scripts_of_their_own(in_book, tmp_path):
    live = explore_grid(SLIDERS, losses)
    body = moved_by_the_book(live, folder=tmp_path)
    name = re.search(r'data-name="(\w+)" data-src="\.\./_static/grids/\1\.js"', body)[1]
    assert live.packed not in body
    assert live.packed in (tmp_path / "_static" / "grids" / f"{name}.js").read_text()


def test_book_moves_programs_into_files_and_loads_that_of_the_first_explorer(in_book, tmp_path):
    rate = Slider(0, 1, 0.1)
    one = [explore(SGD(lr=rate), on=J, steps=3) for _ in range(2)]
    other = explore(Adam(lr=rate), on=J, steps=3)
    body = moved_by_the_book(*one, other, folder=tmp_path)
    files = {f.name: f.read_text("utf-8") for f in (tmp_path / "_static" / "programs").iterdir()}
    first, second = (
        next(name for name, text in files.items() if live.programs[0] in text)
        for live in (one[0], other)
    )
    assert files.keys() == {first, second}
    assert re.findall(r"<script[^>]*src[^>]*>", body) == [
        f'<script async src="../_static/programs/{first}">'
    ]
    asked = re.findall(r'px-programs" data-src="\.\./_static/programs/([^"]+)"', body)
    assert asked == [first, second]
    for live, name in ((one[0], first), (other, second)):
        for source in live.programs:
            assert source not in body
            assert files[name].count(source) == 1
    assert moved_by_the_book(folder=tmp_path) == ""


# What is refused


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        ((), {}, "rules must be at least one"),
        ((3,), {}, "rules must be Optimizer instances"),
        ((SGD(),), {"on": 3}, "on must be an Objective"),
        ((SGD(),), {"on": []}, "on must be an Objective"),
        ((SGD(),), {"steps": 0}, "steps must be an integer >= 1"),
        ((SGD(),), {"views": ("pth",)}, "views must be one of path, loss"),
        ((SGD(),), {"views": (Curve("m", "m_hat"),)}, "views must be a local of a rule's step: g"),
        ((SGD(),), {"start": (1.0, 2.0, 3.0)}, "start must have last axis 2"),
        ((SGD(), Adam()), {"names": ("a", "a")}, "names must be 2 different names"),
        ((SGD(),), {"window": (0, 1)}, r"window must be \(x_low"),
        ((SGD(),), {"views": ("correction",)}, "views must be for rules with beta1 or beta2"),
    ],
)
def test_explore_names_the_argument_the_value_and_what_is_allowed(arguments, keywords, message):
    with pytest.raises(ValueError, match=message):
        explore(*arguments, **({"on": J} | keywords))


def test_draggable_and_curve_refuse_nonsense():
    with pytest.raises(ValueError, match="start must be a finite number, got nan"):
        Draggable(0.0, float("nan"))
    with pytest.raises(ValueError, match="f must be the name of a local of step"):
        Curve("x", "not a name")


# Static figures


def test_every_registered_rule_has_a_look_and_those_of_a_chapter_differ():
    known = {name: plotting.look(name) for name in registry.rules}
    first = (
        "SGD",
        "Momentum",
        "Nesterov",
        "AdaGrad",
        "RMSProp",
        "Adadelta",
        "Adam",
        "AdamW",
        "Lion",
    )
    assert len({known[name] for name in first}) == len(first)
    assert plotting.look("Adam").line == {"color": "#bd1f01", "linestyle": "-"}


@pytest.mark.parametrize(("paper", "theme"), [("#ffffff", 0), ("#121212", 1)])
def test_lines_stand_out_from_the_paper_in_both_themes(paper, theme):
    css = (STATIC / "explorer.css").read_text(encoding="utf-8")
    for hue in plotting.PALETTE:
        color = re.findall(rf"--px-{hue}: (#\w+)", css)[theme]
        assert contrast(color, paper) >= 3, (hue, color)
        assert theme or color == plotting.PALETTE[hue]


def contrast(a, b):
    def light(color):
        parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_static_figure_follows_the_theme_has_alt_text_and_is_reproducible(in_book, tmp_path):
    def made():
        figure, (left, right) = plotting.subplots(1, 2)
        plotting.contours(left, J)
        plotting.band(right, np.arange(4), np.ones((4, 3)), "Adam")
        right.set(yscale="log", xlabel="step", ylabel="loss")
        plotting.legend(right)
        return figure

    picture = plotting.show(made(), alt="Beale's valley & a line", caption="Look")
    html = picture._repr_html_()
    assert (
        html == plotting.show(made(), alt="Beale's valley & a line", caption="Look")._repr_html_()
    )
    assert "Beale&#x27;s valley &amp; a line</title>" in html
    assert "var(--px-red,#bd1f01)" in html
    assert "<figcaption>Look</figcaption>" in html
    assert len(html) < 60_000
    plotting.save(made(), tmp_path / "a.svg", alt="A valley")
    assert "var(" not in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_static_figure_without_alt_text_is_refused():
    figure, _ = plotting.subplots()
    with pytest.raises(ValueError, match="alt must be a text"):
        plotting.show(figure, alt=" ")


def test_band_and_contours_refuse_wrong_shapes():
    _, ax = plotting.subplots()
    with pytest.raises(ValueError, match=r"runs must be of shape \(n, seeds\) with n = 3"):
        plotting.band(ax, [0, 1, 2], np.ones((2, 5)), "Adam")
    with pytest.raises(ValueError, match="J must be two-dimensional"):
        plotting.contours(ax, landscapes.quadratic([1.0, 2.0, 3.0]))
