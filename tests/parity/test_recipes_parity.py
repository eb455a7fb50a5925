"""The recipes' scripts in PyTorch: they learn, they do what they say, the stored study holds."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import loaded

from primer import WarmupLinear

pytestmark = pytest.mark.parity
ROOT = Path(__file__).parents[2]
NAMES = ("vision", "transformer", "recurrent")
STORED = json.loads((ROOT / "notebooks/results/11_recipes.json").read_text(encoding="utf-8"))
#: A short training, and what guessing costs.
SHORT = {
    "vision": ({"epochs": 4}, math.log(10)),
    "transformer": ({"steps": 60}, math.log(31)),
    "recurrent": ({"epochs": 4}, math.log(2)),
}
#: A method whose runs are cheap, and its name in the stored study.
AGAIN = {"vision": "SGD, steps", "recurrent": "Adam, plateau"}
recipes = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="torch is missing: `make parity` installs it")


@pytest.fixture(scope="module")
def study(torch):
    torch.set_num_threads(1)
    return loaded(ROOT / "benchmarks/studies/11_recipes.py")


def short(study, name, seed=0, **given):
    """A network after a short training, and the examples."""
    training, validation, _ = study.examples(name, 0)
    seen = (training, validation) if name == "recurrent" else training
    return study.script(name).train(seed, *seen, **SHORT[name][0], **given), training, validation


@recipes
def test_a_short_training_beats_guessing(study, name):
    model, training, validation = short(study, name)
    for part in (training, validation):
        part = [x[:300] for x in part]
        assert study.script(name).evaluate(model, *part)[0] < 0.93 * SHORT[name][1]


@recipes
def test_a_seed_gives_the_same_network_again_and_another_seed_another(study, name, torch):
    (a, *_), (b, *_), (c, *_) = (short(study, name, seed) for seed in (0, 0, 1))
    flat = [torch.cat([p.detach().flatten() for p in m.parameters()]) for m in (a, b, c)]
    assert torch.equal(flat[0], flat[1])
    assert not torch.equal(flat[0], flat[2])


@recipes
def test_parts_share_no_example(study, name):
    X = [part[0].flatten(1).numpy() for part in study.examples(name, 0)]
    rows = [{row.tobytes() for row in part} for part in X]
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert all(len(rows[i] & rows[j]) <= 3 for i, j in pairs), "but for a few equal lines"


@recipes
def test_every_method_of_the_study_trains_with_the_rates_it_says(study, name, torch):
    for method, (make, _) in study.METHODS[name].items():
        length = () if name == "recurrent" else (40,)
        model = torch.nn.Linear(2, 2)
        optimizer, scheduler = make(model, *length, lr=0.25)
        rates = []
        for _ in range(40):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step(*(() if length else (1.0,)))
        assert max(rates) == 0.25, method
        shape = {
            "steps": [0.25] * 20 + [0.025] * 10 + [0.0025] * 10,
            "cosine": 0.125 * (1 + np.cos(np.pi * np.arange(40) / 40)),
            "linear": WarmupLinear(0.25, 4, 40)(np.arange(40)),
            "constant": [0.25] * 40,
            "plateau": 0.25 * 0.1 ** (np.maximum(np.arange(40) - 1, 0) // 6),
        }[method.split(", ")[1]]
        np.testing.assert_allclose(rates, shape, rtol=1e-6, atol=1e-12, err_msg=method)


def test_a_rival_differs_from_the_recipe_in_what_its_name_says(study, torch):
    for name, methods in study.METHODS.items():
        length = () if name == "recurrent" else (40,)
        made = {
            method: type(make(torch.nn.Linear(2, 2), *length, lr=0.1)[0]).__name__
            for method, (make, _) in methods.items()
        }
        assert all(method.split(", ")[0] == kind for method, kind in made.items()), made


def test_biases_and_norms_of_the_transformer_do_not_decay(study):
    recipe = study.script("transformer")
    model = recipe.Transformer()
    matrices, vectors = recipe.recipe(model, 40)[0].param_groups
    assert (matrices["weight_decay"], vectors["weight_decay"]) == (0.01, 0)
    spared = {id(p) for p in vectors["params"]}
    for name, p in model.named_parameters():
        assert (id(p) in spared) == (name.endswith("bias") or "norm" in name), name
    assert len(spared) + len(matrices["params"]) == len(list(model.parameters()))


def test_the_transformer_sees_nothing_that_comes_later(study, torch):
    model = study.script("transformer").Transformer().eval()
    codes = torch.randint(31, (2, 32))
    other = codes.clone()
    other[:, 20:] = (other[:, 20:] + 1) % 31
    torch.testing.assert_close(model(codes)[:, :20], model(other)[:, :20])
    assert not torch.allclose(model(codes)[:, 20:], model(other)[:, 20:])


def test_the_layers_of_the_transformer_start_differently(study, torch):
    first, second = study.script("transformer").Transformer().layers
    assert not torch.equal(first.dense[0].weight, second.dense[0].weight)


def test_the_recurrent_net_is_kept_as_it_was_at_its_least_validation_loss(study, monkeypatch):
    recipe, told = study.script("recurrent"), iter([3.0, 1.0, 2.0, 5.0])
    seen = []

    def evaluate(model, X, y):
        seen.append([p.detach().clone() for p in model.parameters()])
        return next(told), 0.0

    monkeypatch.setattr(recipe, "evaluate", evaluate)
    model, *_ = short(study, "recurrent")
    assert all((p == q).all() for p, q in zip(model.parameters(), seen[1], strict=True))
    assert any((p != q).any() for p, q in zip(model.parameters(), seen[3], strict=True))


@pytest.mark.parametrize("name", AGAIN)
def test_a_stored_run_comes_out_again(study, name):
    """On another processor sums round differently, and a training goes another way."""
    told = STORED["tasks"][name]["methods"][AGAIN[name]]
    found = study.trained(name, AGAIN[name], told["rate"], study.FRESH[0])["test"]
    for now, kept in zip(found, (told["loss"], told["accuracy"]), strict=True):
        assert now == pytest.approx(kept[0], abs=4 * np.std(kept) + 1e-3)


def test_a_run_that_diverged_counts_as_the_worst(study):
    assert study.rounded([float("nan"), float("inf"), 0.1234567]) == [99, 99, 0.12346]


def test_a_script_prints_its_validation_result():
    pytest.importorskip("torch")
    command = [sys.executable, str(ROOT / "notebooks/recipes/vision.py")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loss, accuracy = done.stdout.split("validation loss ")[1].split(", accuracy ")
    assert float(loss) < 0.2
    assert float(accuracy.strip().rstrip("%")) > 95


@recipes
def test_a_main_trains_on_the_training_and_judges_on_the_validation_examples(
    study, name, monkeypatch, capsys
):
    recipe, asked = study.script(name), []
    monkeypatch.setattr(recipe, "train", lambda seed, *parts: asked.append((seed, *parts)))
    monkeypatch.setattr(recipe, "evaluate", lambda model, X, y: (len(X) / 1000, 0.5))
    recipe.main()
    training, validation, _ = study.examples(name, 0)
    size = len(validation[0]) / 1000
    assert capsys.readouterr().out == f"validation loss {size:.3f}, accuracy 50.0%\n"
    first = asked[0][1][0] if name == "recurrent" else asked[0][1]
    assert (first == training[0]).all()
