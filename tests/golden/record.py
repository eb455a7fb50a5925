"""Record what torch and optax compute, so that the tests need neither: `make parity` checks it.

Run it in an environment that has torch, jax and optax, from the root of the repository, when a rule
is added or a call in the registry changes::

    python tests/golden/record.py

Each record holds a rule, its numbers, the library's call, the objective (of tests/libraries.py) and
the library's iterates at a few steps, as far as the run is not chaotic.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import libraries

FILE = Path(__file__).with_name("vectors.json")
KEPT = (1, 2, 5, 20, 100, 500)


def records() -> list[dict]:
    made = []
    for case in libraries.cases():
        rule = libraries.made(*case)
        for library, runner in libraries.RUNNERS.items():
            for ground, J in libraries.GROUNDS.items() if libraries.has(rule, library) else ():
                limit = libraries.calm(rule, J, J.start)
                theta = runner(rule, J, J.start)
                made.append({
                    "rule": libraries.spelled(rule),
                    "library": library,
                    "calls": [getattr(libraries.entry(r), library) for r in libraries.layers(rule)],
                    "objective": ground,
                    "theta": {str(t): theta[t].tolist() for t in KEPT if t < limit},
                })  # fmt: skip
    return made


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(record) for record in records())
    head = json.dumps({"versions": libraries.versions(), "steps": libraries.STEPS})
    FILE.write_text(f'{head[:-1]}, "records": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{FILE.name}: {lines.count(chr(10)) + 1} records, {FILE.stat().st_size} bytes")
