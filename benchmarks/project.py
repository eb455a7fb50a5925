"""How long the project's own commands take, each in a fresh copy of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .rows import Part, Row
from .timing import ROOT

MAKE = ["make", f"VENV={sys.prefix}"]
#: A notebook's cells stay with one worker.
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadscope"]
COMMANDS = {
    "book": [*MAKE, "book"],
    "tests": [*MAKE, "test"],
    "nbval": [*PYTEST, "--nbval-lax", "notebooks"],
}
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
#: Never copied: what commands leave behind, and environments.
LEFT = (
    ".git", ".venv*", "_build", "build", "__pycache__", "*.egg-info", ".ipynb_checkpoints",
    ".pytest_cache", ".hypothesis", ".ruff_cache", ".mypy_cache", "node_modules",
)  # fmt: skip


def minutes(command: list[str]) -> float:
    """Minutes that a command takes in a fresh copy; raises if it fails."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "project"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT))
        env = os.environ | ONE_THREAD | {"PYTHONPATH": str(copy)}
        begin = time.perf_counter()
        done = subprocess.run(command, cwd=copy, env=env, text=True, capture_output=True)
        spent = (time.perf_counter() - begin) / 60
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return spent


def measure(commands: dict[str, list[str]]) -> dict[str, Any]:
    """Each once: a cold start has no second."""
    found = {}
    for name, command in commands.items():
        spent = minutes(command)
        found[f"project-{name}"] = {"result": spent, "low": spent, "high": spent}
    return found


PARTS = (
    Part(
        "project",
        (
            Row("project-book", "make book, from nothing", "", "min", "<= 6"),
            Row("project-tests", "make test", "", "min", "<= 5"),
            Row("project-nbval", "pytest --nbval-lax notebooks", "", "min", "<= 2.5"),
        ),
        measure, COMMANDS, dict.fromkeys(COMMANDS, [sys.executable, "-c", ""]), slow=True,
    ),
)  # fmt: skip
