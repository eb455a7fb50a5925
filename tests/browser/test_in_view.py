"""What a chapter says to try is tried with the figure in sight. Run it after `make book`."""

import pytest
from chromium import SITE

pytestmark = pytest.mark.browser
PAGES = (
    sorted(p for p in SITE.rglob("*.html") if 'class="px-data"' in p.read_text(encoding="utf-8"))
    if SITE.exists()
    else []
)
SIZES = [(1280, 800), (390, 844)]

#: For every link that sets a figure, with the link at two heights of the window: whether the link
#: can be clicked, whether the figure moves, how much of its first panel is seen, whether a sign
#: tells of it, and whether it stands within the figure.
TRIED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const settles = link => Object.fromEntries(new URLSearchParams(link.hash?.slice(1)));
  const seen = panel => {
    const { left, top, width, height } = panel.getBoundingClientRect();
    let met = 0;
    for (let i = 0; i < 10; i++) for (let j = 0; j < 10; j++) {
      const at = [left + (i + 0.5) * width / 10, top + (j + 0.5) * height / 10];
      met += panel.contains(document.elementFromPoint(...at));
    }
    return met / 100;
  };
  const state = e => JSON.stringify([
    e.index, e.start, e.place, e.seen(),
    [...e.root.querySelectorAll(".px-line > path")].map(p => p.getAttribute("d")),
  ]);
  document.documentElement.style.scrollBehavior = "auto";
  const out = [];
  const links = [...document.querySelectorAll(".bd-article a[href*='#']")];
  for (const link of links) {
    const fits = PrimerExplorer.all.filter(e => e.fits(settles(link)));
    if (!link.getAttribute("href").startsWith("#") || !fits.length) continue;
    link.closest("details")?.setAttribute("open", "");
    const after = fits.filter(e => e.root.compareDocumentPosition(link) & 4);
    const figure = after.at(-1) ?? fits[0];
    for (const part of [0.5, 0.85]) {
      scrollTo(0, figure.root.getBoundingClientRect().top + scrollY - 60);
      await frame();
      figure.show((figure.place + 1) % figure.data.scenes.length);
      figure.data.controls.forEach((_, k) => figure.move(k, 1));
      if (figure.data.drag) figure.put(figure.start.map(v => v + 0.01));
      const box = () => link.getClientRects()[0];
      scrollBy(0, box().top - part * innerHeight);
      await frame();
      document.querySelector(".px-sign .px-end")?.click();
      const { left, top, width, height } = box();
      const met = document.elementFromPoint(left + width / 2, top + height / 2);
      const before = state(figure);
      link.click();
      await frame();
      const panel = figure.root.querySelector(".px-panels:not([hidden]) > .px-panel");
      out.push({
        href: link.getAttribute("href"), part, clicked: link.contains(met),
        moved: state(figure) !== before, still: Math.abs(box().top - top) < 2, seen: seen(panel),
        sign: !!document.querySelector(".px-sign"), own: link.closest(".px") === figure.root,
      });
    }
  }
  return out;
}"""


@pytest.mark.skipif(not PAGES, reason="the site is not built")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}")
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_figure_is_in_sight_while_it_is_tried(page, path, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(path.as_uri())
    page.wait_for_selector(".px-live")
    for k in range(page.locator(".px").count()):  # the numbers of grids come near the window
        page.locator(".px").nth(k).scroll_into_view_if_needed()
        page.wait_for_function("k => PrimerExplorer.all[k]?.runs", arg=k)
    found = page.evaluate(TRIED)
    for link in found:
        assert link["clicked"], link
        assert link["still"], link
        if link["own"]:
            assert link["moved"], link
            assert link["seen"] >= 0.5, link
            assert not link["sign"], link
        else:
            assert link["sign"] or link["seen"] >= 0.5, link
