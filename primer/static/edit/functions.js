// NumPy's functions by name, as primer.derived.functions has them: what they move, add up, choose.
import {
  concatenated,
  getItem,
  isTraced,
  moved,
  product,
  reduced,
  squeezed,
  stacked,
  summed,
  together,
  viewed,
} from "./arrays.js";
import { axesOf, axisOf, Grid, reducedAxes } from "./grids.js";
import { strong, truth } from "./kinds.js";
import { broadcastPlaces, broadcastShape, Misfit, Node, sizeOf } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { solved } from "./solve.js";
import { ufunc } from "./ufuncs.js";
import {
  asKnown,
  asNode,
  described,
  Dimension,
  Dtype,
  isArray,
  Known,
  notANumber,
  plainOf,
  shapeOf,
  shapeText,
  Slice,
  Tuple,
  wholeOf,
} from "./values.js";

// A shape as an array of lengths.
function lengths(x, what) {
  return (x instanceof Tuple ? x.items : [x]).map((item) => {
    const n = wholeOf(item);
    if (n === null) throw new Refusal(`The lengths of ${what} are whole numbers, and this is ${described(item)}.`);
    return n;
  });
}

function reshaped(pool, x, shape) {
  const asked = lengths(shape, "a shape");
  const size = sizeOf(x.shape);
  const rest = sizeOf(asked.filter((n) => n !== -1));
  const open = asked.filter((n) => n < 0).length;
  const made = asked.map((n) => (n === -1 && rest ? size / rest : n));
  if (open > 1 || made.some((n) => !(n >= 0) || !Number.isInteger(n)) || sizeOf(made) !== size) {
    throw new Misfit(`An array of ${size} numbers cannot have the shape ${shapeText(asked)}.`);
  }
  return viewed(pool, x, () => Grid.whole(made));
}

function broadcastTo(pool, x, shape) {
  const to = lengths(shape, "a shape");
  const fits = to.every((n) => n >= 0) && broadcastShape([x.shape, to])?.join() === to.join();
  if (!fits) {
    throw new Misfit(`An array of shape ${shapeText(x.shape)} cannot be spread over the shape ${shapeText(to)}.`);
  }
  pool.spend(sizeOf(to));
  return moved(pool, x, { shape: to, places: broadcastPlaces(x.shape, to) });
}

const numbered = (n) => Array.from({ length: n }, (_, i) => i);

function swapped(pool, x, a, b) {
  const order = numbered(x.shape.length);
  const [i, j] = [axisOf(a, order.length), axisOf(b, order.length)];
  [order[i], order[j]] = [order[j], order[i]];
  return viewed(pool, x, (grid) => grid.axes(order));
}

function movedAxis(pool, x, from, to) {
  const [a, b] = [from, to].map((axis) => axisOf(axis, x.shape.length));
  const order = numbered(x.shape.length).filter((i) => i !== a);
  order.splice(b, 0, a);
  return viewed(pool, x, (grid) => grid.axes(order));
}

function expanded(pool, x, axis) {
  const asked = (axis instanceof Tuple ? axis.items : [axis]).map(
    (one, _, all) => axisOf(one, x.shape.length + all.length),
  );
  let next = 0;
  const order = numbered(x.shape.length + asked.length).map((i) => (asked.includes(i) ? null : next++));
  return viewed(pool, x, (grid) => grid.axes(order));
}

function squeeze(pool, x, axis) {
  const ones = numbered(x.shape.length).filter((i) => x.shape[i] === 1);
  return squeezed(pool, x, axis === null ? ones : axesOf(axis, x.shape.length));
}

function flipped(pool, x, axis) {
  const axes = axesOf(axis, x.shape.length);
  return viewed(pool, x, (whole) =>
    axes.reduce(
      (grid, i) => grid.along(i, grid.shape[i], -grid.steps[i], (grid.shape[i] - 1) * grid.steps[i]),
      whole,
    ),
  );
}

