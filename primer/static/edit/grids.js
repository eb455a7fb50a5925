// What moves numbers without changing them: which number of an array each number of the result is.
import { Misfit, Node, roomOf, stridesOf, walkPlaces } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { described, ELLIPSIS, Known, shapeText, Slice, Tuple, wholeOf } from "./values.js";

// A view of an array: number k of it is number places()[k] of the array.
export class Grid {
  constructor(shape, steps, start = 0) {
    Object.assign(this, { shape, steps, start });
  }

  static whole(shape) {
    return new Grid(shape, stridesOf(shape));
  }

  places() {
    return walkPlaces(this.shape, this.steps, this.start);
  }

  // The view whose axes are these of its own, in this order; null is a new axis of length 1.
  axes(order) {
    const pick = (from, other) => order.map((i) => (i === null ? other : from[i]));
    return new Grid(pick(this.shape, 1), pick(this.steps, 0), this.start);
  }

  along(axis, shape, step, shift) {
    const replaced = (list, x) => list.map((old, i) => (i === axis ? x : old));
    return new Grid(replaced(this.shape, shape), replaced(this.steps, step), this.start + shift);
  }
}

// An axis as 0, 1, …; refuses one that is not there.
export function axisOf(x, ndim) {
  const axis = wholeOf(x);
  if (axis === null)
    throw new Refusal(`axis must be a whole number such as -1, and this is ${described(x)}.`);
  if (axis >= -ndim && axis < ndim) return axis < 0 ? axis + ndim : axis;
  throw new Misfit(
    `There is no axis ${axis} in an array of ${ndim} ${ndim === 1 ? "axis" : "axes"}.`,
  );
}

// As axesOf, for what NumPy's own reductions take: a single number has an axis 0 there.
export const reducedAxes = (x, ndim) =>
  !ndim && [0, -1].includes(wholeOf(x)) ? [] : axesOf(x, ndim);

// Several axes, sorted; all where none is named.
export function axesOf(x, ndim) {
  if (x === null || x === undefined) return Array.from({ length: ndim }, (_, i) => i);
  const axes = (x instanceof Tuple ? x.items : [x]).map((axis) => axisOf(axis, ndim));
  if (new Set(axes).size < axes.length) throw new Refusal("An axis is named twice here.");
  return axes.sort((a, b) => a - b);
}

// array[key]: the shape of the result and the place of each of its numbers.
export function indexed(pool, shape, key) {
  const keys = expanded(key instanceof Tuple && !isListKey(key) ? key.items : [key], shape);
  let grid = Grid.whole(shape);
  let axis = 0;
  let picked = null;
  for (const one of keys) {
    if (one === null) {
      const order = grid.shape.map((_, i) => i);
      order.splice(axis++, 0, null);
      grid = grid.axes(order);
    } else if (one instanceof Slice) {
      grid = sliced(grid, axis++, one);
    } else if (isMany(one)) {
      if (picked)
        throw new Refusal(
          "Two lists as an index are not understood here: take one after the other.",
        );
      picked = { axis, rows: many(one, grid.shape[axis]) };
      axis++;
    } else {
      grid = taken(grid, axis, one);
    }
  }
  pool.spend(roomOf(grid.shape));
  return picked ? chosen(pool, grid, picked, keys) : { shape: grid.shape, places: grid.places() };
}

const isListKey = (key) => key.constructor !== Tuple;
const isMany = (key) =>
  (key instanceof Known && key.shape.length > 0) || (key instanceof Tuple && isListKey(key));

// The keys with ":" for the axes that ... stands for and that are not named.
function expanded(keys, shape) {
  if (keys.some((key) => key instanceof Node)) {
    throw new Refusal(
      "A place cannot be a number that changes from step to step: use np.where(condition, a, b) to choose.",
    );
  }
  const named = keys.filter((key) => key !== null && key !== ELLIPSIS).length;
  const dots = keys.indexOf(ELLIPSIS);
  if (keys.lastIndexOf(ELLIPSIS) !== dots) throw new Refusal("Only one ... can stand in an index.");
  if (named > shape.length) {
    throw new Misfit(`This has the shape ${shapeText(shape)}, too few axes for ${named} places.`);
  }
  const all = new Array(shape.length - named).fill(new Slice(null, null, null));
  const at = dots < 0 ? keys.length : dots;
  return [...keys.slice(0, at), ...all, ...keys.slice(at + (dots >= 0))];
}

