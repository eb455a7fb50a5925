"""A task that a reader of the book solves in the page: change a rule until it runs as another."""

from __future__ import annotations

import ast
import dataclasses
import html
import re
import textwrap
from typing import TYPE_CHECKING, Any

from .. import check
from ..derived.javascript import Program, program
from ..derived.trace import sliders_of
from ..optimizer import Optimizer
from .blame import blamed
from .rule_text import NUMBER, assigned, text_of

if TYPE_CHECKING:
    from .traced import Explorer

#: Buttons of a task: what they ask for, what they say, whether they wait until it has begun.
BUTTONS = (
    ("begin", "Start", False),
    ("check", "Check", True),
    ("solve", "Show a solution", True),
)


@dataclasses.dataclass(frozen=True)
class Task:
    r"""What a reader is to do with a rule of an explorer: make it run as another one does.

    The page compares runs, from several starts and at several settings, so that every text that
    does the same is right.

    Parameters
    ----------
    says : str
        What to do, in a sentence or two; what stands in backticks is code.
    goal : Optimizer, or its class
        A rule that does it, with numbers, schedules, and sliders of the explorer. A class gets the
        fields of the rule to change, as far as it has them.
    of : str
        The name of the rule to change, by default the first that can be changed.
    lines : str
        A solution, shown to those who ask: lines of `init` and `step` that take the place of those
        that assign the same name, or return. By default the goal's own text, if the rule to change
        has its fields, or these are numbers.
    done : str
        What is said when it is done.

    Raises
    ------
    ValueError
        If an argument is not what is described here; from `explore`, if the goal has a slider of
        its own, or runs as the rule does, or the rule cannot be changed in the page, or the goal's
        text solves nothing and there are no lines.

    Examples
    --------
    >>> from primer import SGD, Momentum, Slider, explore, landscapes
    >>> rate = Slider(0.01, 1, 0.1)
    >>> task = Task("Give `SGD` a memory.", goal=Momentum(lr=rate, beta=0.9))
    >>> live = explore(SGD(lr=rate), on=landscapes.quadratic([1.0]), steps=20, task=task)
    >>> live.task.of
    'SGD'
    """

    says: str
    goal: Optimizer | type[Optimizer]
    of: str = ""
    lines: str = ""
    done: str = ""

    def __post_init__(self) -> None:
        if not (isinstance(self.says, str) and self.says.strip()):
            raise check.refuse("says", self.says, "a text that says what to do")
        made = isinstance(self.goal, type) and issubclass(self.goal, Optimizer)
        if not (made or isinstance(self.goal, Optimizer)):
            what = "an Optimizer instance such as Adam(lr=0.1), or its class"
            raise check.refuse("goal", self.goal, what)
        for name in ("of", "lines", "done"):
            if not isinstance(getattr(self, name), str):
                raise check.refuse(name, getattr(self, name), "a text")
        if not _are_lines(self.lines):
            raise check.refuse("lines", self.lines, "lines of a step, such as 'v = 0.9 * v + g'")


def _are_lines(text: str) -> bool:
    """Whether these are statements that assign a name or return."""
    try:
        inside = textwrap.indent(textwrap.dedent(text), " ")
        made: Any = ast.parse(f"def step():\n pass\n{inside}").body
    except SyntaxError:
        return False
    kinds = ast.Assign, ast.AugAssign, ast.Return
    return len(made) == 1 and all(isinstance(each, kinds) for each in made[0].body[1:])


@dataclasses.dataclass(frozen=True)
class Posed:
    """A task in an explorer: the rule to change, and the goal's program on every landscape."""

    task: Task
    of: str
    programs: tuple[Program, ...]
    text: str  # of a solution, where the task has no lines


def posed(task: Any, explorer: Explorer) -> Posed | None:
    """The task in this explorer; refuses one that it does not fit."""
    if task is None:
        return None
    if not isinstance(task, Task):
        raise check.refuse("task", task, "a Task(says, goal)")
    known = [name for name, text in explorer.texts.items() if text]
    of = task.of or [*known, ""][0]
    if of not in known:
        names = " or ".join(map(repr, known)) or "empty: no rule here can be changed in a page"
        raise check.refuse("of of the Task", task.of, names)
    goal = _made(task.goal, explorer.rules[of])
    own = {id(control.slider) for control in explorer.controls}
    if any(id(slider) not in own for slider in sliders_of(goal)):
        raise check.refuse("goal of the Task", goal, "without sliders of its own")
    text = "" if task.lines.strip() else _solution(goal, explorer.rules[of])
    return Posed(task, of, _programs(goal, of, explorer), text)


def _made(goal: Any, rule: Optimizer) -> Optimizer:
    """The goal; of a class, the rule with the fields that both have."""
    if isinstance(goal, Optimizer):
        return goal
    names = {field.name for field in dataclasses.fields(goal)}
    return goal(**{k: v for k, v in rule.fields().items() if k in names})


def _solution(goal: Optimizer, rule: Optimizer) -> str:
    """The goal's text for a rule whose fields it reads: what that lacks stands at the top."""
    text, known = text_of(goal), rule.fields()
    lacking = {name: value for name, value in goal.fields().items() if name not in known}
    alike = all(_same(value, known.get(name, value)) for name, value in goal.fields().items())
    if text is None or not alike or not all(isinstance(v, NUMBER) for v in lacking.values()):
        allowed = (
            f"given: the text of {goal!r} is no solution where the fields are those of {rule!r}"
        )
        raise check.refuse("lines of the Task", "", allowed)
    return "\n\n".join(filter(None, [assigned(lacking), text]))


def _same(a: Any, b: Any) -> bool:
    return a is b or (isinstance(a, NUMBER) and isinstance(b, NUMBER) and bool(a == b))


def _programs(goal: Optimizer, of: str, explorer: Explorer) -> tuple[Program, ...]:
    """The goal on every landscape of the explorer."""
    sliders = tuple(control.slider for control in explorer.controls)
    with blamed(goal):
        found = [program(goal, s.J, sliders, (), explorer.steps) for s in explorer.scenes]
    plain = [program(explorer.rules[of], s.J, sliders, (), explorer.steps) for s in explorer.scenes]
    if [p.source for p in found] == [p.source for p in plain]:
        raise check.refuse("goal of the Task", goal, f"a rule that runs otherwise than {of!r}")
    return tuple(found)


def block(asked: Posed | None) -> str:
    """What the page shows of a task.

    Examples
    --------
    >>> block(None)
    ''
    """
    if asked is None:
        return ""
    says = re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(asked.task.says, quote=False))
    buttons = "".join(
        f'<button type="button" value="{value}"{" hidden" * waits}>{label}</button>'
        for value, label, waits in BUTTONS
    )
    return (
        f'<div class="px-task px-live-only"><p><b>Your turn.</b> {says}</p>'
        f'<div class="px-buttons">{buttons}</div>'
        '<p class="px-task-said" role="status" aria-live="polite"></p></div>'
    )
