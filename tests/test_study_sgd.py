"""Chapter 2's study counts steps, not epochs, and what it stored is what the chapter reads."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers import loaded

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def study():
    return loaded(ROOT / "benchmarks/studies/02_sgd.py")


def test_every_kept_row_records_the_loss_after_that_step(study):
    result = study.train(64, 0.5, np.arange(2), 12, 2)
    assert (np.diff(result.loss, axis=0) != 0).all()
    np.testing.assert_allclose(result.loss[-1], study.MODEL(result.theta[-1]), rtol=1e-5)


def test_tuning_and_reporting_share_no_seed(study):
    assert not set(study.TUNING) & set(study.FRESH)
    assert len(study.FRESH) >= 20


def test_the_stored_numbers_have_the_shape_that_the_study_writes(study):
    stored = json.loads(study.OUT.read_text(encoding="utf-8"))
    assert [int(size) for size in stored] == list(study.SIZES)
    for entry in stored.values():
        assert set(entry["targets"]) == {str(target) for target in study.TARGETS}
        counts = [found["steps"] for found in entry["targets"].values()]
        assert np.shape(counts) == (len(study.TARGETS), len(study.FRESH))
        for kind in ("tuned", "one rate"):
            assert len(entry[kind]["accuracy"]) == entry[kind]["reached"]
