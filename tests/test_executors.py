"""Whatever computes the pieces of a batch, and whatever dies meanwhile, the bits are the same."""

import asyncio
import concurrent.futures
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import types
import warnings

import numpy as np
import pytest
from helpers import assert_same_run

from primer import (
    SGD,
    Adam,
    Objective,
    Optimizer,
    Varying,
    landscapes,
    models,
    run,
    running,
    spread,
    sweep,
)

GRID = sweep(lr=np.linspace(0.01, 0.2, 4), beta1=[0.0, 0.5, 0.9])
ROSENBROCK = landscapes.rosenbrock()


def pool(method):
    start = multiprocessing.get_context(method)
    return concurrent.futures.ProcessPoolExecutor(2, mp_context=start)


@pytest.fixture(scope="module")
def spawn():
    with pool("spawn") as executor:
        yield lambda: executor


@pytest.fixture(scope="module")
def forkserver():
    with pool("forkserver") as executor:
        yield lambda: executor


@pytest.fixture(scope="module")
def loky():
    loky = pytest.importorskip("loky")
    yield lambda: loky.get_reusable_executor(2)
    loky.get_reusable_executor(2).shutdown()


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def dask(cluster):
    with cluster.get_client() as client:
        yield client.get_executor


@pytest.fixture(scope="module")
def threads():
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        yield lambda: executor


@pytest.fixture(scope="module", params=["threads", "spawn", "forkserver", "loky", "dask"])
def executor(request):
    return request.getfixturevalue(request.param)()


