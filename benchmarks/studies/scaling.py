"""What runs cost: many at once, long vectors, every step kept, a million on all cores.

    python benchmarks/studies/scaling.py
    python benchmarks/studies/scaling.py workers

The first writes book/measured/scaling.json for the page book/scaling.md, the second, for a machine
of many cores, book/measured/workers.json: the same million on more and more of them. Every row is
measured in a process of its own, so that its peak of memory is its own. Finished rows are kept
beside that file until all are there: started again after a kill, the study goes on where it was.
loky and Dask are measured if they are installed.
"""

import concurrent.futures
import contextlib
import datetime
import hashlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks import machine as here  # noqa: E402
from primer import Adam, landscapes, run, sweep

OUT = Path(__file__).parents[2] / "book/measured/scaling.json"
WORKERS = OUT.with_name("workers.json")
STEPS, SIDE, KEPT_RUNS, DIM_STEPS, DIM_RUNS = 500, 1000, 10_000, 100, 10
WORKER_STEPS = 100
#: Dask's workers hand every large array back to the system at once, unless this is set.
MALLOC = "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_"
DIMS = (2, *(10**k for k in range(1, 7)))
ROWS = [
    *({"part": "runs", "runs": n} for n in (1, 10**2, 10**3, 10**4, 10**5, 10**6)),
    *({"part": "dim", "dim": d, "runs": n} for n in (1, DIM_RUNS) for d in DIMS),
    *({"part": "keep", "keep": k} for k in (1, 10, 100, STEPS)),
    *({"part": "cores", "on": name} for name in ("one thread", "threads", "process pool")),
    *({"part": "cores", "on": name} for name in ("loky", "Dask")),
]
MORE_AND_MORE = [
    {"part": "workers", "on": name, "workers": n}
    for name in ("threads", "process pool")
    for n in (1, 2, 4, 8, 16, 32, 64)
    if n <= (os.cpu_count() or 1)
]


def lrs(count):
    return np.logspace(-4, 0, count)


def rosenbrock(runs, keep=STEPS, **how):
    """So many runs of Adam, each with a rate of its own."""
    rule = Adam(lr=lrs(runs)[:, None]) if runs > 1 else Adam(lr=0.01)
    return run(rule, landscapes.rosenbrock(), [-1.5, 2.0], STEPS, keep=keep, **how)


def measure_runs(row):
    return timed(lambda: rosenbrock(row["runs"]))


def measure_dim(row):
    d, n = row["dim"], row["runs"]
    J, start = landscapes.quadratic(np.linspace(1, 10, d)), np.ones((n, d))
    return timed(lambda: run(Adam(lr=0.01), J, start, DIM_STEPS, keep=DIM_STEPS))


def measure_keep(row):
    found = timed(lambda: rosenbrock(KEPT_RUNS, row["keep"]))
    result = rosenbrock(KEPT_RUNS, row["keep"])
    return found | {"bytes": result.theta.nbytes + result.loss.nbytes, "kept": len(result.steps)}


def measure_cores(row):
    """A million runs, a grid; the digest tells whether the bits are the same."""
    with executor(row["on"]) as (pool, workers):
        rosenbrock(1000, executor=pool)  # the workers are up and have imported what they need
        begin = time.perf_counter()
        result = million(STEPS, pool)
        seconds = time.perf_counter() - begin
    arrays = (result.theta, result.loss, result.diverged_at)
    bits = hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays))
    return {"seconds": seconds, "workers": workers, "digest": bits.hexdigest()}


def million(steps, pool):
    """A grid of rates and decays, only the end kept."""
    rule = Adam(**sweep(lr=lrs(SIDE), beta1=np.linspace(0, 0.99, SIDE)))
    start = [-1.5, 2.0]
    return run(rule, landscapes.rosenbrock(), start, steps, keep=steps, executor=pool)


def measure_workers(row):
    name = row["on"].replace("threads", "thread pool")
    with executor(name, row["workers"]) as (pool, _):
        rosenbrock(1000, executor=pool)
        return timed(lambda: million(WORKER_STEPS, pool))


@contextlib.contextmanager
def executor(name, cores=None):
    """An executor by its name and how many work in it; None for the threads of `run` itself."""
    cores = cores or os.cpu_count()
    if name == "threads":
        yield None, cores
    elif name in ("one thread", "thread pool"):
        count = cores if name == "thread pool" else 1
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            yield pool, count
    elif name == "process pool":
        with concurrent.futures.ProcessPoolExecutor(
            cores, mp_context=multiprocessing.get_context("spawn")
        ) as pool:
            yield pool, cores
    elif name == "loky":
        import loky

        with loky.get_reusable_executor(cores) as pool:
            yield pool, cores
    else:
        import dask
        import distributed

        with (
            dask.config.set({MALLOC: 2**25}),
            distributed.LocalCluster(
                n_workers=cores, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
            ) as cluster,
            cluster.get_client() as client,
        ):
            yield client.get_executor(), cores


def timed(work, most=5, patience=20):
    """Seconds, the median of up to five goes, and how far they raise the peak of memory."""
    before, seconds = peak_memory(), []
    while not seconds or (len(seconds) < most and sum(seconds) < patience):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return {"seconds": float(np.median(seconds)), "memory": peak_memory() - before}


def peak_memory():
    """The most bytes that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says includes the parent's peak
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


def machine():
    return here.machine() | {name: here.versions()[name] for name in ("python", "numpy")}


def settings():
    return {
        "steps": STEPS, "side": SIDE, "kept_runs": KEPT_RUNS,
        "dim_steps": DIM_STEPS, "dim_runs": DIM_RUNS, "worker_steps": WORKER_STEPS,
    }  # fmt: skip


def row_in_a_process(row):
    command = [sys.executable, __file__, json.dumps(row)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == MISSING:
        return None
    if done.returncode:
        raise SystemExit(f"{row} failed")
    return json.loads(done.stdout)


#: What a process returns whose executor is not installed.
MISSING = 3


def finished(partial, head):
    """Rows that an earlier study on this machine left behind."""
    text = partial.read_text(encoding="utf-8") if partial.exists() else ""
    whole = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return whole[1:] if whole[:1] == [head] else []


def study(out=OUT, rows=ROWS):
    head, partial = machine() | settings(), out.with_suffix(".part")
    done = finished(partial, head)
    partial.write_text("".join(json.dumps(x) + "\n" for x in [head, *done]), encoding="utf-8")
    todo = [row for row in rows if not any(row.items() <= x.items() for x in done)]
    for row in tqdm(todo, unit="row"):
        found = row_in_a_process(row)
        if found is None:
            tqdm.write(f"{row['on']} is not installed: left out")
            continue
        done.append(row | found)
        with partial.open("a", encoding="utf-8") as file:
            file.write(json.dumps(done[-1]) + "\n")
    done = [x for row in rows for x in done if row.items() <= x.items()]
    date = datetime.date.today().isoformat()
    text = json.dumps({"date": date, **head, "rows": done}, indent=1, ensure_ascii=False)
    out.write_text(text + "\n", encoding="utf-8")
    partial.unlink()


def main():
    if len(sys.argv) == 1:
        return study()
    if sys.argv[1] == "workers":
        return study(WORKERS, MORE_AND_MORE)
    row = json.loads(sys.argv[1])
    try:
        found = globals()[f"measure_{row['part']}"](row)
    except ImportError:
        return sys.exit(MISSING)
    return print(json.dumps(found))


if __name__ == "__main__":
    main()
