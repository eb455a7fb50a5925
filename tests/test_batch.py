"""A batch of runs is the same as the runs one by one, however the batch is split."""

import concurrent.futures

import numpy as np
import pytest
import scipy.sparse
from helpers import (
    assert_same,
    assert_same_run,
    bare,
    cases,
    every_case,
    lively,
    matrices,
    shaped,
    taken,
)

import primer
from primer import (
    Adam,
    Cosine,
    Draws,
    Linear,
    Momentum,
    Noisy,
    Objective,
    Optimizer,
    landscapes,
    models,
    run,
    running,
    spread,
    sweep,
)
from primer.objective import DataObjective, Through, l2

# Threads share the filter that the line search sets around SciPy.
pytestmark = pytest.mark.filterwarnings("ignore::scipy.optimize._linesearch.LineSearchWarning")
N = 6
GROUNDS = {
    "ravine": shaped(landscapes.ravine(20)),
    "rosenbrock": shaped(landscapes.rosenbrock()),
    "moving valley": shaped(landscapes.moving_valley(period=20)),
    "noise": shaped(Noisy(landscapes.himmelblau(), 0.5, seed=3)),
    "matrices": matrices(),
}
every_ground = pytest.mark.parametrize("ground", GROUNDS)

#: Rules whose batch may differ from the loop in the last bits, and why.
NOT_BITWISE = {
    "NAdam": "0.96 ** x, x real: a float goes to the C library, an array to vector instructions",
}


def starts(shape=(N,), seed=0, dim=2):
    return np.random.default_rng(seed).uniform(-1.5, 1.5, (*shape, dim))


def single(holder, k):
    """The rule with number k of every sweep in it, however deep."""
    if isinstance(holder, np.ndarray):
        return float(holder[k, 0])
    if not hasattr(holder, "having"):
        return holder
    return holder.having(**{n: single(v, k) for n, v in holder.fields().items()})


def compare(name, rule, J, theta0, steps=60):
    whole = run(rule, J, theta0, steps)
    for k in range(N):
        alone = run(single(rule, k), J, theta0[k], steps)
        if bare(name) in NOT_BITWISE:
            np.testing.assert_allclose(whole.theta[:, k], alone.theta, rtol=1e-9, atol=1e-12)
            continue
        assert_same(whole.theta[:, k], alone.theta, f"theta of run {k}")
        assert_same(whole.loss[:, k], alone.loss, f"loss of run {k}")
        assert_same(taken(whole.state, k, alone.state), alone.state, f"state of run {k}")
        assert whole.diverged_at[k] == alone.diverged_at


@every_ground
@every_case
def test_a_swept_batch_equals_the_loop_bit_for_bit(name, ground):
    compare(name, cases(N)[name], GROUNDS[ground], starts(dim=GROUNDS[ground].dim))


@every_case
def test_a_batch_of_starts_equals_the_loop_bit_for_bit(name):
    compare(name, cases()[name], GROUNDS["rosenbrock"], starts())


def test_a_sweep_inside_a_schedule_equals_the_loop_bit_for_bit():
    peaks = np.linspace(0.001, 0.2, N)[:, None]
    for rule in (
        Momentum(lr=Cosine(peak=peaks, steps=40), beta=Linear(0.5, 0.9, 30)),
        Adam(lr=Linear(0, peaks, 10).then(Cosine(peaks, 30))),
    ):
        compare(type(rule).__name__, rule, GROUNDS["ravine"], starts())


def test_a_run_that_diverges_leaves_its_neighbors_alone():
    rates = np.array([0.01, 5.0, 0.02, 9.0, 0.05, 7.0])[:, None]
    J, theta0 = landscapes.quadratic([1.0, 10.0]), starts()
    compare("SGD", primer.SGD(lr=rates), J, theta0, steps=800)
    lost = run(primer.SGD(lr=rates), J, theta0, steps=800)
    assert lost.diverged.tolist() == [False, True, False, True, False, True]
    k = lost.diverged_at[1]
    before, after = np.isfinite(lost.theta[k - 1, 1]), np.isfinite(lost.theta[k, 1])
    assert before.all()
    assert not (after.all() and np.isfinite(lost.loss[k, 1]))


