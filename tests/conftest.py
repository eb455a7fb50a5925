"""Settings of the whole suite: Hypothesis draws the same examples in every run."""

import hypothesis

hypothesis.settings.register_profile("primer", deadline=None, derandomize=True, max_examples=30)
hypothesis.settings.load_profile("primer")
