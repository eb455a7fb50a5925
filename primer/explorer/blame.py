"""Mistakes in a reader's own rule or objective, told in one sentence."""

from __future__ import annotations

import contextlib
import functools
import linecache
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..derived.graph import TraceError
from ..derived.javascript import program
from ..objective import Objective
from ..rules.sgd import SGD

PACKAGE = Path(__file__).parents[1]
ADVICE = {
    "J(theta)": "index coordinates by theta[..., i] and reduce over the last axis, .sum(-1)",
    "J.grad(theta)": "index coordinates by theta[..., i] and stack the derivatives with "
    "np.stack((dx, dy), axis=-1), not np.array([dx, dy])",
}


def at_the_call(function: Any) -> Any:
    """What a function of ours refuses is raised where the reader called it, not deep inside.

    The sentence says all; the frames between would push the reader's own line off the screen.
    """

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            frames = traceback.extract_tb(error.__traceback__)
            if not Path(frames[-1].filename).is_relative_to(PACKAGE):
                raise
            raise error.with_traceback(None) from error.__cause__

    return called


def refuse_shapes(J: Objective, point: tuple[float, ...]) -> None:
    """Refuse an objective that does not give one number, and one gradient, per run of a batch."""
    theta = np.tile(np.array(point), (len(point) + 1, 1))
    calls = (lambda: J.watch(theta, 0), lambda: J.at(0).grad(theta))
    for name, call, right in zip(ADVICE, calls, (theta.shape[:-1], theta.shape), strict=True):
        got = _shape(call)
        if isinstance(got, str):
            _refuse_untraceable(J)
        if got != right:
            what = f"{name} must have shape {right} for theta of shape {theta.shape}"
            raise ValueError(f"{what}, got {got}: {ADVICE[name]}")


def _shape(call: Callable[[], Any]) -> Any:
    """The shape of what it returns, or what it raises, as text."""
    try:
        with np.errstate(all="ignore"):
            return np.shape(call())
    except Exception as error:  # a reader's function may raise anything
        return f"{type(error).__name__}: {error}"


def _refuse_untraceable(J: Objective) -> None:
    """Raise the TraceError of an objective that has one: it says what to write instead."""
    try:
        program(SGD(), J)
    except IndexError:  # told in the words of a run
        return
    except TraceError:
        raise
    except Exception:  # told in the words of a run
        return


@contextlib.contextmanager
def blamed(rule: Any, curves: Sequence[Any] = ()) -> Iterator[None]:
    """What a rule's own `init` or `step`, or a curve, raises becomes a ValueError with its line."""
    try:
        yield
    except TraceError:
        raise
    except Exception as error:
        own = [type(rule).init, type(rule).step, *(curve.f for curve in curves)]
        line = _line([f.__code__ for f in own if hasattr(f, "__code__")], error)
        if line is None:
            raise
        told = f"{type(error).__name__}: {error}"
        raise ValueError(f"{line} of {type(rule).__name__} must run, got {told}") from None


def _line(codes: Sequence[Any], error: Exception) -> str | None:
    """The last line of this code that an error passed through."""
    frames = traceback.walk_tb(error.__traceback__)
    own = [(frame.f_code, number) for frame, number in frames if frame.f_code in codes]
    if not own:
        return None
    code, number = own[-1]
    text = linecache.getline(code.co_filename, number).strip()[:70]
    return f"`{text}` in {code.co_name}" if text else f"line {number} in {code.co_name}"
