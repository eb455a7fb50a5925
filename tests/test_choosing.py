"""Which optimizer for me: each answer cites rows, each row its evidence; the page says the same."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pybtex.database
import pytest
from helpers import node
from test_notebooks import authors

from primer import chooser, decision_table, landscapes, registry, run
from primer.derived.calls import torch_lines, written
from primer.explorer.asking import data
from primer.explorer.bundle import script
from primer.measure import choose
from primer.measure.choosing import possible
from primer.measure.decisions import QUESTIONS, ROWS
from primer.rules.wrappers import Wrapper, innermost
from primer.schedules import Constant, Schedule

ROOT = Path(__file__).parents[1]
EVERY = list(possible(QUESTIONS))
SOURCES = sorted({link for row in ROWS for _, link in row.evidence})
ADVICE = {(a.chosen.key, a.paced.key): a for a in map(choose, EVERY)}
every_advice = pytest.mark.parametrize("advice", ADVICE.values(), ids=map("/".join, ADVICE))


def slug(heading: str) -> str:
    """The name of a heading in links, as GitHub and MyST write it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def places(path: Path) -> set[str]:
    """What a link may point to in a chapter, or the keys of the bibliography."""
    if path.name == "references.md":
        return set(pybtex.database.parse_file(str(path.with_suffix(".bib"))).entries)
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return set(map(slug, re.findall(r"^#{1,3} (.*)$", text, re.M)))


# The matrix


def test_every_combination_of_answers_has_one_main_row_that_gives_rule_and_schedule():
    assert len(EVERY) == len({json.dumps(a) for a in EVERY}) == 240
    for answers in EVERY:
        rows = choose(answers).rows
        (kind,) = answers["for"]
        assert rows[0].key == kind
        assert rows[0].rule is not None
        assert rows[0].schedule is not None
        assert not [row.key for row in rows[1:] if row.when == ({"for": (kind,)},)]


def test_every_answer_that_is_given_is_met_by_a_row():
    """What a reader says changes the answer: at least one row more than without it."""
    for answers in EVERY:
        for said in answers["with"]:
            rest = tuple(a for a in answers["with"] if a != said)
            assert choose(answers).rows != choose({**answers, "with": rest}).rows, (answers, said)
        if answers["trials"] != ("some",):
            assert choose(answers).rows != choose({**answers, "trials": "some"}).rows


def test_every_row_is_cited_by_some_answer_and_named_once():
    cited = {row.key for answers in EVERY for row in choose(answers).rows}
    assert cited == {row.key for row in ROWS}
    assert len(cited) == len(ROWS) == len({row.situation for row in ROWS})


def test_conditions_name_answers_that_exist():
    known = {q.key: set(q.answers) for q in QUESTIONS}
    for row in ROWS:
        for case in row.when:
            assert all(set(listed) <= known[key] for key, listed in case.items())
        assert set(row.unless) <= set().union(*known.values())
    assert len(set().union(*known.values())) == sum(map(len, known.values()))


@pytest.mark.parametrize("link", SOURCES)
def test_evidence_leads_to_a_section_or_an_entry_that_exists(link):
    file, place = link.split("#")
    assert place in places((ROOT / "notebooks" / file).resolve())


def test_every_row_has_evidence_and_a_citation_names_the_authors_and_the_year():
    entries = pybtex.database.parse_file(str(ROOT / "book/references.bib")).entries
    for row in ROWS:
        assert row.evidence
        for text, link in row.evidence:
            file, place = link.split("#")
            if file.endswith("references.md"):
                entry = entries[place]
                assert text.endswith(f"{authors(entry)} ({entry.fields['year']})")


def test_numbers_that_a_chapter_measured_are_not_repeated_in_the_rows():
    for row in ROWS:
        assert not re.search(r"\d\.\d|\d%|\d\d", re.sub(r"chapter \d+", "", row.why))


@every_advice
def test_a_recommendation_runs_and_falls(advice):
    J, rule = landscapes.quadratic([1.0, 4.0]), advice.recipe
    found = run(rule, J, [1.0, 1.0], 300)
    assert found.diverged_at == -1
    assert found.loss[-1] < found.loss[0]


@every_advice
def test_the_schedule_of_a_recommendation_begins_at_the_rate_of_its_rule(advice):
    rate = innermost(advice.recipe).fields()["lr"]
    own = innermost(advice.chosen.rule).fields()["lr"]
    largest = rate if isinstance(rate, float) else max(rate(t) for t in range(0, 10_000, 250))
    assert largest == pytest.approx(own, rel=0.1)


