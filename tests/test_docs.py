"""Every public name is documented by the project's template, and every example runs."""

import ast
import builtins
import dataclasses
import doctest
import inspect
import re
import textwrap
from pathlib import Path

import pytest
from helpers import loaded

import primer
from primer import data, exercise, landscapes, measure, models, plotting, registry, schedules

ROOT = Path(__file__).parents[1]
HOMES = (primer, landscapes, models, data, schedules, measure, plotting, exercise)
ENTRIES = [*registry.rules.values(), *registry.schedules.values(), *registry.landscapes.values()]
every_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)

#: Public names without a section of examples, and why.
WITHOUT_EXAMPLES = {
    "Activation": "a pair of functions",
    "Bag": "what bag_of_words returns, shown there",
    "Characters": "what characters returns, shown there",
    "Classifier": "a base class",
    "Cure": "an entry of CURES",
    "Diagnosis": "what diagnose returns, shown there",
    "Game": "what play returns, shown there",
    "Look": "what look returns, shown there",
    "Picture": "what show returns, shown there",
    "Result": "what compare returns, shown there",
    "Verdict": "what verdict returns, shown there",
    "DataObjective": "shown by Batches",
    "Finding": "what first_bad returns, shown there",
    "Model": "a base class",
    "RangeTest": "what range_test returns, shown there",
    "Run": "what run returns, shown there",
    "TraceError": "an exception",
    "rule": "a decorator, shown in README.md and CONTRIBUTING.md",
    "schedule": "a decorator, like rule",
}


sections = loaded(ROOT / "book" / "_ext" / "rule_text.py").sections


def public(home):
    """Names of a package that are functions or classes of this project."""
    for name in home.__all__:
        thing = getattr(home, name)
        if callable(thing) and getattr(thing, "__module__", "").startswith("primer"):
            yield name, thing


EVERYTHING = {f"{home.__name__}.{name}": thing for home in HOMES for name, thing in public(home)}
everything = pytest.mark.parametrize("thing", EVERYTHING.values(), ids=EVERYTHING)


def described(text: str) -> set[str]:
    """Names in the first lines of a Parameters or Attributes section."""
    heads = re.findall(r"^(\*{0,2}\w[\w, *]*?)(?: :|$)", text, re.MULTILINE)
    return {name.strip(" *") for head in heads for name in head.split(",")}


@pytest.mark.parametrize("home", HOMES, ids=lambda m: m.__name__)
def test_every_name_that_is_exported_exists_and_every_name_that_exists_is_exported(home):
    assert len(set(home.__all__)) == len(home.__all__)
    for name in home.__all__:
        assert hasattr(home, name), name
    for name, thing in vars(home).items():
        own = getattr(thing, "__module__", "").startswith("primer")
        if own and not name.startswith("_") and (inspect.isclass(thing) or callable(thing)):
            assert name in home.__all__, f"{home.__name__}.{name} is public, but not exported"


@everything
def test_a_public_name_has_one_line_that_says_what_it_is(thing):
    own = vars(thing).get("__doc__") if inspect.isclass(thing) else inspect.getdoc(thing)
    assert own, "no docstring of its own"
    first = own.strip().split("\n")[0]
    assert re.search(r"[.!?]$", first), f"not a sentence: {first!r}"
    assert len(first) <= 100
    assert not re.match(r"\w+\(", first), "a signature is no description"


@everything
def test_a_public_name_has_an_example_that_runs(thing):
    if thing.__name__ in WITHOUT_EXAMPLES:
        return
    found = doctest.DocTestFinder(recurse=False).find(thing, globs={})
    assert any(test.examples for test in found), "no example"
    assert ">>>" in sections(thing)["Examples"]


def test_the_names_without_an_example_are_named_for_good_reason():
    names = {thing.__name__ for thing in EVERYTHING.values()}
    for name in WITHOUT_EXAMPLES:
        assert name in names
        thing = next(t for t in EVERYTHING.values() if t.__name__ == name)
        assert "Examples" not in sections(thing), f"{name} has one now"


