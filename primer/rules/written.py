"""How an equation writes a function whose code has no formula: an iteration, a root of a matrix."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

from .. import check


def written(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    r"""Give a function its notation in equations; everywhere else it stays what its code says.

    Parameters
    ----------
    text : str
        LaTeX in which ``#1``, ``#2``, … stand for the arguments, as in a macro of TeX. In an
        equation the result has the shape of the first of them that occurs.

    Returns
    -------
    callable
        A decorator.

    Raises
    ------
    ValueError
        If the text is no string, names no argument, or one that the function does not have.

    Examples
    --------
    >>> @written(r"\operatorname{half}(#1)")
    ... def half(x):
    ...     return x / 2
    >>> half(3.0)
    1.5
    >>> from primer import Muon, latex
    >>> print(latex(Muon).splitlines()[3])  # primer.rules.muon.orthogonalized is written so
    O_t &= \operatorname{NS}_5(M_t) \\
    """

    if not isinstance(text, str) or not re.search("#[1-9]", text):
        allowed = "LaTeX with #1, #2, … in the place of the arguments"
        raise check.refuse("text", text, allowed)

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        form = inspect.signature(function)
        _refuse_unknown(text, function.__name__, form)

        @functools.wraps(function)
        def called(*args: Any, **named: Any) -> Any:
            given = (*args, *named.values())
            symbol = next((x for x in given if hasattr(x, "traced")), None)
            if symbol is None:
                return function(*args, **named)
            whole = form.bind(*args, **named)
            whole.apply_defaults()
            return symbol.written(text, function, whole.args)

        return called

    return declare


def _refuse_unknown(text: str, name: str, form: inspect.Signature) -> None:
    """Refuse a text that names more arguments than the function has."""
    kinds = [parameter.kind for parameter in form.parameters.values()]
    most = max(int(place) for place in re.findall(r"#(\d)", text))
    if most > len(kinds) and inspect.Parameter.VAR_POSITIONAL not in kinds:
        allowed = f"LaTeX with #1 to #{len(kinds)}, the arguments of {name}"
        raise check.refuse("text", text, allowed)
