"""What has hyperparameters: rules and schedules; how to walk them, and a state, however deep."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar

import numpy as np

# Arrays by their shape, or what stands for them while a rule is traced.
Theta = Annotated[Any, "(*batch, d)"]
PerRun = Annotated[Any, "(*batch,)"]
Matrix = Annotated[Any, "(*batch, d, d)"]
State = dict[str, Any]


Path = tuple[str, ...]


class Fields:
    """What has hyperparameters: a frozen dataclass with its fields by name, and changed copies."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    #: What makes a class of this kind a dataclass.
    decorator: ClassVar[str] = "@rule"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args or kwargs:  # a decorated class has the __init__ of its dataclass
            raise self._undecorated()

    def fields(self) -> dict[str, Any]:
        """Hyperparameters by name, as given."""
        if not dataclasses.is_dataclass(type(self)):
            raise self._undecorated()
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    def having(self, **changes: Any) -> Any:
        """A copy with some fields changed, unchecked: for what holds a rule."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, **changes)
        return twin

    def _undecorated(self) -> TypeError:
        return TypeError(f"the class {type(self).__name__} lacks the decorator {self.decorator}")


def walk(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value in a rule, schedule or state with the names that lead to it, in order.

    What holds values itself, such as a schedule in a rule, comes before them.

    Examples
    --------
    >>> from primer import SGD, Clip
    >>> list(walk(Clip(SGD(lr=0.1), norm=1.0)))
    [(('rule',), SGD(lr=0.1)), (('rule', 'lr'), 0.1), (('norm',), 1.0)]
    >>> list(walk({"m": 1, "rule": {"v": 2}}))
    [(('m',), 1), (('rule',), {'v': 2}), (('rule', 'v'), 2)]
    """
    for name, value in _parts(tree).items():
        yield (*path, name), value
        yield from walk(value, (*path, name))


def leaves(tree: Any) -> list[tuple[Path, Any]]:
    """Those values of `walk` that hold no others, such as the arrays of a state.

    Examples
    --------
    >>> leaves({"m": 1, "rule": {"v": 2}})
    [(('m',), 1), (('rule', 'v'), 2)]
    """
    return [(path, value) for path, value in walk(tree) if not isinstance(value, (dict, Fields))]


def mapped(change: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """The rule, schedule or state with change(leaf, …) for every leaf.

    Further trees of the same form give more arguments.

    Examples
    --------
    >>> mapped(lambda a, b: a + b, {"m": 1, "rule": {"v": 2}}, {"m": 10, "rule": {"v": 20}})
    {'m': 11, 'rule': {'v': 22}}
    >>> from primer import SGD, Clip
    >>> mapped(lambda x: 2 * x, Clip(SGD(lr=0.1), norm=1.0))
    ClipNorm(rule=SGD(lr=0.2), norm=2.0)
    """
    if not isinstance(tree, (dict, Fields)):
        return change(tree, *others)
    rest = [_parts(other) for other in others]
    new = {k: mapped(change, v, *(other[k] for other in rest)) for k, v in _parts(tree).items()}
    return new if isinstance(tree, dict) else tree.having(**new)


def _parts(tree: Any) -> dict[str, Any]:
    if isinstance(tree, Fields):
        return tree.fields()
    return tree if isinstance(tree, dict) else {}


def sweeps(rule: Any) -> list[np.ndarray]:
    """The swept arrays in a rule, and in the rules and schedules it holds."""
    return [value for _, value in walk(rule) if isinstance(value, np.ndarray)]


def with_sweeps(change: Callable[[np.ndarray], Any], rule: Any) -> Any:
    """The rule with change(array) for every swept array in it.

    Examples
    --------
    >>> from primer import SGD, sweep
    >>> with_sweeps(lambda array: float(array[0, 0]), SGD(**sweep(lr=[0.1, 0.2])))
    SGD(lr=0.1)
    """
    return mapped(lambda leaf: change(leaf) if isinstance(leaf, np.ndarray) else leaf, rule)


def of_runs(a: Any, axis: int, pick: slice) -> Any:
    """Those runs along an axis, counted from the end, of what broadcasts against all of them.

    Examples
    --------
    >>> of_runs(np.zeros((3, 4, 1)), -2, slice(1, 3)).shape
    (3, 2, 1)
    >>> of_runs(np.zeros((3, 1, 1)), -2, slice(1, 3)).shape
    (3, 1, 1)
    """
    if np.ndim(a) < -axis or np.shape(a)[axis] == 1:
        return a
    return a[(..., pick, *[slice(None)] * (-axis - 1))]
