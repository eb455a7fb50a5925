"""In a browser too an unedited text runs as the program of the page, to the last bit."""

import json
from pathlib import Path

import numpy as np
import pytest
from editing import BUNDLE
from test_editing_runs import GROUNDS, STEPS, job, rules

from primer import explore
from primer.explorer.bundle import editor, script

pytestmark = pytest.mark.browser
COMPARED = (Path(__file__).parents[1] / "unedited.mjs").read_text("utf-8").replace("export ", "")


def test_unedited_texts_run_as_their_programs(page):
    few = {name: GROUNDS[name] for name in ("rosenbrock", "moving_valley", "rastrigin")}
    with np.errstate(all="ignore"):
        live = explore(*rules().values(), on=few, steps=STEPS, views=("loss",))
        asked = job(live, 0)
    page.goto("about:blank")
    for text in (script(), BUNDLE.read_text("utf-8"), editor(), asked["script"], COMPARED):
        page.add_script_tag(content=text)
    ask = {name: asked[name] for name in ("data", "runs")}
    told = page.evaluate(f"unedited({json.dumps(ask)}, PrimerEdit)")
    found = [each for row in told for each in row]
    assert [each["wrong"] for each in found if each["wrong"]] == []
    assert sum(each["runs"] for each in found) > 300
