// NumPy's functions by name, as primer.derived.functions has them: what they move, add up, choose.
import {
  concatenated,
  getItem,
  isTraced,
  product,
  reduced,
  stacked,
  summed,
  together,
} from "./arrays.js";
import { axesOf, axisOf, reducedAxes } from "./grids.js";
import { strong, truth } from "./kinds.js";
import { arange, array, dtypeKind, eye, filled, fullArray, fullLike, made } from "./making.js";
import {
  broadcastTo,
  diagonal,
  expanded,
  flipped,
  movedAxis,
  raveled,
  reshaped,
  rolled,
  rowsOf,
  shapeSeen,
  squeeze,
  swapped,
  transposed,
} from "./moves.js";
import { Misfit } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { solved } from "./solve.js";
import { ufunc } from "./ufuncs.js";
import {
  asKnown,
  asNode,
  Dimension,
  isArray,
  Known,
  plainOf,
  shapeOf,
  Slice,
  Tuple,
} from "./values.js";

function mean(pool, x, axis, keepdims) {
  const { items } = shapeSeen(pool, x);
  const counts = axesOf(axis, items.length).map((i) => items[i]);
  const whole = counts.some((n) => n instanceof Dimension)
    ? asNode(
        pool,
        counts.reduce((a, b) => ufunc(pool, "multiply", [a, b])),
      )
    : new Known([counts.reduce((a, b) => a * Number(b), 1)], [], "f");
  return ufunc(pool, "divide", [summed(pool, x, axis, keepdims), whole]);
}

// The mean of the squares of what is left of the mean.
function variance(pool, x, axis, keepdims) {
  const rest = ufunc(pool, "subtract", [x, mean(pool, x, axis, true)]);
  return mean(pool, ufunc(pool, "multiply", [rest, rest]), axis, keepdims);
}
const deviation = (pool, ...asked) => ufunc(pool, "sqrt", [variance(pool, ...asked)]);

function reduction(op) {
  return (pool, x, axis, keepdims) => {
    const test = op === "any" || op === "all";
    const kind = test ? "b" : op === "prod" && truth(x.kind) ? "i" : strong(x.kind);
    return reduced(pool, op, x, reducedAxes(axis, x.shape.length), keepdims, kind);
  };
}

// Between two single numbers NumPy keeps x where it equals one of them (0 is -0).
function clipped(pool, value, low, high) {
  const x = [value, low, high].some(isTraced) ? asNode(pool, value) : asKnown(pool, value);
  const limits = [
    ["maximum", low],
    ["minimum", high],
  ].filter(([, limit]) => limit !== null);
  const keeps =
    limits.length === 2 &&
    limits.every(([, limit]) => !shapeOf(limit).length && !(limit instanceof Tuple));
  return limits.reduce((value, [op, limit]) => {
    if (value instanceof Known) return ufunc(pool, op, keeps ? [limit, value] : [value, limit]);
    const made = ufunc(pool, op, [value, limit]);
    return pool.make(made.op, made.args, made.shape, keeps ? "keeps" : null, made.kind);
  }, x);
}

function norm(pool, x, ord, axis, keepdims) {
  const flat = axesOf(axis, x.shape.length).length === 1;
  if (ord !== null && !(flat && Number(plainOf(ord)) === 2)) {
    throw new Refusal(
      "np.linalg.norm knows the Euclidean norm only: write others with np.sum, np.max and np.abs.",
    );
  }
  return ufunc(pool, "sqrt", [summed(pool, ufunc(pool, "square", [x]), axis, keepdims)]);
}

function dot(pool, left, right) {
  const [a, b] = together(pool, [left, right]);
  if (Math.max(a.shape.length, b.shape.length) > 2)
    throw new Refusal("np.dot of more than two axes: write `@`.");
  return a.shape.length && b.shape.length ? product(pool, a, b) : ufunc(pool, "multiply", [a, b]);
}

function outer(pool, a, b) {
  const [u, v] = together(pool, [a, b]).map((x) => raveled(pool, x));
  const whole = new Slice(null, null, null);
  const left = getItem(pool, u, new Tuple([whole, null]));
  return ufunc(pool, "multiply", [left, getItem(pool, v, new Tuple([null, whole]))]);
}

