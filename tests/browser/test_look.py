"""The built book's look: measures, faces, sizes, nothing cut, nothing on top of something else.

Run it after `make book`.
"""

import re

import pytest
from chromium import SITE

pytestmark = pytest.mark.browser

TEXTS = {str(p.relative_to(SITE)): p.read_text("utf-8") for p in sorted(SITE.rglob("*.html"))}
ALL = [name for name, text in TEXTS.items() if "</body>" in text]
if not ALL:
    pytest.skip(f"no built site in {SITE}: run 'make book' first", allow_module_level=True)
CHAPTERS = [name for name in ALL if name.startswith("notebooks/")]
OTHERS = [name for name in ALL if name.count("/") == 1 and name not in CHAPTERS]
PROSE = [CHAPTERS[0], "book/lessons.html", "book/claims.html"]
WIDE = (1280, 1920)

#: The median of the characters in a line of prose, the last lines of paragraphs left out.
MEASURE = """() => {
  const counts = [], range = document.createRange();
  const prose = [...document.querySelectorAll(".bd-article section > p:not(.lede, h1 + p)")];
  for (const p of prose.filter(p => !p.querySelector("mjx-container, .math")).slice(0, 12)) {
    const lines = new Map(), walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let k = 0; k < node.length; k++) {
        range.setStart(node, k);
        range.setEnd(node, k + 1);
        const line = Math.round(range.getBoundingClientRect().bottom / 12);
        lines.set(line, (lines.get(line) ?? 0) + 1);
      }
    }
    counts.push(...[...lines.values()].slice(0, -1).filter(count => count > 20));
  }
  return counts.sort((a, b) => a - b)[counts.length >> 1];
}"""

#: What stands in the margin, and what stands elsewhere on the page, as boxes.
MET = """() => {
  const box = e => e.getBoundingClientRect();
  const notes = [...document.querySelectorAll(".bd-article aside.margin, .px-figure > figcaption")];
  const others = [...document.querySelectorAll(
    ".bd-article :is(p, li, h2, h3, pre, table, svg, figcaption, .px, div.math, summary)")];
  const met = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const found = [];
  for (const note of notes) {
    for (const other of [...others, ...notes]) {
      if (note === other || note.contains(other) || other.contains(note)) continue;
      if (!other.checkVisibility() || !note.checkVisibility()) continue;
      if (met(box(note), box(other))) found.push([note, other].map(e => e.outerHTML.slice(0, 90)));
    }
  }
  return found;
}"""


def opened(page, name, width, height=900):
    page.set_viewport_size({"width": width, "height": height})
    page.goto((SITE / name).as_uri(), wait_until="load")
    page.evaluate("document.fonts.ready")
    return page


def at_each(page, name, widths, script):
    """What a script finds on a page in windows of these widths; the page is opened once."""
    found = {}
    opened(page, name, widths[0])
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = page.evaluate(script)
    return found


@pytest.mark.parametrize("name", PROSE)
def test_a_line_of_prose_has_between_60_and_78_characters(page, name):
    found = at_each(page, name, WIDE, MEASURE)
    assert all(60 <= count <= 78 for count in found.values()), found


def test_a_line_on_a_phone_has_enough_characters(page):
    assert 34 <= opened(page, PROSE[0], 390).evaluate(MEASURE) <= 50


FACES = """() => [...document.fonts].filter(f => f.status === "loaded")
  .map(f => f.family.replaceAll('"', "") + " " + f.style)"""


def test_the_faces_are_the_books_own_and_load(page):
    asked = []
    page.on("request", lambda r: asked.append(r.url) if r.resource_type == "font" else None)
    loaded = set(opened(page, CHAPTERS[0], 1280).evaluate(FACES))
    page.wait_for_timeout(500)
    assert {"Source Serif 4 normal", "Source Sans 3 normal", "Source Code Pro normal"} <= loaded
    own = [url for url in asked if "/_static/fonts/" in url]
    assert own
    assert not [u for u in asked if "/_static/fonts/" not in u and "/mathjax/" not in u]


def test_the_licenses_of_the_faces_lie_beside_them():
    folder = SITE / "_static" / "fonts"
    for font in folder.glob("*.woff2"):
        kind = re.match(r"source-(serif-4|sans-3|code-pro)", font.name)[0]
        assert "SIL OPEN FONT LICENSE" in (folder / f"LICENSE-{kind}").read_text("utf-8").upper()


