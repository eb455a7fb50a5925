"""Rules that are made of an edited text, and runs of such texts by the page's own scripts."""

import base64
import contextlib
import json
import re
import subprocess
import warnings
from pathlib import Path

import numpy as np
from helpers import node

import primer
from primer import Optimizer, run
from primer.explorer.rule_text import BUILT_IN
from primer.registry import _frozen

STATIC = Path(primer.__file__).parent / "static"
BUNDLE = STATIC.parents[1] / "book/vendor/codemirror/codemirror.js"
HERE = Path(__file__).parent


def driven(driver: str, asked: list) -> list:
    """What a script of this folder that runs in node, such as edit_trace.mjs, makes of each."""
    command = [node(), HERE / driver, STATIC, BUNDLE]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_node(jobs: list, folder: Path, *options: str) -> list:
    """What tests/edit.mjs gives for each job."""
    asked, told = folder / "jobs.json", folder / "results.json"
    asked.write_text(json.dumps(jobs))
    subprocess.run([node(), *options, HERE / "edit.mjs", STATIC, BUNDLE, asked, told], check=True)
    return json.loads(told.read_text())


def unpacked(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f8")


def made(text: str, fields: dict) -> Optimizer:
    """The rule whose class has this text: its methods, and numbers at the top as attributes."""
    space = dict(BUILT_IN)
    exec(compile(text, "<edited>", "exec"), space)
    numbers = {n: space[n] for n in re.findall(r"^(\w+) *(?:: *\w+ *)?=", text, re.M) if n in space}
    body = {n: v for n, v in numbers.items() if n not in fields}
    body |= {n: space[n] for n in ("init", "step") if n in space}
    names = {"__annotations__": dict.fromkeys(fields, object)}
    return _frozen(type("Edited", (Optimizer,), {**body, **names}))(**fields)


def by_numpy(text: str, fields: dict, J, start, steps: int):
    """The run of the edited rule, or the error that it raises."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(None):
            warnings.simplefilter("ignore")
            return run(made(text, fields), J, start, steps)
    except Exception as error:
        return error
