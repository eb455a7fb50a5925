// The nodes of a traced rule as LaTeX, numbers and vectors: primer.derived.notation. Text of a vector
// is the text of a column; products, quotients, roots and functions are taken per coordinate.
import { Refusal } from "./refusal.js";

// Binding strength, from the loosest.
const [CASES, OR, AND, COMPARE, MOD, SUM, EACH, PRODUCT, POWER, ATOM] = Array(10).keys();
export { CASES, OR, AND, COMPARE, MOD, SUM, EACH, PRODUCT, POWER, ATOM };
const INFIX = new Map([
  ["less", "<"],
  ["less_equal", "\\le"],
  ["greater", ">"],
  ["greater_equal", "\\ge"],
  ["equal", "="],
  ["not_equal", "\\ne"],
]);
const CONDITIONS = new Set([
  ...INFIX.keys(),
  "logical_and",
  "logical_or",
  "logical_not",
  "isfinite",
]);
const CALLED = new Map([
  ...["exp", "log", "cos", "sin", "tanh"].map((name) => [name, `\\${name}`]),
  ["sign", "\\operatorname{sign}"],
  ["maximum", "\\max"],
  ["minimum", "\\min"],
]);
// Operations whose numbers differ from coordinate to coordinate.
const APART = new Set("theta state grad solve matmul hess lookup written".split(" "));
// What stands around an argument that needs no parentheses.
const BEFORE = ["(", "{", "[", ", ", "\\lVert "];
const BEHIND = [")", "}", "]", ", ", " \\rVert"];
// Longest text of one line of an equation.
const LONGEST_TEXT = 2000;
export const TOO_LONG = "The equation is too long to read: give steps of it a name.";

// Like x.toExponential(digits), but of two numbers that are as near the one with an even last digit.
function scientific(x, digits) {
  const rounded = x.toExponential(digits).split("e");
  if (Number(x.toExponential(digits + 1)) !== x) return rounded;
  const [mantissa, power] = x.toExponential(100).split("e");
  const kept = mantissa.slice(0, digits - 100);
  const tie = /^50*$/.test(mantissa.slice(digits - 100)) && "02468".includes(kept.at(-1));
  return tie ? [kept, power] : rounded;
}

// A number to twelve digits, and how strongly its text binds.
export function latexNumber(x) {
  if (Number.isNaN(x)) {
    throw new Refusal("NaN in a step has no place in an equation: use np.inf, or np.where.");
  }
  if (!Number.isFinite(x)) return x > 0 ? ["\\infty", ATOM] : ["-\\infty", SUM];
  if (Number.isInteger(x) && Math.abs(x) < 1e6) return [String(x), x >= 0 ? ATOM : SUM];
  const [digits, power] = scientific(x, 11);
  if (Math.abs(x) < 1e6 && power >= -4) {
    return [String(Number(`${digits}e${power}`)), x >= 0 ? ATOM : SUM];
  }
  const mantissa = String(Number(digits));
  const scale = `10^{${Number(power)}}`;
  const text = { 1: scale, "-1": `-${scale}` }[mantissa] ?? `${mantissa} \\cdot ${scale}`;
  return [text, x >= 0 ? PRODUCT : SUM];
}

export function enclosed(text, left = "(", right = ")") {
  const tall = ["\\frac", "\\sum", "\\begin", "\\sqrt"].some((word) => text.includes(word));
  return tall ? `\\left${left}${text}\\right${right}` : left + text + right;
}

export const sumOf = (left, right) => `${left} + ${right[0] === "-" ? enclosed(right) : right}`;

// 0 for a number, 1 for a vector, 2 for a matrix; axes of one entry do not count.
export function rankOf(node) {
  const long = node.shape.filter((n) => n !== 1);
  const apart = long.length === 2 && node.shape.slice(-2).some((n, i) => n !== long[i]);
  if (long.length > 2 || apart) {
    throw new Refusal(`An array of shape (${node.shape.join(", ")}) has no notation.`);
  }
  return long.length;
}

// The one number that all numbers of a constant are, or undefined.
export function sameNumber({ data: { values } }) {
  return values.every((x) => x === values[0] || (x !== x && values[0] !== values[0]))
    ? values[0]
    : undefined;
}

// An answer of each node, found once.
function remembered(known, node, find) {
  if (!known.has(node)) known.set(node, find());
  return known.get(node);
}

// Reads nodes; those in `named` by their letter and its indices.
export class Notation {
  // `dim` is the number of parameters, `general` says whether the equation holds for others.
  constructor(dim, general) {
    Object.assign(this, { dim, general, named: new Map(), cache: new Map() });
    this.even = new Map();
    this.holding = new Map();
  }

  // LaTeX of a node, in parentheses if it binds less than `least`.
  text(node, least = CASES) {
    const [text, strength] = this.read(node);
    return strength >= least ? text : enclosed(text);
  }

