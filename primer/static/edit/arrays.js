// What NumPy's functions are made of: moving numbers, joining arrays, making one number of many.
import { Grid, indexed, reducedAxes } from "./grids.js";
import { jointKind, strong, truth } from "./kinds.js";
import { broadcastPlaces, broadcastShape, Misfit, Node, roomOf, sizeOf } from "./nodes.js";
import { pairwise } from "./pairwise.js";
import { Refusal } from "./refusal.js";
import { asKnown, asNode, Dimension, isArray, Known, shapeOf, shapeText } from "./values.js";

export const isTraced = (x) => x instanceof Node || x instanceof Dimension;
// The value as an array: a node if it is traced.
export const asArray = (pool, x) => (isTraced(x) ? asNode(pool, x) : asKnown(pool, x));

// Values that meet in one function: nodes if one of them is traced, else known arrays.
export function together(pool, values) {
  const as = values.some(isTraced) ? asNode : asKnown;
  return values.map((x) => as(pool, x));
}

// primer.derived.graph.gather for nodes; the numbers themselves for known arrays.
export function gathered(pool, parts, index, shape) {
  pool.spend(index.length);
  const kind = parts.length === 1 ? parts[0].kind : jointKind(parts.map((p) => p.kind));
  if (!parts.some((part) => part instanceof Node)) {
    return new Known(
      index.map(([part, place]) => parts[part].values[place]),
      shape,
      strong(kind),
    );
  }
  const same = parts.length === 1 && shape.join() === parts[0].shape.join();
  if (same && index.every(([, place], k) => place === k)) return parts[0];
  return pool.make(
    "gather",
    parts.map((p) => asNode(pool, p)),
    shape,
    index,
    kind,
  );
}

// The array whose numbers are those of x at these places.
export const moved = (pool, x, { shape, places }) =>
  gathered(
    pool,
    [x],
    places.map((place) => [0, place]),
    shape,
  );

export function getItem(pool, x, key) {
  return moved(pool, x, indexed(pool, x.shape, key));
}

// The view of an array that change(its whole grid) is.
export function viewed(pool, x, change) {
  const { shape, steps, start } = change(Grid.whole(x.shape));
  pool.spend(roomOf(shape));
  return moved(pool, x, { shape, places: new Grid(shape, steps, start).places() });
}

// NumPy stacks along a new axis, after broadcasting.
export function stacked(pool, parts, at) {
  const shape = broadcastShape(parts.map((p) => p.shape));
  const alike = parts.every((p) => p.shape.join() === parts[0].shape.join());
  if (!shape || !(alike || pool.abstract)) throw unlike(parts, "np.stack");
  pool.spend(roomOf(shape) * parts.length);
  const places = parts.map((p) => broadcastPlaces(p.shape, shape));
  const inner = sizeOf(shape.slice(at));
  const index = [];
  for (let o = 0; o < sizeOf(shape.slice(0, at)); o++) {
    places.forEach((list, part) => {
      for (let i = 0; i < inner; i++) index.push([part, list[o * inner + i]]);
    });
  }
  return gathered(pool, parts, index, [...shape.slice(0, at), parts.length, ...shape.slice(at)]);
}

export function concatenated(pool, parts, axis) {
  const [{ shape }] = parts;
  const rest = (s) => s.filter((_, i) => i !== axis).join();
  if (parts.some((p) => p.shape.length !== shape.length || rest(p.shape) !== rest(shape))) {
    throw unlike(parts, "np.concatenate");
  }
  const index = [];
  for (let o = 0; o < sizeOf(shape.slice(0, axis)); o++) {
    parts.forEach((part, k) => {
      const run = sizeOf(part.shape.slice(axis));
      pool.spend(run + 1);
      for (let i = 0; i < run; i++) index.push([k, o * run + i]);
    });
  }
  const total = parts.reduce((sum, p) => sum + p.shape[axis], 0);
  return gathered(
    pool,
    parts,
    index,
    shape.map((n, i) => (i === axis ? total : n)),
  );
}

function unlike(parts, name) {
  const shapes = parts.map((p) => shapeText(p.shape)).join(" and ");
  return new Misfit(`Arrays of the shapes ${shapes} do not fit together in ${name}.`);
}

