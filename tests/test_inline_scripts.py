"""The book's pages run where a server forbids scripts written into a page."""

import re
from pathlib import Path

import pytest
from helpers import loaded

ROOT = Path(__file__).parents[1]


split = loaded(ROOT / "book" / "_ext" / "inline_scripts.py").split
check_site = loaded(ROOT / ".ci" / "check_site.py")


def split_one(page):
    """The page, its one file's name written FILE, and the file's code."""
    page, files = split(page, "../_static/inline")
    ((name, code),) = files.items()
    assert re.fullmatch(r"[0-9a-f]{16}\.js", name)
    return page.replace(name, "FILE"), code


SRC = 'src="../_static/inline/FILE"'


@pytest.mark.parametrize(
    ("tag", "moved"),
    [
        ("<script>", f"<script {SRC}>"),
        ("<SCRIPT >", f"<script {SRC}>"),
        ('<script data-cfasync="false">', f'<script data-cfasync="false" {SRC}>'),
        ("<script data-x='a \"b\" &amp; c'>", f'<script data-x="a &quot;b&quot; &amp; c" {SRC}>'),
        ("<script nomodule>", f"<script nomodule {SRC}>"),
        ("<script defer async>", f"<script {SRC}>"),
        ('<script type="">', f'<script type="" {SRC}>'),
        ('<script type="text/javascript">', f'<script type="text/javascript" {SRC}>'),
        (
            '<script\n  type="application/javascript"\n>',
            f'<script type="application/javascript" {SRC}>',
        ),
    ],
)
def test_a_script_becomes_a_file_at_its_place_with_its_attributes(tag, moved):
    code = "\nif (1 < 2 && '<b>') { let à = \"</p>\"; }\n"
    page, found = split_one(f"<p>é\n<b>a</b>{tag}{code}</script ><p>after")
    assert page == f"<p>é\n<b>a</b>{moved}</script><p>after"
    assert found == code


@pytest.mark.parametrize(
    "page",
    [
        '<script src="a.js"></script><script defer src="b.js"></script>',
        '<script type="application/json" class="px-data">{"a": "onclick=1"}</script>',
        '<script type="application/ld+json">{}</script>',
        '<script type="text/plain">let a</script>',
        '<script type="math/tex">x</script>',
        "<!-- <script>let a</script> <b onclick='a()'> --><style>a > b {}</style>",
        '<p title="<script>let a</script>" data-one=\'1\'>&lt;script&gt; onclick="a()"</p>',
        '<script type="module">import "./a.js"</script>',
        '<script type="importmap">{}</script>',
        '<img src="a.png" onload="a()"><link rel="preload" href="b" onerror="b()">',
        "",
    ],
)
def test_all_else_stays_as_it_is(page):
    assert split(page, "x") == (page, {})


def test_neighbors_become_one_file_and_others_keep_their_order():
    page, files = split(
        "<script>let a = 1 // one</script>\n  <script>(2)</script><script src=b.js></script>"
        "<script>c()</script><script data-d>d()</script> text <script>c()</script>",
        "in",
    )
    order = re.findall(r'src="?(?:in/)?([\w.]+)', page)
    assert [files.get(name, name) for name in order] == [
        "let a = 1 // one\n;(2)",
        "b.js",
        "c()",
        "d()",
        "c()",
    ]
    assert order[2] == order[4]


def test_a_handler_becomes_a_function_that_is_tied_to_its_element():
    page, code = split_one(
        "<body><button onclick=\"go('a', 1 &lt; 2) // x\" title='t'\n disabled>go</button>"
        '<select onchange="pick()"><option></select><svg><g ONCLICK="pick()"/></svg></body></html>'
    )
    go, pick = re.findall(r'"click", "(\w{16})"', code)
    if "pick()" in code.split(pick)[0]:
        go, pick = pick, go
    assert page == (
        f'<body><button data-onclick="{go}" title="t" disabled>go</button>'
        f'<select data-onchange="{pick}"><option></select><svg><g data-onclick="{pick}"/></svg>'
        f"<script {SRC}></script>\n</body></html>"
    )
    assert f'onElements("click", "{go}", function (event) {{\ngo(\'a\', 1 < 2) // x\n}});' in code
    assert code.count("pick()") == 2


def test_what_was_split_has_nothing_more_to_split():
    page, _ = split("<body onload='a()'><script>b()</script><b onclick='c()'></b></body>", "in")
    assert split(page, "in") == (page, {})
    assert not check_site.inline_scripts(page)


@pytest.mark.parametrize(
    ("page", "where"),
    [
        ("<p>\n<script>let a</script>", "line 2: <script>"),
        ('<script type="text/javascript"></script>', "line 1: <script type='text/javascript'>"),
        ("<script type=module>let a</script>", "line 1: <script type='module'>"),
        ("<script type=importmap>{}</script>", "line 1: <script type='importmap'>"),
        ("<img onerror=a()>", 'line 1: <img onerror="a()">'),
        ("<svg><g onclick='a()'/></svg>", 'line 1: <g onclick="a()">'),
        ("<a href=' JavaScript:a()'>a</a>", 'line 1: <a href=" JavaScript:a()">'),
        ('<iframe srcdoc="&lt;script>a()&lt;/script>"></iframe>', "line 1: line 1: <script>"),
    ],
)
def test_the_check_of_the_site_finds_what_a_server_may_forbid(tmp_path, capsys, page, where):
    (tmp_path / "page.html").write_text(page)
    assert check_site.main(tmp_path) == 1
    said = capsys.readouterr().out
    assert said == f"page.html: holds a script that belongs into a file: {where}\n"


def test_the_check_of_the_site_passes_files_and_data(tmp_path):
    page = '<script src="a.js"></script><script type="application/json">{"onclick": 1}</script>'
    (tmp_path / "page.html").write_text(f'{page}<p data-onclick="a">onclick="b()"</p>')
    assert check_site.main(tmp_path) == 0
