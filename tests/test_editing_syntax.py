"""The page reads the text of a rule as Python does, and says what to write where it cannot."""

import ast
import gzip
import json
import re
import textwrap
import warnings
from random import Random

import pytest
from edit_syntax import ROOT, read, same, tree
from edit_writer import Writer
from editing import BUNDLE

#: Milliseconds of a processor, for a text that somebody types.
MOST = 50
STEP = "def step(self, J, theta, state, t):\n"
#: A text, the line that is wrong, a word that the sentence must have.
MISTAKES = [
    ("x = (1 + 2\ny = 3\n", 1, "("),
    ("x = 1\ny = [1, 2\nz = 3\n", 2, "["),
    ('return theta, {"m": m\n', 1, "{"),
    ("x = (1]\n", 1, ")"),
    ("x = f(a[0)\ny = 2\n", 1, "]"),
    ("x = 1)\n", 1, "closes nothing"),
    ("x = 1\n}\n", 2, "closes nothing"),
    ("x = (a,\ny = 2)\n", 1, "not closed"),
    ("x = f(a,\nreturn x)\n", 1, "not closed"),
    ("x = [1,\n  2\n  3]\n", 3, "comma"),
    ("x = 'abc\ny = 1\n", 1, "string"),
    ('x = state["m]\n', 1, "string"),
    ("y = 2\nx = '''abc\nz = 3\n", 2, "'''"),
    ("x = 1\n  y = 2\n", 2, "deeper"),
    ("  x = 1\n", 1, "left margin"),
    (STEP + "return theta\n", 2, "indent"),
    (STEP, 1, "indent"),
    (STEP + "    if t > 1:\n    x = 2\n", 3, "`if`"),
    (STEP + "    x = 1\n  y = 2\n", 3, "unlike"),
    (STEP + "    if t:\n        x = 1\n      y = 2\n", 4, "unlike"),
    (STEP + "\tx = 1\n", 2, "tab"),
    (STEP.replace(":", "") + "    return theta\n", 1, "colon"),
    ("if t > 1\n    x = 2\n", 1, "colon"),
    ("if t > 1\nx = 2\n", 1, "colon"),
    ("if t > 1: x = 2\nelse\n    x = 3\n", 2, "colon"),
    ("for i in range(3)\n    x = 3\n", 1, "colon"),
    ("if t > 1 pass\n", 1, "colon"),
    ("if t == 1 return 2\n", 1, "colon"),
    ("if t = 1:\n    x = 2\n", 1, "=="),
    ("if t == 1:\n    x = 2\nelif t = 2:\n    x = 3\n", 3, "=="),
    ("x = np.where(t = 1, a, b = c = d)\n", 1, "=="),
    ("x = 1 if t = 2 else 3\n", 1, "=="),
    ("assert t = 1\n", 1, "=="),
    ("x + 1 = 2\n", 1, "=="),
    ("f(x) = 2\n", 1, "left"),
    ("1 = x\n", 1, "left"),
    ("True = x\n", 1, "left"),
    ("x + 1 += 2\n", 1, "+="),
    ("x, y += 2\n", 1, "+="),
    ("for 3 in x: pass\n", 1, "between `for` and `in`"),
    ("x = = 2\n", 1, "=="),
    ("x = a ! = b\n", 1, "!"),
    ("x = a => b\n", 1, ">="),
    ("x = a =< b\n", 1, "<="),
    ("x = a && b\n", 1, "`and`"),
    ("x = a || b\n", 1, "`or`"),
    ("x = !a\n", 1, "not"),
    ("x = a <> b\n", 1, "!="),
    ("x++\n", 1, "+="),
    ("x = 2 y\n", 1, "operator"),
    ("x = 2y\n", 1, "*"),
    ("x = a b\n", 1, "operator"),
    ("x = (a + b)(c + d) e\n", 1, "operator"),
    ("x = f(a b)\n", 1, "comma"),
    ('x = {"m": m "v": v}\n', 1, "comma"),
    ('x = {"m" = m}\n', 1, "`:`"),
    ("x = f(a: 1)\n", 1, "`=`"),
    ("x = \n", 1, "`=`"),
    ("x = a +\n", 1, "`+`"),
    ("x = a * / b\n", 1, "`*` and `/`"),
    ("x = f(, b)\n", 1, "missing"),
    ("x = a.\n", 1, "name"),
    ("x = a if b\n", 1, "else"),
    ("x = a == not b\n", 1, "parentheses"),
    ("x = a - not b\n", 1, "parentheses"),
    ("else: x = 1\n", 1, "`if`"),
    ("x = 1\nelif a: x = 2\n", 2, "`if`"),
    ("else if a: x = 2\n", 1, "elif"),
    ("if a: b\nelse if a: x = 2\n", 2, "elif"),
    ("if a: b\nelseif a: x = 2\n", 2, "elif"),
    ("if a: b\nelse:\n    c\nelif d: e\n", 4, "elif"),
    ("def step(self, J theta): pass\n", 1, "comma"),
    ("def step: pass\n", 1, "def name(…)"),
    ("def step\n", 1, "colon"),
    ("def (a): pass\n", 1, "name"),
    ("def f(a, a): pass\n", 1, "twice"),
    ("def f(a=1, b): pass\n", 1, "default"),
    ("def f(*a): pass\n", 1, "`*`"),
    ("de step(self, J, theta, state, t):\n    return theta\n", 1, "`def`"),
    (STEP + "    returns theta\n", 2, "`return`"),
    ("define f(a):\n    return a\n", 1, "Did you mean `def`"),
    ("function f(a):\n    return a\n", 1, "`def`"),
    ("let x = 1\n", 1, "alone"),
    ("x 3\n", 1, "`=`"),
    ("lambda = 3\n", 1, "own"),
    ("x = in\n", 1, "in"),
    ("def lambda(a): pass\n", 1, "own"),
    ("x = self.lambda\n", 1, "own"),
    ("f(k=1, 2)\n", 1, "before those"),
    ("f(k=1, k=2)\n", 1, "twice"),
    ("f(a for a in b, c)\n", 1, "parentheses"),
    ("for i range(3): pass\n", 1, "`in`"),
    ("for i = 1: pass\n", 1, "`for … in …:`"),
    ("for i of x: pass\n", 1, "`in`"),
    ("x = *a\n", 1, "comma"),
    ("*a, *b = c\n", 1, "star"),
    ("x = 0777\n", 1, "zero"),
    ("x = 1.2.3\n", 1, "points"),
    ("x = 1e\n", 1, "number"),
    ("x = 1_\n", 1, "number"),
    ("x = 2j\n", 1, "complex"),
    ("x = 9007199254740993\n", 1, "exact"),
    ("x = a − b\n", 1, "`-`"),
    ("x = 2 × a\n", 1, "`*`"),
    ("x = a²\n", 1, "`**2`"),
    ("x = g₁\n", 1, "`1`"),
    ("x = theta[…, 0]\n", 1, "`...`"),
    ("x = np.minimum(a, ∞)\n", 1, "np.inf"),
    ("x = “m”\n", 1, '`"`'),
    ("x = a ? b : c\n", 1, "if condition else"),
    ("x = a \\ \n  + b\n", 1, "backslash"),
    ("x = theta[.., 0]\n", 1, "`...`"),
    ("x = theta[]\n", 1, "missing"),
    ("x = 3:\n", 1, "colon"),
    ("return 3\n", 1, "`def`"),
    ("x = '\\xg'\n", 1, "\\"),
    ("x = 1; ; y = 2\n", 1, "missing"),
    ("x: float\n", 1, "value"),
    ("x = [*a for a in b]\n", 1, "*"),
    # Python, but not understood: what to write instead.
    ("while t < 3: t = t + 1\n", 1, "for i in range(n)"),
    ("class A:\n    pass\n", 1, "def step"),
    ("import numpy as np\n", 1, "np is there"),
    ("from numpy import sqrt\n", 1, "np is there"),
    ("@cached\ndef f(a): return a\n", 1, "decorator"),
    ("def f(a):\n    global b\n    return b\n", 2, "return"),
    ("for i in x:\n    break\n", 2, "np.where"),
    ("raise ValueError(3)\n", 1, "Remove"),
    ("try:\n    x = 1\nexcept E:\n    x = 2\n", 1, "Remove"),
    ("with a as b: pass\n", 1, "inside"),
    ("del x\n", 1, "Remove"),
    ("x = f'{a}'\n", 1, "plain string"),
    ("x = b'a'\n", 1, "plain string"),
    ("x = {1, 2}\n", 1, "list"),
    ("x = {k: 1 for k in y}\n", 1, "one by one"),
    ("x = (y := 3)\n", 1, "own"),
    ("x = 1 << 3\n", 1, "2**n"),
    ("def f(a):\n    yield a\n", 2, "return"),
    ("async def f(a): pass\n", 1, "Remove"),
    ("for i in x: pass\nelse: pass\n", 2, "`if`"),
]


