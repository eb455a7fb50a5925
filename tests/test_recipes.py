"""The three recipes, without PyTorch: one source, the book's numbers, the right order, results."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest
from helpers import loaded

ROOT = Path(__file__).parents[1]
NAMES = ("vision", "transformer", "recurrent")
STORED = json.loads((ROOT / "notebooks/results/11_recipes.json").read_text(encoding="utf-8"))
recipes = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def tool():
    return loaded(ROOT / ".ci/recipes.py")


def parsed(name):
    return ast.parse((ROOT / f"notebooks/recipes/{name}.py").read_text(encoding="utf-8"))


def functions(name):
    found = [n for n in ast.walk(parsed(name)) if isinstance(n, ast.FunctionDef)]
    return {function.name: function for function in found}


def defaults(function):
    """Values of the arguments that have a number for a default."""
    named = zip(function.args.args[::-1], function.args.defaults[::-1], strict=False)
    return {arg.arg: value.value for arg, value in named if isinstance(value, ast.Constant)}


def settings(name):
    """Every keyword of every call in a script that is given a number."""
    calls = [n for n in ast.walk(parsed(name)) if isinstance(n, ast.Call)]
    words = [word for call in calls for word in call.keywords]
    return {word.arg: word.value.value for word in words if isinstance(word.value, ast.Constant)}


def methods_called(function):
    """The last names of what is called in a function, in the order of the lines."""
    calls = [n for n in ast.walk(function) if isinstance(n, ast.Call)]
    calls.sort(key=lambda call: (call.end_lineno, call.end_col_offset))
    return [ast.unparse(call.func) for call in calls]


def test_every_script_is_what_the_cells_of_its_chapter_make(tool):
    wanted = tool.wanted()
    if not wanted:
        pytest.skip("no chapter has the cells of a recipe yet")
    assert set(wanted) == set((ROOT / "notebooks/recipes").glob("*.py"))
    for file, text in wanted.items():
        assert file.read_text(encoding="utf-8") == text, f"{file.name}: run make recipes"


def test_cells_of_a_recipe_are_joined_in_their_order_and_a_stale_script_is_told(
    tool, tmp_path, monkeypatch, capsys
):
    def cell(source, *tags):
        return {"cell_type": "code", "metadata": {"tags": [*tags]}, "source": [source]}

    book = [
        cell("import a", "recipe-a", "hide-input"), cell("import b", "recipe-b"), cell("x"),
        cell("def main():\n    pass\n", "recipe-a"),
    ]  # fmt: skip
    (tmp_path / "07_tried.ipynb").write_text(json.dumps({"cells": book}), encoding="utf-8")
    monkeypatch.setattr(tool, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(tool, "FOLDER", tmp_path / "recipes")
    assert tool.main(["--check"]) == 1
    assert "a.py" in capsys.readouterr().out
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    assert (tmp_path / "recipes/a.py").read_text(encoding="utf-8") == (
        '"""Chapter 7\'s a recipe; `make recipes` writes it from the cells."""\n\n'
        "import a\n\n\ndef main():\n    pass\n\n\n"
        'if __name__ == "__main__":\n    main()\n'
    )
    assert sorted(f.name for f in (tmp_path / "recipes").iterdir()) == ["a.py", "b.py"]


def test_there_are_three_recipes():
    files = (ROOT / "notebooks/recipes").iterdir()
    assert {f.stem for f in files if f.suffix == ".py"} == {*NAMES} == {*STORED["tasks"]}


@recipes
def test_a_script_is_plain_and_fits_a_cell(name):
    text = (ROOT / f"notebooks/recipes/{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 115
    assert max(map(len, text.splitlines())) <= 79
    for function in functions(name).values():
        assert function.end_lineno - function.lineno < 12, function.name
    imported = {
        (n.module if isinstance(n, ast.ImportFrom) else n.names[0].name).partition(".")[0]
        for n in ast.walk(parsed(name))
        if isinstance(n, (ast.Import, ast.ImportFrom))
    }
    assert imported <= {"torch", "sklearn", "copy", "primer"}
    assert {"examples", "recipe", "train", "evaluate", "main"} <= set(functions(name))


def test_the_numbers_of_the_recipes_are_those_that_the_book_names():
    vision, transformer, recurrent = (functions(name)["recipe"] for name in NAMES)
    assert defaults(vision) == {"lr": 0.1}
    assert defaults(transformer) == {"lr": 5e-4}
    assert defaults(recurrent) == {"lr": 1e-3}
    told = {"momentum": 0.9, "weight_decay": 1e-4, "gamma": 0.1}
    assert told.items() <= settings("vision").items()
    assert "[epochs // 2, epochs * 3 // 4]" in ast.unparse(vision)
    assert defaults(functions("transformer")["groups"]) == {"weight_decay": 0.01}
    assert "warmup = steps // 10" in ast.unparse(transformer)
    assert settings("transformer")["max_norm"] == 1.0
    assert settings("recurrent")["patience"] == 5
    for function, rule in zip(
        (vision, transformer, recurrent), ("SGD", "AdamW", "Adam"), strict=True
    ):
        assert f"torch.optim.{rule}" in methods_called(function)


@recipes
def test_the_lines_of_the_loop_are_in_their_right_order(name):
    order = ["optimizer.zero_grad", "backward", "clip_grad_norm_", "optimizer.step"]
    loop = functions(name).get("run_epoch") or functions(name)["train"]
    called = [f for f in methods_called(loop) if f.endswith(tuple(order))]
    kept = [f for f in order if f != "clip_grad_norm_" or name != "vision"]
    assert len(called) == len(kept)
    assert all(f.endswith(word) for f, word in zip(called, kept, strict=True)), called
    train = methods_called(functions(name)["train"])
    before = "run_epoch" if "run_epoch" in train else "optimizer.step"
    assert train.index(before) < train.index("scheduler.step")
    assert train[0] == "torch.manual_seed"


@recipes
def test_evaluation_needs_no_gradients_and_says_so(name):
    evaluate = functions(name)["evaluate"]
    assert [ast.unparse(d) for d in evaluate.decorator_list] == ["torch.no_grad()"]
    assert methods_called(evaluate)[:2] == ["torch.no_grad", "model.eval"]
    if "run_epoch" in functions(name):
        assert methods_called(functions(name)["run_epoch"])[0] == "model.train"


@recipes
def test_the_stored_study_gives_every_method_the_same_budget(name):
    told = STORED["tasks"][name]
    assert len(told["methods"]) >= 3
    for method in told["methods"].values():
        assert np.shape(method["tuning"]) == (5, 2)
        np.testing.assert_allclose(np.diff(np.log10(method["rates"])), 0.5, atol=1e-3)
        assert method["rate"] == method["rates"][np.mean(method["tuning"], axis=1).argmin()]
    for row in [*told["methods"].values(), told["printed"]]:
        assert len(row["loss"]) == len(row["accuracy"]) == 8
        assert 0 < min(row["loss"])
        assert max(row["accuracy"]) <= 1


@recipes
def test_the_best_rate_lies_inside_the_rates_that_were_tried(name):
    for method, row in STORED["tasks"][name]["methods"].items():
        assert row["rates"][0] < row["rate"] < row["rates"][-1], method


@recipes
def test_the_recipe_as_printed_was_run_at_the_rate_of_its_script(name):
    told = STORED["tasks"][name]
    first, printed = next(iter(told["methods"].values())), told["printed"]
    assert printed["rate"] == defaults(functions(name)["recipe"])["lr"]
    if printed["rate"] == first["rate"]:
        assert printed["loss"] == first["loss"]
