// The names of a text: which value each has, and what is said of one that has none.
import { guess } from "./near.js";
import { Refusal } from "./refusal.js";

// What to write for names that other texts of Python begin with, or other languages have.
const INSTEAD = new Map([
  ...["math", "torch"].map((name) => [name, `Use NumPy: np.sqrt instead of ${name}.sqrt.`]),
  ["numpy", "Write np."],
  ["print", "Nothing is printed here: the picture shows the numbers. Remove this line."],
  ["true", "Write True."],
  ["false", "Write False."],
  ["null", "Write None."],
  ["π", "Write np.pi."],
]);

// The names of one function while it runs, or of the text itself.
export class Scope {
  constructor(run, parent = null, own = new Set(), watch = null) {
    Object.assign(this, { run, parent, own, watch });
    this.values = new Map();
  }

  set(name, value) {
    if (name.startsWith("__")) throw new Refusal("A name cannot begin with two underscores here.");
    this.watch?.(name, value);
    this.values.set(name, value);
  }

  get(name) {
    for (let scope = this; scope; scope = scope.parent) {
      if (scope.values.has(name)) return scope.values.get(name);
      if (scope.own.has(name)) throw this.lacking(name, " yet");
    }
    if (this.run.builtins.has(name)) return this.run.builtins.get(name);
    throw this.lacking(name, "");
  }

  lacking(name, yet) {
    const advice = this.given(name) || (yet ? "" : this.advice(name));
    return new Refusal(`${name} has no value here${yet}.${advice}`);
  }

  // What the rule or its state has by this name.
  given(name) {
    const { fields, stateNames } = this.run;
    if (fields.has(name)) return ` Write self.${name}.`;
    return stateNames.has(name) ? ` Write state["${name}"].` : "";
  }

  advice(name) {
    const { fields, numpy } = this.run;
    if (INSTEAD.has(name)) return ` ${INSTEAD.get(name)}`;
    if (numpy.attributes.has(name)) return ` Write np.${name}.`;
    if (numpy.attributes.get("linalg").attributes.has(name)) return ` Write np.linalg.${name}.`;
    return guess(name, this.visible()) || guess(name, fields.keys(), (x) => `self.${x}`);
  }

  visible() {
    const names = new Set();
    for (let scope = this; scope; scope = scope.parent) {
      for (const name of scope.values.keys()) names.add(name);
    }
    for (const name of this.run.builtins.keys()) names.add(name);
    return names;
  }
}

// The names that statements give a value to, which are a function's own.
export function ownNames(body, found = new Set()) {
  for (const node of body) {
    if (node.type === "FunctionDef") found.add(node.name);
    for (const target of node.targets ?? [node.target]) addTargets(target, found);
    for (const inner of [node.body, node.orelse]) {
      if (Array.isArray(inner) && node.type !== "FunctionDef") ownNames(inner, found);
    }
  }
  return found;
}

export function addTargets(target, found) {
  if (target?.type === "Name") found.add(target.id);
  if (target?.type === "Starred") addTargets(target.value, found);
  for (const one of target?.elts ?? []) addTargets(one, found);
}
