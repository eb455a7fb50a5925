"""What a chapter says to try is tried with the figure in sight. Run it after `make book`."""

import pytest
from chromium import SITE, pages_with, unlike, write_page

from primer import SGD, Slider, explore, landscapes

pytestmark = pytest.mark.browser
PAGES = unlike([str(page.relative_to(SITE)) for page in pages_with('class="px-data"')])
SIZES = [(1280, 800), (390, 844)]

#: Nothing is on its way any more: formulas are set, and the editor of rules has been open.
QUIET = """async () => {
  await globalThis.PrimerFormulas?.();
  const one = PrimerExplorer.all.find(e => e.root.querySelector("[value=edit]"));
  one?.edit();
  while (one && !one.editor) await new Promise(requestAnimationFrame);
  one?.editor.close();
}"""

#: Panels whose drawings do not lie on one another, and handles that do not lie on them, by pixels.
ASIDE = """() => {
  const [box, found] = [e => e.getBoundingClientRect(), []];
  for (const panel of document.querySelectorAll(".px-panels:not([hidden]) > .px-panel")) {
    const [map, ...above] = [...panel.querySelectorAll(":scope > svg")].map(box);
    const knob = panel.querySelector(".px-handle");
    const sides = ["left", "top", "width", "height"];
    for (const each of above) found.push(...sides.map(side => each[side] - map[side]));
    if (!knob?.checkVisibility()) continue;
    const at = side => parseFloat(knob.style[side]) / 100;
    const { left, top, width, height } = box(knob);
    found.push(left + width / 2 - map.left - map.width * at("left"));
    found.push(top + height / 2 - map.top - map.height * at("top"));
  }
  return found;
}"""

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
      figure.data.controls.forEach((_, k) => figure.move(k, part < 0.6 ? 1 : 2));
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
      if (settles(link).rule) {
        while (!figure.editor) await frame();
        for (let i = 0; i < 8; i++) await frame();
      }
      const panel = figure.root.querySelector(".px-panels:not([hidden]) > .px-panel");
      out.push({
        href: link.getAttribute("href"), part, clicked: link.contains(met),
        moved: state(figure) !== before, still: Math.abs(box().top - top) < 2, seen: seen(panel),
        sign: !!document.querySelector(".px-sign"), own: link.closest(".px") === figure.root,
      });
      figure.editor?.close();
    }
  }
  return out;
}"""


@pytest.mark.skipif(not PAGES, reason="the site is not built")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}")
@pytest.mark.parametrize("name", PAGES)
def test_a_figure_is_in_sight_while_it_is_tried(page, name, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto((SITE / name).as_uri())
    page.wait_for_selector(".px-live")
    for k in range(page.locator(".px").count()):  # the numbers of grids come near the window
        page.locator(".px").nth(k).scroll_into_view_if_needed()
        page.wait_for_function("k => PrimerExplorer.all[k]?.runs", arg=k)
    page.evaluate(QUIET)
    aside = page.evaluate(ASIDE)
    assert aside
    assert max(map(abs, aside)) < 1
    found = page.evaluate(TRIED)
    for link, again in zip(found[::2], found[1::2], strict=True):  # one may already stand there
        assert link["moved"] or again["moved"], link
    for link in found:
        assert link["clicked"], link
        assert link["still"], link
        if link["own"]:
            assert link["seen"] >= 0.5, link
            assert not link["sign"], link
        else:
            assert link["sign"] or link["seen"] >= 0.5, link


def test_a_sign_leads_to_a_figure_out_of_sight_and_back(page, tmp_path):
    live = explore(SGD(lr=Slider(0.01, 0.4, 0.1)), on=landscapes.quadratic([1.0, 4.0]), steps=5)
    far = '<p style="height: 3000px"></p><a href="#lr=0.2">set it</a><p style="height: 900px">'
    page.goto(write_page(tmp_path / "page.html", live))
    page.wait_for_selector(".px-live")
    page.evaluate("far => document.querySelector('main').insertAdjacentHTML('beforeend', far)", far)
    link, sign = page.get_by_role("link", name="set it"), page.locator(".px-sign")
    link.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    link.click()
    assert page.evaluate("scrollY") == place
    assert "The figure above has changed." in sign.text_content()
    sign.get_by_role("button", name="Show it").click()
    page.wait_for_function("scrollY < 200")
    sign.get_by_role("button", name="Back to the text").click()
    page.wait_for_function("place => Math.abs(scrollY - place) < 600", arg=place)
    assert page.evaluate("document.activeElement.textContent") == "set it"
    assert not sign.count()
    link.click()
    page.locator(".px-sign button").first.focus()
    page.keyboard.press("Escape")
    assert not sign.count()
