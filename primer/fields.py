"""What has hyperparameters, and two ways to walk a state: a dict of arrays, and of dicts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Annotated, Any, ClassVar

import numpy as np

# Arrays by their shape, or what stands for them while a rule is traced.
Theta = Annotated[Any, "(*batch, d)"]
PerRun = Annotated[Any, "(*batch,)"]
Matrix = Annotated[Any, "(*batch, d, d)"]
State = dict[str, Any]


class Fields:
    """What has hyperparameters: a frozen dataclass with its fields by name, and changed copies."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def fields(self) -> dict[str, Any]:
        """Hyperparameters by name, as given."""
        if not dataclasses.is_dataclass(type(self)):
            raise TypeError(f"the class {type(self).__name__} lacks the decorator @rule")
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    def having(self, **changes: Any) -> Any:
        """A copy with some fields changed, unchecked: for what holds a rule."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, **changes)
        return twin


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


def replaced(change: Callable[[Any], Any], holder: Any) -> Any:
    """A rule or schedule with change(array) for every swept array in it, however deep.

    Examples
    --------
    >>> from primer import SGD, sweep
    >>> replaced(lambda array: array[0, 0], SGD(**sweep(lr=[0.1, 0.2])))
    SGD(lr=np.float64(0.1))
    """
    if isinstance(holder, np.ndarray):
        return change(holder)
    if not hasattr(holder, "having"):
        return holder
    return holder.having(**{k: replaced(change, v) for k, v in holder.fields().items()})


def sweeps(holder: Any) -> list[np.ndarray]:
    """The swept arrays in a rule, and in the rules and schedules it holds, however deep."""
    found = []
    for value in holder.fields().values():
        if isinstance(value, np.ndarray):
            found.append(value)
        elif hasattr(value, "fields"):
            found += sweeps(value)
    return found
