"""A bar for what takes longer than a second, in front of a person who waits.

`run` counts its steps, and a loop over runs counts these around it. The bar shows the outermost
count, moved by those inside. It stays until the cell ends, so that it does not flicker where a cell
makes many short runs. Programs that execute notebooks get no bar: nobody looks, and the outputs are
compared.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

#: Seconds before a bar is shown, and between two of its pictures.
PATIENCE, EVERY = 1.0, 0.2


@dataclasses.dataclass(eq=False)
class Count:
    """One loop: how often it goes round, and how often it has."""

    total: float
    unit: str
    since: float
    done: float = 0


class Terminal:
    """One line of a terminal, written over and over."""

    def show(self, counts: list[Count], before: int, seconds: float) -> None:
        from tqdm import tqdm

        outer = counts[0]
        told = tqdm.format_meter(
            round(fraction(counts) * outer.total), outer.total, seconds, ncols=79, unit=outer.unit
        )
        print("\r" + told, end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        print("\r" + " " * 79 + "\r", end="", file=sys.stderr, flush=True)


class Output:
    """A place among the outputs of a notebook's cell, empty when the cell ends."""

    def __init__(self) -> None:
        self.handle: Any = None

    def show(self, counts: list[Count], before: int, seconds: float) -> None:
        done, told = fraction(counts), words(counts, before, seconds)
        picture = f'<progress max="1" value="{done:.3f}" style="width: 40%"></progress> {told}'
        self._put({"text/html": picture, "text/plain": told})

    def clear(self) -> None:
        self._put({"text/html": "", "text/plain": ""})

    def _put(self, data: dict[str, str]) -> None:
        from IPython.display import display

        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


class Waiting:
    """What is going on in one cell, or in one call from a terminal, and the screen that tells."""

    def __init__(self, screen: Any, patience: float, clock: Callable[[], float] = time.monotonic):
        self.screen, self.clock, self.begun = screen, clock, clock()
        self.counts: list[Count] = []
        self.next, self.before, self.shown = self.begun + patience, 0, False

    def tick(self, count: Count, n: float = 1) -> None:
        """The loop of this count went round n times more."""
        count.done += n
        now = self.clock()
        if now >= self.next:
            self.next, self.shown = now + EVERY, True
            self.screen.show(self.counts, self.before, now - self.begun)

    def end(self, *_: Any) -> None:
        """The wait is over: leave nothing on the screen."""
        if self.shown:
            self.screen.clear()
        self.shown, self.next = False, float("inf")


def fraction(counts: list[Count]) -> float:
    """How much of the outermost count is done, in [0, 1].

    Examples
    --------
    >>> round(fraction([Count(4, "run", 0.0, done=1), Count(100, "step", 0.0, done=50)]), 3)
    0.375
    """
    part = 0.0
    for count in reversed(counts):
        part = min((count.done + part) / count.total, 1.0) if count.total else 0.0
    return part


def words(counts: list[Count], before: int, seconds: float) -> str:
    """What stands beside the bar: what is done, and how long it may still take.

    Examples
    --------
    >>> words([Count(4, "run", 0.0, done=1)], before=0, seconds=3.0)
    '25 % of 4 runs after 3 s, about 9 s to go'
    >>> words([Count(2000, "step", 8.0, done=10)], before=12, seconds=9.0)
    '12 calculations done after 9 s'
    """
    if before:
        return f"{before:,} calculations done after {seconds:.0f} s"
    outer, done = counts[0], fraction(counts)
    told = f"{done:.0%} of {outer.total:,} {outer.unit}s".replace("%", " %")
    left = f", about {seconds / done - seconds:.0f} s to go" if done else ""
    return f"{told} after {seconds:.0f} s{left}"


@contextlib.contextmanager
def bar(total: float, shown: bool | None = None, unit: str = "step") -> Iterator[Any]:
    """Count what happens inside; a bar shows it once the cell has taken longer than a second.

    Parameters
    ----------
    total : int
        How often the loop goes round.
    shown : bool, optional
        True shows a bar at once, wherever; False shows none.
    unit : str
        What a round is.

    Yields
    ------
    callable or None
        To be called after every round, with the number of rounds if there were several; None where
        there is nobody to show a bar to.
    """
    waiting = _waiting(shown)
    if waiting is None:
        yield None
        return
    count = Count(total, unit, waiting.clock())
    waiting.counts.append(count)
    try:
        yield functools.partial(waiting.tick, count)
    finally:
        waiting.counts.remove(count)
        if not waiting.counts:
            waiting.before += 1
            if isinstance(waiting.screen, Terminal):
                waiting.end()


def each(items: Iterable[Any], unit: str = "run") -> Iterator[Any]:
    """The items one by one, counted by a `bar`.

    Examples
    --------
    >>> list(each([3, 4]))
    [3, 4]
    """
    known = list(items)
    with bar(len(known), unit=unit) as tick:
        for item in known:
            yield item
            if tick is not None:
                tick()


_now: dict[str, Any] = {"cell": None, "waiting": None}


def _waiting(shown: bool | None) -> Waiting | None:
    """The wait that a count belongs to; None where no bar is wanted."""
    if shown is False or threading.current_thread() is not threading.main_thread():
        return None
    shell, cell = _cell()
    current = _now["waiting"]
    if current is not None and cell == _now["cell"] and (cell or current.counts):
        return current
    if cell is None and not (shown or sys.stderr.isatty()):
        return None
    waiting = Waiting(Output() if cell else Terminal(), 0.0 if shown else PATIENCE)
    _now.update(cell=cell, waiting=waiting)
    if cell:
        _until_the_cell_ends(shell, waiting)
    return waiting


def _cell() -> tuple[Any, Any]:
    """The shell, and what asks it to run a cell in front of a person; None where nobody does.

    Front ends name the cell in what they ask of the kernel, programs such as nbconvert do not.
    """
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module else None
    kernel = getattr(shell, "kernel", None)
    parent = kernel.get_parent("shell") if kernel else {}
    asked = "cellId" in parent.get("metadata", {})
    return shell, parent["header"]["msg_id"] if asked else None


def _until_the_cell_ends(shell: Any, waiting: Waiting) -> None:
    def end(*_: Any) -> None:
        shell.events.unregister("post_run_cell", end)
        waiting.end()

    shell.events.register("post_run_cell", end)
