// Python's own functions, as a text may call them.
import { arranged, formOf } from "./forms.js";
import { rowsOf } from "./moves.js";
import { Misfit, Node } from "./nodes.js";
import { binary, comparison, keyOf, truth } from "./operators.js";
import { rounded, whole } from "./plain.js";
import { Refusal } from "./refusal.js";
import { ufunc } from "./ufuncs.js";
import {
  Callable,
  described,
  Dict,
  Dimension,
  Dtype,
  entriesOf,
  isArray,
  isPlainNumber,
  Known,
  Lazy,
  List,
  notANumber,
  plainOf,
  Tuple,
  wholeOf,
} from "./values.js";

const MOST_TURNS = 10_000;
// Of a number that is written as a text.
const LONGEST_NUMBER = 100;

// What a loop, a list or an unpacking goes through.
export function items(pool, x) {
  const all = x instanceof Lazy ? [...x.values] : listed(pool, x);
  pool.spend(all.length);
  return all;
}

// The same where one value may be asked for after the other.
export const inTurn = (pool, x) => (x instanceof Lazy ? x.values : listed(pool, x));

function listed(pool, x) {
  if (x instanceof Tuple) return x.items;
  if (x instanceof Dict) return [...entriesOf(pool, x).keys()];
  if (x instanceof Known && x.shape.length) return rowsOf(pool, x);
  if (x instanceof Node) {
    throw new Refusal(
      "An array that changes from step to step cannot be unpacked or looped over: use theta[..., 0].",
    );
  }
  throw new Refusal(`A loop needs a list or range(n), and this is ${described(x)}.`);
}

function range(pool, args) {
  if (!args.length || args.length > 3)
    throw new Refusal("range takes one to three whole numbers: range(n).");
  const numbers = args.map((x) => {
    const n = typeof x === "number" ? null : wholeOf(x);
    if (n === null) throw new Refusal(`range needs whole numbers, and this is ${described(x)}.`);
    return n;
  });
  const [start, stop] = numbers.length > 1 ? numbers : [0, numbers[0]];
  const step = numbers[2] ?? 1;
  if (step === 0) throw new Refusal("The step of a range cannot be 0.");
  const n = Math.max(0, Math.ceil((stop - start) / step));
  if (n > MOST_TURNS)
    throw new Refusal(`This range has ${n} turns, too many for a page: at most ${MOST_TURNS}.`);
  pool.spend(n);
  return new Tuple(Array.from({ length: n }, (_, i) => BigInt(start + i * step)));
}

function length(pool, x) {
  if (typeof x === "string") {
    pool.spend(x.length);
    return BigInt([...x].length);
  }
  if (x instanceof Tuple) return BigInt(x.items.length);
  if (x instanceof Dict) return BigInt(x.map.size);
  if (x instanceof Known && x.shape.length) return BigInt(x.shape[0]);
  if (isArray(x)) throw new Refusal("len(…) of an array: use theta.shape[-1].");
  throw new Refusal(`len(…) needs a list, and this is ${described(x)}.`);
}

function absolute(pool, x) {
  if (typeof x === "number") return Math.abs(x);
  if (isPlainNumber(x)) return BigInt(x) < 0n ? -BigInt(x) : BigInt(x);
  if (x instanceof Dimension) return BigInt(x.size);
  return ufunc(pool, "absolute", [x]);
}

// max or min: the first that no other one is beyond.
function extreme(name, sign) {
  return (pool, args) => {
    let best;
    for (const x of args.length === 1 ? inTurn(pool, args[0]) : args) {
      pool.spend(1);
      if (best === undefined || truth(comparison(pool, sign, x, best), name)) best = x;
    }
    if (best === undefined) throw new Refusal(`${name} of nothing: give it at least one number.`);
    return best;
  };
}

function total(pool, [list, start = 0n]) {
  if (list === undefined) throw new Refusal("sum needs a list: sum([a, b]).");
  let sum = start;
  for (const x of inTurn(pool, list)) {
    pool.spend(1);
    sum = binary(pool, "+", sum, x);
  }
  return sum;
}

const FIXED = (name) =>
  `${name}(…) needs a number that is known before the step, and this one changes from step to step: leave ${name} away${name === "int" ? ", or use np.floor" : ""}.`;

// The plain number behind a value, for float and int.
function plainNumber(name, x) {
  const known = x instanceof Node ? x.pool.number(x, FIXED(name)) : plainOf(x);
  if (
    typeof known === "string" &&
    known.length < LONGEST_NUMBER &&
    /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(known) &&
    name === "float"
  )
    return Number(known);
  if (typeof known === "string" && /^[-+]?(inf|infinity|nan)$/i.test(known) && name === "float") {
    const size = /nan/i.test(known) ? NaN : Infinity;
    return known.startsWith("-") ? -size : size;
  }
  if (isPlainNumber(known)) return known;
  throw notANumber(x);
}

