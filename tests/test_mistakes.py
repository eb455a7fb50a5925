"""A reader's natural mistakes are answered by one sentence that says what to write."""

import contextlib
import io
import math
import re

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from primer import (
    SGD,
    Adam,
    ClipNorm,
    Curve,
    Draggable,
    Objective,
    Optimizer,
    Schedule,
    Slider,
    TraceError,
    card,
    compare,
    data,
    explore,
    landscapes,
    models,
    range_test,
    registry,
    rule,
    run,
)
from primer.exercise import verdict
from primer.explorer import Heat, Plot, explore_grid

Q = landscapes.quadratic([1.0, 4.0])
PLANE = {"dim": 2, "window": (-2, 2, -1, 3), "start": (-1.2, 1.0)}
TWO = {"lr": Slider(0.01, 0.4, 0.1, steps=3), "beta": Slider(0, 0.9, 0.5, steps=2)}


def bowl(value=lambda th: (th**2).sum(-1), grad=None):
    return lambda: explore(SGD(), on=Objective(value, grad, **PLANE))


OBJECTIVES = [
    (
        bowl(lambda th: (1 - th[0]) ** 2 + th[1] ** 2),
        r"J\(theta\) must have shape \(3,\).*theta\[\.\.\., i\]",
    ),
    (bowl(lambda th: th**2), r"J\(theta\) must have shape \(3,\).*got \(3, 2\).*\.sum\(-1\)"),
    (bowl(lambda th: np.sum(th**2)), r"J\(theta\) must have shape \(3,\).*got \(\)"),
    (bowl(lambda th: th[..., 5]), r"J\(theta\) must have shape .*IndexError.*theta\[\.\.\., i\]"),
    (
        bowl(grad=lambda th: np.array([2 * th[..., 0], 2 * th[..., 1]])),
        r"J\.grad\(theta\).*np\.stack",
    ),
    (bowl(grad=lambda th: [2 * th[..., 0], 2 * th[..., 1]]), r"J\.grad\(theta\).*np\.stack"),
    (bowl(grad=lambda th: 2 * th[..., 0]), r"J\.grad\(theta\) must have shape \(3, 2\).*np\.stack"),
    (bowl(lambda th: math.sin(th[..., 0])), r"use np\.sqrt, not math\.sqrt"),
    (bowl(lambda th: th[..., 0] if th[..., 0] > 0 else 0.0), r"use np\.where"),
]


def shown(*rules, **keywords):
    return lambda: explore(*(rules or (SGD(),)), **({"on": Q} | keywords))


EXPLORERS = [
    (shown(SGD), r"rules must be Optimizer instances .*got <class"),
    (
        shown(on=lambda th: th),
        r"on must be an Objective, such as Objective\(f, dim=2\).*got <function",
    ),
    (shown(on=landscapes.beale), r"on must be an Objective.*got <function beale"),
    (shown(start=3.0), r"start must have shape"),
    (shown(start="ab"), r"start must be a point .*got 'ab'"),
    (shown(start=[[1.0, 2.0]]), r"start must be one point"),
    (lambda: Draggable([1.0, 2.0]), r"start must be one number per coordinate.*got \[1\.0, 2\.0\]"),
    (shown(views=None), r"views must be one of path, loss.*got None"),
    (shown(views=[]), r"views must be at least one .*got \[\]"),
    (shown(views=("state",)), r"views must be at least one that these rules have"),
    (
        shown(on=landscapes.quadratic([1.0] * 3), views=("path",)),
        r"views must be .*in 3 dimensions",
    ),
    (shown(views=("pth",)), r"views must be one of path, loss.*got 'pth'"),
    (shown(views=[3]), r"views must be one of path, loss.*got 3"),
    (
        shown(views=[Curve("a", lambda r, t: t), Curve("a", lambda r, t: 0)]),
        r"views must be Curves of different",
    ),
    (shown(views=[Curve("a", lambda r, t: r.beta)]), r"must run, got AttributeError.*'beta'"),
    (lambda: Curve(None, lambda r, t: t), r"label must be a text, got None"),
    (shown(steps=20.0), r"steps must be an integer >= 1, got 20\.0"),
    (shown(SGD(), Adam(), names=["a"]), r"names must be 2 different names, one per rule"),
    (shown(SGD(), Adam(), names="ab"), r"names must be 2 different names.*got 'ab'"),
    (shown(names=[""]), r"names must be 1 different names.*got \[''\]"),
    (shown(names=[3]), r"names must be 1 different names.*got \[3\]"),
    (shown(title=3), r"title must be a text, got 3"),
    (shown(caption=["a"]), r"caption must be a text"),
    (shown(table=3), r"table must be a list of texts, got 3"),
    (shown(shown=3), r"shown must be a list of texts, got 3"),
]


