r"""Symbols of an equation in the color of their curve: a color of the notebook becomes a class.

JupyterLab knows ``\textcolor{#2a78c2}{m_t}``. The page gets ``\class{px-ink-blue}{m_t}``, whose
color follows the theme and is dark enough for text (`_static/inks.css`).

>>> inked(r"\textcolor{#2a78c2}{m_t} + g")
'\\class{px-ink-blue}{m_t} + g'
"""

import re

from docutils import nodes

from primer.plotting import PALETTE

COLORED = re.compile(r"\\textcolor\{([^{}]*)\}")
HUES = {color: hue for hue, color in PALETTE.items()}


def inked(tex):
    """TeX with a class in place of every color; a KeyError names one that is not in the palette."""
    return COLORED.sub(lambda match: rf"\class{{px-ink-{HUES[match[1]]}}}", tex)


def ink(app, doctree):
    for node in doctree.findall(lambda n: isinstance(n, (nodes.math, nodes.math_block))):
        if COLORED.search(node.astext()):
            node[:] = [nodes.Text(inked(node.astext()))]


def setup(app):
    app.connect("doctree-read", ink)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
