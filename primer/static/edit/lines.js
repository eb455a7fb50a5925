// The lines of an equation, which values get one and under which symbol: primer.derived.lines.
import { MatrixNotation } from "./matrices.js";
import { reachable } from "./nodes.js";
import { TOO_LONG } from "./notation.js";
import { Refusal } from "./refusal.js";
import { Letters, letterOf } from "./symbols.js";

const LEAVES = new Set(["theta", "state", "field", "const", "t", "dim"]);
const MOVING = new Set(["theta", "state", "t", "grad", "J", "hess"]);
// How a local may be called that is the new value of a part of the state.
const AFTER = ["", "_new", "_next"];

// Longest text of a whole equation.
const LONGEST_EQUATION = 10_000;
// Nodes looked at for all lines together: many lines may each speak of a long part without a name.
const MOST_LOOKED = 30_000;

// Lines of an equation, refused where they become too many to read.
class Printed {
  all = [];
  length = 0;

  add(left, right) {
    this.length += left.length + right.length;
    if (this.length > LONGEST_EQUATION) throw new Refusal(TOO_LONG);
    this.all.push(`${left} &= ${right}`);
  }
}

// What names are bound to, in the order of time; of names that get a value at once, as h and w in
// `h = w = x`, first the one that the text has first.
function inOrder({ bound, locals }) {
  const names = [...locals.keys()];
  const groups = [];
  for (const [name, value] of bound) {
    if (groups.at(-1)?.value !== value) groups.push({ value, names: [] });
    groups.at(-1).names.push(name);
  }
  return groups.flatMap((group) =>
    group.names
      .sort((a, b) => names.indexOf(a) - names.indexOf(b))
      .map((name) => [name, group.value]),
  );
}

// The lines of a traced rule, and the symbols in them.
export class EquationLines {
  // `order`: the names of all fields, in the order in which they get their symbols.
  constructor(traced, order) {
    this.traced = traced;
    this.letters = new Letters();
    this.notation = new MatrixNotation(traced.pool.dim, traced.pool.general);
    this.newState = traced.newState;
    this.parts = new Map();
    for (const [part, node] of this.newState)
      this.parts.set(node, [...(this.parts.get(node) ?? []), part]);
    this.needed = new Set(reachable([traced.newTheta, ...this.newState.values()]));
    this.moving = new Map();
    this.name(traced.theta, this.letters.theta, "t");
    this.nameFields(order);
    this.states = this.nameStates();
    this.kept = new Set([...this.states.values()].map((letter) => letter.text()));
    this.defined = this.nameDefined();
    this.own = new Map(this.defined.map((n, place) => [n, place]));
    this.looked = 0;
  }

  // How often each operation is done, but for picking coordinates.
  operations() {
    const done = [...this.needed].filter((n) => n.args.length && n.op !== "gather");
    return done.map((n) => n.op).sort();
  }

  // Assignments that the outputs need, in the order of the code.
  lines() {
    const lines = new Printed();
    const done = new Set();
    for (const node of this.defined) this.emit(node, done, lines);
    const { newTheta } = this.traced;
    if (LEAVES.has(newTheta.op)) lines.add(this.letters.theta.text("t+1"), this.read(newTheta));
    for (const [name, node] of this.newState) {
      const left = this.states.get(name).text("t");
      if (this.read(node) !== left) lines.add(left, this.read(node));
    }
    return lines.all;
  }

  read(node) {
    return this.notation.read(node)[0];
  }

  // The line of a node, after the lines of all that it speaks of.
  emit(node, done, lines) {
    if (done.has(node)) return;
    done.add(node);
    for (const part of this.spokenOf(node)) this.emit(part, done, lines);
    lines.add(this.read(node), this.notation.plain(node)[0]);
  }

  // Nodes with lines of their own in a node's text, in the order of the code.
  spokenOf(node) {
    const seen = new Set();
    const todo = [...node.args];
    while (todo.length) {
      const part = todo.pop();
      if (!seen.has(part) && !this.own.has(part)) todo.push(...part.args);
      seen.add(part);
    }
    this.looked += seen.size;
    if (this.looked > MOST_LOOKED) throw new Refusal(TOO_LONG);
    const own = [...seen].filter((n) => this.own.has(n));
    return own.sort((a, b) => this.own.get(a) - this.own.get(b));
  }

