// The nodes of a trace as instructions: every number of a node that is needed once, in the order of
// primer.derived.writer. An address is the place of a number in the machine's one array.
import { integral } from "./kinds.js";
import { broadcastPlaces, sizeOf } from "./nodes.js";
import { codeOf, costOf, isOperation } from "./operations.js";
import { pairwise } from "./pairwise.js";
import { Refusal } from "./refusal.js";

const mostNumbers = 1e6;
// A line of a traced function, which is one operation, has at least so many characters.
const lineLength = 16;

const consecutive = (first, count) => Array.from({ length: count }, (_, i) => first + i);

// The addresses that are given out, and the numbers that stand there from the beginning.
export class Memory {
  constructor() {
    Object.assign(this, { size: 0, given: [], known: new Map() });
  }
  take(count) {
    const first = this.size;
    this.size += count;
    if (this.size > mostNumbers) {
      throw new Refusal("This rule computes with too many numbers for a page: use smaller arrays.");
    }
    return first;
  }
  put(numbers) {
    const first = this.take(numbers.length);
    this.given.push([first, numbers]);
    return first;
  }
  constant(value) {
    const key = Object.is(value, -0) ? "-0" : value;
    if (!this.known.has(key)) this.known.set(key, this.put([value]));
    return this.known.get(key);
  }
  array() {
    const m = new Float64Array(this.size);
    for (const [first, numbers] of this.given) m.set(numbers, first);
    return m;
  }
}

// The nodes and all that they are made of, each once, after its parts.
export function ordered(nodes) {
  const found = new Set();
  const waiting = [...nodes].reverse();
  while (waiting.length) {
    const node = waiting.at(-1);
    const before = waiting.length;
    if (!found.has(node)) {
      for (const part of node.args) if (!found.has(part)) waiting.push(part);
    }
    if (waiting.length === before) found.add(waiting.pop());
  }
  return [...found];
}

export class Compiler {
  // `leaf(node)` is the address of the first number of what a step is given; `most` bounds the cost.
  constructor(memory, objective, leaf, most) {
    Object.assign(this, { memory, objective, leaf, most, cost: 0 });
    Object.assign(this, { code: [], asked: [], places: new Map() });
  }

  // The instructions for these nodes, and for each of them the addresses of its numbers.
  program(nodes) {
    for (const node of ordered(nodes)) this.places.set(node, this.placed(node));
    const out = nodes.map((node) => this.places.get(node));
    return { code: Int32Array.from(this.code), asked: this.asked, out };
  }

  placed(node) {
    switch (node.op) {
      case "const":
        return node.data.values.map((value) => this.memory.constant(value));
      case "theta":
      case "state":
      case "field":
      case "t":
        return consecutive(this.leaf(node), sizeOf(node.shape));
      case "gather":
        return node.data.map(([part, place]) => this.places.get(node.args[part])[place]);
      case "lookup":
        return this.row(node);
      case "J":
      case "grad":
      case "hess":
      case "hvp":
        return this.ask(node);
      case "matmul":
        return this.product(node);
      default:
        return reduced.has(node.op) ? this.reduction(node) : this.elementwise(node);
    }
  }

  // The address of the result of one operation.
  emit(name, ...from) {
    const to = this.memory.take(1);
    this.spend(costOf(name));
    this.code.push(codeOf(name), to, from[0], from[1] ?? from[0], from[2] ?? from[0]);
    return to;
  }
  spend(cost) {
    this.cost += cost;
    if (this.cost > this.most) {
      throw new Refusal("This rule computes too much for a page: fewer operations, please.");
    }
  }

  elementwise(node) {
    const parts = node.args.map((arg) => {
      const own = this.places.get(arg);
      if (own.length === sizeOf(node.shape)) return own;
      return broadcastPlaces(arg.shape, node.shape).map((place) => own[place]);
    });
    const name = operation(node);
    const checked = checks.get(node.op);
    if (checked && (checked === "count" || isPlain(node))) {
      parts[1] = parts[1].map((address) => this.emit(checked, address));
    }
    if (node.data === "keeps") parts.reverse();
    if (node.op === "square") parts.push(parts[0]);
    return consecutive(0, sizeOf(node.shape)).map((i) =>
      this.emit(name, ...parts.map((part) => part[i])),
    );
  }