// One number of those along the axes: a node whose data holds their places, or the numbers.
export function reduced(pool, op, part, axes, keepdims, kind) {
  const { shape } = part;
  const kept = shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const others = shape.map((_, i) => i).filter((i) => !axes.includes(i));
  pool.spend(roomOf(shape) + roomOf(kept));
  const grid = Grid.whole(shape);
  const starts = grid.axes(others).places();
  const inside = grid.axes(axes).places();
  const rows = starts.map((start) => inside.map((place) => start + place));
  const out = keepdims ? kept : others.map((i) => shape[i]);
  if ((op === "max" || op === "min") && !inside.length) {
    throw new Misfit(`np.${op} of no numbers: there is none to choose.`);
  }
  if (part instanceof Node) return pool.make(op, [part], out, rows, kind);
  return new Known(
    rows.map((row) =>
      REDUCERS[op](
        row.map((i) => part.values[i]),
        row,
      ),
    ),
    out,
    kind,
  );
}

const better = (name) => (numbers) =>
  numbers.reduce((a, b) => globalThis.PrimerExplorer.lib[name](a, b));
const REDUCERS = {
  sum: (numbers, row) => 0 + (row.every((x, i) => x === row[0] + i) ? inStrands : inTurn)(numbers),
  prod: (numbers) => numbers.reduce((a, b) => a * b, 1),
  max: better("max"),
  min: better("min"),
  any: (numbers) => (numbers.some((x) => x !== 0) ? 1 : 0),
  all: (numbers) => (numbers.every((x) => x !== 0) ? 1 : 0),
};
const inTurn = (numbers) => (numbers.length ? numbers.reduce((a, b) => a + b) : 0);
const inStrands = (numbers) => (numbers.length ? pairwise(numbers, (a, b) => a + b) : 0);

// NumPy adds up the last axes as one, then the others one after the other.
export function summed(pool, part, axis, keepdims) {
  const ndim = part.shape.length;
  const axes = reducedAxes(axis, ndim);
  const kind = truth(part.kind) ? "i" : strong(part.kind);
  const last = axes.filter((i) => axes.filter((j) => j >= i).length === ndim - i);
  if (last.length && last.length < axes.length) {
    const inner = reduced(pool, "sum", part, last, true, kind);
    const total = reduced(pool, "sum", inner, axes.slice(0, -last.length), true, kind);
    return keepdims ? total : squeezed(pool, total, axes);
  }
  return reduced(pool, "sum", part, axes, keepdims, kind);
}

export function squeezed(pool, x, axes) {
  if (axes.some((i) => x.shape[i] !== 1)) {
    throw new Misfit(
      `np.squeeze takes away axes of length 1 only; this is of shape ${shapeText(x.shape)}.`,
    );
  }
  return viewed(pool, x, (grid) =>
    grid.axes(grid.shape.map((_, i) => i).filter((i) => !axes.includes(i))),
  );
}

// a @ b as one node, or the numbers.
export function product(pool, a, b) {
  const ones = [a, b].find((x) => !x.shape.length);
  if (ones) throw new Refusal("`@` is for vectors and matrices: write * with a single number.");
  if (truth(a.kind) && truth(b.kind)) {
    throw new Refusal("`@` of truth values: write np.where(condition, 1.0, 0.0) first.");
  }
  const [A, B] = [
    a.shape.length > 1 ? a.shape : [1, ...a.shape],
    b.shape.length > 1 ? b.shape : [...b.shape, 1],
  ];
  const lead = broadcastShape([A.slice(0, -2), B.slice(0, -2)]);
  if (!lead || A.at(-1) !== B.at(-2)) throw unlike([a, b], "@");
  const rows = a.shape.length > 1 ? [A.at(-2)] : [];
  const columns = b.shape.length > 1 ? [B.at(-1)] : [];
  const shape = [...lead, ...rows, ...columns];
  const kind = jointKind([a.kind, b.kind]);
  if (a instanceof Node || b instanceof Node) {
    return pool.make("matmul", [asNode(pool, a), asNode(pool, b)], shape, null, kind);
  }
  return new Known(multiplied(pool, a, b, A, B, lead), shape, kind);
}

function multiplied(pool, a, b, A, B, lead) {
  const [n, k, m] = [A.at(-2), A.at(-1), B.at(-1)];
  pool.spend(roomOf([...lead, n, k, m]));
  const left = broadcastPlaces(A, [...lead, n, k]);
  const right = broadcastPlaces(B, [...lead, k, m]);
  const values = [];
  for (let batch = 0; batch < sizeOf(lead); batch++) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        const terms = Array.from({ length: k }, (_, l) => {
          const [x, y] = [left[(batch * n + i) * k + l], right[(batch * k + l) * m + j]];
          return a.values[x] * b.values[y];
        });
        values.push(inTurn(terms));
      }
    }
  }
  return values;
}

export const ndimOf = (x) => (isArray(x) ? shapeOf(x).length : 0);
