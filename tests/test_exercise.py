"""Exercises judge an answer as a reader expects."""

import pytest

from primer.exercise import verdict


def test_no_answer_is_neither_right_nor_wrong():
    assert not verdict(None, 1.0)
    assert "answered" in verdict(None, 1.0)


@pytest.mark.parametrize("answer", [0.1, 0.1004, "0.1"])
def test_a_number_within_the_tolerance_is_right(answer):
    assert verdict(answer, 0.1) == "Right."


@pytest.mark.parametrize("answer", [0.2, float("nan"), [0.1, 0.1], "much", {}])
def test_anything_else_is_wrong_and_gets_a_reason(answer):
    found = verdict(answer, 0.1, hint="Think of t = 0.")
    assert not found
    assert found.startswith("Not yet")


def test_an_error_in_the_readers_code_is_told_not_raised():
    assert "ZeroDivisionError" in verdict(lambda: 1 / 0, lambda f: f() == 1)


def test_zero_must_be_met_exactly():
    assert verdict(0, 0.0)
    assert not verdict(1e-9, 0.0)
