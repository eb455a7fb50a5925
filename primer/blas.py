"""One BLAS thread, so that the numbers of a run do not depend on how many cores a machine has.

A sum that is split over threads rounds differently, and the arrays here are too small to gain by
it: `run` spreads blocks of runs over threads instead. Setting one of the variables in `NAMES`
before the import overrules this.
"""

import os
import sys

NAMES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def pin() -> None:
    """Keep every BLAS at one thread: those loaded already, and those that will be."""
    if any(name in os.environ for name in NAMES):
        return
    os.environ.update(dict.fromkeys(NAMES, "1"))
    if "numpy" in sys.modules:  # a BLAS that is loaded does not look at the variables again
        import threadpoolctl

        threadpoolctl.threadpool_limits(1, user_api="blas")


pin()
