"""Settings of the whole suite: the same examples in every run, the longest modules first."""

import hypothesis
import pytest
from helpers import registry_as_before

hypothesis.settings.register_profile("primer", deadline=None, derandomize=True, max_examples=30)
hypothesis.settings.load_profile("primer")

#: Modules and notebooks that take long, those that take longest first; a browser waits a lot, so
#: its modules stand between those that compute.
LONG = """
    test_page.py 04_adagrad.ipynb test_lab.py 08_schedules.ipynb test_any_page.py 06_adam.ipynb
    02_sgd.ipynb test_any_figure.py 01_lost_in_the_dark.ipynb test_explore.py 03_momentum.ipynb
    appendix_schedules.ipynb test_notebooks.py
    test_exactness.py test_convergence.py test_batch.py test_golden.py 05_rmsprop.ipynb
    07_adamw.ipynb test_reference_numbers.py test_newcomer.py test_arithmetic.py
    test_properties.py test_equations_invented.py test_sliders.py test_second_order.py
    test_trace.py test_equations_render.py
""".split()


@pytest.fixture(autouse=True)
def leaving_no_rule_behind():
    """A rule that a test writes, or a solution that it runs, leaves with it."""
    with registry_as_before():
        yield


def pytest_collection_modifyitems(items):
    """Long modules first, so that no worker waits at the end until another has done with one."""
    place = {name: k for k, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))
