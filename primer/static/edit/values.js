// What the names of a text can stand for: Python's values, NumPy's arrays of known numbers, nodes.
// An int is a bigint, a float a number, a bool a boolean, a str a string, None is null.
import { jointKind } from "./kinds.js";
import { checkAxes, Node, sizeOf } from "./nodes.js";
import { Refusal } from "./refusal.js";

// An array of NumPy whose numbers are known; shape [] is one of its single numbers.
export class Known {
  constructor(values, shape, kind) {
    checkAxes(shape);
    Object.assign(this, { values, shape, kind });
  }
}

export class Tuple {
  constructor(items) {
    this.items = items;
  }
}

export class List extends Tuple {}

// What a generator makes, one value after the other, once.
export class Lazy {
  constructor(values) {
    this.values = values;
  }
}

// A dictionary; `given` is the state that a step is given, which it must not change.
export class Dict {
  constructor(map, given = false) {
    Object.assign(this, { map, given });
  }
}

// What a dictionary holds, for whoever goes through all of it.
export function entriesOf(pool, { map }) {
  pool.spend(map.size);
  return map;
}

export class Slice {
  constructor(lower, upper, step) {
    Object.assign(this, { lower, upper, step });
  }
}

// The number of parameters in an equation: a whole number for range and shapes, a symbol elsewhere.
export class Dimension {
  constructor(pool, size) {
    Object.assign(this, { pool, size });
  }

  get symbol() {
    return this.pool.make("dim", [], [], this.pool.axes.get(this.size), "int");
  }
}

// Something that can be called: call(args, named) with an array and a Map.
export class Callable {
  constructor(name, call) {
    Object.assign(this, { name, call });
  }
}

// A module or an object such as J: its attributes by name; `missing(name)` refuses others.
export class Space {
  constructor(name, attributes, missing) {
    Object.assign(this, { name, attributes, missing });
  }
}

// A kind that an array can be made of: float, np.float64, bool, …
export class Dtype extends Callable {
  constructor(name, kind, call) {
    super(name, call);
    this.kind = kind;
  }
}

// A table of noise, one row for each step.
export class Table {
  constructor(data) {
    this.data = data;
  }
}

export const ELLIPSIS = Object.freeze({ name: "..." });

export const isPlainNumber = (x) =>
  typeof x === "number" || typeof x === "bigint" || typeof x === "boolean";
export const isArray = (x) => x instanceof Node || x instanceof Known;
export const isNumeric = (x) => isPlainNumber(x) || isArray(x) || x instanceof Dimension;

export const plainKind = (x) =>
  typeof x === "boolean" ? "bool" : typeof x === "bigint" ? "int" : "float";
export const kindOf = (x) => (isArray(x) ? x.kind : x instanceof Dimension ? "int" : plainKind(x));
export const shapeOf = (x) => (isArray(x) ? x.shape : []);

// What a sentence calls a value.
export function described(x) {
  if (x === null) return "None";
  if (typeof x === "string") return "a text";
  if (isPlainNumber(x)) return typeof x === "boolean" ? (x ? "True" : "False") : `the number ${x}`;
  if (x instanceof Dimension) return "a single number";
  if (isArray(x))
    return x.shape.length ? `an array of shape ${shapeText(x.shape)}` : "a single number";
  if (x instanceof Slice) return "a slice";
  if (x === ELLIPSIS) return "...";
  if (x instanceof Dict) return "a dictionary";
  if (x instanceof List) return "a list";
  if (x instanceof Tuple) return "a tuple";
  if (x instanceof Lazy) return "a generator";
  if (x instanceof Table) return "a table of noise";
  return x.name === undefined ? "something else" : `\`${x.name}\``;
}

export const shapeText = (shape) =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;

// The array of NumPy that Python's number, or a list of numbers, becomes; refuses all else.
export function asKnown(pool, x) {
  if (x instanceof Known) return x;
  if (x instanceof Dimension) return new Known([x.size], [], "i");
  if (isPlainNumber(x)) return new Known([Number(x)], [], plainKind(x)[0]);
  if (x instanceof Tuple) return arrayOf(pool, x.items);
  throw notANumber(x);
}

function arrayOf(pool, items) {
  pool.spend(items.length + 1);
  if (items.some((item) => item instanceof Node)) {
    throw new Refusal(
      "A list cannot become an array where its numbers change from step to step: use np.stack([a, b]).",
    );
  }
  const parts = items.map((item) => asKnown(pool, item));
  pool.spend(parts.reduce((sum, part) => sum + sizeOf(part.shape), 0));
  const inner = parts.length ? parts[0].shape : [];
  if (parts.some((part) => part.shape.join() !== inner.join())) {
    throw new Refusal("The rows of this list have different lengths: give all of them the same.");
  }
  const values = parts.flatMap((part) => part.values);
  return new Known(
    values,
    [parts.length, ...inner],
    parts.length ? jointKind(parts.map((p) => p.kind)) : "f",
  );
}

export function notANumber(x) {
  const advice = x instanceof Callable ? ` Call it: ${x.name}(…).` : "";
  return new Refusal(`A number or an array is needed here, and this is ${described(x)}.${advice}`);
}

// The node that stands for a value in the graph.
export function asNode(pool, x) {
  if (x instanceof Node) return x;
  if (x instanceof Dimension) return x.symbol;
  const known = asKnown(pool, x);
  return pool.constant(known.values, known.shape, isPlainNumber(x) ? plainKind(x) : known.kind);
}

const TO_INDEX =
  "A length or a place must be known before the step, as a field and theta.shape[-1] are; this one changes from step to step: use np.where(condition, a, b) to choose.";

// A whole number as JavaScript's, for a length, an axis or an index; null for anything else.
export function wholeOf(x) {
  if (x instanceof Node) return wholeOf(x.pool.number(x, TO_INDEX));
  if (typeof x === "bigint") return Number(x);
  if (typeof x === "boolean") return Number(x);
  if (x instanceof Dimension) return x.size;
  if (x instanceof Known && x.kind === "i" && !x.shape.length) return x.values[0];
  return null;
}

// A single known number as Python's, the rest as it is: for what asks for a plain number.
export function plainOf(x) {
  if (x instanceof Dimension) return BigInt(x.size);
  if (!(x instanceof Known) || sizeOf(x.shape) !== 1) return x;
  const [value] = x.values;
  return x.kind === "b" ? value !== 0 : x.kind === "i" ? BigInt(value) : value;
}
