"""The published explorer in a real browser: sliders, start, links, numbers, themes, access."""

import functools
import json
from pathlib import Path

import numpy as np
import pytest
from chromium import axe, numbers, paths, settings, write_page
from helpers import loaded

from primer import (
    SGD,
    AdaGrad,
    Adam,
    Cosine,
    Curve,
    Momentum,
    ReduceOnPlateau,
    RMSProp,
    Slider,
    WarmupCosine,
    explore,
    landscapes,
    run,
)
from primer.explorer import Heat, Plot, explore_grid
from primer.explorer.bundle import script
from primer.explorer.page import page as page_of
from primer.explorer.page import register, rounded

pytestmark = pytest.mark.browser
EXTENSIONS = Path(__file__).parents[2] / "book" / "_ext"


@functools.cache
def four(_copy=0):
    """Four rules × 200 steps, with the exact operations only; made once, and `_copy` more times."""
    rate, beta = Slider(1e-3, 1, 0.02, log=True), Slider(0, 0.99, 0.9, steps=99)
    return explore(
        SGD(lr=Slider(1e-5, 0.01, 0.001, log=True)),
        Momentum(lr=Slider(1e-5, 0.01, 0.001, log=True), beta=beta),
        RMSProp(lr=rate),
        Adam(lr=rate, beta1=beta, beta2=Slider(0.9, 0.9999, 0.999, near_one=True)),
        on=landscapes.rosenbrock(),
    )


def momenta(lr, beta):
    result = run(Momentum(lr=lr, beta=beta), landscapes.quadratic([1.0, 20.0]), [1.0, 1.0], 60)
    return {"Momentum": result.loss, "end": np.minimum(result.loss[-1], 1e3)}


@functools.cache
def grid():
    sliders = {
        "lr": Slider(1e-3, 0.2, 0.05, log=True, steps=12),
        "beta": Slider(0, 0.9, 0.9, steps=9),
    }
    return explore_grid(sliders, momenta, [Plot("Loss"), Heat("At the end", "end", log=True)])


@pytest.fixture
def opened(page, tmp_path):
    def open_(*explorers, before="", hash_="", theme="light"):
        made = explorers or (four(),)
        page.goto(write_page(tmp_path / "page.html", *made, before=before, theme=theme) + hash_)
        page.wait_for_selector(".px-live")
        return made

    return open_


def test_every_slider_moves_its_lines_and_the_numbers_equal_numpys(page, opened):
    (live,) = opened()
    for control in live.controls:
        before = paths(page)
        slider = page.locator(f'.px-row[data-key="{control.key}"] input')
        slider.focus()
        for key in ("ArrowRight", "PageUp", "ArrowLeft", "ArrowLeft"):
            page.keyboard.press(key)
        assert paths(page) != before, control.key
    values = settings(page)
    assert values != live.values
    for c in live.controls:
        page.wait_for_selector(f'.px-row[data-key="{c.key}"] output')
    ours = by_numpy(live, values, live.start)
    for row, result in zip(numbers(page), ours.values(), strict=True):
        assert row["lost"] == result.diverged_at
        if row["lost"] < 0:
            assert row["loss"] == result.loss[-1]
            assert row["theta"] == result.theta[-1].tolist()


def by_numpy(live, values, start):
    from primer.explorer.model import substituted

    table = {id(c.slider): values[c.key] for c in live.controls}
    J = live.scene.J
    return {
        n: run(substituted(r, table), J, np.array(start), live.steps) for n, r in live.rules.items()
    }


def test_home_and_end_reach_both_ends_and_reset_returns(page, opened):
    (live,) = opened()
    slider = page.locator('.px-row[data-key="beta"] input')
    slider.focus()
    page.keyboard.press("Home")
    assert settings(page)["beta"] == 0
    page.keyboard.press("End")
    assert settings(page)["beta"] == 0.99
    assert page.locator('.px-row[data-key="beta"] output').text_content() == "0.99"
    page.get_by_role("button", name="Reset").click()
    assert settings(page) == live.values