def test_a_row_with_rule_and_schedule_gives_both_the_same_rate():
    for row in ROWS:
        if row.rule is not None and isinstance(row.schedule, Schedule):
            assert next(iter(row.schedule.fields().values())) == innermost(row.rule).lr


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"of": "vision"}, "must be one of for, trials, with, got 'of'"),
        ({"for": "cars"}, "for must be one of start, vision, .* got 'cars'"),
        ({"for": ("vision", "start")}, "for must be one of"),
        ({"for": ()}, "for must be one of"),
        ({"with": ("memory", "time")}, "with must be any of memory, mixed, large, open"),
    ],
)
def test_an_answer_that_does_not_exist_is_refused(answers, told):
    with pytest.raises(ValueError, match=told):
        choose(answers)


# PyTorch's lines


@every_advice
def test_the_lines_of_pytorch_are_python_and_hold_every_setting(advice):
    text = torch_lines(advice.recipe, advice.chosen.penalty)
    ast.parse(text)
    assert max(map(len, text.splitlines())) <= 80
    rule = innermost(advice.chosen.rule)
    for value in rule.fields().values():
        assert repr(value) in text or not registry.rules[type(rule).__name__].torch
    assert ("weight_decay=0.0001" in text) == bool(advice.chosen.penalty)


@every_advice
def test_the_code_of_a_recommendation_makes_it_again(advice):
    import primer

    made = eval(written(advice.recipe), vars(primer))
    assert repr(made) == repr(advice.recipe)


# The page


def in_node(ask: str):
    code = f"{script()}const p = PrimerExplorer, data = {json.dumps(data())};{ask}"
    done = subprocess.run([node(), "-e", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_page_gives_the_same_answer_for_every_combination():
    ask = f"console.log(JSON.stringify({json.dumps(EVERY)}.map(a => p.advise(data, a))))"
    for answers, found in zip(EVERY, in_node(ask), strict=True):
        advice = choose(answers)
        assert found == {
            "rows": [row.key for row in advice.rows],
            "rule": advice.chosen.key,
            "schedule": advice.paced.key,
        }


def test_a_link_gives_back_the_answers_that_it_was_made_from():
    ask = f"""console.log(JSON.stringify({json.dumps(EVERY)}.map(a => {{
      const link = p.spelled(data, a);
      const words = Object.fromEntries(new URLSearchParams(link));
      return [link, p.completed(data, words)];
    }})))"""
    found = in_node(ask)
    for answers, (_, back) in zip(EVERY, found, strict=True):
        assert {key: tuple(given) for key, given in back.items()} == answers
    links = [link for link, _ in found]
    assert len(set(links)) == len(links)
    assert links[0] == "for=start"
    assert "for=vision&trials=one&with=memory,large" in links


def test_every_answer_has_its_card_and_every_row_stands_in_the_page_without_a_script():
    page = chooser()
    cards = set(re.findall(r'<template data-card="([^"]+)">', page))
    assert cards == set(map("/".join, ADVICE))
    bare = re.sub(r"<(template|script|style)\b.*?</\1>", "", page, flags=re.S)
    for row in ROWS:
        assert f'data-row="{row.key}"' in bare
        for _, link in row.evidence:
            assert link in bare
    assert "<details open>" in bare
    assert '<form class="px-ask" autocomplete="off" hidden>' in bare


def test_in_the_book_the_page_brings_neither_script_nor_style(monkeypatch):
    monkeypatch.setenv("PRIMER_BOOK", "1")
    for element in (chooser(), decision_table()):
        assert not re.search(r"<style|<script(?! type=\"application/json\")| on\w+=", element)


def test_two_choosers_on_a_page_have_names_of_their_own():
    ids = [re.search(r'px-choose" id="([^"]+)"', chooser())[1] for _ in range(2)]
    assert ids[0] != ids[1]


def test_rows_of_the_table_can_be_linked_to():
    assert re.findall(r' id="row-([\w-]+)"', decision_table()) == [row.key for row in ROWS]


def test_what_paces_a_rule_is_a_schedule_or_holds_the_rule():
    for row in ROWS:
        assert row.schedule is None or isinstance(row.schedule, Schedule | Wrapper)
        assert not isinstance(row.schedule, Constant) or isinstance(row.rule.lr, float)
