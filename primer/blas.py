"""What the libraries below are told at the import.

One BLAS thread, so that the numbers of a run do not depend on how many cores a machine has.

A sum that is split over threads rounds differently, and the arrays here are too small to gain by
it: `run` spreads blocks of runs over threads instead. Setting one of the variables in `NAMES`
before the import overrules this.
"""

import os

import threadpoolctl

NAMES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def pin() -> None:
    """Keep every BLAS at one thread: those loaded already, and those that will be."""
    if any(name in os.environ for name in NAMES):
        return
    os.environ.update(dict.fromkeys(NAMES, "1"))
    threadpoolctl.threadpool_limits(1, user_api="blas")


def keep_memory() -> None:
    """Have the C library keep what a step frees for the next step.

    By default glibc hands arrays above 128 kB back to the system and asks for them again, page by
    page, which takes longer than the arithmetic. It stops doing so with arrays up to the size of
    the largest that was ever freed: here 31 MB, which are never touched.
    """
    import numpy as np

    np.empty(31 * 2**20, np.uint8)


pin()
keep_memory()