def test_two_batch_axes_are_the_grid_of_their_values():
    grid = sweep(lr=[0.01, 0.1], beta=[0.0, 0.5, 0.9])
    J = landscapes.rosenbrock(5)
    whole = run(Momentum(**grid), J, [-1.2, 1.0], steps=50)
    assert whole.theta.shape == (51, 2, 3, 2)
    for i, j in np.ndindex(2, 3):
        one = Momentum(lr=float(grid["lr"][i, j, 0]), beta=float(grid["beta"][i, j, 0]))
        assert_same(whole.theta[:, i, j], run(one, J, [-1.2, 1.0], steps=50).theta)


class InTurn(concurrent.futures.Executor):
    """An executor that works in this thread and counts the pieces."""

    pieces = 0

    def map(self, function, *columns, **_):
        jobs = list(zip(*columns, strict=True))
        self.pieces += len(jobs)
        return [function(*job) for job in jobs]


@every_case
def test_blocks_threads_and_executors_change_nothing(name, monkeypatch):
    rule, J, theta0 = cases(N)[name], GROUNDS["rosenbrock"], starts()
    whole = run(rule, J, theta0, steps=30)
    executor = InTurn()
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert_same_run(whole, run(rule, J, theta0, steps=30, executor=executor))
    assert executor.pieces == 4
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert_same_run(whole, run(rule, J, theta0, steps=30, executor=pool))
    monkeypatch.setattr(running, "BLOCK", 4)
    assert_same_run(whole, run(rule, J, theta0, steps=30))
    state, t = whole.state, whole.t
    blocks = run(rule, J, whole.theta[-1], steps=5, state=state, t0=t)
    monkeypatch.undo()
    assert_same_run(run(rule, J, whole.theta[-1], steps=5, state=state, t0=t), blocks)


class Metric(Optimizer):
    """A rule that keeps a matrix for every run, and one that all runs share."""

    def fields(self):
        return {}

    def init(self, theta):
        d = theta.shape[-1]
        return {"H": 0 * theta[..., None] + np.eye(d), "shared": np.ones((7, d))}

    def step(self, J, theta, state, t):
        g = J.grad(theta)
        H = 0.9 * state["H"] + 0.1 * g[..., :, None] * g[..., None, :]
        step = np.linalg.solve(H, g[..., None])[..., 0]
        return theta - 0.01 * step, {"H": H, "shared": state["shared"]}


@pytest.mark.parametrize("shape", [(N,), (N, 2), (2, N)])
def test_a_matrix_in_the_state_is_split_with_its_run(shape, monkeypatch):
    theta0 = starts(shape)
    whole = run(Metric(), GROUNDS["rosenbrock"], theta0, steps=10)
    monkeypatch.setattr(running, "BLOCK", 4)
    parts = run(Metric(), GROUNDS["rosenbrock"], theta0, steps=10)
    assert_same_run(whole, parts)
    assert parts.state["H"].shape == (*shape, 2, 2)
    rest = run(Metric(), GROUNDS["rosenbrock"], theta0, steps=4, state=whole.state, t0=10)
    monkeypatch.undo()
    again = run(Metric(), GROUNDS["rosenbrock"], theta0, steps=4, state=whole.state, t0=10)
    assert_same_run(again, rest)


class Sweeper(Optimizer):
    """A rule whose state has parts of the sweep's shape, of a vector's, and of no runs at all."""

    def fields(self):
        return {"lr": self.lr}

    def __init__(self, lr):
        self.lr = lr

    def init(self, theta):
        shared = np.ones((N, theta.shape[-1]))
        return {"product": 1.0, "count": 0, "m": np.zeros(theta.shape[-1]), "shared": shared}

    def step(self, J, theta, state, t):
        m = 0.5 * state["m"] + J.grad(theta)
        new = {"product": state["product"] * (1 - self.lr), "count": state["count"] + 1, "m": m}
        return theta - self.lr * m, {**new, "shared": state["shared"] + 1}


