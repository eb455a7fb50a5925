// How a function is called: its form says which values it takes, and a sentence what is wrong.
import { guess } from "./near.js";
import { Refusal } from "./refusal.js";

const DEFAULTS = new Map([
  ["None", null],
  ["False", false],
  ["0", 0n],
]);

// "a axis=None *keepdims=False": after "*" by name only; "/x" is given by its place only.
const read = new Map();
export function formOf(text) {
  if (!read.has(text)) read.set(text, formIn(text));
  return read.get(text);
}
function formIn(text) {
  let only = false;
  return text.split(" ").map((word) => {
    only ||= word.startsWith("*");
    const [name, given] = word.replace(/[*/]/, "").split("=");
    return {
      byPlace: word.startsWith("/"),
      name,
      only,
      optional: given !== undefined,
      value: DEFAULTS.get(given),
    };
  });
}

// The values of a call in the order of a form.
export function arranged(label, form, args, named) {
  const open = form.filter((p) => !p.only);
  const shown = `${label}(${open.map((p) => (p.optional ? `${p.name}=…` : p.name)).join(", ")})`;
  if (args.length > open.length)
    throw new Refusal(`${label} takes ${counted(open.length)}: ${shown}.`);
  const values = form.map((p, i) => (i < args.length && !p.only ? args[i] : p.value));
  const given = form.map((p, i) => i < args.length && !p.only);
  for (const [name, value] of named) {
    const i = form.findIndex((p) => p.name === name && !p.byPlace);
    if (i < 0) throw unknown(label, name, form, shown);
    if (given[i]) throw new Refusal(`${label} is given ${name} twice.`);
    [values[i], given[i]] = [value, true];
  }
  const lacking = form.filter((p, i) => !given[i] && !p.optional).map((p) => p.name);
  if (lacking.length)
    throw new Refusal(
      `${label} needs ${lacking.join(" and ")}${args.length ? " too" : ""}: ${shown}.`,
    );
  return values;
}

export const counted = (n) => (n === 1 ? "1 value" : `${n} values`);

function unknown(label, name, form, shown) {
  if (name === "out")
    return new Refusal(`${label} with out= writes in place: give the result a name instead.`);
  const advice = guess(
    name,
    form.map((p) => p.name),
    (x) => `${x}=…`,
  );
  return new Refusal(`${label} does not take ${name}= here: ${shown}.${advice}`);
}
