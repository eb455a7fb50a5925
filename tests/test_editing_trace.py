"""The page traces a rule that is edited as Python does: the same graph, or both refuse."""

import pytest
from edit_trace import canonical, field, reference, traced

from primer import registry
from primer.explorer.rule_text import text_of
from primer.hyper import Slider

SIGNS = {"Signs": [{"args": [0, dim], "rows": [[1.0] * dim]} for dim in (1, 2, 3, 5)]}


def sample_rules():
    """The text and the fields of every rule that a page can change."""
    found = {}
    for name, entry in registry.rules.items():
        try:
            rule = entry.make()
        except (TypeError, ValueError):
            continue
        text = text_of(rule)
        if text is not None:
            found[name] = text, [field(*pair) for pair in rule.fields().items()]
    return found


RULES = sample_rules()


def both(cases):
    """For each case what the page and Python make of it, as texts."""
    for case, page in zip(cases, traced(cases), strict=True):
        python = reference(case)
        yield case, page, python


def told(graph):
    return canonical(graph) if "nodes" in graph else "refused"


def test_rules_give_the_graph_of_python():
    cases = []
    for text, fields in RULES.values():
        for dim in (1, 2, 3, 5):
            cases.append({"text": text, "fields": fields, "dim": dim, "tables": SIGNS})
        for dim in (11, 2):
            cases.append({"text": text, "fields": fields, "dim": dim, "abstract": True})
        cases.append({"text": text, "fields": fields, "dim": 3, "abstract": True, "general": False})
    assert len(RULES) > 15
    for case, page, python in both(cases):
        assert "nodes" in page, (case, page)
        assert told(page) == told(python), case
