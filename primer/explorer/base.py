"""What every explorer has in common: sliders, their present values, and how it is shown."""

from __future__ import annotations

import collections
import zlib
from collections.abc import Sequence
from typing import Any

from .. import check
from ..plotting.figures import building
from . import page
from .model import Control
from .tasks import Posed

_made: collections.Counter[str] = collections.Counter()


class Base:
    """A figure with sliders. `page` and `lab` read these attributes.

    Attributes
    ----------
    id : str
    title, caption : str
    controls : list of Control
    drawn : list of list of Drawn
        Panels by scene.
    scene_names : list of str
    columns : tuple of str
        Headings of the table of numbers, after the name.
    data : dict
        What the script in the page reads.
    programs : list of str
        The JavaScript of the rules, which `data` names by `page.key`; none over a grid.
    editable : bool
        Whether a reader of the book can change a rule in the page.
    """

    title: str
    caption: str
    controls: list[Control]
    drawn: list[list[Any]]
    scene_names: list[str]
    columns: tuple[str, ...]
    looks: list[Any]
    names: list[str]
    data: dict[str, Any]
    programs: Sequence[str] = ()
    packed = ""
    editable = False
    task: Posed | None = None
    first = "Rule"  # heading of the names

    def __init__(self, identity: Any) -> None:
        self.id = unique(f"px-{zlib.crc32(repr(identity).encode()):08x}")
        self._lab: Any = None

    @property
    def positions(self) -> list[int]:
        """Where every slider stands, as an index into its `values`."""
        if self._lab is not None:
            return self._lab.positions
        return [control.slider.index for control in self.controls]

    @property
    def values(self) -> dict[str, float]:
        """The present settings, by the keys that links use."""
        return {
            c.key: float(c.slider.values[i])
            for c, i in zip(self.controls, self.positions, strict=True)
        }

    def results(self) -> list[tuple[str, ...]]:
        """The table of numbers at the default settings, without the names."""
        raise NotImplementedError

    def edits(self) -> str:
        """The script that a page loads when a reader changes a rule; "" where none can be."""
        return ""

    def html(self) -> str:
        """The explorer as HTML that is alive wherever scripts run."""
        return page.standalone(self)

    @property
    def widget(self) -> Any:
        """The ipywidgets box that JupyterLab shows; made when first asked for."""
        if self._lab is None:
            from .lab import Lab

            self._lab = Lab(self)
        return self._lab.box

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        still = {"text/plain": repr(self), "text/html": self.html()}
        if building():  # myst-nb would embed the widget's state in the page
            return still
        return self.widget._repr_mimebundle_() | still

    def _ipython_display_(self) -> None:
        from IPython.display import publish_display_data

        bundle = self._repr_mimebundle_()
        if "application/vnd.jupyter.widget-view+json" not in bundle:
            publish_display_data(bundle)
            return
        bundle.pop("text/html")
        publish_display_data(bundle)
        publish_display_data({"text/html": page.kept(self), "text/plain": ""})

    def __repr__(self) -> str:
        settings = ", ".join(f"{key}={value:g}" for key, value in self.values.items())
        return f"{type(self).__name__}({', '.join(self.names)}; {settings})"


def text(name: str, value: Any) -> str:
    """A title or caption, "" for None; refuses what is no text."""
    if not isinstance(value, str | None):
        raise check.refuse(name, value, "a text")
    return value or ""


def unique(name: str) -> str:
    """An id that stays the same from build to build, numbered where a notebook repeats it."""
    _made[name] += 1
    return name if _made[name] == 1 else f"{name}-{_made[name]}"