def test_start_is_dragged_by_mouse_and_keyboard(page, opened):
    opened()
    handle, before = page.get_by_role("slider", name="Starting point"), paths(page)
    box = handle.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    page.mouse.move(box["x"] + 22, box["y"] + 22)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 60, steps=4)
    page.mouse.up()
    dragged = paths(page)
    assert dragged != before
    handle.focus()
    page.keyboard.press("ArrowUp")
    assert paths(page) != dragged
    start = page.evaluate("PrimerExplorer.all[0].start")
    first = by_numpy(four(), settings(page), start)["Adam"]
    assert numbers(page)[3]["loss"] == first.loss[-1]


def test_touch_places_the_start(browser, tmp_path):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(write_page(tmp_path / "page.html", four()))
    before = paths(page)
    panel = page.locator(".px-panel").first
    panel.scroll_into_view_if_needed()
    box = panel.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.4)
    assert paths(page) != before
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_default_picture_is_there_without_javascript_and_the_script_redraws_the_same(
    browser, page, tmp_path
):
    live = explore(
        Adam(lr=Slider(0.01, 1, 0.1)),
        SGD(lr=5.0),
        on=landscapes.himmelblau(),
        views=("path", "loss", "step", "state", "theta", "correction", "rate"),
    )
    address = write_page(tmp_path / "page.html", live, grid())
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(address)
    assert "Without JavaScript" in still.locator(".px-note").first.text_content()
    assert not still.locator(".px-controls").first.is_visible()
    source = [p.get_attribute("d") for p in still.locator(".px-line > path").all()]
    context.close()
    page.goto(address)
    page.wait_for_function("PrimerExplorer.all[1]?.runs?.length")
    for a, b in zip(source, paths(page, 0) + paths(page, 1), strict=True):
        assert a.count("L") == b.count("L")
        np.testing.assert_allclose(coordinates(a), coordinates(b), atol=0.11)


def coordinates(d):
    return [float(x) for x in d.replace("M", " ").replace("L", " ").split()]


def test_link_in_the_text_sets_the_nearest_explorer_before_it(page, tmp_path, opened):
    one = explore(
        Adam(lr=0.1, beta2=Slider(0.9, 0.9999, 0.999, near_one=True)), on=landscapes.beale()
    )
    opened(one, four(), before='<a id="l" href="#beta2=0.95">set it</a>')
    page.click("#l")  # none before it: the first after it
    assert settings(page, 0)["beta2"] == pytest.approx(0.95, abs=1e-3)
    page.evaluate("document.querySelector('main').append(document.querySelector('#l'))")
    page.click("#l")
    assert settings(page, 1)["beta2"] == pytest.approx(0.95, abs=1e-3)
    assert "#" not in page.url


def test_deep_link_and_copied_link_open_the_same_state(page, opened):
    opened(hash_="#beta=0.5&RMSProp.lr=0.1&start=0.5,0.25")
    assert settings(page)["beta"] == 0.5
    assert page.evaluate("PrimerExplorer.all[0].start") == [0.5, 0.25]
    shown = numbers(page)
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_function("location.hash.includes('x=')")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector(".px-live")
    assert numbers(page) == shown


def test_a_run_that_diverges_is_marked_and_says_where(page, opened):
    (live,) = opened(explore(SGD(lr=Slider(0.1, 100, 50.0)), on=landscapes.rosenbrock()))
    where = int(live.runs()["SGD"].diverged_at)
    assert page.locator("tbody td").first.text_content() == f"diverged at step {where}"
    assert page.locator(".px-line[data-lost]").count() == 2


