"""What chapter 10's factorial sweep says: shares of variance, regrets, and orders of tuning.

Everything here takes two tables of scores, one that chooses and one that reports, of shape
(optimizer, schedule, batch, rate, own parameter, seeds). A choice that is reported for one seed is
made by the mean over the others, so that neither examples nor seed are used twice.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from primer.measure import mean_interval, variance_shares

AXES = ("optimizer", "schedule", "batch", "rate", "own parameter")
USUAL = ("rate", "batch", "schedule", "optimizer", "own parameter")
SEARCHES = 500
KINDS = ("main", "total")


@dataclass(frozen=True, eq=False)
class Sweep:
    """Scores that choose and that report, and the rates (optimizer, levels); the last is the
    default. `default` is the cell where nothing is tuned; wide, near and close are ranges of the
    rate."""

    choose: np.ndarray
    report: np.ndarray
    rates: np.ndarray
    default: tuple
    wide: tuple
    near: tuple
    close: tuple

    @property
    def by_others(self):
        """Means that choose: for every seed, over the other seeds."""
        s = self.choose.shape[-1]
        return (self.choose.sum(-1, keepdims=True) - self.choose) / (s - 1)

    @property
    def all_levels(self):
        return [list(range(n)) for n in self.report.shape[:-1]]

    def best(self, levels):
        """The score (seeds,) of the cell among these levels that the other seeds choose."""
        part = np.ix_(*levels, range(self.report.shape[-1]))
        means, told = self.by_others[part], self.report[part]
        flat = means.reshape(-1, means.shape[-1]).argmin(0)
        return told.reshape(-1, told.shape[-1])[flat, range(told.shape[-1])]

    def held(self, free):
        """The levels where only the factors in `free` leave their defaults."""
        return [
            levels if name in free else [fixed]
            for name, levels, fixed in zip(AXES, self.all_levels, self.default, strict=True)
        ]


def said(sample):
    """Mean and half its 95 % interval, over the seeds, of which the first axis is."""
    mean, half = mean_interval(sample)
    return np.round([mean, half], 4).tolist()


def shares(table, names):
    """First-order and total shares with their intervals, and those of every pair of factors."""
    found = {kind: variance_shares(table, names, total=kind == "total") for kind in KINDS}
    told = {
        kind: {name: np.round(triple, 4).tolist() for name, triple in each.items()}
        for kind, each in found.items()
    }
    return told | {"pairs": pairs(table, names, found["main"])}


def pairs(table, names, main):
    """Shares of the interactions of two factors: as large against the two as in their own table."""
    told = {}
    for one, other in itertools.combinations(range(len(names)), 2):
        rest = tuple(k for k in range(len(names)) if k not in (one, other))
        both = names[one], names[other]
        alone = variance_shares(table.mean(rest), both)
        ratio = alone["interactions"][0] / sum(alone[name][0] for name in both)
        told[" x ".join(both)] = round(ratio * sum(main[name][0] for name in both), 4)
    return told


def all_shares(sweep):
    """Shares for each range of the rates, and where the rate is tuned in every cell."""
    told = sweep.report
    log = np.log(np.take(told, sweep.near, axis=3))
    tables = {
        "1/100 to 100": np.take(told, sweep.wide, axis=3),
        "1/10 to 10": np.take(told, sweep.near, axis=3),
        "1/2 to 2": np.take(told, sweep.close, axis=3),
        "one list of rates": one_list(sweep),
        "1/10 to 10, log of the loss": log,
    }
    found = {name: shares(table, AXES) for name, table in tables.items()}
    rest = [name for name in AXES if name != "rate"]
    tuned = at_best_rate(sweep)
    return found | {
        "best rates": shares(tuned, rest),
        "best rates, no huge batch": shares(tuned[:, :, :-1], rest),
    }


def at_best_rate(sweep):
    """Scores (optimizer, schedule, batch, own parameter, seeds), the rate of each cell tuned."""
    pick = sweep.by_others.argmin(3)[:, :, :, None]
    return np.take_along_axis(sweep.report, pick, axis=3)[:, :, :, 0]


def common(sweep):
    """Rates that all optimizers have, and their places for each."""
    lists = [[f"{rate:.4g}" for rate in row[list(sweep.wide)]] for row in sweep.rates]
    shared = [rate for rate in lists[0] if all(rate in row for row in lists)]
    return shared, [[row.index(rate) for rate in shared] for row in lists]


def one_list(sweep):
    """Scores where every optimizer tries the same rates."""
    _, places = common(sweep)
    return np.stack([np.take(x, p, axis=2) for x, p in zip(sweep.report, places, strict=True)])


def regrets(sweep):
    """What each factor is worth: never tuned, the only one tuned, the only one beside the rate."""
    full, untouched = sweep.best(sweep.all_levels), sweep.best(sweep.held(()))
    never = {x: sweep.best(sweep.held([y for y in AXES if y != x])) - full for x in AXES}
    only = {x: untouched - sweep.best(sweep.held([x])) for x in AXES}
    rate = sweep.best(sweep.held(["rate"]))
    beside = {x: rate - sweep.best(sweep.held(["rate", x])) for x in AXES if x != "rate"}
    return {
        "default": said(untouched),
        "best": said(full),
        "never tuned": {x: said(loss) for x, loss in never.items()},
        "only one tuned": {x: said(gain) for x, gain in only.items()},
        "tuned with the rate": {x: said(gain) for x, gain in beside.items()},
    }


def slices(sweep):
    """The best cell, and the loss along each factor alone from there."""
    means, told = sweep.choose.mean(-1), sweep.report.mean(-1)
    cell = np.unravel_index(means.argmin(), means.shape)
    lines = {}
    for k, name in enumerate(AXES):
        lines[name] = np.round(told[(*cell[:k], slice(None), *cell[k + 1 :])], 4).tolist()
    return {"best cell": [int(i) for i in cell], "along": lines}


def carried(sweep, cell, optimizer):
    """The cell with another optimizer, whose rate is as many times its default as the old was."""
    old, there = sweep.rates[cell[0]], sweep.rates[optimizer]
    places = tuner_rates(sweep)
    distance = np.abs(np.log(there[places] / there[-1]) - np.log(old[cell[3]] / old[-1]))
    rate = places[distance.argmin()] if cell[3] < len(there) - 1 else cell[3]
    return (optimizer, *cell[1:3], rate, cell[4])


def tuner_rates(sweep):
    """Places of the rates that a tuner tries: the wide range and the default."""
    return [*sweep.wide, sweep.rates.shape[1] - 1]


def candidates(sweep, cell, name):
    """Cells that a tuner of this one factor tries."""
    axis = AXES.index(name)
    if name == "optimizer":
        return [carried(sweep, cell, k) for k in range(len(sweep.rates))]
    levels = tuner_rates(sweep) if name == "rate" else sweep.all_levels[axis]
    return [(*cell[:axis], k, *cell[axis + 1 :]) for k in levels]


def path(sweep, order, means, seed):
    """Reported losses of the default and after each factor, tuned one after the other."""
    cell, losses = sweep.default, [sweep.report[(*sweep.default, seed)]]
    for name in order:
        cell = min(candidates(sweep, cell, name), key=lambda c: means[(*c, seed)])
        losses.append(sweep.report[(*cell, seed)])
    return losses


def orders(sweep):
    """Tune one factor after the other, once each, in every order there is."""
    means, seeds = sweep.by_others, range(sweep.report.shape[-1])
    every = list(itertools.permutations(AXES))
    paths = np.array([[path(sweep, order, means, s) for s in seeds] for order in every])
    ends, usual = paths[:, :, -1], every.index(USUAL)
    rank = ends.mean(1).argsort()
    place = np.array([[order.index(name) for name in AXES] for order in every])
    at = [[ends[place[:, k] == p].mean() for p in range(5)] for k in range(5)]
    twice = np.array([path(sweep, USUAL * 2, means, s) for s in seeds])
    return {
        "usual": said(paths[usual]),
        "usual twice": said(twice[:, -1]),
        "all": said(ends.mean(0)),
        "usual minus all": said(ends[usual] - ends.mean(0)),
        "better than usual": int((ends.mean(1) < ends.mean(1)[usual]).sum()),
        "ends": np.round(ends.mean(1), 4).tolist(),
        "best order": list(every[rank[0]]),
        "worst order": list(every[rank[-1]]),
        "by place": {name: np.round(row, 4).tolist() for name, row in zip(AXES, at, strict=True)},
    }


def random_search(sweep, trials):
    """Quantiles of what the best of so many random cells reports, over searches and seeds."""
    part = np.take(sweep.by_others, sweep.wide, axis=3)
    told = np.take(sweep.report, sweep.wide, axis=3)
    s = part.shape[-1]
    means, told = part.reshape(-1, s), told.reshape(-1, s)
    drawn = np.random.default_rng(0).integers(len(means), size=(SEARCHES, trials))
    best = np.take_along_axis(drawn[..., None], means[drawn].argmin(1)[:, None], axis=1)
    ends = np.stack([told[best[:, 0, k], k] for k in range(s)])
    quantiles = np.quantile(ends, (0.1, 0.5, 0.9))
    return {
        "trials": trials,
        "mean": said(ends.mean(1)),
        "quantiles": np.round(quantiles, 4).tolist(),
    }


def trials(sweep):
    """Runs that one pass over the factors takes, each cell counted once."""
    return 1 + sum(len(candidates(sweep, sweep.default, name)) - 1 for name in AXES)


def fixed_steps(sweep, choose, report):
    """The batch where examples or steps are held fixed: scores (optimizer, batch, rate, seeds)."""
    cosine = np.take(sweep.report[:, 2, :, :, 1], sweep.near, axis=2)
    choosing = np.take(sweep.choose[:, 2, :, :, 1], sweep.near, axis=2)
    found = {}
    for kind, by, told in (("examples", choosing, cosine), ("steps", choose, report)):
        pick = by.mean(-1).argmin(2)[:, :, None, None]
        tuned = np.take_along_axis(told, pick, axis=2)[:, :, 0]
        found[kind] = {
            "shares": shares(told, ["optimizer", "batch", "rate"]),
            "best rate": pick[:, :, 0, 0].tolist(),
            "loss": said(np.moveaxis(tuned, -1, 0)),
        }
    return found


def everything(sweep, choose, report):
    """All of it, as plain lists and numbers; choose and report are those of equal steps."""
    count = trials(sweep)
    return {
        "shares": all_shares(sweep),
        "common rates": [float(rate) for rate in common(sweep)[0]],
        "regret": regrets(sweep),
        "near the best": slices(sweep),
        "orders": orders(sweep),
        "random search": random_search(sweep, count),
        "fixed": fixed_steps(sweep, choose, report),
        "mean": np.round(sweep.report.mean(-1), 3).tolist(),
    }
