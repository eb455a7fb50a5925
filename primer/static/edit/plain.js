// Arithmetic of Python on its own numbers: ints are bigints, floats numbers, truth values ints.
import { powerOf } from "./pow.js";
import { Refusal } from "./refusal.js";
import { isPlainNumber } from "./values.js";

const LARGEST = 2n ** 53n;

export const isWhole = (x) => typeof x === "bigint" || typeof x === "boolean";

// An int that a float can hold exactly; larger ones are refused.
export function whole(x) {
  if (x > LARGEST || x < -LARGEST) throw tooLarge();
  return x;
}

export const tooLarge = () =>
  new Refusal("This whole number is too large for a page: write a float such as 1e20.");

function zero(what) {
  return new Refusal(`${what} divides by zero.`);
}

const WHOLE = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "//"(a, b) {
    const cut = a / b;
    return a % b !== 0n && a < 0n !== b < 0n ? cut - 1n : cut;
  },
  "%"(a, b) {
    const rest = a % b;
    return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
  },
  "**": wholePower,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
};
const FLOAT = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => globalThis.PrimerExplorer.lib.div(a, b),
  "%": (a, b) => globalThis.PrimerExplorer.lib.mod(a, b),
  "**": floatPower,
};
const DIVISIONS = new Set(["/", "//", "%"]);

// a op b for two numbers of Python.
export function arithmetic(op, a, b) {
  if (op === "@")
    throw new Refusal("`@` is for vectors and matrices: write * with a single number.");
  if (DIVISIONS.has(op) && Number(b) === 0) throw zero(`\`${op}\``);
  if (typeof a === "boolean" && typeof b === "boolean" && "&|^".includes(op)) {
    return Boolean(WHOLE[op](BigInt(a), BigInt(b)));
  }
  const ints = isWhole(a) && isWhole(b);
  if (ints && op === "**" && BigInt(b) < 0n) return floatPower(Number(a), Number(b));
  if (ints && op !== "/") return whole(WHOLE[op](BigInt(a), BigInt(b)));
  if (!(op in FLOAT)) throw notWhole(op);
  return FLOAT[op](Number(a), Number(b));
}

export const NO_POWER = "`^` is for truth values: write ** for a power.";
const notWhole = (op) =>
  new Refusal(op === "^" ? NO_POWER : `\`${op}\` is for whole numbers and truth values only.`);

function wholePower(a, b) {
  const size = a < 0n ? -a : a;
  if (size > 1n && b > 60n) return LARGEST + 1n;
  return size > 1n ? a ** b : b === 0n ? 1n : a === 0n ? 0n : a === 1n || b % 2n === 0n ? 1n : -1n;
}

function floatPower(a, b) {
  if (a === 0 && b < 0) throw zero("0 to a negative power");
  if (a < 0 && Number.isFinite(b) && Number.isFinite(a) && !Number.isInteger(b)) {
    throw new Refusal(
      "A negative number to a broken power is no real number: use np.abs(…) below it.",
    );
  }
  const made = powerOf(a, b);
  if (Math.abs(made) === Infinity && Number.isFinite(a) && Number.isFinite(b)) {
    throw new Refusal("This power is too large for a number: its result is beyond 1e308.");
  }
  return made;
}

// +x, -x, ~x of a number of Python.
export function unary(op, x) {
  if (typeof x === "number") {
    if (op === "~") throw new Refusal("`~` is for truth values: np.where or `not` may be meant.");
    return op === "-" ? -x : x;
  }
  return op === "-" ? -BigInt(x) : op === "~" ? ~BigInt(x) : BigInt(x);
}

const ORDERED = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a == b, // an int equals a float
  "!=": (a, b) => a != b,
};

// Whether a op b holds for two numbers or two texts; JavaScript compares bigints with numbers exactly.
export function compared(op, a, b) {
  const [x, y] = [a, b].map((v) => (typeof v === "boolean" ? BigInt(v) : v));
  return ORDERED[op](x, y);
}

// Python's round: halves go to the even neighbor.
export function rounded(x, digits) {
  if (isWhole(x)) return BigInt(x);
  if (digits === null) {
    if (!Number.isFinite(x)) throw new Refusal("round(…) of a number that is not finite.");
    return whole(BigInt(halfEven(x)));
  }
  if (!Number.isFinite(x) || Math.abs(x) > 1e15) return x;
  const text = Math.abs(x).toFixed(digits);
  const tie = Number.isInteger(x * 2 ** (digits + 1)) && !Number.isInteger(x * 2 ** digits);
  const scale = 10 ** digits;
  const near = tie ? halfEven(Math.abs(x) * scale) / scale : Number(text);
  return x < 0 || Object.is(x, -0) ? -near : near;
}

function halfEven(x) {
  const low = Math.floor(x);
  const gap = x - low;
  return gap > 0.5 || (gap === 0.5 && low % 2 !== 0) ? low + 1 : low;
}

export const isPlain = (x) => isPlainNumber(x) || typeof x === "string" || x === null;
