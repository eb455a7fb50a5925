// NumPy's functions of each number by itself: of known arrays their numbers, of nodes a node.
import { integral, logical, numpyKind, resultKind, truth } from "./kinds.js";
import { broadcastPlaces, broadcastShape, Misfit, Node, roomOf, sizeOf } from "./nodes.js";
import { NO_POWER, tooLarge } from "./plain.js";
import { expOf, logOf, powerOf } from "./pow.js";
import { Refusal } from "./refusal.js";
import { asKnown, asNode, Dimension, Known, shapeText } from "./values.js";

const library = () => globalThis.PrimerExplorer.lib;
const flag = (test) => (test ? 1 : 0);

// The number that each function makes of numbers; `whole`: they are ints.
const SCALARS = new Map(
  Object.entries({
    add: (a, b) => a + b,
    subtract: (a, b) => a - b,
    multiply: (a, b) => a * b,
    divide: (a, b) => a / b,
    floor_divide: (a, b, whole) => (whole && b === 0 ? 0 : library().div(a, b)),
    remainder: (a, b, whole) => (whole && b === 0 ? 0 : library().mod(a, b)),
    power: (a, b) => powerOf(a, b),
    negative: (a) => -a,
    positive: (a) => a,
    square: (a) => a * a,
    absolute: Math.abs,
    sign: (a) => library().sign(a),
    sqrt: Math.sqrt,
    exp: (a) => expOf(a),
    log: (a) => logOf(a),
    cos: Math.cos,
    sin: Math.sin,
    tan: Math.tan,
    tanh: Math.tanh,
    sinh: Math.sinh,
    cosh: Math.cosh,
    expm1: Math.expm1,
    log1p: Math.log1p,
    log2: Math.log2,
    log10: Math.log10,
    cbrt: Math.cbrt,
    hypot: Math.hypot,
    floor: Math.floor,
    ceil: Math.ceil,
    copysign: (a, b) => library().copysign(a, b),
    maximum: (a, b) => library().max(a, b),
    minimum: (a, b) => library().min(a, b),
    less: (a, b) => flag(a < b),
    less_equal: (a, b) => flag(a <= b),
    greater: (a, b) => flag(a > b),
    greater_equal: (a, b) => flag(a >= b),
    equal: (a, b) => flag(a === b),
    not_equal: (a, b) => flag(a !== b),
    logical_and: (a, b) => flag(a !== 0 && b !== 0),
    logical_or: (a, b) => flag(a !== 0 || b !== 0),
    logical_xor: (a, b) => flag((a !== 0) !== (b !== 0)),
    logical_not: (a) => flag(a === 0),
    bitwise_and: (a, b) => Number(BigInt(a) & BigInt(b)),
    bitwise_or: (a, b) => Number(BigInt(a) | BigInt(b)),
    bitwise_xor: (a, b) => Number(BigInt(a) ^ BigInt(b)),
    invert: (a) => -a - 1,
    isfinite: (a) => flag(Number.isFinite(a)),
    isnan: (a) => flag(Number.isNaN(a)),
    isinf: (a) => flag(library().isInf(a)),
    where: (test, a, b) => (test !== 0 ? a : b),
  }),
);

// The functions by NumPy's names, and how many arguments each takes.
export const UFUNCS = new Map(
  [...SCALARS]
    .filter(([name]) => name !== "where")
    .map(([name, f]) => [name, Math.min(f.length, 2)]),
);
UFUNCS.set("hypot", 2);
export const ALIASES = new Map([
  ["abs", "absolute"],
  ["mod", "remainder"],
  ["pow", "power"],
  ["true_divide", "divide"],
  ["bitwise_not", "invert"],
]);

const COSTLY = new Set(["power", "exp", "log"]);
const isTraced = (x) => x instanceof Node || x instanceof Dimension;

