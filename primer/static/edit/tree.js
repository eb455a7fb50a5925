// Lezer's tree of one line of a text, as plain nodes: {name, from, to, text, kids}.
import { explained } from "./explain.js";
import { refusalOf } from "./layout.js";

let strictParser;

const PLAIN = new Map([
  ["number", (size) => (size === 1 ? "1" : `'${"n".repeat(size - 2)}'`)],
  ["string", (size) => `"${"s".repeat(size - 2)}"`],
]);

// The line with numbers and strings as the grammar has them, as long as its own.
function simplified(line, text) {
  let [out, done] = ["", line[0].from];
  for (const { kind, from, to } of line) {
    if (!PLAIN.has(kind)) continue;
    out += text.slice(done, from) + PLAIN.get(kind)(to - from);
    done = to;
  }
  return out + text.slice(done, line.at(-1).to);
}

function parsed(line, text) {
  strictParser ??= PrimerCode.parser.configure({ strict: true });
  try {
    return strictParser.parse(simplified(line, text));
  } catch (error) {
    const stuck = /^No parse at (\d+)$/.exec(error.message);
    throw stuck === null ? error : explained(line[0].from + Number(stuck[1]), line, text);
  }
}

// The parts of a line of tokens. A strict parser leaves one kind of error in its tree: where a chain of
// operators is too long.
export function partsOf(line, text) {
  const root = { kids: [] };
  const path = [root];
  const begin = line[0].from;
  parsed(line, text).iterate({
    enter({ type, name, from: start, to: end }) {
      const [from, to] = [begin + start, begin + end];
      const node = { name, from, to, text: text.slice(from, to), kids: [] };
      if (type.isError) throw refusalOf("This is too long: give parts of it a name.", node);
      path.at(-1).kids.push(node);
      path.push(node);
    },
    leave: () => void path.pop(),
  });
  return root.kids[0].kids;
}
