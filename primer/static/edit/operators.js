// What an operator of Python makes of two values, and what counts as true.
import { asArray, product } from "./arrays.js";
import { Node } from "./nodes.js";
import { arithmetic, compared, unary } from "./plain.js";
import { Refusal } from "./refusal.js";
import { ufunc } from "./ufuncs.js";
import {
  described,
  Dict,
  Dimension,
  entriesOf,
  isArray,
  isPlainNumber,
  Known,
  notANumber,
  plainOf,
  Table,
  Tuple,
} from "./values.js";

const MOST_ITEMS = 2000;
// What a power costs, in turns of the budget.
const POWER_WORK = 100;
const NUMPYS = new Map([
  ["+", "add"],
  ["-", "subtract"],
  ["*", "multiply"],
  ["/", "divide"],
  ["//", "floor_divide"],
  ["%", "remainder"],
  ["**", "power"],
  ["&", "bitwise_and"],
  ["|", "bitwise_or"],
  ["^", "bitwise_xor"],
  ["<", "less"],
  ["<=", "less_equal"],
  [">", "greater"],
  [">=", "greater_equal"],
  ["==", "equal"],
  ["!=", "not_equal"],
]);
// What Python asks an array for where a number of its own stands on the left.
const MIRRORED = new Map([
  ["<", ">"],
  ["<=", ">="],
  [">", "<"],
  [">=", "<="],
]);
const UNARY = new Map([
  ["-", "negative"],
  ["+", "positive"],
  ["~", "invert"],
]);

const isRow = (x) => x instanceof Tuple;
const isSymbolic = (x) => isArray(x) || x instanceof Dimension;

// a op b
export function binary(pool, op, a, b) {
  if (op === "**") pool.spend(POWER_WORK);
  if (isPlainNumber(a) && isPlainNumber(b)) return arithmetic(op, a, b);
  if (isSymbolic(a) || isSymbolic(b)) {
    if (op === "*") refuseList(a, b);
    if (op === "@") return product(pool, asArray(pool, a), asArray(pool, b));
    return ufunc(pool, NUMPYS.get(op), [a, b]);
  }
  if (op === "+" && typeof a === "string" && typeof b === "string") return shortText(a + b);
  if (op === "+" && isRow(a) && isRow(b) && a.constructor === b.constructor) {
    return new a.constructor(few(pool, [...a.items, ...b.items]));
  }
  if (op === "|" && a instanceof Dict && b instanceof Dict)
    return new Dict(new Map([...entriesOf(pool, a), ...entriesOf(pool, b)]));
  if (op === "*" && (isRow(a) || isRow(b)))
    return repeated(pool, isRow(a) ? a : b, isRow(a) ? b : a);
  const wrong = isPlainNumber(a) ? b : a;
  throw new Refusal(
    `\`${op}\` needs numbers or arrays, and this is ${described(wrong)}.${callAdvice(wrong)}`,
  );
}

// A list times a single number of NumPy is no array, in Python.
function refuseList(a, b) {
  const single = [a, b].some((x) => x instanceof Known && !x.shape.length);
  if (single && (isRow(a) || isRow(b)))
    throw new Refusal("A list is not multiplied: write np.array([…]) * x.");
}

const callAdvice = (x) => (x?.call ? ` Call it: ${x.name}(…).` : "");

function few(pool, items) {
  pool.spend(items.length);
  if (items.length <= MOST_ITEMS) return items;
  throw new Refusal(`This list is too long for a page: at most ${MOST_ITEMS} values.`);
}

function shortText(text) {
  if (text.length <= MOST_ITEMS) return text;
  throw new Refusal("This text is too long for a page.");
}

function repeated(pool, row, times) {
  if (typeof times !== "bigint" && typeof times !== "boolean") {
    throw new Refusal(
      `A list times ${described(times)}: numbers are multiplied as arrays, np.array([…]) * x.`,
    );
  }
  const length = row.items.length * Math.max(0, Number(times));
  if (length > MOST_ITEMS) few(pool, { length });
  const all = Array.from(
    { length: Math.max(0, Number(times)) * (row.items.length ? 1 : 0) },
    () => row.items,
  );
  return new row.constructor(few(pool, all.flat()));
}

// -x, +x, ~x
export function signed(pool, op, x) {
  if (isPlainNumber(x)) return unary(op, x);
  if (!isSymbolic(x))
    throw new Refusal(
      `\`${op}\` needs a number or an array, and this is ${described(x)}.${callAdvice(x)}`,
    );
  return ufunc(pool, UNARY.get(op), [x]);
}