  read(node) {
    if (this.named.has(node)) {
      const [letter, ...index] = this.named.get(node);
      return [letter.text(...index), ATOM];
    }
    return remembered(this.cache, node, () => {
      const read = this.plain(node);
      if ([...read[0]].length > LONGEST_TEXT) throw new Refusal(TOO_LONG);
      return read;
    });
  }

  // The node by what it is made of, even if it has a name.
  plain(node) {
    const matrix = [node, ...node.args].map(rankOf).includes(2);
    const method = this[matrix ? `matrix_${node.op}` : `plain_${node.op}`];
    if (method) return method.call(this, node);
    if (!matrix && INFIX.has(node.op)) return this.infix(node);
    if (!matrix && CALLED.has(node.op)) return this.called(node);
    const what = matrix ? " of a matrix, entry by entry," : "";
    throw new Refusal(`\`${node.op}\`${what} has no notation in an equation.`);
  }

  // Text of what arithmetic is done with: a condition counts as 0 or 1.
  factor(node, least = CASES) {
    return this.condition(node) ? enclosed(this.text(node), "[", "]") : this.text(node, least);
  }

  condition(node) {
    return remembered(this.holding, node, () =>
      node.op === "where"
        ? node.args.slice(1).every((branch) => this.condition(branch))
        : CONDITIONS.has(node.op) && !this.named.has(node),
    );
  }

  // Text of a condition; a number is one if it is not 0.
  truth(node, least = OR) {
    const known = CONDITIONS.has(node.op) || this.condition(node);
    if (known) return this.text(node, least);
    const text = `${this.text(node, MOD)} \\ne 0`;
    return least > COMPARE ? enclosed(text) : text;
  }

  // Whether a vector's text is that of one number, which all its coordinates are.
  spread(node) {
    return remembered(this.even, node, () => {
      if (APART.has(node.op) || rankOf(node) === 0) return rankOf(node) === 0;
      if (node.op === "const") return sameNumber(node) !== undefined;
      if (node.op === "gather" && node.args.length > 1) return false;
      return node.args.every((part) => this.spread(part));
    });
  }

  // Text of a vector where the number of its coordinates matters.
  vector(node, least = CASES) {
    if (rankOf(node) === 0 || !this.spread(node)) return this.factor(node, least);
    if (node.shape.find((n) => n !== 1) !== this.dim) {
      throw new Refusal("Equal numbers that are not as many as theta's have no notation.");
    }
    const one = this.factor(node, PRODUCT);
    if (one === "0" || one === "1") return `\\mathbf{${one}}`;
    const text = `${one}\\,\\mathbf{1}`;
    return least > PRODUCT ? enclosed(text) : text;
  }

  // The text of a length of an axis: in a general equation theta's is d.
  count(length) {
    return this.general && length === this.dim ? "d" : String(length);
  }

  // How the text of a product multiplies vectors: "each" coordinate, or "rows" by columns.
  manner(node) {
    if (this.named.has(node) || rankOf(node) === 0) return "";
    const [first] = node.args;
    if (node.op === "matmul" || node.op === "solve") return "rows";
    if (node.op === "sum" && rankOf(first) === 2) return "rows";
    if (node.op === "gather" && node.args.length === 1 && rankOf(first) === rankOf(node)) {
      return this.manner(first);
    }
    if (node.op !== "multiply") return "";
    const vectors = node.args.filter((a) => rankOf(a) && !this.spread(a));
    if (vectors.length < 2) return vectors.map((a) => this.manner(a)).join("");
    return rankOf(node) === 1 ? "each" : "rows";
  }

  // Text of a factor in a product of this manner.
  beside(node, manner) {
    const text = this.factor(node, PRODUCT);
    return ["", manner].includes(this.manner(node)) ? text : enclosed(text);
  }

