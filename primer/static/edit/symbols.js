// LaTeX of Python names, and one symbol for each thing an equation speaks of: primer.derived.symbols.
const GREEK = (
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho final " +
  "sigma tau upsilon phi chi psi omega"
).split(" ");
// A name as one letter, if it is the name of a Greek one.
export const asLetter = (name) =>
  GREEK.includes(name) ? String.fromCharCode(0x3b1 + GREEK.indexOf(name)) : name;
const KNOWN_CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(" ");
// Letters of the Greek alphabet without marks, some of which are no longer in use.
const GREEK_LETTER =
  /^[\u0370\u0371\u037f\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c1\u03c3-\u03c9\u03db\u03dd\u03df\u03e1\u03f7\u03f8\u03fa\u03fb]$/;
const LATEX_OF = new Map([
  ...[...GREEK, ...KNOWN_CAPITALS].map((name) => [name, `\\${name}`]),
  ["lr", "\\eta"],
  ["eps", "\\varepsilon"],
  ["epsilon", "\\varepsilon"],
  ["lam", "\\lambda"],
  ["weight_decay", "\\lambda"],
  ["momentum_decay", "\\psi"],
  ["damping", "\\delta"],
  ["norm", "c"],
  ["value", "c"],
  ["clip", "c"],
]);
for (const name of ["omicron", "final"]) LATEX_OF.delete(name);
const ACCENTS = new Set(["hat", "bar", "tilde"]);
const ABOVE = new Map([
  ["max", "\\max"],
  ["min", "\\min"],
  ["new", "\\mathrm{new}"],
  ["star", "\\star"],
]);

const braced = (text) => ([...text].length === 1 || /^\\[a-z]+$/.test(text) ? text : `{${text}}`);

// A letter with words above and below it.
export class Letter {
  constructor(base, above = [], below = []) {
    Object.assign(this, { base, above, below });
  }

  // LaTeX with further indices, such as the step, at the end.
  text(...index) {
    const above = this.above.join(",");
    const below = [...this.below, ...index].join(",");
    return this.base + (above && `^{${above}}`) + (below && `_${braced(below)}`);
  }

  accented(accent) {
    return new Letter(`\\${accent}{${this.base}}`, this.above, this.below);
  }

  raised(word) {
    return new Letter(this.base, [...this.above, word], this.below);
  }

  lowered(word) {
    return new Letter(this.base, this.above, [...this.below, word]);
  }
}

// LaTeX of a single letter or of a letter's name; empty for any other word.
function letterBase(stem) {
  const single = [...stem].length === 1;
  if (LATEX_OF.has(stem)) return LATEX_OF.get(stem);
  if (!single) return "";
  if (stem <= "\x7f") return stem;
  if (!GREEK_LETTER.test(stem)) return `\\mathrm{${stem}}`;
  const code = stem.codePointAt(0);
  const small = GREEK[code - 0x3b1];
  const capital = GREEK[code - 0x391] ?? "";
  const name = small ?? capital.charAt(0).toUpperCase() + capital.slice(1);
  return LATEX_OF.get(name) ?? stem;
}

// The letter of a name, its accents and words.
export function letterOf(name) {
  if (LATEX_OF.has(name)) return new Letter(LATEX_OF.get(name));
  const words = name.split("_").filter(Boolean);
  const last = words.at(-1);
  if (words.length > 1 && (ACCENTS.has(last) || ABOVE.has(last) || last === "inf")) {
    const inner = letterOf(words.slice(0, -1).join("_"));
    if (ACCENTS.has(last)) return inner.accented(last);
    return ABOVE.has(last) ? inner.raised(ABOVE.get(last)) : inner.lowered("\\infty");
  }
  const [, stem, digits] = /^(.*?)(\p{Nd}*)$/u.exec(words[0] ?? "");
  const base = letterBase(stem);
  if (!base) return new Letter(`\\mathrm{${name.replaceAll("_", "\\_")}}`);
  const rest = words.slice(1).map((w) => (/^\p{Nd}+$/u.test(w) ? w : `\\mathrm{${w}}`));
  return new Letter(base, [], digits ? [digits, ...rest] : rest);
}

// Symbols handed out so that none means two things.
export class Letters {
  constructor() {
    this.theta = new Letter("\\theta");
    const both = ["t", "J"].flatMap((letter) => [`${letter} false`, `${letter} true`]);
    this.taken = new Set([...both, "\\theta true", "d false", "I false", "i false"]);
  }

  // The wanted symbol if it is free, else one with a tilde or a number; `moves`: from step to step.
  claim(wanted, moves) {
    const free = (letter) => !this.taken.has(`${letter.text()} ${moves}`);
    let found = free(wanted) ? wanted : wanted.accented("tilde");
    for (let k = 2; !free(found); k++) found = wanted.raised(`(${k})`);
    this.taken.add(`${found.text()} ${moves}`);
    return found;
  }

  // Symbols for values that a name has before its last one: a tilde, or (1), (2), …
  numbered(wanted, moves) {
    if (moves.length === 1) return [this.claim(wanted.accented("tilde"), moves[0])];
    return moves.map((each, k) => this.claim(wanted.raised(`(${k + 1})`), each));
  }
}
