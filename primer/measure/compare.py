"""A fair comparison: the same tuning budget for every rule, then fresh seeds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .. import check
from ..hyper import OfStep
from ..optimizer import Optimizer
from ..running import Run, run
from ..waiting import each


@dataclasses.dataclass(frozen=True, eq=False)
class Result:
    """One rule's part of a comparison.

    Attributes
    ----------
    rates : ndarray (r,)
        The rates tried.
    tuning : ndarray (r, s)
        Score of every rate and tuning seed; inf where the run diverged.
    rate : float
        The rate with the least median score.
    run : Run
        The runs at that rate from fresh seeds, batch shape (seeds,).
    scores : ndarray (seeds,)
        Their scores.
    """

    rates: np.ndarray
    tuning: np.ndarray
    rate: float
    run: Run
    scores: np.ndarray

    @property
    def at_edge(self) -> bool:
        """True if the best rate is the first or last one tried: the grid was too narrow."""
        return self.rate in (self.rates[0], self.rates[-1])


def compare(
    rules: Mapping[str, Optimizer],
    model: Any,
    *,
    rates: Mapping[str, Any],
    steps: int,
    size: int,
    score: Callable[[Any], Any] | None = None,
    seeds: int = 5,
    tuning_seeds: int = 3,
    keep: int = 10,
) -> dict[str, Result]:
    """Tune the rate of every rule with the same budget, then run each at its best on fresh seeds.

    All rates and seeds of a rule train as one batch. A seed sets both the initial weights and the
    order of the mini-batches; tuning seeds are never used again.

    Parameters
    ----------
    rules : dict of str to Optimizer
        Their lr is replaced by the rate tried; an lr that is a schedule is multiplied by it, so
        give that schedule the peak 1.
    model : DataObjective
        With `initial(seeds)` and `batches(size, seed)`, such as `primer.models.mlp(X, y)`.
    rates : dict of str to array_like
        Positive rates for each rule, as many for one as for another.
    steps, size : int
        Steps of each run and examples of each mini-batch.
    score : callable, optional
        theta (*batch, d) -> (*batch,), less is better, such as a validation loss; by default the
        model's own loss.
    seeds, tuning_seeds : int
        Number of fresh seeds, and of seeds per rate while tuning.
    keep : int
        Keep every keep-th step of the final runs.

    Returns
    -------
    dict of str to Result

    Raises
    ------
    ValueError
        If rules and rates have different names or budgets, a rule has no lr, the model no data, or
        a count is not positive.

    Examples
    --------
    >>> from primer import SGD, data, models
    >>> X, y, *_ = data.breast_cancer()
    >>> result = compare({"SGD": SGD()}, models.logistic(X, y), rates={"SGD": [0.01, 0.1]},
    ...                  steps=20, size=32)
    >>> result["SGD"].tuning.shape, result["SGD"].run.loss.shape
    ((2, 3), (3, 5))
    """
    _refuse_wrong(rules, model, rates, score)
    grids = _same_budget(rules, rates)
    first, count = check.count("seeds", seeds), check.count("tuning_seeds", tuning_seeds)
    score = model if score is None else score
    fresh, spent = np.arange(first), np.arange(first, first + count)
    results = {}
    for name, rule in each(rules.items(), "rule"):
        swept = with_rate(rule, grids[name][:, None, None])
        trial = run(swept, model.batches(size, spent), model.initial(spent), steps, keep=steps)
        tuning = _scores(score, trial)
        rate = float(grids[name][np.median(tuning, axis=1).argmin()])
        final = run(
            with_rate(rule, rate),
            model.batches(size, fresh, watch=model),
            model.initial(fresh),
            steps,
            keep=keep,
        )
        results[name] = Result(grids[name], tuning, rate, final, _scores(score, final))
    return results


def with_rate(rule: Any, rate: Any) -> Any:
    """The rule with `rate` for its lr, or times its lr where that is a schedule.

    Examples
    --------
    >>> from primer import SGD
    >>> with_rate(SGD(), 0.3)
    SGD(lr=0.3)
    """
    if "rule" in rule.fields():
        return dataclasses.replace(rule, rule=with_rate(rule.rule, rate))
    if "lr" not in rule.fields():
        raise check.refuse("rules", rule, "rules with a learning rate lr")
    lr = rule.lr * rate if isinstance(rule.lr, OfStep) else rate
    return dataclasses.replace(rule, lr=lr)


def _scores(score: Callable[[Any], Any], result: Run) -> np.ndarray:
    with np.errstate(all="ignore"):
        raw = np.asarray(score(result.theta[-1]))
    if raw.shape != result.diverged.shape:
        allowed = f"of shape {result.diverged.shape}, one number per run"
        raise check.refuse("score(theta)", raw.shape, allowed)
    return np.where(result.diverged | ~np.isfinite(raw), np.inf, raw)


def _refuse_wrong(rules: Any, model: Any, rates: Any, score: Any) -> None:
    if not isinstance(rules, Mapping) or not all(isinstance(r, Optimizer) for r in rules.values()):
        raise check.refuse("rules", rules, "a dict of Optimizer instances by name")
    if not isinstance(rates, Mapping):
        raise check.refuse("rates", rates, "a dict with an array of rates for each rule")
    if not (hasattr(model, "initial") and hasattr(model, "batches")):
        raise check.refuse("model", model, "a model with data, such as primer.models.mlp(X, y)")
    if score is not None and not callable(score):
        raise check.refuse("score", score, "a function of theta")


def _same_budget(rules: Any, rates: Any) -> dict[str, np.ndarray]:
    if set(rules) != set(rates):
        raise ValueError(
            f"rates must have the names of rules, {sorted(rules)}, got {sorted(rates)}"
        )
    for name in rules:
        check.number(f"rates[{name!r}]", rates[name], "positive")
    grids = {name: np.asarray(rates[name], dtype=float) for name in rules}
    for name, grid in grids.items():
        if grid.ndim != 1 or not grid.size:
            allowed = "a list of rates, such as [0.01, 0.1]"
            raise check.refuse(f"rates[{name!r}]", rates[name], allowed)
    budgets = {name: grid.size for name, grid in grids.items()}
    if len(set(budgets.values())) > 1:
        raise ValueError(f"rates must give every rule the same budget, got {budgets}")
    return grids
