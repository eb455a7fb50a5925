"""What the heads of the book's pages say, and the files of the site beside its pages."""

import re
import runpy
import xml.etree.ElementTree as xml
from types import SimpleNamespace

import pytest
from docutils import nodes
from helpers import loaded
from sphinx.builders.html._assets import _JavaScript
from sphinx.errors import ConfigError
from test_notebooks import ROOT

EXTENSIONS = ROOT / "book" / "_ext"
heads = loaded(EXTENSIONS / "page_heads.py")
files = loaded(EXTENSIONS / "site_files.py")
plain = loaded(EXTENSIONS / "plain_math.py").plain


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\eta", "η"),
        (r"\beta_2 = 0.999", "β₂ = 0.999"),
        (r"\theta_{t+1} = \theta_t - \eta g_t", "θₜ₊₁ = θₜ - η gₜ"),
        (r"\hat v_t", "v\u0302ₜ"),
        (r"\hat{\theta}^\star", "θ\u0302^⋆"),
        (r"\sqrt{\hat{v}_t} + \varepsilon", "√v\u0302ₜ + ε"),
        (r"\sqrt{1 - \beta^t}", "√(1 - β^t)"),
        (r"\frac{1 - \beta}{1 + \beta}", "(1 - β)/(1 + β)"),
        (r"\tfrac12 x^2", "1/2 x²"),
        (r"\theta \in \mathbb{R}^d", "θ ∈ ℝ^d"),
        (r"\lVert g \rVert_2 \le 1", "‖g‖₂ ≤ 1"),
        (r"\mathrm{lr}\,\cdot\,\nabla J(\theta)", "lr · ∇J(θ)"),
        (r"\max(a,\ b)", "max (a, b)"),
        (r"\beta^{t+1} + v^{(2)}_{i,j}", "β^(t+1) + v⁽²⁾_(i,j)"),
        (r"x_{a_{t}}", "x_aₜ"),
        (r"\left(\begin{aligned} a &= b \\ c \end{aligned}\right)", "( a = b c )"),
        ("", ""),
    ],
)
def test_a_formula_is_read_as_plain_text(tex, text):
    assert plain(tex) == text


def test_no_formula_of_the_chapters_keeps_a_brace_or_a_command():
    found = set()
    for page in [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("book/*.md")]:
        text = page.read_text("utf-8").replace(r"\\", "\\")
        found |= set(re.findall(r"(?<![\w$\\`])\$([^$\n`]+)\$(?![\w$])", text))
    assert len(found) > 300
    assert not [tex for tex in found if re.search(r"[{}\\]", plain(tex))]


def page(*parts):
    document = nodes.document(None, None)
    section = nodes.section("", nodes.title("", "Title"), *parts)
    document += section
    return document


def test_the_description_is_the_first_paragraph_with_readable_formulas():
    note = nodes.note("", nodes.paragraph("", "Not this."))
    first = nodes.paragraph("", "The rate ", nodes.math("", r"\eta_t"))
    first += [nodes.raw("", "<b>", format="html"), nodes.emphasis("", " falls")]
    told = heads.first_paragraph(page(note, first, nodes.paragraph("", "Nor this.")))
    assert told == "The rate ηₜ falls"
    assert heads.first_paragraph(page()) == ""


def test_it_ends_behind_a_word_and_is_never_longer_than_160_characters():
    assert heads.shortened("Two\nlines  here.") == "Two lines here."
    assert heads.shortened("one, two, three", 9) == "one…"
    assert heads.shortened("one, two, three", 10) == "one, two…"
    assert heads.shortened("One two. Three", 10) == "One two."
    for length in range(150, 170):
        text = heads.shortened("x" * (length - 4) + " and more words")
        assert len(text) <= 160
        assert not text.endswith((" …", ",…"))


def properties(text):
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)" />', text))


def test_without_the_address_of_the_site_nothing_absolute_is_told():
    found = properties(heads.head('A "title"', "Words & more", "The book", first=False))
    assert found == {
        "description": "Words &amp; more",
        "og:title": "A &quot;title&quot;",
        "og:description": "Words &amp; more",
        "og:type": "article",
        "og:site_name": "The book",
    }
    assert "description" not in properties(heads.head("A title", "", "The book", first=False))


