// value.name and value[key] of what a text speaks of.
import { getItem } from "./arrays.js";
import { bounds } from "./grids.js";
import { guess } from "./near.js";
import { Misfit } from "./nodes.js";
import { arrayAttribute } from "./numpy.js";
import { keyOf } from "./operators.js";
import { rowOf } from "./package.js";
import { Refusal } from "./refusal.js";
import {
  Callable,
  described,
  Dict,
  entriesOf,
  isArray,
  isPlainNumber,
  List,
  Slice,
  Space,
  Table,
  Tuple,
  wholeOf,
} from "./values.js";

// Numbers of Python, such as t and what is made of it, are no arrays.
const isPython = (x) => isPlainNumber(x) || (isArray(x) && x.kind.length > 1 && !x.shape.length);

// x.name
export function attribute(run, x, name) {
  if (name.startsWith("_"))
    throw new Refusal(`.${name} is not understood here: names that begin with _ are Python's own.`);
  if (isPython(x)) throw new Refusal(`A single number has no .${name}: use it as it is.`);
  if (isArray(x)) return arrayAttribute(run.pool, x, name);
  if (x instanceof Space) {
    const found = x.attributes.has(name) ? x.attributes.get(name) : x.missing(name);
    if (found instanceof Refusal) throw found;
    return found;
  }
  if (x instanceof Dict && DICTIONARY.has(name)) return DICTIONARY.get(name)(run.pool, x);
  if (x instanceof List && name === "append") return appending(run.pool, x);
  throw new Refusal(`There is no .${name} in ${described(x)} here.`);
}

const DICTIONARY = new Map([
  ["keys", (pool, x) => new Callable("keys", () => new Tuple([...entriesOf(pool, x).keys()]))],
  [
    "values",
    (pool, x) => new Callable("values", () => new Tuple([...entriesOf(pool, x).values()])),
  ],
  [
    "items",
    (pool, x) =>
      new Callable(
        "items",
        () => new Tuple([...entriesOf(pool, x)].map((pair) => new Tuple(pair))),
      ),
  ],
  ["copy", (pool, x) => new Callable("copy", () => new Dict(new Map(entriesOf(pool, x))))],
  [
    "get",
    (_, { map }) =>
      new Callable("get", ([key, other = null]) =>
        map.has(keyOf(key)) ? map.get(keyOf(key)) : other,
      ),
  ],
]);

function appending(pool, list) {
  return new Callable("append", (args) => {
    if (args.length !== 1) throw new Refusal("append takes one value.");
    pool.spend(1);
    list.items.push(args[0]);
    return null;
  });
}

// x[key]
export function subscript(run, x, key) {
  if (isArray(x) && !isPython(x)) return getItem(run.pool, x, key);
  if (x instanceof Dict) return entry(x, key);
  if (x instanceof Table) return rowOf(run.pool, x, key);
  if (!(x instanceof Tuple))
    throw new Refusal(`[…] needs an array, a list or the state, and this is ${described(x)}.`);
  if (!(key instanceof Slice)) return x.items[placeIn(x, key)];
  const [start, count, step] = bounds(key, x.items.length);
  run.pool.spend(count);
  return new x.constructor(Array.from({ length: count }, (_, i) => x.items[start + i * step]));
}

function entry({ map, given }, key) {
  const name = keyOf(key);
  if (map.has(name)) return map.get(name);
  const near =
    typeof name === "string"
      ? guess(
          name,
          [...map.keys()].filter((k) => typeof k === "string"),
          (k) => `"${k}"`,
        )
      : "";
  if (!given) throw new Refusal(`This dictionary has no ${shown(name)}.${near}`);
  const made = `init does not make ${shown(name)}: add ${shown(name)}: 0 * theta to what init returns.`;
  throw new Refusal(made + near);
}

export const shown = (key) => (typeof key === "string" ? `"${key.slice(0, 40)}"` : String(key));

// Where list[key] stands in its items.
export function placeIn({ items: all }, key) {
  const place = typeof key === "number" ? null : wholeOf(key);
  if (place === null)
    throw new Refusal(`A place in a list is a whole number, and this is ${described(key)}.`);
  const at = place < 0 ? place + all.length : place;
  if (at < 0 || at >= all.length)
    throw new Misfit(`There is no value ${place} here: the list has ${all.length}.`);
  return at;
}
