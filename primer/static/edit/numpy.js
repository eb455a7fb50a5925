// np as a text sees it, and the methods of arrays.
import { asArray, isTraced } from "./arrays.js";
import { arranged, formOf } from "./forms.js";
import { FORMS } from "./functions.js";
import { astype } from "./making.js";
import { shapeSeen, transposed } from "./moves.js";
import { strong } from "./kinds.js";
import { guess } from "./near.js";
import { Node } from "./nodes.js";
import { binary } from "./operators.js";
import { Refusal } from "./refusal.js";
import { ALIASES, UFUNCS, ufunc } from "./ufuncs.js";
import { Callable, Dimension, Dtype, plainOf, Space, Tuple } from "./values.js";

const METHODS = new Set(
  "sum mean var std prod max min any all clip copy ravel reshape squeeze swapaxes dot transpose diagonal".split(
    " ",
  ),
);
const CONSTANTS = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
  ["inf", Infinity],
  ["nan", NaN],
  ["euler_gamma", 0.5772156649015329],
  ["newaxis", null],
]);
const DTYPES = new Map([
  ["float64", "f"],
  ["int64", "i"],
  ["bool_", "b"],
  ["bool", "b"],
]);
// What to write for functions that a page does not have.
const INSTEAD = new Map([
  ["linalg.inv", "np.linalg.solve(A, b) instead of np.linalg.inv(A) @ b"],
  ["linalg.eigh", "a rule without eigenvalues"],
  ["hstack", "np.concatenate([a, b], axis=-1)"],
  ["vstack", "np.stack([a, b])"],
  ["vdot", "np.sum(a * b)"],
  ["inner", "np.sum(a * b)"],
  ["reciprocal", "1 / x"],
  ["fabs", "np.abs(x)"],
  ["median", "np.mean(x)"],
  ["float32", "np.float64: a page computes in float64"],
  ["random", "no random numbers: they would differ in every run"],
  ["average", "np.mean(x)"],
  ["heaviside", "np.where(x > 0, 1, 0)"],
  ["isclose", "np.abs(a - b) < 1e-8"],
  ["cumsum", "np.stack of np.sum"],
  ["norm", "np.linalg.norm(x)"],
  ["round", "np.floor(x + 0.5)"],
  ["rint", "np.floor(x + 0.5)"],
  ["trunc", "np.sign(x) * np.floor(np.abs(x))"],
  ["fmax", "np.maximum(a, b)"],
  ["fmin", "np.minimum(a, b)"],
  ["argmax", "x == np.max(x), which is True where x is largest"],
  ["argmin", "x == np.min(x), which is True where x is smallest"],
  ["nan_to_num", "np.where(np.isfinite(x), x, 0)"],
  ["empty_like", "np.zeros_like(x)"],
  ["empty", "np.zeros(n)"],
  ["diag", "np.diagonal(A), or x[..., None] * np.eye(n) to make a matrix"],
  ["trace", "np.sum(np.diagonal(A))"],
  ["einsum", "np.sum(a * b) or A @ b"],
  ["linspace", "np.arange(n) / (n - 1)"],
  ["append", "np.concatenate([a, b])"],
  ["exp2", "2.0 ** x"],
  ["isin", "(x == a) | (x == b)"],
  ["allclose", "np.all(np.abs(a - b) < 1e-8)"],
  ["count_nonzero", "np.sum(x != 0)"],
  ["diff", "x[..., 1:] - x[..., :-1]"],
  ["ptp", "np.max(x) - np.min(x)"],
  ["sort", "a rule without an order of the coordinates"],
  ["argsort", "a rule without an order of the coordinates"],
  ["select", "np.where(condition, a, b), one inside the other"],
]);

// A function of NumPy that is called by a form.
function formed(pool, label, text, make) {
  const form = formOf(text);
  return new Callable(label, (args, named) => {
    const [given, ...rest] = arranged(label, form, args, named);
    const traced = [given, ...rest].flatMap((x) => x?.items ?? [x]).some((x) => x instanceof Node);
    const first = given instanceof Dimension && !traced ? plainOf(given) : given;
    return make(pool, form[0].name === "a" ? asArray(pool, first) : first, ...rest);
  });
}