// The function `op` of values: a node where one of them is traced, else an array of NumPy. `called`: by
// its name, which makes NumPy's numbers of Python's; an operator leaves them what they are.
export function ufunc(pool, op, values, called = false) {
  if (values.some(isTraced))
    return elementwise(
      pool,
      op,
      values.map((x) => asNode(pool, x)),
      called,
    );
  return computed(
    pool,
    op,
    values.map((x) => asKnown(pool, x)),
  );
}

export function common(op, args) {
  const shape = broadcastShape(args.map((a) => a.shape));
  if (shape) return shape;
  const texts = args.map((a) => shapeText(a.shape)).join(" and ");
  throw new Misfit(`Arrays of the shapes ${texts} do not fit together in np.${op}.`);
}

const noTruth = (op) =>
  new Refusal(
    op === "bitwise_xor"
      ? NO_POWER
      : op.startsWith("bitwise") || op === "invert"
        ? `\`&\`, \`|\`, \`^\` and \`~\` are for truth values: compare first, as in (a > 0) & (b > 0).`
        : `np.${op} of truth values: write np.where(condition, 1.0, 0.0) first.`,
  );

// primer.derived.graph.elementwise
export function elementwise(pool, name, args, called = false) {
  const shape = common(name, args);
  const kind = (called ? numpyKind : resultKind)(
    name,
    args.map((a) => a.kind),
  );
  if (kind === null) throw noTruth(name);
  const op = truth(kind) ? logical(name) : name;
  if (op === "power") return poweredNode(pool, args, shape, kind);
  return op === "positive" ? args[0] : pool.make(op, args, shape, null, kind);
}

// base ** exponent; for an array NumPy takes the root where a single exponent is 1/2.
function poweredNode(pool, args, shape, found) {
  const [base, exponent] = args;
  const known = exponent.op === "const" ? exponent.data.values : null;
  const negative = known?.some((x) => x < 0);
  if (negative && integral(found)) throw negativePower();
  const counts = found === "float" && !negative && args.every((a) => a.kind === "int");
  const kind = counts ? "int" : found;
  if (known && !exponent.shape.length && known[0] === 2) {
    return pool.make("square", [base], shape, null, kind);
  }
  const root = base.shape.length && !exponent.shape.length ? "root" : null;
  return pool.make("power", args, shape, root, kind);
}

const negativePower = () =>
  new Refusal("NumPy refuses whole numbers to negative powers: write a base such as 2.0.");

// The same of known arrays.
function computed(pool, name, args) {
  const kind = numpyKind(
    name,
    args.map((a) => a.kind),
  );
  if (kind === null) throw noTruth(name);
  const one = scalar(kind === "b" ? logical(name) : name, args, kind);
  return eachNumber(pool, name, args, kind, one);
}

// The array of f of the numbers of known arrays, after broadcasting.
export function eachNumber(pool, name, args, kind, f) {
  const shape = common(name, args);
  const size = sizeOf(shape);
  pool.spend(roomOf(shape) * (COSTLY.has(name) ? 100 : 1));
  const places = args.map((a) => (a.shape.length ? broadcastPlaces(a.shape, shape) : null));
  const values = new Array(size);
  for (let i = 0; i < size; i++) {
    values[i] = f(...args.map((a, k) => a.values[places[k] ? places[k][i] : 0]));
  }
  return new Known(values, shape, kind);
}

function scalar(name, args, kind) {
  const whole = integral(kind);
  const [base, exponent] = args;
  if (name === "power") {
    if (whole && exponent.values.some((x) => x < 0)) throw negativePower();
    const half = base.shape.length && !exponent.shape.length && exponent.values[0] === 0.5;
    if (half) return Math.sqrt;
  }
  const f = SCALARS.get(name);
  return whole ? (...numbers) => exact(f(...numbers, true)) : f;
}

function exact(x) {
  if (Math.abs(x) <= 2 ** 53) return x === 0 ? 0 : x;
  throw tooLarge();
}
