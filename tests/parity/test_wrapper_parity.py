"""Wrappers against torch and optax, with the differences that their notes name."""

import numpy as np
import pytest

from primer import SGD, run
from primer.landscapes import quadratic
from primer.rules.clip import Clip
from primer.rules.plateau import ReduceOnPlateau
from primer.rules.project import Project

pytestmark = pytest.mark.parity

G = np.random.default_rng(0).normal(size=(20, 6)) * np.geomspace(1e-3, 1e3, 20)[:, None]


def seen(rule):
    """The gradient that a rule of rate 1 used, for every g in G."""
    bowl = quadratic(np.ones(6))
    return G - rule.step(bowl, G, {}, 0)[0]


def torch_clipped(clip):
    torch = pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    rows = []
    for g in G:
        p = torch.zeros(6, dtype=torch.float64, requires_grad=True)
        p.grad = torch.tensor(g)
        clip(torch.nn.utils, p)
        rows.append(p.grad.numpy().copy())
    return np.array(rows)


def test_value_clip_is_torchs():
    theirs = torch_clipped(lambda utils, p: utils.clip_grad_value_([p], 0.7))
    np.testing.assert_allclose(seen(Clip(SGD(lr=1.0), value=0.7)), theirs, rtol=1e-10)


def test_norm_clip_is_torchs_but_for_its_1e_6():
    ours = seen(Clip(SGD(lr=1.0), norm=0.7))
    theirs = torch_clipped(lambda utils, p: utils.clip_grad_norm_([p], 0.7))
    length = np.linalg.norm(G, axis=1, keepdims=True)
    named = np.where(length > 0.7, length / (length + 1e-6), 1)
    np.testing.assert_allclose(ours * named, theirs, rtol=1e-10)
    assert np.abs(ours / theirs - 1).max() < 2e-6


def test_both_clips_are_optaxs():
    optax = pytest.importorskip("optax", reason="optax is missing: `make parity` installs it")
    jax = pytest.importorskip("jax", reason="JAX is missing: `make parity` installs it")
    with jax.enable_x64(True):
        for rule, call in (
            (Clip(SGD(lr=1.0), norm=0.7), optax.clip_by_global_norm(0.7)),
            (Clip(SGD(lr=1.0), value=0.7), optax.clip(0.7)),
        ):
            theirs = [np.asarray(call.update(g, call.init(g))[0]) for g in map(jax.numpy.array, G)]
            np.testing.assert_allclose(seen(rule), theirs, rtol=1e-10)


@pytest.mark.parametrize(("factor", "patience", "threshold"), [(0.5, 3, 1e-4), (0.2, 0, 0.05)])
def test_plateau_is_torchs_when_fed_before_each_step(factor, patience, threshold):
    torch = pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    steep = np.array([1.0, 20.1])
    ours = run(
        ReduceOnPlateau(SGD(lr=0.1), factor, patience, threshold), quadratic(steep), [1.0, 1.0], 200
    )
    p = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([p], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=factor, patience=patience, threshold=threshold, eps=0.0
    )
    theirs = [p.detach().numpy().copy()]
    for _ in range(200):
        optimizer.zero_grad()
        loss = (torch.tensor(steep) * p**2).sum() / 2
        loss.backward()
        scheduler.step(loss.item())
        optimizer.step()
        theirs.append(p.detach().numpy().copy())
    np.testing.assert_allclose(ours.theta, theirs, rtol=1e-9, atol=1e-14)
    assert ours.state["scale"][0] < 1


def test_projection_is_optaxs():
    optax = pytest.importorskip("optax", reason="optax is missing: `make parity` installs it")
    start = G.copy()
    ours = Project(SGD(lr=0.0), -0.3, 0.4).step(quadratic(np.ones(6)), start, {}, 0)[0]
    theirs = optax.projections.projection_box(start, -0.3, 0.4)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