function rolled(pool, x, shift, axis) {
  const by = wholeOf(shift);
  if (by === null) throw new Refusal("np.roll shifts by a whole number of places.");
  const at = axis === null ? 0 : axisOf(axis, x.shape.length);
  const n = axis === null ? sizeOf(x.shape) : x.shape[at];
  const inner = axis === null ? 1 : sizeOf(x.shape.slice(at + 1));
  pool.spend(sizeOf(x.shape));
  const places = numbered(sizeOf(x.shape)).map((k) => {
    const i = Math.floor(k / inner) % n;
    return k + (((((i - by) % n) + n) % n) - i) * inner;
  });
  return moved(pool, x, { shape: x.shape, places });
}

function diagonal(pool, x, axis1, axis2) {
  if (x.shape.length !== 2) throw new Misfit("np.diagonal takes a matrix here.");
  if (axis1 !== null && axisOf(axis1, 2) === axisOf(axis2, 2)) {
    throw new Refusal("np.diagonal goes along two different axes.");
  }
  const [n, m] = x.shape;
  return viewed(pool, x, () => new Grid([Math.min(n, m)], [m + 1]));
}

const raveled = (pool, x) => reshaped(pool, x, -1n);
const asShape = (shape) => new Tuple(shape.map(BigInt));
// The shape as a text sees it: the number of parameters is a symbol in an equation.
export const shapeSeen = (pool, shape) =>
  new Tuple(shape.map((n) => (pool.axes.has(n) ? new Dimension(pool, n) : BigInt(n))));

function mean(pool, x, axis, keepdims) {
  const counts = axesOf(axis, x.shape.length).map((i) => shapeSeen(pool, [x.shape[i]]).items[0]);
  const whole = counts.some((n) => n instanceof Dimension)
    ? asNode(pool, counts.reduce((a, b) => ufunc(pool, "multiply", [a, b])))
    : new Known([counts.reduce((a, b) => a * Number(b), 1)], [], "f");
  return ufunc(pool, "divide", [summed(pool, x, axis, keepdims), whole]);
}

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
  const limits = [["maximum", low], ["minimum", high]].filter(([, limit]) => limit !== null);
  const keeps = limits.length === 2 && limits.every(([, limit]) => !shapeOf(limit).length && !(limit instanceof Tuple));
  return limits.reduce((value, [op, limit]) => {
    if (value instanceof Known) return ufunc(pool, op, keeps ? [limit, value] : [value, limit]);
    const made = ufunc(pool, op, [value, limit]);
    return pool.make(made.op, made.args, made.shape, keeps ? "keeps" : null, made.kind);
  }, x);
}

function norm(pool, x, ord, axis, keepdims) {
  const flat = axesOf(axis, x.shape.length).length === 1;
  if (ord !== null && !(flat && Number(plainOf(ord)) === 2)) {
    throw new Refusal("np.linalg.norm knows the Euclidean norm only: write others with np.sum, np.max and np.abs.");
  }
  return ufunc(pool, "sqrt", [summed(pool, ufunc(pool, "square", [x]), axis, keepdims)]);
}

function dot(pool, left, right) {
  const [a, b] = together(pool, [left, right]);
  if (Math.max(a.shape.length, b.shape.length) > 2) throw new Refusal("np.dot of more than two axes: write `@`.");
  return a.shape.length && b.shape.length ? product(pool, a, b) : ufunc(pool, "multiply", [a, b]);
}

function outer(pool, a, b) {
  const [u, v] = together(pool, [a, b]).map((x) => raveled(pool, x));
  const whole = new Slice(null, null, null);
  const left = getItem(pool, u, new Tuple([whole, null]));
  return ufunc(pool, "multiply", [left, getItem(pool, v, new Tuple([null, whole]))]);
}