def answered(answer, *panels):
    return lambda: explore_grid(TWO, lambda lr, beta: answer, panels or [Plot("A")])


GRID, CURVE = np.ones((4, 3)), np.ones((5, 4, 3))
GRIDS = [
    (answered(GRID), r"compute\(\) must be a dict of curves by name"),
    (answered(None), r"compute\(\) must be a dict.*got None"),
    (answered({}), r"compute\(\) must be a dict with at least one curve of shape \(points, 4, 3\)"),
    (answered({"a": GRID}), r"compute\(\) must be a dict with at least one curve .*got \['a'\]"),
    (
        answered({"a": run(SGD(), Q, [1.0, 1.0], 1)}),
        r"compute\(\)\['a'\] must be .*run\(…\)\.loss, got Run",
    ),
    (answered({"a": "x"}), r"compute\(\)\['a'\] must be an array of numbers.*got 'x'"),
    (answered({"a": [[1], [1, 2]]}), r"compute\(\)\['a'\] must be an array of numbers"),
    (answered({"a": 1j * CURVE}), r"compute\(\)\['a'\] must be an array of numbers"),
    (answered({"a": CURVE[:0]}), r"compute\(\)\['a'\] must be of shape .*got \(0, 4, 3\)"),
    (answered({"a": CURVE.T}), r"compute\(\)\['a'\] must be of shape .*got \(3, 4, 5\)"),
    (lambda: explore_grid(TWO, lambda lr: {}), r"compute must be a function of lr, beta .*'beta'"),
    (
        lambda: explore_grid(TWO, lambda lr, beta: {"a": CURVE}, []),
        r"panels must be a list of at least one",
    ),
    (answered({"a": CURVE}, "loss"), r"panels must be a list of at least one Plot or Heat"),
    (answered({"a": CURVE}, Heat("H", "a")), r"panels must be for a Heat an array of .*got 'a'"),
    (
        answered({"a": CURVE, "e": GRID}, Plot("P", ["e"])),
        r"panels must be for a Plot a curve .*got 'e'",
    ),
    (
        answered({"a": CURVE, "e": GRID}, Heat("H", "e", limits=(1, 0))),
        r"limits must be \(low, high\)",
    ),
    (
        answered({"a": CURVE, "e": GRID}, Heat("H", "e", log=True, limits=(0, 1))),
        r"limits must be .*above 0",
    ),
    (answered({"a": CURVE}, Plot("P", x=[0, 1, 2, 3, np.nan])), r"x must be a finite number"),
    (answered({"a": CURVE}, Plot("P", x="abcde")), r"x must be a finite number"),
    (lambda: explore_grid([TWO["lr"]], lambda lr: {}), r"sliders must be a dict of Slider"),
    (lambda: explore_grid({1: TWO["lr"]}, lambda lr: {}), r"sliders must be a dict of Slider"),
]

X, y, *_ = data.breast_cancer()
MODEL = models.logistic(X, y)


def compared(rules, rates=None, model=MODEL, **keywords):
    settings = {"steps": 2, "size": 8, "rates": {"a": [0.1]} if rates is None else rates}
    return lambda: compare(rules, model, **(settings | keywords))


OTHERS = [
    (compared({"a": ClipNorm}), r"rules must be a dict of Optimizer instances"),
    (compared([SGD()]), r"rules must be a dict of Optimizer instances"),
    (
        compared({"a": registry.rules["ConjugateGradient"].make()}),
        r"rules must be rules with a learning rate lr",
    ),
    (compared({"a": SGD()}, [0.1]), r"rates must be a dict"),
    (compared({"a": SGD()}, {"a": 0.1}), r"rates\['a'\] must be a list of rates.*got 0\.1"),
    (compared({"a": SGD()}, {"a": []}), r"rates\['a'\] must be a list of rates.*got \[\]"),
    (compared({"a": SGD()}, {"a": ["x"]}), r"rates\['a'\] must be a finite number > 0"),
    (compared({"a": SGD()}, model=Q), r"model must be a model with data"),
    (compared({"a": SGD()}, score=3), r"score must be a function of theta, got 3"),
    (compared({"a": SGD()}, score=lambda th: th), r"score\(theta\) must be of shape \(1, 3\)"),
    (lambda: range_test(SGD(), Q, [1.0, 1.0], low=np.array([0.1, 1.0])), r"low must be one number"),
    (lambda: card(3), r"rule must be an Optimizer instance such as Adam\(\).*got 3"),
    (lambda: card(ClipNorm), r"rule must be an Optimizer instance .*got <class"),
]
TABLE = [*OBJECTIVES, *EXPLORERS, *GRIDS, *OTHERS]


