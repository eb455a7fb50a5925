"""Which optimizer for me: questions, a decision matrix, and the answer that cites its rows.

The matrix stands in `decisions`: a `Row` is a situation (the answers to which it applies), what it
recommends, why, and the evidence. `choose` finds the rows that apply: the first of them names rule
and schedule, later ones may replace either. A chapter shows the matrix by ``decision_table()`` and
the questions by ``chooser()``, both from `primer`, each as the last line of a cell; a link such as
``<a href="#for=vision&trials=one&with=memory,large">`` sets the answers, and one to ``#row-vision``
leads to a row of the table.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import check
from ..optimizer import Optimizer
from ..rules.wrappers import Wrapper
from ..schedules import Constant

Answers = Mapping[str, Any]
#: A text and where it leads: a section of a chapter, or an entry of the bibliography.
Evidence = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Question:
    """One question: its key in links, its text, and the answers by their key in links.

    With `several`, any number of answers may be given, none as well; else it is one, and the first
    unless another is given.
    """

    key: str
    text: str
    answers: dict[str, str]
    several: bool = False


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of the decision matrix; what `choose` cites.

    Attributes
    ----------
    key : str
        Its name in links.
    situation : str
        When it applies, in words.
    when : tuple of dict
        When it applies: for one of these, every question named has one of the answers listed.
    advice : str
        What to do, in words.
    why : str
        One or two sentences.
    evidence : tuple of (str, str)
        Texts, and where they lead.
    unless : tuple of str
        Answers with which it does not apply.
    rule : Optimizer or None
        What it recommends, with its rate; None leaves the rule of the rows before it.
    schedule : Schedule, Wrapper or None
        How the rate changes, written for a run of 10,000 steps; None leaves that of the rows
        before it.
    penalty : float
        Weight of an L2 penalty beside the loss, as ``J + l2(penalty)``.
    """

    key: str
    situation: str
    when: tuple[dict[str, tuple[str, ...]], ...]
    advice: str
    why: str
    evidence: tuple[Evidence, ...]
    unless: tuple[str, ...] = ()
    rule: Any = None
    schedule: Any = None
    penalty: float = 0.0

    def applies(self, answers: Answers) -> bool:
        """Whether the row applies to complete answers."""
        given = {key: _listed(value) for key, value in answers.items()}
        said = {answer for listed in given.values() for answer in listed}
        return not said & set(self.unless) and any(
            all(set(given[key]) & set(listed) for key, listed in case.items()) for case in self.when
        )


@dataclasses.dataclass(frozen=True)
class Advice:
    """An answer: the rows that it rests on, the first of which is the main one.

    Attributes
    ----------
    rows : tuple of Row
    """

    rows: tuple[Row, ...]

    @property
    def chosen(self) -> Row:
        """The row that names the rule: the last that has one."""
        return [row for row in self.rows if row.rule is not None][-1]

    @property
    def paced(self) -> Row:
        """The row that names the schedule: the last that has one."""
        return [row for row in self.rows if row.schedule is not None][-1]

    @property
    def recipe(self) -> Optimizer:
        """Rule and schedule together, ready for `run`; a penalty belongs to the objective."""
        return scheduled(self.chosen.rule, self.paced.schedule)


def choose(answers: Answers | None = None) -> Advice:
    """The rows of the decision matrix for some answers; questions left out have their default.

    Parameters
    ----------
    answers : dict, optional
        By the key of the question, as in links: ``{"for": "vision", "trials": "one"}``; to the
        question "with", any number of them: ``{"with": ("memory", "large")}``.

    Returns
    -------
    Advice

    Raises
    ------
    ValueError
        If there is no such question or answer.

    Examples
    --------
    >>> advice = choose({"for": "vision", "trials": "some"})
    >>> [row.key for row in advice.rows], advice.chosen.rule
    (['vision'], Momentum(lr=0.1, beta=0.9))
    >>> [row.key for row in choose({"for": "vision", "with": "mixed"}).rows]
    ['vision', 'mixed', 'adaptive']
    """
    from .decisions import QUESTIONS, ROWS

    complete: dict[str, tuple[str, ...]]
    complete = {q.key: () if q.several else (next(iter(q.answers)),) for q in QUESTIONS}
    known = {q.key: q for q in QUESTIONS}
    for key, value in (answers or {}).items():
        if key not in known:
            raise check.refuse("the name of an answer", key, f"one of {', '.join(known)}")
        complete[key] = _admitted(known[key], value)
    return Advice(tuple(row for row in ROWS if row.applies(complete)))


def possible(questions: Sequence[Question]) -> Iterator[dict[str, tuple[str, ...]]]:
    """Every combination of answers."""
    each = []
    for q in questions:
        sizes = range(len(q.answers) + 1) if q.several else (1,)
        each.append([c for n in sizes for c in itertools.combinations(q.answers, n)])
    for combination in itertools.product(*each):
        yield {q.key: listed for q, listed in zip(questions, combination, strict=True)}


def scheduled(rule: Any, schedule: Any) -> Any:
    """The rule at the rates of the schedule, whose largest rate becomes the rule's own."""
    if isinstance(schedule, Wrapper):
        return schedule.having(rule=rule)
    if isinstance(rule, Wrapper):
        return rule.having(rule=scheduled(rule.rule, schedule))
    return rule if isinstance(schedule, Constant) else rule.having(lr=rescaled(schedule, rule.lr))


def rescaled(schedule: Any, rate: float) -> Any:
    """The schedule with another largest rate, its first field."""
    return schedule.having(**{next(iter(schedule.fields())): rate})


def _listed(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _admitted(question: Question, value: Any) -> tuple[str, ...]:
    given = _listed(value)
    if not set(given) <= set(question.answers) or (len(given) != 1 and not question.several):
        kind = "any of" if question.several else "one of"
        raise check.refuse(question.key, value, f"{kind} {', '.join(question.answers)}")
    return given
