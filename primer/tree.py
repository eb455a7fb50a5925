"""A state is a dict of arrays, and of dicts where a rule holds a rule: two ways to walk it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def leaves(tree: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    """Every leaf with the names that lead to it, in order.

    Examples
    --------
    >>> leaves({"m": 1, "rule": {"v": 2}})
    [(('m',), 1), (('rule', 'v'), 2)]
    """
    if not isinstance(tree, dict):
        return [(path, tree)]
    return [leaf for name, value in tree.items() for leaf in leaves(value, (*path, name))]


def mapped(change: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """The tree with change(leaf, …) for every leaf; further trees of its form give more arguments.

    Examples
    --------
    >>> mapped(lambda a, b: a + b, {"m": 1, "rule": {"v": 2}}, {"m": 10, "rule": {"v": 20}})
    {'m': 11, 'rule': {'v': 22}}
    """
    if not isinstance(tree, dict):
        return change(tree, *others)
    return {name: mapped(change, tree[name], *(other[name] for other in others)) for name in tree}
