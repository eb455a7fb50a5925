"""Run the notebooks side by side and keep what they print where the book's build looks for it.

The build runs what it does not find there, one notebook after the other: this only saves time. A
notebook that fails is not kept, so that the build meets and reports its error.

Usage: execute_notebooks.py CACHE NOTEBOOK ...
"""

import logging
import sys
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

TIMEOUT = 180  # seconds per cell, as in _config.yml


def main(folder: str, *notebooks: str) -> int:
    cache = get_cache(folder)
    records = [cache.add_nb_to_project(str(Path(notebook).resolve())) for notebook in notebooks]
    executor = load_executor("local-parallel", cache, logging.getLogger("notebooks"))
    executor.run_and_cache(filter_pks=[record.pk for record in records], timeout=TIMEOUT)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
