// Runs the text of a rule once on symbols instead of numbers: primer.derived.trace.
import { AbstractPool } from "./abstract.js";
import { builtinsOf } from "./builtins.js";
import { placed } from "./evaluate.js";
import { truth as isTruth } from "./kinds.js";
import { guess } from "./near.js";
import { Node, Pool } from "./nodes.js";
import { numpyOf } from "./numpy.js";
import { objectiveOf, packageOf } from "./package.js";
import { outcome, partName, partOf } from "./outcome.js";
import { Refusal } from "./refusal.js";
import { Scope } from "./scope.js";
import { execute } from "./statements.js";
import { Callable, described, Dict, Known, Space } from "./values.js";

const SHAPES = { init: ["self", "theta"], step: ["self", "J", "theta", "state", "t"] };

// Traces the rule in a module: what went in, what came out, and the names of step.
//   dim       the number of parameters
//   fields    [{name, shape, kind, value} or {name, shape, kind, slot}, …]
//   tables    {Signs: [{args: [seed, dim], rows}]}: noise that a page has
//   abstract  for an equation; `general`: for any number of parameters
export function trace(module, { dim, fields, tables = {}, abstract = false, general = abstract }) {
  const plain = new Set();
  let work = 0; // of all beginnings together
  for (;;) {
    const given = new Map(fields.map((field) => [field.name, plainValue(field)]));
    const pool = abstract ? new AbstractPool({ dim, general, given }) : new Pool({ dim });
    pool.spend(work);
    try {
      const theta = pool.make("theta", [], [dim]);
      const t = pool.make("t", [], [], null, "int");
      return once(module, { pool, theta, t }, symbols(pool, fields, given, plain), tables);
    } catch (error) {
      const more = [...(pool.needs ?? [])].filter((name) => !plain.has(name));
      if (!more.length) throw understood(error);
      more.forEach((name) => plain.add(name));
      work = pool.work;
    }
  }
}

function understood(error) {
  if (!(error instanceof RangeError)) return error;
  return new Refusal("This rule is too long or too deep for a page: give its parts names.");
}

// The value of a field in a text; undefined where a slider or a schedule changes it.
function plainValue({ shape, kind, value }) {
  if (value === undefined) return undefined;
  const numbers = [value].flat(Infinity);
  if (shape.length || kind.length === 1) return new Known(numbers.map(Number), shape, kind);
  return kind === "int" ? BigInt(value) : kind === "bool" ? Boolean(value) : value;
}

// What self.name is: the value, or a symbol of it.
function symbols(pool, fields, given, plain) {
  return new Map(
    fields.map(({ name, shape, kind, slot }) => {
      const value = given.get(name);
      const fixed = pool.abstract
        ? plain.has(name) || isTruth(kind) || kind === "str"
        : slot === undefined;
      if (fixed && value !== undefined) return [name, value];
      if (pool.abstract) return [name, pool.make("field", [], [], name, "f")];
      return [name, pool.make("field", [], shape, slot, kind)];
    }),
  );
}

function once(module, { pool, theta, t }, fields, tables) {
  const run = { pool, fields, depth: 0, calls: 0, stateNames: new Set() };
  run.numpy = numpyOf(pool);
  run.builtins = new Map([["np", run.numpy], ...builtinsOf(pool), ...packageOf(pool, tables)]);
  const top = new Scope(run);
  execute(module.body, top);
  const [init, step] = ["init", "step"].map((name) => methodOf(top, name));
  const self = ruleOf(top, fields);
  const start = init ? begun(pool, init, [self, theta]) : new Map();
  run.stateNames = new Set(start.keys());
  const state = new Map(
    [...start].map(([name, { shape, kind }]) => [
      name,
      pool.make("state", [], shape, name, kind[0]),
    ]),
  );
  const J = objectiveOf(pool, pool.dim);
  return {
    pool,
    theta,
    t,
    state,
    start,
    ...stepped(step, [self, J, theta, new Dict(new Map(state), true), t], { theta, start }),
  };
}

function methodOf(top, name) {
  const method = top.values.get(name);
  const wanted = SHAPES[name];
  const form = `def ${name}(${wanted.join(", ")}):`;
  if (method === undefined && name === "init") return null;
  if (method === undefined) throw new Refusal(`The rule has no step: write ${form}`);
  if (!method.node) throw new Refusal(`${name} is a function: write ${form}`);
  const least = method.node.args.filter((a) => a.default === null).length;
  if (least > wanted.length || method.parameters.length < wanted.length) {
    throw new Refusal(
      `${name} is called with ${wanted.length} values: write ${form}`,
      method.node.from,
      method.node.to,
    );
  }
  return method;
}

// self: its fields, the numbers of the text, and the functions of the text whose first value it is.
function ruleOf(top, fields) {
  const self = new Space("self", fields, (name) => {
    const found = top.values.get(name);
    if (!(found instanceof Callable))
      return found === undefined ? noField(name, top, fields) : found;
    if (found.parameters?.[0] === "self")
      return new Callable(name, (args, named) => found.call([self, ...args], named));
    return new Refusal(`${name} does not take self: call it ${name}(…), without self.`);
  });
  return self;
}

function noField(name, top, fields) {
  const near = guess(name, [...fields.keys(), ...top.values.keys()], (x) => `self.${x}`);
  const made = `This rule has no field ${name}: write ${name} = 0.9 at the top of the text, and self.${name} finds it.`;
  return new Refusal(made + near);
}

// What init makes: nodes by name.
function begun(pool, init, args) {
  const made = returned(init, init.open(args, new Map()));
  const { node } = made;
  if (!(made.value instanceof Dict)) {
    throw placed(
      new Refusal(
        `init must return a dictionary such as {"m": 0 * theta}, and this is ${described(made.value)}.`,
      ),
      node,
    );
  }
  return new Map(
    [...made.value.map].map(([name, x]) => [partName(name, node), partOf(pool, name, x, node)]),
  );
}

// Calls a function of the text in these names; where it returned, or its head.
function returned(method, scope) {
  return execute(method.node.body, scope) ?? { value: null, node: method.node };
}

function stepped(step, args, { theta, start }) {
  const scope = step.open(args, new Map());
  const given = new Map(scope.values);
  const bound = [];
  scope.watch = (name, value) => {
    if (scope.values.get(name) === value) return;
    // What is no node has no line: one null parts the names before it from those after.
    const seen = value instanceof Node ? value : null;
    if (seen || bound.at(-1)?.[1] !== null) bound.push([name, seen]);
  };
  const { value, node } = returned(step, scope);
  try {
    const [newTheta, newState] = outcome(theta.pool, value, theta, start, node);
    return { newTheta, newState, locals: scope.values, bound, given };
  } catch (error) {
    throw placed(error, node);
  }
}
