"""A link's text is hostile input: it ends soon, throws only refusals, and changes nothing."""

import os

import pytest
from editing import in_node
from hostile import bombs, texts
from test_editing_edits import GROUNDS, RULES, TEXTS, signs

from primer.derived import alone

#: How many texts; the environment may ask for more, and for others.
COUNT = int(os.environ.get("HOSTILE", "20000"))
SEED = int(os.environ.get("HOSTILE_SEED", "0"))
STEPS = 200
#: Of one text, in milliseconds; machines of a test run may be busy, so it is generous here.
LONGEST = 1000
#: The fields of all rules, one a slider.
FIELDS = [
    {"name": "lr", "shape": [], "kind": "f", "slot": 0},
    *(
        {
            f["name"]: f
            for r in RULES.values()
            for f in alone.fields(r, (), STEPS, {})[0]
            if f["name"] != "lr"
        }
    ).values(),
]


def tried(asked, folder):
    """What comes of texts; little memory is enough."""
    J = GROUNDS["rosenbrock"]
    scene = f"{{dim: {J.dim},\n{alone.objective(J, STEPS, {})}}}"
    rule = {"fields": FIELDS, "slots": 1, "watched": [{"local": "g", "size": 2}]}
    job = {
        "kind": "hostile",
        "texts": asked,
        "rule": rule,
        "tables": signs(),
        "scene": scene,
        "steps": STEPS,
    }
    (found,) = in_node([job], folder, "--max-old-space-size=256")
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    found = tried(texts(SEED, COUNT, [*TEXTS.values()]), tmp_path_factory.mktemp("node"))
    print(found["ran"], "ran,", found["refused"], "were refused, slowest", found["slow"][0])
    return found


def test_there_are_bombs_and_mutations_and_some_of_these_run(told):
    assert COUNT > len(bombs()) > 300
    assert told["ran"] + told["refused"] == COUNT
    assert told["ran"] > COUNT / 100


def test_nothing_is_thrown_but_refusals_that_are_short_and_have_a_place_in_the_text(told):
    assert not told["wild"], "\n\n".join(map("\n".join, told["wild"][:20]))


def test_every_text_ends_soon(told):
    assert told["slow"][0][0] < LONGEST, told["slow"]


def test_nothing_that_scripts_share_is_changed(told):
    assert not told["changed"]


def test_a_long_rule_of_a_reader_is_let_through(tmp_path):
    """Longer than any of the book: 80 lines, and a loop."""
    lines = [f"a{k + 1} = self.beta * a{k} + (1 - self.beta) * np.abs(g)" for k in range(80)]
    loop = "for i in range(20):\n        a80 = a80 - self.lr * np.sqrt(a80**2 + i)"
    body = "\n    ".join(["g = a0 = J.grad(theta)", *lines, loop, "return theta - a80, {}"])
    told = tried([f"def step(self, J, theta, state, t):\n    {body}\n"], tmp_path)
    assert told["ran"] == 1, told["refused"]