@pytest.mark.parametrize("block", [1, 4, 8])
@pytest.mark.parametrize(
    ("shape", "sweep_shape"),
    [
        ((N,), (N, 1)), ((N,), (1, 1)), ((N,), ()), ((2,), (2, 1)), ((2,), ()),
        ((N, 2), (1, 2, 1)), ((N, 2), (N, 1, 1)), ((N, 2), (2, 1)), ((2, N), (N, 1)),
        ((2, N), (1, N, 1)), ((2, N), (2, 1, 1)), ((2, N), (2, N, 1)), ((1, N), (N, 1)),
        ((2, 1, N), (2, 1, 1, 1)), ((2, 3, 4), (4, 1)), ((2, 4, 3), (4, 1, 1)),
    ],
)  # fmt: skip
def test_a_state_keeps_its_shapes_however_the_batch_is_cut(shape, sweep_shape, block, monkeypatch):
    rates = np.random.default_rng(1).uniform(0.001, 0.002, sweep_shape)
    J, theta0, rule = GROUNDS["ravine"], starts(shape), Sweeper(rates if sweep_shape else 0.001)
    whole = run(rule, J, theta0, steps=7)
    rest = run(rule, J, whole.theta[-1], steps=3, state=whole.state, t0=7, keep=2)
    none = run(rule, J, theta0, steps=0)
    monkeypatch.setattr(running, "BLOCK", block)
    assert_same_run(whole, run(rule, J, theta0, steps=7))
    again = run(rule, J, whole.theta[-1], steps=3, state=whole.state, t0=7, keep=2)
    assert_same_run(rest, again)
    assert_same_run(none, run(rule, J, theta0, steps=0))


@pytest.mark.parametrize(
    ("shape", "count", "axis", "lengths"),
    [
        ((7,), 3, -2, [2, 2, 3]),
        ((7, 2), 3, -3, [2, 2, 3]),
        ((3, 100), 10, -2, [10] * 10),
        ((3, 4), 50, -2, [1] * 4),
        ((4, 4), 50, -3, [1] * 4),
        ((1, 5), 2, -2, [2, 3]),
        ((1, 1), 9, -1, [None]),
        ((), 9, -1, [None]),
    ],
)
def test_a_batch_is_cut_along_its_first_axis_that_gives_enough_pieces(shape, count, axis, lengths):
    theta = starts(shape)
    pool = concurrent.futures.ThreadPoolExecutor(count)
    found = spread.cut(Adam(), GROUNDS["ravine"], theta, 0, 2**17, pool)
    assert found.axis == axis
    cuts = [pick.stop and pick.stop - pick.start for pick in found.picks]
    assert cuts == lengths


def test_the_pieces_are_a_multiple_of_the_workers_of_about_a_block():
    pool = concurrent.futures.ThreadPoolExecutor(4)
    theta = starts((100,))
    for block, count in ((200, 4), (50, 4), (40, 8), (10, 20), (1, 100)):
        assert len(spread.cut(Adam(), GROUNDS["ravine"], theta, 0, block, pool)) == count
    assert len(spread.cut(Adam(), GROUNDS["ravine"], theta, 0, 70, None)) == 2


def test_blocks_cut_a_grid_along_its_first_axis(monkeypatch):
    grid = sweep(lr=np.linspace(0.01, 0.2, 7), beta=[0.0, 0.9])
    J = landscapes.ravine(9)
    whole = run(Momentum(**grid), J, [1.0, 1.0], steps=20)
    monkeypatch.setattr(running, "BLOCK", 6)
    assert_same_run(whole, run(Momentum(**grid), J, [1.0, 1.0], steps=20))


@pytest.mark.parametrize("keep", [1, 2, 7, 60, 1000])
def test_keep_is_a_subset_of_the_full_run(keep):
    rule, J = lively("Adam", N), GROUNDS["noise"]
    full, some = run(rule, J, starts(), steps=60), run(rule, J, starts(), steps=60, keep=keep)
    rows = sorted({*range(0, 61, keep), 60})
    assert some.steps.tolist() == rows
    assert_same(some.theta, full.theta[rows])
    assert_same(some.loss, full.loss[rows])
    assert_same(some.state, full.state)


def test_each_seed_of_a_batch_of_mini_batches_equals_its_own_run():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 2)), rng.standard_normal(20)

    def residual(theta, X, y):
        return (X * theta[..., None, :]).sum(-1) - y

    J = DataObjective(
        lambda theta, X, y: np.square(residual(theta, X, y)).mean(-1) / 2,
        lambda theta, X, y: (residual(theta, X, y)[..., None] * X).mean(-2),
        X, y, dim=2,
    )  # fmt: skip
    together = run(lively("Adam"), J.batches(8, seed=np.arange(N)), starts(), steps=30)
    for k in range(N):
        alone = run(lively("Adam"), J.batches(8, seed=k), starts()[k], steps=30)
        np.testing.assert_allclose(together.theta[:, k], alone.theta, rtol=1e-12)


