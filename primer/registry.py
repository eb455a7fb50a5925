"""One table of everything: tests, catalogue, family tree and index are made from it."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Any, dataclass_transform


@dataclasses.dataclass(frozen=True)
class Entry:
    """What the project knows about one rule, wrapper, schedule or landscape.

    `torch` and `optax` are the calls that must give the same run, written with the fields' names;
    where none exists, `no_torch` and `no_optax` say why. `sees` is what torch and optax iterate in
    place of theta, if it is something else. `no_page` says why a rule cannot run in the published
    page; it is empty when it can.

    `parents` are the names of the rules from which a rule was developed, the one whose equation it
    changes first: by its authors' account where they give one. The family tree is drawn from them.
    A wrapper goes around any rule, so its parents are wrappers. A rule without parents is a root.
    """

    make: Any
    kind: str
    cite: str = ""
    year: int = 0
    parents: tuple[str, ...] = ()
    chapter: int = 0
    torch: str = ""
    no_torch: str = ""
    optax: str = ""
    no_optax: str = ""
    sees: str = "theta"
    no_page: str = ""

    @property
    def name(self) -> str:
        return self.make.__name__

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (inspect.getdoc(self.make) or "").split("\n")[0]


rules: dict[str, Entry] = {}
schedules: dict[str, Entry] = {}
landscapes: dict[str, Entry] = {}


def _register(table: dict[str, Entry], kind: str, prepare: Callable[[Any], Any]) -> Any:
    def decorator(target: Any = None, /, **info: Any) -> Any:
        def enter(made: Any) -> Any:
            made = prepare(made)
            table[made.__name__] = Entry(made, info.pop("kind", kind), **info)
            return made

        return enter if target is None else enter(target)

    return decorator


def _frozen(cls: type) -> type:
    if not (isinstance(cls, type) and hasattr(cls, "fields")):
        raise TypeError(f"@rule is for an Optimizer, @schedule for a Schedule, not for {cls!r}")
    made: Any = dataclasses.dataclass(frozen=True, eq=False)(cls)
    plain, names = made.__init__, ", ".join(f.name for f in dataclasses.fields(made)) or "none"

    @functools.wraps(plain)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            plain(self, *args, **kwargs)
        except TypeError as error:
            if _fits(plain, self, *args, **kwargs):
                raise
            raise TypeError(f"{error}; its hyperparameters: {names}") from None

    made.__init__ = init
    return made


def _fits(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Whether a function can be called with these arguments."""
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        return False
    return True


@dataclass_transform(frozen_default=True, eq_default=False)
def rule(target: Any = None, /, **info: Any) -> Any:
    """Make a class a frozen dataclass and enter it as an update rule.

    A class of the same name takes the place of the one before it, so that a notebook cell can be
    run again. Used as ``@rule`` or ``@rule(cite=…, year=…, …)``, with the fields of `Entry`.
    """
    return _register(rules, "rule", _frozen)(target, **info)


@dataclass_transform(frozen_default=True, eq_default=False)
def schedule(target: Any = None, /, **info: Any) -> Any:
    """Make a class a frozen dataclass and enter it as a schedule; keywords as for `rule`."""
    return _register(schedules, "schedule", _frozen)(target, **info)


def landscape(target: Any = None, /, **info: Any) -> Any:
    """Enter a function that returns an `Objective` as a landscape; keywords as for `rule`."""
    return _register(landscapes, "landscape", lambda f: f)(target, **info)
