"""Random texts of the part of Python that a page reads when a rule is edited."""


class Writer:
    """Writes what syntax.js reads, with spaces, brackets and comments wherever they may be."""

    NAMES = (
        "a",
        "b",
        "theta",
        "np",
        "self",
        "m_hat",
        "β",
        "not_",
        "x1",
        "match",
        "type",
        "_",
        "printed",
    )
    NUMBERS = (
        "0",
        "1",
        "00",
        "12",
        "1_000",
        "0x1F",
        "0o17",
        "0b101",
        "1.",
        ".5",
        "1.5e-3",
        "1e3",
        "0.1",
        "2_0.5_0",
        "1.e0",
        "9007199254740992",
        "1e999",
        "01.5",
    )
    STRINGS = (
        "'m'",
        '"v"',
        "'a\\n\\'b\\x41\\u03b2\\d'",
        'r"\\d\'"',
        "'''two\n\\t lines'''",
        '"""a "quoted" # b"""',
        "''",
        "'a' \"b\"",
        "u'x'",
        "'\\\n'",
        "'é🙂'",
    )
    BINARY = ("+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^")
    COMPARE = ("<", ">", "<=", ">=", "==", "!=", "in", "not in", "is", "is not")

    def __init__(self, rng):
        self.rng, self.open = rng, 0

    def one(self, *ways):
        return self.rng.choice(ways)

    def gap(self):
        """Space that may stand between two words, and a new line where that is allowed."""
        draw = self.rng.random()
        if draw < 0.85:
            return " "
        if self.open and draw < 0.93:
            return self.one("\n", "  # said\n   ", "\n\n        ")
        return self.one("  ", " \\\n", "\t", " \\\n      ")

    def join(self, *words):
        return "".join(word if not i else self.gap() + word for i, word in enumerate(words))

    def inside(self, opening, closing, *ways):
        self.open += 1
        text = (
            opening
            + self.one("", "", self.gap())
            + self.one(*ways)()
            + self.one("", "", self.gap())
            + closing
        )
        self.open -= 1
        return text

    def several(self, make, least=0, most=3, end=True):
        """Parts with commas between them, and perhaps one after the last."""
        parts = [make() for _ in range(self.rng.randint(least, most))]
        comma = self.one(",", ", ", " ,")
        return comma.join(parts) + (self.one("", comma) if end and parts else "")

    def expression(self, deep):
        """Anything that can stand alone, such as a test or an argument."""
        draw = self.rng.random()
        if deep == 0 or draw < 0.15:
            return self.operand(0)
        if draw < 0.25:
            return self.join(
                self.either(deep - 1),
                "if",
                self.either(deep - 1),
                "else",
                self.expression(deep - 1),
            )
        if draw < 0.3:
            return f"lambda {self.parameters(deep - 1)}: {self.expression(deep - 1)}"
        return self.either(deep)

    def either(self, deep):
        parts = [self.negated(deep) for _ in range(self.one(1, 1, 1, 2, 3))]
        words = [word for part in parts for word in (self.one("and", "or"), part)][1:]
        return self.join(*words)

    def negated(self, deep):
        text = self.comparison(deep)
        for _ in range(self.one(0, 0, 0, 0, 1, 2)):
            text = self.join("not", text)
        return text

    def comparison(self, deep):
        parts = [self.sum(deep) for _ in range(self.one(1, 1, 1, 1, 2, 3))]
        return self.join(*[word for part in parts for word in (self.one(*self.COMPARE), part)][1:])

    def sum(self, deep):
        words = [self.signed(deep)]
        for _ in range(self.one(0, 0, 1, 2, 3)):
            words += [self.one(*self.BINARY), self.signed(deep)]
        return self.one(self.join, lambda *words: " ".join(words))(*words)

    def signed(self, deep):
        return self.one("", "", "", "", "-", "+", "~", "- -") + self.operand(deep)

    def operand(self, deep):
        if deep == 0:
            return self.one(*self.NAMES, *self.NUMBERS, *self.STRINGS, "True", "None", "...")
        deep -= 1
        return self.one(self.operand, self.bracketed, self.bracketed, self.trailed, self.trailed)(
            deep
        )

    def trailed(self, deep):
        text = self.one(*self.NAMES, f"({self.expression(deep)})")
        for _ in range(self.rng.randint(1, 3)):
            text += self.one(
                lambda: self.one(".", " . ") + self.one(*self.NAMES),
                lambda: self.inside(
                    "[", "]", lambda: self.several(lambda: self.slice(deep), least=1)
                ),
                lambda: self.inside(
                    "(", ")", lambda: self.arguments(deep), lambda: self.generator(deep)
                ),
            )()
        return text

    def slice(self, deep):
        bound = lambda: self.one("", self.expression(deep))  # noqa: E731
        return self.one(
            lambda: self.expression(deep),
            lambda: f"{bound()}:{bound()}",
            lambda: f"{bound()}:{bound()}:{bound()}",
        )()

    def arguments(self, deep):
        first = [self.one("", "", "*") + self.sum(deep) for _ in range(self.rng.randint(0, 2))]
        named = [
            f"{name}={self.expression(deep)}"
            for name in self.rng.sample(["k", "axis", "β"], self.rng.randint(0, 2))
        ]
        last = self.one([], [f"**{self.sum(deep)}"])
        return ", ".join(first + named + last) + (self.one("", ",") if first + named + last else "")

    def bracketed(self, deep):
        return self.one(
            lambda: self.inside("(", ")", lambda: self.expression(deep)),
            lambda: self.inside(
                "(",
                ")",
                lambda: self.several(lambda: self.element(deep), 2),
                lambda: "",
                lambda: self.element(deep) + ",",
            ),
            lambda: self.inside(
                "[",
                "]",
                lambda: self.several(lambda: self.element(deep)),
                lambda: self.generator(deep),
            ),
            lambda: self.inside("(", ")", lambda: self.generator(deep)),
            lambda: self.inside("{", "}", lambda: self.several(lambda: self.pair(deep))),
        )()

    def element(self, deep):
        return self.one(
            lambda: self.expression(deep),
            lambda: self.expression(deep),
            lambda: "*" + self.sum(deep),
        )()

    def pair(self, deep):
        return self.one(
            lambda: f"{self.expression(deep)}: {self.expression(deep)}",
            lambda: f"**{self.sum(deep)}",
        )()

    def generator(self, deep):
        words = [self.expression(deep)]
        for _ in range(self.one(1, 1, 2)):
            words += [
                "for",
                self.one(self.target, lambda d: self.several(lambda: self.target(d), 2))(deep),
                "in",
                self.either(deep),
            ]
            words += self.one([], [], ["if", self.either(deep)])
        return self.join(*words)

    def parameters(self, deep):
        names = self.rng.sample(self.NAMES, self.rng.randint(0, 3))
        cut = self.rng.randint(0, len(names))
        return ", ".join(names[:cut] + [f"{name}={self.expression(deep)}" for name in names[cut:]])

    def target(self, deep):
        return self.one(
            lambda: self.one(*self.NAMES),
            lambda: self.one(*self.NAMES),
            lambda: "self." + self.one(*self.NAMES),
            lambda: f"a[{self.expression(deep)}]",
            lambda: f"({self.targets(deep)})",
            lambda: f"[{self.targets(deep)}]",
        )()

    def targets(self, deep):
        return self.one(
            lambda: self.target(0),
            lambda: self.target(deep),
            lambda: f"{self.target(0)}, *{self.target(0)}, {self.target(0)}",
            lambda: f"{self.target(0)},",
        )()

    def values(self, deep):
        return self.one(
            lambda: self.expression(deep),
            lambda: self.expression(deep),
            lambda: self.several(lambda: self.element(deep), 2),
            lambda: self.element(deep) + ",",
        )()

    def simple(self, deep, inside):
        ways = [
            lambda: " = ".join(
                [self.targets(1) for _ in range(self.one(1, 1, 2))] + [self.values(deep)]
            ),
            lambda: self.update(deep),
            lambda: (
                f"{self.one('a', 'self.b', 'a[1]')}: {self.expression(1)} = {self.values(deep)}"
            ),
            lambda: self.values(deep),
            lambda: "pass",
            lambda: f"assert {self.expression(deep)}" + self.one("", ", 'said'"),
        ]
        return self.one(
            *ways,
            *([lambda: f"return {self.values(deep)}", lambda: "return"] * 2 if inside else []),
        )()

    def update(self, deep):
        value = self.expression(deep) + self.one("", "", ", 1")
        return f"{self.one('a', 'a.b', 'a[0]')} {self.one(*self.BINARY)}= {value}"

    def block(self, deep, indent, inside):
        if self.rng.random() < 0.2:
            return " " + self.line(1, inside)
        step = " " * self.one(1, 2, 4, 4, 4)
        return self.end() + self.statements(deep, indent + step, inside)

    def end(self):
        return self.one(
            "\n", "\n", "\n", "  # said\n", " \n", "\n\n", "\n# said\n", "\n      # said\n\n"
        )

    def line(self, deep, inside):
        parts = [self.simple(deep, inside) for _ in range(self.one(1, 1, 1, 1, 2))]
        return self.one("; ", ";").join(parts) + self.end()

    def statements(self, deep, indent="", inside=False):
        return "".join(self.statement(deep, indent, inside) for _ in range(self.rng.randint(1, 3)))

    def statement(self, deep, indent, inside):
        if deep == 0 or self.rng.random() < 0.5:
            return indent + self.line(self.one(1, 2), inside)
        return self.one(self.when, self.loop, self.function)(deep - 1, indent, inside)

    def when(self, deep, indent, inside):
        text = ""
        for word in ["if"] + ["elif"] * self.one(0, 0, 1, 2):
            text += f"{indent}{word} {self.expression(1)}:{self.block(deep, indent, inside)}"
        return text + self.one("", f"{indent}else:{self.block(deep, indent, inside)}")

    def loop(self, deep, indent, inside):
        through = self.several(lambda: self.expression(1), 1)
        head = f"{indent}for {self.targets(0)} in {through}:"
        return head + self.block(deep, indent, inside)

    def function(self, deep, indent, inside):
        head = f"{indent}def {self.one(*self.NAMES)}({self.parameters(1)}){self.one('', ' -> a')}:"
        return head + self.block(deep, indent, True)
