"""Loads book/_static/sift.js, which sifts and sorts, on the pages that have something to sift."""


def load(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    if "px-sift" in body or "px-sort" in body:
        app.add_js_file("sift.js", loading_method="defer")
        app.add_css_file("sift.css")


def setup(app):
    app.connect("html-page-context", load)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
