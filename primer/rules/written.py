"""How an equation writes a function whose code has no formula: an iteration, a root of a matrix."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


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

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def called(*args: Any) -> Any:
            symbol = next((x for x in args if hasattr(x, "traced")), None)
            return (
                function(*args)
                if symbol is None
                else symbol.written(text, function, args)
            )

        return called

    return declare