def test_legend_hides_a_rule_and_the_menu_changes_the_landscape(page, opened):
    both = [landscapes.beale(), landscapes.himmelblau()]
    (live,) = opened(explore(AdaGrad(lr=Slider(0.1, 1, 0.5)), SGD(lr=0.01), on=both))
    page.get_by_role("button", name="SGD").click()
    hidden = page.locator('.px-line[data-rule="1"]')
    assert not any(hidden.nth(i).is_visible() for i in range(hidden.count()))
    page.get_by_label("Landscape").select_option("Himmelblau")
    assert page.locator("svg[role=img] >> nth=2").is_visible()
    J = landscapes.himmelblau()
    result = run(AdaGrad(lr=0.5), J, J.start, live.steps)
    assert numbers(page)[0]["loss"] == pytest.approx(float(result.loss[-1]), rel=1e-12)


def test_a_link_draws_the_rules_it_names_and_the_table_follows_the_rate(page, opened):
    peak = Slider(0.01, 1, 0.4)
    rules = SGD(lr=Cosine(peak, 50)), SGD(lr=WarmupCosine(peak, warmup=10, steps=50))
    stairs = ReduceOnPlateau(SGD(lr=peak), factor=0.5, patience=0)
    (live,) = opened(
        explore(
            *rules, stairs, names=("Cosine", "Warm", "Stairs"), steps=50,
            on=landscapes.quadratic([1.0, 0.1]),
            views=("rate", "loss"), table=("loss", "area", "peak"), shown=["Warm"],
        ),
        before='<a id="l" href="#show=Cosine&peak=0.2">set it</a>',
    )  # fmt: skip
    lines = [page.locator(f'.px-line[data-rule="{k}"]').first for k in (0, 1)]
    assert [line.is_visible() for line in lines] == [False, True]
    cells = page.locator("tbody td").all_text_contents()
    assert cells == [cell for row in live.results() for cell in row]
    assert cells[1:6:3] == [rounded(rule.lr.area(50)) for rule in rules]
    assert cells[2::3] == ["0", "9", "0"]
    page.click("#l")
    assert [line.is_visible() for line in lines] == [True, False]
    assert page.locator("tbody td").nth(1).text_content() == rounded(Cosine(0.2, 50).area(50))
    page.get_by_role("button", name="Reset").click()
    assert [line.is_visible() for line in lines] == [False, True]


def test_play_draws_the_run_step_by_step(page, opened):
    opened()
    whole = paths(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("Number(document.querySelector('.px-t').textContent) < 150")
    assert paths(page) != whole
    page.wait_for_function("document.querySelector('.px-t').textContent === '200'")
    assert paths(page) == whole


def test_reduced_motion_has_no_play_button(browser, tmp_path):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(write_page(tmp_path / "page.html", four()))
    assert not page.locator(".px-play").is_visible()
    context.close()


def test_grid_is_loaded_near_the_window_and_equals_what_was_computed(page, opened):
    far = '<div style="height: 3000px"></div>'
    (live,) = opened(grid(), before=far)
    assert page.evaluate("PrimerExplorer.all[0].runs") is None
    page.locator(".px").scroll_into_view_if_needed()
    page.wait_for_function("PrimerExplorer.all[0].runs")
    page.locator('.px-row[data-key="beta"] input').focus()
    page.keyboard.press("ArrowLeft")
    place = page.evaluate("PrimerExplorer.all[0].index")
    loss = page.evaluate("[...PrimerExplorer.all[0].runs[0].loss]")
    np.testing.assert_allclose(loss, live.arrays["Momentum"][(slice(None), *place)], rtol=1e-3)
    box = page.locator(".px-panel").nth(1).bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6)
    assert page.evaluate("PrimerExplorer.all[0].index") != place


def test_axe_finds_no_serious_violation(page, opened):
    for theme in ("light", "dark"):
        opened(four(), grid(), theme=theme)
        if theme == "dark":
            page.evaluate("document.body.style.background = '#121212'")
        found = axe(page, ".px")
        assert not [v["id"] for v in found if v["impact"] in ("serious", "critical")]


