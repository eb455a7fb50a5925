"""Formulas in HTML that an extension writes itself, as Sphinx marks them for MathJax."""

import html

MARK = 'class="math notranslate nohighlight"'


def inline(tex):
    return f"<span {MARK}>\\({html.escape(tex, quote=False)}\\)</span>"


def display(tex):
    return f"<div {MARK}>\\[{html.escape(tex, quote=False)}\\]</div>"
