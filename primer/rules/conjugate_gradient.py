"""Conjugate gradients: linear (exact on a quadratic) and nonlinear (with a line search)."""

from typing import Any, ClassVar

import numpy as np

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule
from . import line_search

_NO_TORCH = "torch.optim has no conjugate gradients"
_NO_OPTAX = "optax has no conjugate gradients"
_NO_PAGE = "the line search branches on values"
#: Above 0 in float32 too.
TINY = 1e-37


def dot(a: Any, b: Any) -> Any:
    """Inner product of every run, (*batch, 1)."""
    return np.sum(a * b, axis=-1, keepdims=True)


def ratio(a: Any, b: Any) -> Any:
    """a / b, and 0 where b is not positive: nothing is left to do there."""
    return np.where(b > 0, a / np.where(b > 0, b, 1), 0)


@rule(
    cite="hestenes1952",
    year=1952,
    chapter=1,
    no_torch=_NO_TORCH,
    no_optax=_NO_OPTAX,
)
class ConjugateGradient(Optimizer):
    """Linear conjugate gradients: a quadratic of d dimensions in d steps (Hestenes & Stiefel 1952).

    Notes
    -----
    For a quadratic J with a positive definite Hessian; where J falls forever along p, theta flies
    off, beyond 1e37. No matrix is formed: on a quadratic, H u = grad J(theta + u) - grad J(theta),
    here for the unit vector u along p. Memory d, two gradients per step. The gradient is computed
    afresh, where the original updates it; TINY keeps 0 / 0 away when all is done. For other
    functions: `FletcherReeves`, `PolakRibiere`. Source: hestenes1952.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> result = run(ConjugateGradient(), quadratic([1.0, 100.0]), [8.0, -3.0], steps=2)
    >>> bool(result.loss[2] < 1e-20)
    True
    """

    def init(self, theta):
        return {"p": 0 * theta, "gg": 0 * theta[..., :1] + 1}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        gg = dot(g, g)
        p = -g + gg / np.maximum(state["gg"], TINY) * state["p"]
        u = p / np.maximum(np.sqrt(dot(p, p)), TINY)
        curvature = dot(u, J.grad(theta + u) - g)
        alpha = -dot(g, u) / np.maximum(curvature, TINY)
        return theta + alpha * u, {"p": p, "gg": gg}


class NonlinearCG(Optimizer):
    """What the nonlinear methods share: a line search along p = -g + beta p."""

    c1: Any
    c2: Any
    domains: ClassVar[dict[str, str]] = {"c1": "shrink", "c2": "shrink"}

    def __post_init__(self) -> None:
        super().__post_init__()
        line_search.conditions(self.c1, self.c2)

    def init(self, theta: Any) -> dict[str, Any]:
        zero, one = 0 * theta, 0 * theta[..., :1]
        return {"g": zero, "p": zero, "before": one + np.inf, "failed": one}

    def along(
        self, J: Any, theta: Any, g: Any, beta: Any, state: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The step, and the state after it, for a given beta."""
        p = -g + beta * state["p"]
        p = np.where(dot(g, p) < 0, p, -g)
        loss = np.asarray(J(theta))
        line_search.one_number(loss, theta)
        value = loss[..., None]
        guess = value + np.sqrt(dot(g, g)) / 2
        before = np.where(np.isfinite(state["before"]), state["before"], guess)
        alpha, p, failed = line_search.wolfe(J, theta, p, g, value, before, self)
        memory = {
            "g": g,
            "p": p,
            "before": value,
            "failed": state["failed"] + failed,
        }
        return theta + alpha * p, memory


@rule(
    cite="fletcher1964",
    year=1964,
    parents=("ConjugateGradient",),
    chapter=1,
    no_torch=_NO_TORCH,
    no_optax=_NO_OPTAX,
    no_page=_NO_PAGE,
)
class FletcherReeves(NonlinearCG):
    """Nonlinear conjugate gradients with the beta of Fletcher & Reeves (1964).

    Parameters
    ----------
    c1, c2 : hyperparameter
        Constants of the strong Wolfe conditions (the loss must fall, the slope must flatten),
        0 < c1 < c2 < 1/2.

    Raises
    ------
    ValueError
        If c1 or c2 is outside its range, or J does not give one number for one theta.

    Notes
    -----
    Each run of a batch has a line search of its own, scipy.optimize.line_search (conditions:
    wolfe1969). Where it fails, the run restarts along -g with a step halved until the loss falls;
    the state's ``failed`` counts how often. After a bad direction this beta can crawl for long, so
    the method starts afresh along -g every d + 1 steps (nocedal2006, section 5.2).
    Source: fletcher1964.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> result = run(FletcherReeves(), quadratic([1.0, 100.0]), [8.0, -3.0], steps=10)
    >>> bool(result.loss[-1] < 1e-12)
    True
    """

    c1: Hyper = 1e-4
    c2: Hyper = 0.1

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        beta = ratio(dot(g, g), dot(state["g"], state["g"]))
        beta = np.where(t % (theta.shape[-1] + 1) == 0, 0, beta)
        return self.along(J, theta, g, beta, state)


@rule(
    cite="polak1969",
    year=1969,
    parents=("FletcherReeves",),
    chapter=1,
    no_torch=_NO_TORCH,
    no_optax=_NO_OPTAX,
    no_page=_NO_PAGE,
)
class PolakRibiere(NonlinearCG):
    """Nonlinear conjugate gradients with the beta of Polak & Ribiere (1969), kept >= 0 ("PR+").

    Parameters
    ----------
    c1, c2 : hyperparameter
        Constants of the strong Wolfe conditions (the loss must fall, the slope must flatten),
        0 < c1 < c2 < 1/2.

    Raises
    ------
    ValueError
        If c1 or c2 is outside its range, or J does not give one number for one theta.

    Notes
    -----
    The original lets beta be negative. With beta = 0 the method starts afresh along -g by itself.
    Line search and its failures: as for `FletcherReeves`. Source: polak1969; the maximum with 0:
    nocedal2006, section 5.2.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> result = run(PolakRibiere(), quadratic([1.0, 100.0]), [8.0, -3.0], steps=10)
    >>> bool(result.loss[-1] < 1e-12)
    True
    """

    c1: Hyper = 1e-4
    c2: Hyper = 0.1

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        old = state["g"]
        beta = np.maximum(ratio(dot(g, g - old), dot(old, old)), 0)
        return self.along(J, theta, g, beta, state)