function toInt(x) {
  const number = plainNumber("int", x);
  if (typeof number !== "number") return BigInt(number);
  if (!Number.isFinite(number)) throw new Refusal("int(…) of a number that is not finite.");
  return whole(BigInt(Math.trunc(number)));
}

function zipped(pool, args, named) {
  const lists = args.map((list) => items(pool, list));
  const strict = [...named].some(([name, x]) => name === "strict" && truth(x, "strict"));
  const unknown = [...named.keys()].find((name) => name !== "strict");
  if (unknown !== undefined) throw new Refusal(`zip does not take ${unknown}= here.`);
  const n = lists.length ? Math.min(...lists.map((l) => l.length)) : 0;
  if (strict && lists.some((l) => l.length !== n))
    throw new Misfit("zip(…, strict=True) of lists that are not equally long.");
  pool.spend(n * lists.length);
  return new Tuple(Array.from({ length: n }, (_, i) => new Tuple(lists.map((l) => l[i]))));
}

function enumerated(pool, [list, start = 0n]) {
  if (list === undefined || typeof start !== "bigint")
    throw new Refusal("enumerate takes a list: enumerate(list).");
  const all = items(pool, list);
  pool.spend(all.length);
  return new Tuple(all.map((x, i) => new Tuple([start + BigInt(i), x])));
}

function collected(make) {
  return (pool, args) => {
    if (args.length > 1) throw new Refusal("A list is made of one thing: list(x).");
    const all = args.length ? items(pool, args[0]) : [];
    pool.spend(all.length);
    return new make([...all]);
  };
}

function dictionary(pool, args, named) {
  const [first] = args;
  if (args.length > 1) throw new Refusal("dict takes one dictionary: dict(state, m=m).");
  const pairs = first === undefined ? [] : pairsOf(pool, first);
  return new Dict(new Map([...pairs, ...named]));
}

function pairsOf(pool, list) {
  if (list instanceof Dict) return entriesOf(pool, list);
  return items(pool, list).map((pair) => {
    const both = items(pool, pair);
    if (both.length !== 2) throw new Refusal("dict needs pairs of a key and a value.");
    return [keyOf(both[0]), both[1]];
  });
}

function powered(pool, args, named) {
  const [base, exponent] = arranged("pow", formOf("base exp"), args, named);
  return binary(pool, "**", base, exponent);
}

function round(pool, [x, digits = null]) {
  const places = digits === null ? null : wholeOf(digits);
  if (digits !== null && !(places >= 0 && places <= 15))
    throw new Refusal("round takes 0 to 15 digits.");
  return rounded(plainNumber("round", x), places);
}

const ofPool = (pool, name, call) => [
  name,
  new Callable(name, (args, named) => call(pool, args, named)),
];

// A function of Python that takes no values by name.
function bare(pool, name, call) {
  return ofPool(pool, name, (_, args, named) => {
    if (named.size) throw new Refusal(`${name} takes no values by name here.`);
    return call(pool, args);
  });
}

function oneValue(name, call) {
  return (pool, args) => call(pool, ...arranged(name, formOf("x"), args, new Map()));
}

function dtypes() {
  const plain = [
    ["float", "f", (x) => (x === undefined ? 0 : Number(plainNumber("float", x)))],
    ["int", "i", (x) => (x === undefined ? 0n : toInt(x))],
    ["bool", "b", (x) => x !== undefined && truth(x, "bool")],
  ];
  return plain.map(([name, kind, make]) => [name, new Dtype(name, kind, ([x]) => make(x))]);
}

// The functions of Python that a text may call, by name.
export function builtinsOf(pool) {
  return new Map([
    bare(pool, "range", range),
    bare(pool, "len", oneValue("len", length)),
    bare(pool, "abs", oneValue("abs", absolute)),
    bare(pool, "max", extreme("max", ">")),
    bare(pool, "min", extreme("min", "<")),
    bare(pool, "sum", total),
    bare(pool, "enumerate", enumerated),
    bare(pool, "tuple", collected(Tuple)),
    bare(pool, "list", collected(List)),
    ofPool(pool, "pow", powered),
    bare(pool, "round", round),
    ofPool(pool, "zip", zipped),
    ofPool(pool, "dict", dictionary),
    ...dtypes(),
  ]);
}
