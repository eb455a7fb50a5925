"""Runs give the bits that they gave before: what makes them quicker must not change a number.

`tests/golden/record_runs.py` writes the recording; where a machine's C library has other cosines,
powers or dot products than the recording machine, what is made of them is left out.
"""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "golden"))
import record_runs

STORED = json.loads(record_runs.FILE.read_text("utf-8"))
OTHER = {k for k, v in record_runs.fingerprints().items() if STORED["fingerprints"][k] != v}
CASES = [(name, size) for size in (None, record_runs.RUNS) for name in record_runs.rules(size)]


def foreign(key):
    return {kind for word, kind in record_runs.FOREIGN.items() if word in key} & OTHER


@pytest.mark.parametrize(("name", "size"), CASES, ids=str)
def test_a_rule_gives_the_stored_bits(name, size):
    rule, compared = record_runs.rules(size)[name], 0
    for ground, J in record_runs.GROUNDS.items():
        for dtype in ("float64", "float32"):
            key = f"{name}|{size or 'plain'}|{ground}|{dtype}"
            if not foreign(key):
                assert record_runs.bits(rule, J, size, dtype) == STORED["runs"][key], key
                compared += 1
    if not compared:
        pytest.skip(f"this machine has other bits of {', '.join(sorted(OTHER))}")


def test_every_rule_is_stored():
    names = {f"{name}|{size or 'plain'}" for name, size in CASES}
    assert {key.rsplit("|", 2)[0] for key in STORED["runs"]} == names