def functions(folder):
    """Every function of a package, as a text of its own."""
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text("utf-8")
        for found in ast.walk(ast.parse(source)):
            if isinstance(found, ast.FunctionDef):
                yield textwrap.dedent(ast.get_source_segment(source, found, padded=True))


def fault(text):
    """Why Python does not take this text, "" where it does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "text", "exec")
    except (SyntaxError, ValueError) as error:
        return str(error)
    return ""


def line_of(text, place):
    return text.encode("utf-16-le")[: 2 * place].decode("utf-16-le").count("\n") + 1


def written(seed, count):
    """Random texts that Python takes."""
    rng, texts = Random(seed), []
    while len(texts) < count:
        text = Writer(rng).statements(rng.choice([0, 0, 1, 1, 2]))
        if len(text) < 3000 and not fault(text):
            texts.append(text)
    return texts


def mutated(rng, text):
    """A slip or two: letters lost, added, in the wrong order, or pasted at the wrong place."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        at, other = rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)
        kind = rng.choice(["lost", "lost", "lost", "added", "added", "swapped", "pasted"])
        if kind == "lost":
            text = text[:at] + text[at + rng.choice([1, 1, 1, 2, 5]) :]
        elif kind == "added":
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif kind == "swapped":
            text = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
        else:
            text = text[:at] + text[other : other + rng.randrange(1, 12)] + text[at:]
    return text


