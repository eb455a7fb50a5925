"""The network with layer normalization is torch's `Linear`, `LayerNorm`, … one after the other."""

import numpy as np
import pytest

from primer import SGD, models, run

pytestmark = pytest.mark.parity

RNG = np.random.default_rng(4)
X, Y = RNG.standard_normal((20, 4)), RNG.integers(0, 3, 20)
STEPS, LR = 20, 0.1  # in longer runs a last bit of the start grows, with or without torch


@pytest.fixture(autouse=True, scope="module")
def torch():
    return pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")


def in_torch(torch, J, theta, hidden, **eps):
    """torch's network with the parameters theta, which it lists in the same order."""
    kind = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[J.activation.name]
    layers, width = [], X.shape[1]
    for units in hidden:
        dense = torch.nn.Linear(width, units, bias=False)
        layers += [dense, torch.nn.LayerNorm(units, **eps), kind()]
        width = units
    network = torch.nn.Sequential(*layers, torch.nn.Linear(width, J.classes)).double()
    for p, part in zip(network.parameters(), J.layout.parts(theta), strict=True):
        p.data = torch.tensor(part.T)
    return network


def flat(arrays):
    """One vector in our order: torch's matrices are (n_out, n_in)."""
    return np.concatenate([a.detach().numpy().T.ravel() for a in arrays])


def loss_of(torch, network):
    return torch.nn.functional.cross_entropy(network(torch.tensor(X)), torch.tensor(Y))


@pytest.mark.parametrize("hidden", [(5,), (6, 3), (2, 4, 3)], ids=str)
@pytest.mark.parametrize("activation", [models.tanh, models.relu], ids=lambda a: a.name)
@pytest.mark.parametrize("eps", [{}, {"eps": 0.2}], ids=["default eps", "large eps"])
def test_loss_and_gradient_agree(torch, hidden, activation, eps):
    J = models.normalized_mlp(X, Y, hidden, activation, **eps)
    for theta in J.initial([0, 1]) + 0.3 * RNG.standard_normal((2, J.dim)):
        network = in_torch(torch, J, theta, hidden, **eps)
        loss = loss_of(torch, network)
        loss.backward()
        theirs = flat(p.grad for p in network.parameters())
        np.testing.assert_allclose(float(J(theta)), loss.item(), rtol=1e-12)
        np.testing.assert_allclose(J.grad(theta), theirs, rtol=1e-9, atol=1e-13)


def test_a_run_agrees(torch):
    J = models.normalized_mlp(X, Y, (6, 5))
    network = in_torch(torch, J, J.initial(0), (6, 5))
    optimizer = torch.optim.SGD(network.parameters(), lr=LR)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(torch, network).backward()
        optimizer.step()
    ours = run(SGD(lr=LR), J, J.initial(0), STEPS).theta[-1]
    np.testing.assert_allclose(ours, flat(network.parameters()), rtol=1e-9, atol=1e-11)
