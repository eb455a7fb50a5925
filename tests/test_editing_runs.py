"""The text of a rule, unedited, runs on the page as its program does, to the last bit.

Every rule that can be edited on every landscape of the registry, moving and noisy ones too, in one
to twelve dimensions, with sliders, schedules and values per coordinate.
"""

import numpy as np
import pytest
from editing import in_node
from helpers import domains
from pages import schedules, slider

from primer import (
    SGD,
    Adam,
    AdamW,
    Cosine,
    Linear,
    Momentum,
    Noisy,
    PerCoordinate,
    Slider,
    explore,
    l2,
    landscapes,
    registry,
)
from primer.explorer.editing import source
from primer.explorer.page import register
from primer.objective import Through
from primer.rules.matrices import MatrixRule

STEPS = 60
RUNS = 6
SHARED: dict = {}


def one_block(J):
    """J, told as one vector for the rules that ask for its blocks."""
    return Through(J, shapes=[(J.dim,)])


GROUNDS = {name: one_block(entry.make()) for name, entry in registry.landscapes.items()}


def rules(*left_out: str) -> dict:
    """Every rule that can be edited, with sliders in its fields, one for all fields of a name."""
    made = {}
    for name, entry in registry.rules.items():
        if entry.kind != "rule" or entry.no_page or name in left_out:
            continue
        if issubclass(entry.make, MatrixRule):
            continue
        fields = {}
        for field, domain in domains(entry.make).items():
            fields[field] = SHARED.setdefault((field, domain), slider(domain, 0))
        made[name] = entry.make(**fields)
    return made


def grounds(dim: int) -> dict:
    return {name: J for name, J in GROUNDS.items() if J.dim == dim}


def mixtures():
    """Schedules, values per coordinate, and what stands in w."""
    peak, beta = Slider(1e-3, 1, 0.1, log=True), Slider(0, 0.99, 0.9, near_one=True)
    few = {name: GROUNDS[name] for name in ("rosenbrock", "moving_valley")}
    each = [SGD(lr=made) for made in schedules().values()]
    yield explore(*each, on=few, steps=STEPS, views=("loss", "rate"), names=[*schedules()])
    warm = Linear(0, peak, 20).then(Cosine(peak, 50)) * 0.5
    yield explore(
        Momentum(warm, Linear(0.5, beta, 40)),
        Adam(lr=PerCoordinate([0.1, 0.02]), beta1=beta),
        AdamW(lr=warm, beta2=beta, weight_decay=PerCoordinate([0.0, 0.3])),
        on=few,
        steps=STEPS,
        views=("loss", "state"),
    )
    yield explore(Adam(lr=warm, beta1=beta), on=few, steps=STEPS, views=("state", "correction"))


def explorers():
    seen = ("loss",)
    everywhere = {"on": grounds(2), "steps": STEPS, "views": seen}
    yield explore(*rules().values(), **everywhere)
    yield explore(*rules().values(), on=grounds(1), steps=STEPS, views=seen)
    wide = {
        "five": one_block(landscapes.rastrigin(5)),
        "noise": one_block(Noisy(landscapes.quadratic(np.arange(1.0, 6.0)), 0.3, seed=2, steps=40)),
    }
    yield explore(*rules().values(), on=wide, steps=STEPS, views=seen)
    wider = {
        "twelve": one_block(landscapes.quadratic(np.arange(1.0, 13.0))),
        "penalty": one_block(landscapes.rastrigin(9) + l2(0.1)),
    }
    yield explore(*rules("Newton").values(), on=wider, steps=STEPS, views=seen)
    yield from mixtures()


def job(live, seed: int) -> dict:
    rng = np.random.default_rng(seed)
    return {
        "kind": "unedited",
        "script": register(live.programs) + source(live),
        "data": live.data,
        "runs": [[setting(rng, live, scene, k) for k in range(RUNS)] for scene in live.scenes],
    }


def setting(rng, live, scene, k: int) -> dict:
    """The default settings and start, then random ones."""
    tables = [control.slider for control in live.controls]
    start = np.array(scene.start)
    if not k:
        return {"h": [s.value for s in tables], "start": start.tolist()}
    h = [float(rng.choice(s.values)) for s in tables]
    return {"h": h, "start": (start + rng.uniform(-0.5, 0.5, len(start))).tolist()}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    with np.errstate(all="ignore"):
        lives = list(explorers())
        jobs = [job(live, k) for k, live in enumerate(lives)]
    return list(zip(lives, in_node(jobs, tmp_path_factory.mktemp("node")), strict=True))


def test_the_text_runs_as_the_program_to_the_last_bit(results):
    count, wrong = 0, []
    for live, told in results:
        for rule, row in zip(live.rules, told, strict=True):
            for scene, found in zip(live.scene_names, row, strict=True):
                if found is None:
                    continue
                count += found["runs"]
                wrong += [f"{rule} on {scene}: {found['wrong']}"] * bool(found["wrong"])
    assert not wrong, "\n".join(wrong)
    assert count > 2000


def test_every_rule_that_holds_no_other_can_be_edited_on_every_landscape(results):
    live, told = results[0]
    assert {name for name, text in live.texts.items() if text} == set(live.rules)
    assert all(found["runs"] == RUNS for row in told for found in row)
    assert {J for each, _ in results[:2] for J in each.scene_names} == set(GROUNDS)