def test_the_fonts_of_icons_are_gone_from_files_and_style_sheets():
    assert not [f for f in SITE.rglob("*") if f.is_file() and f.name.startswith("fa-")]
    sheets = "".join(f.read_text("utf-8") for f in SITE.rglob("_static/styles/*.css"))
    assert "fa-solid-900" not in sheets
    assert ".fa-address-book" not in sheets


def test_every_icon_that_a_page_shows_is_drawn():
    drawn = set(
        re.findall(r"\.(fa-[\w-]+)\s*\{\s*--icon", (SITE / "_static/icons.css").read_text())
    )
    used = set()
    for text in TEXTS.values():
        for classes in re.findall(r'<(?:i|span)[^>]* class="([^"]*\bfa-[^"]*)"', text):
            used |= {one for one in classes.split() if one.startswith("fa-")}
    assert used - {"fa-solid", "fa-regular", "fa-lg"} <= drawn


CUT = """() => [...document.querySelectorAll(
    ".bd-article :is(pre, .pst-scrollable-table-container, .output)")]
  .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .map(e => [e.scrollWidth, e.clientWidth, e.textContent.slice(0, 60)])"""


@pytest.mark.parametrize("name", [*CHAPTERS, *OTHERS])
def test_no_code_no_output_and_no_table_is_cut(page, name):
    found = at_each(page, name, WIDE, CUT)
    assert not any(found.values()), found


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_static_figure_is_as_wide_as_the_text_and_its_caption_stands_beside_it(page, name):
    opened(page, name, 1280)
    figures = page.evaluate(
        """() => [...document.querySelectorAll("figure.px-figure:not(.px-wide):has(> svg)")]
          .filter(e => e.checkVisibility()).map(e => [e.querySelector("svg"), e.lastElementChild])
          .map(pair => pair.map(e => e.getBoundingClientRect()))
          .map(([s, c]) => [s.width, c.left - s.right, c.width])"""
    )
    assert all(width >= 600 for width, _, _ in figures)
    assert all(gap > 20 and wide > 200 for width, gap, wide in figures if wide < width)


@pytest.mark.parametrize("width", [390, 1280])
def test_headings_are_ordered_by_size(page, width):
    opened(page, next(n for n in CHAPTERS if "<h3" in TEXTS[n]), width)
    sizes = page.evaluate(
        """() => ["h1", "h2", "h3", "p"].map(tag =>
          parseFloat(getComputedStyle(document.querySelector(`.bd-article ${tag}`)).fontSize))"""
    )
    assert sizes == sorted(sizes, reverse=True)
    assert len({*sizes[:3]}) == 3


@pytest.mark.parametrize("name", CHAPTERS)
def test_nothing_stands_on_what_is_in_the_margin(page, name):
    found = at_each(page, name, (1200, 1280, 1440, 1920), MET)
    assert not any(found.values()), found


@pytest.mark.parametrize("width", [1200, 1280, 1440])
def test_the_contents_open_on_hover_and_on_focus_and_cover_no_button(page, width):
    opened(page, CHAPTERS[0], width)
    aside = page.locator("#pst-secondary-sidebar")
    closed = aside.bounding_box()
    assert closed["height"] <= 48
    last = page.locator(".article-header-buttons > *:visible").last.bounding_box()
    assert last["x"] + last["width"] <= closed["x"]
    aside.locator("a").first.focus()
    assert aside.bounding_box()["height"] > 200
    page.locator(".bd-article h1").click(position={"x": 5, "y": 5})
    assert aside.bounding_box()["height"] <= 48
    aside.hover()
    assert aside.bounding_box()["height"] > 200


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_fold_says_what_is_in_it(name):
    said = re.findall(r'<p class="collapsed admonition-title">(.*?)</p>', TEXTS[name])
    known = {"Code for this figure", "Code for these numbers", "Code for the cells below"}
    known |= {"Code for what is shown"}
    assert set(said) <= known
    assert 'aria-label="Toggle hidden content"' not in TEXTS[name]


def test_chapters_are_numbered_in_the_list_and_above_their_heading(page):
    opened(page, CHAPTERS[2], 1280)
    number = int(CHAPTERS[2].split("/")[1][:2])
    current = page.locator("nav.bd-links li.current > a > .section-number").inner_text()
    assert int(current) == number
    above = page.evaluate(
        """() => { const e = document.querySelector(".bd-article h1 > .section-number");
          return getComputedStyle(e, "::before").content + e.textContent.trim() }"""
    )
    assert above == f'"Chapter "{number}'