@pytest.mark.parametrize(("make", "message"), TABLE, ids=[message for _, message in TABLE])
def test_the_sentence_names_what_to_write(make, message):
    with pytest.raises((ValueError, TraceError)) as caught:
        make()
    assert re.match(message, str(caught.value), re.S) or re.search(message, str(caught.value), re.S)
    assert caught.value.__cause__ is None


class NoRule(Optimizer):
    lr: float = 0.1

    def step(self, J, theta, state, t):
        return theta - self.lr * J.grad(theta), {}


class NoSchedule(Schedule):
    start: float = 0.1

    def value(self, t):
        return 0.1


@pytest.mark.parametrize(
    ("make", "decorator"),
    [
        (lambda: NoRule(lr=0.2), "@rule"),
        (lambda: NoRule(0.2), "@rule"),
        (lambda: explore(NoRule(), on=Q), "@rule"),
        (lambda: run(NoRule(), Q, [1.0, 1.0], 1), "@rule"),
        (lambda: NoSchedule(start=1.0), "@schedule"),
        (lambda: run(SGD(lr=NoSchedule()), Q, [1.0, 1.0], 1), "@schedule"),
        (lambda: explore(SGD(lr=NoSchedule()), on=Q), "@schedule"),
    ],
)
def test_a_class_without_its_decorator_is_told_which(make, decorator):
    with pytest.raises(TypeError, match=f"lacks the decorator {decorator}"):
        make()


def test_what_a_rule_raises_is_told_with_its_line_and_a_short_traceback(monkeypatch):
    monkeypatch.setattr(registry, "rules", dict(registry.rules))

    @rule
    class Slip(Optimizer):
        lr: float = 0.1

        def step(self, J, theta, state, t):
            return theta - self.lr * J.grad(thta), {}  # noqa: F821

    with pytest.raises(
        ValueError, match="in step of Slip must run, got NameError: name 'thta'"
    ) as e:
        explore(Slip(), on=Q)
    assert "J.grad(thta)" in str(e.value)
    assert e.value.__suppress_context__


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ([1, 2, 3], [1, 2]),
        ([[1], [1, 2]], [1, 2]),
        ([1, 2, 3], lambda a: np.allclose(a, [1, 2])),
        ([1, 2, 3], lambda a: (lambda x, y: True)(*a)),
        ("much", 1.0),
        ({}, [1, 2]),
    ],
)
def test_answers_of_another_length_are_told_in_the_books_words(answer, right):
    told = str(verdict(answer, right))
    assert told.startswith("Not yet: ")
    assert not re.search("broadcast|inhomogeneous|operands|array element|could not convert", told)


def lines(cell):
    """What JupyterLab shows of an error: as many lines, the last one last."""
    shell = InteractiveShell.instance(colors="nocolor")
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        shell.run_cell("from primer import *\nJ = landscapes.rosenbrock()\n" + cell)
    return told.getvalue().rstrip().splitlines()


WRONG = """
@rule
class Wrong(Optimizer):
    lr: float = 0.1

    def step(self, J, theta, state, t):
        return theta - self.lr * J.grad(theta) * unknown, {}

explore(Wrong(), on=J)
"""


@pytest.mark.parametrize(
    ("cell", "last"),
    [
        (WRONG, "name 'unknown' is not defined"),
        ("explore(SGD(), on=J, start=[1, 2, 3])", "start must have last axis 2"),
        ("explore_grid({}, print)", "sliders must be"),
    ],
)
def test_an_explorer_s_error_is_told_at_the_reader_s_own_line(cell, last):
    told = lines(cell)
    assert last in told[-1]
    assert len(told) < 30
    assert any("->" in line and cell.split()[-1] in line for line in told)
