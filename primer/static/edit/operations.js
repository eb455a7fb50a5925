// What the machine computes: one number from one to three others, and what each of that costs.
import { Refusal } from "./refusal.js";

const { P, S, sign, copysign, max, min, mod, div, isInf } = globalThis.PrimerExplorer.lib;

// Powers of more than a million factors cost by their exponent, which is known only in the run.
const mostEffort = 2e7;
let effort = 0;
export function rested() {
  effort = 0;
}
function tire(exponent) {
  const size = Math.abs(exponent);
  if (size > 2 ** 20) effort += 100 * Math.min(Math.log2(size), 1024);
  if (effort > mostEffort) {
    throw new Refusal("Powers with exponents as large as these take too long: use smaller ones.");
  }
}
function raised(base, exponent) {
  tire(exponent);
  return P(base, exponent);
}
// An exponent of primer.power, which refuses others too.
function counted(exponent) {
  if (exponent >= 0 && Number.isInteger(exponent)) return exponent;
  throw new Refusal("n in power(b, n) is a whole number >= 0: write b ** n for other powers.");
}

// What Python refuses of its own numbers, such as the step t, where NumPy would go on with inf or NaN.
function nonzero(divisor) {
  if (divisor !== 0) return divisor;
  throw new Refusal("A number made of t is 0 and stands below a division: t counts from 0.");
}
function raisedPlainly(base, exponent) {
  const made = raised(base, exponent);
  const finite = Number.isFinite(base) && Number.isFinite(exponent);
  if (Number.isFinite(made) || !finite) return made;
  throw new Refusal("A power of a number made of t is no finite number: t counts from 0.");
}
function raisedScaled(base, exponent, factor) {
  tire(exponent);
  return S(base, exponent, factor);
}

// Name, cost as a multiple of an addition's, function. The first ones have a case of their own in
// `execute`, by their place here.
const operations = [
  ["add", 1],
  ["subtract", 1],
  ["multiply", 1],
  ["divide", 1],
  ["add_product", 1],
  ["sqrt", 1],
  ["where", 1],
  ["row", 8],
  ["ask", 0],
  ["nonzero", 1, nonzero],
  ["count", 1, counted],
  ["negative", 1, (a) => -a],
  ["whole_negative", 1, (a) => 0 - a],
  ["whole_multiply", 1, (a, b) => 0 + a * b],
  ["absolute", 1, Math.abs],
  ["sign", 2, sign],
  ["copysign", 2, copysign],
  ["maximum", 2, max],
  ["minimum", 2, min],
  ["less", 2, (a, b) => +(a < b)],
  ["less_equal", 2, (a, b) => +(a <= b)],
  ["greater", 2, (a, b) => +(a > b)],
  ["greater_equal", 2, (a, b) => +(a >= b)],
  ["equal", 2, (a, b) => +(a === b)],
  ["not_equal", 2, (a, b) => +(a !== b)],
  ["logical_and", 2, (a, b) => +(a !== 0 && b !== 0)],
  ["logical_or", 2, (a, b) => +(a !== 0 || b !== 0)],
  ["logical_xor", 2, (a, b) => +((a !== 0) !== (b !== 0))],
  ["logical_not", 2, (a) => +(a === 0)],
  ["bitwise_and", 2, (a, b) => a & b],
  ["bitwise_or", 2, (a, b) => a | b],
  ["bitwise_xor", 2, (a, b) => a ^ b],
  ["invert", 2, (a) => ~a],
  ["isfinite", 2, (a) => +Number.isFinite(a)],
  ["isnan", 2, (a) => +Number.isNaN(a)],
  ["isinf", 2, (a) => +isInf(a)],
  ["floor", 2, Math.floor],
  ["ceil", 2, Math.ceil],
  ["exp", 40, Math.exp],
  ["log", 40, Math.log],
  ["cos", 40, Math.cos],
  ["sin", 40, Math.sin],
  ["tan", 40, Math.tan],
  ["tanh", 40, Math.tanh],
  ["sinh", 40, Math.sinh],
  ["cosh", 40, Math.cosh],
  ["expm1", 40, Math.expm1],
  ["log1p", 40, Math.log1p],
  ["log2", 40, Math.log2],
  ["log10", 40, Math.log10],
  ["cbrt", 40, Math.cbrt],
  ["hypot", 40, (a, b) => Math.hypot(a, b)],
  ["remainder", 200, mod],
  ["floor_divide", 200, div],
  ["whole_remainder", 200, (a, b) => (b === 0 ? 0 : 0 + mod(a, b))],
  ["whole_floor_divide", 200, (a, b) => (b === 0 ? 0 : 0 + div(a, b))],
  ["power", 200, raised],
  ["ipow", 200, raised],
  ["plain_power", 200, raisedPlainly],
  ["root_power", 200, (a, b) => (b === 0.5 ? Math.sqrt(a) : raised(a, b))],
  ["scaled_power", 200, raisedScaled],
];
const codes = new Map(operations.map(([name], k) => [name, k]));
const functions = operations.map(([, , f]) => f);

export const isOperation = (name) => codes.has(name);
export const codeOf = (name) => codes.get(name);
export const costOf = (name) => operations[codes.get(name)][1];

// Five whole numbers are an instruction: what to do, where the result goes, where three numbers come
// from. `m` holds all numbers; `asked` are the questions to the objective.
export function execute(code, m, asked) {
  for (let k = 0; k < code.length; k += 5) {
    const to = code[k + 1];
    const a = m[code[k + 2]];
    const b = m[code[k + 3]];
    switch (code[k]) {
      case 0:
        m[to] = a + b;
        break;
      case 1:
        m[to] = a - b;
        break;
      case 2:
        m[to] = a * b;
        break;
      case 3:
        m[to] = a / b;
        break;
      case 4:
        m[to] = m[code[k + 4]] + a * b;
        break;
      case 5:
        m[to] = Math.sqrt(a);
        break;
      case 6:
        m[to] = a !== 0 ? b : m[code[k + 4]];
        break;
      case 7:
        m[to] = m[code[k + 4] + mod(a, b)];
        break;
      case 8:
        asked[code[k + 4]](m);
        break;
      default:
        m[to] = functions[code[k]](a, b, m[code[k + 4]]);
    }
  }
}
