r"""Formulas as plain text, for what shows no formulas: descriptions, and excerpts of the search.

>>> plain(r"\hat{v}_t \ge \tfrac{1}{2}\sqrt{\eta + \varepsilon}")
'v̂ₜ ≥ 1/2√(η + ε)'
"""

import re
from html.entities import html5

ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307", "ddot": "\u0308"}
BLACKBOARD = {"E": "𝔼", "N": "ℕ", "P": "ℙ", "R": "ℝ", "Z": "ℤ"}
#: Where HTML knows no character of that name, or another one.
SIGNS = {
    "varepsilon": "ε",
    "varphi": "φ",
    "cdot": "·",
    "cdots": "…",
    "dots": "…",
    "ldots": "…",
    "infty": "∞",
    "to": "→",
    "partial": "∂",
    "star": "⋆",
    "neq": "≠",
    "sup": "sup",
    "deg": "deg",
    **dict.fromkeys(["lVert", "rVert", "Vert"], "‖"),
    **dict.fromkeys(["lvert", "rvert", "vert"], "|"),
}
#: What only says how a formula is set.
SETTING = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|math(?:rm|bf|cal|it|sf|tt)|boldsymbol|text(?:rm|bf|it)?"
    r"|operatorname|displaystyle|textstyle|limits|begin\{\w+\*?\}|end\{\w+\*?\})\*?(?![a-zA-Z])"
)
#: What only says in which color a part is set, up to that part.
COLOR = re.compile(r"\\(?:class|textcolor)\s*\{[^{}]*\}\s*\{")
#: Signs that stand close to what follows or what comes before.
OPENING = re.compile(r"(\\(?:l(?:Vert|vert|angle|floor|ceil)|nabla|partial)(?![a-zA-Z]))\s+")
CLOSING = re.compile(r"\s+(?=\\r(?:Vert|vert|angle|floor|ceil)(?![a-zA-Z]))")
SPACE = re.compile(r"\\[,;:!> ]|\\q?quad(?![a-zA-Z])|\\\\|[~&]")
KEPT = {*ACCENTS, "frac", "tfrac", "dfrac", "sqrt", "mathbb"}
ARGUMENT = r"\s*(?:\{([^{}]*)\}|([^\s{}\\]))"
LOW = str.maketrans(
    "0123456789+-=()aehijklmnoprstuvxβγρφχ",
    "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
)
HIGH = str.maketrans("0123456789+-=()in⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿᵀ")

#: An index or a power that has no small characters: its mark, kept from being read again.
MARKS = {"_": "\ue000", "^": "\ue001"}


def sign(match):
    """The character of a command; the name itself for a function such as log."""
    name = match[1]
    if name in KEPT:
        return match[0]
    return (SIGNS.get(name) or html5.get(f"{name};", f"{name} ")) + match[2]


def held(text):
    """In parentheses, unless it is one thing."""
    return text if re.fullmatch(r"[\w.\u0300-\u036f′]*|.", text) else f"({text})"


def script(match):
    text, table = match[2] or match[3] or "", LOW if match[1] == "_" else HIGH
    if all(ord(c) in table for c in text):
        return text.translate(table)
    return f"{MARKS[match[1]]}{held(text)}"


def colorless(tex):
    """The TeX without its colors.

    >>> colorless(r"\\frac{\\textcolor{#2a78c2}{\\hat{m}_t}}{2}")
    '\\\\frac{\\\\hat{m}_t}{2}'
    """
    while match := COLOR.search(tex):
        depth, end = 1, match.end()
        while depth and end < len(tex):
            depth += {"{": 1, "}": -1}.get(tex[end], 0)
            end += 1
        tex = f"{tex[: match.start()]}{tex[match.end() : end - 1]}{tex[end:]}"
    return tex


RULES = [
    (
        re.compile(rf"\\({'|'.join(ACCENTS)})(?![a-zA-Z]){ARGUMENT}"),
        lambda m: (m[2] or m[3] or "") + ACCENTS[m[1]],
    ),
    (
        re.compile(rf"\\mathbb{ARGUMENT}"),
        lambda m: BLACKBOARD.get(m[1] or m[2], m[1] or m[2] or ""),
    ),
    (
        re.compile(rf"\\[td]?frac{ARGUMENT}{ARGUMENT}"),
        lambda m: f"{held(m[1] or m[2] or '')}/{held(m[3] or m[4] or '')}",
    ),
    (re.compile(rf"\\sqrt{ARGUMENT}"), lambda m: f"√{held(m[1] or m[2] or '')}"),
    (re.compile(rf"([_^]){ARGUMENT}"), script),
]


def plain(tex):
    """The TeX of a formula as one line of plain text."""
    text = SPACE.sub(" ", SETTING.sub("", colorless(tex)).replace(r"\|", "‖").replace("'", "′"))
    text = CLOSING.sub("", OPENING.sub(r"\1{}", text))
    text = re.sub(r"\\([a-zA-Z]+)(\s*)", sign, text)
    before = None
    while text != before:
        before = text
        for pattern, written in RULES:
            text = pattern.sub(written, text)
    for mark, kept in MARKS.items():
        text = text.replace(kept, mark)
    return " ".join(re.sub(r"[{}\\]", "", text).split())
