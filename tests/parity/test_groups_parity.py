"""Values per coordinate are what torch's parameter groups do: decay on weights, none on biases."""

import numpy as np
import pytest

from primer import SGD, AdamW, PerCoordinate, models, run

pytestmark = pytest.mark.parity

STEPS = 40
RNG = np.random.default_rng(3)
X, Y = RNG.standard_normal((20, 4)), RNG.standard_normal(20)


def in_torch(make, groups):
    """Linear regression with one group for the weights and one for the bias."""
    torch = pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    w = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = make(
        torch.optim, [{"params": [p], **group} for p, group in zip((w, b), groups, strict=True)]
    )
    for _ in range(STEPS):
        optimizer.zero_grad()
        residual = torch.from_numpy(X) @ w + b - torch.from_numpy(Y)
        (residual.square().mean() / 2).backward()
        optimizer.step()
    return torch.cat([w, b]).detach().numpy()


def each(weights, bias):
    return PerCoordinate([weights] * 4 + [bias])


@pytest.mark.parametrize(
    ("rule", "make", "groups"),
    [
        (
            AdamW(lr=0.05, weight_decay=each(0.3, 0.0)),
            lambda optim, p: optim.AdamW(p, lr=0.05),
            [{"weight_decay": 0.3}, {"weight_decay": 0.0}],
        ),
        (
            AdamW(lr=each(0.05, 0.01), weight_decay=0.1),
            lambda optim, p: optim.AdamW(p, weight_decay=0.1),
            [{"lr": 0.05}, {"lr": 0.01}],
        ),
        (SGD(lr=each(0.2, 0.05)), lambda optim, p: optim.SGD(p), [{"lr": 0.2}, {"lr": 0.05}]),
    ],
    ids=["decay on weights only", "two rates", "SGD with two rates"],
)
def test_groups_and_values_per_coordinate_agree(rule, make, groups):
    J = models.linear(X, Y)
    theta = run(rule, J, np.zeros(J.dim), STEPS).theta[-1]
    np.testing.assert_allclose(theta, in_torch(make, groups), rtol=1e-9, atol=1e-12)
