"""Random edits of the rules: the page computes what NumPy computes, or both refuse.

The page may also refuse what the tracer of every live figure refuses, such as `if` on the step. Of
what only a run can know, `ONLY_IN_A_RUN` is the whole list.
"""

import dataclasses
import json
import os
import subprocess

import numpy as np
import pytest
from editing import by_numpy, in_node, made, unpacked
from helpers import lively, node
from mutating import Mutator
from pages import EXACT, RUNTIME
from test_editing_runs import one_block

from primer import Noisy, TraceError, javascript, landscapes, registry
from primer.derived.alone import objective
from primer.explorer.editing import text_of

#: How many edited texts; the environment may ask for more, and for others.
COUNT = int(os.environ.get("EDITS", "2000"))
SEED = int(os.environ.get("EDITS_SEED", "0"))
STEPS = 5
GROUNDS = {
    "quadratic": one_block(landscapes.quadratic([1.0, 4.0])),
    "three": one_block(landscapes.quadratic([0.5, 2.0, 3.0])),
    "rosenbrock": one_block(landscapes.rosenbrock()),
    "himmelblau": one_block(landscapes.himmelblau()),
    "cycle": one_block(landscapes.cycle()),
    "noise": one_block(Noisy(landscapes.quadratic([1.0, 2.0]), 0.3, seed=1, steps=20)),
}
