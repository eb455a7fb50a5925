"""What the look needs in the pages: words of folds, formulas with their stops, no icon fonts."""

import pytest
from docutils import nodes
from helpers import loaded
from test_notebooks import ROOT

look = loaded(ROOT / "book" / "_ext" / "look.py")
MATH = r'<span class="math notranslate nohighlight" data-plain="η">\(\eta\)</span>'


def cell(*outputs):
    made = nodes.container(nb_element="cell_code", hide_mode="input")
    made += nodes.container(nb_element="cell_code_source")
    if outputs:
        made += nodes.container("", *outputs, nb_element="cell_code_output")
    return made


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (cell(), "Code for the cells below"),
        (cell(nodes.literal_block("", "0.9")), "Code for these numbers"),
        (
            cell(nodes.raw("", '<figure class="px-figure"></figure>', format="html")),
            "Code for this figure",
        ),
        (
            cell(nodes.container("", nodes.raw("", '<div class="px" id="a">', format="html"))),
            "Code for this figure",
        ),
        (
            cell(nodes.raw("", "<table></table>", format="html"), nodes.literal_block("", "plain")),
            "Code for what is shown",
        ),
    ],
)
def test_a_fold_says_what_its_code_is_for(made, said):
    document = nodes.document(None, None)
    document += made
    look.name_folded(None, document)
    assert made["prompt_show"] == made["prompt_hide"] == said


def test_a_cell_that_is_not_folded_says_nothing():
    document = nodes.document(None, None)
    document += nodes.container("", nodes.paragraph(), nb_element="cell_code")
    look.name_folded(None, document)
    assert "prompt_show" not in document[0]


@pytest.mark.parametrize(
    ("before", "stop"), [("", s) for s in (",", ".", ";", ":", "?", ").", "’", "!")] + [("(", "")]
)
def test_a_formula_and_the_stop_behind_it_are_one(before, stop):
    told = look.joined(f"<p>The rate {before}{MATH}{stop} and more.</p>")
    one = f'<span class="math-with-stop">{before}{MATH}{stop}</span>'
    assert told == f"<p>The rate {one} and more.</p>"


@pytest.mark.parametrize("text", [f"{MATH} and", f"{MATH}</p>", f"{MATH}<em>.</em>", "plain."])
def test_nothing_else_is_touched(text):
    assert look.joined(text) == text


def test_rules_of_icons_leave_a_style_sheet_and_all_others_stay():
    kept = (
        "a{color:red}@media (min-width:1px){.fast,.fa-list+p{margin:0}.b{c:d}}"
        "@font-face{font-family:Text;src:url(t.woff2)}.c .fa-list{margin:0}"
    )
    gone = "@font-face{font-family:Font Awesome\\ 6 Free;src:url(f.woff2)}.fa-list:before{a:b}"
    sheet = kept.replace("@font", gone + "@font").replace(".b{", ".fas,.fa-solid{a:b}.b{")
    assert look.without_icons(sheet) == kept
