"""Rules for matrices that torch and optax lack: against pytorch_optimizer, and torch's own Muon.

500 steps on objectives all of whose blocks are matrices: vectors go another way here than there.
pytorch_optimizer computes Shampoo in float64. SOAP's coordinates it orthogonalizes in float32: an
error of 1e-7, which a large eps lets grow tenfold. At the default eps the weights that the first
gradient leaves at zero in its own coordinates make a run chaotic, so only its beginning is
compared. torch's Muon orthogonalizes in bfloat16, which has two digits.
"""

import libraries
import numpy as np
import pytest

from primer import SOAP, power
from primer.objective import Through

pytestmark = pytest.mark.parity
CALLS = {
    "Shampoo": "__import__('pytorch_optimizer').Shampoo(params, lr=lr, matrix_eps=eps)",
    "SOAP": "__import__('pytorch_optimizer').SOAP(params, lr=lr, betas=(beta1, beta2), eps=eps,"
    " weight_decay=weight_decay, precondition_frequency=every)",
}
every_setting = pytest.mark.parametrize("setting", libraries.SETTINGS)
GROUNDS = {
    **{name: libraries.GROUNDS[name] for name in ("quadratic", "rosenbrock", "moving valley")},
    "matrices": Through(libraries.GROUNDS["matrices"], shapes=[(3, 2), (2, 1)]),
}
every_ground = pytest.mark.parametrize("ground", GROUNDS)


class UncorrectedRoot(SOAP):
    """SOAP with eps where its authors have it: beside the root that is not corrected."""

    def step_matrix(self, G, W, state, t):
        eps = self.eps / np.sqrt(1 - power(self.beta2, max(t, 1)))
        return SOAP.step_matrix(self.having(eps=eps), G, W, state, t)


def both(name, setting, ground, adapted=lambda rule: rule):
    """Our run and that of pytorch_optimizer, (steps + 1, d) each."""
    pytest.importorskip("pytorch_optimizer", reason="`make parity` installs pytorch_optimizer")
    rule, J = libraries.made(name, setting), GROUNDS[ground]
    theirs = libraries.in_torch(rule, J, J.start, call=CALLS[name])
    assert np.abs(theirs[-1] - theirs[0]).max() > 1e-3, "nothing moved"
    return libraries.seen(adapted(rule), J, J.start), theirs


def gap(ours, theirs):
    """Largest difference, relative to the largest weight."""
    return (np.abs(ours - theirs).max(-1) / np.abs(theirs).max(-1)).max()


@every_setting
@every_ground
def test_shampoo_agrees_to_1e_10(ground, setting):
    libraries.assert_near(*both("Shampoo", setting, ground))


@pytest.mark.parametrize(
    ("setting", "steps", "allowed"), [("large eps", 500, 1e-5), ("default", 100, 1e-4)]
)
@every_ground
def test_soap_agrees_as_far_as_float32_reaches(ground, setting, steps, allowed):
    def adapted(rule):
        return UncorrectedRoot(**rule.fields())

    ours, theirs = both("SOAP", setting, ground, adapted)
    assert gap(ours[: steps + 1], theirs[: steps + 1]) < allowed


@every_ground
def test_the_place_of_eps_matters(ground):
    assert gap(*both("SOAP", "large eps", ground)) > 1e-3


@pytest.mark.parametrize("shape", [(4, 2), (2, 4), (8, 1)])
def test_torchs_muon_agrees_to_two_digits(shape):
    """Its rows are outputs, ours are inputs, so the factors of the rate differ."""
    pytest.importorskip("torch")
    J = Through(libraries.GROUNDS["matrices"], shapes=[shape])
    rule = libraries.made("Muon", "large eps").having(weight_decay=0.0)
    factor = np.sqrt(shape[1] / shape[0])
    call = f"Muon(params, lr=lr * {factor}, weight_decay=0.0, momentum=beta, nesterov=False)"
    ours = libraries.seen(rule, J, J.start)
    theirs = libraries.in_torch(rule, J, J.start, call=call)
    apart = np.linalg.norm(ours - theirs, axis=-1)[1:]
    way = np.linalg.norm(theirs - theirs[0], axis=-1)[1:]
    assert 1e-5 < (apart / way).max() < 0.03
    assert way[-1] > 0.1