  // Text that an exponent may follow.
  base(node) {
    const text = this.factor(node, ATOM);
    return text.includes("^") && !/^(\\left)?[([]/.test(text) ? enclosed(text) : text;
  }

  infix(node) {
    return [node.args.map((a) => this.text(a, MOD)).join(` ${INFIX.get(node.op)} `), COMPARE];
  }

  called(node) {
    const args = node.args.map((a) => this.factor(a)).join(", ");
    return [CALLED.get(node.op) + enclosed(args), ATOM];
  }

  joined(node, sign, strength) {
    const texts = node.args.map((a) =>
      this.truth(a, a.op === node.op && !this.named.has(a) ? strength : COMPARE),
    );
    return [texts.join(` ${sign} `), strength];
  }

  plain_t() {
    return ["t", ATOM];
  }

  plain_dim() {
    return ["d", ATOM];
  }

  plain_lookup(node) {
    if (!node.data.word) throw new Refusal("A row of a table has no notation in an equation.");
    return [`\\operatorname{${node.data.word}}(${this.text(node.args[0])})`, ATOM];
  }

  plain_const(node) {
    const same = sameNumber(node);
    if (same !== undefined) return latexNumber(same);
    return [`(${node.data.values.map((x) => latexNumber(x)[0]).join(", ")})`, ATOM];
  }

  plain_grad(node) {
    return [`\\nabla J(${this.vector(node.args[0])})`, POWER];
  }

  plain_J(node) {
    return [`J(${this.vector(node.args[0])})`, ATOM];
  }

  plain_sum(node) {
    const [inner] = node.args;
    if (rankOf(inner) === 0 || rankOf(node) === 1) return [this.factor(inner, PRODUCT), PRODUCT];
    if (this.spread(inner)) {
      const size = this.count(inner.shape.find((n) => n !== 1));
      return [`${size}\\,${this.factor(inner, PRODUCT)}`, PRODUCT];
    }
    return [`\\textstyle\\sum_i \\left(${this.factor(inner)}\\right)_i`, PRODUCT];
  }

  // A function by the notation that its author gave it.
  plain_written(node) {
    const [text, ...places] = node.data;
    const told = text.replace(/#(\d)/g, (found, place, at) => {
      const part = node.args[places.indexOf(Number(place))];
      const after = text.slice(at + found.length);
      if (/^[\^_]/.test(after)) return this.base(part);
      const before = BEFORE.some((word) => text.slice(0, at).endsWith(word));
      const inside = before && BEHIND.some((word) => after.startsWith(word));
      return this.factor(part, inside ? CASES : POWER);
    });
    if (text.startsWith("\\begin{cases}")) return [told, CASES];
    const atom = text.startsWith("\\operatorname") && text.endsWith(")");
    return [told, atom ? ATOM : POWER];
  }

  matrix_written(node) {
    return this.plain_written(node);
  }

  plain_add(node) {
    return [sumOf(...node.args.map((a) => this.factor(a, SUM))), SUM];
  }

  plain_subtract({ args: [a, b] }) {
    return [`${this.factor(a, SUM)} - ${this.factor(b, PRODUCT)}`, SUM];
  }

  plain_negative(node) {
    return [`-${this.factor(node.args[0], PRODUCT)}`, SUM];
  }

  plain_multiply(node) {
    const [a, b] = node.args.map((x) => this.beside(x, this.manner(node)));
    return [/^\p{Nd}/u.test(b) ? `${a} \\cdot ${b}` : `${a}\\,${b}`, PRODUCT];
  }

  plain_divide({ args: [a, b] }) {
    return [`\\frac{${this.factor(a)}}{${this.factor(b)}}`, PRODUCT];
  }

  plain_floor_divide(node) {
    return [`\\left\\lfloor ${this.plain_divide(node)[0]} \\right\\rfloor`, ATOM];
  }

  plain_floor(node) {
    return [`\\left\\lfloor ${this.factor(node.args[0])} \\right\\rfloor`, ATOM];
  }

  plain_remainder({ args: [a, b] }) {
    return [`${this.factor(a, ATOM)} \\bmod ${this.factor(b, ATOM)}`, MOD];
  }

  plain_power({ args: [base, exponent] }) {
    const text = this.factor(exponent).replace(/ ([-+]) /g, "$1");
    return [`${this.base(base)}^{${text}}`, POWER];
  }

  plain_ipow(node) {
    return this.plain_power(node);
  }

  plain_square(node) {
    return [`${this.base(node.args[0])}^2`, POWER];
  }

  plain_sqrt(node) {
    const [inner] = node.args;
    const total = inner.op === "sum" && !this.named.has(inner) ? inner.args[0] : null;
    if (total?.op === "square" && !this.named.has(total) && rankOf(total) && !rankOf(node)) {
      const norm = rankOf(total) === 1 ? "2" : "F";
      return [`\\lVert ${this.vector(total.args[0])} \\rVert_${norm}`, ATOM];
    }
    return [`\\sqrt{${this.factor(inner)}}`, ATOM];
  }

  plain_absolute(node) {
    return [`\\left|${this.factor(node.args[0])}\\right|`, ATOM];
  }

  plain_isfinite(node) {
    return [`\\left|${this.factor(node.args[0])}\\right| < \\infty`, COMPARE];
  }

  plain_logical_and(node) {
    return this.joined(node, "\\wedge", AND);
  }

  plain_logical_or(node) {
    return this.joined(node, "\\vee", OR);
  }

  plain_logical_not(node) {
    return [`\\neg ${this.truth(node.args[0], ATOM)}`, COMPARE];
  }

  plain_where(node) {
    const [test, ...branches] = node.args;
    const same = test.op === "const" ? sameNumber(test) : undefined;
    if (same !== undefined) return this.read(branches[same === 0 ? 1 : 0]);
    const whole = this.condition(node);
    const [yes, no] = branches.map((x) => (whole ? this.text(x) : this.factor(x)));
    const cases = `${yes} & \\text{if } ${this.truth(test)} \\\\ ${no} & \\text{otherwise}`;
    return [`\\begin{cases} ${cases} \\end{cases}`, CASES];
  }
}
