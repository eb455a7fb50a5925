"""The printed equation of a rule that nobody wrote says what its code does, or is refused."""

import numpy as np
from hypothesis import HealthCheck, given, note, settings
from inventing import made, sources, text
from latex_reader import computed, known_before, lines, states_after

from primer import Objective, TraceError, latex
from primer.derived.latex import legend

#: The coordinate that is neither i nor j.
THIRD = np.array([[0, 2, 1], [2, 0, 0], [1, 0, 0]])
STARTS = np.array([[-0.6, 0.3, 0.9], [0.7, -1.1, 0.2]])
J = Objective(
    lambda th: 0.25 * np.sum(th**4, axis=-1) + th[..., 0] * th[..., 1] * th[..., 2],
    lambda th: th**3 + th[..., [1, 2, 0]] * th[..., [2, 0, 1]],
    lambda th: 3 * th[..., None] ** 2 * np.eye(3) + th[..., THIRD] * (1 - np.eye(3)),
    dim=3,
)
many = settings(max_examples=80, suppress_health_check=list(HealthCheck))


def agrees(rule) -> None:
    """Every line read as mathematics gives the code's numbers, step by step."""
    try:
        block, letters = latex(rule), legend(rule)
    except TraceError as refused:
        note(f"refused: {refused}")
        return
    note(block)
    for theta in STARTS:
        state = rule.init(theta)
        for t in range(4):
            known = known_before(letters, rule, theta, state, t)
            with np.errstate(all="ignore"):
                after = computed(block, known, J)
                theta, state = rule.step(J, theta, state, t)
            if not np.isfinite(theta).all() or np.abs(theta).max() > 1e6:
                break
            expected = {r"\theta_{t+1}": theta, **states_after(letters, state)}
            for letter, value in expected.items():
                found = np.broadcast_to(after[letter], np.shape(value))
                np.testing.assert_allclose(found, value, rtol=1e-6, atol=1e-9, err_msg=letter)
    defined = [left for left, _ in lines(block)]
    assert len(defined) == len(set(defined))
    assert not set(defined) & set(known)


@many
@given(sources())
def test_an_invented_rule_and_its_equation_agree(source):
    note(text(source))
    agrees(made(source))


@many
@given(sources(), sources(held=True))
def test_an_invented_rule_around_another_and_its_equation_agree(inner, outer):
    note(text(inner) + "\n" + text(outer))
    agrees(made(outer, made(inner)))
