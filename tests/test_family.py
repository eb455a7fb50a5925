"""The family of the rules: who was developed from whom, and what each step changed."""

import pytest

from primer import registry

RULES = registry.rules
#: Rules that start a line of their own; a wrapper may always.
ROOTS = {"Newton", "SGD", "ConjugateGradient"}
every_rule = pytest.mark.parametrize("entry", RULES.values(), ids=RULES)


def ancestors(name, below=()):
    """All rules from which a rule descends; an AssertionError where one is its own ancestor."""
    assert name not in below, f"{name} descends from itself"
    for parent in RULES[name].parents:
        yield parent
        yield from ancestors(parent, (*below, name))


@every_rule
def test_every_parent_is_registered_and_no_parent_is_younger_than_its_child(entry):
    assert isinstance(entry.parents, tuple)
    assert len(set(entry.parents)) == len(entry.parents)
    for parent in entry.parents:
        assert parent in RULES
        assert RULES[parent].year <= entry.year


@every_rule
def test_no_rule_descends_from_itself(entry):
    assert entry.name not in ancestors(entry.name)


def test_every_rule_of_the_package_but_the_declared_roots_has_a_parent():
    """Of the package: a rule that a reader enters without parents is a root."""
    own = [e for e in RULES.values() if e.make.__module__.startswith("primer.rules.")]
    assert {e.name for e in own if e.kind == "rule" and not e.parents} <= ROOTS
    assert not any(RULES[name].parents for name in ROOTS)


@every_rule
def test_a_wrapper_descends_from_wrappers_alone_and_a_rule_from_rules(entry):
    assert {RULES[parent].kind for parent in entry.parents} <= {entry.kind}
