// The graph of a traced rule, as primer.derived.graph makes it: nodes of one pool, equal ones shared.
//
// A Node has
//   op     the operation, named as in graph.py: "add", "subtract", "where", "ipow", …
//   args   the nodes that it is made of
//   shape  an array of numbers, row-major like NumPy's; [] is a single number
//   kind   "bool", "int", "float" for a number of Python, "b", "i", "f" for one of NumPy
//   id     its place in pool.nodes: the order in which the nodes were made
//   data   by op:
//     "const"                     {values: [number, …]}, flat; truth values are 0 and 1
//     "theta", "t"                null
//     "state"                     the name of the part of the state
//     "field"                     its slot (a number) in a concrete trace, its name in an abstract one
//     "dim"                       "d", the number of parameters (abstract only)
//     "lookup"                    {word: "signs", seed, width, rows: [[…], …] | null}, of args[0] = t
//     "gather"                    [[part, place], …]: number k is number `place` of args[part]
//     "sum" "prod" "max" "min"    [[place, …], …]: number k is made of those numbers of args[0]
//     "any" "all"                 as for "sum"
//     "power"                     "root" where NumPy takes the root if the exponent is 1/2, else null
//     "maximum", "minimum"        "keeps" in np.clip between two numbers, which keeps -0; else null
//     "written"                   [latex, place, …]: a function with a notation (abstract only)
//     else                        null
// "J" has shape [], "grad" and "hvp" (x, u) that of theta, "hess" [dim, dim]. In an abstract trace
// hvp is the sum of rows of hess * u, "matmul" and "solve" are whole in both; a concrete trace writes
// "solve" out. In an abstract trace for any number of parameters `pool.axes` says which sizes in a
// shape stand for it: Map {11 → "d"}.
import { Refusal } from "./refusal.js";

const MOST_NUMBERS = 50_000;
const MOST_WORK = 50_000;
// What a node costs beside its numbers.
const NODE = 20;
const MOST_AXES = 32;

// Sizes that do not fit together: a shape, an index, a number of values. An equation is then tried
// for other numbers of parameters.
export class Misfit extends Refusal {}

export class Node {
  constructor(pool, op, args, shape, data, kind) {
    Object.assign(this, { pool, op, args, shape, data, kind, id: pool.nodes.length });
  }
}

// The nodes of one trace. `most` bounds the numbers in them, and so the time and memory of a trace.
export class Pool {
  constructor({ dim, abstract = false, general = abstract, most = MOST_NUMBERS }) {
    Object.assign(this, { dim, abstract, general, most });
    this.nodes = [];
    this.axes = new Map(general ? [[dim, "d"]] : []);
    this.numbers = 0;
    this.work = 0;
    this.known = new Map();
  }

  // The node with this content: the one in the pool, or a new one.
  make(op, args = [], shape = [], data = null, kind = "f") {
    const places = args.map((a) => a.id).join();
    const key = `${op} ${kind} ${shape.join("x")} ${places} ${token(data)}`;
    const old = this.known.get(key);
    if (old) return old;
    checkAxes(shape);
    this.pay(NODE + sizeOf(shape) + (Array.isArray(data) ? weight(data) : 0));
    const node = new Node(this, op, args, shape, data, kind);
    this.known.set(key, node);
    this.nodes.push(node);
    return node;
  }

  constant(values, shape, kind) {
    this.spend(values.length);
    return this.make("const", [], shape, { values }, kind);
  }

  // Work that makes no nodes.
  spend(work) {
    this.work += work;
    if (!(this.work <= (this.abstract ? MOST_WORK / 2 : MOST_WORK))) {
      throw new Refusal("This rule takes too long: use fewer repetitions or smaller arrays.");
    }
  }

  // The truth of a node, or its number, where Python asks for it; an abstract trace knows some.
  decide(node, advice) {
    throw new Refusal(advice);
  }

  number(node, advice) {
    throw new Refusal(advice);
  }

  pay(numbers) {
    this.numbers += numbers;
    if (!(this.numbers <= this.most)) {
      throw new Refusal(
        "One step of this rule is too long for a page: use fewer repetitions or smaller arrays.",
      );
    }
  }
}

// The nodes and all they are made of, each once.
export function reachable(nodes) {
  const found = new Set();
  const todo = [...nodes];
  while (todo.length) {
    const node = todo.pop();
    if (found.has(node)) continue;
    found.add(node);
    todo.push(...node.args);
  }
  return [...found];
}

const weight = (data) => data.reduce((sum, row) => sum + (Array.isArray(row) ? row.length : 1), 0);

function token(data) {
  if (data === null || typeof data !== "object") return `${typeof data} ${data}`;
  if (Array.isArray(data))
    return data.map((row) => (Array.isArray(row) ? row.join() : row)).join(";");
  if (data.values) return data.values.map((x) => (Object.is(x, -0) ? "-0" : x)).join();
  return `${data.word} ${data.seed} ${data.width}`;
}

// NumPy has a limit too.
export function checkAxes(shape) {
  if (shape.length > MOST_AXES) throw new Refusal(`An array has at most ${MOST_AXES} axes here.`);
}

// How many numbers an array of this shape has.
export const sizeOf = (shape) => shape.reduce((product, n) => product * n, 1);
// What going through it costs: an axis is gone through also where another one has no number.
export const roomOf = (shape) => shape.reduce((product, n) => product * Math.max(n, 1), 1);

// The shape that these broadcast to, or null.
export function broadcastShape(shapes) {
  const several = shapes.filter((s) => s.length);
  if (several.every((s) => s.join() === several[0].join())) return several[0] ?? [];
  const length = Math.max(0, ...shapes.map((s) => s.length));
  const out = [];
  for (let back = length; back > 0; back--) {
    const sizes = shapes
      .map((s) => (s.length < back ? 1 : s[s.length - back]))
      .filter((n) => n !== 1);
    if (sizes.some((n) => n !== sizes[0])) return null;
    out.push(sizes.length ? sizes[0] : 1);
  }
  return out;
}

// For every number of a broadcast result, where it sits in an array of the shape `from`.
export function broadcastPlaces(from, to) {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  const steps = to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : strides[i - lead]));
  return walkPlaces(to, steps, 0);
}

// The step in memory along each axis of a row-major array.
export function stridesOf(shape) {
  const strides = new Array(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

// The places start + sum(index[i] * steps[i]) of every index of the shape, in row-major order.
export function walkPlaces(shape, steps, start) {
  if (!sizeOf(shape)) return [];
  let places = [start];
  shape.forEach((n, axis) => {
    const next = [];
    for (const place of places) for (let i = 0; i < n; i++) next.push(place + i * steps[axis]);
    places = next;
  });
  return places;
}
