"""Every schedule gives the rates of the torch and optax calls that the registry names."""

import inspect

import numpy as np
import pytest

from primer import registry
from primer import schedules as s

pytestmark = pytest.mark.parity

#: Several of each; the first field is the lr of torch's optimizer.
CASES = [
    s.Constant(0.3),
    s.StepDecay(0.5, 0.3, every=7),
    s.StepDecay(1.0, 0.1, every=1),
    s.Exponential(0.7, 0.93),
    s.Linear(0.8, 0.1, steps=30),
    s.Linear(0.8, 0.0, steps=7),
    s.Cosine(1.0, steps=10),
    s.Cosine(0.4, steps=37, end=0.01),
    s.CosineRestarts(1.0, steps=4, factor=2),
    s.CosineRestarts(0.2, steps=5, factor=3, end=0.1),
    s.CosineRestarts(0.2, steps=5),
    s.WarmupCosine(0.5, warmup=5, steps=40, end=0.02),
    s.WarmupLinear(0.5, warmup=4, steps=40, end=0.1),
    s.WarmupStableDecay(0.5, warmup=5, decay=10, steps=40, end=0.05),
    s.OneCycle(1.0, steps=10),
    s.OneCycle(0.3, steps=41, rise=0.25, start_ratio=10.0, end_ratio=100.0),
    s.OneCycle(0.3, steps=3),
]


def length(case):
    """After the end torch's cosine rises and its one-cycle raises: there it is not compared."""
    return 60 if case.length is None else case.length


def named(case):
    return f"{type(case).__name__}-{CASES.index(case)}"


def test_every_schedule_with_a_counterpart_is_compared():
    covered = {type(case).__name__ for case in CASES}
    claimed = {name for name, e in registry.schedules.items() if e.torch or e.optax}
    assert claimed <= covered


@pytest.mark.parametrize("case", CASES, ids=named)
def test_torch_gives_the_same_rates(case):
    torch = pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    call = registry.schedules[type(case).__name__].torch
    rate = next(iter(case.fields().values()))
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    names = {**vars(torch.optim.lr_scheduler), **case.fields(), "optimizer": optimizer}
    scheduler = eval(call, names)
    theirs = []
    for _ in range(length(case)):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    ours = [case(t) for t in range(length(case))]
    # torch multiplies rate by rate, so its rounding grows with t.
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-15)


def test_torchs_cosine_rises_again_after_its_end_and_this_one_does_not():
    torch = pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    theirs = []
    for _ in range(21):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    closed = (1 + np.cos(np.pi * np.arange(21) / 10)) / 2
    np.testing.assert_allclose(theirs, closed, atol=1e-6)
    assert (s.Cosine(1.0, 10)(np.arange(10, 21)) == 0).all()


def test_a_schedule_of_peak_one_serves_as_torchs_lambda():
    torch = pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    shape = s.WarmupCosine(1.0, warmup=5, steps=20)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, shape)
    for t in range(25):
        assert optimizer.param_groups[0]["lr"] == pytest.approx(0.3 * shape(t), rel=1e-12)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_optax_gives_the_same_rates(case):
    optax = pytest.importorskip("optax", reason="optax is missing: `make parity` installs it")
    jax = pytest.importorskip("jax", reason="JAX is missing: `make parity` installs it")
    entry = registry.schedules[type(case).__name__]
    if not entry.optax:
        pytest.skip(entry.no_optax)
    with jax.enable_x64(True):
        theirs = eval(entry.optax, {**vars(optax), **case.fields()})
        steps = range(length(case) + 20 * (case.length is not None))
        expected = [float(theirs(t)) for t in steps]
    np.testing.assert_allclose([case(t) for t in steps], expected, rtol=1e-10, atol=1e-15)


def test_a_missing_counterpart_is_really_missing():
    torch = pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")
    for entry in registry.schedules.values():
        if entry.no_torch:
            assert not any(
                entry.name.lower() in name.lower()
                for name, _ in inspect.getmembers(torch.optim.lr_scheduler, inspect.isclass)
            )
