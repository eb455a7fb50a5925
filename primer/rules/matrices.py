"""The base of rules that treat weights as the matrices that they are, such as Muon and Shampoo.

Such a rule is written for one matrix. Here theta is cut into the blocks that `J.shapes` tells of,
every matrix among them is stepped by itself, and what is no matrix goes to an ordinary rule.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from .. import check
from ..fields import State, Theta, with_sweeps
from ..objective import Objective
from ..optimizer import Optimizer

#: A block of theta: its place in the flat vector, and its shape.
Block = tuple[slice, tuple[int, ...]]


class MatrixRule(Optimizer):
    """The base of a rule for matrices: gives `init_matrix`, `step_matrix` and `others`.

    A rule is written for one matrix W and its gradient G, of shape (*batch, rows, cols). theta is
    cut into the blocks of `J.shapes`, row by row; each matrix among them is stepped by itself, and
    `others` names the rule for every other block, laid out as a vector.

    State: ``{"blocks": {"0": …, "1": …}}``, by the block's number in `J.shapes`. It depends on the
    objective: `begin` makes it; `init`, which knows theta alone, leaves it to the first step.

    Raises
    ------
    ValueError
        When a field lies outside its domain; in `run`, when the objective has no shapes.

    Examples
    --------
    >>> from primer import SGD, Objective, registry, rule, run
    >>> @rule
    ... class UnitLength(MatrixRule):
    ...     lr: float = 0.1
    ...
    ...     def step_matrix(self, G, W, state, t):
    ...         return W - self.lr * G / length(G), state
    ...
    ...     def others(self):
    ...         return SGD(lr=self.lr)
    >>> slope = np.array([0.0, 3.0, 4.0, 0.0, 7.0])
    >>> J = Objective(lambda theta: theta @ slope, shapes=[(2, 2), (1,)])
    >>> run(UnitLength(lr=1.0), J, np.zeros(5), steps=1).theta[1].round(6).tolist()
    [0.0, -0.6, -0.8, 0.0, -7.0]
    >>> _ = registry.rules.pop("UnitLength")  # @rule has entered it
    """

    #: Hyperparameters that have one value for all weights of a matrix.
    whole: ClassVar[tuple[str, ...]] = ()

    def init_matrix(self, W: Any) -> State:
        """State before the first step for a matrix W of shape (*batch, rows, cols)."""
        return {}

    def step_matrix(
        self, G: Any, W: Any, state: State, t: Any
    ) -> tuple[Any, State]:
        """The next W and its new state, for the gradient G with respect to W."""
        raise NotImplementedError(f"{type(self).__name__} has no step_matrix")

    def others(self) -> Optimizer:
        """The rule for every block that is no matrix, laid out as a vector."""
        raise NotImplementedError(f"{type(self).__name__} has no rule for vectors")

    def init(self, theta: Theta) -> State:
        return {"blocks": {}}

    def begin(self, J: Any, theta: Theta) -> State:
        pieces = enumerate(blocks(self, J, theta))
        return {
            "blocks": {str(k): self._first(theta, *piece) for k, piece in pieces}
        }

    def step(
        self, J: Any, theta: Theta, state: State, t: Any
    ) -> tuple[Theta, State]:
        memory = state["blocks"] or self.begin(J, theta)["blocks"]
        g, pieces = J.grad(theta), enumerate(blocks(self, J, theta))
        done = {
            str(k): self._next(g, theta, memory[str(k)], t, *piece)
            for k, piece in pieces
        }
        new = np.concatenate([w for w, _ in done.values()], axis=-1)
        return new, {"blocks": {k: kept for k, (_, kept) in done.items()}}

    def _first(self, theta: Theta, place: slice, shape: tuple[int, ...]) -> State:
        own = self._share(theta, place, shape)
        part = _part(theta, place, shape)
        return (
            own.init_matrix(part) if len(shape) == 2 else own.others().init(part)
        )

    def _next(
        self,
        g: Theta,
        theta: Theta,
        state: State,
        t: Any,
        place: slice,
        shape: tuple[int, ...],
    ) -> tuple[Theta, State]:
        own = self._share(theta, place, shape)
        slope, part = _part(g, place, shape), _part(theta, place, shape)
        if len(shape) == 2:
            made = own.step_matrix(slope, part, state, t)
            name = f"step_matrix of {type(self).__name__}"
            check.stepped(name, made, "W", part, state)
            W, state = made
            return np.reshape(W, (*theta.shape[:-1], math.prod(shape))), state
        J = Objective(_unknown, lambda _: slope, _unknown)
        return own.others().step(J, part, state, t)

    def _share(self, theta: Theta, place: slice, shape: tuple[int, ...]) -> Any:
        """This rule for one block: sweeps get an axis more, values per coordinate are cut."""

        def cut(values: np.ndarray) -> np.ndarray:
            one = values[..., :1] if values.shape[-1] == 1 else values[..., place]
            size = one.shape[-1]
            wide = (1, 1) if size == 1 else shape
            return one.reshape(
                *one.shape[:-1], *(wide if len(shape) == 2 else (size,))
            )

        own = with_sweeps(cut, self)
        names = self.whole if len(shape) == 2 else ()
        return own.having(
            **{name: _one(name, getattr(own, name)) for name in names}
        )


class OneRow:
    """A rule for matrices applied to a vector, which is taken for a matrix of one row."""

    def __init__(self, rule: MatrixRule) -> None:
        self.rule: Any = with_sweeps(lambda values: values[..., None, :], rule)

    def init(self, theta: Theta) -> State:
        return self.rule.init_matrix(theta[..., None, :])

    def step(
        self, J: Any, theta: Theta, state: State, t: Any
    ) -> tuple[Theta, State]:
        G, W = J.grad(theta)[..., None, :], theta[..., None, :]
        new, state = self.rule.step_matrix(G, W, state, t)
        return new[..., 0, :], state


def blocks(rule: Optimizer, J: Any, theta: Theta) -> list[Block]:
    """The blocks of theta that J tells of; a ValueError without them.

    Examples
    --------
    >>> J = Objective(lambda theta: theta.sum(-1), shapes=[(2, 3), (3,)])
    >>> blocks(Optimizer(), J, np.zeros(9))
    [(slice(0, 6, None), (2, 3)), (slice(6, 9, None), (3,))]
    """
    name, known = type(rule).__name__, getattr(J, "shapes", None)
    if known is None:
        raise ValueError(
            f"shapes must be given for {name}: which blocks of theta are matrices, as in "
            "Objective(…, shapes=[(4, 3), (3,)]), got None"
        )
    ends = np.cumsum([math.prod(shape) for shape in known], dtype=int).tolist()
    if not ends or ends[-1] != theta.shape[-1]:
        raise ValueError(
            f"shapes must add up to the {theta.shape[-1]} coordinates of theta for {name}, "
            f"got {list(known)}"
        )
    return [
        (slice(a, b), s)
        for a, b, s in zip([0, *ends[:-1]], ends, known, strict=True)
    ]


def _part(theta: Theta, place: slice, shape: tuple[int, ...]) -> Any:
    """A block of theta, a matrix as (*batch, rows, cols), anything else as (*batch, n).

    In memory row by row, so that a product is computed alike for one run and for a batch.
    """
    part = np.copy(theta[..., place], order="C")
    return (
        np.reshape(part, (*theta.shape[:-1], *shape)) if len(shape) == 2 else part
    )


def _one(name: str, value: Any) -> Any:
    """The value that a hyperparameter has for every weight of a matrix."""
    if not isinstance(value, np.ndarray):
        return value
    corner = value[..., :1, :1]
    if (value != corner).any():
        raise ValueError(
            f"{name} must be the same for all weights of a matrix, got {value.tolist()}"
        )
    return corner


def alike(make: type[Optimizer], rule: Optimizer) -> Any:
    """A rule of that class whose fields are another's, unchecked: they may be swept or traced.

    Examples
    --------
    >>> from primer import AdaGrad, Shampoo
    >>> alike(AdaGrad, Shampoo(lr=0.1))
    AdaGrad(lr=0.1, eps=1e-06)
    """
    plain = make()
    return plain.having(**{name: getattr(rule, name) for name in plain.fields()})


def _unknown(theta: Theta) -> Any:
    raise ValueError(
        "a rule for matrices knows the gradient of a block, not its loss or its Hessian"
    )


def transposed(M: Any) -> Any:
    """The matrices of a batch, (*batch, rows, cols) -> (*batch, cols, rows)."""
    return np.swapaxes(M, -1, -2)


def length(M: Any) -> Any:
    """Frobenius norm of every matrix, (*batch, rows, cols) -> (*batch, 1, 1)."""
    return np.sqrt(np.sum(M**2, axis=(-2, -1), keepdims=True))


def identity(W: Any, n: int) -> Any:
    """The identity matrix of n rows for every matrix W, (*batch, rows, cols) -> (*batch, n, n).

    Examples
    --------
    >>> identity(np.zeros((5, 3, 2)), 4).shape
    (5, 4, 4)
    """
    return np.zeros((*W.shape[:-2], n, n), W.dtype) + np.eye(n, dtype=W.dtype)


def eigen(S: Any) -> tuple[Any, Any]:
    """Eigenvalues, ascending, and eigenvectors, as columns, of symmetric matrices (*batch, n, n).

    NaN for a matrix that is not finite; the others of the batch are as they are alone.

    Examples
    --------
    >>> eigen(np.diag([2.0, np.inf]))[0].tolist()
    [nan, nan]
    """
    sound = np.isfinite(S).all(axis=(-2, -1), keepdims=True)
    values, vectors = np.linalg.eigh(np.where(sound, S, 0))
    return np.where(sound[..., 0], values, np.nan), np.where(
        sound, vectors, np.nan
    )
