// Functions of NumPy that move numbers without changing them.
import { getItem, moved, squeezed, viewed } from "./arrays.js";
import { axesOf, axisOf, Grid, reducedAxes } from "./grids.js";
import { broadcastPlaces, broadcastShape, Misfit, Node, roomOf, sizeOf } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { described, Dimension, notANumber, shapeText, Tuple, wholeOf } from "./values.js";

// A shape as an array of lengths.
export function lengths(x, what) {
  return (x instanceof Tuple ? x.items : [x]).map((item) => {
    const n = wholeOf(item);
    if (n === null)
      throw new Refusal(
        `The lengths of ${what} are whole numbers, and this is ${described(item)}.`,
      );
    return n;
  });
}

export function reshaped(pool, x, shape) {
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

export function broadcastTo(pool, x, shape) {
  const to = lengths(shape, "a shape");
  const fits = to.every((n) => n >= 0) && broadcastShape([x.shape, to])?.join() === to.join();
  if (!fits) {
    throw new Misfit(
      `An array of shape ${shapeText(x.shape)} cannot be spread over the shape ${shapeText(to)}.`,
    );
  }
  pool.spend(roomOf(to));
  return moved(pool, x, { shape: to, places: broadcastPlaces(x.shape, to) });
}

export const numbered = (n) => Array.from({ length: n }, (_, i) => i);

export function swapped(pool, x, a, b) {
  const order = numbered(x.shape.length);
  const [i, j] = [axisOf(a, order.length), axisOf(b, order.length)];
  [order[i], order[j]] = [order[j], order[i]];
  return viewed(pool, x, (grid) => grid.axes(order));
}

export function transposed(pool, x) {
  return viewed(pool, x, (grid) => grid.axes(numbered(x.shape.length).reverse()));
}

export function movedAxis(pool, x, from, to) {
  const [a, b] = [from, to].map((axis) => axisOf(axis, x.shape.length));
  const order = numbered(x.shape.length).filter((i) => i !== a);
  order.splice(b, 0, a);
  return viewed(pool, x, (grid) => grid.axes(order));
}

export function expanded(pool, x, axis) {
  const asked = (axis instanceof Tuple ? axis.items : [axis]).map((one, _, all) =>
    axisOf(one, x.shape.length + all.length),
  );
  let next = 0;
  const order = numbered(x.shape.length + asked.length).map((i) =>
    asked.includes(i) ? null : next++,
  );
  return viewed(pool, x, (grid) => grid.axes(order));
}

export function squeeze(pool, x, axis) {
  const ones = numbered(x.shape.length).filter((i) => x.shape[i] === 1);
  return squeezed(pool, x, axis === null ? ones : reducedAxes(axis, x.shape.length));
}

export function flipped(pool, x, axis) {
  const axes = axesOf(axis, x.shape.length);
  return viewed(pool, x, (whole) =>
    axes.reduce(
      (grid, i) =>
        grid.along(i, grid.shape[i], -grid.steps[i], (grid.shape[i] - 1) * grid.steps[i]),
      whole,
    ),
  );
}

export function rolled(pool, x, shift, axis) {
  const by = wholeOf(shift);
  if (by === null) throw new Refusal("np.roll shifts by a whole number of places.");
  const at = axis === null ? 0 : axisOf(axis, x.shape.length);
  const n = axis === null ? sizeOf(x.shape) : x.shape[at];
  const inner = axis === null ? 1 : sizeOf(x.shape.slice(at + 1));
  pool.spend(roomOf(x.shape));
  const places = numbered(sizeOf(x.shape)).map((k) => {
    const i = Math.floor(k / inner) % n;
    return k + (((((i - by) % n) + n) % n) - i) * inner;
  });
  return moved(pool, x, { shape: x.shape, places });
}

export function diagonal(pool, x, axis1, axis2) {
  if (x.shape.length !== 2) throw new Misfit("np.diagonal takes a matrix here.");
  if (axis1 !== null && axisOf(axis1, 2) === axisOf(axis2, 2)) {
    throw new Refusal("np.diagonal goes along two different axes.");
  }
  const [n, m] = x.shape;
  return viewed(pool, x, () => new Grid([Math.min(n, m)], [m + 1]));
}

export const raveled = (pool, x) => reshaped(pool, x, -1n);
export const asShape = (shape) => new Tuple(shape.map(BigInt));
// The shape as a text sees it: the number of parameters is a symbol in an equation.
export const shapeSeen = (pool, x) => new Tuple(x.shape.map((n) => lengthSeen(pool, x, n)));

// That of known numbers is a number, even where theta has as many.
const lengthSeen = (pool, x, n) =>
  pool.axes.has(n) && x instanceof Node ? new Dimension(pool, n) : BigInt(n);

// The rows of a known array.
export function rowsOf(pool, known) {
  if (!known.shape.length) throw notANumber(known);
  pool.spend(known.shape[0]);
  return numbered(known.shape[0]).map((i) => getItem(pool, known, BigInt(i)));
}