const dtypeKind = (dtype) => {
  if (dtype === null) return null;
  if (dtype instanceof Dtype) return dtype.kind;
  throw new Refusal("dtype is float, int or bool here.");
};

// x.astype(dtype)
export function astype(pool, x, dtype) {
  const kind = dtypeKind(dtype);
  if (kind === null) throw new Refusal("astype needs a kind of number: x.astype(float).");
  if (kind === strong(x.kind)) return x;
  if (x instanceof Known) return recast(x, kind);
  if (kind === "b") return ufunc(pool, "not_equal", [x, 0n]);
  const number = (value) => new Known([value], [], kind);
  if (truth(x.kind)) return ufunc(pool, "where", [x, number(1), number(0)]);
  if (kind !== "f") throw new Refusal("Numbers that change from step to step become whole with np.floor(x).");
  return ufunc(pool, "multiply", [x, number(1)]);
}

function recast(x, kind) {
  const change = { b: (v) => (v !== 0 ? 1 : 0), i: (v) => Math.trunc(v) + 0, f: (v) => v }[kind];
  if (kind === "i" && !x.values.every((v) => Math.abs(v) <= 2 ** 53)) {
    throw new Refusal("These numbers are too large for whole numbers.");
  }
  return new Known(x.values.map(change), x.shape, kind);
}

function filled(value) {
  return (pool, x, dtype) => full(pool, x, value, dtypeKind(dtype) ?? strong(x.kind));
}

function full(pool, x, value, kind) {
  const size = sizeOf(x.shape);
  pool.spend(size);
  const made = new Known(new Array(size).fill(value), x.shape, kind);
  return x instanceof Node ? asNode(pool, made) : made;
}

function fullLike(pool, x, value) {
  if (!(x instanceof Node)) {
    if (isTraced(value)) throw new Refusal("np.full_like with a number that changes: multiply np.ones_like by it.");
    return broadcastTo(pool, recast(asKnown(pool, value), strong(x.kind)), asShape(x.shape));
  }
  const fill = astype(pool, asNode(pool, value), new Dtype("", strong(x.kind)));
  return broadcastTo(pool, fill, asShape(x.shape));
}

// New arrays of known numbers.
function made(pool, shape, value, kind) {
  const sizes = lengths(shape, "an array");
  if (sizes.some((n) => n < 0)) throw new Refusal("An array cannot have a negative length.");
  pool.spend(sizeOf(sizes));
  return new Known(new Array(sizeOf(sizes)).fill(value), sizes, kind);
}

function fullArray(pool, shape, value, dtype) {
  if (isTraced(value)) throw new Refusal("np.full with a number that changes: multiply np.ones by it.");
  const fill = asKnown(pool, value);
  if (fill.shape.length) throw new Refusal("np.full takes a single number to fill with.");
  const one = dtypeKind(dtype) === null ? fill : recast(fill, dtypeKind(dtype));
  return made(pool, shape, one.values[0], one.kind);
}

function eye(pool, n, dtype) {
  const square = made(pool, new Tuple([n, n]), 0, dtypeKind(dtype) ?? "f");
  const size = square.shape[0];
  for (let i = 0; i < size; i++) square.values[i * size + i] = 1;
  return square;
}

function arange(pool, start, stop, step, dtype) {
  const ends = [stop === null ? 0n : start, stop === null ? start : stop, step ?? 1n].map(plainOf);
  if (ends.some((x) => typeof x !== "bigint" && typeof x !== "number")) {
    throw new Refusal("np.arange takes numbers that are known before the step.");
  }
  const kind = dtypeKind(dtype) ?? (ends.some((x) => typeof x === "number") ? "f" : "i");
  const [a, b, by] = ends.map(Number);
  if (!by || !Number.isFinite((b - a) / by)) throw new Refusal("np.arange needs ends and a step that are finite.");
  const n = Math.max(0, Math.ceil((b - a) / by));
  pool.spend(n);
  const delta = a + by - a;
  return recast(new Known(Array.from({ length: n }, (_, i) => a + i * delta), [n], "f"), kind);
}

