"""What `import primer` costs beyond `import numpy`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .rows import Part, Row
from .timing import fresh, interleaved, spread


def measure(processes: int) -> dict[str, Any]:
    theirs, ours = interleaved(processes, "import numpy", "import primer", clock=_child)
    both = {"ours": float(np.median(ours)), "theirs": float(np.median(theirs))}
    return {"import": spread(ours - theirs) | both}


def _child(line: str) -> float:
    """Seconds that the line takes in a process of its own."""
    return fresh(f"import time; t = time.perf_counter(); {line}; print(time.perf_counter() - t)")


PARTS = (
    Part(
        "import", (Row("import", "import primer", "beyond import numpy", "s", "<= 0.15"),),
        measure, 21, 1,
    ),
)  # fmt: skip
