"""The page and the still figure say the same, links come back as they went, old browsers hear."""

import re

import numpy as np
import pytest
from chromium import settings, write_page

from primer import SGD, Adam, Curve, Linear, Newton, Objective, Slider, explore, landscapes
from primer.explorer import Heat, Plot, explore_grid

pytestmark = pytest.mark.browser
Q = landscapes.quadratic([1.0, 4.0])
BARRIER = Objective(
    lambda th: (th - np.log(th)).sum(-1), lambda th: 1 - 1 / th, dim=1, window=(-1, 3), start=(2.0,)
)
ROOT = Objective(lambda th: np.sqrt(th).sum(-1), lambda th: 0.5 / np.sqrt(th), dim=2, start=(-1, 1))


def lost_curve(rule, t):
    return np.where(t > 2, np.nan, 1e308 * (t + 1)) + rule.lr


def grid():
    sliders = {"start": Slider(0.1, 3.0, 0.5, steps=4), "x": Slider(0.0, 0.9, 0.1, steps=3)}

    def compute(start, x):
        total = (start + x)[..., 0]
        falls = 1.23456 / (1 + np.arange(9.0))[:, None, None] * total
        return {"a, $b$": falls, "lost": np.where(total > 0.5, np.nan, 1.0) * falls[:4], "e": total}

    return explore_grid(sliders, compute, [Plot("A"), Heat("E", "e", log=True)])


FIGURES = {
    "theta is lost first": lambda: explore(
        Newton(), SGD(), on=landscapes.monkey(), start=(0.0, 0.0)
    ),
    "overflow": lambda: explore(
        SGD(lr=Slider(1e300, 1e308, 1e305)), Adam(), on=Q, start=(1.0, 1.0)
    ),
    "lost at step 0": lambda: explore(SGD(), Adam(), on=ROOT, views=("loss", "theta")),
    "a watched number": lambda: explore(SGD(), on=Q, views=("loss", Curve("w", lost_curve))),
    "a border": lambda: explore(SGD(lr=Slider(0.1, 9, 3.0)), on=BARRIER),
    "numbers": lambda: explore(
        SGD(lr=Slider(1e-7, 1e21, 2e-7)), on=Q, start=(1234.5, -0.0), steps=1
    ),
    "grid": grid,
}


@pytest.mark.parametrize("name", FIGURES)
def test_page_and_still_figure_say_the_same(page, tmp_path, name):
    live = FIGURES[name]()
    page.goto(write_page(tmp_path / "page.html", live))
    page.wait_for_selector(".px-live")
    page.wait_for_function("PrimerExplorer.all[0].runs")
    still = live.html()
    cells = [cell for row in live.results() for cell in row]
    assert page.locator("tbody td").all_text_contents() == cells
    outputs = re.findall(r"<output[^>]*>(.*?)</output>", still)
    assert page.locator(".px-row output").all_text_contents() == outputs
    drawn = page.locator(".px-line > path").evaluate_all("all => all.map(p => p.getAttribute('d'))")
    assert drawn == re.findall(r'<g class="px-line"[^>]*><path d="([^"]*)"', still)
    lost = page.locator(".px-line[data-lost]").count()
    assert lost == len(re.findall(r'class="px-line"[^>]* data-lost=""', still))


NAMES = [["SGD, slow", "Adam"], ["a", "b"], ["a", "a,b"], ["50%", "50%25"], ["x=1&y", "a b+c#d"]]


@pytest.mark.parametrize("names", NAMES, ids=str)
def test_a_copied_link_draws_the_rules_it_was_copied_with(page, tmp_path, names):
    rate = Slider(0.01, 0.5, 0.1)
    live = explore(
        SGD(lr=rate), Adam(lr=rate), SGD(lr=0.2), on=[Q, Q], names=[*names, "b,c"], steps=5
    )
    address = write_page(tmp_path / "page.html", live)
    for seen in ([names[0]], [names[1]], [names[0], "b,c"], []):
        page.goto(address)
        page.wait_for_selector(".px-live")
        page.evaluate(
            "names => { const [e] = PrimerExplorer.all; e.show(1); e.only(names); e.link() }", seen
        )
        copied = page.url
        page.goto("about:blank")
        page.goto(copied)
        page.wait_for_selector(".px-live")
        assert page.evaluate("[PrimerExplorer.all[0].place, PrimerExplorer.all[0].seen()]") == [
            1,
            seen,
        ]