def quiet(*args, **kwargs):
    """run(…) in which nothing is lost."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return run(*args, **kwargs)


def local_rule():
    class Halving(Optimizer):
        """A rule that no other process can import."""

        def __init__(self, lr):
            self.lr = lr

        def fields(self):
            return {"lr": self.lr}

        def init(self, theta):
            return {"m": 0 * theta, "left": 1.0}

        def step(self, J, theta, state, t):
            m = 0.5 * state["m"] + J.grad(theta)
            return theta - self.lr * m, {"m": m, "left": state["left"] * (1 - self.lr)}

    return Halving(np.linspace(0.001, 0.01, 5)[:, None])


def of_lambdas():
    return Objective(lambda th: (th**4).sum(-1), lambda th: 4 * th**3, dim=2)


def test_every_executor_gives_the_bits_of_one_process(executor):
    for rule, J, start in (
        (Adam(**GRID), ROSENBROCK, [-1.2, 1.0]),
        (local_rule(), of_lambdas(), [0.5, -0.25]),
    ):
        alone = run(rule, J, start, 12)
        assert_same_run(alone, quiet(rule, J, start, 12, executor=executor))
        rest = run(rule, J, alone.theta[-1], 5, state=alone.state, t0=12, keep=2)
        assert_same_run(
            rest,
            quiet(rule, J, alone.theta[-1], 5, state=alone.state, t0=12, keep=2, executor=executor),
        )


def test_networks_with_batches_of_their_own_go_to_the_workers(executor):
    rng = np.random.default_rng(0)
    net = models.mlp(rng.standard_normal((20, 3)), rng.integers(0, 3, 20), hidden=(4,))
    J, start = net.batches(5, seed=np.arange(4)), net.initial(range(4))
    assert len(spread.cut(Adam(), J, start, 0, 2**17, executor)) == 2
    assert_same_run(run(Adam(), J, start, 9), quiet(Adam(), J, start, 9, executor=executor))


def test_there_are_as_many_pieces_as_the_executor_has_workers(executor):
    assert spread.workers(executor) == 2
    assert len(spread.cut(Adam(), ROSENBROCK, np.ones((9, 2)), 0, 2**17, executor)) == 2


def test_an_executor_that_does_not_tell_its_size_has_that_of_this_machine(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 7)
    gone = types.SimpleNamespace(nthreads=lambda: 1 / 0)
    for told in ({}, {"_max_workers": None}, {"_max_workers": 0}, {"_client": gone}):
        assert spread.workers(types.SimpleNamespace(**told)) == 7
    several = types.SimpleNamespace(nthreads=lambda: {"a": 8, "b": 16})
    assert spread.workers(types.SimpleNamespace(_client=several)) == 24


# Workers that die


def deadly(marker=None):
    """Rosenbrock, whose step 5 kills any process but this one; with a marker, one process only."""
    home = os.getpid()

    def first():
        try:
            open(marker, "x").close()
        except FileExistsError:  # two workers may arrive at once: one makes the file and dies
            return False
        return True

    def grad(theta):
        if os.getpid() != home and (marker is None or first()):
            os.kill(os.getpid(), signal.SIGKILL)
        return ROSENBROCK.grad(theta)

    last = Objective(ROSENBROCK, grad, dim=2)
    return Varying(lambda t: last if t == 5 else ROSENBROCK, dim=2)


@pytest.mark.parametrize("name", ["forkserver", "loky"])
def test_when_a_worker_dies_what_it_had_is_computed_here(name, tmp_path, request):
    executor = pool(name) if name == "forkserver" else request.getfixturevalue(name)()
    J, marker = deadly(str(tmp_path / "died")), tmp_path / "died"
    with executor, pytest.warns(RuntimeWarning, match=r"Executor failed \(.*of 2 pieces are comp"):
        survived = run(Adam(**GRID), J, [-1.2, 1.0], 12, executor=executor)
    assert marker.exists()
    assert_same_run(run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12), survived)


def test_dask_gives_the_piece_of_a_dead_worker_to_another_one(dask, cluster, tmp_path):
    cluster.scheduler.allowed_failures = 3
    J, marker = deadly(str(tmp_path / "died")), tmp_path / "died"
    survived = quiet(Adam(**GRID), J, [-1.2, 1.0], 12, executor=dask())
    assert marker.exists()
    assert_same_run(run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12), survived)


def test_a_piece_that_dask_gives_up_is_computed_here(dask, cluster):
    cluster.scheduler.allowed_failures = 0
    cluster.wait_for_workers(2)
    with pytest.warns(RuntimeWarning, match=r"ClientExecutor failed \(KilledWorker.*2 of 2 pieces"):
        survived = run(Adam(**GRID), deadly(), [-1.2, 1.0], 12, executor=dask())
    assert_same_run(run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12), survived)


def test_an_executor_that_is_shut_down_loses_nothing():
    executor = concurrent.futures.ThreadPoolExecutor(3)
    executor.shutdown()
    with pytest.warns(RuntimeWarning, match=r"ThreadPoolExecutor failed \(RuntimeError: .*3 of 3"):
        survived = run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12, executor=executor)
    assert_same_run(run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12), survived)


class Faulty(concurrent.futures.Executor):
    """The first piece is done; the others get futures as `fail` leaves them."""

    _max_workers = 3

    def __init__(self, fail):
        self.fail, self.futures = fail, []

    def submit(self, function, *args, **kwargs):
        future = concurrent.futures.Future()
        if self.futures:
            self.fail(future)
        else:
            future.set_result(function(*args, **kwargs))
        self.futures.append(future)
        return future


@pytest.mark.parametrize(
    "fail",
    [
        lambda future: (future.cancel(), future.set_running_or_notify_cancel()),
        lambda future: future.set_exception(OSError("the line is dead")),
        lambda future: future.set_exception(asyncio.CancelledError()),
        lambda future: future.set_exception(MemoryError()),
    ],
)
def test_any_failure_that_is_not_ours_is_made_good_here(fail):
    with pytest.warns(RuntimeWarning, match=r"Faulty failed .*2 of 3 pieces are computed") as seen:
        survived = run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12, executor=Faulty(fail))
    assert_same_run(run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12), survived)
    assert len(seen) == 1
    assert seen[0].filename == __file__


def test_an_interrupt_is_not_taken_for_a_failure_and_cancels_what_waits():
    stops = iter([lambda f: f.set_exception(KeyboardInterrupt()), lambda f: None])
    executor = Faulty(lambda future: next(stops)(future))
    with pytest.raises(KeyboardInterrupt):
        run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12, executor=executor)
    assert executor.futures[2].cancelled()


# Errors of one's own


def failing(error):
    def step(self, J, theta, state, t):
        if t == 3:
            raise error
        return theta - 0.1 * J.grad(theta), {}

    return type("Failing", (Optimizer,), {"fields": lambda self: {}, "step": step})()


def odd():
    class OddError(Exception):
        def __init__(self, what):
            super().__init__(f"it is {what}")

    return OddError("odd")


@pytest.mark.filterwarnings("ignore:.*computed in this process")
@pytest.mark.parametrize("error", [ValueError("no such thing"), ZeroDivisionError("1 / 0"), odd()])
def test_an_error_in_a_worker_is_that_of_one_process(executor, error):
    rule, start = failing(error), np.ones((4, 2))
    with pytest.raises(type(error)) as alone:
        run(rule, ROSENBROCK, start, 9)
    with pytest.raises(type(error)) as there:
        run(rule, ROSENBROCK, start, 9, executor=executor)
    assert type(there.value) is type(alone.value)
    assert str(there.value) == str(alone.value)


def test_an_error_in_a_worker_tells_where_it_was_raised(forkserver):
    with pytest.raises(ZeroDivisionError) as there:
        run(failing(ZeroDivisionError()), ROSENBROCK, np.ones((4, 2)), 9, executor=forkserver())
    assert "In a worker of the executor:\nTraceback" in there.value.__notes__[0]
    assert "in step\n" in there.value.__notes__[0]


def test_what_no_process_can_be_sent_is_computed_by_threads(threads, forkserver):
    lock = threading.Lock()

    def grad(theta):
        with lock:
            return ROSENBROCK.grad(theta)

    J = Objective(ROSENBROCK, grad, dim=2)
    alone = run(Adam(**GRID), ROSENBROCK, [-1.2, 1.0], 12)
    assert_same_run(alone, quiet(Adam(**GRID), J, [-1.2, 1.0], 12, executor=threads()))
    with pytest.warns(RuntimeWarning, match="2 of 2 pieces are computed in this process"):
        here = run(Adam(**GRID), J, [-1.2, 1.0], 12, executor=forkserver())
    assert_same_run(alone, here)


SCRIPT = """
import concurrent.futures, multiprocessing, sys, warnings
import numpy as np
import primer
from primer import Objective, SGD, run, sweep
assert not {"cloudpickle", "distributed", "loky"} & set(sys.modules)

