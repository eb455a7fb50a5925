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
    >>> import numpy as np
    >>> from primer import Optimizer, latex
    >>> @written(r"\operatorname{sort}(#1)")
    ... def ordered(x):
    ...     return np.sort(x, axis=-1)
    >>> class Sorted(Optimizer):
    ...     def step(self, J, theta, state, t):
    ...         return theta - ordered(J.grad(theta)), {}
    >>> print(latex(Sorted()))
    \begin{aligned}
    \theta_{t+1} &= \theta_t - \operatorname{sort}(\nabla J(\theta_t))
    \end{aligned}
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
