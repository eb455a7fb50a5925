"""Buttons that open a chapter on Binder or Colab, as soon as the repository has an address.

`_config.yml` names both services. While its `repository: url` is empty there is nothing that they
could open, so both are taken out; Colab opens repositories on GitHub alone.
"""

GITHUB = "https://github.com/"


def offered(buttons, address):
    """The launch buttons that lead somewhere for a repository at this address."""
    opens = {"binderhub_url": bool(address), "colab_url": address.startswith(GITHUB)}
    return {key: value for key, value in buttons.items() if opens.get(key, True)}


def choose(app, config):
    options = config.html_theme_options
    buttons, address = options.get("launch_buttons", {}), options.get("repository_url") or ""
    options["launch_buttons"] = offered(buttons, address)


def setup(app):
    app.connect("config-inited", choose)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
