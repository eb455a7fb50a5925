// What the package has for rules: J, power, scaled_power, when, solve, norms and random signs.
import { asArray, getItem, isTraced, summed, together } from "./arrays.js";
import { arranged, formOf } from "./forms.js";
import { broadcastTo } from "./moves.js";
import { integral } from "./kinds.js";
import { guess } from "./near.js";
import { Misfit, Node, sizeOf } from "./nodes.js";
import { truth } from "./operators.js";
import { Refusal } from "./refusal.js";
import { solved } from "./solve.js";
import { common, eachNumber, elementwise, ufunc } from "./ufuncs.js";
import {
  asNode,
  Callable,
  described,
  ELLIPSIS,
  isArray,
  isPlainNumber,
  Known,
  shapeOf,
  shapeText,
  Slice,
  Space,
  Table,
  Tuple,
  wholeOf,
} from "./values.js";

const whole = new Slice(null, null, null);
const NORM = String.raw`\lVert #3 \rVert_{\mathrm{block}}`;

function checkCount(n) {
  if (n instanceof Node && (n.pool.abstract || integral(n.kind))) return;
  const known = typeof n === "bigint" || n instanceof Known;
  const count = known ? wholeOf(n) : null;
  if (count === null || count < 0) {
    throw new Refusal("n in power(b, n) is a whole number >= 0: write b ** n for other powers.");
  }
}

// primer.power
function power(pool, b, n) {
  if (n instanceof Node || !shapeOf(n).length) checkCount(n);
  if (b instanceof Node || n instanceof Node) return exactPower(pool, b, n);
  const made = eachNumber(
    pool,
    "power",
    [b, n].map((x) => asArray(pool, x)),
    "f",
    globalThis.PrimerExplorer.power,
  );
  return isPlainNumber(b) && !isArray(n) ? made.values[0] : made;
}

// b ** n for a whole exponent, as a node.
function exactPower(pool, b, n) {
  const args = [b, n].map((x) => asNode(pool, x));
  const [base, exponent] = args;
  const two = exponent.op === "const" && !exponent.shape.length && exponent.data.values[0] === 2;
  const kind = args.every((a) => a.kind.length > 1) ? "float" : "f";
  return two
    ? elementwise(pool, "square", [base])
    : pool.make("ipow", args, common("power", args), null, kind);
}

// primer.exact.scaled_power: a * b ** n.
function scaledPower(pool, a, b, n) {
  if (n instanceof Node || !shapeOf(n).length) checkCount(n);
  if ([a, b, n].some((x) => x instanceof Node)) {
    const args = [b, n, a].map((x) => asNode(pool, x));
    return pool.make("scaled_power", args, common("power", args), null, "f");
  }
  const parts = [b, n, a].map((x) => asArray(pool, x));
  const made = eachNumber(pool, "power", parts, "f", globalThis.PrimerExplorer.lib.S);
  return [a, b, n].every(isPlainNumber) ? made.values[0] : made;
}

// primer.exact.when
function when(pool, condition, value, otherwise) {
  if (!(value instanceof Callable))
    throw new Refusal("when needs a function: when(condition, lambda: value, otherwise).");
  if (condition instanceof Node) {
    if (sizeOf(condition.shape) > 1)
      throw new Misfit("when needs one condition for all: use np.where(condition, a, b).");
    return ufunc(pool, "where", [condition, value.call([], new Map()), otherwise]);
  }
  return truth(condition, "when") ? value.call([], new Map()) : otherwise;
}

// primer.rules.newton.solve
function solve(pool, H, g) {
  if (!shapeOf(g).length) throw new Misfit("solve needs an array on the right: solve(H, g).");
  const [matrix, right] = together(pool, [H, g]);
  const column = getItem(pool, right, new Tuple([ELLIPSIS, null]));
  return getItem(pool, solved(pool, matrix, column), new Tuple([ELLIPSIS, 0n]));
}

// primer.rules.lamb.norms where all of theta is one block.
function norms(pool, rule, J, values) {
  if (J?.name !== "J") throw new Refusal("norms is called as norms(self, J, x).");
  const x = asArray(pool, values);
  if (!pool.abstract && x.shape.join() !== `${pool.dim}`) {
    throw new Misfit("norms takes something like theta: norms(self, J, x).");
  }
  if (pool.abstract && isTraced(x)) return pool.make("written", [x], x.shape, [NORM, 3], "f");
  const lengths = ufunc(pool, "sqrt", [summed(pool, ufunc(pool, "square", [x]), -1n, true)]);
  return broadcastTo(pool, lengths, new Tuple(x.shape.map(BigInt)));
}

