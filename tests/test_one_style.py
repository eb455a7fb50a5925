"""All style sheets of a page in one, without the rules by which nothing can be drawn."""

from types import SimpleNamespace

import pytest
from helpers import loaded
from test_notebooks import ROOT

style = loaded(ROOT / "book" / "_ext" / "one_style.py")
PAGE = """<head>
<link href="{to}_static/styles/theme.css?digest=5" rel="stylesheet" />
<link rel="stylesheet" type="text/css" href="{to}_static/own.css?v=1" />
<link media="print" rel="stylesheet" type="text/css" href="{to}_static/paper.css" />
<link rel="icon" href="{to}_static/icon.svg">
<link rel="stylesheet" type="text/css" href="{to}_static/last.css" />
</head><p class="seen px-wide" id="here">x</p>"""
SHEETS = {
    "styles/theme.css": '@charset "UTF-8";\n@import "../basic.css";\n.gone{top:0}'
    'p{background:url(a/b.png) url("data:image/png;base64,x")}',
    "basic.css": ".seen{top:1px}",
    "own.css": "#here{top:2px}.bs-tip-auto,.lost .seen{top:3px}",
    "paper.css": ".seen{top:4px}",
    "last.css": '@font-face{src:url("fonts/f.woff2")}.seen{top:5px}',
}
MADE = """.seen{top:1px}
p{background:url("styles/a/b.png") url("data:image/png;base64,x")}
#here{top:2px}
.bs-tip-auto{top:3px}
@media print {
.seen{top:4px}
}
@font-face{src:url("fonts/f.woff2")}
.seen{top:5px}
"""


@pytest.fixture
def site(tmp_path):
    for name, text in {**SHEETS, "tips.js": "tip.classList.add(`bs-${kind}-auto`)"}.items():
        file = tmp_path / "_static" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    for name, to in {
        "index.html": "",
        "part/one.html": "../",
        "_static/part.html": "{{x}}/",
    }.items():
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(name).write_text(PAGE.format(to=to), "utf-8")
    return tmp_path


def combine(site):
    style.combine(SimpleNamespace(outdir=site, builder=SimpleNamespace(format="html")), None)
    (made,) = site.glob("_static/one-*.css")
    pages = [(site / name).read_text("utf-8") for name in ("index.html", "part/one.html")]
    return made.name, made.read_text("utf-8"), pages


def test_a_page_links_one_sheet_that_has_all_in_their_order(site):
    name, sheet, pages = combine(site)
    assert sheet.partition(" */\n")[2] == MADE
    for page, to in zip(pages, ("", "../"), strict=True):
        (link,) = style.LINK.finditer(page)
        assert link[0].startswith(f'<link rel="stylesheet" href="{to}_static/{name}?v=')
        assert f'<link rel="icon" href="{to}_static/icon.svg">' in page
    assert (site / "_static/part.html").read_text("utf-8") == PAGE.format(to="{{x}}/")


def test_a_second_build_reads_the_sheets_again(site):
    name, _, before = combine(site)
    assert combine(site)[2] == before
    (site / "_static/last.css").write_text(".seen{top:6px}", "utf-8")
    again, sheet, after = combine(site)
    assert again == name
    assert sheet.endswith(".seen{top:6px}\n")
    assert after != before


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".a{b:c}", ".a{b:c}"),
        (".z{b:c}", ""),
        ("#z.a{b:c}", ""),
        (".z, .a > p{b:c}", ".a > p{b:c}"),
        ("p:not(.z){b:c}", "p:not(.z){b:c}"),
        ("p:is(.z, .a:has(.z:not([x]))) .a{b:c}", "p:is(.z, .a:has(.z:not([x]))) .a{b:c}"),
        ('[data-x=".z,.y"] .a{b:c}', '[data-x=".z,.y"] .a{b:c}'),
        (r".a\:b{b:c}", ""),
        ("/* of .a */ .a{/* c */b:c;&:hover{d:e}}", ".a{b:c;&:hover{d:e}}"),
        ("@media (width>9px){.z{b:c}.a{b:c}}", "@media (width>9px){.a{b:c}\n}"),
        ("@supports (b:c){@media print{.z{b:c}}}", ""),
        ("@keyframes z{from{b:c}}", "@keyframes z{from{b:c}}"),
        ("@page :first{b:c}", "@page :first{b:c}"),
    ],
)
def test_a_rule_stays_if_something_may_be_drawn_by_it(sheet, left):
    assert style.needed(sheet, {"a"}).strip() == left


def test_scripts_may_put_a_name_together(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static/a.js").write_text("'bs-' + kind; 'card-body'; 'btn'", "utf-8")
    (tmp_path / "a.html").write_text("<p class='sd-row btn-small'>", "utf-8")
    known = style.Known(tmp_path)
    for name in ("bs-x", "bs-tooltip-auto", "card-body-wide", "btn", "sd-row", "btn-small"):
        assert name in known, name
    for name in ("sd-row-2", "btn-x", "card-y", "b", "bs"):
        assert name not in known, name
