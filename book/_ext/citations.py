"""Lets a chapter cite by a plain link, which also reads well in JupyterLab.

``[Kingma and Ba (2015)](../book/references.md#kingma2015)`` leads to the entry ``kingma2015`` of
the page of references: every key of the bibliography becomes a name of its place on that page.
"""

PAGE = "book/references"


def name_entries(app, env):
    """Tell MyST where on the page each entry stands."""
    places = {c.key: (0, c.citation_id, c.key) for c in env.get_domain("cite").citations}
    env.metadata[PAGE].setdefault("myst_slugs", {}).update(places)


def setup(app):
    app.connect("env-updated", name_entries, priority=900)  # after the bibliography was read
    return {"parallel_read_safe": True, "parallel_write_safe": True}