function arraysOf(pool, list, name) {
  if (isArray(list) && !(list instanceof Known))
    throw new Refusal(`np.${name} takes a list of arrays: np.${name}([a, b]).`);
  const items =
    list instanceof Known ? rowsOf(pool, list) : list instanceof Tuple ? list.items : null;
  if (!items?.length) throw new Refusal(`np.${name} takes a list of arrays: np.${name}([a, b]).`);
  return together(pool, items);
}

function joined(pool, list, axis) {
  const parts = arraysOf(pool, list, "concatenate");
  if (parts.some((p) => !p.shape.length))
    throw new Misfit("np.concatenate joins arrays, not single numbers: use np.stack.");
  return concatenated(pool, parts, axisOf(axis, parts[0].shape.length));
}

function stack(pool, list, axis) {
  const parts = arraysOf(pool, list, "stack");
  const ndim = Math.max(...parts.map((p) => p.shape.length));
  return stacked(pool, parts, axisOf(axis, ndim + 1));
}

function selected(pool, test, a, b) {
  if (a === undefined || b === undefined)
    throw new Refusal("np.where takes three things: np.where(condition, a, b).");
  return ufunc(pool, "where", [test, a, b]);
}

const REDUCED = "a axis=None *keepdims=False";
// Each function with its form and what it does. In a form, "=" gives what is taken where nothing is
// given, and after "*" things are given by name only. The first argument "a" is made an array.
export const FORMS = [
  ...["prod", "max", "min", "any", "all"].map((op) => [op, REDUCED, reduction(op)]),
  ["amax", REDUCED, reduction("max")],
  ["amin", REDUCED, reduction("min")],
  ["sum", REDUCED, summed],
  ["mean", REDUCED, mean],
  ["var", REDUCED, variance],
  ["std", REDUCED, deviation],
  [
    "clip",
    "x a_min=None a_max=None *min=None *max=None",
    (pool, x, low, high, least, most) =>
      clipped(pool, x, low ?? least ?? null, high ?? most ?? null),
  ],
  ["copy", "a", (pool, x) => x],
  ["ravel", "a", raveled],
  ["reshape", "a shape", reshaped],
  ["squeeze", "a axis=None", squeeze],
  ["swapaxes", "a axis1 axis2", swapped],
  ["transpose", "a", transposed],
  ["moveaxis", "a source destination", movedAxis],
  ["broadcast_to", "a shape", broadcastTo],
  ["expand_dims", "a axis", expanded],
  ["flip", "a axis=None", flipped],
  ["roll", "a shift axis=None", rolled],
  ["diagonal", "a *axis1=None *axis2=None", diagonal],
  ["zeros_like", "a dtype=None", filled(0)],
  ["ones_like", "a dtype=None", filled(1)],
  ["full_like", "a fill_value", fullLike],
  ["shape", "a", shapeSeen],
  ["ndim", "a", (pool, x) => BigInt(x.shape.length)],
  ["where", "/condition /x /y", selected],
  ["stack", "arrays axis=0", stack],
  ["concatenate", "arrays axis=0", joined],
  ["matmul", "/x1 /x2", (pool, a, b) => product(pool, ...together(pool, [a, b]))],
  ["dot", "x b", dot],
  ["outer", "x b", outer],
  ["linalg.norm", "a ord=None axis=None keepdims=False", norm],
  ["linalg.solve", "A b", (pool, A, b) => solved(pool, ...together(pool, [A, b]))],
  [
    "zeros",
    "shape dtype=None",
    (pool, shape, dtype) => made(pool, shape, 0, dtypeKind(dtype) ?? "f"),
  ],
  [
    "ones",
    "shape dtype=None",
    (pool, shape, dtype) => made(pool, shape, 1, dtypeKind(dtype) ?? "f"),
  ],
  ["full", "shape fill_value dtype=None", fullArray],
  ["eye", "N *dtype=None", eye],
  ["identity", "n dtype=None", eye],
  ["arange", "start stop=None step=None dtype=None", arange],
  ["array", "x dtype=None", array],
  ["asarray", "x dtype=None", array],
];
