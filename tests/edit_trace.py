"""Graphs of texts of rules: as the page traces them, and as `primer.derived` does."""

import json

import numpy as np
from editing import driven

from primer import Objective
from primer.derived.abstract import Abstract
from primer.derived.graph import Node, Pool, TraceError, as_node, make
from primer.derived.trace import Watcher
from primer.explorer.rule_text import BUILT_IN
from primer.optimizer import Optimizer

DTYPES = {"f": float, "i": int, "b": bool}


def traced(cases):
    """What the page makes of each case, a dict of text, dim, fields, …"""
    return driven("edit_trace.mjs", cases)


def field(name, value):
    """A field with a known value as the page is told of it."""
    array = np.asarray(value)
    kind = type(value).__name__ if type(value) in (bool, int, float) else array.dtype.kind
    return {"name": name, "shape": list(array.shape), "kind": kind, "value": array.tolist()}


def slider(name, slot, kind="f", shape=()):
    """A field that moves."""
    return {"name": name, "shape": list(shape), "kind": kind, "slot": slot}


class Symbols(Objective):
    """A J all whose values are symbols, the names of which the page has too."""

    def __init__(self, pool, dim):
        super().__init__(lambda theta: None, dim=dim)
        self.pool = pool
        self.shapes = [(dim,)]

    def node(self, op, x, *more, extra=1):
        nodes = [as_node(self.pool, each) for each in (x, *more)]
        shape = nodes[0].shape
        assert self.pool.abstract or all(n.shape == (self.dim,) for n in nodes)
        return make(self.pool, op, tuple(nodes), shape[:-1] + shape[-1:] * extra)

    def __call__(self, theta):
        return self.node("J", theta, extra=0)

    def grad(self, theta):
        return self.node("grad", theta)

    def hess(self, theta):
        return self.node("hess" if self.pool.abstract else "hessian", theta, extra=2)

    def hvp(self, theta, u):
        if self.pool.abstract:
            return (self.hess(theta) * u[..., None, :]).sum(-1)
        return self.node("hvp", theta, u)


def rule_of(text, bound):
    """An Optimizer whose methods and numbers are those of a text; its fields are bound already."""
    space = dict(BUILT_IN)
    exec(compile(text, "text", "exec", dont_inherit=True), space)
    own = {name: value for name, value in space.items() if name not in (*BUILT_IN, "__builtins__")}
    made = object.__new__(type("Text", (Optimizer,), own))
    made.__dict__.update(bound)
    return made


