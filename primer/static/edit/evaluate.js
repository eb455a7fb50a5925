// The value of an expression of a text.
import { attribute, placeIn, subscript } from "./access.js";
import { inTurn, items } from "./builtins.js";
import { closure } from "./closures.js";
import { Misfit } from "./nodes.js";
import { binary, comparison, keyOf, signed, truth } from "./operators.js";
import { Refusal } from "./refusal.js";
import { addTargets, Scope } from "./scope.js";
import {
  described,
  Dict,
  ELLIPSIS,
  entriesOf,
  isArray,
  isNumeric,
  Lazy,
  List,
  Slice,
  Tuple,
} from "./values.js";

const DEEPEST = 2000;

// Its value; a refusal without a place gets that of the innermost expression.
export function evaluate(node, scope) {
  const { run } = scope;
  run.pool.spend(1);
  if (++run.depth > DEEPEST)
    throw new Refusal("This is nested too deeply: give parts of it a name.");
  try {
    return EXPRESSIONS[node.type](node, scope);
  } catch (error) {
    throw placed(error, node);
  } finally {
    run.depth--;
  }
}

// The error with a place in the text, if it is a refusal that has none.
export function placed(error, node) {
  if (error instanceof Refusal && error.from === null)
    [error.from, error.to] = [node.from, node.to];
  return error;
}

// make(), whose refusals are told at this node.
export function at(node, make) {
  try {
    return make();
  } catch (error) {
    throw placed(error, node);
  }
}

// Whether what a node says counts as true.
export const truthAt = (node, word, scope) => at(node, () => truth(evaluate(node, scope), word));

const EXPRESSIONS = {
  Name: ({ id }, scope) => scope.get(id),
  Constant: ({ value, kind }) =>
    kind === "int"
      ? BigInt(value)
      : kind === "Ellipsis"
        ? ELLIPSIS
        : kind === "None"
          ? null
          : value,
  BinOp: (node, scope) =>
    binary(scope.run.pool, node.op, evaluate(node.left, scope), evaluate(node.right, scope)),
  UnaryOp({ op, operand }, scope) {
    const x = evaluate(operand, scope);
    return op === "not" ? !truth(x, "not") : signed(scope.run.pool, op, x);
  },
  BoolOp({ op, values }, scope) {
    let x;
    for (const [i, value] of values.entries()) {
      x = evaluate(value, scope);
      if (i < values.length - 1 && at(value, () => truth(x, op)) === (op === "or")) return x;
    }
    return x;
  },
  Compare: compareChain,
  Call: call,
  Attribute: ({ value, attr }, scope) => attribute(scope.run, evaluate(value, scope), attr),
  Subscript: (node, scope) =>
    subscript(scope.run, evaluate(node.value, scope), evaluate(node.slice, scope)),
  Slice: ({ lower, upper, step }, scope) =>
    new Slice(...[lower, upper, step].map((x) => (x ? evaluate(x, scope) : null))),
  Tuple: ({ elts }, scope) => new Tuple(elements(elts, scope)),
  List: ({ elts }, scope) => new List(elements(elts, scope)),
  Dict: dictionaryOfText,
  IfExp: ({ test, body, orelse }, scope) =>
    evaluate(truthAt(test, "if", scope) ? body : orelse, scope),
  ListComp: (node, scope) => new List([...comprehended(node, scope)]),
  GeneratorExp: (node, scope) => new Lazy(comprehended(node, scope)),
  Lambda: (node, scope) =>
    makeFunction("lambda", node, scope, (inner) => evaluate(node.body, inner), new Set()),
  Starred() {
    throw new Refusal("A * cannot stand here.");
  },
};

function elements(elts, scope) {
  return elts.flatMap((node) =>
    node.type === "Starred"
      ? items(scope.run.pool, evaluate(node.value, scope))
      : [evaluate(node, scope)],
  );
}

function compareChain({ left, ops, comparators }, scope) {
  let a = evaluate(left, scope);
  let result = true;
  for (const [i, op] of ops.entries()) {
    const b = evaluate(comparators[i], scope);
    result = comparison(scope.run.pool, op, a, b);
    if (i < ops.length - 1 && !truth(result, "a < b < c")) return result;
    a = b;
  }
  return result;
}