KEYED = {
    "start": lambda: explore(SGD(lr=Linear(Slider(0.01, 0.5, 0.1), 0.05, 50)), on=Q, steps=5),
    "x": grid,
}


@pytest.mark.parametrize("word", KEYED)
def test_a_slider_may_have_the_name_of_a_word_of_links(page, tmp_path, word):
    (live,) = [KEYED[word]()]
    address = write_page(tmp_path / "page.html", live)
    page.goto(address)
    page.wait_for_selector(".px-live")
    page.evaluate("PrimerExplorer.all[0].index.forEach((_, k) => PrimerExplorer.all[0].move(k, 2))")
    page.evaluate("PrimerExplorer.all[0].link()")
    moved, copied = settings(page), page.url
    assert moved != live.values
    page.goto("about:blank")
    page.goto(copied)
    page.wait_for_selector(".px-live")
    assert settings(page) == moved


def test_a_link_may_be_written_as_one_reads_it(page, tmp_path):
    live = explore(
        SGD(lr=Slider(0.0, 1e6, 0.5)), Adam(), on=Q, names=["SGD, slow", "Adam"], steps=5
    )
    lines = ["lr=−1", "lr=1e+6", "lr=nonsense", "show=SGD, slow", "start=−1, 2"]
    links = "".join(f'<a href="#{line}">{line}</a> ' for line in lines)
    page.goto(write_page(tmp_path / "page.html", live, before=links))
    page.wait_for_selector(".px-live")
    found = []
    for k in range(3):
        page.locator("a").nth(k).click()
        found.append(settings(page)["lr"])
    assert found == [0.0, 1e6, 1e6]
    page.locator("a").nth(3).click()
    page.locator("a").nth(4).click()
    assert page.evaluate("PrimerExplorer.all[0].seen()") == ["SGD, slow"]
    assert page.evaluate("PrimerExplorer.all[0].start") == [-1, 2]


def test_a_browser_that_cannot_unpack_says_so_in_the_figure(page, tmp_path):
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(write_page(tmp_path / "page.html", grid()))
    note = page.locator(".px > .px-note")
    note.wait_for()
    assert "shows its default settings only: this browser is too old" in note.text_content()


def test_a_tap_moves_the_start_where_clicks_do_not_tell_their_pointer(page, tmp_path):
    page.goto(write_page(tmp_path / "page.html", explore(SGD(), on=Q, steps=5)))
    page.wait_for_selector(".px-live")
    before = page.evaluate("PrimerExplorer.all[0].start")
    page.evaluate("""() => {
      const panel = document.querySelector(".px-panel"), box = panel.getBoundingClientRect();
      const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true };
      panel.querySelector("svg").dispatchEvent(new MouseEvent("click", at));
    }""")
    assert page.evaluate("PrimerExplorer.all[0].start") != before


def test_the_handle_of_an_undefined_or_distant_start_stays_in_the_panel(page, tmp_path):
    far = explore(SGD(), on=BARRIER, steps=3)
    page.goto(write_page(tmp_path / "page.html", far))
    page.wait_for_selector(".px-live")
    for point in ([-0.5], [1e9], [-1e9]):
        page.evaluate("point => PrimerExplorer.all[0].put(point)", point)
        panel, handle = (page.locator(s).first.bounding_box() for s in (".px-panel", ".px-handle"))
        middle = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        assert panel["x"] <= middle[0] <= panel["x"] + panel["width"]
        assert panel["y"] <= middle[1] <= panel["y"] + panel["height"]
