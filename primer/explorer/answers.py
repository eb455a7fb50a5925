"""What the function of an `explore_grid` returns, and what its panels ask of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .. import check


def computed(compute: Callable[..., Any], grid: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays that `compute` returns for the swept settings, by name."""
    names = ", ".join(grid)
    if not callable(compute):
        raise check.refuse("compute", compute, "a function of the swept hyperparameters")
    try:
        inspect.signature(compute).bind(**grid)
    except TypeError as error:
        raise check.refuse("compute", compute, f"a function of {names} ({error})") from None
    except ValueError:  # some functions written in C do not tell their arguments
        pass
    results = compute(**grid)
    if not isinstance(results, Mapping):
        what = "a dict of curves by name, such as {'Adam': run(…).loss}"
        raise check.refuse("compute()", results, what)
    return {str(name): _numbers(str(name), array) for name, array in results.items()}


def _numbers(name: str, value: Any) -> np.ndarray:
    what = "an array of numbers, such as run(…).loss"
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        raise check.refuse(f"compute()[{name!r}]", value, what) from None
    if array.dtype.kind not in "iufb":
        raise check.refuse(f"compute()[{name!r}]", value, what)
    return array.astype(float)


def refuse_shapes(arrays: dict[str, np.ndarray], grid: tuple[int, ...]) -> None:
    """Refuse what is neither a curve nor a number per setting, and the want of any curve."""
    allowed = f"of shape (points, *grid) or grid = {grid}"
    for name, array in arrays.items():
        if array.shape != grid and (array.shape[1:] != grid or not len(array)):
            raise check.refuse(f"compute()[{name!r}]", array.shape, allowed)
    if all(array.shape == grid for array in arrays.values()):
        shape = ", ".join(map(str, ("points", *grid)))
        what = f"a dict with at least one curve of shape ({shape}), such as run(…).loss"
        raise check.refuse("compute()", [*arrays], what)


def curves_of(panel: Any) -> tuple[str, ...]:
    """Names of the curves that a panel asks for."""
    curves = getattr(panel, "curves", ())
    return (curves,) if isinstance(curves, str) else tuple(curves)


def refuse_plot(panel: Any, arrays: dict[str, np.ndarray], grid: tuple[int, ...]) -> None:
    """Refuse a Plot of what was not computed, or is a number."""
    for name in curves_of(panel):
        _refuse_unknown(name, arrays)
        if arrays[name].shape == grid:
            raise check.refuse("panels", name, "for a Plot a curve of shape (points, *grid)")


def refuse_heat(panel: Any, arrays: dict[str, np.ndarray], grid: tuple[int, ...]) -> None:
    """Refuse a Heat of what was not computed, or is a curve; and limits that are none."""
    _refuse_unknown(panel.value, arrays)
    if len(grid) != 2:
        raise check.refuse("panels", panel.title, "Plots only: a Heat is a map over two sliders")
    if arrays[panel.value].shape != grid:
        allowed = f"for a Heat an array of numbers of shape grid = {grid}, such as loss[-1]"
        raise check.refuse("panels", panel.value, allowed)
    if panel.limits is not None and not _limits(panel.limits, panel.log):
        allowed = f"(low, high), finite, low < high{', above 0' if panel.log else ''}"
        raise check.refuse("limits", panel.limits, allowed)


def _limits(limits: Any, log: bool) -> bool:
    pair = isinstance(limits, (tuple, list, np.ndarray)) and len(limits) == 2
    known = pair and all(isinstance(x, (int, float, np.number)) for x in limits)
    return known and bool(
        np.isfinite(limits).all() and limits[0] < limits[1] and (not log or limits[0] > 0)
    )


def _refuse_unknown(name: Any, arrays: dict[str, np.ndarray]) -> None:
    if name not in arrays:
        raise check.refuse("panels", name, f"among what compute returned: {[*arrays]}")