// a op b for one comparison.
export function comparison(pool, op, a, b) {
  if (op === "is" || op === "is not") return identity(a, b) === (op === "is");
  if (op === "in" || op === "not in") return contains(pool, b, a) === (op === "in");
  const equality = op === "==" || op === "!=";
  if (equality && !isArray(a) && !isArray(b)) return same(pool, a, b) === (op === "==");
  if (isSymbolic(a) || isSymbolic(b)) {
    const own = isPlainNumber(a) || isRow(a) || (a instanceof Dimension && !MIRRORED.has(op));
    if (!own) return ufunc(pool, NUMPYS.get(op), [a, b]);
    return ufunc(pool, NUMPYS.get(MIRRORED.get(op) ?? op), [b, a]);
  }
  const texts = typeof a === "string" && typeof b === "string";
  if (texts || (isPlainNumber(a) && isPlainNumber(b))) return compared(op, a, b);
  throw new Refusal(
    `\`${op}\` compares numbers, and this is ${described(isPlainNumber(a) ? b : a)}.`,
  );
}

function identity(a, b) {
  if ([a, b].some((x) => x === null || typeof x === "boolean")) return a === b;
  throw new Refusal("`is` asks whether something is None: write == to compare numbers.");
}

// Whether two values of Python are equal; arrays are compared elsewhere.
function same(pool, left, right) {
  pool.spend(1);
  const [a, b] = [left, right].map((x) => (x instanceof Dimension ? plainOf(x) : x));
  if (isPlainNumber(a) && isPlainNumber(b)) return compared("==", a, b);
  if (!isRow(a) || !isRow(b)) return a === b;
  pool.spend(a.items.length + b.items.length);
  if ([...a.items, ...b.items].some(isArray)) {
    throw new Refusal("Lists of arrays are not compared: compare the arrays.");
  }
  const alike = a.constructor === b.constructor && a.items.length === b.items.length;
  return alike && a.items.every((x, i) => same(pool, x, b.items[i]));
}

function contains(pool, holder, x) {
  if (holder instanceof Dict) return holder.map.has(keyOf(x));
  if (typeof holder === "string" && typeof x === "string") {
    pool.spend((holder.length * x.length) / 100);
    return holder.includes(x);
  }
  if (!isRow(holder)) throw new Refusal(`\`in\` needs a list, and this is ${described(holder)}.`);
  pool.spend(holder.items.length);
  return holder.items.some((item) => truth(comparison(pool, "==", item, x), "in"));
}

// The key of a dictionary: a text or a whole number.
export function keyOf(x) {
  if (typeof x === "string" || typeof x === "bigint") return x;
  if (x instanceof Dimension) return BigInt(x.size);
  throw new Refusal(`A key is a text such as "m", and this is ${described(x)}.`);
}

const CHOOSE = "use np.where(condition, a, b).";
const INSTEAD = new Map([
  ["and", "use (a > 0) & (b > 0)."],
  ["or", "use (a > 0) | (b > 0)."],
  ["in", "use (a == 1) | (a == 2)."],
  ["not", "use np.logical_not(a)."],
  ["max", "use np.maximum(a, b)."],
  ["min", "use np.minimum(a, b)."],
  ["a < b < c", "use (a < b) & (b < c)."],
  ["bool", "use a != 0."],
]);

// Whether a value counts as true; `word`: what asks for it.
export function truth(x, word) {
  if (x instanceof Node) {
    const slider =
      x.op === "field" ||
      (x.args.length > 0 && x.args.every((a) => a.op === "field" || a.op === "const"));
    const whom = slider
      ? "numbers that a slider or a schedule changes"
      : "numbers that change from step to step";
    const advice = `\`${word}\` cannot look at ${whom}: ${INSTEAD.get(word) ?? CHOOSE}`;
    return x.pool.decide(x, advice);
  }
  if (x instanceof Known) {
    if (x.values.length === 1) return x.values[0] !== 0;
    throw new Refusal(
      `\`${word}\` cannot look at several numbers at once: use np.any(…) or np.all(…).`,
    );
  }
  if (isRow(x)) return x.items.length > 0;
  if (x instanceof Dict) return x.map.size > 0;
  if (x instanceof Dimension) return x.size > 0;
  if (x instanceof Table) throw notANumber(x);
  return typeof x === "bigint" ? x !== 0n : Number.isNaN(x) || Boolean(x);
}