PIECES = [*"abt", *"xJ01.5 \n\t()[]{}=+-*/<>!:;,'\"#\\@%&|^~_e"] + (
    "    |\n    |\n        | if | else | for | in | not | and |def |return |lambda |==|**|True|"
    "None|is |...|elif |pass|assert |import |'''| = |1.| or |: |, *|;|(|)|[|]|,|,|=|x for x in "
).split("|")


@pytest.fixture(scope="module")
def rules():
    return list(functions(ROOT / "primer" / "rules"))


def test_the_functions_of_the_package_are_read_as_python_reads_them():
    texts = list(functions(ROOT / "primer"))
    answers = read(texts)
    assert not [answer["error"] for answer in answers if "error" in answer]
    taken = [
        (text, answer["tree"])
        for text, answer in zip(texts, answers, strict=True)
        if "tree" in answer
    ]
    assert len(taken) > 600
    for text, ours in taken:
        assert same(ours, tree(text)), text


def test_every_rule_can_be_read(rules):
    texts = [text for text in rules if re.match(r"def (init|step)\(", text)]
    refused = {answer["refused"]["message"] for answer in read(texts) if "refused" in answer}
    # MatrixRule alone, which holds another rule.
    assert len(texts) > 50
    assert refused <= {message for message in refused if "one by one" in message}


@pytest.mark.parametrize("seed", range(2))
def test_random_texts_are_read_as_python_reads_them(seed):
    texts = written(seed, 300)
    for text, answer in zip(texts, read(texts), strict=True):
        if "too " in answer.get("refused", {}).get("message", ""):
            continue
        assert same(answer.get("tree"), tree(text)), (text, answer)


def test_mistakes_are_found_in_their_line_in_words_that_say_what_to_write():
    answers = read([text for text, *_ in MISTAKES])
    wrong = []
    for (text, line, word), answer in zip(MISTAKES, answers, strict=True):
        told = answer.get("refused")
        if told is None or line_of(text, told["from"]) != line or word not in told["message"]:
            wrong.append((text, line, word, told or answer))
    assert not wrong


