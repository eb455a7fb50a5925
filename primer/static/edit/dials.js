// Sliders for the numbers that a reader gives a name at the top of the text, such as rho = 0.9.
import { make } from "./make.js";
import { asLetter } from "./symbols.js";

const DIAL_PLACES = 100;

// Which numbers a slider offers that opens at v, near(0) to near(places): 0 to 1, up to a round number,
// or, for what is tiny or huge, powers of ten around it. A count such as n = 3 stays whole;
// 0 and 1 may be meant as any number.
export function range(v, kind) {
  const size = Math.abs(v);
  if (size > 0 && (size < 0.005 || size >= 1e4)) return even((i) => v * 10 ** (6 * i - 3));
  const high = size <= 1 ? 1 : 10 ** Math.ceil(Math.log10(size * 1.25));
  if (kind === "int" && size > 1) return { places: high, near: (i) => Math.sign(v) * i };
  return even(v === 0 ? (part) => 2 * part - 1 : (part) => Math.sign(v) * high * part);
}
const even = (of) => ({ places: DIAL_PLACES, near: (i) => of(i / DIAL_PLACES) });

// A number as the text has it: what is written with a point keeps one.
function spell(v, kind) {
  const text = String(Number(v.toPrecision(3)));
  return kind === "float" && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

// The numbers with a name in a parsed text: {name, value, kind, from, to}, the kind "int" or "float".
export function constants({ body }) {
  const found = body.flatMap(({ type, targets, value }) =>
    type === "Assign" && targets.length === 1 && targets[0].type === "Name"
      ? [{ name: targets[0].id, ...dialNumber(value) }]
      : [],
  );
  return found.filter(({ value }) => Number.isFinite(value)).slice(0, 8);
}
function dialNumber(node) {
  const { kind, from, to } = node.operand ? { ...node.operand, ...node } : node;
  return { value: dialValue(node), kind, from, to };
}
function dialValue({ type, value, kind, op, operand }) {
  if (type === "UnaryOp" && op === "-") return -dialValue(operand);
  return type === "Constant" && (kind === "int" || kind === "float") ? Number(value) : NaN;
}

export class Dials {
  // `write(from, to, text)` changes the text.
  constructor(write) {
    Object.assign(this, { write, el: make("div", { className: "px-controls", hidden: true }) });
    this.known = new Map();
  }

  // `found` is null where the text cannot be read: where its numbers stand is not known then.
  show(found) {
    for (const { input } of this.known.values()) input.disabled = !found;
    if (found) this.list(found);
  }
  list(found) {
    const names = new Set(found.map(({ name }) => name));
    for (const [name, { row }] of this.known) {
      if (names.has(name)) continue;
      row.remove();
      this.known.delete(name);
    }
    found.forEach((each) => this.one(each));
    this.el.hidden = !found.length;
  }
  // What the slider itself wrote leaves its range as it is; a number that is typed, digit by digit, is
  // another one each time.
  one(found) {
    if (!this.known.has(found.name)) this.known.set(found.name, this.row(found.name));
    const dial = this.known.get(found.name);
    Object.assign(dial, found);
    if (found.value !== dial.wrote) Object.assign(dial, range(found.value, found.kind));
    this.set(dial);
  }
  row(name) {
    const id = `px-dial-${name}`;
    const input = make("input", { type: "range", id, min: 0, step: 1 });
    const output = make("output", { htmlFor: id });
    const label = make(
      "label",
      { htmlFor: id },
      make("b", { textContent: asLetter(name) }),
      " in your rule",
    );
    const row = make("div", { className: "px-row" }, label, input, output);
    this.el.append(row);
    const dial = { row, input, output };
    input.oninput = () => this.turn(dial, dial.near(Number(input.value)));
    return dial;
  }
  turn(dial, value) {
    const text = spell(value, dial.kind);
    dial.wrote = Number(text);
    this.write(dial.from, dial.to, text);
  }
  set({ input, output, value, near, places }) {
    const text = PrimerExplorer.minus(value);
    const at = nearestPlace(near, places, value);
    input.max = places;
    Object.assign(input, { value: at, ariaValueText: text });
    input.style.setProperty("--at", at / places);
    output.textContent = text;
  }
}

// The place of a slider that is nearest to v.
const nearestPlace = (near, places, v) =>
  PrimerExplorer.nearest(
    Array.from({ length: places + 1 }, (_, i) => near(i)),
    v,
  );
