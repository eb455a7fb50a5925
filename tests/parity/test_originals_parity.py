"""Rules that neither torch nor optax has as their papers do: against the authors' own packages.

float64, 500 steps on the five objectives, both settings, until a run is chaotic (`libraries`). Both
packages compute in float64 there, so 1e-10 holds. `make parity` installs them.
"""

import importlib

import chaos
import libraries
import numpy as np
import pytest

from primer import Linear, Prodigy, Sophia, power
from primer.objective import Signs

pytestmark = pytest.mark.parity
every_setting = pytest.mark.parametrize("setting", libraries.SETTINGS)
every_ground = pytest.mark.parametrize("ground", libraries.GROUNDS)


def ours(rule, J, start=None):
    """(steps + 1, d): theta, which the authors evaluate."""
    theta = J.start if start is None else start
    state, rows = rule.at(0).init(theta), [theta]
    for t in range(libraries.STEPS):
        theta, state = rule.at(t).step(J.at(t), theta, state, t)
        rows.append(theta)
    return np.array(rows)


def in_package(make, J, evaluated=lambda optimizer: None, back=lambda optimizer: None):
    """(steps + 1, d): the same of a torch optimizer; `evaluated` and `back` switch its mode."""
    torch = importlib.import_module("torch")
    x = torch.tensor(J.start, requires_grad=True)
    optimizer, rows = make([x]), [J.start]
    for t in range(libraries.STEPS):
        back(optimizer)
        x.grad = torch.tensor(J.at(t).grad(x.detach().numpy().copy()))
        optimizer.step()
        evaluated(optimizer)
        rows.append(x.detach().numpy().copy())
    return np.array(rows)


def assert_agree(rule, J, theirs):
    wild = chaos.departures(ours(rule, chaos.Shaken(J), np.stack([J.start] * 3))) > 1e-12
    limit = int(wild.argmax()) if wild.any() else libraries.STEPS + 1
    assert limit > 100
    assert np.abs(theirs[-1] - theirs[0]).max() > 1e-3, "nothing moved"
    libraries.assert_near(ours(rule, J)[:limit], theirs[:limit])


def averaged(rule, J, **more):
    pytest.importorskip("schedulefree")
    name = "schedulefree.adamw_schedulefree_reference"
    make = importlib.import_module(name).AdamWScheduleFreeReference
    return in_package(
        lambda params: make(
            params, lr=more.pop("lr", rule.lr), betas=(rule.beta1, rule.beta2), eps=rule.eps,
            weight_decay=rule.weight_decay, **more,
        ),
        J, lambda optimizer: optimizer.eval(), lambda optimizer: optimizer.train(),
    )  # fmt: skip


@every_setting
@every_ground
def test_schedule_free_is_the_authors_reference(ground, setting):
    rule, J = libraries.made("ScheduleFree", setting), libraries.GROUNDS[ground]
    assert_agree(rule, J, averaged(rule, J))


@every_ground
def test_the_authors_warm_up_is_a_schedule_of_the_rate(ground):
    J, rule = libraries.GROUNDS[ground], libraries.made("ScheduleFree", "large eps")
    warm = Linear(rule.lr / 50, rule.lr, 49)
    assert_agree(rule.having(lr=warm), J, averaged(rule, J, warmup_steps=50))


@every_setting
@every_ground
def test_prodigy_is_the_authors(ground, setting):
    package = pytest.importorskip("prodigyopt")
    rule, J = libraries.made("Prodigy", setting), libraries.GROUNDS[ground]
    theirs = in_package(
        lambda params: package.Prodigy(
            params, lr=rule.lr, betas=(rule.beta1, rule.beta2), eps=rule.eps, d0=rule.d0,
            weight_decay=rule.weight_decay,
        ),
        J,
    )  # fmt: skip
    assert_agree(rule, J, theirs)


class Corrected(Prodigy):
    """Prodigy as optax has it: both moments corrected, by a factor of the rate."""

    def step(self, J, theta, state, t):
        both = np.sqrt(1 - power(self.beta2, t + 1)) / (1 - power(self.beta1, t + 1))
        return Prodigy.step(self.having(lr=self.lr * both), J, theta, state, t)


@every_setting
@every_ground
def test_optax_has_prodigy_with_a_corrected_rate(ground, setting):
    pytest.importorskip("optax")
    call = (
        "contrib.prodigy(lr, betas=(beta1, beta2), eps=eps, estim_lr0=d0,"
        " weight_decay=weight_decay)"
    )
    rule, J = libraries.made("Prodigy", setting), libraries.GROUNDS[ground]
    rule = Corrected(**rule.fields())
    assert_agree(rule, J, libraries.in_optax(rule, J, J.start, call=call))


class Late(Sophia):
    """Sophia as optax has it: the mean corrected, and the curvature of this step used in the next.

    The correction divides the mean, so it is put into gamma and eps.
    """

    def step(self, J, theta, state, t):
        _, after = Sophia.step(self, J, theta, state, t)
        m_hat = after["m"] / (1 - power(self.beta1, t + 1))
        ratio = m_hat / np.maximum(self.gamma * state["h"], self.eps)
        step = np.clip(ratio, -1, 1) + self.weight_decay * theta
        return theta - self.lr * step, after


def sophia_of_optax(rule, J):
    """(steps + 1, d) of optax's Sophia, whose probes are ours."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    contrib = importlib.import_module("optax.contrib")
    with jax.enable_x64(True):
        given = optax.GradientTransformationExtraArgs(
            lambda params: optax.EmptyState(),
            lambda updates, state, params=None, *, curvature, **_: (curvature, state),
        )
        whole = contrib.sophia(
            rule.lr, b1=rule.beta1, b2=rule.beta2, eps=rule.eps, gamma=rule.gamma,
            weight_decay=rule.weight_decay, update_interval=rule.every, hessian_diagonal_fn=given,
        )  # fmt: skip
        update = jax.jit(whole.update)
        x = jax.numpy.asarray(J.start)
        state, rows = whole.init(x), [np.array(x)]
        for t in range(libraries.STEPS):
            here, now, u = rows[-1], J.at(t), Signs(rule.seed, len(J.start))[t]
            change, state = update(now.grad(here), state, x, curvature=u * now.hvp(here, u))
            x = optax.apply_updates(x, change)
            rows.append(np.array(x))
    return np.array(rows)


@every_setting
@every_ground
def test_optax_has_sophia_corrected_and_one_step_late(ground, setting):
    rule, J = libraries.made("Sophia", setting), libraries.GROUNDS[ground]
    rule = rule.having(lr=0.01, gamma=0.1) if setting == "default" else rule
    theirs = sophia_of_optax(rule, J)
    assert np.abs(ours(rule, J) - theirs).max() > 1e-4, "the two differences matter"
    assert_agree(Late(**rule.fields()), J, theirs)
