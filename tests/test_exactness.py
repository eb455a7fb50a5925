"""The JavaScript of the published page computes what NumPy computes: every rule, every landscape.

Rules and landscapes come from the registry; settings are random positions of the sliders (wild
rates included), starts lie around the landscape's own. Where only correctly rounded operations
occur, runs are equal to the last bit. Elsewhere (cos, exp, powers with a real exponent) libraries
differ in the last bit, and a run is compared to 1e-9 unless it is chaotic: unless NumPy's own run,
shaken by one unit in the last place of theta and gradient in every step, departs from itself by
more than 1e-11.
"""

import numpy as np
import pytest
from helpers import cases, matrices, shaped
from pages import in_node, pair, pairs, put, schedules, with_sliders

from primer import (
    Adam,
    Clip,
    Cosine,
    Linear,
    Momentum,
    Noisy,
    Slider,
    TraceError,
    javascript,
    l2,
    landscapes,
    power,
    registry,
    run,
)

RUNS = 10
LANDSCAPES = {name: shaped(entry.make()) for name, entry in registry.landscapes.items()}
IN_PAGE = {n: e for n, e in registry.rules.items() if not e.no_page}


def grid():
    """Every rule that runs in a page on every landscape; wrappers around SGD and around Adam."""
    rules = {name: with_sliders(name) for name in IN_PAGE}
    for name, entry in IN_PAGE.items():
        if entry.kind == "wrapper":
            rules[f"{name}(Adam)"] = with_sliders(name, with_sliders("Adam"))
    for name, schedule in schedules().items():
        rules[f"SGD(lr={name})"] = registry.rules["SGD"].make(lr=schedule)
    made = []
    for k, (name, rule) in enumerate(rules.items()):
        grounds = LANDSCAPES if "lr=" not in name else {"rosenbrock": LANDSCAPES["rosenbrock"]}
        made += pairs(rule, {f"{name} on {ground}": J for ground, J in grounds.items()}, RUNS, k)
    return [*made, *mixtures()]


def mixtures():
    """Schedules on several fields, nested wrappers, noise and penalties."""
    peak, beta = Slider(1e-3, 1, 0.1, log=True), Slider(0, 0.99, 0.9, near_one=True)
    noise = Noisy(landscapes.rosenbrock(5), 0.3, seed=2, steps=150)
    warm = Linear(0, peak, 20).then(Cosine(peak, 150)) * 0.5
    yield pair("Momentum, two schedules", Momentum(warm, Linear(0.5, beta, 90)), noise, RUNS)
    yield pair("clipped Adam", Clip(Adam(lr=warm, beta1=beta), norm=peak), noise, RUNS)
    yield pair("Adam with noise", with_sliders("Adam"), noise, RUNS)
    twelve = landscapes.quadratic(np.arange(1.0, 13.0))
    yield pair("a norm of twelve numbers", Clip(with_sliders("SGD"), norm=peak), twelve, RUNS)
    yield pair("Adam and a penalty", with_sliders("Adam"), LANDSCAPES["beale"] + l2(0.1), RUNS)
    for name, entry in IN_PAGE.items():
        if entry.chapter == 12:
            yield pair(f"a matrix and {name}", with_sliders(name), matrices(), RUNS)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    with np.errstate(all="ignore"):
        pairs = list(grid())
    return list(zip(pairs, in_node(pairs, tmp_path_factory.mktemp("node")), strict=True))


def departure(a, b):
    """Largest relative departure of two runs (steps, d), the whole vector as the measure."""
    a, b = np.nan_to_num(a, posinf=1e308, neginf=-1e308), np.nan_to_num(b, posinf=1e308)
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(a).max(-1), 1e-300)
        return float(np.nanmax(np.abs(a - b).max(-1) / scale, initial=0.0))


def rows(results, exact):
    for p, theirs in results:
        if p.exact == exact:
            for k, (lost, theta, loss, state) in enumerate(theirs):
                yield p, k, lost, theta, loss, state


