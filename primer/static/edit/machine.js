// Runs a traced rule, one operation after the other, on the numbers of one array: what
// PrimerExplorer.march runs beside the programs that were written when the book was built.
import { Compiler, Memory, copy } from "./compile.js";
import { sizeOf } from "./nodes.js";
import { execute, rested } from "./operations.js";
import { Refusal } from "./refusal.js";
import { asNode, isNumeric } from "./values.js";

// The slowest run that is let through ends within about a tenth of a second.
const mostOperations = 2e7;

// The program {init, step, s, w} of a rule; s and w are the sizes of the state and of what is watched.
// `objective` is J alone. `fields`, {slots, values}, has the numbers that change with the step or a
// slider. `watched` names locals, whose numbers fill w; those that the rule does not have, and what is
// no local (null), are NaN there. What only a run can show, such as a division of t by 0, ends the run
// with a theta of NaN; `refused` then says what it was.
export function machine(traced, objective, fields, { watched = [], steps = 1 } = {}) {
  const plan = planned(traced, objective, fields.slots, watched, mostOperations / (steps + 1));
  const { at, m, start, each } = plan;
  const f = m.subarray(at.f, at.f + fields.slots);
  const made = { s: start.kept.length, w: each.seen.length, refused: null };
  const run = ({ code, asked }, x, s, h, t) => {
    m.set(x, at.x);
    m.set(s, at.s);
    m[at.t] = t;
    if (fields.slots) fields.values(h, t, f);
    try {
      execute(code, m, asked);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      made.refused = error;
      x.fill(NaN);
      return false;
    }
  };
  return Object.assign(made, {
    init(x, s, h) {
      rested();
      made.refused = null;
      if (run(start, x, s, h, 0)) copy(m, start.kept, s);
    },
    step(x, s, h, t, w) {
      if (!run(each, x, s, h, t)) return;
      copy(m, each.next, x);
      copy(m, each.kept, s);
      if (w) copy(m, each.seen, w);
    },
  });
}

// Where everything stands, the instructions of init and of a step, and where their results stand.
function planned(traced, objective, slots, watched, most) {
  const memory = new Memory();
  const at = layout(traced, objective.dim, slots, memory);
  const compiled = (nodes, cost) => new Compiler(memory, objective, at.leaf, cost).program(nodes);
  const names = [...traced.start.keys()];
  const locals = new Map(watched.map(({ local }) => [local, localOf(traced, local)]));
  const shown = [...locals.values()].filter(Boolean);
  const kept = names.map((name) => traced.newState.get(name));
  const start = compiled([...traced.start.values()], mostOperations);
  const each = compiled([traced.newTheta, ...kept, ...shown], most);
  const [next, ...others] = each.out;
  const known = new Map(shown.map((node, k) => [node, others[kept.length + k]]));
  const nothing = memory.constant(NaN);
  const seen = watched.flatMap(({ local, size }) => {
    const found = known.get(locals.get(local)) ?? [];
    return Array.from({ length: size }, (_, i) => found[found.length > 1 ? i : 0] ?? nothing);
  });
  return {
    at,
    m: memory.array(),
    start: { ...start, kept: start.out.flat() },
    each: { ...each, next, kept: others.slice(0, kept.length).flat(), seen },
  };
}

// The numbers that a name of step stands for at its end, as a node; undefined where there are none.
function localOf({ pool, locals }, name) {
  const value = locals.get(name);
  return isNumeric(value) ? asNode(pool, value) : undefined;
}

// The addresses of theta, t, the fields and the state, and the function that finds them for a node.
function layout({ start }, dim, slots, memory) {
  const at = { x: memory.take(dim), t: memory.take(1), f: memory.take(slots), s: memory.take(0) };
  const states = new Map();
  for (const [name, { shape }] of start) states.set(name, memory.take(sizeOf(shape)));
  const first = { theta: () => at.x, t: () => at.t, field: (k) => at.f + k };
  at.leaf = ({ op, data }) => (op === "state" ? states.get(data) : first[op](data));
  return at;
}