function ofNumbers(pool, label, op) {
  const form = formOf(UFUNCS.get(op) === 1 ? "/x" : "/x1 /x2");
  return new Callable(label, (args, named) =>
    ufunc(pool, op, arranged(label, form, args, named), true),
  );
}

function dtype(pool, name, kind) {
  return new Dtype(`np.${name}`, kind, (args) => {
    const [x] = arranged(`np.${name}`, formOf("x"), args, new Map());
    if (isTraced(x)) {
      throw new Refusal(
        `np.${name}(…) of numbers that change from step to step: write x.astype(float) or leave it away.`,
      );
    }
    return astype(pool, asArray(pool, x), new Dtype("", kind));
  });
}

// The module np for one trace.
export function numpyOf(pool) {
  const attributes = new Map(CONSTANTS);
  const linalg = new Map();
  for (const op of UFUNCS.keys()) attributes.set(op, ofNumbers(pool, `np.${op}`, op));
  for (const [name, op] of ALIASES) attributes.set(name, ofNumbers(pool, `np.${name}`, op));
  for (const [name, text, make] of FORMS) {
    const inside = name.startsWith("linalg.");
    const place = inside ? linalg : attributes;
    place.set(name.slice(inside ? 7 : 0), formed(pool, `np.${name}`, text, make));
  }
  for (const [name, kind] of DTYPES) attributes.set(name, dtype(pool, name, kind));
  attributes.set("linalg", new Space("np.linalg", linalg, missing("np.linalg", linalg)));
  return new Space("np", attributes, missing("np", attributes));
}

function missing(label, attributes) {
  return (name) => {
    const instead = INSTEAD.get(`${label}.${name}`.slice(3));
    const advice = instead
      ? ` Write ${instead}.`
      : guess(name, attributes.keys(), (x) => `${label}.${x}`);
    return new Refusal(`${label}.${name} is not known here.${advice}`);
  };
}

// x.name of an array or of a single number of NumPy.
export function arrayAttribute(pool, x, name) {
  if (name === "shape") return shapeSeen(pool, x);
  if (name === "ndim") return BigInt(x.shape.length);
  if (name === "size") return numbersIn(pool, x);
  if (name === "T") return transposed(pool, x);
  if (name === "dtype") return new Dtype("dtype", strong(x.kind));
  if (name === "item") return new Callable("item", () => (x instanceof Node ? x : plainOf(x)));
  if (name === "astype") return new Callable("astype", ([kind]) => astype(pool, x, kind ?? null));
  if (METHODS.has(name))
    return new Callable(`.${name}`, (args, named) => method(pool, x, name, args, named));
  throw noAttribute(name);
}

// How many numbers an array has; in an equation a symbol.
function numbersIn(pool, x) {
  const { items } = shapeSeen(pool, x);
  return items.length ? items.reduce((a, b) => binary(pool, "*", a, b)) : 1n;
}

function method(pool, x, name, args, named) {
  const [, own, make] = FORMS.find(([each]) => each === name);
  const text = name === "clip" ? "x min=None max=None" : own;
  const whole = name === "reshape" && args.length > 1 ? [new Tuple(args)] : args;
  const [, ...rest] = arranged(`.${name}`, formOf(text), [x, ...whole], named);
  return make(pool, x, ...rest);
}

const ARRAY_INSTEAD = new Map([
  ...["round", "argmax", "argmin", "trace"].map((name) => [name, INSTEAD.get(name)]),
  ["flatten", "np.ravel(x)"],
  ["sqrt", "np.sqrt(x)"],
  ["abs", "np.abs(x)"],
  ["norm", "np.linalg.norm(x)"],
]);

function noAttribute(name) {
  const instead = ARRAY_INSTEAD.get(name);
  const advice = instead
    ? ` Write ${instead}.`
    : guess(name, ["shape", "ndim", "dtype", "astype", ...METHODS], (x) => `.${x}`);
  return new Refusal(
    `An array has no .${name} here.${advice || " Use a function such as np.sum."}`,
  );
}
