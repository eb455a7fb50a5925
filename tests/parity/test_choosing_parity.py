"""PyTorch's lines of every recommendation make what they say: optimizer, rates, and clipping."""

import pytest

from primer.derived.calls import torch_lines
from primer.measure import choose
from primer.measure.choosing import possible
from primer.measure.decisions import QUESTIONS
from primer.rules.wrappers import innermost
from primer.schedules import Schedule

pytestmark = pytest.mark.parity
ADVICE = {(a.chosen.key, a.paced.key): a for a in map(choose, possible(QUESTIONS))}


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")


@pytest.mark.parametrize("advice", ADVICE.values(), ids=map("/".join, ADVICE))
def test_the_lines_run_and_give_the_rates_of_the_schedule(advice, torch):
    text = torch_lines(advice.recipe, advice.chosen.penalty)
    model = torch.nn.Linear(2, 1)
    rule, peak = innermost(advice.recipe), float(innermost(advice.chosen.rule).lr)
    names = {
        "torch": torch,
        "model": model,
        "optimizer": torch.optim.SGD(model.parameters(), lr=peak),
        "clip_grad_norm_": torch.nn.utils.clip_grad_norm_,
        **{k: v for k, v in vars(torch.optim.lr_scheduler).items() if k[0] != "_"},
    }
    model(torch.ones(2)).backward()
    exec(text, names)
    optimizer, rates = names["optimizer"], []
    if not isinstance(rule.lr, Schedule):
        assert optimizer.param_groups[0]["lr"] == rule.lr
        return
    for _ in range(10_000):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        names["scheduler"].step()
    for t in range(0, 10_000, 37):
        assert rates[t] == pytest.approx(rule.lr(t), rel=1e-6, abs=1e-12)
    assert optimizer.param_groups[0]["weight_decay"] == (
        advice.chosen.penalty or rule.fields().get("weight_decay", 0.0)
    ) or text.startswith("# torch.optim has no")
