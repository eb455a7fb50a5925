// Sliders for the numbers that a reader gives a name at the top of the text, such as rho = 0.9.
import { make } from "./make.js";
import { asLetter } from "./symbols.js";

const DIAL_PLACES = 100;

// Which numbers a slider offers that opens at v: 0 to 1, up to a round number, or, for what is tiny or
// huge, powers of ten around it.
export function range(v) {
  const size = Math.abs(v);
  if (size > 0 && (size < 0.005 || size >= 1e4))
    return (i) => v * 10 ** ((6 * i) / DIAL_PLACES - 3);
  const high = size <= 1 ? 1 : 10 ** Math.ceil(Math.log10(size * 1.25));
  return v === 0
    ? (i) => (2 * i) / DIAL_PLACES - 1
    : (i) => (Math.sign(v) * high * i) / DIAL_PLACES;
}
const spell = (v) => String(Number(v.toPrecision(3)));

// The numbers with a name in a parsed text: {name, value, from, to}.
export function constants({ body }) {
  const found = body.flatMap(({ type, targets, value }) =>
    type === "Assign" && targets.length === 1 && targets[0].type === "Name"
      ? [{ name: targets[0].id, value: dialValue(value), from: value.from, to: value.to }]
      : [],
  );
  return found.filter(({ value }) => Number.isFinite(value)).slice(0, 8);
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

  show(found) {
    const names = new Set(found.map(({ name }) => name));
    for (const [name, { row }] of this.known) {
      if (names.has(name)) continue;
      row.remove();
      this.known.delete(name);
    }
    found.forEach((each) => this.one(each));
    this.el.hidden = !found.length;
  }
  one(found) {
    if (!this.known.has(found.name)) this.known.set(found.name, this.row(found.name));
    const dial = this.known.get(found.name);
    Object.assign(dial, found);
    if (!dial.near) dial.near = range(found.value);
    const at = nearestPlace(dial.near, found.value);
    if (at === undefined) dial.near = range(found.value);
    this.set(dial, at ?? nearestPlace(dial.near, found.value) ?? DIAL_PLACES);
  }
  row(name) {
    const id = `px-dial-${name}`;
    const input = make("input", { type: "range", id, min: 0, max: DIAL_PLACES, step: 1 });
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
    input.oninput = () => this.write(dial.from, dial.to, spell(dial.near(Number(input.value))));
    return dial;
  }
  set({ input, output, value }, at) {
    const text = PrimerExplorer.minus(value);
    Object.assign(input, { value: at, ariaValueText: text });
    input.style.setProperty("--at", at / DIAL_PLACES);
    output.textContent = text;
  }
}

// The place of a slider that is nearest to v; undefined outside its range.
function nearestPlace(near, v) {
  const [a, b] = [near(0), near(DIAL_PLACES)];
  const slack = Math.abs(b - a) / DIAL_PLACES;
  if (v < Math.min(a, b) - slack || v > Math.max(a, b) + slack) return undefined;
  const places = Array.from({ length: DIAL_PLACES + 1 }, (_, i) => near(i));
  return PrimerExplorer.nearest(places, v);
}
