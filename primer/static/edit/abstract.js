// What a trace for an equation knows: the number of parameters is a symbol, and so is a field.
import { Misfit, Pool, reachable } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { UFUNCS, ufunc } from "./ufuncs.js";
import { asKnown, Known, plainOf } from "./values.js";

const KNOWN = new Set(["field", "dim", "const"]);
// Few parameters, for which a rule must do what it does for more.
const FEW = [2, 3];
// Whether a node is made of numbers that are known: no slider and no schedule among them.
const isKnown = (node) =>
  reachable([node]).every((n) => n.args.length || (KNOWN.has(n.op) && !isMoving(n)));
const isMoving = (n) => n.op === "field" && n.pool.given.get(n.data) === undefined;

// Some fields turned out to be needed with their plain value: the trace starts again.
export class Needed extends Refusal {}

// `given` has the plain value of every field; `needs` those that cannot be symbols.
export class AbstractPool extends Pool {
  constructor({ given, general, ...settings }) {
    super({ abstract: true, general, ...settings });
    this.given = given;
    this.needs = new Set();
  }

  // Whether a condition on fields holds; the fields stay symbols.
  decide(node, advice) {
    if (!isKnown(node)) throw new Refusal(advice);
    const sizes = [...(this.general ? FEW : []), this.dim];
    const answers = new Set(sizes.map((dim) => this.truth(this.value(node, dim))));
    if (answers.size === 1) return answers.has(true);
    throw new Refusal(`${advice} Here it depends on the number of parameters.`);
  }

  // The plain value of a node; the fields in it cannot be symbols then.
  number(node, advice) {
    if (!isKnown(node)) throw new Refusal(advice);
    const names = reachable([node]).filter((n) => n.op === "field");
    names.forEach((n) => this.needs.add(n.data));
    if (names.length) throw new Needed(advice);
    return plainOf(this.value(node, this.dim));
  }

  truth(known) {
    if (known.values.length === 1) return known.values[0] !== 0;
    throw new Misfit(
      "The truth of an array of several numbers is not known: use np.any or np.all.",
    );
  }

  field(name) {
    const value = this.given.get(name);
    if (value !== undefined) return asKnown(this, value);
    throw new Refusal(`${name} has no value before the step: a slider or a schedule changes it.`);
  }

  value(node, dim) {
    this.spend(1);
    if (node.op === "field") return this.field(node.data);
    if (node.op === "dim") return new Known([dim], [], "i");
    if (node.op === "const") return new Known(node.data.values, node.shape, "f");
    const op = node.op === "ipow" ? "power" : node.op;
    if (!UFUNCS.has(op) && op !== "where") {
      throw new Refusal(
        "This number of fields is not known before the step: choose with np.where.",
      );
    }
    const parts = node.args.map((part) => this.value(part, dim));
    return ufunc(this, op, parts);
  }
}