function dictionaryOfText({ keys, values }, scope) {
  const map = new Map();
  keys.forEach((node, i) => {
    const key = node && keyOf(evaluate(node, scope));
    const value = evaluate(values[i], scope);
    if (node) {
      map.set(key, value);
    } else if (value instanceof Dict) {
      for (const [name, x] of entriesOf(scope.run.pool, value)) map.set(name, x);
    } else {
      throw new Refusal(
        `** needs a dictionary, and this is ${described(value)}.`,
        values[i].from,
        values[i].to,
      );
    }
  });
  return new Dict(map);
}

// The values of a comprehension, one after the other.
function* comprehended({ elt, generators }, scope) {
  const { pool } = scope.run;
  const own = new Set();
  for (const { target } of generators) addTargets(target, own);
  const inner = new Scope(scope.run, scope, own);
  const first = evaluate(generators[0].iter, scope);
  function* turns(k) {
    if (k === generators.length) return void (yield evaluate(elt, inner));
    const { target, iter, ifs } = generators[k];
    for (const item of inTurn(pool, k ? evaluate(iter, inner) : first)) {
      assign(target, item, inner);
      if (ifs.every((test) => truthAt(test, "if", inner))) yield* turns(k + 1);
    }
  }
  yield* turns(0);
}

function call(node, scope) {
  const callee = evaluate(node.func, scope);
  const args = elements(node.args, scope);
  const named = new Map();
  for (const { arg, value } of node.keywords) {
    const x = evaluate(value, scope);
    if (arg === null && !(x instanceof Dict))
      throw new Refusal(`** needs a dictionary, and this is ${described(x)}.`);
    for (const [name, given] of arg === null ? entriesOf(scope.run.pool, x) : [[arg, x]]) {
      if (named.has(name) || typeof name !== "string")
        throw new Refusal(`${name} is given twice here.`);
      named.set(name, given);
    }
  }
  if (typeof callee?.call !== "function") {
    const advice = isNumeric(callee) ? " Write * to multiply." : "";
    throw new Refusal(
      `This is ${described(callee)} and cannot be called.${advice}`,
      node.func.from,
      node.func.to,
    );
  }
  return callee.call(args, named);
}

// A function of the text; what is taken where nothing is given is made now, as Python does.
export function makeFunction(name, { args }, scope, execute, own) {
  const form = args.map(({ arg, default: given }) => {
    if (arg.startsWith("__")) throw new Refusal("A name cannot begin with two underscores here.");
    return { name: arg, optional: given !== null, value: given && evaluate(given, scope) };
  });
  return closure(name, form, scope, execute, own);
}

// Gives a value to a name, or its parts to several.
export function assign(target, value, scope) {
  if (target.type === "Name") return scope.set(target.id, value);
  if (target.type === "Subscript") return assignPart(target, value, scope);
  if (target.type === "Attribute") {
    throw new Refusal(
      `A rule keeps nothing in itself: what it needs in the next step belongs in the state, as in {"${target.attr}": …}.`,
    );
  }
  const all = items(scope.run.pool, value);
  const star = target.elts.findIndex((one) => one.type === "Starred");
  const names = target.elts.length;
  if (star < 0 ? all.length !== names : all.length < names - 1) {
    throw new Misfit(`Here are ${names} names for ${all.length} values.`);
  }
  const more = all.length - names + 1;
  target.elts.forEach((one, i) => {
    if (i === star) assign(one.value, new List(all.slice(i, i + more)), scope);
    else assign(one, all[star < 0 || i < star ? i : i + more - 1], scope);
  });
}

// holder[key] = value, for lists and dictionaries that the text made itself.
function assignPart({ value: node, slice }, value, scope) {
  const holder = evaluate(node, scope);
  const key = evaluate(slice, scope);
  if (holder instanceof Dict && holder.given) {
    throw new Refusal(
      `The state is not written in place: return it instead, as in {"${String(key)}": …}.`,
    );
  }
  if (isArray(holder)) {
    throw new Refusal(
      "An array is not written in place: use np.where(condition, a, b) or np.stack([a, b]).",
    );
  }
  if (holder instanceof Dict) return void holder.map.set(keyOf(key), value);
  if (!(holder instanceof List))
    throw new Refusal(`Nothing can be written into ${described(holder)}.`);
  holder.items[placeIn(holder, key)] = value;
}