@pytest.mark.parametrize("name", ["book/index.html", CHAPTERS[0], "book/catalogue.html"])
def test_on_a_phone_what_is_to_be_touched_is_large_and_the_header_small(page, name):
    opened(page, name, 390, 844)
    small = page.evaluate(
        """() => [...document.querySelectorAll(".bd-header-article .btn")]
          .filter(e => e.checkVisibility() && e.getBoundingClientRect().width)
          .map(e => e.getBoundingClientRect()).filter(b => b.width < 44 || b.height < 44).length"""
    )
    assert not small
    assert page.locator(".bd-header-article").bounding_box()["height"] <= 48


def test_the_first_page_says_what_the_book_is_above_its_figure(page):
    opened(page, "book/index.html", 1280)
    lede, figure = page.locator("p.lede").first, page.locator(".px").first
    assert lede.bounding_box()["y"] < figure.bounding_box()["y"] < 400
    assert len(re.findall(r"[.?!](?:\s|$)", lede.inner_text())) == 1


def test_the_answer_of_which_optimizer_for_me_is_seen_with_its_name_and_settings(page):
    page.goto((SITE / "notebooks/09_choosing.html").as_uri())
    name = page.locator(".px-answer .px-name")
    name.scroll_into_view_if_needed()
    assert name.is_visible()
    assert name.inner_text().strip() == "AdamW"
    assert page.locator(".px-answer dd").first.is_visible()


def test_an_explorer_takes_the_width_of_the_page_wherever_it_stands(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    widths = {}
    for name in ("notebooks/06_adam.html", "book/rules/Adam.html", "book/index.html"):
        page.goto((SITE / name).as_uri())
        widths[name] = page.locator(".px").first.bounding_box()["width"]
    assert min(widths.values()) > 850, widths


#: How everything is drawn, and how all would be by the sheets that the page's one was made of; what
#: is still on the move is drawn otherwise when the one has come back.
DRAWN = """async () => {
  const all = "body :not(svg *, mjx-container, mjx-container *)";
  const sides = e => e.matches("pre span") ? [undefined] : [undefined, "::before", "::after"];
  const parts = [...document.querySelectorAll(all)].flatMap(e => sides(e).map(part => [e, part]));
  const names = [...getComputedStyle(document.body)];
  const drawn = () => parts.map(([e, part]) => {
    const style = getComputedStyle(e, part);
    return part && style.content === "none" ? "" : names.map(p => style.getPropertyValue(p)).join();
  });
  const linked = (sheets, first) => Promise.all(sheets.map(([href, media = "all"]) =>
    new Promise((onload, onerror) => first.before(Object.assign(
      document.createElement("link"), { rel: "stylesheet", href, media, onload, onerror })))));
  const { href } = document.querySelector("link[href*='_static/one-']");
  const text = await (await fetch(href)).text();
  const sheets = text.slice(3, text.indexOf(" */")).split(", ").map(each => each.split(" "));
  const seen = [drawn()];
  for (const each of [sheets.map(([name, media]) => [new URL(name, href).href, media]), [[href]]]) {
    const before = [...document.querySelectorAll("link[rel=stylesheet]")];
    await linked(each, before[0]);
    before.forEach(link => link.remove());
    seen.push(drawn());
  }
  const [now, then, again] = seen;
  const other = parts.flatMap(([e, part = ""], k) =>
    now[k] === then[k] || now[k] !== again[k] ? [] : [e.outerHTML.slice(0, 90) + part]);
  const still = now.filter((text, k) => text === again[k]).length;
  return [sheets.length, still / parts.length, other];
}"""


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("book/index.html", "dark"),
        ("notebooks/09_choosing.html", "light"),
        ("book/catalogue.html", "light"),
        ("book/rules/Adam.html", "dark"),
    ],
)
def test_the_one_sheet_of_a_page_draws_as_all_of_them_do(page, served, name, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{served}/{name}")
    page.wait_for_load_state()
    page.add_style_tag(content="* { transition: none !important; animation: none !important }")
    sheets, still, other = page.evaluate(DRAWN)
    assert sheets > 20
    assert still > 0.9
    assert other == []