def test_sentences_are_sentences():
    for answer in read([text for text, *_ in MISTAKES]):
        message = answer["refused"]["message"]
        assert message.endswith((".", "?")), message
        assert "undefined" not in message
        assert len(message) < 150, message
        assert answer["refused"]["from"] < answer["refused"]["to"]


@pytest.mark.parametrize("seed", range(2))
def test_slips_are_refused_as_python_refuses_them_and_nothing_breaks(seed, rules):
    rng = Random(seed)
    base = rules + written(seed, 50)
    texts = [mutated(rng, rng.choice(base)) for _ in range(2000)]
    for text, answer in zip(texts, read(texts), strict=True):
        assert "error" not in answer, (text, answer)
        assert answer["took"] < MOST, text
        if "tree" in answer:
            assert not fault(text), text
            assert same(answer["tree"], tree(text)), text


HOSTILE = {
    "brackets": "(" * 100_000,
    "closed brackets": "(" * 9_000 + "x" + ")" * 9_000,
    "signs": "-" * 19_000 + "x",
    "not": "not " * 4_000 + "x",
    "sum": "x + " * 4_000 + "x",
    "long sum": "x + " * 400 + "x",
    "powers": "x ** " * 200 + "x",
    "powers in vain": "x ** " * 3_000 + "x",
    "conditions": "a if b else " * 200 + "c",
    "lambda": "lambda: " * 2_000 + "x",
    "members": "a" + ".b" * 9_000,
    "calls": "a" + "()" * 400,
    "blocks": "".join(" " * depth + "if x:\n" for depth in range(190)),
    "elif": "if a: b\n" + "elif a: b\n" * 1_500,
    "lines": "a\n" * 9_999,
    "errors": "a b\n" * 4_999,
    "lists": ("x = [" + "1," * 490 + "]\n") * 19,
    "quotes": "'\"" * 9_999,
    "backslashes": "\\\n" * 9_999,
    "digits": "9" * 19_999,
    "an exponent": "1e" + "9" * 19_000,
    "points": "0." * 9_999,
    "tabs": "\t" * 19_999 + "a",
    "no text": "\0\ud800\u2028",
    "names of objects": "__proto__ = constructor\nhasOwnProperty.toString\n",
    "nothing": "",
    "spaces": " \n \n#",
}


def test_hostile_texts_are_answered_at_once():
    for name, answer in zip(HOSTILE, read(list(HOSTILE.values())), strict=True):
        assert "error" not in answer, (name, answer)
        assert answer["took"] < 4 * MOST, (name, answer["took"])


def test_trees_are_shallow_and_have_nothing_in_them_but_their_own():
    (answer,) = read([HOSTILE["names of objects"]])
    assert [part["type"] for part in answer["tree"]["body"]] == ["Assign", "Expr"]
    deep = ["(" * n + "x" + ",)" * n for n in (40, 49, 60)] + ["+".join("x" * n) for n in (90, 120)]
    assert ["tree" in answer for answer in read(deep)] == [True, True, False, True, False]


def test_a_backslash_ends_nothing_and_a_comment_says_nothing():
    texts = [
        "x = 1 \\\n  + 2",
        "x = (1, # one )\n  2)",
        "# x = (\ny = '#'",
        "if a: b  # c\nelse: d # :\n",
    ]
    for text, answer in zip(texts, read(texts), strict=True):
        assert same(answer["tree"], tree(text))


def test_the_vendored_script_is_small_and_makes_no_code_of_a_text():
    text = BUNDLE.read_text("utf-8")
    assert len(gzip.compress(text.encode(), 9)) < 95_000
    assert not re.search(r"\bnew Function\b|\beval\(|\bimport\(|sourceMappingURL", text)
    assert set(re.findall(r"https?://[^\"'`]*", text)) == {"http://www.w3.org/2000/svg"}
    licenses = (BUNDLE.parent / "LICENSE").read_text("utf-8")
    wanted = json.loads((BUNDLE.parent / "package.json").read_text("utf-8"))["dependencies"]
    assert all(name in licenses for name in wanted)