def test_with_it_a_page_tells_its_address_and_its_picture():
    site = "https://example.org/primer/"
    found = properties(heads.head("T", "D", "The book", True, site, f"{site}book/index.html"))
    assert found["og:type"] == "website"
    assert found["og:url"] == f"{site}book/index.html"
    assert found["og:image"] == f"{site}_static/card.png"
    assert found["twitter:card"] == "summary_large_image"


def filled(name, body, title="Title"):
    """The context of a page after the extension saw it."""
    config = SimpleNamespace(root_doc="index", html_baseurl="")
    settings = {"body": "window.MathJax = {}"}
    scripts = [
        _JavaScript("../mathjax/startup.js", defer="defer"),
        _JavaScript("", **settings),
        _JavaScript("explorer.js", defer="defer"),
    ]
    context = {"title": title, "docstitle": "The book", "body": body, "script_files": scripts}
    heads.fill(SimpleNamespace(config=config), name, "page.html", context, page())
    return context


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (r'<span class="math notranslate nohighlight">\(\eta\)</span>', 3),
        (r'<div class="math notranslate nohighlight" id="e">\[\eta\]</div>', 3),
        ("<p>no formula</p>", 1),
        ('<section class="tex2jax_ignore mathjax_ignore"></section>', 1),
    ],
)
def test_only_a_page_with_formulas_loads_mathjax(body, count):
    assert len(filled("page", body)["script_files"]) == count


def test_the_first_page_does_not_say_its_title_twice():
    index, other = filled("index", "", title="The book"), filled("page", "", title="<b>6.</b> A")
    assert index["docstitle"] == ""
    assert other["docstitle"] == "The book"
    for context in (index, other):
        assert properties(context["metatags"])["og:site_name"] == "The book"
    assert properties(other["metatags"])["og:title"] == "6. A"


def test_a_formula_carries_its_plain_text_for_the_search():
    body = r'<span class="math notranslate nohighlight">\(a &lt; \eta\)</span>'
    told = body.replace('light">', 'light" data-plain="a &lt; η">')
    assert heads.readable(body) == told
    display = r'<div class="math notranslate nohighlight">\[\eta\]</div>'
    assert heads.readable(display) == display


@pytest.mark.parametrize("given", ["https://example.org/primer", "https://example.org/primer/"])
def test_the_address_of_the_site_ends_in_a_slash(given):
    assert files.checked(given) == "https://example.org/primer/"
    assert files.checked("") == files.checked(None) == ""


@pytest.mark.parametrize("given", ["example.org/primer", "/primer/", "ftp://a/", "https://a/?b"])
def test_what_is_no_address_is_refused(given):
    with pytest.raises(ConfigError, match="PRIMER_ADDRESS"):
        files.checked(given)


def test_the_environment_goes_before_the_configuration(monkeypatch):
    config = SimpleNamespace(html_baseurl="https://one.org")
    files.set_address(None, config)
    assert config.html_baseurl == "https://one.org/"
    monkeypatch.setenv("PRIMER_ADDRESS", "https://two.org/book")
    files.set_address(None, config)
    assert config.html_baseurl == "https://two.org/book/"


def test_the_page_for_a_lost_address_takes_everything_from_the_root_of_the_site():
    text = '<head><link href="_static/a.css"></head><a href="#main">x</a><a href="b.html#c">y</a>'
    assert files.based(text, "/primer/") == (
        '<head><base href="/primer/"><link href="_static/a.css"></head>'
        '<a href="404.html#main">x</a><a href="b.html#c">y</a>'
    )


def test_the_sitemap_lists_every_page_once_in_order():
    text = files.sitemap(["https://a.org/b.html", "https://a.org/a&b.html"])
    found = [e.text for e in xml.fromstring(text).findall("{*}url/{*}loc")]
    assert found == ["https://a.org/a&b.html", "https://a.org/b.html"]


def test_the_card_is_a_picture_of_1200_by_630_pixels(tmp_path):
    file = tmp_path / "card.png"
    runpy.run_path(str(ROOT / "book" / "hero.py"))["card"](file)
    data = file.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(data[k : k + 4], "big") for k in (16, 20)] == [1200, 630]
    assert len(data) < 300_000
