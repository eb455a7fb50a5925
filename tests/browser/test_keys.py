"""Typing Python in the vendored editor: where lines begin, what goes, colors and brackets."""

import re

import pytest
from chromium import BOOK

pytestmark = pytest.mark.browser
SCRIPT = BOOK / "vendor" / "codemirror" / "codemirror.js"
PAGE = """<!doctype html><meta charset="utf-8"><title>Editor</title>
<button>before</button><div></div><button>after</button><script>%s</script><script>
  const { EditorView, keymap, history, historyKeymap, keys, coloring, matching } = PrimerCode;
  const kinds = ["keyword", "named", "string", "number", "comment"];
  const colors = Object.fromEntries(kinds.map((kind) => [kind, kind]));
  const shown = [history(), keymap.of(historyKeymap), keys, coloring(colors), matching()];
  globalThis.view = new EditorView({ parent: document.querySelector("div"), extensions: shown });
</script>"""

SETTLED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""


@pytest.fixture
def write(page, tmp_path):
    """Types into an empty editor, keys with names in <>; gives the text, with | for the cursor."""
    path = tmp_path / "page.html"
    path.write_text(PAGE % SCRIPT.read_text("utf-8"), "utf-8")
    page.goto(path.as_uri())
    page.locator(".cm-content").focus()

    def typed(text):
        for part in re.split(r"(<\w[\w+]*>)", text):
            page.keyboard.press(part[1:-1]) if part[:1] == "<" else page.keyboard.type(part)
        page.evaluate(SETTLED)  # where the browser itself moves the cursor, the editor hears of it
        return page.evaluate(
            "() => { const { doc, selection } = view.state; const text = doc.toString();"
            " return text.slice(0, selection.main.head) + '|' + text.slice(selection.main.head) }"
        )

    return typed


TYPED = {
    "a block": ("def f(a):<Enter>b = a", "def f(a):\n    b = a|"),
    "after return": ("def f(a):<Enter>return a<Enter>b", "def f(a):\n    return a\nb|"),
    "else": (
        "if a:<Enter>b = 1<Enter>else:<Enter>c",
        "if a:\n    b = 1\nelse:\n    c|",
    ),
    "elif of the inner if": (
        "if a:<Enter>if b:<Enter>c<Enter>elif d:",
        "if a:\n    if b:\n        c\n    elif d:|",
    ),
    "a bracket": ("f(<Enter>a,<Enter>b<Enter>)", "f(\n    a,\n    b\n)|"),
    "after a bracket": ("x = f(<Enter>a)<Enter>b", "x = f(\n    a)\nb|"),
    "a colon in a comment": ("a  # so:<Enter>b", "a  # so:\nb|"),
    "a colon in a string": ("a = ':'<Enter>b", "a = ':'\nb|"),
    "a comment after a colon": ("if a:  # so<Enter>b", "if a:  # so\n    b|"),
    "a step back": ("if a:<Enter><Backspace>b", "if a:\nb|"),
    "a letter back": ("ab<Backspace>c", "ac|"),
    "one sign of two units": ("a🙂<Backspace>b", "ab|"),
    "a line back": ("a<Enter><Backspace>b", "ab|"),
    "nothing before": ("<Backspace>a", "a|"),
    "a selection": ("abc<Shift+Home><Backspace>d", "d|"),
    "forward": ("abc<Home><Delete>", "|bc"),
    "a line forward": ("a<Enter>b<ArrowUp><End><Delete>", "a|b"),
    "nothing after": ("a<Delete>b", "ab|"),
    "in the middle": ("ab<ArrowLeft><Enter>", "a\n|b"),
    "all": ("ab<Enter>c<Control+a><Delete>d", "d|"),
    "undone": ("ab<Control+a><Delete><Control+z>", "ab|"),
    "a word back": ("ab cd<Control+Backspace>", "ab |"),
    "up and down": ("ab<Enter>cd<ArrowUp><Home>x<ArrowDown>y", "xab\ncy|d"),
}


@pytest.mark.parametrize("name", TYPED)
def test_keys(write, name):
    typed, shown = TYPED[name]
    assert write(typed) == shown


def test_tab_leaves_the_editor(page, write):
    write("a<Tab>")
    assert page.evaluate("document.activeElement.textContent") == "after"
    assert write("") == "a|"


def test_words_are_colored_and_brackets_are_marked(page, write):
    write("def f(a):<Enter>return 'if' + x1 * 2.5e-3 + (a)  # for")
    found = page.evaluate(
        "[...document.querySelectorAll('.cm-line span')].map((e) => [e.className, e.textContent])"
    )
    assert found == [
        ["keyword", "def"],
        ["named", "f"],
        ["keyword", "return"],
        ["string", "'if'"],
        ["number", "2.5e-3"],
        ["comment", "# for"],
    ]
    write("<ArrowLeft>" * 7)
    marked = "[...document.querySelectorAll('.cm-matchingBracket')].map((e) => e.textContent)"
    assert page.evaluate(marked) == ["(", ")"]