class Mine(SGD):
    def step(self, J, theta, state, t):
        return theta - 2 * self.lr * J.grad(theta), state

J = Objective(lambda th: (th**2).sum(-1), lambda th: 2 * th)
warnings.simplefilter("error")
alone = run(Mine(**sweep(lr=[0.1, 0.2])), J, [1.0, 2.0], 9)
assert "cloudpickle" not in sys.modules
for start in sys.argv[1:]:
    context = multiprocessing.get_context(start)
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        there = run(Mine(**sweep(lr=[0.1, 0.2])), J, [1.0, 2.0], 9, executor=pool)
    assert (alone.theta == there.theta).all()
"""


def test_what_a_notebook_defines_reaches_the_workers_and_only_they_need_cloudpickle():
    """A notebook's __main__ has no file that a worker could import, nor has that of -c."""
    starts = set(multiprocessing.get_all_start_methods()) & {"fork", "spawn"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *sorted(starts)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_progress_bar_moves_when_a_piece_is_done(threads, monkeypatch):
    ticks = []
    bar = contextlib.contextmanager(lambda total, shown: iter([ticks.append]))
    monkeypatch.setattr(running, "_bar", bar)
    pool = threads()
    run(SGD(lr=0.01), landscapes.rosenbrock(), np.ones((12, 2)), 40, executor=pool)
    assert ticks == [40] * spread.workers(pool)
