"""Clocks: interleaved repeats of several functions, and what is said of their times."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm.auto import tqdm

ROOT = Path(__file__).parents[1]


def seconds(function: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def interleaved(
    repeats: int, *functions: Callable[[], Any], clock: Callable[[Any], float] = seconds
) -> np.ndarray:
    """Times of A, B, A, B, …, shape (functions, repeats), after one round that does not count.

    Taking turns lets a busy moment of the machine meet all of them alike.
    """
    rounds = tqdm(range(repeats + 1), unit="round", leave=False, disable=None)
    times = [[clock(function) for function in functions] for _ in rounds]
    return np.array(times[1:]).T


def spread(values: Any) -> dict[str, float]:
    """Median and quartiles."""
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return {"result": float(middle), "low": float(low), "high": float(high)}


def ratio(ours: Any, theirs: Any) -> dict[str, float]:
    """How many times as long theirs take, round by round; the medians of both, in seconds."""
    both = {"ours": float(np.median(ours)), "theirs": float(np.median(theirs))}
    return spread(np.divide(theirs, ours)) | both


def fresh(code: str) -> Any:
    """What a new Python process prints, read as JSON, after running the code."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True, capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"a benchmark's process failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout else None