  name(node, letter, ...index) {
    this.notation.named.set(node, [letter, ...index]);
  }

  // Whether a value changes from step to step.
  moves(node) {
    if (!this.moving.has(node)) {
      this.moving.set(node, MOVING.has(node.op) || node.args.some((part) => this.moves(part)));
    }
    return this.moving.get(node);
  }

  nameFields(order) {
    const used = new Map();
    for (const node of this.needed) if (node.op === "field") used.set(node.data, node);
    for (const name of order.filter((each) => used.has(each))) {
      this.name(used.get(name), this.letters.claim(letterOf(name), false));
    }
  }

  nameStates() {
    const found = new Map();
    for (const name of this.newState.keys()) {
      found.set(name, this.letters.claim(letterOf(name), true));
      this.name(this.traced.state.get(name), found.get(name), "t-1");
    }
    return found;
  }

  // Nodes that get a line, in the order of the code, all named.
  nameDefined() {
    const chosen = this.chosen();
    for (const binding of chosen.filter((b) => b.rank === 0)) this.nameLocal(binding);
    const later = chosen.filter((b) => b.rank);
    for (const name of new Set(later.map((b) => b.name))) {
      const again = later.filter((b) => b.name === name).map((b) => b.node);
      const moves = again.map((node) => this.moves(node));
      const letters = this.letters.numbered(letterOf(name), moves);
      again.forEach((node, k) => this.name(node, letters[k], ...(moves[k] ? ["t"] : [])));
    }
    const { newTheta } = this.traced;
    const nodes = chosen.map((b) => b.node);
    if (LEAVES.has(newTheta.op)) return nodes;
    this.name(newTheta, this.letters.theta, "t+1");
    return [...nodes, newTheta];
  }

  nameLocal({ name, node }) {
    const stored = this.stored(name, node);
    if (stored !== undefined) return this.name(node, this.states.get(stored), "t");
    const moves = this.moves(node);
    const ahead = letterOf(name.endsWith("_next") ? name.slice(0, -5) : name);
    const kept = this.kept.has(ahead.text());
    if (name.endsWith("_next") && moves && !kept && ahead.base !== this.letters.theta.base) {
      return this.name(node, ahead, "t+1");
    }
    return this.name(node, this.letters.claim(letterOf(name), moves), ...(moves ? ["t"] : []));
  }

  // The part of the state that a local is the new value of, by its name and its node.
  stored(name, node) {
    const parts = this.parts.get(node) ?? [];
    const found = AFTER.map((suffix) => parts.find((part) => name === part + suffix));
    return found.find((part) => part !== undefined);
  }

  // One binding for every node that gets a line: of its names the one that says most.
  chosen() {
    const uses = new Map();
    const used = [...this.needed].flatMap((n) => n.args);
    for (const node of [...used, this.traced.newTheta, ...this.newState.values()]) {
      uses.set(node, (uses.get(node) ?? 0) + 1);
    }
    const found = new Map();
    for (const binding of this.bindings()) {
      const old = found.get(binding.node);
      if (!old || binding.rank < old.rank) found.set(binding.node, binding);
    }
    const lines = [...found.values()].filter((b) => b.rank < 2 || uses.get(b.node) > 1);
    return lines.sort((a, b) => a.node.id - b.node.id);
  }

  // Names that a step gives to nodes: rank 0 a name of its own, 1 an argument bound again, 2 a name
  // bound again later.
  bindings() {
    const { newTheta } = this.traced;
    const line = ([name, value]) =>
      this.needed.has(value) &&
      value !== newTheta &&
      !LEAVES.has(value.op) &&
      name.replaceAll("_", "");
    const bound = inOrder(this.traced).filter(line);
    return bound.map(([name, node]) => ({ rank: this.rank(name, node), name, node }));
  }

  rank(name, node) {
    if (this.stored(name, node) !== undefined) return 0;
    if (this.traced.locals.get(name) !== node) return 2;
    return this.traced.given.has(name) ? 1 : 0;
  }
}