  reduction(node) {
    const own = this.places.get(node.args[0]);
    const { name, first } = reduced.get(node.op);
    return node.data.map((places) => {
      const from = places.map((place) => own[place]);
      const inOne = places.every((place, i) => place === places[0] + i);
      if (node.op === "sum" && from.length > 7 && inOne) {
        const total = pairwise(from, (a, b) => this.emit("add", a, b));
        return this.emit("add", this.memory.constant(0), total);
      }
      const begin = first === undefined ? from.shift() : this.memory.constant(first);
      return this.chain(name, begin, from);
    });
  }
  chain(name, begin, from) {
    return from.reduce((sum, next) => this.emit(name, sum, next), begin);
  }
  product({ args, shape }) {
    const [A, B] = args.map((arg) => this.places.get(arg));
    const [left, right] = args.map((arg) => arg.shape);
    const inner = left.at(-1);
    const rows = left.length > 1 ? left.at(-2) : 1;
    const columns = right.length > 1 ? right.at(-1) : 1;
    const batch = shape.slice(0, shape.length - (left.length > 1) - (right.length > 1));
    const [ofA, ofB] = [left, right].map((own) => broadcastPlaces(own.slice(0, -2), batch));
    return consecutive(0, sizeOf(shape)).map((i) => {
      const at = Math.floor(i / (rows * columns));
      const a = (ofA[at] * rows + (Math.floor(i / columns) % rows)) * inner;
      const b = ofB[at] * inner * columns + (i % columns);
      return consecutive(0, inner).reduce((sum, j) => {
        const pair = [A[a + j], B[b + j * columns]];
        return sum === null
          ? this.emit("multiply", ...pair)
          : this.emit("add_product", ...pair, sum);
      }, null);
    });
  }

  // A row of a table, whose columns stand one after the other.
  row({ args, data, shape }) {
    const [at] = this.places.get(args[0]);
    const size = this.memory.constant(data.rows.length);
    return consecutive(0, sizeOf(shape)).map((i) => {
      const column = this.memory.put(data.rows.map((numbers) => numbers[i]));
      return this.emit("row", at, size, column);
    });
  }

  // What the objective answers: its value, gradient, Hessian, or the latter times a vector.
  ask({ op, args, shape }) {
    const method = op === "J" ? "value" : op;
    const answer = this.objective[method];
    if (!answer) throw new Refusal(`J.${op} is not known on this landscape: use J.grad.`);
    const size = sizeOf(shape);
    const to = this.memory.take(size);
    const numbers = args.map((arg) => new Float64Array(sizeOf(arg.shape)));
    const from = args.map((arg) => this.places.get(arg));
    const out = new Float64Array(size);
    this.spend(answer.toString().length / lineLength + 10 * (size + numbers.length));
    this.code.push(codeOf("ask"), to, 0, 0, this.asked.length);
    const clock = this.leaf({ op: "t" });
    this.asked.push((m) => {
      from.forEach((places, k) => copy(m, places, numbers[k]));
      if (op === "J") m[to] = answer(numbers[0], m[clock]);
      else answer(...numbers, m[clock], out);
      if (op !== "J") m.set(out, to);
    });
    return consecutive(to, size);
  }
}

export function copy(m, places, to) {
  for (let i = 0; i < places.length; i++) to[i] = m[places[i]];
}

// What makes one number of many, and what it starts with.
const reduced = new Map([
  ["sum", { name: "add", first: 0 }],
  ["prod", { name: "multiply" }],
  ["any", { name: "logical_or", first: 0 }],
  ["all", { name: "logical_and", first: 1 }],
  ["max", { name: "maximum" }],
  ["min", { name: "minimum" }],
]);

// What the second number of an operation must be: of one on Python's own numbers, and of a power.
const checks = new Map([
  ["divide", "nonzero"],
  ["floor_divide", "nonzero"],
  ["remainder", "nonzero"],
  ["ipow", "count"],
  ["scaled_power", "count"],
]);
const isPlain = ({ kind, args }) =>
  kind.length > 1 && !(args[1].op === "const" && args[1].data.values[0]);

// The machine's name of what a node does: integers have no -0, and a root is taken as a root.
function operation({ op, kind, data }) {
  const names = [`whole_${op}`, `plain_${op}`, "root_power", op];
  const fits = [integral(kind), kind.length > 1, data === "root", true];
  const name = names.find((each, k) => fits[k] && isOperation(each));
  if (name) return name;
  if (op === "square") return "multiply";
  throw new Refusal(`np.${op} can be printed, but not run in a page.`);
}
