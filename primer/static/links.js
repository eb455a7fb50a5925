// What the words of a link such as #beta2=0.99&start=-1,2&show=SGD,Adam mean to an explorer, and how
// it writes its own.
const words = ["x", "start", "on", "show", "rule", "text", "lines"];

// Numbers as a reader types or copies them: a typographic minus, the plus of 1e+5 that a link reads
// as a space.
export const number = (text) =>
  text.trim() ? Number(text.trim().replaceAll("−", "-").replaceAll(" ", "+")) : NaN;

// A word that is also the key of a slider means the slider where it has no other sense; ".start"
// always does.
export function read(link, { data: { controls, drag, rules }, menu }) {
  const place = (key) => controls.findIndex((c) => c.key === key);
  const found = { words: {}, sliders: [] };
  const sense = {
    x: (text) => Number.isNaN(number(text)),
    start: () => drag,
    on: () => menu,
    show: () => rules,
    rule: () => rules,
    text: () => rules,
    lines: () => rules,
  };
  for (const [key, text] of Object.entries(link)) {
    const k =
      place(key) < 0 && words.includes(key.slice(1)) ? place(key.replace(/^\./, "")) : place(key);
    if (words.includes(key) && (k < 0 || sense[key](text))) found.words[key] = text;
    else found.sliders.push([k, text]);
  }
  return found;
}

// `yours` is what the editor holds, {rule, text}, while it is open.
export function pairs({ root, data, index, menu, start, table, yours }) {
  const { controls, drag, rules, shown } = data;
  const key = (name) => (words.includes(name) ? "." : "") + name;
  const seen = table.seen();
  const out = [["x", root.id], ...controls.map((c, k) => [key(c.key), c.values[index[k]]])];
  if (menu) out.push(["on", menu.value]);
  if (drag) out.push(["start", start.join(",")]);
  if (shown && seen.length < rules.length) out.push(["show", seen.map(escaped).join(",")]);
  return out.concat(Object.entries(yours ?? {}));
}

// Names joined by commas. A comma in a name is written %2C; one that is not is understood where it
// can be.
const escaped = (name) => name.replace(/[%,]/g, encodeURIComponent);
export function chosen(text, rules = []) {
  const parts = text ? text.split(",") : [];
  const most = Math.max(0, ...rules.map((rule) => rule.split(",").length));
  const out = [];
  for (let at = 0; at < parts.length;) {
    const joined = parts.slice(at, at + most).map((_, n) => parts.slice(at, at + n + 1).join(","));
    const n = joined.findIndex((name) => named(name, rules));
    if (n < 0) return null;
    out.push(named(joined[n], rules));
    at += n + 1;
  }
  return out;
}
const named = (name, rules) =>
  rules.find((rule) => escaped(rule) === name) ?? rules.find((rule) => rule === name);

// Puts a link into the address and onto the clipboard, and says which of the two it was.
export function publish(hash, say) {
  history.replaceState(null, "", hash);
  const failed = () => say("The link is in the address bar.");
  navigator.clipboard?.writeText(location.href).then(() => say("Link copied."), failed) ?? failed();
}
