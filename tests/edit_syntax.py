"""What the page's syntax.js makes of a text, and what Python's own `ast` makes of it, alike."""

import ast
import itertools
import warnings
from pathlib import Path

from editing import driven

ROOT = Path(__file__).parents[1]
SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.USub: "-", ast.UAdd: "+", ast.Not: "not", ast.Invert: "~", ast.And: "and", ast.Or: "or",
    ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
DROPPED = {
    "ctx",
    "type_comment",
    "returns",
    "decorator_list",
    "type_params",
    "msg",
    "simple",
    "is_async",
}


def read(texts):
    """What the page makes of each text: {"tree"}, {"refused"} or {"error"}, and "took" (ms)."""
    return driven("edit_syntax.mjs", texts)


def tree(text):
    """The tree of Python's own parser, as syntax.js writes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as \d in a plain string
        return Tree(text).told(ast.parse(text))


def units(text):
    """How long JavaScript takes this text to be."""
    return len(text.encode("utf-16-le")) // 2


class Tree:
    """Writes nodes of `ast`, with places in the text as JavaScript counts them."""

    def __init__(self, text):
        self.text, self.lines = text, text.split("\n")
        lengths = [units(line) + 1 for line in self.lines]
        self.starts = list(itertools.accumulate(lengths, initial=0))

    def offset(self, line, column):
        before = self.lines[line - 1].encode()[:column].decode()
        return self.starts[line - 1] + units(before)

    def told(self, value):
        if isinstance(value, list):
            return [self.told(part) for part in value]
        if type(value) in SIGNS:
            return SIGNS[type(value)]
        return self.node(value) if isinstance(value, ast.AST) else value

    def node(self, value):
        write = getattr(self, type(value).__name__, self.plain)
        told = write(value)
        if hasattr(value, "lineno"):
            told["from"] = self.offset(value.lineno, value.col_offset)
            told["to"] = self.offset(value.end_lineno, value.end_col_offset)
        return told

    def plain(self, value):
        fields = {name: self.told(part) for name, part in ast.iter_fields(value)}
        return {"type": type(value).__name__} | {
            name: part for name, part in fields.items() if name not in DROPPED
        }

    def Module(self, value):
        return {"type": "Module", "body": self.told(value.body), "from": 0, "to": units(self.text)}

    def comprehension(self, value):
        told = self.plain(value)
        del told["type"]
        return told

    def AnnAssign(self, value):
        targets = [self.told(value.target)]
        return {"type": "Assign", "targets": targets, "value": self.told(value.value)}

    def arguments(self, value):
        fallbacks = [None] * (len(value.args) - len(value.defaults)) + value.defaults
        return [self.parameter(*pair) for pair in zip(value.args, fallbacks, strict=True)]

    def parameter(self, arg, fallback):
        to = fallback or arg
        begin = self.offset(arg.lineno, arg.col_offset)
        end = self.offset(to.end_lineno, to.end_col_offset)
        return {"arg": arg.arg, "default": self.told(fallback), "from": begin, "to": end}

    def keyword(self, value):
        return {"arg": value.arg, "value": self.told(value.value)}

    def Constant(self, value):
        held = value.value
        names = {type(None): "None", type(...): "Ellipsis"}
        kind = names.get(type(held), type(held).__name__)
        if kind in ("int", "float"):
            held = float(held)
        return {"type": "Constant", "value": None if kind in names.values() else held, "kind": kind}


def same(ours, theirs):
    """Compare two trees; our numbers come as texts, and without brackets an end may be vague."""
    if isinstance(theirs, dict):
        if not isinstance(ours, dict):
            return False
        if theirs.get("kind") in ("int", "float") and isinstance(ours.get("value"), str):
            ours = ours | {"value": float(ours["value"].replace("Infinity", "inf"))}
        return ours.keys() == theirs.keys() and all(same(ours[k], theirs[k]) for k in theirs)
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and ours == theirs
