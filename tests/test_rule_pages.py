"""Every registered rule has a page of the book, made from its entry, class, and docstring."""

import ast
import dataclasses
import re
import sys
from pathlib import Path

import pytest
from helpers import every_rule, readers_rule

from primer import SGD, Constant, registry
from primer.derived.card import short
from primer.hyper import Hyper
from primer.optimizer import Optimizer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
rule_live = pytest.importorskip("rule_live")
rule_text = pytest.importorskip("rule_text")
rule_pages = pytest.importorskip("rule_pages")
catalogue = pytest.importorskip("catalogue")
family_tree = pytest.importorskip("family_tree")
FIGURE = '<figure class="px"></figure>'
OTHER = "In other libraries"


@pytest.fixture
def text(name):
    entry = registry.rules[name]
    return rule_text.page(entry, rule_live.example(entry), FIGURE)


def part(text, heading):
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


@every_rule
def test_the_page_has_an_equation_or_says_why_there_is_none(name, text):
    said = part(text, "Equation")
    assert r"\begin{aligned}" in said or registry.rules[name].no_page in said


@every_rule
def test_the_page_has_a_figure_and_says_why_if_it_is_a_still(name, text):
    said = part(text, "Try it")
    assert FIGURE in said
    assert ("cannot run in a page" in said) == bool(registry.rules[name].no_page)
    assert registry.rules[name].no_page in said


@every_rule
def test_the_settings_are_the_fields_with_their_defaults(name, text):
    fields = dataclasses.fields(registry.rules[name].make)
    rows = re.findall(r"^\| .*? \| `(\w+)` \| (.*?) \| (.+?) \|$", part(text, "Settings"), re.M)
    usual = {f.name: f.default for f in fields}
    assert [row[0] for row in rows] == list(usual)
    for field, default, meaning in rows:
        none = usual[field] is dataclasses.MISSING
        assert default == ("required" if none else f"`{short(usual[field])}`")
        assert len(meaning) > 5


class Call:
    """Remembers how it is called, by whatever name."""

    def __init__(self, name=""):
        self.name = name

    def __getattr__(self, name):
        return Call(f"{self.name}.{name}")

    def __call__(self, *args, **kwargs):
        return self.name.rsplit(".", 1)[-1], tuple(map(plain, args)), plain(kwargs)


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, Call) or (isinstance(value, tuple) and value[:1] == ("parameters",)):
        return "something that is no setting"
    return value


class Names(dict):
    def __missing__(self, name):
        return Call(name)


def calls(code):
    """The calls of some lines of Python."""
    found = [getattr(statement, "value", None) for statement in ast.parse(code).body]
    return [eval(compile(ast.Expression(v), "page", "eval"), {}, Names()) for v in found]


@every_rule
def test_the_calls_of_other_libraries_are_those_of_the_registry(name, text):
    entry = registry.rules[name]
    rule = rule_live.example(entry)
    blocks = dict(re.findall(r"\*\*(\w+)\*\*\n\n```python\n(.*?)\n```", part(text, OTHER), re.S))
    for library, call, why in (
        ("PyTorch", entry.torch, entry.no_torch),
        ("optax", entry.optax, entry.no_optax),
    ):
        assert (library in blocks) == bool(call)
        if call:
            wanted = eval(call, {}, Names(rule.fields()))
            assert wanted in calls(blocks[library])
        else:
            assert why[1:10] in part(text, OTHER)


@every_rule
def test_the_code_is_that_of_the_class_without_its_docstrings(name, text):
    code = re.search(r"```python\n(.*?)\n```", part(text, "Code"), re.S)[1]
    functions = ast.parse(code).body
    assert {"step", "step_matrix"} & {f.name for f in functions}
    assert not any(ast.get_docstring(f) for f in functions)


@every_rule
def test_the_page_leads_to_its_source_and_its_chapter(name, text):
    entry = registry.rules[name]
    assert f"{{cite:t}}`{entry.cite}`" in text
    file = re.search(r"\{doc\}`/(notebooks/(\d\d)_\w+)`", text)
    assert int(file[2]) == entry.chapter
    assert (ROOT / f"{file[1]}.ipynb").exists()


@every_rule
def test_every_name_of_a_rule_in_the_page_leads_to_a_page(name, text):
    assert set(re.findall(r"\]\((\w+)\.md\)", text)) <= set(registry.rules)


@every_rule
def test_a_slider_stays_in_the_domain_of_its_field_and_the_rate_lets_the_rule_work(name):
    entry = registry.rules[name]
    rule = rule_live.example(entry)
    scenes = rule_live.places(rule)
    assert len(scenes) == 3
    rated = rule_live.rated(rule, scenes)
    if not entry.no_page:
        rule_live.slid(rated, next(iter(scenes.values())))  # the class checks each slider
    if name != "ConjugateGradient":  # it is for bowls, and two wells are none
        assert all(rule_live.left(rated, J) < 0.9 for J in scenes.values())


@pytest.mark.parametrize("name", [e.name for e in registry.rules.values() if e.no_page])
def test_a_rule_that_no_page_can_run_has_a_still_figure(name):
    still = rule_live.still(registry.rules[name])
    assert still.count("<title") == 1
    assert not re.search("nan", still, re.I)


