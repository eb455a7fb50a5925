"""Studies in parts that outlive a kill: a part is computed once, by one of several processes, and
kept in a file; started again, the study goes on where it was."""

import concurrent.futures
import contextlib
import json
import os
import threading
import time
from pathlib import Path

from tqdm import tqdm

from primer import spread

PARTS = Path(__file__).parent / ".parts"


def kept(file, compute):
    """What `compute()` gives, from the file if an earlier run wrote it."""
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        written = file.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(compute()), encoding="utf-8")
        written.replace(file)
    return json.loads(file.read_text(encoding="utf-8"))


@contextlib.contextmanager
def pool(workers, parts):
    """A function that computes parts, `ready(finished, jobs)`, behind one progress bar."""
    with (
        concurrent.futures.ProcessPoolExecutor(
            workers, initializer=_begin, initargs=(os.getpid(),)
        ) as executor,
        tqdm(total=parts, unit="part") as bar,
    ):

        def ready(finished, jobs):
            for done in concurrent.futures.as_completed(
                [executor.submit(finished, *job) for job in jobs]
            ):
                done.result()
                bar.update()

        yield ready


def _begin(parent):
    """A worker has one core, on which threads would wait for each other; it ends with the study,
    instead of waiting for more when that is killed."""
    spread.THREADS = 1

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
