"""Glue between the theme and the book: what each page loads, and what it does not.

- Scripts and styles under `primer/static` (the explorer's) go to every page, once they exist.
- Thebe, which Jupyter Book always adds, is dropped: it would load from another host, and throws.
"""

from pathlib import Path

EXPLORER = "primer/static"


def add_explorer_assets(app, config):
    folder = Path(app.confdir, EXPLORER)
    if not folder.is_dir():
        return
    config.html_static_path.append(EXPLORER)
    config.html_js_files += sorted((f.name, {"defer": "defer"}) for f in folder.glob("*.js"))
    config.html_css_files += sorted(f.name for f in folder.glob("*.css"))


def drop_thebe(app, pagename, templatename, context, doctree):
    scripts = context.get("script_files", [])
    scripts[:] = [s for s in scripts if "thebe" not in f"{s} {getattr(s, 'attributes', '')}".lower()]
    styles = context.get("css_files", [])
    styles[:] = [s for s in styles if "thebe" not in str(s).lower()]


def setup(app):
    app.connect("config-inited", add_explorer_assets)
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
