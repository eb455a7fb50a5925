"""Every rule gives the iterates that torch and optax gave when they were recorded.

`tests/golden/record.py` writes the recording, `make parity` confirms it live.
"""

import json
from pathlib import Path

import libraries
import numpy as np
import pytest

GOLDEN = json.loads((Path(__file__).parent / "golden" / "vectors.json").read_text("utf-8"))
RECORDS = GOLDEN["records"]


def named(record):
    rule = "-".join(part[0] for part in record["rule"])
    return f"{rule}-{record['library']}-{record['objective']}-{RECORDS.index(record)}"


@pytest.mark.parametrize("record", RECORDS, ids=named)
def test_the_recorded_iterates_are_reproduced(record):
    rule = libraries.adapted(libraries.built(record["rule"]), record["library"])
    J, steps = libraries.GROUNDS[record["objective"]], [int(t) for t in record["theta"]]
    ours = libraries.seen(rule, J, J.start, max(steps))[steps]
    libraries.assert_near(ours, np.array(list(record["theta"].values())))


def test_the_recorded_calls_are_those_of_the_registry():
    for record in RECORDS:
        parts = libraries.layers(libraries.built(record["rule"]))
        now = [getattr(libraries.entry(part), record["library"]) for part in parts]
        assert record["calls"] == now, "run tests/golden/record.py where torch and optax are"


def test_every_rule_with_a_counterpart_is_recorded_with_every_setting():
    recorded = [(r["rule"], r["library"], r["objective"]) for r in RECORDS]
    for case in libraries.cases():
        rule = libraries.made(*case)
        for library in libraries.RUNNERS:
            for ground in libraries.GROUNDS if libraries.has(rule, library) else ():
                this = (libraries.spelled(rule), library, ground)
                assert this in recorded, f"run tests/golden/record.py: {this} is not recorded"


def test_the_recording_names_its_versions_and_goes_far():
    assert GOLDEN["versions"]["torch"].startswith("2.13.0")
    assert {"numpy", "torch", "jax", "optax"} == set(GOLDEN["versions"])
    full = sum("500" in record["theta"] for record in RECORDS)
    assert full > 0.9 * len(RECORDS)
    assert all(len(record["theta"]) >= 4 for record in RECORDS)