function array(pool, x, dtype) {
  if (x instanceof Node && dtype === null) return x;
  if (x instanceof Node) throw new Refusal("This is an array already: leave np.array away, or write x.astype(…).");
  const known = asKnown(pool, x);
  const kind = dtypeKind(dtype) ?? known.kind;
  return kind === known.kind ? known : recast(known, kind);
}

function arraysOf(pool, list, name) {
  if (isArray(list) && !(list instanceof Known)) throw new Refusal(`np.${name} takes a list of arrays: np.${name}([a, b]).`);
  const items = list instanceof Known ? rowsOf(pool, list) : list instanceof Tuple ? list.items : null;
  if (!items?.length) throw new Refusal(`np.${name} takes a list of arrays: np.${name}([a, b]).`);
  return together(pool, items);
}

// The rows of a known array.
export function rowsOf(pool, known) {
  if (!known.shape.length) throw notANumber(known);
  return numbered(known.shape[0]).map((i) => getItem(pool, known, BigInt(i)));
}

function joined(pool, list, axis) {
  const parts = arraysOf(pool, list, "concatenate");
  if (parts.some((p) => !p.shape.length)) throw new Misfit("np.concatenate joins arrays, not single numbers: use np.stack.");
  return concatenated(pool, parts, axisOf(axis, parts[0].shape.length));
}

function stack(pool, list, axis) {
  const parts = arraysOf(pool, list, "stack");
  const ndim = Math.max(...parts.map((p) => p.shape.length));
  return stacked(pool, parts, axisOf(axis, ndim + 1));
}

function selected(pool, test, a, b) {
  if (a === undefined || b === undefined) throw new Refusal("np.where takes three things: np.where(condition, a, b).");
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
  ["clip", "x a_min=None a_max=None", clipped],
  ["copy", "a", (pool, x) => x],
  ["ravel", "a", raveled],
  ["reshape", "a shape", reshaped],
  ["squeeze", "a axis=None", squeeze],
  ["swapaxes", "a axis1 axis2", swapped],
  ["moveaxis", "a source destination", movedAxis],
  ["broadcast_to", "a shape", broadcastTo],
  ["expand_dims", "a axis", expanded],
  ["flip", "a axis=None", flipped],
  ["roll", "a shift axis=None", rolled],
  ["diagonal", "a *axis1=None *axis2=None", diagonal],
  ["zeros_like", "a dtype=None", filled(0)],
  ["ones_like", "a dtype=None", filled(1)],
  ["full_like", "a fill_value", fullLike],
  ["shape", "a", (pool, x) => shapeSeen(pool, x.shape)],
  ["ndim", "a", (pool, x) => BigInt(x.shape.length)],
  ["where", "/condition /x /y", selected],
  ["stack", "arrays axis=0", stack],
  ["concatenate", "arrays axis=0", joined],
  ["matmul", "/x1 /x2", (pool, a, b) => product(pool, ...together(pool, [a, b]))],
  ["dot", "x b", dot],
  ["outer", "x b", outer],
  ["linalg.norm", "a ord=None axis=None keepdims=False", norm],
  ["linalg.solve", "A b", (pool, A, b) => solved(pool, ...together(pool, [A, b]))],
  ["zeros", "shape dtype=None", (pool, shape, dtype) => made(pool, shape, 0, dtypeKind(dtype) ?? "f")],
  ["ones", "shape dtype=None", (pool, shape, dtype) => made(pool, shape, 1, dtypeKind(dtype) ?? "f")],
  ["full", "shape fill_value dtype=None", fullArray],
  ["eye", "N *dtype=None", eye],
  ["identity", "n dtype=None", eye],
  ["arange", "start stop=None step=None dtype=None", arange],
  ["array", "x dtype=None", array],
  ["asarray", "x dtype=None", array],
];