function taken(grid, axis, key) {
  const place = typeof key === "boolean" ? null : wholeOf(key);
  if (place === null) {
    throw new Refusal(`A place in an array is a whole number, and this is ${described(key)}.`);
  }
  const n = grid.shape[axis];
  if (place < -n || place >= n) {
    throw new Misfit(`There is no number ${place} here: this axis has ${n}, from 0 to ${n - 1}.`);
  }
  const at = place < 0 ? place + n : place;
  const order = grid.shape.map((_, i) => i).filter((i) => i !== axis);
  const { shape, steps, start } = grid.axes(order);
  return new Grid(shape, steps, start + at * grid.steps[axis]);
}

function sliced(grid, axis, slice) {
  const [start, count, step] = bounds(slice, grid.shape[axis]);
  return grid.along(axis, count, step * grid.steps[axis], start * grid.steps[axis]);
}

// The first place, the number of places and the step that a slice takes of n.
export function bounds({ lower, upper, step }, n) {
  const [a, b, c] = [lower, upper, step].map((x) => {
    const number = x === null ? null : wholeOf(x);
    if (x !== null && number === null) {
      throw new Refusal(`The ends of a slice are whole numbers, and this is ${described(x)}.`);
    }
    return number;
  });
  const by = c ?? 1;
  if (by === 0) throw new Refusal("The step of a slice cannot be 0.");
  const [least, most] = by > 0 ? [0, n] : [-1, n - 1];
  const end = (x) => Math.max(least, Math.min(most, x < 0 ? x + n : x));
  const first = a === null ? (by > 0 ? 0 : n - 1) : end(a);
  const last = b === null ? (by > 0 ? n : -1) : end(b);
  return [first, Math.max(0, Math.ceil((last - first) / by)), by];
}

// The places along an axis that a list of numbers or of truth values names.
function many(key, n) {
  if (
    key instanceof Tuple &&
    key.items.some((x) => typeof x !== "bigint" && typeof x !== "boolean")
  ) {
    throw new Refusal("A list as an index holds whole numbers or truth values.");
  }
  const known =
    key instanceof Known ? key : { values: key.items.map(Number), shape: [key.items.length] };
  const kind = known.kind ?? (typeof key.items[0] === "boolean" ? "b" : "i");
  if (known.shape.length > 1 || kind === "f")
    throw new Refusal("This array cannot be an index: use a row of whole numbers.");
  if (kind === "b") {
    if (known.values.length !== n)
      throw new Misfit(
        `These ${known.values.length} truth values cannot choose among ${n} numbers.`,
      );
    return known.values.flatMap((x, i) => (x ? [i] : []));
  }
  return known.values.map((x) => {
    if (x < -n || x >= n)
      throw new Misfit(`There is no number ${x} here: this axis has ${n}, from 0 to ${n - 1}.`);
    return x < 0 ? x + n : x;
  });
}

function chosen(pool, grid, { axis, rows }, keys) {
  if (keys.some((key) => key !== null && !(key instanceof Slice) && !isMany(key))) {
    throw new Refusal(
      "A list and a single place in one index are not understood here: take one after the other.",
    );
  }
  const shape = grid.shape.map((n, i) => (i === axis ? rows.length : n));
  pool.spend(roomOf(shape));
  const lead = grid.along(axis, 1, 0, 0);
  const inner = walkPlaces(shape.slice(axis + 1), grid.steps.slice(axis + 1), 0);
  const outer = walkPlaces(lead.shape.slice(0, axis), lead.steps.slice(0, axis), grid.start);
  const places = outer.flatMap((o) =>
    rows.flatMap((r) => inner.map((i) => o + r * grid.steps[axis] + i)),
  );
  return { shape, places };
}
