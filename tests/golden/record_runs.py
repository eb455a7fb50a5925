"""Record the exact bits of runs: every rule, plain and swept, two precisions, six objectives.

A change of speed must leave them alone. Run it from the root of the repository, at a commit whose
numbers are right, when a rule or its sample settings change::

    python tests/golden/record_runs.py
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from helpers import cases, shaped

from primer import Noisy, landscapes, run
from primer.fields import leaves, mapped

FILE = Path(__file__).with_name("runs.json")
STEPS, RUNS = 70, 6
GROUNDS = {
    "ravine": landscapes.ravine(20),
    "rosenbrock": landscapes.rosenbrock(),
    "moving": landscapes.moving_valley(period=20),
    "noise": Noisy(landscapes.himmelblau(), 0.5, seed=3),
    "nine": landscapes.quadratic(np.arange(1.0, 10.0)),
    "rastrigin": landscapes.rastrigin(),
}
GROUNDS = {name: shaped(J) for name, J in GROUNDS.items()}
#: What takes numbers from the C library, whose last bit depends on the processor.
FOREIGN = {
    "moving": "cos", "rastrigin": "cos", "NAdam": "**", "CG": "dot", "Reeves": "dot",
    "ClipPercentile": "exp", "Muon": "blas", "Shampoo": "blas", "SOAP": "blas",
}  # fmt: skip


def rounded(leaf):
    """Settings drawn through exp and log, in digits that are alike everywhere."""
    if isinstance(leaf, float):
        return float(f"{leaf:.6g}")
    if isinstance(leaf, np.ndarray):
        return np.array([float(f"{x:.6g}") for x in leaf.ravel()]).reshape(leaf.shape)
    return leaf


def rules(size):
    return {name: mapped(rounded, rule) for name, rule in cases(size).items()}


def digest(*arrays) -> str:
    """All bits, but for the sign of what is no number."""
    total = hashlib.sha256()
    for array in map(np.asarray, arrays):
        if array.dtype.kind == "f":
            array = np.where(np.isnan(array), array.dtype.type(np.nan), array)
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()[:16]


def fingerprints() -> dict[str, str]:
    """Bits of the C library's functions on this machine."""
    x = np.linspace(-40, 40, 4001)
    many = np.random.default_rng(0).standard_normal((2, 500, 9))
    return {
        "cos": digest(np.cos(x), np.sin(x), [np.cos(v) for v in x[::40]]),
        "exp": digest(np.exp(x), [np.exp(v) for v in x[::40]]),
        "**": digest(0.96**x, [0.96 ** float(v) for v in x[::40]]),
        "blas": digest(
            *(
                x
                for f in "fd"
                for M in [many[0].astype(f)[:9, :6], many[1].astype(f)[:2, :1]]
                for x in (M @ M.T, *np.linalg.eigh(M.T @ M))
            )
        ),
        "dot": digest(*(a.astype(f) @ b.astype(f) for a, b in many.swapaxes(0, 1) for f in "fd")),
    }


def start(J, size, dtype):
    shape = (J.dim,) if size is None else (size, J.dim)
    return np.random.default_rng(0).uniform(-1.5, 1.5, shape).astype(dtype)


def bits(rule, J, size, dtype) -> str:
    done = run(rule, J, start(J, size, dtype), STEPS)
    state = [leaf for _, leaf in leaves(done.state)]
    return digest(done.theta, done.loss, done.diverged_at, *state)


def everything() -> dict[str, str]:
    return {
        f"{name}|{size or 'plain'}|{ground}|{dtype}": bits(rule, J, size, dtype)
        for size in (None, RUNS)
        for name, rule in rules(size).items()
        for ground, J in GROUNDS.items()
        for dtype in ("float64", "float32")
    }


if __name__ == "__main__":
    found = {"fingerprints": fingerprints(), "runs": everything()}
    FILE.write_text(json.dumps(found, indent=0), encoding="utf-8")
    print(f"{FILE.name}: {len(found['runs'])} runs")
