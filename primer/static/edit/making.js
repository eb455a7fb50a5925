// Functions of NumPy that make arrays of known numbers, and of another kind of number.
import { isTraced } from "./arrays.js";
import { strong, truth } from "./kinds.js";
import { asShape, broadcastTo, lengths } from "./moves.js";
import { Node, roomOf, sizeOf } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { ufunc } from "./ufuncs.js";
import { asKnown, asNode, Dtype, Known, plainOf, Tuple } from "./values.js";

export const dtypeKind = (dtype) => {
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
  if (kind !== "f")
    throw new Refusal("Numbers that change from step to step become whole with np.floor(x).");
  return ufunc(pool, "multiply", [x, number(1)]);
}

function recast(x, kind) {
  const change = { b: (v) => (v !== 0 ? 1 : 0), i: (v) => Math.trunc(v) + 0, f: (v) => v }[kind];
  if (kind === "i" && !x.values.every((v) => Math.abs(v) <= 2 ** 53)) {
    throw new Refusal("These numbers are too large for whole numbers.");
  }
  return new Known(x.values.map(change), x.shape, kind);
}

export function filled(value) {
  return (pool, x, dtype) => full(pool, x, value, dtypeKind(dtype) ?? strong(x.kind));
}

function full(pool, x, value, kind) {
  const size = sizeOf(x.shape);
  pool.spend(roomOf(x.shape));
  const made = new Known(new Array(size).fill(value), x.shape, kind);
  return x instanceof Node ? asNode(pool, made) : made;
}

export function fullLike(pool, x, value) {
  if (!(x instanceof Node)) {
    if (isTraced(value))
      throw new Refusal("np.full_like with a number that changes: multiply np.ones_like by it.");
    return broadcastTo(pool, recast(asKnown(pool, value), strong(x.kind)), asShape(x.shape));
  }
  const fill = astype(pool, asNode(pool, value), new Dtype("", strong(x.kind)));
  return broadcastTo(pool, fill, asShape(x.shape));
}

// New arrays of known numbers.
export function made(pool, shape, value, kind) {
  const sizes = lengths(shape, "an array");
  if (sizes.some((n) => n < 0)) throw new Refusal("An array cannot have a negative length.");
  pool.spend(roomOf(sizes));
  return new Known(new Array(sizeOf(sizes)).fill(value), sizes, kind);
}

export function fullArray(pool, shape, value, dtype) {
  if (isTraced(value))
    throw new Refusal("np.full with a number that changes: multiply np.ones by it.");
  const fill = asKnown(pool, value);
  if (fill.shape.length) throw new Refusal("np.full takes a single number to fill with.");
  const one = dtypeKind(dtype) === null ? fill : recast(fill, dtypeKind(dtype));
  return made(pool, shape, one.values[0], one.kind);
}

export function eye(pool, n, dtype) {
  const square = made(pool, new Tuple([n, n]), 0, dtypeKind(dtype) ?? "f");
  const size = square.shape[0];
  for (let i = 0; i < size; i++) square.values[i * size + i] = 1;
  return square;
}

const KNOWN_ENDS = "np.arange takes numbers that are known before the step.";

export function arange(pool, start, stop, step, dtype) {
  const given = [stop === null ? 0n : start, stop === null ? start : stop, step ?? 1n];
  const ends = given.map((x) => (x instanceof Node ? pool.number(x, KNOWN_ENDS) : plainOf(x)));
  if (ends.some((x) => typeof x !== "bigint" && typeof x !== "number"))
    throw new Refusal(KNOWN_ENDS);
  const kind = dtypeKind(dtype) ?? (ends.some((x) => typeof x === "number") ? "f" : "i");
  const [a, b, by] = ends.map(Number);
  if (!by || !Number.isFinite((b - a) / by))
    throw new Refusal("np.arange needs ends and a step that are finite.");
  const n = Math.max(0, Math.ceil((b - a) / by));
  pool.spend(n);
  const delta = a + by - a;
  return recast(
    new Known(
      Array.from({ length: n }, (_, i) => a + i * delta),
      [n],
      "f",
    ),
    kind,
  );
}

export function array(pool, x, dtype) {
  if (x instanceof Node && dtype === null) return x;
  if (x instanceof Node)
    throw new Refusal("This is an array already: leave np.array away, or write x.astype(…).");
  const known = asKnown(pool, x);
  const kind = dtypeKind(dtype) ?? known.kind;
  return kind === known.kind ? known : recast(known, kind);
}