def test_a_view_of_ones_own_is_drawn_for_the_present_settings(page, opened):
    rate = Curve("effective rate", lambda rule, t: rule.lr / (1 - rule.beta))
    J = landscapes.quadratic([1.0])
    opened(
        explore(
            Momentum(lr=0.1, beta=Slider(0, 0.9, 0.5, steps=9)), on=J, views=(rate,), window=(-2, 2)
        )
    )
    before = paths(page)
    page.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert paths(page) != before


# Where scripts stand, and when they come


def extension(name):
    return loaded(EXTENSIONS / f"{name}.py")


def all_alive(page, count):
    """Every explorer runs, and its first slider moves its lines."""
    for k in range(count):
        page.locator(".px").nth(k).scroll_into_view_if_needed()
        page.wait_for_function("k => globalThis.PrimerExplorer?.all[k]?.runs", arg=k)
        before = paths(page, k)
        page.locator(".px").nth(k).locator("input[type=range]").first.focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        assert paths(page, k) != before
    ids = page.locator(".px").evaluate_all("all => all.map(root => root.id)")
    assert page.evaluate("PrimerExplorer.all.map(e => e.root.id)") == ids
    assert len(ids) == count


def test_a_page_is_alive_where_a_server_forbids_scripts_written_into_it(page, hosted, tmp_path):
    file = tmp_path / "page.html"
    write_page(file, four(), grid(), four(2))
    text, files = extension("explorers").split(file.read_text("utf-8"), lambda name: name)
    text, more = extension("inline_scripts").split(text, "inline")
    for name, code in {"page.html": text, "favicon.ico": "", **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, "utf-8")
    kinds = sorted(name.split("/")[1] for name in files)
    assert kinds == ["edits", "edits", "grids", "programs"]
    assert not more
    page.goto(f"{hosted(tmp_path)}/page.html")
    all_alive(page, 3)


def test_a_page_is_alive_from_file_where_every_explorer_brings_its_scripts(page, tmp_path):
    file = tmp_path / "page.html"
    body = "".join(live.html() for live in (four(), grid(), four(2)))
    file.write_text(f'<!doctype html><meta charset="utf-8">{body}', "utf-8")
    page.goto(file.as_uri())
    all_alive(page, 3)


@pytest.mark.parametrize("last", ["programs", "runtime", "figure"])
def test_an_explorer_starts_when_the_last_of_its_scripts_has_come(page, tmp_path, last):
    live, adam = four(), explore(Adam(lr=Slider(0.01, 1, 0.1)), on=landscapes.beale(), steps=5)
    figures = f'<div id="late">{page_of(live)}</div>{page_of(adam)}'
    pieces = {
        "figure": f"document.querySelector('#late').innerHTML = {json.dumps(page_of(live))};"
        "globalThis.PrimerExplorer?.start();",
        "programs": register(live.programs),
        "runtime": script(),
    }
    if last == "figure":
        figures = f'<div id="late"></div>{page_of(adam)}'
    file = tmp_path / "page.html"
    early = f"<script>{register(adam.programs)}</script>"
    file.write_text(f'<!doctype html><meta charset="utf-8">{figures}{early}', "utf-8")
    page.goto(file.as_uri() + f"#x={live.id}&beta=0.5")
    order = sorted(set(pieces) - {last, "figure"}) + [last]
    for piece in order:
        assert page.locator(f"#{live.id}.px-live").count() == 0
        page.evaluate(
            "textContent => document.head.append("
            "Object.assign(document.createElement('script'), { textContent }))",
            pieces[piece],
        )
    page.evaluate("PrimerExplorer.wake()")  # the other, which may be far from the window
    assert page.evaluate("PrimerExplorer.all.length") == 2
    place = page.evaluate("id => PrimerExplorer.all.findIndex(e => e.root.id === id)", live.id)
    assert settings(page, place)["beta"] == 0.5
    page.evaluate("PrimerExplorer.start()")
    assert page.evaluate("PrimerExplorer.all.length") == 2
