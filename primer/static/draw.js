// Panels: from numbers to places and texts, and one line of a run.

// From a value to its place between the pixels a and b.
export const place = ([low, high, log], a, b) =>
  log
    ? (v) => a + (b - a) * (Math.log(v / low) / Math.log(high / low))
    : (v) => a + (b - a) * ((v - low) / (high - low));

const tenth = (v) => Math.round(Math.min(Math.max(v, -9999), 9999) * 10) / 10;
const plain = (v) => v === 0 || (Math.abs(v) >= 1e-3 && Math.abs(v) < 1e5);
export const minus = (text) => String(text).replaceAll("-", "−").replace("Infinity", "∞");
export const rounded = (v) => minus(plain(v) ? Number(v.toPrecision(4)) : v.toExponential(2));

// What moves becomes a layer over the rest of its panel, which is then not painted again.
export function lift(svg) {
  const layer = svg.cloneNode(false);
  for (const name of ["role", "aria-labelledby"]) layer.removeAttribute(name);
  layer.setAttribute("aria-hidden", true);
  layer.append(...svg.querySelectorAll(".px-moving"));
  svg.after(layer);
}

// Where in a panel, in its own pixels, a pointer is.
export function spot({ el, size: [width, height] }, { clientX, clientY }) {
  const frame = el.getBoundingClientRect();
  return [
    ((clientX - frame.left) / frame.width) * width,
    ((clientY - frame.top) / frame.height) * height,
  ];
}

// A channel of a run as a function of the row; "step" is |theta[t + 1] - theta[t]|.
function channel(run, kind, k) {
  const name = kind === "step" ? "x" : kind;
  const rows = run[name];
  const width = run.width[name];
  return kind === "step"
    ? (t) => Math.abs(rows[(t + 1) * width + k] - rows[t * width + k])
    : (t) => rows[t * width + k];
}

// One line up to step `upto`: the rows before the first lost one, at most about a thousand.
export function drawLine(el, line, panel, run, upto) {
  const { 1: kind, 2: k, 3: kindX, 4: kX } = line; // a pattern in brackets would go by an iterator
  const [left, top, right, bottom] = panel.box;
  const known = run.lost < 0 ? run.steps + 1 : run.lost;
  const rows = Math.min(known, kind === "w" || kind === "step" ? upto : upto + 1);
  const x = kindX ? channel(run, kindX, kX) : (t) => t;
  const atX = place(panel.x, left, right);
  const y = channel(run, kind, k);
  const atY = place(panel.y, bottom, top);
  let d = "";
  let pen = "M";
  let X = -99;
  let Y = -99;
  for (let t = 0; t < rows; t += Math.ceil(rows / 1000)) {
    const a = tenth(atX(x(t)));
    const b = tenth(atY(y(t)));
    const seen = a === a && b === b;
    if (seen) d += pen + (X = a) + " " + (Y = b);
    pen = seen ? "L" : "M";
  }
  el.firstChild.setAttribute("d", d || "M-99-99");
  el.lastChild.setAttribute("transform", `translate(${X} ${Y})`);
  el.toggleAttribute("data-lost", run.lost >= 0 && upto >= run.lost);
}
