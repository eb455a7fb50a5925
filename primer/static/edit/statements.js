// What the statements of a text do.
import { inTurn, items } from "./builtins.js";
import { assign, at, evaluate, makeFunction, placed, truthAt } from "./evaluate.js";
import { strong } from "./kinds.js";
import { binary } from "./operators.js";
import { Refusal } from "./refusal.js";
import { ownNames } from "./scope.js";
import { Dict, isArray, List } from "./values.js";

// Runs statements up to a return: {value, node} of it, or null.
export function execute(body, scope) {
  for (const node of body) {
    scope.run.pool.spend(1);
    const returned = executeOne(node, scope);
    if (returned) return returned;
  }
  return null;
}

function executeOne(node, scope) {
  try {
    return STATEMENTS_OF[node.type](node, scope) ?? null;
  } catch (error) {
    throw placed(error, node);
  }
}

const STATEMENTS_OF = {
  FunctionDef: (node, scope) => scope.set(node.name, defined(node, scope)),
  Return: (node, scope) => ({ value: node.value ? evaluate(node.value, scope) : null, node }),
  Assign({ targets, value }, scope) {
    const x = evaluate(value, scope);
    for (const target of targets) assignAt(target, x, scope);
  },
  AugAssign: update,
  Expr: ({ value }, scope) => void evaluate(value, scope),
  If: ({ test, body, orelse }, scope) => execute(truthAt(test, "if", scope) ? body : orelse, scope),
  For({ target, iter, body, orelse }, scope) {
    const all = itemsAt(iter, scope);
    for (const item of all) {
      assignAt(target, item, scope);
      const returned = execute(body, scope);
      if (returned) return returned;
    }
    return execute(orelse ?? [], scope);
  },
  Pass: () => null,
  Assert({ test }, scope) {
    if (!truthAt(test, "assert", scope)) throw new Refusal("This assert does not hold.");
  },
};

const assignAt = (target, x, scope) => at(target, () => assign(target, x, scope));
const itemsAt = (node, scope) => at(node, () => inTurn(scope.run.pool, evaluate(node, scope)));

// Found once, however often a def is gone through.
const ownOf = new WeakMap();
function namesIn(node) {
  if (!ownOf.has(node)) ownOf.set(node, ownNames(node.body));
  return ownOf.get(node);
}

// The function that a def makes.
function defined(node, scope) {
  const own = namesIn(node);
  const run = (inner) => execute(node.body, inner)?.value ?? null;
  return Object.assign(makeFunction(node.name, node, scope, run, own), { node });
}

// A node without an axis is a number for NumPy, but for these, which can be arrays of its own kinds.
const MAYBE_ARRAYS = new Set(["gather", "state", "where", "const"]);

function isWritable(x) {
  if (!isArray(x)) return false;
  return x.shape.length > 0 || (MAYBE_ARRAYS.has(x.op) && x.kind === strong(x.kind));
}

// target op= value; an array would be changed in place.
function update({ target, op, value }, scope) {
  const old = evaluate(target, scope);
  if (isWritable(old) || old instanceof Dict) throw inPlace(target, op, old, scope);
  if (old instanceof List && op === "+") {
    old.items.push(...items(scope.run.pool, evaluate(value, scope)));
    return;
  }
  assignAt(target, binary(scope.run.pool, op, old, evaluate(value, scope)), scope);
}

// A part of the state or of an array is refused as it is where `=` stands alone.
function inPlace(target, op, old, scope) {
  const name = target.type === "Name" ? target.id : "x";
  if (target.type !== "Name") assignAt(target, old, scope);
  return new Refusal(
    `\`${op}=\` changes ${old instanceof Dict ? "a dictionary" : "an array"} in place: write ${name} = ${name} ${op} ….`,
    target.from,
    target.to,
  );
}
