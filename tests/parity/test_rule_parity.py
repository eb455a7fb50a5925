"""Every rule makes the steps of torch.optim and optax, live, by the calls that the registry names.

float64, 500 steps, five objectives, the defaults and a setting with a large eps; what either
library iterates in place of theta is what the registry says (`sees`). A run is compared until it
is chaotic (see tests/chaos.py), and at least three of the five must be calm to the end.
"""

import json
from pathlib import Path

import libraries
import numpy as np
import pytest

from primer import Cosine, registry

pytestmark = pytest.mark.parity
RECORDED = {
    (json.dumps(r["rule"]), r["library"], r["objective"]): r["theta"]
    for r in json.loads((Path(__file__).parents[1] / "golden/vectors.json").read_text())["records"]
}

#: The nearest call where the registry says there is none that agrees: it must differ. A rule that
#: is not listed here or in CHAINS has nothing near: no public name that looks like its own.
NEAREST = {
    ("AdaGrad", "optax"): "adagrad(lr, initial_accumulator_value=0.0, eps=eps)",
    ("AMSGrad", "optax"): "amsgrad(lr, b1=beta1, b2=beta2, eps=eps)",
    ("NAdam", "optax"): "nadam(lr, b1=beta1, b2=beta2, eps=eps)",
    ("RAdam", "optax"): "radam(lr, b1=beta1, b2=beta2, eps=eps, threshold=5.0)",
    ("Prodigy", "optax"): "contrib.prodigy(lr, betas=(beta1, beta2), eps=eps, estim_lr0=d0,"
    " weight_decay=weight_decay)",
}
#: No alias, but a chain that agrees.
CHAINS = {
    ("AdamL2", "optax"): "chain(add_decayed_weights(weight_decay),"
    " adam(lr, b1=beta1, b2=beta2, eps=eps))",
}
#: What either library iterates in place of theta.
SEES = {
    "Nesterov": "theta - beta * state['v']",
    "ScheduleFree": "(1 - beta1) * state['z'] + beta1 * theta",
}


@pytest.fixture(autouse=True, scope="module")
def _both_libraries():
    for name in ("torch", "jax", "optax"):
        pytest.importorskip(name, reason=f"{name} is missing: `make parity` installs it")


def compared():
    return [
        pytest.param(case, library, id="-".join(filter(None, (*case, library))))
        for case in libraries.cases()
        for library in libraries.RUNNERS
        if libraries.has(libraries.made(*case), library)
    ]


@pytest.mark.parametrize(("case", "library"), compared())
def test_500_steps_agree_to_1e_10_and_with_the_recording(case, library):
    rule = libraries.adapted(libraries.made(*case), library)
    full = 0
    for ground, J in libraries.GROUNDS.items():
        ours = libraries.seen(rule, J, J.start)
        theirs = libraries.RUNNERS[library](libraries.made(*case), J, J.start)
        limit = libraries.calm(rule, J, J.start)
        full += limit > libraries.STEPS
        assert np.isfinite(theirs).all()
        assert np.abs(theirs[-1] - theirs[0]).max() > 1e-3, f"{ground}: nothing moved"
        libraries.assert_near(ours[:limit], theirs[:limit], ground)
        key = (json.dumps(libraries.spelled(libraries.made(*case))), library, ground)
        recorded = RECORDED[key]
        steps = [int(t) for t in recorded]
        libraries.assert_near(np.array(list(recorded.values())), theirs[steps], "the recording")
    assert full >= 3


def claimed() -> list[tuple[str, str]]:
    """(rule, library) where the registry says that no call agrees."""
    entries = registry.rules.items()
    return [(n, "torch") for n, e in entries if e.no_torch] + [
        (n, "optax") for n, e in entries if e.no_optax
    ]


def test_the_named_differences_are_those_of_the_registry():
    assert {*NEAREST, *CHAINS} <= set(claimed())
    assert {n: e.sees for n, e in registry.rules.items() if e.sees != "theta"} == SEES
    for key in libraries.ADAPTED:
        assert getattr(registry.rules[key[0]], key[1]), "adapted, so it has a call"


def gaps(case, library, call):
    rule = libraries.made(*case)
    for J in libraries.GROUNDS.values():
        theirs = libraries.RUNNERS[library](rule, J, J.start, 50, call)
        yield np.abs(libraries.seen(rule, J, J.start, 50) - theirs).max()


@pytest.mark.parametrize(("name", "library"), NEAREST)
def test_the_nearest_call_really_differs(name, library):
    assert min(gaps((name, "large eps", "SGD"), library, NEAREST[name, library])) > 1e-5


@pytest.mark.parametrize(("name", "library"), CHAINS)
def test_a_chain_without_an_alias_agrees(name, library):
    assert max(gaps((name, "large eps", "SGD"), library, CHAINS[name, library])) < 1e-12


@pytest.mark.parametrize(
    ("name", "library"), [key for key in claimed() if key not in {*NEAREST, *CHAINS}]
)
def test_what_is_said_to_be_missing_is_missing(name, library):
    module = pytest.importorskip({"torch": "torch.optim", "optax": "optax"}[library])
    words = {"FletcherReeves": "conjugate", "PolakRibiere": "conjugate"}
    word = words.get(name, name).lower()
    assert not [n for n in dir(module) if word in n.lower()]


def test_nesterov_itself_differs_from_what_torch_iterates():
    rule, J = libraries.made("Nesterov", "default"), libraries.GROUNDS["rosenbrock"]
    theirs = libraries.in_torch(rule, J, J.start, 50)
    theta, state = J.start, rule.init(J.start)
    for t in range(50):
        theta, state = rule.step(J, theta, state, t)
    assert np.abs(theta - theirs[-1]).max() > 1e-3


@pytest.mark.parametrize("name", ["Momentum", "Nesterov"])
def test_torch_keeps_the_rate_outside_its_buffer_so_a_schedule_makes_another_run(name):
    torch = pytest.importorskip("torch")
    J, fall = libraries.GROUNDS["quadratic"], Cosine(0.05, 100)
    rule = registry.rules[name].make(lr=fall, beta=0.9)
    x = torch.tensor(J.start.copy(), requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.05, momentum=0.9, nesterov=name == "Nesterov")
    theta, state = J.start, rule.init(J.start)
    for t in range(100):
        optimizer.param_groups[0]["lr"] = fall(t)
        x.grad = torch.tensor(J.grad(x.detach().numpy()))
        optimizer.step()
        theta, state = rule.at(t).step(J, theta, state, t)
    assert np.abs(theta - x.detach().numpy()).max() > 1e-3