@everything
def test_every_argument_is_described(thing):
    parts = sections(thing)
    if inspect.isclass(thing) and dataclasses.is_dataclass(thing):
        wanted = {f.name for f in dataclasses.fields(thing)}
    else:
        try:
            signature = inspect.signature(thing)
        except ValueError:
            return
        wanted = {n for n in signature.parameters if n not in ("self", "args", "kwargs", "info")}
    if thing.__name__ in WITHOUT_EXAMPLES and not ({"Parameters", "Attributes"} & set(parts)):
        return
    known = described(parts.get("Parameters", "")) | described(parts.get("Attributes", ""))
    assert wanted <= known | {"target"}, f"not described: {sorted(wanted - known)}"


@everything
def test_a_function_says_what_it_returns(thing):
    if inspect.isfunction(thing) and thing.__name__ not in WITHOUT_EXAMPLES:
        told = sections(thing)
        assert "Returns" in told or inspect.signature(thing).return_annotation in (None, "None")


@everything
def test_every_public_method_is_documented(thing):
    if inspect.isclass(thing):
        for name, method in vars(thing).items():
            if inspect.isfunction(method) and not name.startswith("_"):
                assert inspect.getdoc(getattr(thing, name)), f"{thing.__name__}.{name}"


def raising(thing) -> bool:
    """Whether the text of a function, or of what makes an instance of a class, has a raise."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]
    making = ("__init__", "__post_init__")
    own = [part for part in tree.body if getattr(part, "name", "") in making]
    parts = own if inspect.isclass(thing) else [tree]
    return any(isinstance(node, ast.Raise) for part in parts for node in ast.walk(part))


@everything
def test_what_can_be_raised_is_told_and_nothing_else(thing):
    told = sections(thing).get("Raises")
    if told is None:
        assert not raising(thing)
        return
    entries = re.findall(r"^(\w+)\n    (\S.*)$", told, re.MULTILINE)
    assert entries, "an exception, and when it is raised"
    for name, when in entries:
        error = getattr(builtins, name, None) or getattr(primer, name)
        assert issubclass(error, Exception)
        assert not re.match(r"[Nn]ever|[Nn]othing", when)


@every_entry
def test_arguments_that_can_be_refused_are_told_to_be(entry):
    takes = inspect.signature(entry.make).parameters
    assert ("Raises" in sections(entry.make)) == bool(takes)


@every_entry
def test_a_registered_name_follows_the_template(entry):
    parts = sections(entry.make)
    written = entry.kind in ("schedule", "landscape")  # a rule's equation is traced from its step
    assert ("Equation:" in parts[""]) == written
    assert re.search(rf"\b{entry.cite}\b", parts["Notes"]), "Notes name the source by its key"
    if entry.kind == "rule" and entry.make.init is not primer.Optimizer.init:
        told = r"[Ss]tate|Memory|as for `"
        assert re.search(told, parts["Notes"]), "Notes say what the state holds"


@every_entry
def test_the_summary_fits_a_row_of_the_catalogue(entry):
    assert 10 < len(entry.summary) <= 100
    assert "|" not in entry.summary


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_the_python_in_the_readme_runs_as_printed(name):
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    kept, text = dict(registry.rules), (ROOT / name).read_text(encoding="utf-8")
    files = re.compile(r"```python\n# primer/.*?```", re.DOTALL)  # test_newcomer runs those
    runner = doctest.DocTestRunner(optionflags=options)
    try:
        parsed = doctest.DocTestParser().get_doctest(files.sub("", text), {}, name, name, 0)
        result = runner.run(parsed)
    finally:
        registry.rules.clear()
        registry.rules.update(kept)
    assert not result.failed
    assert result.attempted > 5 or name != "README.md"