# The catalogue


@pytest.mark.parametrize("kind", ["rules", "schedules", "landscapes"])
def test_every_entry_has_a_row_of_the_catalogue_and_what_is_drawn_a_picture(kind):
    rows = {name: catalogue.CELLS[kind](e) for name, e in getattr(registry, kind).items()}
    assert all(name in cells["name"] for name, cells in rows.items())
    assert len({tuple(cells) for cells in rows.values()}) == 1
    assert set(next(iter(rows.values()))) <= set(catalogue.HEADS)
    for entry in getattr(registry, kind).values():
        if kind in catalogue.DRAWINGS:
            assert re.search(r"<svg.*(points|d)=", catalogue.DRAWINGS[kind](entry))


@every_rule
def test_a_row_can_be_sifted_by_what_the_registry_says(name):
    entry, told = registry.rules[name], catalogue.traits(registry.rules[name])
    assert told["kind"] == entry.kind
    assert told["chapter"] == str(entry.chapter)
    assert (told["pytorch"], told["optax"]) == tuple(
        "yes" if call else "no" for call in (entry.torch, entry.optax)
    )
    assert told["runs"] == ("in-a-notebook" if entry.no_page else "in-the-page")


# The folder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Writes pages for some rules into a folder, without figures; returns what it wrote."""
    (tmp_path / "book").mkdir()
    bib = tmp_path / "book" / "references.bib"
    bib.write_text("", "utf-8")
    monkeypatch.setattr(rule_pages, "made", lambda entry: f"# {entry.name} {entry.year}\n")

    def write(*names, changed=False, **years):
        if changed:
            bib.write_text(bib.read_text("utf-8") + "@", "utf-8")
        entries = {n: dataclasses.replace(registry.rules[n], **years) for n in names}
        return rule_pages.write(tmp_path, entries)

    write.path = tmp_path / "book" / "rules"
    return write


def test_a_new_rule_gets_a_page_and_that_of_a_rule_that_is_gone_goes(folder):
    assert folder("SGD", "Adam") == ["SGD.md", "Adam.md"]
    assert folder("SGD", "Lion") == ["Lion.md"]
    assert {file.name for file in folder.path.glob("*.md")} == {"SGD.md", "Lion.md"}


def test_a_page_is_written_when_its_text_changes_and_only_then(folder):
    folder("SGD", "Adam")
    before = (folder.path / "SGD.md").stat().st_mtime_ns
    assert folder("SGD", "Adam", changed=True) == []
    assert (folder.path / "SGD.md").stat().st_mtime_ns == before
    assert folder("SGD", "Adam", changed=True, year=1950) == ["SGD.md", "Adam.md"]


def entered(cls, **info):
    """The entry of a rule as a reader writes it."""
    return registry.Entry(readers_rule(cls), "rule", **info)


class Fixed(Optimizer):
    """A rule whose rate | and factor are set: `a|b`, `unclosed & <b>.

    Parameters
    ----------
    lr : hyperparameter
        Rate, one of `a|b`.
    """

    lr: Hyper = Constant(0.1)
    factor: Hyper = Constant(0.5)
    way: str = "a|b"

    def init(self, theta):
        return {}

    def step(self, J, theta, state, t):
        return theta - self.lr * self.factor * J.grad(theta), {}


def test_a_rule_with_schedules_and_texts_as_defaults_and_no_source_has_a_page(monkeypatch):
    entry = entered(Fixed)
    monkeypatch.setitem(registry.rules, "Fixed", entry)
    text = rule_pages.made(entry)
    assert "px" in part(text, "Try it")
    assert "whose rate \\| and factor are set: `a|b`, \\`unclosed \\& \\<b>." in text
    assert r"| `way` | `a\|b` |" in part(text, "Settings")
    assert r"Rate, one of `a\|b`." in part(text, "Settings")
    assert catalogue.told(entry) == rule_text.marked(entry.summary)
    assert [*family_tree.told([entry])][0].startswith(": [Fixed](rules/Fixed.md): A rule")


def with_required(**fields):
    """A rule with fields that have no defaults."""
    step = {"step": lambda self, J, theta, state, t: (theta - 0.1 * J.grad(theta), {})}
    init = {"init": lambda self, theta: {}}
    return type("Asking", (Optimizer,), {"__annotations__": fields, **step, **init})


def test_a_field_without_a_default_is_given_what_its_domain_or_its_type_allows():
    made = rule_live.example(
        entered(with_required(lr=Hyper, zeta=Hyper, count=int, flag=bool, rule=Optimizer))
    )
    assert [*made.fields().values()][:4] == [0.1, 1.0, 1, False]
    assert isinstance(made.rule, SGD)
    with pytest.raises(ValueError, match="Asking.way must be a field with a default or a domain"):
        rule_live.example(entered(with_required(way=str)))


def test_a_page_that_cannot_be_made_tells_of_which_rule():
    class Failing(Fixed):
        def step(self, J, theta, state, t):
            assert theta.shape[-1] == 3

    runs = entered(Failing)
    for entry in (runs, dataclasses.replace(runs, no_page="it is for three")):
        with pytest.raises(ValueError, match="the page of the rule Failing cannot be made: "):
            rule_pages.made(entry)
