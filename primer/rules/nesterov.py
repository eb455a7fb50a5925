"""Nesterov's accelerated gradient."""

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="nesterov1983",
    year=1983,
    parents=("Momentum",),
    chapter=3,
    torch="SGD(params, lr=lr, momentum=beta, nesterov=True)",
    optax="sgd(lr, momentum=beta, nesterov=True)",
    sees="theta - beta * state['v']",
)
class Nesterov(Optimizer):
    """Momentum that asks for the gradient where the momentum is about to carry it (Nesterov 1983).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0; 1 / L is the textbook choice.
    beta : hyperparameter
        Momentum, in [0, 1).

    Raises
    ------
    ValueError
        If lr is negative or not finite, or beta lies outside [0, 1).

    Notes
    -----
    State: v, the last step. torch and optax iterate phi = theta - beta * v, the place where the
    gradient is taken: at a constant rate the two agree in phi, not in theta. The form with a
    constant beta is Sutskever's (sutskever2013). Source: nesterov1983.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(Nesterov(lr=0.5, beta=0.5), quadratic([1.0]), [8.0], steps=2).theta[:, 0].tolist()
    [8.0, 4.0, 1.0]
    """

    lr: Hyper = 1e-2
    beta: Hyper = 0.9

    def init(self, theta):
        return {"v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta - self.beta * state["v"])
        v = self.beta * state["v"] + self.lr * g
        return theta - v, {"v": v}
