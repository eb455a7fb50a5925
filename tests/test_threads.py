"""The numbers do not depend on how many cores BLAS could use, whoever imports what first."""

import json
import os
import subprocess
import sys

import pytest

import primer
from primer import blas

LOOK = """
import json, threadpoolctl
pools = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
print(json.dumps([p["num_threads"] for p in pools]))
"""


def threads(script, **variables):
    kept = {k: v for k, v in os.environ.items() if k not in (*blas.NAMES, "OMP_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", script + LOOK], text=True, capture_output=True, check=True,
        env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), **variables},
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "imports",
    ["import primer", "import numpy, primer", "import numpy, primer, scipy.linalg"],
)
def test_every_blas_has_one_thread_once_primer_is_imported(imports):
    assert set(threads(imports)) == {1}


def test_who_sets_the_number_of_threads_decides():
    assert primer.blas is blas
    if os.cpu_count() > 1:
        assert 2 in threads("import numpy, primer", OPENBLAS_NUM_THREADS="2")