def test_every_rule_and_landscape_of_the_registry_is_compared(results):
    names = [p.name for p, _ in results]
    for rule in IN_PAGE:
        assert sum(n.startswith(f"{rule} on ") for n in names) == len(LANDSCAPES)
    for name in registry.schedules:
        assert f"SGD(lr={name}) on rosenbrock" in names
    assert len(results) * RUNS > 1000


def test_runs_of_correctly_rounded_operations_are_equal_to_the_last_bit(results):
    count = 0
    for p, k, lost, theta, loss, state in rows(results, exact=True):
        what = f"{p.name}, run {k}"
        assert lost == p.lost[k], what
        end = lost + 1 if lost >= 0 else len(theta)
        np.testing.assert_array_equal(theta[:end], p.theta[0, :end, k], err_msg=what)
        np.testing.assert_array_equal(loss[:end], p.loss[:end, k], err_msg=what)
        if lost < 0:
            np.testing.assert_array_equal(state, p.state[k], err_msg=what)
        count += 1
    assert count > 1000


def test_other_runs_agree_to_1e_9_unless_they_are_chaotic(results, record_property):
    chaotic = count = 0
    worst = 0.0
    for p, k, lost, theta, _, _ in rows(results, exact=False):
        what, count = f"{p.name}, run {k}", count + 1
        end = p.lost[k] if p.lost[k] >= 0 else len(theta)
        own = [departure(p.theta[0, :end, k], p.theta[i, :end, k]) for i in (1, 2)]
        if max(own) > 1e-11:
            chaotic += 1
            continue
        assert lost == p.lost[k], what
        gap = departure(p.theta[0, :end, k], theta[:end])
        assert gap <= 1e-9, f"{what}: departs by {gap:.1e}, its own neighbors by {max(own):.1e}"
        worst = max(worst, gap)
    record_property("chaotic", f"{chaotic} of {count} excluded, worst of the others {worst:.1e}")
    print(f"{chaotic} of {count} excluded as chaotic, worst departure of the others {worst:.1e}")
    assert count > 100
    assert chaotic < count / 2


def test_finite_or_diverged_is_the_same_verdict_in_every_run(results):
    verdicts = {True: 0, False: 0}
    for exact in (True, False):
        for p, k, lost, *_ in rows(results, exact):
            assert (lost >= 0) == (p.lost[k] >= 0), f"{p.name}, run {k}"
            verdicts[lost >= 0] += 1
    assert min(verdicts.values()) > 100, "the grid must hold many runs of either kind"


def test_the_swept_reference_is_the_run_of_each_setting(results):
    rule, J = with_sliders("Adam"), LANDSCAPES["rosenbrock"]
    p = next(p for p, _ in results if p.name == "Adam on rosenbrock")
    sliders = [rule.lr, rule.beta1, rule.beta2, rule.eps]
    for k, job in enumerate(p.job["runs"]):
        alone = put(rule, dict(zip(sliders, job["h"], strict=True)))
        np.testing.assert_array_equal(run(alone, J, job["start"], 200).theta, p.theta[0, :, k])


def test_a_rule_that_stays_out_of_the_page_says_why_and_cannot_be_traced():
    for name, entry in registry.rules.items():
        if entry.no_page:
            with pytest.raises((TraceError, ValueError, TypeError)):
                javascript(cases()[name], LANDSCAPES["rosenbrock"])


def test_the_exact_power_agrees_to_the_last_bit(tmp_path):
    base = Slider(0.0, 0.9999, 0.9, near_one=True, steps=60)

    class Powers(registry.rules["SGD"].make):
        def step(self, J, theta, state, t):
            return theta * 0 + power(self.lr, t + 1), {}

    p = pair("powers", Powers(lr=base), landscapes.quadratic([1.0]), 40)
    assert p.exact
    for k, (_, theta, *_) in enumerate(in_node([p], tmp_path)[0]):
        np.testing.assert_array_equal(theta[1:, 0], p.theta[0, 1:, k, 0])
        b = p.job["runs"][k]["h"][0]
        np.testing.assert_array_equal(theta[1:, 0], [power(b, n) for n in range(1, 201)])