def reference(case, watch=True):
    """The graph that Python's trace makes of a case, in the form of `traced`; or its refusal.

    What names are bound to is taken down only on request: it takes most of the time.
    """
    plain = set()
    while True:
        pool = Pool()
        if case.get("abstract"):
            values = {f["name"]: _value(f) for f in case["fields"] if "value" in f}
            pool = Abstract((case["dim"],), values, case.get("general", True))
        try:
            with np.errstate(all="ignore"):
                return _once(case, pool, plain, watch)
        except (TraceError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            if getattr(pool, "needs", set()) <= plain:
                return {"refused": f"{type(error).__name__}: {error}"}
            plain |= pool.needs
        except (AttributeError, AssertionError, NameError, RecursionError) as error:
            return {"refused": f"{type(error).__name__}: {error}"}


def _value(told):
    value = told["value"]
    return np.array(value, DTYPES[told["kind"]]) if told["kind"] in DTYPES else value


def _bound(told, pool, plain):
    if pool.abstract and told["name"] not in plain and told["kind"] not in ("bool", "b"):
        return make(pool, "field", (), (), told["name"])
    if "value" in told:
        return _value(told)
    kinds = {"bool": bool, "int": int, "float": float}
    kind = kinds.get(told["kind"]) or np.dtype(DTYPES[told["kind"]])
    return make(pool, "field", (), tuple(told["shape"]), told["slot"], kind)


def _once(case, pool, plain, watch):
    dim = case["dim"]
    theta, t = make(pool, "theta", (), (dim,)), make(pool, "t", kind=int)
    rule = rule_of(case["text"], {f["name"]: _bound(f, pool, plain) for f in case["fields"]})
    start = {name: as_node(pool, value) for name, value in rule.init(theta).items()}
    state = {
        name: make(pool, "state", (), node.shape, name, node.dtype) for name, node in start.items()
    }
    given = Symbols(pool, dim), theta, dict(state), t
    watcher = Watcher()
    new, after = watcher.run(rule.step, *given) if watch else rule.step(*given)
    bound = [name for call in watcher.taken() for name in call.bound]
    new, after = as_node(pool, new), {name: as_node(pool, x) for name, x in after.items()}
    _check(theta, new, start, after)
    return _graph(pool, new, after, start, bound)


def _check(theta, new, start, after):
    """What the page asks of a step, beside what a trace does."""
    assert new.shape == theta.shape
    assert after.keys() == start.keys()
    for name, x in after.items():
        assert x.shape == start[name].shape
        assert start[name].dtype != bool or x.dtype == bool


def _graph(pool, new, after, start, bound):
    nodes = list(pool.values())
    place = {id(node): k for k, node in enumerate(nodes)}
    return {
        "nodes": [_told(node, place) for node in nodes],
        "theta": place[id(new)],
        "state": [[name, place[id(x)]] for name, x in after.items()],
        "start": {name: place[id(x)] for name, x in start.items()},
        "bound": [[name, place[id(x)]] for name, x in bound if isinstance(x, Node)],
    }


def _told(node, place):
    data = node.data
    if node.op == "const":
        data = [_number(x) for x in node.data.ravel().tolist()]
    elif node.op == "lookup":
        data = [node.data.seed, node.data.dim]
    elif isinstance(data, tuple):
        data = [list(x) if isinstance(x, tuple) else x for x in data]
    kind = node.kind.__name__ if isinstance(node.kind, type) else node.kind.kind
    op = {"hessian": "hess"}.get(node.op, node.op)
    args = [place[id(x)] for x in node.args]
    return {"op": op, "args": args, "shape": [*map(int, node.shape)], "kind": kind, "data": data}


def _number(x):
    return "-0" if str(x) == "-0.0" else repr(float(x))


def canonical(graph, digits=17):
    """A graph without what goes by the order in which constants were made, as a text.

    The other nodes that count are numbered in the order in which they were made. What a name is
    bound to counts, not in which order names get what they had before.
    """
    nodes = graph["nodes"]
    todo = [graph["theta"], *graph["start"].values()]
    todo += [k for _, k in (*graph["state"], *graph["bound"])]
    needed = set()
    while todo:
        k = todo.pop()
        if k not in needed:
            needed.add(k)
            todo += nodes[k]["args"]
    order = {k: i for i, k in enumerate(sorted(k for k in needed if nodes[k]["op"] != "const"))}

    def name(k):
        return f"n{order[k]}" if k in order else _text(nodes[k], [], digits)

    lines = [
        f"{name(k)} = {_text(nodes[k], [name(a) for a in nodes[k]['args']], digits)}" for k in order
    ]
    lines += [f"start {key} {name(k)}" for key, k in sorted(graph["start"].items())]
    lines += [f"state {key} {name(k)}" for key, k in graph["state"]]
    lines += sorted({f"bound {key} {name(k)}" for key, k in graph["bound"]})
    return "\n".join([*lines, f"theta {name(graph['theta'])}"])


def _text(node, args, digits):
    data = node["data"]
    if node["op"] == "const":
        data = [x if x == "-0" else f"{float(x):.{digits}g}" for x in data]
    told = json.dumps(data)
    known = node["shape"] or node["op"] == "const"
    kind = node["kind"] if known else ""  # the page knows better which numbers are Python's own
    return f"{node['op']}({', '.join(args)}) {node['shape']} {kind} {told}"