def examples():
    """Examples and labels, small ones, for every kind of model."""
    rng = np.random.default_rng(5)
    X, y = rng.standard_normal((20, 3)), rng.integers(0, 3, 20)
    windows = rng.integers(0, 3, (20, 5))
    return {
        "linear": models.linear(X, X @ [1.0, -2.0, 0.5]),
        "logistic": models.logistic(X, y % 2),
        "softmax": models.softmax(X, y),
        "mlp": models.mlp(X, y, hidden=(4,)),
        "rnn": models.rnn(windows[:, :-1], windows[:, 1:], hidden=3, symbols=3),
        "sparse": models.sparse_logistic(scipy.sparse.csr_array(np.maximum(X, 0)), y % 2),
    }


def penalty(seeds):
    return l2(np.linspace(0, 1, len(seeds))[:, None])


PER_RUN = {
    "batches": lambda J, seeds: J.batches(8, seeds),
    "draws": lambda J, seeds: Draws(J, 8, seeds),
    "noisy": lambda J, seeds: Noisy(J, 0.1).batches(8, seeds),
    "penalized": lambda J, seeds: (J + penalty(seeds)).batches(8, seeds),
    "watched": lambda J, seeds: J.batches(8, seeds, watch=J + penalty(seeds)),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", PER_RUN)
@pytest.mark.parametrize("name", examples())
def test_runs_with_batches_of_their_own_are_cut_and_keep_every_bit(name, kind, dtype, monkeypatch):
    model = examples()[name]
    for shape in ((5,), (2, 5), (6, 2)):
        J = PER_RUN[kind](model, np.arange(shape[-1]))
        draw = np.random.default_rng(2).standard_normal((*shape, model.dim))
        theta0, rule = (0.5 * draw).astype(dtype), lively("Adam")
        whole = run(rule, J, theta0, steps=5, keep=2)
        rest = run(rule, J, whole.theta[-1], steps=3, state=whole.state, t0=5)
        assert not J.separable
        for block in (1, 2 * model.dim):
            monkeypatch.setattr(running, "BLOCK", block)
            assert len(spread.cut(rule, J, theta0, 0, block, None)) > 1
            assert_same_run(whole, run(rule, J, theta0, steps=5, keep=2))
            again = run(rule, J, whole.theta[-1], steps=3, state=whole.state, t0=5)
            assert_same_run(rest, again)
            monkeypatch.undo()


def test_what_has_numbers_of_its_own_for_every_run_is_cut_only_where_it_tells_how():
    J, pick = models.logistic(np.eye(3), np.array([0, 1, 1])), slice(1, 3)
    lam = l2(np.ones((5, 1)))
    own = Objective(lambda th: th.sum(-1), separable=False)
    changed = {"grad": lambda th: 0 * th}
    assert J.of_runs(-2, pick) is J
    assert lam.of_runs(-2, pick).strength.shape == (2, 1)
    assert lam.of_runs(-3, pick) is lam
    assert J.batches(2, [1, 2, 3]).of_runs(-2, pick).seed.tolist() == [2, 3]
    assert J.batches(2, [1]).of_runs(-2, pick).seed.tolist() == [1]
    assert J.batches(2, [1, 2, 3]).of_runs(-3, pick).seed.tolist() == [1, 2, 3]
    assert J.batches(2, watch=own).of_runs(-2, pick) is None
    assert (J + own).of_runs(-2, pick) is None
    assert Through(own).of_runs(-2, pick) is None
    assert Through(J, **changed).of_runs(-2, pick).J is J
    assert Through(J + lam, **changed).of_runs(-2, pick) is None
    assert Through(J + lam, **changed, separable=True).of_runs(-2, pick).J is not J + lam
    assert Through(J, separable=False).of_runs(-2, pick) is None
    assert Through(J + lam, name="x").of_runs(-2, pick).name == "x"

    class Own(Through):
        def watch(self, theta, t):
            return theta.sum(-1)

    plain = Own(J.batches(2))
    assert plain.of_runs(-2, pick) is plain
    assert Own(J + lam).of_runs(-2, pick) is None
    assert Own(J + lam).of_runs(-3, pick) is None
    assert Own(J + lam, separable=True).of_runs(-2, pick) is None
    total = J + l2(1.0)
    total.separable = False
    assert total.of_runs(-2, pick) is None


def test_a_rule_that_mixes_runs_is_caught():
    class Mixer(Optimizer):
        def fields(self):
            return {}

        def step(self, J, theta, state, t):
            return theta - 0.1 * np.mean(J.grad(theta), axis=0), {}

    with pytest.raises(ValueError, match="step of Mixer must treat every run of a batch by itself"):
        run(Mixer(), GROUNDS["ravine"], starts(), 5)
