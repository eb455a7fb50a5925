// What a step gives back, and whether it is what it was given.
import { shown } from "./access.js";
import { placed } from "./evaluate.js";
import { truth as isTruth } from "./kinds.js";
import { Misfit } from "./nodes.js";
import { Refusal } from "./refusal.js";
import { asNode, described, Dict, List, shapeText, Tuple } from "./values.js";

const NAME = /^[\p{XID_Start}_][\p{XID_Continue}]*$/u;

export function partName(name, node) {
  if (typeof name === "string" && NAME.test(name) && !name.startsWith("__") && name.length <= 40)
    return name;
  throw placed(
    new Refusal(
      `${shown(name)} cannot be a part of the state: give it a name of letters, such as "m".`,
    ),
    node,
  );
}

export function partOf(pool, name, x, node) {
  try {
    if (x instanceof Dict)
      throw new Refusal(
        `${shown(name)} of the state is a dictionary: give each of its parts a name of its own.`,
      );
    if (x instanceof Tuple)
      throw new Refusal(
        `${shown(name)} of the state is ${described(x)}: write 0 * theta, np.array([…]), or several parts.`,
      );
    if (x === null || typeof x === "string")
      throw new Refusal(
        `${shown(name)} of the state must be numbers, and this is ${described(x)}.`,
      );
    return asNode(pool, x);
  } catch (error) {
    throw placed(error, valueOf(node, name));
  }
}

// Where a dictionary that is returned has a key; the whole statement where it cannot be seen.
function valueOf(node, name) {
  const dictionaries = [node.value, ...(node.value?.elts ?? [])].filter(
    (one) => one?.type === "Dict",
  );
  const pairs = dictionaries.flatMap(({ keys, values }) => keys.map((key, i) => [key, values[i]]));
  return pairs.find(([key]) => key?.value === name)?.[1] ?? node;
}

export function outcome(pool, value, theta, start, node) {
  const names = [...start.keys()].map((name) => `"${name}": ${name}`).join(", ");
  const form = `return theta, {${names}}`;
  const pair = value instanceof Tuple && value.items.length === 2 && value.items[1] instanceof Dict;
  if (!pair || value instanceof List)
    throw new Refusal(
      `step must return the new theta and the state, and this is ${described(value)}: write ${form}.`,
    );
  const newTheta = asNode(pool, value.items[0]);
  if (newTheta.shape.join() !== theta.shape.join()) {
    throw new Misfit(
      `step must return a theta of shape ${shapeText(theta.shape)}, and this is of shape ${shapeText(newTheta.shape)}.`,
      ...placeOfPart(node, 0),
    );
  }
  if (!pool.abstract && newTheta.kind !== "f") {
    throw new Refusal(
      "step must return a theta of floats: write 1.0 * (…).",
      ...placeOfPart(node, 0),
    );
  }
  return [newTheta, kept(pool, value.items[1].map, start, node)];
}

function placeOfPart(node, i) {
  const one = node.value?.elts?.[i] ?? node;
  return [one.from, one.to];
}

// The new state: the parts of init, each like what it was.
function kept(pool, map, start, node) {
  const lacking = [...start.keys()].find((name) => !map.has(name));
  if (lacking !== undefined) {
    throw new Refusal(
      `step must return every part of the state: add "${lacking}": ${lacking} to what it returns.`,
      ...placeOfPart(node, 1),
    );
  }
  return new Map(
    [...map].map(([name, x]) => {
      const before = start.get(name);
      const place = valueOf(node, name);
      if (!before)
        throw placed(
          new Refusal(
            `init does not make ${shown(name)}: add ${shown(name)}: 0 * theta to what init returns.`,
          ),
          place,
        );
      const after = partOf(pool, name, x, node);
      if (!pool.abstract) alike(name, before, after, place);
      return [name, after];
    }),
  );
}

// A number in init is mostly meant to become what theta is.
const sameShape = (name, before, after) =>
  !before.shape.length && after.shape.join() === `${before.pool.dim}`
    ? `write "${name}": 0 * theta in init`
    : "make them the same";

function alike(name, before, after, { from, to }) {
  if (before.shape.join() !== after.shape.join()) {
    throw new Misfit(
      `"${name}" is of shape ${shapeText(before.shape)} in init and of shape ${shapeText(after.shape)} after step: ${sameShape(name, before, after)}.`,
      from,
      to,
    );
  }
  if (!isTruth(before.kind) && isTruth(after.kind)) {
    throw new Refusal(
      `"${name}" starts as a number and becomes a truth value: write 1.0 * (…).`,
      from,
      to,
    );
  }
  if (isTruth(before.kind) && !isTruth(after.kind)) {
    throw new Refusal(
      `"${name}" starts as a truth value and becomes a number: start it as a number, such as 0 * theta.`,
      from,
      to,
    );
  }
}
