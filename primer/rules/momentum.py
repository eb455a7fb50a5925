"""Heavy-ball momentum."""

from ..hyper import Hyper
from ..optimizer import Optimizer
from ..registry import rule


@rule(
    cite="polyak1964",
    year=1964,
    parents=("SGD",),
    chapter=3,
    torch="SGD(params, lr=lr, momentum=beta)",
    optax="sgd(lr, momentum=beta)",
)
class Momentum(Optimizer):
    """Heavy ball: the step is a decaying sum of past steps (Polyak 1964).

    Parameters
    ----------
    lr : hyperparameter
        Learning rate eta, >= 0. On a quadratic it is stable for 0 < lr * L < 2 + 2 * beta.
    beta : hyperparameter
        Momentum, in [0, 1). The effective rate along a constant slope is lr / (1 - beta).

    Raises
    ------
    ValueError
        If lr is negative or not finite, or beta lies outside [0, 1).

    Notes
    -----
    State: v, the last step, like theta. torch keeps v / lr instead: the same run at a constant
    rate, another one under a schedule, where ours scales only the new gradient. Source: polyak1964.

    Examples
    --------
    >>> from primer import run
    >>> from primer.landscapes import quadratic
    >>> run(Momentum(lr=0.5, beta=0.5), quadratic([1.0]), [8.0], steps=2).theta[:, 0].tolist()
    [8.0, 4.0, 0.0]
    """

    lr: Hyper = 1e-2
    beta: Hyper = 0.9

    def init(self, theta):
        return {"v": 0 * theta}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        v = self.beta * state["v"] + self.lr * g
        return theta - v, {"v": v}
