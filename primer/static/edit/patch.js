// A rule's text with some of its lines changed, as links of the prose ask for it.
const OPENS = /[([{]/;
const SHUTS = /[)\]}]/;
const QUOTE_MARKS = /("""|'''|"|')/y;
const PLAIN_NAME = /^[A-Za-z_]\w*$/;

// Where a string that begins at `at` ends: behind its closing quotes, or its line.
function stringEnd(text, at, quote) {
  for (let i = at + quote.length; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text.startsWith(quote, i)) return i + quote.length;
    else if (text[i] === "\n" && quote.length === 1) return i;
  }
  return text.length;
}

// Where the statement that begins at `from` ends: at the end of a line outside all brackets and strings.
function endOfStatement(text, from) {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    QUOTE_MARKS.lastIndex = i;
    const [, quote] = QUOTE_MARKS.exec(text) ?? [];
    if (quote) i = stringEnd(text, i, quote) - 1;
    else if (text[i] === "#") i = stringEnd(text, i, "\n") - 2;
    else if (text[i] === "\\") i++;
    else if (text[i] === "\n" && depth <= 0) return i;
    else depth += OPENS.test(text[i]) - SHUTS.test(text[i]);
  }
  return text.length;
}

// Every statement of a text, the heads of blocks too: {from, to, indent, code}; comments are none.
function statements(text) {
  const found = [];
  for (let at = 0; at < text.length;) {
    const [blank] = /^(?:[ \t]*(?:#.*)?\n)*[ \t]*/.exec(text.slice(at));
    const from = at + blank.length;
    const to = endOfStatement(text, from);
    const indent = from - (text.lastIndexOf("\n", from - 1) + 1);
    const code = text.slice(from, to).trimEnd();
    if (code && code[0] !== "#") found.push({ from, to, indent, code });
    at = to + 1;
  }
  return found;
}

// The statements of the function of that name.
function inside(all, name) {
  const head = all.findIndex(({ code }) => new RegExp(`^def\\s+${name}\\b`).test(code));
  if (head < 0) return [];
  const rest = all.slice(head + 1);
  const end = rest.findIndex(({ indent }) => indent <= all[head].indent);
  return rest.slice(0, end < 0 ? rest.length : end);
}

// What a statement says: {returns} or {names, target, changed}; `changed`: it needs the value before.
function meaning(code) {
  if (/^return\b/.test(code)) return { returns: true, names: [], alone: /^return\s*\{/.test(code) };
  const [head, rest] = code.split(/=(.?)/s, 2);
  const [op = ""] = /(?:\*\*|\/\/|[-+*/%@&|^<>!=])?$/.exec(head);
  const gives = rest !== undefined && rest !== "=" && !/[<>!]/.test(op);
  const target = gives ? head.slice(0, head.length - op.length) : "";
  const names = target.split(",").map((name) => name.replace(/[\s()]/g, ""));
  return { names: names.filter((name) => PLAIN_NAME.test(name)), changed: op !== "" };
}

const same = (a, b) => a.length === b.length && a.every((name, i) => name === b[i]);
const mentions = (code, names) => names.some((name) => new RegExp(`\\b${name}\\b`).test(code));
const under = (statement, indent) => statement.replace(/\n/g, `\n${" ".repeat(indent)}`);

// The statements that one line of a patch replaces.
function replaced(line, { step, init }) {
  const { returns, alone, names, changed } = meaning(line);
  const fits = (other) =>
    returns ? other.returns : !changed && names.length && same(names, other.names);
  const where = alone && init.length ? [init] : [step, init];
  return where
    .map((body) => body.filter(({ code }) => fits(meaning(code))))
    .find((list) => list.length);
}

// Of a name that has several values one after the other, the first statement takes the new one.
function replace(found, line) {
  const top = Math.min(...found.map(({ indent }) => indent));
  const first = found.find(({ indent }) => indent === top);
  return found.map((old) =>
    old.indent === top && old !== first && !meaning(line).returns
      ? { from: old.from - old.indent - 1, to: old.to, text: "" }
      : { from: old.from, to: old.to, text: under(line, old.indent) },
  );
}

const before = ({ from, indent }, line) => ({
  from,
  to: from,
  text: `${under(line, indent)}\n${" ".repeat(indent)}`,
});
const after = ({ to, indent }, line) => ({
  from: to,
  to,
  text: `\n${" ".repeat(indent)}${under(line, indent)}`,
});

// A line that replaces nothing: at the top if it is a field of the rule, behind what it changes, or
// before what needs it, the return at the latest.
function added(line, later, { text, step, all }) {
  const { names } = meaning(line);
  if (later.some(({ code }) => names.some((name) => code.includes(`self.${name}`))))
    return { from: 0, to: 0, text: `${line}\n${/^def\b/.test(text) ? "\n" : ""}` };
  const changed = step.filter(({ code }) => meaning(code).names.some((n) => names.includes(n)));
  if (changed.length) return after(changed.at(-1), line);
  const needs = later.filter(({ code, found }) => found && mentions(code, names));
  const places = needs.map(({ found }) => found[0]).filter((place) => step.includes(place));
  const end = step.filter(({ code }) => meaning(code).returns).at(-1) ?? step.at(-1) ?? all.at(-1);
  return before(places.sort((a, b) => a.from - b.from)[0] ?? end, line);
}

// Each line takes the place of those in `step` (or `init`) that give the same name a value, `return …`
// that of the return; a new name comes before it is needed. A line that is set in belongs to the one
// above it.
export function patched(text, lines) {
  const all = statements(text);
  const known = { text, all, step: inside(all, "step"), init: inside(all, "init") };
  if (!all.length) return lines;
  const patch = lines
    .split(/\n(?![ \t]|$)/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((code) => ({ code, found: replaced(code, known) }));
  const edits = patch.flatMap(({ code, found }, k) =>
    found
      ? replace(found, code)
      : [added(code, [...patch.slice(k + 1), ...patch.slice(0, k)], known)],
  );
  return edits
    .map((edit, k) => ({ ...edit, k }))
    .sort((a, b) => b.from - a.from || b.k - a.k)
    .reduce((now, { from, to, text: put }) => now.slice(0, from) + put + now.slice(to), text);
}
