"""What a rule's page says, as Markdown: all of it from the registry, class, and docstring."""

import ast
import dataclasses
import functools
import inspect
import itertools
import re
import textwrap
from pathlib import Path

from primer import registry
from primer.derived import TraceError
from primer.derived.calls import optax_line, torch_lines
from primer.derived.card import equation, short, state_per_parameter
from primer.derived.latex import legend
from primer.optimizer import Optimizer
from primer.rules.matrices import MatrixRule
from primer.rules.wrappers import Wrapper

ROOT = Path(__file__).parents[2]
HEADING = re.compile(r"^([A-Z][A-Za-z]+)\n-{3,}$", re.M)
ITEM = re.compile(r"^(\w[\w, ]*?) : .*\n((?:    .*\n?)+)", re.M)
CODE = re.compile(r"``([^`]+)``|`([^`]+)`")
AS_FOR = re.compile(r"(?:As for|Those of) `(\w+)`.*")
GENERIC = (Optimizer, Wrapper, MatrixRule)


def sections(thing):
    """Heading -> text of a docstring; the part before the first heading under ''."""
    parts = HEADING.split(inspect.getdoc(thing) or "")
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def parameters(make):
    """What the docstring says of each field; "As for `Adam`" is what it says there."""
    found = {}
    for names, text in ITEM.findall(sections(make).get("Parameters", "") + "\n"):
        told = " ".join(text.split())
        elsewhere = AS_FOR.fullmatch(told)
        other = registry.rules.get(elsewhere[1]) if elsewhere else None
        for name in names.split(", "):
            there = parameters(other.make).get(name) if other and other.make is not make else None
            found[name] = there or told
    return found


@functools.cache
def keys():
    """The keys of the bibliography."""
    text = (ROOT / "book" / "references.bib").read_text("utf-8")
    return set(re.findall(r"^@\w+\{(\w+),", text, re.M))


def marked(text, own="", up=""):
    """Text of a docstring as Markdown: names of rules and keys of sources become links."""
    known, out, at = keys(), [], 0
    for code in CODE.finditer(text):
        out += [_plain(text[at : code.start()], known), _code(code[1] or code[2], own, up)]
        at = code.end()
    return "".join([*out, _plain(text[at:], known)])


def _code(word, own, up):
    return f"[{word}]({up}{word}.md)" if word in registry.rules and word != own else f"`{word}`"


def _plain(text, known):
    text = re.sub(r"([\\*_$|<{\[`&])", r"\\\1", text.replace(">=", "≥").replace("<=", "≤"))
    return re.sub(r"\b[a-z]+\d{4}\w*", lambda m: cited(m[0]) if m[0] in known else m[0], text)


def cited(key):
    return f"{{cite:t}}`{key}`"


def stem_of(number):
    """The name of a chapter's notebook without its ending, empty if there is none."""
    file = next(ROOT.glob(f"notebooks/{number:02d}_*.ipynb"), None)
    return file.stem if file else ""


def chapter(entry):
    """A chapter by its number and, as a link, its title."""
    stem = stem_of(entry.chapter)
    return f"{entry.chapter}, {{doc}}`/notebooks/{stem}`" if stem else ""


def relatives(entry):
    """Names of the rules that this one comes from, and of those that come from it."""
    rules = sorted(registry.rules.values(), key=lambda e: (e.year, e.name))
    children = [e.name for e in rules if entry.name in getattr(e, "parents", ())]
    return list(getattr(entry, "parents", ())), children


def facts(entry, rule):
    """Name -> text of the short list at the page's top."""
    before, after = relatives(entry)
    listed = {
        "Source": cited(entry.cite) if entry.cite else "",
        "Year": str(entry.year) if entry.year else "",
        "Chapter": chapter(entry),
        "State": marked(state_per_parameter(rule)).replace(" x ", " × "),
        "Comes from": ", ".join(_code(name, entry.name, "") for name in before),
        "Leads to": ", ".join(_code(name, entry.name, "") for name in after),
        "Reference": f"{{py:obj}}`primer.{entry.name}`",
    }
    return {name: text for name, text in listed.items() if text}


