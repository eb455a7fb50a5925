// A linear system, written out as primer.derived.functions does it.
import { asArray, getItem, stacked } from "./arrays.js";
import { Misfit } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { ufunc } from "./ufuncs.js";
import { asNode, shapeText } from "./values.js";

// Unknowns of a system that is written out, one elimination after the other.
const UNKNOWNS = 6;

// x with a x = b, by elimination with the pivots of LAPACK; one node in an equation.
export function solved(pool, a, b) {
  if (pool.abstract) return pool.make("solve", [asNode(pool, a), asNode(pool, b)], b.shape);
  const n = a.shape.at(-1);
  if (a.shape.length !== 2 || a.shape[0] !== n || b.shape[0] !== n) {
    throw new Misfit(
      `A system of the shapes ${shapeText(a.shape)} and ${shapeText(b.shape)} has no solution here.`,
    );
  }
  if (n > UNKNOWNS) {
    throw new Refusal(`A system of ${n} unknowns is too long for a page: at most ${UNKNOWNS}.`);
  }
  const rows = Array.from({ length: n }, (_, i) => [
    getItem(pool, a, BigInt(i)),
    getItem(pool, b, BigInt(i)),
  ]);
  return stacked(
    pool,
    eliminated(pool, rows).map((x) => asArray(pool, x)),
    0,
  );
}

// The unknowns, from the rows (coefficients, right side) of a system.
function eliminated(pool, rows) {
  const calculate = (op, ...values) => ufunc(pool, op, values);
  const at = (row, i) => getItem(pool, row, BigInt(i));
  const k = rows[0][0].shape.at(-1) - rows.length;
  for (let i = 1; i < rows.length; i++) {
    const size = (row) => calculate("absolute", at(row[0], k));
    const swap = calculate("greater", size(rows[i]), size(rows[0]));
    const pairs = rows[0].map((top, j) => [top, rows[i][j]]);
    rows[0] = pairs.map(([top, low]) => calculate("where", swap, low, top));
    rows[i] = pairs.map(([top, low]) => calculate("where", swap, top, low));
  }
  const [[top, right], ...rest] = rows;
  const below = rest.map(([low, left]) => {
    const factor = calculate("divide", at(low, k), at(top, k));
    return [
      calculate("subtract", low, calculate("multiply", factor, top)),
      calculate("subtract", left, calculate("multiply", factor, right)),
    ];
  });
  const found = below.length ? eliminated(pool, below) : [];
  const known = found.reduce(
    (sum, x, j) => calculate("subtract", sum, calculate("multiply", at(top, k + 1 + j), x)),
    right,
  );
  return [calculate("divide", known, at(top, k)), ...found];
}