// primer.Signs, whose rows a page has for those seeds and lengths that the rule drew.
function signs(pool, tables, seed, dim) {
  const [first, width] = [seed, dim].map(wholeOf);
  if (first === null || width === null) {
    throw new Refusal(
      "Signs takes a whole seed and the number of parameters: Signs(self.seed, theta.shape[-1]).",
    );
  }
  const known = tables?.Signs ?? [];
  const found = known.find(({ args }) => args[0] === first && args[1] === width);
  if (!found && !pool.abstract) {
    const drawn = known.map(({ args }) => `Signs(${args.join(", ")})`).join(", ");
    throw new Refusal(
      `Signs(${first}, ${width}) is not drawn on this page${drawn ? `; these are: ${drawn}` : ": this rule had no random signs"}.`,
    );
  }
  return new Table({ word: "signs", seed: first, width, rows: found?.rows ?? null });
}

// Row t of a table of noise.
export function rowOf(pool, { data }, t) {
  if (t instanceof Node) {
    if (t.shape.length)
      throw new Refusal("A table of noise has one row for each step: Signs(…)[t].");
    return pool.make("lookup", [t], [data.width], data, "f");
  }
  const place = wholeOf(t);
  if (place === null)
    throw new Refusal(`A row of noise has a whole number, and this is ${described(t)}.`);
  if (!data.rows?.[place]) throw new Misfit(`The noise of step ${place} is not known here.`);
  return new Known([...data.rows[place]], [data.width], "f");
}

// The objective, as a step sees it; that of an equation takes vectors of any length.
export function objectiveOf(pool, dim) {
  const at = (name, x) => {
    const node = asNode(pool, x);
    if (pool.abstract) return node;
    if (node.kind !== "f")
      throw new Refusal(`${name} takes floats, as theta holds: write 1.0 * (…).`);
    if (node.shape.length === 1 && node.shape[0] === dim) return node;
    throw new Misfit(
      `${name} takes something like theta, of shape (${dim},), and this is of shape ${shapeText(node.shape)}.`,
    );
  };
  const made = (label, text, call) =>
    new Callable(label, (args, named) => call(...arranged(label, formOf(text), args, named)));
  const node = (op, label, times) => (x) => {
    const asked = at(label, x);
    const [before, last] = [asked.shape.slice(0, -1), asked.shape.slice(-1)];
    return pool.make(op, [asked], [...before, ...Array(times).fill(last).flat()]);
  };
  const value = made("J", "theta", node("J", "J", 0));
  const hess = node("hess", "J.hess", 2);
  const attributes = new Map([
    ["grad", made("J.grad", "theta", node("grad", "J.grad", 1))],
    ["hess", made("J.hess", "theta", hess)],
    ["hvp", made("J.hvp", "theta u", (x, u) => hvp(pool, hess, at("J.hvp", x), at("J.hvp", u)))],
  ]);
  const J = new Space("J", attributes, missing(attributes));
  J.call = value.call;
  return J;
}

function hvp(pool, hess, x, u) {
  if (!pool.abstract) return pool.make("hvp", [x, u], x.shape);
  const rows = ufunc(pool, "multiply", [
    hess(x),
    getItem(pool, u, new Tuple([ELLIPSIS, null, whole])),
  ]);
  return summed(pool, rows, -1n, false);
}

const missing = (attributes) => (name) =>
  new Refusal(
    `J has no .${name} here: it has J(theta), J.grad(theta), J.hess(theta) and J.hvp(theta, u).` +
      guess(name, attributes.keys(), (x) => `J.${x}`),
  );

// The functions of the package that a text may call, by name.
export function packageOf(pool, tables) {
  const named = [
    ["power", "b n", power],
    ["scaled_power", "a b n", scaledPower],
    ["when", "condition value otherwise", when],
    ["solve", "H g", solve],
    ["norms", "rule J x", norms],
    ["Signs", "seed dim", (_, seed, dim) => signs(pool, tables, seed, dim)],
  ];
  return named.map(([name, text, call]) => [
    name,
    new Callable(name, (args, given) => call(pool, ...arranged(name, formOf(text), args, given))),
  ]);
}
