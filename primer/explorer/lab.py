"""The explorer in JupyterLab: real ipywidgets sliders, linked to the page's script."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from ..plotting.figures import static
from . import page
from .bundle import script

if TYPE_CHECKING:
    from .base import Base

MODULE = "export default { render: globalThis.PrimerExplorer.render };\n"


@functools.lru_cache(maxsize=64)
def _figure_class(sliders: int) -> type:
    """An anywidget with one integer trait per slider, because jslink links traits of numbers."""
    traits: dict[str, Any] = {
        "_esm": script() + MODULE,
        "_css": static("explorer.css"),
        "html": traitlets.Unicode().tag(sync=True),
        "programs": traitlets.Unicode().tag(sync=True),
        "start": traitlets.List(traitlets.Float()).tag(sync=True),
        "place": traitlets.Int(0).tag(sync=True),
    }
    traits |= {f"i{k}": traitlets.Int(0).tag(sync=True) for k in range(sliders)}
    return type("ExplorerFigure", (anywidget.AnyWidget,), traits)


class Lab:
    """The widgets of one explorer."""

    def __init__(self, explorer: Base) -> None:
        controls = explorer.controls
        places = {f"i{k}": position for k, position in enumerate(explorer.positions)}
        picture, caption = _parted(page.page(explorer, controls=False))
        self.figure = _figure_class(len(controls))(
            html=picture,
            programs=page.register(explorer.programs),
            **places,
        )
        self.sliders = [_slider(control) for control in controls]
        self.links = [
            ipywidgets.jslink((slider, "index"), (self.figure, f"i{k}"))
            for k, slider in enumerate(self.sliders)
        ]
        grid = ipywidgets.GridBox(self.sliders, layout={"grid_template_columns": GRID})
        below = [ipywidgets.HTML(CAPTION.format(caption))] if caption else []
        self.box = ipywidgets.VBox([self.figure, grid, *below], layout={"max_width": "940px"})

    @property
    def positions(self) -> list[int]:
        return [getattr(self.figure, f"i{k}") for k in range(len(self.sliders))]

    @property
    def start(self) -> list[float]:
        return self.figure.start

    @property
    def scene(self) -> int:
        return self.figure.place


GRID = "repeat(auto-fit, minmax(min(100%, 360px), 1fr))"


#: The caption comes last, below the sliders, as it does on the page.
CAPTION = '<div style="line-height: 1.5; color: var(--jp-ui-font-color2, inherit)">{}</div>'


def _parted(figure: str) -> tuple[str, str]:
    """A figure without its caption, and the caption."""
    before, _, rest = figure.partition("<figcaption>")
    caption, _, after = rest.partition("</figcaption>")
    return before + after, caption


def _slider(control: Any) -> Any:
    values = control.slider.values.tolist()
    return ipywidgets.SelectionSlider(
        options=[(page.number(v), v) for v in values],
        index=control.slider.index,
        description=f"{control.letter} {control.name}".strip(),
        layout={"width": "auto", "min_height": "44px"},
        style={"description_width": "11em"},
    )