def source(make):
    """The methods of a class that make its rule, without docstrings."""
    own = itertools.takewhile(lambda cls: cls not in GENERIC, make.__mro__)
    found = {}
    for cls in own:
        for name, thing in vars(cls).items():
            if inspect.isfunction(thing) and not name.startswith("__"):
                found.setdefault(name, thing)
    first = ["init", "init_matrix", "step", "step_matrix"]
    order = sorted(found, key=lambda name: first.index(name) if name in first else len(first))
    return "\n\n".join(bare(found[name]) for name in order)


def bare(function):
    """The text of a function without its docstring."""
    text = textwrap.dedent(inspect.getsource(function))
    body = ast.parse(text).body[0].body
    lines = text.rstrip().split("\n")
    if len(body) > 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        del lines[body[0].lineno - 1 : body[0].end_lineno]
    return "\n".join(lines)


def table(heads, rows):
    """A table; a bar in a cell, also in code there, would end the cell."""
    told = [[re.sub(r"(?<!\\)\|", r"\|", cell) for cell in row] for row in rows]
    cells = [heads, ["---"] * len(heads), *told]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def symbols(rule):
    try:
        return legend(rule)
    except TraceError:
        return {}


def settings(entry, rule):
    """The table of the fields: symbol, name, default, meaning."""
    told, letters = parameters(entry.make), symbols(rule)
    rows = [
        [
            f"${letters[f.name]}$" if f.name in letters else "",
            f"`{f.name}`",
            "required" if f.default is dataclasses.MISSING else f"`{short(f.default)}`",
            marked(told.get(f.name, ""), entry.name),
        ]
        for f in dataclasses.fields(entry.make)
    ]
    return table(["Symbol", "Field", "Default", "What it is"], rows) if rows else "It has none."


def kept(rule):
    """What the equation's other letters are: parts of the state, and settings of a rule inside."""
    letters = {n: s for n, s in symbols(rule).items() if "." in n}
    state = [f"${s}$" for n, s in letters.items() if n.startswith("state.")]
    inside = [f"${s}$ (`{n}`)" for n, s in letters.items() if not n.startswith("state.")]
    said = []
    if state:
        said.append(f"Kept from one step to the next: {', '.join(state)}.")
    if inside:
        held = type(rule.rule).__name__
        said.append(f"Of the rule inside, here [{held}]({held}.md): {', '.join(inside)}.")
    return " ".join(said)


def libraries(entry, rule):
    """The calls of PyTorch and optax, or why there is none."""
    calls = {
        "PyTorch": (torch_lines(rule), entry.torch, entry.no_torch),
        "optax": (optax_line(rule), entry.optax, entry.no_optax),
    }
    told = [
        f"**{name}**\n\n```python\n{lines}\n```" if call else f"**{name}**: none; {marked(why)}."
        for name, (lines, call, why) in calls.items()
    ]
    if entry.sees != "theta":
        told.append(f"What the library iterates is `{entry.sees}` of this rule, not `theta`.")
    return "\n\n".join(told)


def page(entry, rule, figure):
    """The whole page; `figure` is HTML: the explorer, or a still for what no page can run."""
    name = entry.name
    head = "\n".join(f"{term}\n: {text}\n" for term, text in facts(entry, rule).items())
    why = f"It cannot run in a page: {marked(entry.no_page)}. Here is what it does in NumPy."
    parts = [
        f"# {name}",
        f"```{{index}} {name}\n```",
        marked(entry.summary, name),
        f":::{{container}} px-facts\n{head}:::",
        "## Equation",
        CODE.sub(lambda code: _code(code[2], name, ""), equation(rule)),
        kept(rule),
        "## Try it",
        why * bool(entry.no_page),
        f"``````{{raw}} html\n{figure}\n``````",
        "## Settings",
        f":::{{container}} px-settings\n{settings(entry, rule)}\n:::",
        "## Code",
        f"```python\n{source(entry.make)}\n```",
        "## In other libraries",
        libraries(entry, rule),
        "## Notes",
        marked(sections(entry.make).get("Notes", "").strip(), name),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
